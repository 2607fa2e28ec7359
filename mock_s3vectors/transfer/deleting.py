"""Deleting vectors by key, metadata or age, which S3 Vectors itself can do by key only.

One way serves clients of boto3 and of aiobotocore, under a mock and on AWS. First the index is listed, in
segments side by side, and each vector is compared with the conditions. Then those that match are deleted, in
batches side by side. S3 Vectors has no conditional delete, so the vectors of a batch are read once more just
before: one that was overwritten since, and does not match any more, is left alone. Only a write between
this last read, which takes up to five calls, and the deletion, which follows at once, goes unnoticed.

A batch is deleted as a whole, or not at all. After an interruption some batches are gone, and the same call
deletes the rest. The caller needs the rights of ListVectors, GetVectors and DeleteVectors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import BATCH, Batch
from mock_s3vectors.transfer.candidates import Candidates
from mock_s3vectors.transfer.remote.calling import PlainCaller, run_tasks, run_tasks_async
from mock_s3vectors.transfer.remote.pacing import Pace
from mock_s3vectors.transfer.selecting import selection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from numpy.typing import NDArray

    from mock_s3vectors.transfer.candidates import Deleted
    from mock_s3vectors.transfer.remote.calling import Task

# How many keys GetVectors takes, and how many vectors a page has at most.
_MOST_READ = 100
_PAGE = 1_000
_MOST_SEGMENTS = 16
DEFAULT_SEGMENTS = 4


def delete_matching(  # noqa: PLR0913 - one for each condition and option
    client: Any,
    *,
    vector_bucket_name: str | None = None,
    index_name: str | None = None,
    index_arn: str | None = None,
    keys: Collection[str] | None = None,
    filter: Mapping[str, Any] | None = None,  # noqa: A002 - as S3 Vectors calls it
    older_than: Mapping[str, str | timedelta] | None = None,
    dry_run: bool = False,
    now: datetime | None = None,
    segments: int = DEFAULT_SEGMENTS,
    on_batch: Callable[[Deleted], None] | None = None,
) -> Deleted:
    """Delete the vectors of an index that meet all conditions that are given, with a client of boto3.

    A refusal for too many requests is waited out, at first by the client, and then here, for up to a minute
    without any call that is answered. An interruption (Ctrl+C) waits for the calls that are under way.

    Args:
        client: a client of boto3 for `s3vectors`.
        vector_bucket_name: the vector bucket of the index, together with `index_name`.
        index_name: the name of the index.
        index_arn: the ARN of the index, in the place of the two names.
        keys: the keys of the vectors. The index is not listed then.
        filter: a filter in the grammar of S3 Vectors, with `$startsWith`. It is evaluated here, so it may
            also name metadata keys that are not filterable.
        older_than: by metadata key, the age that its date must exceed: `{"created_at": "30d"}`, or a
            timedelta. Ages have the units s, m (minutes), h, d and w. A date is ISO 8601 (in UTC unless it
            has a zone), or a number since 1970, which may be a text: of seconds from 10**8 up to 10**11, of
            milliseconds from there up to 10**14. A vector whose date is missing, or is none of these, is left
            alone.
        dry_run: only find the vectors, and delete none.
        now: the moment that ages are counted from, with a time zone; None for the present one.
        segments: how many parts of the index are listed, and how many batches are deleted, at the same time.
        on_batch: called with the outcome so far after each batch of at most 500 vectors.

    Raises:
        UsageError: a condition is refused, or none is given; before any call. Or patience is over.
        ClientError: AWS refuses a call. Batches may have been deleted.
    """
    address = address_of(vector_bucket_name, index_name, index_arn)
    wanted = selection(keys=keys, filter=filter, older_than=older_than, now=now)
    deletion = Deletion(address, Candidates(wanted), segments)
    caller = PlainCaller(client, deletion.name)
    run_tasks(caller, deletion.finding(), segments)
    if not dry_run:
        run_tasks(caller, deletion.deleting(), segments, deletion.telling(on_batch))
    return deletion.candidates.so_far


async def delete_matching_async(  # noqa: PLR0913 - see above
    client: Any,
    *,
    vector_bucket_name: str | None = None,
    index_name: str | None = None,
    index_arn: str | None = None,
    keys: Collection[str] | None = None,
    filter: Mapping[str, Any] | None = None,  # noqa: A002 - as S3 Vectors calls it
    older_than: Mapping[str, str | timedelta] | None = None,
    dry_run: bool = False,
    now: datetime | None = None,
    segments: int = DEFAULT_SEGMENTS,
    on_batch: Callable[[Deleted], None] | None = None,
) -> Deleted:
    """Delete the vectors of an index that meet all conditions that are given, with a client of aiobotocore.

    It runs in an event loop of asyncio. See `delete_matching` for arguments and errors. If it is cancelled,
    so are the calls that are under way: AWS carries each of them out as a whole, or not at all.
    """
    address = address_of(vector_bucket_name, index_name, index_arn)
    wanted = selection(keys=keys, filter=filter, older_than=older_than, now=now)
    deletion = Deletion(address, Candidates(wanted), segments)
    await run_tasks_async(client, Pace(deletion.name), deletion.finding(), segments)
    if not dry_run:
        told = deletion.telling(on_batch)
        await run_tasks_async(client, Pace(deletion.name), deletion.deleting(), segments, told)
    return deletion.candidates.so_far


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


class Deletion:
    """The calls of a deletion, as tasks: see `calling`.

    Attributes:
        name: that of the index.
        candidates: what has come of the deletion so far.

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
        """Return the tasks that give those that match still to a function, from several threads."""
        return [self._back_up(piece, write) for piece in pieces(self.candidates.keys, _MOST_READ)]

    def deleting(self) -> list[Task]:
        """Return the tasks that delete those that match still."""
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
