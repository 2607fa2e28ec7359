"""`@s3vectors_server` decorates what `@mock_s3vectors` does; each call finds a server and an empty state."""

from __future__ import annotations

import asyncio
import os
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors import Config, UsageError, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from tests.activation.world import account_of, create, names
from tests.support.helpers import PLAIN_RUN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

VARIABLE = "AWS_ENDPOINT_URL_S3VECTORS"


def client() -> Any:
    """One that goes through the server."""
    made = boto3.client("s3vectors", region_name="us-east-1")
    assert made.meta.endpoint_url == os.environ[VARIABLE]
    return made


def create_one() -> list[str]:
    """Creates a bucket; returns the names of all."""
    ours = client()
    create("films", client=ours)
    return names(ours)


def test_a_function() -> None:
    plain = s3vectors_server(create_one)
    with_options = s3vectors_server(config=Config())(create_one)
    for decorated in (plain, with_options, plain):
        assert decorated() == ["films"]
        assert decorated.__name__ == "create_one"
        assert VARIABLE not in os.environ
        assert not STACK


def test_options() -> None:
    @s3vectors_server(account_id="111122223333", host="localhost")
    def account() -> str:
        return account_of(client())

    assert account() == "111122223333"


def test_a_coroutine_function_and_generators() -> None:
    @s3vectors_server
    async def coroutine() -> list[str]:
        return create_one()

    @s3vectors_server()
    def generator() -> Iterator[list[str]]:
        yield create_one()

    @s3vectors_server()
    async def async_generator() -> AsyncIterator[list[str]]:
        yield create_one()

    async def all_of() -> list[list[str]]:
        return [found async for found in async_generator()]

    assert asyncio.run(coroutine()) == ["films"]
    assert [*generator()] == asyncio.run(all_of()) == [["films"]]
    assert not STACK


def test_async_with() -> None:
    async def inside() -> list[str]:
        async with s3vectors_server() as server:
            assert server.url == os.environ[VARIABLE]
            return create_one()

    assert asyncio.run(inside()) == ["films"]
    assert not STACK


def test_a_function_that_calls_itself_and_runs_in_threads() -> None:
    urls: set[str] = set()

    @s3vectors_server
    def call(depth: int) -> None:
        urls.add(os.environ[VARIABLE])
        names(client())
        if depth:
            call(depth - 1)

    call(2)
    assert len(urls) == 1
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(call, [1] * 8))
    assert not STACK
    assert VARIABLE not in os.environ


def test_a_server_that_was_started_and_decorates() -> None:
    server = s3vectors_server()

    @server
    def decorated() -> str:
        return server.url

    with server:
        assert decorated() == server.url
        create("films", client=client())
        assert names(client()) == ["films"]
    first = decorated()
    assert decorated() == first
    with pytest.raises(UsageError, match="The server is off"):
        _ = server.url


def test_an_unittest_class() -> None:
    @s3vectors_server
    class Tests(unittest.TestCase):
        def setUp(self) -> None:
            self.client = client()
            create("own", client=self.client)

        def test_one(self) -> None:
            assert names(self.client) == ["own"]
            create("one", client=self.client)

        def test_two(self) -> None:
            assert names(self.client) == ["own"]

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Tests).run(result)
    assert (result.testsRun, result.failures, result.errors) == (2, [], [])
    assert not STACK


def test_a_pytest_class(pytester: pytest.Pytester) -> None:
    """Clients that were made before a test find the server in it, on the same port."""
    pytester.makepyfile((Path(__file__).with_name("programs") / "decorated_class.py").read_text())
    result = pytester.runpytest_subprocess(*PLAIN_RUN)
    result.assert_outcomes(passed=2)
