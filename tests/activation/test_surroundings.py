"""While a mock is on there are credentials and a default session of its own; afterwards all is as before."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

import boto3
import pytest
import requests
from botocore.endpoint import Endpoint
from botocore.handlers import BUILTIN_HANDLERS
from requests import Session

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.world import World
from tests.activation.world import account_of, create, names, new_client
from tests.support.helpers import running_threads
from tests.support.interruptions import OF_MOCKS, interrupted_everywhere

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator


KEY, SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"


def credentials() -> tuple[str | None, str | None]:
    return os.environ.get(KEY), os.environ.get(SECRET)


def surroundings() -> dict[str, Any]:
    """How things are."""
    return {
        "environment": dict(os.environ),
        "default session": boto3.DEFAULT_SESSION,
        "hooks": list(BUILTIN_HANDLERS),
        "import hooks": list(sys.meta_path),
        "patched methods": (
            *(vars(Endpoint)["_send"], Endpoint.make_request),
            *(Session.get_adapter, Session.prepare_request),
        ),
        "threads": running_threads(),
    }


@pytest.fixture(autouse=True)
def with_a_default_session() -> None:
    boto3.setup_default_session(region_name="ap-southeast-2")


@pytest.mark.parametrize("empty", [False, True])
def test_fake_credentials_where_there_are_none(monkeypatch: pytest.MonkeyPatch, *, empty: bool) -> None:
    if empty:
        monkeypatch.setenv(KEY, "")
        monkeypatch.setenv(SECRET, "")
    before = surroundings()
    with mock_s3vectors():
        assert credentials() == ("testing", "testing")
        with mock_s3vectors():
            assert credentials() == ("testing", "testing")
        assert credentials() == ("testing", "testing")
        found: Any = boto3.Session().get_credentials()
        assert (found.access_key, found.secret_key) == ("testing", "testing")
    assert surroundings() == before


def test_credentials_of_the_environment_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, "111122223333")
    monkeypatch.setenv(SECRET, "mine")
    before = surroundings()
    with mock_s3vectors():
        assert credentials() == ("111122223333", "mine")
        assert account_of(new_client()) == "111122223333"
    assert surroundings() == before


@pytest.mark.parametrize("alone", [KEY, SECRET])
def test_half_credentials_are_completed(monkeypatch: pytest.MonkeyPatch, alone: str) -> None:
    monkeypatch.setenv(alone, "111122223333")
    before = surroundings()
    with mock_s3vectors():
        assert sorted(filter(None, credentials())) == ["111122223333", "testing"]
        assert os.environ[alone] == "111122223333"
        assert names(new_client()) == []
    assert surroundings() == before


def test_what_a_test_does_to_the_environment_ends_with_the_mock() -> None:
    before = surroundings()
    with mock_s3vectors():
        os.environ[KEY] = "another"
        del os.environ[SECRET]
    assert surroundings() == before


def test_the_default_session_is_another_one_meanwhile() -> None:
    before: Any = boto3.DEFAULT_SESSION
    with mock_s3vectors():
        assert surroundings()["default session"] is None
        boto3.client("s3vectors", region_name="us-east-1")
        inside = boto3.DEFAULT_SESSION
        assert inside is not None
        with mock_s3vectors():
            assert boto3.DEFAULT_SESSION is inside
        assert boto3.DEFAULT_SESSION is inside
    assert before is not None
    assert boto3.DEFAULT_SESSION is before


def test_there_was_no_default_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    with mock_s3vectors():
        new_client()
    assert boto3.DEFAULT_SESSION is None


def test_a_boto3_that_is_imported_while_the_mock_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    mock = mock_s3vectors()
    with monkeypatch.context() as patch:
        patch.delitem(sys.modules, "boto3")
        mock.start()
    new_client()
    assert boto3.DEFAULT_SESSION is not None
    mock.stop()
    assert boto3.DEFAULT_SESSION is None


def in_a_block() -> None:
    with mock_s3vectors():
        create("bucket")
        raise ZeroDivisionError


@mock_s3vectors
def in_a_function() -> None:
    create("bucket")
    raise ZeroDivisionError


@mock_s3vectors
async def coroutine() -> None:
    create("bucket")
    await asyncio.sleep(0)
    raise ZeroDivisionError


def in_a_coroutine() -> None:
    asyncio.run(coroutine())


@mock_s3vectors
def generator() -> Iterator[int]:
    create("bucket")
    yield 1
    raise ZeroDivisionError


def in_a_generator() -> None:
    for _ in generator():
        assert STACK


@mock_s3vectors
async def async_generator() -> AsyncIterator[int]:
    create("bucket")
    yield 1
    raise ZeroDivisionError


def in_an_async_generator() -> None:
    async def run() -> None:
        async for _ in async_generator():
            assert STACK

    asyncio.run(run())


@mock_s3vectors
class Plain:
    def setup_method(self) -> None:
        create("bucket")
        raise ZeroDivisionError

    def test(self) -> None:
        create("bucket")
        raise ZeroDivisionError


def in_a_set_up() -> None:
    Plain().setup_method()


def in_a_method() -> None:
    Plain().test()


@pytest.mark.parametrize(
    "fail",
    [
        in_a_block,
        in_a_function,
        in_a_coroutine,
        in_a_generator,
        in_an_async_generator,
        in_a_set_up,
        in_a_method,
    ],
)
def test_all_is_as_before_after_an_exception(fail: Callable[[], None]) -> None:
    before = surroundings()
    with pytest.raises(ZeroDivisionError):
        fail()
    assert not STACK
    assert surroundings() == before


def test_a_world_that_cannot_be_made_leaves_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(World, "__init__", broken)
    before = surroundings()
    with pytest.raises(ZeroDivisionError):
        mock_s3vectors().start()
    assert not STACK
    assert surroundings() == before


def test_all_ways_out_are_watched_only_while_a_mock_is_on() -> None:
    before = surroundings()["patched methods"]
    with mock_s3vectors():
        inside = surroundings()["patched methods"]
        assert all(ours is not theirs for ours, theirs in zip(inside, before, strict=True))
        with mock_s3vectors(), s3vectors_server():
            assert surroundings()["patched methods"] == inside
        assert surroundings()["patched methods"] == inside
    assert surroundings()["patched methods"] == before


@pytest.mark.parametrize("module", ["requests.sessions", "botocore.endpoint"])
def test_a_library_that_is_unloaded_while_the_mock_is_on(
    monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    before = surroundings()
    with monkeypatch.context() as patch, mock_s3vectors():
        patch.delitem(sys.modules, module)
    assert surroundings() == before


def test_a_mock_that_all_clients_have_called_leaves_no_trace() -> None:
    before = surroundings()
    with mock_s3vectors(), s3vectors_server() as server:
        create("bucket", client=new_client())
        create("through", client=new_client(endpoint_url=server.url))
        endpoint = "https://s3vectors.us-east-1.api.aws"
        answer = requests.post(f"{endpoint}/ListVectorBuckets", timeout=1).json()
        assert [bucket["vectorBucketName"] for bucket in answer["vectorBuckets"]] == names()
    assert surroundings() == before
    assert not STACK


def test_switching_on_and_off_adds_no_hooks() -> None:
    before = surroundings()
    for _ in range(3):
        with mock_s3vectors():
            create("bucket", client=new_client())
            assert list(BUILTIN_HANDLERS) == before["hooks"]
    assert surroundings() == before
    assert sum(event == "before-send.s3vectors" for event, *_ in BUILTIN_HANDLERS) == 1


def use_in_another_thread() -> None:
    """Fails if an interruption has left a lock held."""
    done = threading.Event()

    def use() -> None:
        with mock_s3vectors():
            done.set()

    user = threading.Thread(target=use, daemon=True)
    user.start()
    user.join(30)
    assert done.is_set()


def test_a_start_that_is_interrupted_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    before, mock = surroundings(), mock_s3vectors()

    def prepare() -> None:
        if STACK:
            mock.stop()

    for _ in interrupted_everywhere(mock.start, prepare, where=OF_MOCKS):
        prepare()  # it may be on, and its block has not begun
        assert surroundings() == before
        use_in_another_thread()
    prepare()
    assert surroundings() == before


def test_a_stop_that_is_interrupted_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    before, mock = surroundings(), mock_s3vectors()
    still_on = 0
    for _ in interrupted_everywhere(mock.stop, mock.start, where=OF_MOCKS):
        if STACK:
            still_on += 1
            mock.stop()
        assert surroundings() == before
        use_in_another_thread()
    # Before it had begun to do anything.
    assert still_on < 25
