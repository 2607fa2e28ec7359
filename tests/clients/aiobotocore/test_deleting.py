"""`delete_matching_async` with clients of aiobotocore; tests/transfer/test_deleting.py has the details."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.transfer import Deleted, delete_matching, delete_matching_async
from mock_s3vectors.transfer.remote import pacing
from tests.clients.aio import in_a_loop, new_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import MockS3Vectors

PLACE: dict[str, Any] = {"vector_bucket_name": "bucket", "index_name": "index"}


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockS3Vectors]:
    """An index of 2,400 vectors, half of them old."""
    monkeypatch.setattr(pacing, "_FIRST_PAUSE", 0.001)
    with mock_s3vectors(skip_retry_delays=True) as mock:
        metadata = [{"old": number % 2 == 1} for number in range(2_400)]
        mock.seed("bucket", "index", np.ones((2_400, 2)), metadata=metadata)
        yield mock


@in_a_loop
async def test_what_matches_is_deleted(mock: MockS3Vectors) -> None:
    told: list[Deleted] = []
    async with new_client() as client:
        outcome = await delete_matching_async(client, **PLACE, filter={"old": True}, on_batch=told.append)
    assert (outcome.matched, outcome.deleted) == (1_200, 1_200)
    assert told[-1] == outcome
    assert [len(call.params["keys"]) for call in mock.calls.of("DeleteVectors")] in (
        [500, 500, 200],
        [500, 200, 500],
        [200, 500, 500],
    )
    assert len(mock.index("bucket", "index")) == 1_200


@in_a_loop
async def test_throttling_is_waited_out(mock: MockS3Vectors) -> None:
    rule = mock.fail("*", "TooManyRequestsException", times=20)
    async with new_client() as client:
        assert (await delete_matching_async(client, **PLACE, filter={"old": True})).deleted == 1_200
    assert rule.hits == 20


@in_a_loop
async def test_a_cancellation_leaves_whole_batches(mock: MockS3Vectors) -> None:
    mock.delay("DeleteVectors", 60, after=1)  # one batch, and no other
    async with new_client() as client:
        first = asyncio.Event()
        task = asyncio.ensure_future(
            delete_matching_async(client, **PLACE, filter={"old": True}, on_batch=lambda _: first.set())
        )
        await first.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        mock.rules[0].remove()
        left = len(mock.index("bucket", "index")) - 1_200
        assert left in (0, 200, 500, 700, 1_000)
        assert (await delete_matching_async(client, **PLACE, filter={"old": True})).deleted == left


@pytest.mark.usefixtures("mock")
def test_the_other_function_refuses_the_client() -> None:
    async def run() -> None:
        async with new_client() as client:
            with pytest.raises(UsageError, match="one of aiobotocore: use the function whose name ends"):
                delete_matching(client, **PLACE, filter={"old": True})

    asyncio.run(run())
