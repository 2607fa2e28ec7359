"""List a large index in segments, all at the same time, with aiobotocore.

To run the tests::

    pip install "mock_s3vectors[aiobotocore]"
    pytest examples/recipes/list_in_segments_async.py

`list_in_segments.py` does the same with boto3 and threads. The tests need no plugin of pytest for coroutines.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from mock_s3vectors import mock_s3vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import MockS3Vectors

# --- the application

BUCKET, INDEX = "library", "pages"
SEGMENTS = 4


# Any, here and below, because aiobotocore brings no types.
async def list_segment(client: Any, segment: int) -> dict[str, dict[str, Any]]:
    """Return the metadata of the vectors in a segment, by key."""
    pages = client.get_paginator("list_vectors").paginate(
        vectorBucketName=BUCKET,
        indexName=INDEX,
        segmentCount=SEGMENTS,
        segmentIndex=segment,
        returnMetadata=True,
    )
    return {vector["key"]: vector["metadata"] async for page in pages for vector in page["vectors"]}


async def list_all() -> dict[str, dict[str, Any]]:
    """Return the metadata of all vectors, by key: all of them, or none and an exception."""
    async with get_session().create_client("s3vectors", region_name="us-east-1") as client:
        segments = await asyncio.gather(*(list_segment(client, segment) for segment in range(SEGMENTS)))
    return {key: metadata for segment in segments for key, metadata in segment.items()}


# --- its tests

COUNT = 6_000  # with more than 1,000 vectors, a segment has several pages


@pytest.fixture
def mock() -> Iterator[MockS3Vectors]:
    with mock_s3vectors(skip_retry_delays=True) as mock:
        mock.seed(
            BUCKET,
            INDEX,
            [[1, number] for number in range(COUNT)],
            metadata=[{"page": number} for number in range(COUNT)],
        )
        yield mock


def test_each_vector_is_listed_once(mock: MockS3Vectors) -> None:
    assert asyncio.run(list_all()) == {str(number): {"page": number} for number in range(COUNT)}
    calls = mock.calls.of("ListVectors")
    assert {call.params["segmentIndex"] for call in calls} == set(range(SEGMENTS))
    assert len(calls) > SEGMENTS  # several pages


def test_the_segments_are_read_at_the_same_time(mock: MockS3Vectors) -> None:
    """All first pages are asked for before the first of them comes."""
    mock.delay("ListVectors", 0.5, nextToken=None)
    assert len(asyncio.run(list_all())) == COUNT
    assert all(call.params.get("nextToken") is None for call in mock.calls[:SEGMENTS])


def test_a_throttled_segment_is_read_again(mock: MockS3Vectors) -> None:
    rule = mock.fail("ListVectors", "TooManyRequestsException", segmentIndex=2, times=2)
    assert len(asyncio.run(list_all())) == COUNT
    assert rule.hits == 2


def test_a_lost_page_is_read_again(mock: MockS3Vectors) -> None:
    mock.disconnect("ListVectors", "reset", segmentIndex=1, times=1)
    assert len(asyncio.run(list_all())) == COUNT


def test_without_one_segment_there_is_no_list(mock: MockS3Vectors) -> None:
    mock.fail("ListVectors", "AccessDeniedException", segmentIndex=3)
    with pytest.raises(ClientError, match="AccessDeniedException"):
        asyncio.run(list_all())
