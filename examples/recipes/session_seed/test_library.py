"""Tests of the library. In any order, each finds all books."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from library import BUCKET, INDEX, close, find_books, remove_books
from mock_s3vectors import UnknownFilterKeyAdvice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors import MockS3Vectors

    Embeddings = NDArray[np.float32]

BOOKS = 20_000


@pytest.fixture(autouse=True)
def all_books(s3vectors_mock: MockS3Vectors) -> None:
    """Every test begins with all books, and with no calls, whatever other tests have done."""
    assert len(s3vectors_mock.index(BUCKET, INDEX)) == BOOKS
    assert len(s3vectors_mock.calls) == 0


def test_a_book_is_nearest_to_itself(s3vectors_client: S3VectorsClient, embeddings: Embeddings) -> None:
    assert find_books(s3vectors_client, embeddings[42].tolist())[0] == "book-42"


def test_books_since_a_year(
    s3vectors_client: S3VectorsClient, s3vectors_mock: MockS3Vectors, embeddings: Embeddings
) -> None:
    found = find_books(s3vectors_client, embeddings[42].tolist(), since=2010, most=10)
    years = [s3vectors_mock.index(BUCKET, INDEX)[key].metadata["year"] for key in found]
    assert len(years) == 10
    assert min(years) >= 2010


@pytest.mark.parametrize("keys", [["book-1"], ["book-1", "book-2"]])
def test_books_are_removed(
    s3vectors_client: S3VectorsClient, s3vectors_mock: MockS3Vectors, keys: list[str]
) -> None:
    remove_books(s3vectors_client, keys)
    books = s3vectors_mock.index(BUCKET, INDEX)
    assert len(books) == BOOKS - len(keys)
    assert not any(key in books for key in keys)


def test_a_library_is_closed(s3vectors_client: S3VectorsClient) -> None:
    close(s3vectors_client)
    assert s3vectors_client.list_vector_buckets()["vectorBuckets"] == []


def test_books_are_still_found(s3vectors_client: S3VectorsClient, embeddings: Embeddings) -> None:
    """The test before this one has closed the library: for itself alone."""
    assert find_books(s3vectors_client, embeddings[1].tolist(), most=1) == ["book-1"]


@pytest.mark.s3vectors(advice=True)
def test_a_search_by_a_key_that_no_book_has(
    s3vectors_client: S3VectorsClient, embeddings: Embeddings
) -> None:
    """On AWS such a search finds nothing, and nobody is told. Here it would fail any other test."""
    with pytest.warns(UnknownFilterKeyAdvice, match="Did you mean 'year'"):
        s3vectors_client.query_vectors(
            vectorBucketName=BUCKET,
            indexName=INDEX,
            topK=5,
            queryVector={"float32": embeddings[0].tolist()},
            filter={"years": {"$gte": 2010}},
        )
