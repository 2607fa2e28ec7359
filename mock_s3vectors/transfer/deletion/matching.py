"""Deleting vectors by key, metadata or age with a client, which S3 Vectors itself can do by key only.

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

from mock_s3vectors.transfer.deletion.calls import DeletionCalls, address_of
from mock_s3vectors.transfer.deletion.candidates import Candidates
from mock_s3vectors.transfer.remote.calling import PlainCaller, run_tasks, run_tasks_async
from mock_s3vectors.transfer.remote.pacing import Pace
from mock_s3vectors.transfer.selecting import selection

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime, timedelta

    from mock_s3vectors.transfer.deletion.candidates import Deleted

_DEFAULT_SEGMENTS = 4


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
    segments: int = _DEFAULT_SEGMENTS,
    on_batch: Callable[[Deleted], None] | None = None,
) -> Deleted:
    """Delete the vectors of an index that meet all conditions that are given, with a client of boto3.

    If the service refuses calls because there are too many, the client tries again by itself. This function
    then goes on trying, until no call has been answered for a minute. An interruption (Ctrl+C) waits for the
    calls that are under way.

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
        segments: 1 to 16: how many parts of the index are listed at the same time, and how many batches are
            deleted at the same time.
        on_batch: called with the outcome so far after each batch of at most 500 vectors.

    Returns:
        How many vectors matched, were deleted, or were left alone, with a few of them.

    Raises:
        UsageError: before any call, if a condition or `segments` is refused, or no condition is given. Later,
            if the service has refused all calls for a minute.
        ClientError: AWS refuses a call. Batches may have been deleted.

    Example:
        >>> index = {"vector_bucket_name": "films", "index_name": "plots"}
        >>> delete_matching(client, **index, filter={"year": {"$lt": 1980}}).deleted
        1
    """
    address = address_of(vector_bucket_name, index_name, index_arn)
    wanted = selection(keys=keys, filter=filter, older_than=older_than, now=now)
    calls = DeletionCalls(address, Candidates(wanted), segments)
    caller = PlainCaller(client, calls.name)
    run_tasks(caller, calls.finding(), segments)
    if not dry_run:
        run_tasks(caller, calls.deleting(), segments, calls.telling(on_batch))
    return calls.candidates.so_far


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
    segments: int = _DEFAULT_SEGMENTS,
    on_batch: Callable[[Deleted], None] | None = None,
) -> Deleted:
    """Delete the vectors of an index that meet all conditions that are given, with a client of aiobotocore.

    It runs in an event loop of asyncio. See `delete_matching` for arguments and errors. If it is cancelled,
    so are the calls that are under way: their batches may be deleted or not.
    """
    address = address_of(vector_bucket_name, index_name, index_arn)
    wanted = selection(keys=keys, filter=filter, older_than=older_than, now=now)
    calls = DeletionCalls(address, Candidates(wanted), segments)
    await run_tasks_async(client, Pace(calls.name), calls.finding(), segments)
    if not dry_run:
        told = calls.telling(on_batch)
        await run_tasks_async(client, Pace(calls.name), calls.deleting(), segments, told)
    return calls.candidates.so_far
