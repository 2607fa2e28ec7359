"""The calls of a deletion, as tasks that find vectors, copy them to a backup, and delete them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import BATCH, Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.transfer.deletion.candidates import Candidates, Deleted
    from mock_s3vectors.transfer.remote.calling import Task

# How many keys GetVectors takes, and how many vectors a page has at most.
_MOST_READ = 100
_PAGE = 1_000
_MOST_SEGMENTS = 16


def address_of(bucket: str | None, index: str | None, arn: str | None) -> dict[str, str]:
    """Return the parameters that name an index.

    Raises:
        UsageError: there are too few of the names, or too many.
    """
    if arn is not None and bucket is None and index is None:
        return {"indexArn": arn}
    if arn is None and bucket is not None and index is not None:
        return {"vectorBucketName": bucket, "indexName": index}
    raise UsageError("Name the index: give either index_arn, or both vector_bucket_name and index_name.")


class DeletionCalls:
    """The calls of a deletion from one index, as tasks: see `remote.calling`.

    Attributes:
        name: that of the index.
        candidates: the vectors that match, and the outcome so far.

    Args:
        address: the parameters that name the index.
        candidates: the vectors, which are found and then deleted.
        segments: in how many parts to list the index.

    Raises:
        UsageError: an index cannot have so many segments.
    """

    def __init__(self, address: Mapping[str, str], candidates: Candidates, segments: int) -> None:
        if type(segments) is not int or not 1 <= segments <= _MOST_SEGMENTS:
            raise UsageError(
                f"segments is {segments!r}: an index is listed in 1 to {_MOST_SEGMENTS} segments."
            )
        self.candidates = candidates
        self._address = dict(address)
        self.name = "/".join(self._address.values())
        self._segments = segments

    def telling(self, listener: Callable[[Deleted], None] | None) -> Callable[[], None] | None:
        """Return a function that tells a listener the outcome so far."""
        return None if listener is None else lambda: listener(self.candidates.so_far)

    def finding(self) -> list[Task]:
        """Return the tasks that find the vectors that match."""
        keys = self.candidates.wanted.keys
        if keys is None:
            return [self._find_in_segment(number) for number in range(self._segments)]
        return [self._find_by_key(piece) for piece in pieces(keys, _MOST_READ)]

    def backing_up(self, write: Callable[[Batch], None]) -> list[Task]:
        """Return the tasks that pass vectors that still match to a function, from several threads."""
        return [self._back_up(piece, write) for piece in pieces(self.candidates.keys, _MOST_READ)]

    def deleting(self) -> list[Task]:
        """Return the tasks that delete vectors that still match."""
        return [self._delete(piece) for piece in pieces(self.candidates.keys, BATCH)]

    def _find_in_segment(self, number: int) -> Task:
        params = {
            **self._address,
            "segmentCount": self._segments,
            "segmentIndex": number,
            "maxResults": _PAGE,
            "returnMetadata": True,
        }
        token: str | None = ""
        while token is not None:
            page = yield "list_vectors", {**params, "nextToken": token} if token else params
            self.candidates.note(*_keys_and_metadata(page))
            token = page.get("nextToken")

    def _find_by_key(self, keys: Sequence[str]) -> Task:
        answer = yield self._read(keys)
        self.candidates.note(*_keys_and_metadata(answer))

    def _back_up(self, keys: Sequence[str], write: Callable[[Batch], None]) -> Task:
        answer = yield self._read(keys, data=True)
        names, metadata = _keys_and_metadata(answer)
        kept = self.candidates.back_up(Batch(names, _data(answer), metadata))
        if len(kept):
            write(kept)

    def _delete(self, keys: Sequence[str]) -> Task:
        still = list(keys)
        if self.candidates.must_be_read_again:
            still = []
            for piece in pieces(keys, _MOST_READ):
                answer = yield self._read(piece, data=self.candidates.has_backup)
                still += self._still(answer)
        if still:
            yield "delete_vectors", {**self._address, "keys": still}
        self.candidates.count(len(keys), len(still))

    def _still(self, answer: Mapping[str, Any]) -> list[str]:
        keys, metadata = _keys_and_metadata(answer)
        return self.candidates.still(keys, metadata, _data(answer) if self.candidates.has_backup else None)

    def _read(self, keys: Sequence[str], *, data: bool = False) -> tuple[str, dict[str, Any]]:
        return "get_vectors", {
            **self._address,
            "keys": list(keys),
            "returnMetadata": True,
            "returnData": data,
        }


def pieces(keys: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """Yield keys, so many at a time."""
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _keys_and_metadata(answer: Mapping[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
    vectors = answer["vectors"]
    return [vector["key"] for vector in vectors], [vector.get("metadata", {}) for vector in vectors]


def _data(answer: Mapping[str, Any]) -> NDArray[np.float32]:
    vectors = answer["vectors"]
    return np.array([vector["data"]["float32"] for vector in vectors], np.float32).reshape(len(vectors), -1)
