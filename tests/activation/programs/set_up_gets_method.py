"""Set-ups that take the method, inherit, or are static."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.prelude import create

if TYPE_CHECKING:
    from collections.abc import Callable


class Base:
    def setup_method(self, method: Callable[[], None]) -> None:
        self.name = method.__name__


@mock_s3vectors
class TestDecorated(Base):
    def teardown_method(self, method: Callable[[], None]) -> None:
        assert method.__name__ == self.name

    def test_one(self) -> None:
        assert self.name == "test_one"


class TestDerived(TestDecorated):
    def setup_method(self, method: Callable[[], None]) -> None:
        super().setup_method(method=method)


class TestStatic:
    @staticmethod
    @mock_s3vectors
    def setup_method() -> None:
        create("bucket")

    def test(self) -> None:
        assert not STACK
