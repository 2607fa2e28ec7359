"""What several test modules use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Tests call clients with what types forbid, on purpose; test_typing.py is where types count.
Client = Any
# Calls, and returns the refusal: code, message and `fieldList` (None if there is none).
Refused = Callable[..., tuple[str, str, Any]]
# Creates an index in the bucket `bucket`; returns the two names that address it.
MakeIndex = Callable[..., dict[str, str]]


def vector(key: str, data: Any = (1.0, 2.0), **metadata: Any) -> Any:
    """A record for PutVectors."""
    record: dict[str, Any] = {"key": key, "data": {"float32": list(data)}}
    return {**record, "metadata": metadata} if metadata else record
