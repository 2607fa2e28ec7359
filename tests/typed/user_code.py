"""User code under the decorator and the fixtures, in which mypy finds nothing to say."""

import unittest
from collections.abc import AsyncIterator, Iterator

import boto3
import pytest
from types_boto3_s3vectors import S3VectorsClient
from typing_extensions import assert_type

from mock_s3vectors import Config, MockS3Vectors, mock_s3vectors, patch_client


@mock_s3vectors
def plain(client: S3VectorsClient, top_k: int = 3) -> list[str]:
    answer = client.query_vectors(
        vectorBucketName="bucket", indexName="index", topK=top_k, queryVector={"float32": [0.1]}
    )
    return [vector["key"] for vector in answer["vectors"]]


@mock_s3vectors(account_id="111122223333", search_engine="hnsw", hnsw_m=16)
async def coroutine(name: str) -> int:
    return len(name)


@mock_s3vectors(config=Config(max_vector_buckets=3))
def generator() -> Iterator[str]:
    yield "a"


@mock_s3vectors(default_index_mode="CLASSIC", text_build_seconds=0.5)
async def async_generator() -> AsyncIterator[str]:
    yield "a"


@mock_s3vectors
class TestPlain:
    answer: int = 42

    def test_it(self) -> None:
        assert_type(self.answer, int)


@mock_s3vectors()
class TestUnit(unittest.TestCase):
    def test_it(self) -> None:
        self.assertEqual(1, 1)  # noqa: PT009 - as users of unittest write it


@pytest.mark.s3vectors(search_engine="hnsw")
def test_fixtures(s3vectors_client: S3VectorsClient, s3vectors_mock: MockS3Vectors) -> None:
    s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
    other = boto3.client("s3vectors", "eu-west-1", **s3vectors_mock.credentials("111122223333"))
    patch_client(other)
    s3vectors_mock.reset()


assert_type(plain(boto3.client("s3vectors"), top_k=1), list[str])
assert_type(TestPlain().answer, int)
with mock_s3vectors() as mock:
    assert_type(mock, MockS3Vectors)
    assert_type(mock.config, Config)


async def inside() -> None:
    assert_type(await coroutine("a"), int)
    async with mock_s3vectors(max_vectors_per_index=3) as mock:
        assert_type(mock, MockS3Vectors)
