"""Records of a PutVectors batch: all are checked before any is stored."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors import limits
from mock_s3vectors.errors import refusals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.world import Index
    from mock_s3vectors.world.writes import Size

# Sizes in bytes as AWS counts them; they agree with 24 shapes probed there. Choice: billed-metadata.
_OBJECT = 4
_ENTRY = 8
_NUMBER = 4
_ELEMENT = 4
_FLOAT = 4

_NUMBERS = (int, float)


class _RefusedError(Exception):
    """Metadata that a record cannot have; the text is the reason."""


def check_keys(keys: Sequence[str]) -> None:
    """Raise unless every key fits in 1,024 bytes; the model has checked the characters."""
    if any(len(key) * 4 > limits.KEY_BYTES and len(key.encode()) > limits.KEY_BYTES for key in keys):
        raise refusals.key_too_long()


def check_distinct(keys: Sequence[str]) -> None:
    """Raise if a key appears twice."""
    if len(set(keys)) < len(keys):
        raise refusals.duplicate_keys()


def to_float32(vectors: Sequence[Sequence[float]], dimension: int) -> NDArray[np.float32]:
    """Return vectors of this length as the service stores them: values beyond float32 become infinite."""
    with np.errstate(over="ignore", under="ignore"):
        numbers = np.fromiter(chain.from_iterable(vectors), np.float32, len(vectors) * dimension)
    return numbers.reshape(len(vectors), dimension)


def vector_faults(data: NDArray[np.float32], distance_metric: str) -> dict[int, str]:
    """Return, by row, why rows of a matrix cannot be stored or searched for; good rows are absent."""
    faults: dict[int, str] = {}
    # Not the norm: the squares of the smallest floats underflow, and AWS accepts those.
    if distance_metric == "cosine" and not (nonzero := data.any(axis=1)).all():
        faults = dict.fromkeys(np.flatnonzero(~nonzero).tolist(), refusals.VECTOR_ZERO_NORM)
    finite = np.isfinite(data)
    if not finite.all():
        faults |= dict.fromkeys(np.flatnonzero(~finite.all(axis=1)).tolist(), refusals.VECTOR_NOT_FINITE)
    return faults


def check_records(
    index: Index, records: Sequence[dict[str, Any]]
) -> tuple[NDArray[np.float32], list[dict[str, Any]], list[Size]]:
    """Return the vectors, shape (records, dimension), their metadata, and the size of each record.

    Raises:
        ValidationException: a record is bad; nothing of the batch is stored then. Choice: whole-batch.
    """
    vectors = [record["data"]["float32"] for record in records]
    dimension = index.dimension
    # Records up to the first of a wrong length make a matrix; no later one can be the first bad one.
    fitting = next((row for row, vector in enumerate(vectors) if len(vector) != dimension), len(vectors))
    data = to_float32(vectors[:fitting], dimension)
    faults = vector_faults(data, index.distance_metric)
    if fitting < len(vectors):
        faults[fitting] = refusals.vector_length(dimension, len(vectors[fitting]))

    keys = [record["key"] for record in records]
    return data, *check_documents(index, keys, [record.get("metadata", {}) for record in records], faults)


def check_documents(
    index: Index, keys: Sequence[str], documents: Sequence[Any] | None, faults: Mapping[int, str]
) -> tuple[list[dict[str, Any]], list[Size]]:
    """Return the metadata of records, and the bytes of each record.

    Args:
        index: where the records go.
        keys: those of the records.
        documents: the metadata of each record; None if no record has any.
        faults: by row, why the vectors of records are refused.

    Raises:
        ValidationException: a record is bad; the message names the first one.
    """
    bare = _FLOAT * index.dimension
    if documents is None:
        documents = [{}] * len(keys)
        if not faults:
            lengths = [len(key.encode()) + bare + _OBJECT for key in keys]
            return documents, list(zip(lengths, lengths, strict=True))
    non_filterable = index.non_filterable_keys
    sizes: list[Size] = []
    # The first bad record is named. Choice: first-bad-record.
    for row, (key, metadata) in enumerate(zip(keys, documents, strict=True)):
        if row in faults:
            raise refusals.invalid_record(key, f"vectors[{row}]", faults[row])
        if type(metadata) is not dict:
            raise refusals.metadata_not_an_object()
        try:
            stored, queried = metadata_size(metadata, non_filterable)
        except _RefusedError as refusal:
            raise refusals.invalid_record(key, f"vectors[{row}].metadata", str(refusal)) from None
        start = len(key.encode()) + bare
        sizes.append((start + stored, start + queried))
    return list(documents), sizes


def metadata_fault(metadata: dict[str, Any], non_filterable: frozenset[str]) -> str | None:
    """Return why a record cannot have this metadata, None if it can."""
    try:
        metadata_size(metadata, non_filterable)
    except _RefusedError as refusal:
        return str(refusal)
    return None


def metadata_size(metadata: dict[str, Any], non_filterable: frozenset[str]) -> Size:
    """Return the size of a record's metadata, if a record may have it."""
    filterable = total = _OBJECT
    for key, value in metadata.items():
        size = _ENTRY + len(key.encode()) + _value_size(value)
        total += size
        if key not in non_filterable:
            filterable += size
    if len(metadata) > limits.METADATA_KEYS:
        raise _RefusedError(refusals.metadata_keys(limits.METADATA_KEYS))
    if filterable > limits.FILTERABLE_METADATA_BYTES:
        raise _RefusedError(refusals.filterable_metadata_size(limits.FILTERABLE_METADATA_BYTES))
    if total > limits.METADATA_BYTES:
        raise _RefusedError(refusals.metadata_size(limits.METADATA_BYTES))
    return total, filterable


def _value_size(value: Any) -> int:
    kind = type(value)
    if kind is str:
        return len(value.encode())
    if kind in _NUMBERS:
        return _NUMBER
    if kind is bool:
        return 0
    if kind is list:
        return _array_size(value)
    raise _RefusedError(refusals.METADATA_VALUE)


def _array_size(values: list[Any]) -> int:
    if not values:
        raise _RefusedError(refusals.METADATA_EMPTY_ARRAY)
    kinds = set(map(type, values))
    if kinds == {str}:
        return sum(_ELEMENT + len(value.encode()) for value in values)
    if kinds <= set(_NUMBERS):
        return len(values) * (_ELEMENT + _NUMBER)
    raise _RefusedError(refusals.METADATA_ARRAY_VALUE)
