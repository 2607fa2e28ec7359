"""Fixtures that fail in a decorated class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.prelude import create, names

if TYPE_CHECKING:
    from collections.abc import Iterator


@mock_s3vectors
class TestDecorated:
    @pytest.fixture
    def failing(self) -> None:
        create("bucket")
        raise AssertionError

    @pytest.fixture
    def failing_after(self) -> Iterator[None]:
        create("bucket")
        yield
        raise AssertionError

    @pytest.fixture(scope="class")
    def failing_for_all(self) -> None:
        assert STACK
        raise AssertionError

    def test_one(self, failing: None) -> None: ...

    def test_two(self, failing_after: None) -> None: ...

    def test_three(self, failing_for_all: None) -> None: ...

    def test_four(self) -> None:
        assert names() == []


def test_off() -> None:
    assert not STACK
