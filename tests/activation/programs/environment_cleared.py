"""A fixture that deletes the credentials of the environment."""

from __future__ import annotations

from typing import Any

import boto3
import pytest


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)


@pytest.mark.s3vectors
def test_marked() -> None:
    assert boto3.client("s3vectors", region_name="us-east-1").list_vector_buckets()["vectorBuckets"] == []


def test_client(s3vectors_client: Any) -> None:
    assert s3vectors_client.list_vector_buckets()["vectorBuckets"] == []
