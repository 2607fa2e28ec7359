"""List a large index in segments, several at the same time, and test that no vector is missing.

To run the tests::

    pytest examples/recipes/list_in_segments.py

ListVectors reads an index page by page, so one reader waits for each page. `segmentCount` divides the index
into up to 16 parts, each with pages of its own, which threads read at the same time. Threads may share a
client of boto3. `list_in_segments_async.py` does the same with aiobotocore.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest

from mock_s3vectors import mock_s3vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors import MockS3Vectors

# --- the application

BUCKET, INDEX = "library", "pages"
SEGMENTS = 4


def list_segment(client: S3VectorsClient, segment: int) -> dict[str, dict[str, Any]]:
    """Return the metadata of the vectors in a segment, by key."""
    pages = client.get_paginator("list_vectors").paginate(
        vectorBucketName=BUCKET,
        indexName=INDEX,
        segmentCount=SEGMENTS,
        segmentIndex=segment,
        returnMetadata=True,
    )
    return {vector["key"]: vector["metadata"] for page in pages for vector in page["vectors"]}


def list_all(client: S3VectorsClient) -> dict[str, dict[str, Any]]:
    """Return the metadata of all vectors, by key: all of them, or none and an exception."""
    found: dict[str, dict[str, Any]] = {}
    with ThreadPoolExecutor(SEGMENTS) as threads:
        for segment in threads.map(partial(list_segment, client), range(SEGMENTS)):
            found.update(segment)
    return found


# --- its tests

COUNT = 6_000  # with more than 1,000 vectors, a segment has several pages


@pytest.fixture(scope="module")
def index() -> Iterator[None]:
    """Fill an index once for all tests of this file. The mock of each test begins with it."""
    with mock_s3vectors() as mock:
        mock.seed(
            BUCKET,
            INDEX,
            [[1, number] for number in range(COUNT)],
            metadata=[{"page": number} for number in range(COUNT)],
        )
        yield


@pytest.fixture
def mock(index: None) -> Iterator[MockS3Vectors]:  # noqa: ARG001 - made before
    with mock_s3vectors(skip_retry_delays=True) as mock:
        yield mock


@pytest.fixture
def client(mock: MockS3Vectors) -> S3VectorsClient:  # noqa: ARG001 - switched on before
    return boto3.client("s3vectors", region_name="us-east-1")


def test_each_vector_is_listed_once(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    assert list_all(client) == {str(number): {"page": number} for number in range(COUNT)}
    calls = mock.calls.of("ListVectors")
    assert {call.params["segmentIndex"] for call in calls} == set(range(SEGMENTS))
    assert len(calls) > SEGMENTS  # several pages


def test_the_segments_are_read_at_the_same_time(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    """Each first page waits until all of them have been asked for."""
    all_asked = Barrier(SEGMENTS, timeout=60)

    def wait_for_the_others() -> float:
        all_asked.wait()
        return 0.0

    mock.delay("ListVectors", wait_for_the_others, nextToken=None)
    assert len(list_all(client)) == COUNT


def test_a_throttled_segment_is_read_again(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    rule = mock.fail("ListVectors", "TooManyRequestsException", segmentIndex=2, times=2)
    assert len(list_all(client)) == COUNT
    assert rule.hits == 2


def test_without_one_segment_there_is_no_list(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    mock.fail("ListVectors", "AccessDeniedException", segmentIndex=3)
    with pytest.raises(client.exceptions.AccessDeniedException):
        list_all(client)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_segments_may_be_empty(mock: MockS3Vectors, client: S3VectorsClient, count: int) -> None:
    mock.reset()
    mock.seed(BUCKET, INDEX, np.ones((count, 2)))
    assert list_all(client) == {str(number): {} for number in range(count)}


def test_pages_may_be_empty(index: None) -> None:  # noqa: ARG001 - made before
    """AWS has been seen to give an empty page that is not the last."""
    with mock_s3vectors(empty_pages=True):
        assert len(list_all(boto3.client("s3vectors", region_name="us-east-1"))) == COUNT
