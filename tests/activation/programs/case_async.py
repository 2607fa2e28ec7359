"""A decorated async test case."""

from __future__ import annotations

import asyncio
import unittest

from mock_s3vectors import mock_s3vectors
from tests.activation.prelude import create, names


@mock_s3vectors
class TestDecorated(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.addAsyncCleanup(self.clean_up)
        create("set-up")

    async def asyncTearDown(self) -> None:
        create("torn-down")

    async def clean_up(self) -> None:
        assert names() == ["set-up", "test", "torn-down"]

    async def test_one(self) -> None:
        await asyncio.sleep(0)
        assert names() == ["set-up"]
        create("test")

    async def test_two(self) -> None:
        await self.test_one()
