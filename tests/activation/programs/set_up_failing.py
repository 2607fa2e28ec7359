"""A set-up that fails in a decorated class, and in other runs another one."""

from __future__ import annotations

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.prelude import create


@mock_s3vectors
class TestDecorated:
    def setup_method(self) -> None:
        create("bucket")
        raise AssertionError

    def test(self) -> None: ...


def test_off() -> None:
    assert not STACK
