"""The rows of vectors in a state file, many at once: see `schema` for their table."""

from __future__ import annotations

from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from mock_s3vectors.operations.helpers.records import vector_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.world import Index

VECTOR_COLUMNS = ("index_id", "key", "data", "metadata")
# As in the file, whatever the order of bytes of this machine.
_FLOAT32 = "<f4"


def vector_rows(
    index_id: int, keys: Iterable[str], data: NDArray[np.float32], metadata: Iterable[dict[str, Any]]
) -> Iterator[tuple[int, str, bytes, str]]:
    """Return the columns of vectors, in the order of `VECTOR_COLUMNS`.

    Args:
        index_id: that of the row of their index.
        keys: those of the vectors.
        data: shape (len(keys), dimension), float32.
        metadata: that of each vector.
    """
    # A row becomes one value of so many bytes, and those a list at C speed.
    floats = np.ascontiguousarray(data, _FLOAT32)
    pieces = floats.view(f"V{floats.shape[1] * floats.itemsize}")[:, 0].tolist()
    texts = (orjson.dumps(document).decode() for document in metadata)
    return zip(repeat(index_id), keys, pieces, texts, strict=False)


def vectors_of(
    keys: Sequence[str], pieces: Sequence[bytes], texts: Sequence[str], index: Index
) -> tuple[NDArray[np.float32], list[dict[str, Any]]]:
    """Return the vectors, shape (len(keys), dimension), and the metadata of rows.

    Raises:
        ValueError: the index cannot have them.
    """
    lengths = set(map(len, pieces))
    if not {str}.issuperset(map(type, keys)) or not lengths <= {index.dimension * np.float32().itemsize}:
        raise ValueError("a vector has an impossible key or length")
    floats = np.frombuffer(b"".join(pieces), _FLOAT32).reshape(len(keys), index.dimension)
    if vector_faults(floats, index.distance_metric):
        raise ValueError("a vector has an impossible value")
    # One text for all takes a quarter of the time.
    documents = orjson.loads(f"[{','.join(texts)}]")
    if len(documents) != len(keys) or not {dict}.issuperset(map(type, documents)):
        raise ValueError("metadata is not a JSON object")
    return floats.astype(np.float32, copy=False), documents
