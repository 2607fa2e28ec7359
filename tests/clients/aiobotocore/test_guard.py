"""Clients of aiobotocore, and the guard that refuses calls while no mock is on."""

from __future__ import annotations

import asyncio
import re

import pytest
from aiobotocore.session import AioSession

from mock_s3vectors import UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from tests.activation.conftest import no_credentials_at_all, no_network  # noqa: F401 - autouse fixtures
from tests.clients.aio import create, in_a_loop, names, names_of, new_client

REFUSED = re.escape("was called while no mock is on. s3vectors_guard refuses that, and the request was not")


@pytest.mark.parametrize("has_handlers", [True, False])
@in_a_loop
async def test_calls_are_refused_while_no_mock_is_on(has_handlers: bool) -> None:  # noqa: FBT001
    session = AioSession(include_builtin_handlers=has_handlers)
    with STACK.guard():
        async with session.create_client("s3vectors", region_name="us-east-1") as client:
            with pytest.raises(UsageError, match=f"^ListVectorBuckets {REFUSED}"):
                await names(client)
        async with mock_s3vectors():
            await create("bucket")
            assert await names_of() == ["bucket"]
        async with new_client() as client:
            with pytest.raises(UsageError, match=f"^ListVectorBuckets {REFUSED}"):
                await names(client)


@in_a_loop
async def test_nobody_looks_for_the_credentials_of_a_role(role_profile: str) -> None:
    session = AioSession(profile=role_profile)
    with STACK.guard():
        async with session.create_client("s3vectors", region_name="us-east-1") as client:
            with pytest.raises(UsageError, match=f"^ListVectorBuckets {REFUSED}"):
                await names(client)


@in_a_loop
async def test_a_task_that_outlives_its_mock() -> None:
    is_over = asyncio.Event()

    async def call_late() -> None:
        async with new_client() as client:
            await is_over.wait()
            await names(client)

    with STACK.guard():
        async with mock_s3vectors():
            task = asyncio.create_task(call_late())
            await asyncio.sleep(0)
        is_over.set()
        with pytest.raises(UsageError, match=f"^ListVectorBuckets {REFUSED}"):
            await task


@in_a_loop
async def test_calls_to_a_local_server_pass() -> None:
    with STACK.guard(), s3vectors_server() as server:
        keys = {"aws_access_key_id": "id", "aws_secret_access_key": "secret"}
        assert await names_of(endpoint_url=server.url, **keys) == []
