"""Fixtures that are decorated, or that hold a mock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.prelude import account, create, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import MockS3Vectors


@pytest.fixture
@mock_s3vectors(account_id="111122223333")
def yielding() -> Iterator[str]:
    create("bucket")
    yield "bucket"
    assert names() == ["bucket", "test"]


@pytest.fixture(scope="module")
def of_the_module() -> Iterator[MockS3Vectors]:
    with mock_s3vectors() as mock:
        create("module")
        yield mock


def test_yielding(yielding: str) -> None:
    assert names() == [yielding]
    assert account() == "111122223333"
    create("test")


def test_off_again() -> None:
    assert not STACK


def test_of_the_module(of_the_module: MockS3Vectors) -> None:
    assert names() == ["module"]


def test_of_the_module_is_shared(of_the_module: MockS3Vectors, s3vectors_client: Any) -> None:
    assert names() == ["module"]
