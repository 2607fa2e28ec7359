"""Tasks whose calls are in flight when the mock ends, while others go on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import UsageError, mock_s3vectors
from tests.activation.conftest import no_credentials_at_all, no_network  # noqa: F401 - autouse fixtures
from tests.activation.test_in_flight import ENDED, URL
from tests.clients.aio import in_a_loop, new_client
from tests.drivers.test_clients import KEYS
from tests.support.drivers import watch_async

if TYPE_CHECKING:
    from collections.abc import Callable


async def assert_not_sent(client: Any, sent: list[str]) -> None:
    with pytest.raises(UsageError) as refusal:
        await client.list_vector_buckets()
    assert str(refusal.value) == ENDED
    assert sent == []


def hold_up(register: Callable[..., None], event: str) -> tuple[asyncio.Event, asyncio.Event]:
    """Hold calls up at an event; returns what says that one is there, and what lets it go on."""
    there, go_on = asyncio.Event(), asyncio.Event()

    async def wait(**_: Any) -> None:
        there.set()
        await go_on.wait()

    register(f"{event}.s3vectors", wait)
    return there, go_on


@in_a_loop
async def test_a_task_that_outlives_the_mock() -> None:
    async with new_client(**KEYS) as client:
        sent = watch_async(client)
        begun, ended = hold_up(client.meta.events.register_first, "before-sign")
        async with mock_s3vectors():
            task = asyncio.create_task(assert_not_sent(client, sent))
            await begun.wait()
        ended.set()
        await task


@in_a_loop
async def test_other_tasks_do_not_confuse_a_call() -> None:
    """One task begins its call when the mock has ended, while another is in the middle of its own."""
    async with new_client(**KEYS) as client, new_client(**KEYS) as other:
        sent, others = watch_async(client), watch_async(other)
        begun, ended = hold_up(client.meta.events.register_last, "request-created")
        async with mock_s3vectors():
            task = asyncio.create_task(assert_not_sent(client, sent))
            await begun.wait()
        await other.list_vector_buckets()
        ended.set()
        await task
        assert others == [URL]
