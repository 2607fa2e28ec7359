"""Clients of aiobotocore are answered under every form of the mock."""

from __future__ import annotations

import asyncio
import inspect
import unittest
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import Config, mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation import world
from tests.activation.conftest import no_credentials_at_all, no_network  # noqa: F401 - autouse fixtures
from tests.clients import aio
from tests.clients.aio import BUCKET, create, in_a_loop, names, names_of, new_client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OTHER = "111122223333"


async def account_seen() -> str:
    """The account in the ARN of a new bucket."""
    async with new_client() as client:
        await client.create_vector_bucket(**BUCKET)
        return (await aio.arn(client)).split(":")[4]


@pytest.mark.parametrize(
    ("decorator", "account"),
    [
        (mock_s3vectors, "123456789012"),
        (mock_s3vectors(), "123456789012"),
        (mock_s3vectors(account_id=OTHER), OTHER),
        (mock_s3vectors(config=Config(account_id=OTHER)), OTHER),
    ],
    ids=["bare", "empty", "option", "config"],
)
def test_a_coroutine_function(decorator: Any, account: str) -> None:
    decorated = decorator(account_seen)
    assert inspect.iscoroutinefunction(decorated)
    for _ in range(2):  # each time with a state of its own
        assert asyncio.run(decorated()) == account


@mock_s3vectors
async def buckets_made(count: int) -> AsyncIterator[list[str]]:
    async with new_client() as client:
        for number in range(count):
            await client.create_vector_bucket(vectorBucketName=f"bucket-{number}")
            yield await names(client)


@in_a_loop
async def test_an_async_generator() -> None:
    for _ in range(2):
        assert [seen async for seen in buckets_made(2)] == [["bucket-0"], ["bucket-0", "bucket-1"]]


@mock_s3vectors(account_id=OTHER)
class Methods:
    async def setup_method(self) -> None:
        await create("set-up")

    async def test(self) -> list[str]:
        await create("of-test")
        return await names_of()

    @staticmethod
    async def test_static() -> list[str]:
        await create("of-static")
        return await names_of()

    async def test_account(self) -> str:
        return await account_seen()


@in_a_loop
async def test_a_class_with_async_methods() -> None:
    for _ in range(2):
        instance = Methods()
        await instance.setup_method()
        assert await instance.test() == ["of-test", "set-up"]
        assert await names_in_a_mock() == []
    assert await Methods.test_static() == ["of-static"]
    assert await Methods().test_account() == OTHER


@mock_s3vectors
async def names_in_a_mock() -> list[str]:
    return await names_of()


@mock_s3vectors
class TestCase(unittest.IsolatedAsyncioTestCase):
    client: Any

    def setUp(self) -> None:
        world.create("set-up")

    async def asyncSetUp(self) -> None:
        context = new_client()
        self.client = await context.__aenter__()
        self.addAsyncCleanup(self.expect_and_close, context)
        await create("async-set-up")

    async def asyncTearDown(self) -> None:
        await self.client.create_vector_bucket(vectorBucketName="torn-down")

    async def expect_and_close(self, context: Any) -> None:
        assert await names(self.client) == ["async-set-up", "set-up", "test", "torn-down"]
        await context.__aexit__(None, None, None)

    async def test_one(self) -> None:
        assert await names(self.client) == ["async-set-up", "set-up"]
        await self.client.create_vector_bucket(vectorBucketName="test")

    async def test_two(self) -> None:
        await self.test_one()


@in_a_loop
async def test_blocks() -> None:
    async with new_client() as client:
        with mock_s3vectors(account_id=OTHER):
            await client.create_vector_bucket(**BUCKET)
            assert await aio.arn(client) == f"arn:aws:s3vectors:us-east-1:{OTHER}:bucket/bucket"
            async with mock_s3vectors():
                assert await names(client) == ["bucket"]
        async with mock_s3vectors() as mock:
            assert await names(client) == []
            await client.create_vector_bucket(**BUCKET)
            mock.reset()
            assert await names(client) == []


@in_a_loop
async def test_mocks_of_concurrent_tasks_do_not_nest() -> None:
    """Each has what it made itself, and may end first."""
    outer_ended = asyncio.Event()

    async def outer(inner_began: asyncio.Event) -> None:
        async with mock_s3vectors(account_id=OTHER):
            await create("of-outer")
            await inner_began.wait()
        outer_ended.set()

    async def inner(inner_began: asyncio.Event) -> list[str]:
        async with mock_s3vectors():
            await create("of-inner")
            inner_began.set()
            await outer_ended.wait()
            return await names_of()

    for _ in range(2):
        outer_ended.clear()
        began = asyncio.Event()
        _, seen = await asyncio.gather(outer(began), inner(began))
        assert seen == ["of-inner"]
    assert not STACK


@in_a_loop
async def test_a_task_that_is_cancelled_ends_its_mock() -> None:
    ready = asyncio.Event()

    @mock_s3vectors
    async def endless() -> None:
        try:
            await create("bucket")
        finally:
            ready.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(endless())
    await ready.wait()
    assert STACK
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not STACK
