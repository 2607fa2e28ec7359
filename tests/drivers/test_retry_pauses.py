"""Retries without pauses: those of botocore are skipped and noted, and all else is botocore's own."""

from __future__ import annotations

import asyncio
import threading
import time
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import mock_s3vectors, s3vectors_server
from tests.activation.world import names
from tests.drivers.test_clients import KEYS
from tests.support.drivers import Server
from tests.support.helpers import endpoint_of

if TYPE_CHECKING:
    from tests.support.drivers import Driver

PAUSE = 7.5
LIST = "ListVectorBuckets"
UNAVAILABLE = "ServiceUnavailableException"
BODIES = {
    "s3vectors": b"{}",
    "sts": b"<GetCallerIdentityResponse><GetCallerIdentityResult/></GetCallerIdentityResponse>",
}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The sleeps of clients, which take no time, except those of no seconds."""
    slept: list[float] = []
    sleep = asyncio.sleep

    def note(seconds: float) -> None:
        if seconds:
            slept.append(seconds)

    async def note_in_loop(seconds: float) -> None:
        is_of_a_server = threading.current_thread() is not threading.main_thread()
        if not is_of_a_server:
            note(seconds)
        await sleep(seconds if is_of_a_server else 0)

    monkeypatch.setattr(time, "sleep", note)
    monkeypatch.setattr(asyncio, "sleep", note_in_loop)
    return slept


def wants_a_pause(client: Any, seconds: float = PAUSE) -> list[Any]:
    """Have a client retry once, after a pause; return the list of the endpoints that its handler gets."""
    endpoints: list[Any] = []

    def retry_once(attempts: int, endpoint: Any, **_: Any) -> float | None:
        endpoints.append(endpoint)
        return seconds if attempts == 1 else None

    client.meta.events.register_first("needs-retry.s3vectors", retry_once)
    return endpoints


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_pauses_are_skipped_and_noted(driver: Driver, pauses: list[float], mode: str) -> None:
    with driver.mock(skip_retry_delays=True) as on:
        on.mock.fail(LIST, UNAVAILABLE, times=2)
        client = driver.client(config=driver.config(retries={"mode": mode, "total_max_attempts": 5}))
        answer = client.list_vector_buckets()
        assert client.list_vector_buckets()["ResponseMetadata"]["RetryAttempts"] == 0
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    first, *retries, last = [call.delay for call in on.mock.calls]
    assert (first, last, len(retries)) == (0, 0, 2)
    assert all(0 < seconds < 20 for seconds in retries)
    assert pauses == []


def test_it_takes_no_time(driver: Driver) -> None:
    with driver.mock(skip_retry_delays=True) as on:
        client = driver.client()
        endpoints = wants_a_pause(client, 30.0)
        began = perf_counter()
        client.list_vector_buckets()
    assert perf_counter() - began < 15
    assert [call.delay for call in on.mock.calls] == [0, 30]
    real = endpoint_of(getattr(client, "target", client))
    assert endpoints == [real, real]


def test_the_number_of_attempts_is_botocores(driver: Driver, pauses: list[float]) -> None:
    with driver.mock(skip_retry_delays=True) as on:
        rule = on.mock.fail(LIST, UNAVAILABLE)
        client = driver.client(config=driver.config(retries={"mode": "standard", "total_max_attempts": 3}))
        with pytest.raises(ClientError, match="reached max retries: 2") as failed:
            client.list_vector_buckets()
    assert failed.value.response["ResponseMetadata"]["RetryAttempts"] == 2
    assert rule.hits == 3
    assert pauses == []


def test_without_the_option_the_client_pauses(driver: Driver, pauses: list[float]) -> None:
    with driver.mock() as on:
        client = driver.client()
        wants_a_pause(client)
        client.list_vector_buckets()
    assert [call.delay for call in on.mock.calls] == [0, 0]
    assert pauses == [PAUSE]


def test_the_mock_around_the_call_decides(in_process: Driver, pauses: list[float]) -> None:
    client = in_process.client(**KEYS)
    wants_a_pause(client)
    with mock_s3vectors(skip_retry_delays=True) as outer:
        with mock_s3vectors(skip_retry_delays=False) as inner:
            names(client)
        assert pauses == [PAUSE]
        names(client)
    in_process.watch(client, b'{"vectorBuckets": []}')
    names(client)
    assert pauses == [PAUSE, PAUSE]
    assert [call.delay for call in (*inner.calls, *outer.calls)] == [0, 0, 0, PAUSE]


@pytest.mark.parametrize("service", BODIES)
def test_other_servers_and_services_are_left_alone(
    in_process: Driver, pauses: list[float], service: str
) -> None:
    with mock_s3vectors(skip_retry_delays=True):
        client = in_process.client(service, endpoint_url="http://localhost:4566", **KEYS)
        sent = in_process.watch(client, BODIES[service])
        client.meta.events.register_first(
            f"needs-retry.{service}", lambda attempts, **_: PAUSE if attempts == 1 else None
        )
        (client.list_vector_buckets if service == "s3vectors" else client.get_caller_identity)()
    assert len(sent) == 2
    assert pauses == [PAUSE]


@pytest.mark.parametrize("text", ["", "soon", "nan", "inf"])
def test_a_server_ignores_what_is_no_pause(text: str) -> None:
    driver = Server()
    with s3vectors_server() as server:
        client = driver.client()

        def before_send(request: Any, **_: Any) -> None:
            request.headers["x-mock-s3vectors-retry-delay"] = text

        client.meta.events.register_first("before-send.s3vectors", before_send)
        assert names(client) == []
    driver.close()
    assert [call.delay for call in server.mock.calls] == [0]
