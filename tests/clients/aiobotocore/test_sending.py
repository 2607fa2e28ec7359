"""Clients of aiobotocore that send with httpx, on asyncio and on trio."""

from __future__ import annotations

import asyncio
import re
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.exceptions import BotoCoreError

from mock_s3vectors import UsageError, mock_s3vectors, s3vectors_server
from tests.activation.conftest import no_credentials_at_all, no_network  # noqa: F401 - autouse fixtures
from tests.clients.aio import BUCKET, names, new_client
from tests.drivers.test_clients import KEYS, REFUSED
from tests.drivers.test_lost_answers import KINDS as KINDS_OF_LOSS
from tests.support.drivers import KINDS
from tests.support.helpers import vector

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.messages import Disconnect

INDEX = {**BUCKET, "indexName": "index"}
NEW_INDEX = {**INDEX, "dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}


def test_the_tests_of_all_drivers_run_with_async_ones() -> None:
    assert {"async", "async server"} <= {kind.name for kind in KINDS}


async def use(client: Any) -> None:
    """Call a few operations, one of them in pages, and one that is refused."""
    await client.create_vector_bucket(**BUCKET)
    await client.create_index(**NEW_INDEX)
    await client.put_vectors(**INDEX, vectors=[vector("a", (1, 0)), vector("b", (3, 0))])
    found = await client.query_vectors(**INDEX, queryVector={"float32": [0, 0]}, topK=2, returnDistance=True)
    assert found["vectors"] == [{"key": "a", "distance": 1.0}, {"key": "b", "distance": 9.0}]
    pages = client.get_paginator("list_vectors").paginate(**INDEX, PaginationConfig={"PageSize": 1})
    assert sorted([page["vectors"][0]["key"] async for page in pages]) == ["a", "b"]
    with pytest.raises(client.exceptions.ConflictException) as refused:
        await client.delete_vector_bucket(**BUCKET)
    assert str(refused.value).endswith("The specified vector bucket is not empty")


LOOPS = ["asyncio", "trio"]


def httpx_in(loop: str) -> tuple[Any, Callable[[Callable[[], Any]], Any]]:
    """Return the class of sessions that send with httpx, and what runs a coroutine function."""
    pytest.importorskip("httpx2", reason="aiobotocore[httpx2] is not installed")
    from aiobotocore.httpxsession import HttpxSession

    if loop == "trio":
        return HttpxSession, pytest.importorskip("trio").run
    return HttpxSession, lambda main: asyncio.run(main())


@pytest.mark.parametrize("loop", LOOPS)
def test_clients_that_send_with_httpx(loop: str) -> None:
    session, run = httpx_in(loop)
    config = AioConfig(http_session_cls=session)
    bare = AioSession(include_builtin_handlers=False)

    async def main() -> None:
        for mock in (mock_s3vectors(), s3vectors_server()):
            async with mock, new_client(config=config) as client:
                await use(client)
        async with bare.create_client("s3vectors", "us-east-1", config=config, **KEYS) as client:
            with mock_s3vectors(), pytest.raises(UsageError) as refused:
                await names(client)
            assert str(refused.value) == REFUSED

    run(main)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("kind", KINDS_OF_LOSS)
def test_a_loss_looks_the_same_with_httpx(loop: str, kind: Disconnect) -> None:
    session, run = httpx_in(loop)
    retries = {"total_max_attempts": 1}
    config = AioConfig(http_session_cls=session, read_timeout=0.2, retries=retries)
    found: list[tuple[str, str]] = []

    async def main() -> None:
        for mock in (mock_s3vectors(), s3vectors_server()):
            with mock:
                rule = mock.mock.disconnect("ListVectorBuckets", kind, applied=True)
                async with new_client(config=config) as client:
                    with pytest.raises(BotoCoreError) as lost:
                        await client.list_vector_buckets()
            found.append((type(lost.value).__name__, re.sub('"http.*"', "", str(lost.value))))
            assert rule.hits == 1

    run(main)
    if (loop, kind) == ("trio", "reset"):  # trio's own text
        assert found[0][0] == found[1][0] == "HTTPClientError"
    else:
        assert found[0] == found[1]


@pytest.mark.parametrize("loop", LOOPS)
def test_late_answers_and_retries_with_httpx(loop: str) -> None:
    session, run = httpx_in(loop)
    config = AioConfig(http_session_cls=session, retries={"mode": "standard"})
    mock = mock_s3vectors(skip_retry_delays=True)

    async def main() -> None:
        with mock:
            mock.disconnect("ListVectorBuckets", times=1)
            mock.delay("ListVectorBuckets", 0.3, times=1)
            async with new_client(config=config) as client:
                assert await names(client) == []

    began = perf_counter()
    run(main)
    assert perf_counter() - began >= 0.3
    first, second = mock.calls
    assert (first.delay, first.error, second.delay > 0, second.error) == (0.3, "reset", True, None)
