"""Answers that come late: each client waits in its own way, and no longer than it is told to."""

from __future__ import annotations

import asyncio
import time
from threading import Thread
from time import perf_counter
from typing import TYPE_CHECKING, Any

import pytest
import requests
from botocore.exceptions import ReadTimeoutError
from urllib3 import Timeout

from mock_s3vectors import mock_s3vectors
from tests.activation.world import names
from tests.support.drivers import Async, Server
from tests.support.steering import advise

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.drivers import Driver

DELAY = 0.3
LONG = 600.0
LIST = "ListVectorBuckets"
URL = "https://s3vectors.us-east-1.api.aws/ListVectorBuckets"


def seconds_of(call: Callable[[], Any]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began


def test_the_client_waits_for_the_answer(driver: Driver) -> None:
    with driver.mock() as on:
        client = driver.client()
        names(client)
        on.mock.delay(LIST, DELAY)
        assert seconds_of(client.list_vector_buckets) >= DELAY


def test_clients_wait_at_the_same_time(driver: Driver) -> None:
    """Above all, no client of an event loop holds up the others of it."""
    with driver.mock() as on:
        client = driver.client()
        names(client)
        rule = on.mock.delay(LIST, 1)
        seconds = seconds_of(lambda: driver.at_once(client, "list_vector_buckets", [{}] * 10))
    assert rule.hits == 10
    assert 1 <= seconds < 5


def test_an_error_comes_late_too(driver: Driver) -> None:
    with driver.mock() as on:
        client = driver.client()
        on.mock.delay("*", DELAY)

        def call() -> None:
            with pytest.raises(client.exceptions.NotFoundException):
                client.get_vector_bucket(vectorBucketName="bucket")

        assert seconds_of(call) >= DELAY


def test_a_client_gives_up_after_its_timeout(driver: Driver) -> None:
    config = driver.config(read_timeout=DELAY, retries={"total_max_attempts": 1})
    with driver.mock() as on:
        client = driver.client(config=config)
        on.mock.delay(LIST, LONG)

        def call() -> None:
            with pytest.raises(ReadTimeoutError, match=r"^Read timeout on endpoint URL: "):
                client.list_vector_buckets()

        assert DELAY <= seconds_of(call) < LONG / 10


def test_an_answer_may_come_late_and_get_lost(driver: Driver) -> None:
    config = driver.config(retries={"total_max_attempts": 2})
    with driver.mock() as on:
        client = driver.client(config=config)
        on.mock.disconnect(LIST, "reset", times=1)
        on.mock.delay(LIST, DELAY, times=1)
        assert seconds_of(client.list_vector_buckets) >= DELAY
        assert [(call.delay >= DELAY, call.error) for call in on.mock.calls] == [
            (True, "reset"),
            (False, None),
        ]


def test_a_mock_that_ends_during_the_wait_has_answered(
    in_process: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock = mock_s3vectors()
    slept: list[float] = []

    def stop(seconds: float) -> None:
        slept.append(seconds)
        mock.stop()

    async def stop_in_loop(seconds: float) -> None:
        stop(seconds)

    mock.start()
    client = in_process.client(config=in_process.config(read_timeout=2 * LONG))
    mock.delay(LIST, LONG)
    if isinstance(in_process, Async):
        monkeypatch.setattr(asyncio, "sleep", stop_in_loop)
    else:
        monkeypatch.setattr(time, "sleep", stop)
    assert names(client) == []
    assert slept == [LONG]


def test_an_answer_at_once_waits_for_nothing(in_process: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: float) -> None:
        raise AssertionError

    monkeypatch.setattr(time, "sleep", never)
    monkeypatch.setattr(asyncio, "sleep", never)
    with mock_s3vectors():
        assert names(in_process.client()) == []


# --- requests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("timeout", [None, 20, (0.1, 20), (0.1, None), Timeout(connect=0.1, read=20)])
def test_requests_wait_too(timeout: Any) -> None:
    with mock_s3vectors() as mock:
        mock.delay(LIST, DELAY)
        assert seconds_of(lambda: requests.post(URL, json={}, timeout=timeout).raise_for_status()) >= DELAY


@pytest.mark.parametrize("timeout", [DELAY, (20, DELAY), Timeout(connect=20, read=DELAY), Timeout(DELAY)])
def test_requests_give_up(timeout: Any) -> None:
    def call() -> None:
        text = (
            r"^HTTPSConnectionPool\(host='s3vectors.us-east-1.api.aws', port=443\): .*timeout=0\.[23]\d*\)$"
        )
        with pytest.raises(requests.ReadTimeout, match=text):
            requests.post(URL, json={}, timeout=timeout)

    with mock_s3vectors() as mock:
        mock.delay(LIST, LONG)
        assert DELAY - 0.1 <= seconds_of(call) < LONG / 10  # a total time has begun before


# --- servers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["delay", "disconnect"])
def test_a_server_stops_even_if_clients_wait(verb: str) -> None:
    """Delayed calls are answered at once."""
    driver = Server()
    found: list[str] = []
    with driver.mock() as server:
        rule = server.mock.delay(LIST, LONG) if verb == "delay" else server.mock.disconnect(LIST, "timeout")
        client = driver.client(config=driver.config(retries={"total_max_attempts": 1}))

        def call() -> None:
            try:
                found.extend(["answered", *names(client)])
            except Exception as error:  # noqa: BLE001 - its type is what the test looks at
                found.append(type(error).__name__)

        caller = Thread(target=call)
        caller.start()
        while not rule.hits:
            time.sleep(0.01)
        began = perf_counter()
    assert perf_counter() - began < 20
    caller.join()
    driver.close()
    assert found == ["answered" if verb == "delay" else "ConnectionClosedError"]


# --- advice -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("delay", [0, 0.01])
def test_advice_points_at_the_call(in_process: Driver, monkeypatch: pytest.MonkeyPatch, delay: float) -> None:
    class Advice(UserWarning):
        """Advice of a class of its own."""

    advise(monkeypatch, Advice("Ask for more at once."))
    with mock_s3vectors() as mock:
        mock.delay(LIST, delay)
        client = in_process.client()
        with pytest.warns(Advice, match=r"^Ask for more at once\.$") as warned:
            client.list_vector_buckets()
        if not isinstance(in_process, Async):  # there, the driver is what calls
            assert [warning.filename for warning in warned] == [__file__]


def test_advice_for_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    advise(monkeypatch, UserWarning("Ask for more at once."))
    with mock_s3vectors(), pytest.warns(UserWarning, match=r"^Ask for more at once\.$") as warned:
        requests.post(URL, json={}, timeout=20)
    assert [warning.filename for warning in warned] == [__file__]
