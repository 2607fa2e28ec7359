"""A decorated class whose set-up and tear-down take `self`, and in other runs more."""

from __future__ import annotations

from mock_s3vectors import mock_s3vectors
from tests.activation.prelude import create, names


@mock_s3vectors
class TestDecorated:
    def setup_method(self) -> None:
        self.seen = names()
        create("set-up")

    def teardown_method(self) -> None:
        assert names() == ["set-up", "test"]

    def test_one(self) -> None:
        assert self.seen == []
        create("test")

    def test_two(self) -> None:
        self.test_one()

    def test_again(self) -> None:
        self.test_one()
