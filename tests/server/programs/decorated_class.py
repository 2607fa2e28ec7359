"""A test module: a class of pytest under `@s3vectors_server`, with clients of the class and of each test."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from mock_s3vectors import s3vectors_server


def names(client: Any) -> list[str]:
    return [bucket["vectorBucketName"] for bucket in client.list_vector_buckets()["vectorBuckets"]]


@s3vectors_server
class TestBuckets:
    shared: Any
    own: Any

    @classmethod
    def setup_class(cls) -> None:
        cls.shared = boto3.client("s3vectors", region_name="us-east-1")
        cls.shared.create_vector_bucket(vectorBucketName="shared")

    def setup_method(self) -> None:
        self.own = boto3.client("s3vectors", region_name="us-east-1")
        self.own.create_vector_bucket(vectorBucketName="own")

    @pytest.fixture
    def third(self) -> None:
        self.own.create_vector_bucket(vectorBucketName="third")

    @pytest.mark.usefixtures("third")
    @pytest.mark.parametrize("number", [1, 2])
    def test_all_are_there(self, number: int) -> None:  # noqa: ARG002 - the test runs twice
        assert self.shared.meta.endpoint_url.startswith("http://127.0.0.1")
        assert names(self.shared) == names(self.own) == ["own", "shared", "third"]
