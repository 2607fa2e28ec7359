"""Test cases for test_unittest.py, in a module of their own so that pytest does not collect them."""

from __future__ import annotations

import unittest

from tests.activation.world import create, names


def expect(expected: list[str]) -> None:
    """No method, so nothing that the decorator of the class wraps."""
    assert names() == expected


class AllSteps(unittest.TestCase):
    """Tests of what `setUpClass`, `setUp`, tests and clean-ups see of each other."""

    @classmethod
    def setUpClass(cls) -> None:
        create("class")
        cls.addClassCleanup(expect, ["class", "torn-down"])

    @classmethod
    def tearDownClass(cls) -> None:
        expect(["class"])
        create("torn-down")

    def setUp(self) -> None:
        self.addCleanup(self.clean_up)
        expect(["class"])
        create("set-up")

    def tearDown(self) -> None:
        expect(["class", "set-up", "test"])
        create("torn-down")

    def clean_up(self) -> None:
        expect(["class", "set-up", "test", "torn-down"])

    def test_one(self) -> None:
        expect(["class", "set-up"])
        create("test")

    def test_two(self) -> None:
        self.test_one()

    def test_parts(self) -> None:
        for part in range(2):
            with self.subTest(part=part):
                expect(["class", "set-up"])
        create("test")


class AllAsyncSteps(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        create("class")

    def setUp(self) -> None:
        create("set-up")

    async def asyncSetUp(self) -> None:
        self.addAsyncCleanup(self.clean_up)
        create("async-set-up")

    async def asyncTearDown(self) -> None:
        assert names() == ["async-set-up", "class", "set-up", "test"]
        create("torn-down")

    async def clean_up(self) -> None:
        assert names() == ["async-set-up", "class", "set-up", "test", "torn-down"]

    async def test_one(self) -> None:
        assert names() == ["async-set-up", "class", "set-up"]
        create("test")

    async def test_two(self) -> None:
        await self.test_one()

    def test_three(self) -> None:
        create("test")
