"""Decorated functions with fixtures and parameters."""

from __future__ import annotations

from typing import Any

import pytest

from mock_s3vectors import mock_s3vectors
from tests.activation.prelude import account, create, names


@pytest.fixture
def word() -> str:
    return "word"


@pytest.mark.parametrize("number", [1, 2])
@mock_s3vectors
def test_mark_above(word: str, number: int) -> None:
    create(f"{word}-{number}")
    assert names() == [f"{word}-{number}"]


@mock_s3vectors(account_id="111122223333")
@pytest.mark.parametrize("number", [1, 2])
def test_mark_below(number: int, word: str) -> None:
    assert account() == "111122223333"
    create("bucket")


@mock_s3vectors
def test_with_the_client(s3vectors_client: Any) -> None:
    s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
    assert names() == ["bucket"]
