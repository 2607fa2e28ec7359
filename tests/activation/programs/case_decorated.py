"""A decorated `unittest.TestCase`, and in another run one of its subclasses."""

from __future__ import annotations

import unittest
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import mock_s3vectors
from tests.activation.prelude import account, create, names

if TYPE_CHECKING:
    from collections.abc import Iterator


@mock_s3vectors(account_id="111122223333")
class TestDecorated(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        create("class")
        cls.addClassCleanup(names)

    @classmethod
    def tearDownClass(cls) -> None:
        assert names() == ["class"]

    @pytest.fixture(autouse=True)
    def fixture(self) -> Iterator[None]:
        create("fixture")
        yield
        assert names() == ["class", "clean-up", "fixture", "set-up", "test"]

    def setUp(self) -> None:
        self.addCleanup(create, "clean-up")
        create("set-up")

    def tearDown(self) -> None:
        self.assertEqual(names(), ["class", "fixture", "set-up", "test"])

    def test_one(self) -> None:
        self.assertEqual(names(), ["class", "fixture", "set-up"])
        self.assertEqual(account(), "111122223333")
        create("test")

    def test_two(self) -> None:
        self.test_one()


class TestDerived(TestDecorated):
    def test_three(self) -> None:
        self.test_one()
