"""Identities and KMS keys that the command line gives a mock, before its server answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors.abridging import show
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.stack import NOT_STARTED, STACK
from mock_s3vectors.serving.control.identity_documents import add_identity, without_secrets
from mock_s3vectors.workbench.documents import check_names

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.mocking.mock import MockS3Vectors

_LIST = "identities"


def set_up(mock: MockS3Vectors, identities: Path | None, key_arns: Iterable[str]) -> None:
    """Add the identities of a file, and KMS keys, to a mock that is on.

    Raises:
        UsageError: the file cannot be read, or is at fault; or an ARN is not that of a key.
    """
    level = STACK.level_of(mock)
    if level is None:
        raise UsageError(NOT_STARTED)
    if identities is not None:
        _add_identities(level, identities)
    try:
        for arn in key_arns:
            mock.kms.key(arn=arn)
    except UsageError as error:
        raise UsageError(f"--kms-key: {error}") from None


def _add_identities(level: Level, file: Path) -> None:
    """Add the identities of a file, each of which it has once.

    Raises:
        UsageError: the file cannot be read, or one of them is at fault; the text says which, and why.
    """
    places: dict[str, str] = {}
    for number, entry in enumerate(_entries_of(file)):
        place = f"{_LIST}[{number}]"
        try:
            arn = add_identity(level, entry).principal.arn
        except UsageError as error:
            raise UsageError(f"{file}: {place}: {error}") from None
        if arn in places:
            raise UsageError(f"{file}: {place}: {arn} is {places[arn]} already.")
        places[arn] = place


def _entries_of(file: Path) -> list[Any]:
    """Return the entries of a file.

    Raises:
        UsageError: it cannot be read, or has no list of them.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"Cannot read {file}: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: byte {error.start} is not UTF-8: {error.reason}.") from None
    try:
        document = orjson.loads(text)
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}.") from None
    try:
        check_names(without_secrets(document), "the file", (_LIST,))
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from None
    entries = document.get(_LIST)
    if not isinstance(entries, list):
        shown = show(without_secrets(entries))
        raise UsageError(f"{file}: {_LIST} is {shown}: it must be a list of users and roles.")
    return entries
