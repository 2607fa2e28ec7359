"""The marker without a fixture, also on classes."""

from __future__ import annotations

import unittest

import pytest

from mock_s3vectors.mocking.stack import STACK
from tests.activation.prelude import account, create, names


@pytest.mark.s3vectors
def test_without_options() -> None:
    assert names() == []
    create("bucket")


@pytest.mark.s3vectors()  # noqa: PT023 - this form as well
@pytest.mark.parametrize("turn", range(2))
def test_each_turn_is_fresh(turn: int) -> None:
    assert names() == []
    create("bucket")


@pytest.mark.s3vectors(account_id="111122223333")
class TestMarked:
    def setup_method(self) -> None:
        create("set-up")

    def test(self) -> None:
        assert names() == ["set-up"]
        assert account() == "111122223333"


@pytest.mark.s3vectors(account_id="111122223333")
class TestCase(unittest.TestCase):
    def setUp(self) -> None:
        create("set-up")

    def test(self) -> None:
        self.assertEqual(names(), ["set-up"])
        self.assertEqual(account(), "111122223333")


def test_unmarked() -> None:
    assert not STACK
