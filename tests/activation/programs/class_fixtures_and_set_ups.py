"""Set-ups and fixtures of a decorated class together; in another run `shared` is a class method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import mock_s3vectors
from tests.activation.prelude import create, names

if TYPE_CHECKING:
    from collections.abc import Iterator


@mock_s3vectors
class TestDecorated:
    @classmethod
    def setup_class(cls) -> None:
        create("class")

    def setup_method(self) -> None:
        create("method")

    @pytest.fixture(scope="class", autouse=True)
    def shared(self) -> Iterator[None]:
        create("shared")
        yield
        assert names() == ["class", "shared"]

    @pytest.fixture
    def own(self) -> Iterator[None]:
        create("own")
        yield
        assert names() == ["class", "method", "own", "shared", "test"]

    def test_one(self, own: None) -> None:
        assert names() == ["class", "method", "own", "shared"]
        create("test")

    def test_two(self, own: None) -> None:
        self.test_one(own)

    def teardown_method(self) -> None:
        assert names() == ["class", "method", "own", "shared", "test"]

    @classmethod
    def teardown_class(cls) -> None:
        assert names() == ["class", "shared"]
