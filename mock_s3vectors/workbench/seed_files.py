"""Reading files for `seed`: all vectors of a data file, or of an index in a state file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import Batch
from mock_s3vectors.transfer.places import Access, open_place, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_s3vectors.transfer.batches import Location, Settings, Source
    from mock_s3vectors.transfer.places import Address

# A text without any of these is a name.
_OF_PATHS = (".", "/", "\\", "::")
_OF_FILES = ("data file", "state file")


def is_path(value: object) -> TypeGuard[str | os.PathLike[str]]:
    """Return whether an argument is the path of a file, and neither a name nor vectors."""
    is_text = isinstance(value, str) and any(part in value for part in _OF_PATHS)
    return is_text or isinstance(value, os.PathLike)


def is_of_path(given: Sequence[object], named: dict[str, Any]) -> bool:
    """Return whether the arguments of `seed` begin with a path, and not with the name of a bucket.

    The name of a bucket has no dot, but one that has is refused as such if vectors or a path follow.
    """
    if not given or not is_path(given[0]) or "vectors" in named:
        return False
    rest = given[2:]
    return not rest or (isinstance(rest[0], str) and not is_path(rest[0]))


def address_of(path: str | os.PathLike[str]) -> Address:
    """Return the file that a path names, and what is meant in it.

    Raises:
        UsageError: it names none.
    """
    address = parse(os.fspath(path))
    if address.kind not in _OF_FILES:
        raise UsageError(
            f"{address.text!r} is no file: seed() reads data files and state files. The command "
            "`mock-s3vectors copy` makes one of it."
        )
    return address


def read_file(path: str | os.PathLike[str]) -> tuple[Batch, Settings]:
    """Return all vectors of a file as one batch, and the settings of their index as far as they are known.

    Raises:
        UsageError: the file names several indexes, or holds something that no index can have.
    """
    source = _only_index(path)
    return _all_of(source), source.settings()


def location_in(path: str | os.PathLike[str]) -> Location:
    """Return where the index is that a path names in a state file.

    Raises:
        UsageError: it names none, or several.
    """
    return _only_index(path).location


def _only_index(path: str | os.PathLike[str]) -> Source:
    address = address_of(path)
    indexes = list(open_place(address.text, Access()).sources())
    if len(indexes) != 1:
        raise UsageError(
            f"{address.text!r} names {'several indexes' if indexes else 'no index'}: name one, as in "
            f"{address.path}::BUCKET/INDEX."
        )
    return indexes[0]


def _all_of(source: Source) -> Batch:
    keys: list[str] = []
    data = bytearray()  # grows in place
    metadata: list[dict[str, Any]] = []
    numbers: list[int] = []
    origin = unit = ""
    for batch in source.batches():
        keys += batch.keys
        data += np.ascontiguousarray(batch.data, np.float32).data.cast("B")
        metadata += batch.metadata
        numbers += batch.numbers
        origin, unit = batch.origin, batch.unit
    width = source.settings().dimension or 0
    matrix = np.frombuffer(data, np.float32).reshape(len(keys), width)
    return Batch(keys, matrix, metadata, origin, unit, numbers)
