"""Delete one vector, many, by metadata, old ones by date, and all of a category.

To run the tests::

    pytest examples/recipes/delete_vectors.py

S3 Vectors deletes by key alone, up to 500 keys with one request. To delete by metadata, an application lists
the index page by page, decides by the metadata, collects the keys, and deletes them. This reads the whole
index. If an application often deletes whole categories, it may give each an index, and delete that.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors import MockS3Vectors

    Metadata = Mapping[str, Any]

# --- the application

BUCKET, INDEX = "library", "pages"
BATCH = 500  # the most that DeleteVectors takes


def delete_one(client: S3VectorsClient, key: str) -> None:
    """Delete a vector. It need not be there."""
    client.delete_vectors(vectorBucketName=BUCKET, indexName=INDEX, keys=[key])


def delete_many(client: S3VectorsClient, keys: Iterable[str]) -> int:
    """Delete any number of vectors; return how many keys there were. A key that comes twice counts once."""
    # A request must not have a key twice.
    unique = list(dict.fromkeys(keys))
    for start in range(0, len(unique), BATCH):
        client.delete_vectors(vectorBucketName=BUCKET, indexName=INDEX, keys=unique[start : start + BATCH])
    return len(unique)


def delete_where(client: S3VectorsClient, is_meant: Callable[[Metadata], bool]) -> int:
    """Delete the vectors whose metadata is meant; return how many there were."""
    pages = client.get_paginator("list_vectors").paginate(
        vectorBucketName=BUCKET, indexName=INDEX, returnMetadata=True
    )
    keys = [vector["key"] for page in pages for vector in page["vectors"] if is_meant(vector["metadata"])]
    return delete_many(client, keys)


def delete_older_than(client: S3VectorsClient, age: timedelta, now: datetime) -> int:
    """Delete the documents of which `stored_at`, in seconds since the epoch, is longer ago than `age`."""
    oldest = (now - age).timestamp()
    # A document without a date stays.
    return delete_where(client, lambda metadata: metadata.get("stored_at", oldest) < oldest)


def delete_category(client: S3VectorsClient, category: str) -> int:
    """Delete the documents of a category. A document may have several, in a list."""

    def is_meant(metadata: Metadata) -> bool:
        categories = metadata.get("category", ())
        return category in ([categories] if isinstance(categories, str) else categories)

    return delete_where(client, is_meant)


# --- its tests

NOW = datetime(2027, 1, 31, 12, tzinfo=timezone.utc)
COUNT = 2_400


@pytest.fixture
def mock(s3vectors_mock: MockS3Vectors) -> MockS3Vectors:
    """A mock with documents of two categories, one stored each hour, the last one now."""
    s3vectors_mock.seed(
        BUCKET,
        INDEX,
        [[1.0, number] for number in range(COUNT)],
        keys=map(key_of, range(COUNT)),
        metadata=[
            {
                "category": "news" if number % 2 else "sports",
                "stored_at": int((NOW - timedelta(hours=number)).timestamp()),
            }
            for number in range(COUNT)
        ],
    )
    return s3vectors_mock


@pytest.fixture
def client(mock: MockS3Vectors, s3vectors_client: S3VectorsClient) -> S3VectorsClient:
    """A client of the mock with the documents."""
    assert len(mock.index(BUCKET, INDEX)) == COUNT
    return s3vectors_client


def key_of(number: int) -> str:
    return f"doc-{number:04}"


def left(mock: MockS3Vectors) -> set[str]:
    return set(mock.index(BUCKET, INDEX).keys)


ALL = set(map(key_of, range(COUNT)))


def test_one(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    delete_one(client, "doc-0007")
    delete_one(client, "never stored")
    assert left(mock) == ALL - {"doc-0007"}


def test_many_in_batches(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    keys = [key_of(number) for number in range(1_200)]
    assert delete_many(client, [*keys, *keys[:100]]) == 1_200
    assert left(mock) == ALL - set(keys)
    mock.assert_called("DeleteVectors", times=3)


def test_none(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    assert delete_many(client, []) == 0
    mock.assert_not_called("DeleteVectors")


def test_a_whole_category(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    assert delete_category(client, "news") == COUNT // 2
    assert left(mock) == {key_of(number) for number in range(0, COUNT, 2)}
    assert [len(call.params["keys"]) for call in mock.calls.of("DeleteVectors")] == [500, 500, 200]


@pytest.mark.s3vectors(empty_pages=True)
def test_a_page_may_be_empty_and_not_the_last(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    """AWS has been seen to give such pages."""
    assert delete_category(client, "news") == COUNT // 2
    assert left(mock) == {key_of(number) for number in range(0, COUNT, 2)}


def test_documents_with_several_categories_and_with_none(
    mock: MockS3Vectors, client: S3VectorsClient
) -> None:
    metadata = [{"category": ["art", "news"]}, {"category": ["art"]}, {}]
    mock.seed(BUCKET, INDEX, [[1, 0]] * 3, keys=["both", "art", "none"], metadata=metadata)
    delete_category(client, "news")
    assert {"both", "art", "none"} & left(mock) == {"art", "none"}


def test_old_documents(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    mock.seed(BUCKET, INDEX, [[1, 0]], keys=["without a date"])
    assert delete_older_than(client, timedelta(days=30), NOW) == COUNT - 30 * 24 - 1
    assert left(mock) == {*map(key_of, range(30 * 24 + 1)), "without a date"}


def test_nothing_is_read_but_keys_and_metadata(mock: MockS3Vectors, client: S3VectorsClient) -> None:
    delete_category(client, "news")
    mock.assert_not_called("ListVectors", returnData=True)
    mock.assert_not_called("GetVectors")


def test_a_delete_that_was_interrupted_is_finished_by_the_next(
    mock: MockS3Vectors, client: S3VectorsClient
) -> None:
    with (
        mock.fail("DeleteVectors", "AccessDeniedException", after=1),
        pytest.raises(client.exceptions.AccessDeniedException),
    ):
        delete_category(client, "news")
    assert len(left(mock)) == COUNT - BATCH
    assert delete_category(client, "news") == COUNT // 2 - BATCH
    assert delete_category(client, "news") == 0
