"""The fixtures `s3vectors_client` and `s3vectors_mock`."""

from __future__ import annotations

from typing import Any

import pytest

from mock_s3vectors import MockS3Vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.prelude import create, names


def test_client(s3vectors_client: Any) -> None:
    assert type(s3vectors_client).__name__ == "S3Vectors"
    assert s3vectors_client.meta.region_name == "us-east-1"
    s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
    assert names() == ["bucket"]


def test_client_is_on_a_fresh_mock(s3vectors_client: Any) -> None:
    assert s3vectors_client.list_vector_buckets()["vectorBuckets"] == []


def test_mock(s3vectors_mock: MockS3Vectors) -> None:
    assert isinstance(s3vectors_mock, MockS3Vectors)
    assert names() == []
    create("bucket")
    s3vectors_mock.reset()
    assert names() == []


@pytest.mark.parametrize("turn", range(2))
def test_both(s3vectors_client: Any, s3vectors_mock: MockS3Vectors, turn: int) -> None:
    create("bucket")
    s3vectors_mock.reset()
    assert s3vectors_client.list_vector_buckets()["vectorBuckets"] == []
    create("bucket")


def test_off_again() -> None:
    assert not STACK
