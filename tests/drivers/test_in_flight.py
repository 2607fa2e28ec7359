"""Calls that are in flight when the mock ends, or starts: answered or refused, never sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore import UNSIGNED

from mock_s3vectors import LocalEndpointWarning, UsageError, mock_s3vectors
from mock_s3vectors.errors import refusals
from mock_s3vectors.gateway import Gateway
from mock_s3vectors.operations import OPERATIONS
from tests.activation.test_in_flight import ENDED, EVENTS, URL, once
from tests.activation.world import create, names
from tests.drivers.test_clients import KEYS, REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.drivers import Driver


def assert_not_sent(client: Any, sent: list[str], text: str = ENDED) -> None:
    with pytest.raises(UsageError) as refusal:
        client.list_vector_buckets()
    assert str(refusal.value) == text
    assert sent == []


CLIENTS: dict[str, Callable[[Driver], Any]] = {
    "with keys": lambda driver: driver.client(**KEYS),
    "of an older session": lambda driver: driver.older_client(**KEYS),
    "unsigned": lambda driver: driver.client(config=driver.config(signature_version=UNSIGNED)),
    "without credentials": lambda driver: driver.client(),
}


# --- the mock ends ----------------------------------------------------------------------------------


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("kind", CLIENTS)
def test_a_call_is_not_sent_when_its_mock_has_ended(in_process: Driver, kind: str, event: str) -> None:
    client = CLIENTS[kind](in_process)
    sent = in_process.watch(client)
    mock = mock_s3vectors()
    once(client, event, mock.stop)
    in_process.patch(client)
    mock.start()
    assert_not_sent(client, sent)
    # The next call began when no mock was on.
    if kind != "without credentials":
        client.list_vector_buckets()
        assert sent == [URL]


@pytest.mark.parametrize("event", EVENTS)
def test_a_call_is_not_answered_by_the_next_mock(in_process: Driver, event: str) -> None:
    client = in_process.client(**KEYS)
    sent = in_process.watch(client)
    first, second = mock_s3vectors(), mock_s3vectors()

    def change() -> None:
        first.stop()
        second.start()

    once(client, event, change)
    first.start()
    with pytest.raises(UsageError) as refusal:
        create("bucket", client=client)
    assert str(refusal.value) == ENDED
    assert names(client) == []
    second.stop()
    assert sent == []


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
def test_a_second_attempt_is_not_sent(in_process: Driver, monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    mock = mock_s3vectors()

    def fail(*_: Any) -> Any:
        mock.stop()
        raise refusals.unavailable()

    monkeypatch.setitem(OPERATIONS, "ListVectorBuckets", fail)
    in_process.do_not_wait(monkeypatch)
    config = in_process.config(retries={"mode": mode, "total_max_attempts": 3})
    client = in_process.client(**KEYS, config=config)
    sent = in_process.watch(client)
    mock.start()
    assert_not_sent(client, sent)


def test_a_call_of_a_role_asks_nobody_for_credentials(in_process: Driver, role_profile: str) -> None:
    """The fixture `no_network` would see it call STS."""
    client = in_process.client(session={"profile": role_profile})
    sent = in_process.watch(client)
    mock = mock_s3vectors()
    once(client, "before-call", mock.stop)
    mock.start()
    assert_not_sent(client, sent)


def test_the_outer_mock_may_end_when_an_inner_one_is_still_on(in_process: Driver) -> None:
    outer, inner = mock_s3vectors(), mock_s3vectors()
    client = in_process.client(**KEYS)
    once(client, "before-sign", outer.stop)
    outer.start()
    inner.start()
    create("bucket", client=client)
    assert names() == ["bucket"]
    inner.stop()


def test_a_mock_that_is_emptied_answers_what_has_begun(in_process: Driver) -> None:
    client = in_process.client(**KEYS)
    with mock_s3vectors() as mock:
        create("bucket")
        once(client, "before-sign", mock.reset)
        assert names(client) == []


def test_each_page_is_a_call_of_its_own(in_process: Driver) -> None:
    client = in_process.client(**KEYS)
    sent = in_process.watch(client, b'{"vectorBuckets": []}')
    with mock_s3vectors():
        create("one", "two")
        pages = iter(client.get_paginator("list_vector_buckets").paginate(PaginationConfig={"PageSize": 1}))
        assert "nextToken" in next(pages)
    assert next(pages)["vectorBuckets"] == []
    assert sent == [URL]


def test_a_call_whose_mock_ends_while_it_is_being_answered(
    in_process: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The corridor has begun, so there is an answer."""
    client = in_process.client(**KEYS)
    sent = in_process.watch(client)
    mock = mock_s3vectors()
    handle = Gateway.handle

    def stop_and_handle(*arguments: Any) -> Any:
        mock.stop()
        return handle(*arguments)

    monkeypatch.setattr(Gateway, "handle", stop_and_handle)
    mock.start()
    assert names(client) == []
    assert sent == []


# --- local servers ----------------------------------------------------------------------------------


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("older", [False, True])
def test_a_call_to_a_local_server_passes(in_process: Driver, event: str, *, older: bool) -> None:
    make = in_process.older_client if older else in_process.client
    client = make(endpoint_url="http://localhost:4566", **KEYS)
    sent = in_process.watch(client)
    mock = mock_s3vectors()
    once(client, event, mock.stop)
    mock.start()
    client.list_vector_buckets()
    assert sent == ["http://localhost:4566/ListVectorBuckets"]


def test_a_local_server_that_the_environment_names_is_warned_of(
    in_process: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:4566")
    client = in_process.client(**KEYS)
    sent = in_process.watch(client, b'{"vectorBuckets": []}')
    with mock_s3vectors():
        with pytest.warns(LocalEndpointWarning, match="goes to http://localhost:4566, which the environment"):
            assert names(client) == []
        assert names(client) == []
    assert len(sent) == 2


# --- clients that do not ask the mock ---------------------------------------------------------------


@pytest.mark.parametrize("without", ["built-in handlers", "our hook"])
@pytest.mark.parametrize("event", EVENTS[3:])
def test_a_client_that_does_not_ask_is_refused_before_anything_can_end_the_mock(
    in_process: Driver, event: str, without: str
) -> None:
    if without == "our hook":
        client = in_process.older_client(**KEYS)
    else:
        client = in_process.client(session={"include_builtin_handlers": False}, **KEYS)
    sent = in_process.watch(client)
    mock = mock_s3vectors()
    once(client, event, mock.stop)
    with mock:
        assert_not_sent(client, sent, REFUSED)


# --- the mock starts --------------------------------------------------------------------------------


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("kind", ["with keys", "of an older session", "unsigned"])
def test_a_call_that_began_before_the_mock_is_answered(in_process: Driver, kind: str, event: str) -> None:
    client = CLIENTS[kind](in_process)
    sent = in_process.watch(client)
    mock = mock_s3vectors()
    once(client, event, mock.start)
    in_process.patch(client)
    create("bucket", client=client)
    assert names() == ["bucket"]
    mock.stop()
    assert sent == []
