"""Clients of aiobotocore that send with httpx, on asyncio and on trio."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from mock_s3vectors import UsageError, mock_s3vectors
from tests.activation.conftest import no_credentials_at_all, no_network  # noqa: F401 - autouse fixtures
from tests.clients.aio import BUCKET, names, new_client
from tests.drivers.test_clients import KEYS, REFUSED
from tests.support.drivers import KINDS
from tests.support.helpers import vector

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


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_clients_that_send_with_httpx(loop: str) -> None:
    pytest.importorskip("httpx2", reason="aiobotocore[httpx2] is not installed")
    trio = pytest.importorskip("trio") if loop == "trio" else None
    from aiobotocore.httpxsession import HttpxSession

    config = AioConfig(http_session_cls=HttpxSession)
    bare = AioSession(include_builtin_handlers=False)

    async def main() -> None:
        async with new_client(config=config) as client, mock_s3vectors():
            await use(client)
        async with bare.create_client("s3vectors", "us-east-1", config=config, **KEYS) as client:
            with mock_s3vectors(), pytest.raises(UsageError) as refused:
                await names(client)
            assert str(refused.value) == REFUSED

    if trio is None:
        asyncio.run(main())
    else:
        trio.run(main)
