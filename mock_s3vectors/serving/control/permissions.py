"""The server's own paths about permissions: identities, KMS keys, decisions by policies.

Each function takes the mock that is on, the JSON document of the request, and the id in the path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.refusals import shorten
from mock_s3vectors.serving.control.identity_documents import (
    add_identity,
    credentials_of,
    document_of_identity,
    remove_identity,
)
from mock_s3vectors.serving.control.key_documents import document_of_key, forget_key, keys_of, set_key
from mock_s3vectors.workbench.steered import calls_of
from mock_s3vectors.workbench.workbench import BoundWorkbench

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.mocking.levels import Level


def _identities(level: Level, *_: Any) -> Any:
    return {"identities": [document_of_identity(known) for known in level.world.identities.all()]}


def _add_identity(level: Level, document: Any, _: str) -> Any:
    return credentials_of(add_identity(level, document))


def _remove_identities(level: Level, _: Any, name: str) -> Any:
    """Forget an identity, or all that are not older than the mock."""
    if name:
        remove_identity(level, name)
    else:
        level.world.identities.clear()
    return {}


def _keys(level: Level, *_: Any) -> Any:
    return {"keys": [document_of_key(key) for key in keys_of(level)]}


def _set_key(level: Level, document: Any, _: str) -> Any:
    return set_key(level, document)


def _remove_keys(level: Level, _: Any, arn: str) -> Any:
    """Have a key not exist any more, or go back to the keys that are older than the mock."""
    if arn:
        forget_key(level, arn)
    else:
        level.world.keys.clear()
    return {}


def _explain(level: Level, _: Any, request_id: str) -> Any:
    """Return why policies allowed or denied the call with a request id.

    Raises:
        UsageError: no call that is kept has it.
    """
    from mock_s3vectors.workbench.explaining import answered_with  # noqa: PLC0415 - it loads numpy

    call = answered_with(request_id, calls_of(level))
    if call is None:
        raise UsageError(f"No call that is kept was answered with the request id {shorten(request_id)!r}.")
    return {"explanation": str(BoundWorkbench(lambda: level).explain(call))}


def _policy(level: Level, *_: Any) -> Any:
    return BoundWorkbench(lambda: level).iam.least_privilege()


# Ids may be ARNs, which have slashes.
OF_PERMISSIONS: tuple[tuple[str, str, Callable[[Level, Any, str], Any]], ...] = (
    ("GET", "/identities", _identities),
    ("POST", "/identities", _add_identity),
    ("DELETE", "/identities", _remove_identities),
    ("DELETE", "/identities/{id:path}", _remove_identities),
    ("GET", "/keys", _keys),
    ("POST", "/keys", _set_key),
    ("DELETE", "/keys", _remove_keys),
    ("DELETE", "/keys/{id:path}", _remove_keys),
    ("GET", "/explain/{id}", _explain),
    ("GET", "/policy", _policy),
)
