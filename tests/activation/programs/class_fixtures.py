"""Fixtures in a decorated class, of the class and of each test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.prelude import CLIENT, account, create, names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_s3vectors import MockS3Vectors


@pytest.fixture
def outside_the_class() -> Iterator[None]:
    create("outside")
    yield
    assert "outside" in names()


@mock_s3vectors(account_id="111122223333")
class TestDecorated:
    @pytest.fixture(scope="class")
    def shared(self) -> Iterator[str]:
        create("shared")
        yield "shared"
        # The class's own state: what tests made is not in it.
        assert names() == ["shared"]
        CLIENT.delete_vector_bucket(vectorBucketName="shared")

    @pytest.fixture(autouse=True)
    def prepared(self) -> Iterator[None]:
        create("prepared")
        yield
        CLIENT.delete_vector_bucket(vectorBucketName="prepared")

    @pytest.fixture
    def returned(self, outside_the_class: None) -> str:
        create("returned")
        return account()

    def test_one(self, shared: str, returned: str) -> None:
        assert names() == ["outside", "prepared", "returned", "shared"]
        assert returned == account() == "111122223333"
        create("test")

    def test_two(self, shared: str) -> None:
        assert names() == ["prepared", "shared"]
        create("test")

    def test_dynamic(self, request: pytest.FixtureRequest) -> None:
        request.getfixturevalue("returned")
        assert names() == ["outside", "prepared", "returned", "shared"]

    def test_ours(self, s3vectors_client: Any, s3vectors_mock: MockS3Vectors) -> None:
        assert names() == ["prepared", "shared"]


def test_elsewhere(tmp_path: Path) -> None:
    assert not STACK
