"""Tests that fail, each with the calls that its report shows."""

from __future__ import annotations

import unittest
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import mock_s3vectors
from tests.activation.prelude import CLIENT, create, names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import MockS3Vectors


def test_fixture(s3vectors_mock: MockS3Vectors) -> None:
    create("of-fixture")
    raise AssertionError


@mock_s3vectors
def test_decorated() -> None:
    create("of-function")
    with mock_s3vectors():
        create("of-inner")
    raise AssertionError


def test_without_mock() -> None:
    raise AssertionError


@mock_s3vectors
def test_passing() -> None:
    create("of-passing")


@mock_s3vectors
@pytest.mark.xfail
def test_expected_to_fail() -> None:
    create("of-xfail")
    raise AssertionError


@mock_s3vectors
@pytest.mark.xfail(strict=True)
def test_passing_unexpectedly() -> None:
    create("of-xpass")


@mock_s3vectors
class TestClass:
    @classmethod
    def setup_class(cls) -> None:
        create("of-class")

    def test_one(self) -> None:
        create("of-one")
        raise AssertionError

    def test_two(self) -> None:
        create("of-two")
        raise AssertionError


@mock_s3vectors
class TestCase(unittest.TestCase):
    def setUp(self) -> None:
        create("of-set-up")

    def test_case(self) -> None:
        create("of-case")
        self.fail()


@pytest.fixture(scope="module")
def shared() -> Iterator[None]:
    with mock_s3vectors():
        yield


def test_shared_one(shared: None) -> None:
    create("of-shared-one")


def test_shared_two(shared: None) -> None:
    create("of-shared-two")
    raise AssertionError


@pytest.fixture
def failing(s3vectors_mock: MockS3Vectors) -> None:
    create("of-set-up-that-fails")
    raise AssertionError


def test_set_up(failing: None) -> None: ...


@pytest.fixture
def clearing(s3vectors_mock: MockS3Vectors) -> Iterator[None]:
    yield
    create("of-clean-up")
    raise AssertionError


def test_clean_up(clearing: None) -> None:
    create("before-clean-up")


@mock_s3vectors
def test_threads() -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(create, [f"of-thread-{number}" for number in range(25)]))
    raise AssertionError


@mock_s3vectors
def test_error() -> None:
    with pytest.raises(CLIENT.exceptions.NotFoundException):
        CLIENT.get_index(vectorBucketName="films", indexName="plots")
    names()
    bucket = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films"
    CLIENT.query_vectors(indexArn=f"{bucket}/index/plots", topK=1, queryVector={"float32": [1.0] * 4096})


@mock_s3vectors
def test_wrong_names() -> None:
    for name in ("a\nb", "b" * 1_000):
        with pytest.raises(CLIENT.exceptions.ValidationException):
            CLIENT.get_vector_bucket(vectorBucketName=name)
    raise AssertionError
