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

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: tuple[Disconnect, ...] = get_args(Disconnect)
LIST = "ListVectorBuckets"
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


def client_of(driver: Driver, attempts: int = 1, loss: Disconnect | None = None) -> Any:
    """Return a client that gives up after some attempts, and soon if it is going to wait in vain."""
    config = driver.config(read_timeout=timeout_of(loss), retries={"total_max_attempts": attempts})
    return driver.client(config=config)


def timeout_of(loss: Disconnect | None) -> float:
    """Return a read timeout, in seconds. A busy machine may be slow to send what is no late answer."""
    return READ_TIMEOUT if loss == "timeout" else 20


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
    in_process: Driver, kind: Disconnect, *, applied: bool
) -> None:
    found = []
    for driver in (in_process, over_http(in_process)):
        with driver.mock() as on:
            on.mock.disconnect(LIST, kind, applied=applied)
            found.append(outcome(client_of(driver, loss=kind).list_vector_buckets))
    driver.close()
    assert found[0] == found[1]


@pytest.mark.parametrize("kind", KINDS)
def test_the_exception_of_each_loss(driver: Driver, kind: Disconnect) -> None:
    expected = OF_AIOHTTP if isinstance(driver, Async) else OF_BOTOCORE
    with driver.mock() as on:
        on.mock.disconnect(LIST, kind, applied=True)
        name, text = outcome(client_of(driver, loss=kind).list_vector_buckets)
    if kind in expected:
        assert name == expected[kind]
    else:
        # Newer releases of botocore do not compare the length of a body with what its head says.
        assert (name, text) == ("no exception", "{}") or name == "ConnectionClosedError"


def test_half_an_answer_of_a_call_without_effect_is_no_success(driver: Driver) -> None:
    with driver.mock() as on:
        on.mock.disconnect("CreateVectorBucket", "truncated")
        client = client_of(driver)
        with pytest.raises((BotoCoreError, ClientError)):
            client.create_vector_bucket(vectorBucketName="films")
        assert client.list_vector_buckets()["vectorBuckets"] == []


def test_a_client_in_process_does_not_wait_for_its_timeout(in_process: Driver) -> None:
    config = in_process.config(retries={"total_max_attempts": 1})
    with mock_s3vectors() as mock:
        mock.disconnect(LIST, "timeout")
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
    with driver.mock() as on:
        client = client_of(driver, attempts=3, loss=kind)
        client.create_vector_bucket(**BUCKET)
        on.mock.disconnect(LIST, kind, times=1)
        answer = client.list_vector_buckets()
        assert [call.error for call in on.mock.calls.of(LIST)] == [kind, None]
    assert [bucket["vectorBucketName"] for bucket in answer["vectorBuckets"]] == ["bucket"]
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_no_more_often_than_the_client_wants(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.do_not_wait(monkeypatch)
    with driver.mock() as on:
        rule = on.mock.disconnect(LIST)
        assert outcome(client_of(driver, attempts=3).list_vector_buckets)[0].endswith("Error")
    assert rule.hits == 3


def test_a_write_whose_answer_got_lost_meets_itself_when_it_is_repeated(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.do_not_wait(monkeypatch)
    with driver.mock() as on:
        client = client_of(driver, attempts=3)
        on.mock.disconnect("CreateVectorBucket", applied=True, times=1)
        with pytest.raises(ClientError) as refused:
            client.create_vector_bucket(**BUCKET)
        assert refused.value.response["Error"]["Code"] == "ConflictException"
        assert names(client) == ["bucket"]


# --- requests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_loss_looks_the_same_to_requests(kind: Disconnect) -> None:
    def post(url: str) -> Any:
        return requests.post(f"{url}/ListVectorBuckets", json={}, timeout=timeout_of(kind)).json()

    with mock_s3vectors() as mock:
        mock.disconnect(LIST, kind, applied=True)
        found = outcome(lambda: post("https://s3vectors.us-east-1.api.aws"))
    with s3vectors_server() as server:
        server.mock.disconnect(LIST, kind, applied=True)
        assert outcome(lambda: post(server.url)) == found
    assert found[0] == OF_REQUESTS[kind]
