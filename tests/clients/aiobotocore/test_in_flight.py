"""Calls of async clients that are in flight when the mock ends: answered or refused, never sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from mock_s3vectors import LocalEndpointWarning, UsageError, mock_s3vectors
from mock_s3vectors.errors import refusals
from mock_s3vectors.operations import OPERATIONS
from tests.activation.conftest import no_credentials_at_all, no_network  # noqa: F401 - autouse fixtures
from tests.activation.test_in_flight import ENDED, EVENTS, URL, once
from tests.clients.aio import KEYS, REFUSED, Aws, in_a_loop, names, new_client

if TYPE_CHECKING:
    from collections.abc import Callable


async def assert_not_sent(client: Any, aws: Aws, text: str = ENDED) -> None:
    with pytest.raises(UsageError) as refusal:
        await client.list_vector_buckets()
    assert str(refusal.value) == text
    assert aws.urls == []


def hold_up(register: Callable[..., None], event: str) -> tuple[asyncio.Event, asyncio.Event]:
    """Hold calls up at an event; returns what says that one is there, and what lets it go on."""
    there, go_on = asyncio.Event(), asyncio.Event()

    async def wait(**_: Any) -> None:
        there.set()
        await go_on.wait()

    register(f"{event}.s3vectors", wait)
    return there, go_on


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("keys", [KEYS, {}], ids=["with keys", "without credentials"])
@in_a_loop
async def test_a_call_is_not_sent_when_its_mock_has_ended(event: str, keys: dict[str, str]) -> None:
    async with new_client(**keys) as client:
        aws = Aws(client)
        mock = mock_s3vectors()
        once(client, event, mock.stop)
        mock.start()
        await assert_not_sent(client, aws)
        if keys:
            await client.list_vector_buckets()
            assert aws.urls == [URL]


@pytest.mark.parametrize("event", EVENTS)
@in_a_loop
async def test_a_call_that_began_before_the_mock_is_answered(event: str) -> None:
    async with new_client(**KEYS) as client:
        aws = Aws(client)
        mock = mock_s3vectors()
        once(client, event, mock.start)
        assert await names(client) == []
        mock.stop()
        assert aws.urls == []


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@in_a_loop
async def test_a_second_attempt_is_not_sent(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    mock = mock_s3vectors()

    def fail(*_: Any) -> Any:
        mock.stop()
        raise refusals.unavailable()

    monkeypatch.setitem(OPERATIONS, "ListVectorBuckets", fail)
    async with new_client(
        **KEYS, config=AioConfig(retries={"mode": mode, "total_max_attempts": 2})
    ) as client:
        aws = Aws(client)
        mock.start()
        await assert_not_sent(client, aws)


@in_a_loop
async def test_a_task_that_outlives_the_mock() -> None:
    async with new_client(**KEYS) as client:
        aws = Aws(client)
        begun, ended = hold_up(client.meta.events.register_first, "before-sign")
        async with mock_s3vectors():
            task = asyncio.create_task(assert_not_sent(client, aws))
            await begun.wait()
        ended.set()
        await task


@in_a_loop
async def test_other_tasks_do_not_confuse_a_call() -> None:
    """One task begins its call when the mock has ended, while another is in the middle of its own."""
    async with new_client(**KEYS) as client, new_client(**KEYS) as other:
        aws, others = Aws(client), Aws(other)
        begun, ended = hold_up(client.meta.events.register_last, "request-created")
        async with mock_s3vectors():
            task = asyncio.create_task(assert_not_sent(client, aws))
            await begun.wait()
        await other.list_vector_buckets()
        ended.set()
        await task
        assert others.urls == [URL]


@pytest.mark.parametrize("event", ["request-created", "before-sign", "before-send"])
@in_a_loop
async def test_a_client_without_handlers_is_refused_before_anything_can_end_the_mock(event: str) -> None:
    session = AioSession(include_builtin_handlers=False)
    async with session.create_client("s3vectors", "us-east-1", **KEYS) as client:
        aws = Aws(client)
        mock = mock_s3vectors()
        once(client, event, mock.stop)
        with mock:
            await assert_not_sent(client, aws, REFUSED)


@in_a_loop
async def test_a_local_server_that_the_environment_names_is_warned_of(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    async with new_client(**KEYS) as client:
        aws = Aws(client, b'{"vectorBuckets": []}')
        with mock_s3vectors():
            with pytest.warns(
                LocalEndpointWarning, match="goes to http://localhost:4566, which the environment"
            ):
                assert await names(client) == []
            assert await names(client) == []
        assert len(aws.urls) == 2
