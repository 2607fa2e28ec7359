"""Calls of boto3 and of `requests` in flight when the mock ends; all libraries are in tests/drivers."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from botocore import handlers
from botocore.awsrequest import AWSRequest
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.world import Aws, names, new_client
from tests.support.helpers import endpoint_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.mocking.levels import Level

KEYS: Any = {"aws_access_key_id": "some-id", "aws_secret_access_key": "some-secret"}
ENDED = (
    "The mock ended before it had answered this call, and the request was not sent anywhere. "
    "Let calls return before their mock ends: join threads, await tasks and shut executors down while it is "
    "on."
)
URL = "https://s3vectors.us-east-1.api.aws/ListVectorBuckets"
# All that a client emits from the beginning of a call to its sending.
EVENTS = (
    "before-parameter-build",
    "before-endpoint-resolution",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
)


def old_client(**settings: Any) -> Any:
    """Return a client whose session is older than the import of mock_s3vectors."""
    theirs = [entry for entry in handlers.BUILTIN_HANDLERS if "s3vectors" not in entry[0]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handlers, "BUILTIN_HANDLERS", theirs)
        return boto3.Session(**KEYS).client("s3vectors", region_name="us-east-1", **settings)


def once(client: Any, event: str, do: Callable[[], Any]) -> None:
    """Do something at the first of a client's events, before other handlers see it."""
    done: list[int] = []

    def handle(**_: Any) -> None:
        if not done:
            done.append(1)
            do()

    client.meta.events.register_first(f"{event}.s3vectors", handle)


def assert_not_sent(client: Any, aws: Aws, text: str = ENDED) -> None:
    with pytest.raises(UsageError) as refusal:
        client.list_vector_buckets()
    assert str(refusal.value) == text
    assert aws.urls == []


# --- the mock ends ----------------------------------------------------------------------------


@pytest.mark.parametrize("inner", ["before-sign", "request-created", "before-call"])
def test_calls_inside_a_call_do_not_confuse_it(inner: str) -> None:
    """A handler of the call makes another one, after the mock has ended."""
    client, other = new_client(**KEYS), new_client(**KEYS)
    aws, others = Aws(client), Aws(other)
    mock = mock_s3vectors()

    def stop_and_call() -> None:
        mock.stop()
        other.list_vector_buckets()

    once(client, inner, stop_and_call)
    mock.start()
    assert_not_sent(client, aws)
    assert others.urls == [URL]


def test_a_thread_that_outlives_the_mock() -> None:
    begun, ended = threading.Event(), threading.Event()
    client = new_client(**KEYS)
    aws = Aws(client)
    refused: list[str] = []

    def wait() -> None:
        begun.set()
        assert ended.wait(20)

    def call() -> None:
        try:
            names(client)
        except UsageError as error:
            refused.append(str(error))

    once(client, "before-sign", wait)
    thread = threading.Thread(target=call)
    with mock_s3vectors():
        thread.start()
        assert begun.wait(20)
    ended.set()
    thread.join(20)
    assert refused == [ENDED]
    assert aws.urls == []


# --- clients that do not ask the mock ---------------------------------------------------------


@pytest.mark.parametrize("shared", [True, False])
def test_a_mock_that_ends_just_when_it_was_found(monkeypatch: pytest.MonkeyPatch, *, shared: bool) -> None:
    check, found = STACK.check, []

    def check_and_end(begun: Level) -> Level:
        found.append(check(begun))
        # First before it is signed, then before it is answered.
        if len(found) == 2:
            inner.stop()
        return found[-1]

    with mock_s3vectors(), monkeypatch.context() as patch:
        client = new_client()
        client.create_vector_bucket(vectorBucketName="outer")
        inner = mock_s3vectors(shared=shared)
        inner.start()
        patch.setattr(STACK, "check", check_and_end)
        if shared:
            assert names(client) == ["outer"]
        else:
            with pytest.raises(UsageError) as refusal:
                names(client)
            assert str(refusal.value) == ENDED


def test_a_guard_that_is_called_after_the_mock_lets_through() -> None:
    client = new_client(**KEYS)
    aws = Aws(client)
    with mock_s3vectors():
        endpoint = endpoint_of(client)
        make_request, send = endpoint.make_request, endpoint._send  # noqa: SLF001 - botocore's
        by_hand = URLLib3Session().send
    request: Any = AWSRequest("POST", URL, data=b"{}").prepare()
    send(request)
    assert aws.urls == [URL]
    model = client.meta.service_model.operation_model("ListVectorBuckets")
    parts = {"url_path": "/x", "query_string": "", "method": "POST", "headers": {}, "body": b"", "url": URL}
    make_request(model, {**parts, "context": {"client_config": client.meta.config}})
    assert len(aws.urls) == 2
    with pytest.raises(HTTPClientError):
        by_hand(request)


# --- requests ---------------------------------------------------------------------------------


def test_a_call_of_requests_whose_mock_ends_while_it_is_signed() -> None:
    mock = mock_s3vectors()

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        mock.stop()
        return request

    mock.start()
    with pytest.raises(UsageError) as refusal:
        requests.post(URL, json={}, auth=sign, timeout=1)
    assert str(refusal.value) == ENDED


@pytest.mark.parametrize("again", [False, True], ids=["no mock", "another mock"])
def test_a_call_of_requests_whose_mock_ends_before_it_is_sent(*, again: bool) -> None:
    class Session(requests.Session):
        def get_adapter(self, url: str) -> Any:
            adapter = super().get_adapter(url)
            first.stop()
            if again:
                second.start()
            return adapter

    first, second = mock_s3vectors(), mock_s3vectors()
    first.start()
    with pytest.raises(UsageError) as refusal:
        Session().post(URL, json={}, timeout=1)
    if again:
        second.stop()
    assert str(refusal.value) == ENDED


@pytest.mark.parametrize("again", [False, True], ids=["no mock", "another mock"])
def test_a_request_that_is_prepared_under_a_mock_is_never_sent(*, again: bool) -> None:
    session = requests.Session()
    with mock_s3vectors():
        request = session.prepare_request(requests.Request("POST", URL, json={}))
        assert request.url == URL
    with mock_s3vectors() if again else nullcontext(), pytest.raises(UsageError) as refusal:
        session.send(request, timeout=1)
    assert str(refusal.value) == ENDED


def test_a_session_that_waits_before_it_sends() -> None:
    class Waiting(requests.Session):
        def send(self, request: requests.PreparedRequest, **settings: Any) -> requests.Response:
            mock.stop()
            return super().send(request, **settings)

    mock = mock_s3vectors()
    mock.start()
    with pytest.raises(UsageError) as refusal:
        Waiting().post(URL, json={}, timeout=1)
    assert str(refusal.value) == ENDED


def test_a_request_that_was_answered_has_a_plain_url() -> None:
    with mock_s3vectors():
        answer = requests.post(URL, json={}, timeout=1)
    assert answer.request.url == answer.url == URL
    assert answer.request.url.lower() == URL.lower()


def test_the_body_of_an_answer_can_be_read_after_the_mock() -> None:
    with mock_s3vectors():
        answer = requests.post(URL, json={}, timeout=1, stream=True)
    assert b"".join(answer.iter_content(4)) == b'{"vectorBuckets":[]}'


def test_other_hosts_may_be_prepared_while_a_mock_ends() -> None:
    mock = mock_s3vectors()
    mock.start()

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        mock.stop()
        return request

    request = requests.Request("POST", "https://example.com", auth=sign)
    assert requests.Session().prepare_request(request).url == "https://example.com/"
