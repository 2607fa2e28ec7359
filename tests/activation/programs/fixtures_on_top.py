"""A fixture of the user that needs `s3vectors_client`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.activation.prelude import CLIENT, create, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import MockS3Vectors


@pytest.fixture
def bucket(s3vectors_client: Any) -> Iterator[str]:
    create("bucket")
    yield "bucket"
    CLIENT.delete_vector_bucket(vectorBucketName="bucket")


def test_one(bucket: str) -> None:
    assert names() == [bucket]


def test_two(bucket: str, s3vectors_mock: MockS3Vectors) -> None:
    assert names() == [bucket]
