"""Tasks that make calls side by side: how they end when one of them fails."""

from __future__ import annotations

import threading
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors.transfer.remote import pacing
from mock_s3vectors.transfer.remote.calling import PlainCaller, run_tasks

if TYPE_CHECKING:
    from mock_s3vectors.transfer.remote.calling import Task

LATER = ClientError({"Error": {"Code": "TooManyRequestsException", "Message": "Later"}}, "DeleteVectors")


class Client:
    """Notes the calls. The calls of two tasks wait for one another."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.first_is_called, self.second_is_called = threading.Event(), threading.Event()
        self.failure_is_seen = threading.Event()

    def read(self) -> None:
        self.calls.append("read")
        self.first_is_called.set()
        # The other task fails meanwhile.
        assert self.failure_is_seen.wait(60)

    def delete(self) -> None:
        self.calls.append("delete")

    def throttled(self) -> None:
        self.second_is_called.wait(60)
        self.calls.append("throttled")
        self.first_is_called.set()
        raise LATER

    def fail(self) -> None:
        self.second_is_called.set()
        self.first_is_called.wait(60)
        raise ZeroDivisionError


class Caller(PlainCaller):
    """Tells its client when a failure has been seen: nothing waits any more then."""

    def __init__(self, client: Client) -> None:
        super().__init__(client, "films/plots")
        self._failure_is_seen = client.failure_is_seen

    def new_pace(self) -> pacing.Pace:
        pace = super().new_pace()
        end = pace.end

        def end_and_tell() -> None:
            end()
            self._failure_is_seen.set()

        pace.end = end_and_tell  # type: ignore[method-assign] # of one object
        return pace


def task(*operations: str) -> Task:
    for operation in operations:
        yield operation, {}


def run(client: Client, *tasks: Task) -> None:
    with pytest.raises(ZeroDivisionError):
        run_tasks(Caller(client), tasks, len(tasks))


def test_when_a_task_fails_others_make_no_more_calls() -> None:
    client = Client()
    run(client, task("read", "delete"), task("fail"))
    assert client.calls == ["read"]


def test_when_a_task_fails_others_learn_the_answers_to_their_last_calls() -> None:
    client, answers = Client(), []

    def read() -> Task:
        answers.append((yield "read", {}))
        yield "delete", {}

    run(client, read(), task("fail"))
    assert answers == [None]


def test_when_a_task_fails_no_other_task_begins() -> None:
    client = Client()
    client.first_is_called.set()
    with pytest.raises(ZeroDivisionError):
        run_tasks(Caller(client), [task("fail"), task("delete"), task("delete")], 1)
    assert client.calls == []


def test_when_a_task_fails_others_that_wait_give_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_FIRST_PAUSE", "_LONGEST_PAUSE"):
        monkeypatch.setattr(pacing, name, 60)
    client, begun = Client(), monotonic()
    run(client, task("throttled"), task("fail"))
    assert monotonic() - begun < 20
    assert set(client.calls) == {"throttled"}
