"""An answer that is lost after the write: code that may be run again, and the tests that lose answers.

To run the tests::

    pytest examples/recipes/lost_answer.py

If a connection breaks after AWS has carried out a call, botocore sends the call again by itself. A second
PutVectors with the same keys changes nothing. But a second CreateIndex meets the index that the first one has
made, and raises ConflictException; and a second DeleteIndex finds no index, and raises NotFoundException.
Code must be ready for both even if nobody else makes or deletes indexes.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

import boto3
import pytest
from botocore.exceptions import ConnectionClosedError

from mock_s3vectors import mock_s3vectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors import MockS3Vectors

# --- the application

BUCKET, INDEX = "library", "pages"


class OtherIndexError(Exception):
    """There is an index of this name, and it is another one than we need."""


def ensure_bucket(client: S3VectorsClient) -> None:
    """Create the vector bucket, unless it is there: since long, or from a call whose answer was lost."""
    # Names belong to the account, so a bucket that is there is ours.
    with suppress(client.exceptions.ConflictException):
        client.create_vector_bucket(vectorBucketName=BUCKET)


def ensure_index(
    client: S3VectorsClient, dimension: int, metric: Literal["cosine", "euclidean"] = "cosine"
) -> None:
    """Create the index, unless it is there as it should be.

    Raises:
        OtherIndexError: it is there, with another dimension or another metric.
    """
    try:
        client.create_index(
            vectorBucketName=BUCKET,
            indexName=INDEX,
            dataType="float32",
            dimension=dimension,
            distanceMetric=metric,
        )
    except client.exceptions.ConflictException:
        found = client.get_index(vectorBucketName=BUCKET, indexName=INDEX)["index"]
        if (found["dimension"], found["distanceMetric"]) != (dimension, metric):
            raise OtherIndexError(
                f"{INDEX} has {found['dimension']} dimensions and the metric {found['distanceMetric']}"
            ) from None


def drop_index(client: S3VectorsClient) -> None:
    """Delete the index, unless it is gone: since long, or by a call whose answer was lost."""
    with suppress(client.exceptions.NotFoundException):
        client.delete_index(vectorBucketName=BUCKET, indexName=INDEX)


def put_pages(client: S3VectorsClient, pages: Mapping[str, list[float]]) -> None:
    """Put pages, from texts to embeddings. The key follows from the text: to put a page twice is harmless."""
    client.put_vectors(
        vectorBucketName=BUCKET,
        indexName=INDEX,
        vectors=[
            {"key": hashlib.sha256(text.encode()).hexdigest(), "data": {"float32": embedding}}
            for text, embedding in pages.items()
        ],
    )


# --- its tests

PAGES = {"Call me Ishmael.": [1.0, 0.0], "It is a truth universally acknowledged": [0.0, 1.0]}


@pytest.fixture
def mock() -> Iterator[MockS3Vectors]:
    with mock_s3vectors(skip_retry_delays=True) as mock:
        yield mock


@pytest.fixture
def client(mock: MockS3Vectors) -> S3VectorsClient:
    """A client of the mock, in which the vector bucket is there."""
    client = boto3.client("s3vectors", region_name="us-east-1")
    ensure_bucket(client)
    mock.calls.clear()
    return client


# Not "truncated": newer releases of botocore take half an answer for an empty one, and do not call again.
@pytest.mark.parametrize("kind", ["reset", "timeout", "empty", "malformed"])
def test_an_index_whose_answer_was_lost(
    mock: MockS3Vectors,
    client: S3VectorsClient,
    kind: Literal["reset", "timeout", "empty", "malformed"],
) -> None:
    mock.disconnect("CreateIndex", kind, applied=True, times=1)
    ensure_index(client, dimension=2)
    assert [(call.operation, call.attempt, call.error) for call in mock.calls] == [
        ("CreateIndex", 1, kind),
        ("CreateIndex", 2, "ConflictException"),
        ("GetIndex", 1, None),
    ]
    assert mock.bucket(BUCKET).indexes == (INDEX,)


def test_a_request_that_was_lost(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    mock.disconnect("CreateIndex", applied=False, times=1)
    ensure_index(client, dimension=2)
    assert [call.error for call in mock.calls] == ["reset", None]
    assert mock.index(BUCKET, INDEX).dimension == 2


def test_a_bucket_whose_answer_was_lost() -> None:
    with mock_s3vectors(skip_retry_delays=True) as mock:
        mock.disconnect("CreateVectorBucket", applied=True, times=1)
        ensure_bucket(boto3.client("s3vectors", region_name="us-east-1"))
        assert len(mock.bucket(BUCKET)) == 0


def test_an_index_of_somebody_else(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    mock.seed(BUCKET, INDEX, [[1, 2, 3]])
    with pytest.raises(OtherIndexError, match="pages has 3 dimensions and the metric cosine"):
        ensure_index(client, dimension=2)


@pytest.mark.parametrize("applied", [False, True], ids=["before the write", "after the write"])
def test_pages_are_stored_once(mock: MockS3Vectors, client: S3VectorsClient, *, applied: bool) -> None:
    ensure_index(client, dimension=2)
    mock.disconnect("PutVectors", "timeout", applied=applied, times=1)
    put_pages(client, PAGES)
    mock.assert_called("PutVectors", times=2)
    assert len(mock.index(BUCKET, INDEX)) == len(PAGES)


def test_a_job_that_is_run_again(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    """All attempts are lost, so the application sees an error; AWS has stored the pages all the same."""
    ensure_index(client, dimension=2)
    with mock.disconnect("PutVectors", "empty", applied=True), pytest.raises(ConnectionClosedError):
        put_pages(client, PAGES)
    assert len(mock.index(BUCKET, INDEX)) == len(PAGES)
    put_pages(client, PAGES)
    assert len(mock.index(BUCKET, INDEX)) == len(PAGES)


def test_an_index_is_deleted_once(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    ensure_index(client, dimension=2)
    mock.disconnect("DeleteIndex", "timeout", applied=True, times=1)
    drop_index(client)
    assert [call.error for call in mock.calls.of("DeleteIndex")] == ["timeout", "NotFoundException"]
    assert mock.bucket(BUCKET).indexes == ()
