"""Answers that get lost: each library reports the loss in process as it does over HTTP."""

from __future__ import annotations

import re
from time import perf_counter
from typing import TYPE_CHECKING, Any, get_args

import pytest
import requests
from botocore.exceptions import BotoCoreError, ClientError

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.messages import Disconnect
from tests.activation.world import names
from tests.support.drivers import Async, AsyncServer, Driver, Server
from tests.support.steering import steer

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: tuple[Disconnect, ...] = get_args(Disconnect)
BUCKET = {"vectorBucketName": "bucket"}
# The time after which a client gives up; clients in process do not wait for it.
READ_TIMEOUT = 0.2

OF_BOTOCORE = {
    "reset": "ConnectionClosedError",
    "timeout": "ReadTimeoutError",
    "empty": "ConnectionClosedError",
    "malformed": "ConnectionClosedError",
}
OF_AIOHTTP = {
    "reset": "EndpointConnectionError",
    "timeout": "ReadTimeoutError",
    "empty": "ConnectionClosedError",
    "truncated": "ConnectionClosedError",
    "malformed": "HTTPClientError",
}
OF_REQUESTS = {
    "reset": "ConnectionError",
    "timeout": "ReadTimeout",
    "empty": "ConnectionError",
    "truncated": "ChunkedEncodingError",
    "malformed": "ConnectionError",
}


def client_of(driver: Driver, attempts: int = 1, **settings: Any) -> Any:
    """Return a client that gives up soon."""
    config = driver.config(read_timeout=READ_TIMEOUT, retries={"total_max_attempts": attempts})
    return driver.client(config=config, **settings)


def outcome(call: Callable[[], Any]) -> tuple[str, str]:
    """Return the name of the exception that a call raises, and its text without what is said of the host."""
    try:
        answer = call()
    except (BotoCoreError, ClientError, requests.RequestException) as error:
        text = re.sub(r"(http(s?)://|host='|\[)[\w.:-]+|port=\d+|HTTPS?C", "", str(error))
        return type(error).__name__, text
    answer.pop("ResponseMetadata")
    return "no exception", str(answer)


def over_http(driver: Driver) -> Driver:
    """Return the driver of the same library that goes through a server."""
    return AsyncServer() if isinstance(driver, Async) else Server()


# --- clients of botocore ----------------------------------------------------------------------------


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_a_loss_looks_the_same_in_process_and_over_http(
    in_process: Driver, monkeypatch: pytest.MonkeyPatch, kind: Disconnect, *, applied: bool
) -> None:
    steer(monkeypatch, lost=kind, applied=applied)
    found = []
    for driver in (in_process, over_http(in_process)):
        with driver.mock():
            found.append(outcome(client_of(driver).list_vector_buckets))
    driver.close()
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_exception_of_each_loss(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, kind: Disconnect
) -> None:
    expected = OF_AIOHTTP if isinstance(driver, Async) else OF_BOTOCORE
    steer(monkeypatch, lost=kind)
    with driver.mock():
        name, text = outcome(client_of(driver).list_vector_buckets)
    if kind in expected:
        assert name == expected[kind]
    else:
        # Newer releases of botocore do not compare the length of a body with what its head says.
        assert (name, text) == ("no exception", "{}") or name == "ConnectionClosedError"


def test_half_an_answer_of_a_call_without_effect_is_no_success(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    steer(monkeypatch, lost="truncated", applied=False)
    with driver.mock(), pytest.raises((BotoCoreError, ClientError)):
        client_of(driver).list_vector_buckets()


def test_a_client_in_process_does_not_wait_for_its_timeout(
    in_process: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = in_process.config(retries={"total_max_attempts": 1})
    steer(monkeypatch, lost="timeout")
    with mock_s3vectors():
        client = in_process.client(config=config)
        began = perf_counter()
        assert outcome(client.list_vector_buckets)[0] == "ReadTimeoutError"
    assert perf_counter() - began < 20  # botocore waits for 60 seconds


# --- and their retries ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["reset", "timeout", "empty"])
def test_a_lost_answer_is_asked_for_again(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, kind: Disconnect
) -> None:
    driver.do_not_wait(monkeypatch)
    with driver.mock():
        client = client_of(driver, attempts=3)
        client.create_vector_bucket(**BUCKET)
        seen = steer(monkeypatch, lost=kind, times=1)
        answer = client.list_vector_buckets()
    assert [bucket["vectorBucketName"] for bucket in answer["vectorBuckets"]] == ["bucket"]
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1
    assert len(seen) == 2


def test_no_more_often_than_the_client_wants(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.do_not_wait(monkeypatch)
    seen = steer(monkeypatch, lost="reset")
    with driver.mock():
        assert outcome(client_of(driver, attempts=3).list_vector_buckets)[0].endswith("Error")
    assert len(seen) == 3


def test_a_write_whose_answer_got_lost_meets_itself_when_it_is_repeated(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.do_not_wait(monkeypatch)
    with driver.mock():
        client = client_of(driver, attempts=3)
        steer(monkeypatch, lost="reset", times=1)
        with pytest.raises(ClientError) as refused:
            client.create_vector_bucket(**BUCKET)
        assert refused.value.response["Error"]["Code"] == "ConflictException"
        assert names(client) == ["bucket"]


# --- requests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_loss_looks_the_same_to_requests(monkeypatch: pytest.MonkeyPatch, kind: Disconnect) -> None:
    steer(monkeypatch, lost=kind)

    def post(url: str) -> Any:
        return requests.post(f"{url}/ListVectorBuckets", json={}, timeout=READ_TIMEOUT).json()

    with mock_s3vectors():
        found = outcome(lambda: post("https://s3vectors.us-east-1.api.aws"))
    with s3vectors_server() as server:
        assert outcome(lambda: post(server.url)) == found
    assert found[0] == OF_REQUESTS[kind]
