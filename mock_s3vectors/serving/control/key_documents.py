"""KMS keys as JSON, for the server's own paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.abridging import show
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.levels import Level
from mock_s3vectors.workbench.documents import check_names
from mock_s3vectors.workbench.workbench import BoundWorkbench
from mock_s3vectors.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.workbench.kms import KmsKey
    from mock_s3vectors.world.keys import Key

_MADE_WITH = ("arn", "account", "region", "usage")
_STATES: dict[str, Callable[[KmsKey], object]] = {
    "enable": lambda key: key.enable(),
    "disable": lambda key: key.disable(),
    "schedule_deletion": lambda key: key.schedule_deletion(),
    "cancel_deletion": lambda key: key.cancel_deletion(),
}
_INDEXING = "admit_indexing"


def set_key(level: Level, document: Any) -> dict[str, Any]:
    """Make a key, or change one, as a document says; return it as JSON values.

    Args:
        level: the mock in which the key is.
        document: for instance `{"arn": "arn:aws:kms:...", "disable": true}`.

    Raises:
        UsageError: it does not describe a key, or KMS refuses the change.
    """
    check_names(document, "a key", (*_MADE_WITH, *_STATES, _INDEXING))
    changes = [name for name in _STATES if name in document]
    if len(changes) > 1:
        raise UsageError(f"{show(document)}: give one of {', '.join(_STATES)}, or none.")
    for name in changes:
        if document[name] is not True:
            raise UsageError(f"{name!r} is {show(document[name])}: it must be true, or be left out.")
    admits = document.get(_INDEXING, True)
    if not isinstance(admits, bool):
        raise UsageError(f"{_INDEXING!r} is {show(admits)}: it must be true or false.")
    made_with = {name: document[name] for name in _MADE_WITH if name in document}
    keys = level.world.keys
    with keys.lock:
        # In a mock of its own, so that all of this is one change, or none.
        apart = Level(None, level.config, World(keys=keys.copy()), None, is_dropped=False)
        handle = BoundWorkbench(lambda: apart).kms.key(**made_with)
        for name in changes:
            _STATES[name](handle)
        if _INDEXING in document:
            handle.admit_indexing(admits)
        found = apart.world.keys.of(handle.arn)
        if found is None:
            return {}
        if found is not keys.of(handle.arn):
            keys.put(found)
        return document_of_key(found)


def document_of_key(key: Key) -> dict[str, Any]:
    """Return a key as JSON values."""
    return {
        "arn": key.arn,
        "usage": key.usage,
        "state": key.state,
        "admits_indexing": key.admits_indexing,
    }


def keys_of(level: Level) -> list[Key]:
    """Return the keys that exist."""
    return [key for key in level.world.keys.all() if not key.is_forgotten]


def forget_key(level: Level, arn: str) -> None:
    """Have a key not exist any more.

    Raises:
        UsageError: there is no such key.
    """
    known = [key.arn for key in keys_of(level)]
    if arn not in known:
        raise UsageError(f"There is no key {show(arn)}. Keys: {', '.join(known) or 'none'}.")
    BoundWorkbench(lambda: level).kms.key(arn=arn).forget()
