"""A server that is told to stop finishes what it was asked for, and waits for nothing else."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.__main__ import main
from mock_s3vectors.cli import serve
from mock_s3vectors.serving.connections import Limits
from tests.activation.world import CLIENT
from tests.durable.conftest import nursery
from tests.server.test_connections import Server, ask_for_much, held, server
from tests.server.wire import DEADLINE, Connection, head, request, wait_for

if TYPE_CHECKING:
    import threading
    from pathlib import Path

    from tests.durable.nursery import Life, Nursery

__all__ = ["held", "nursery", "server"]

LIST = "/ListVectorBuckets"
CREATE = request("POST", "/CreateVectorBucket", b'{"vectorBucketName": "films"}')
HOUR = 3_600


@pytest.fixture
def limits() -> Limits:
    return Limits()


def delay(life: Life, operation: str) -> Connection:
    """A connection to a server which delays answers of an operation for an hour."""
    line = Connection(life.url)
    rule = {"operation": operation, "delay": HOUR}
    assert line.ask("POST", "/_mock_s3vectors/rules", json.dumps(rule).encode()).status == 200
    return line


def wait_for_a_call(url: str) -> None:
    """Wait until the server has recorded one."""
    line = Connection(url)
    wait_for(lambda: line.ask("GET", "/_mock_s3vectors/calls", b"").json["calls"])
    line.close()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_delay_ends_and_the_file_has_the_change(
    nursery: Nursery, tmp_path: Path, ending: signal.Signals
) -> None:
    file = tmp_path / "state.db"
    with nursery.life("--state", str(file)) as life:
        line = delay(life, "CreateVectorBucket")
        idle, half = Connection(life.url), Connection(life.url)
        half.send(head("POST", "/CreateVectorBucket", "content-length: 20000000") + bytes(1_000_000))
        idle.ask("POST", LIST)
        line.send(CREATE)
        wait_for_a_call(life.url)
        life.send(ending)
        answer = line.answer()
        assert answer.json["vectorBucketArn"].endswith("bucket/films")
        assert answer.headers["connection"] == "close"
        assert half.answer().status == 503
        assert line.closed_by_the_server
        assert idle.closed_by_the_server
        assert life.wait() == 0
        assert life.log == ""
        with pytest.raises(ConnectionRefusedError):
            Connection(life.url)
        for each in (line, idle, half):
            each.close()
    # No log is left beside the file.
    assert os.listdir(tmp_path) == ["state.db"]  # noqa: PTH208 - names are enough
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM vector_buckets").fetchall() == [("films",)]
    connection.close()


def test_a_signal_while_a_server_starts_ends_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Also in a container, whose first process ignores signals that it does not handle."""
    before = signal.getsignal(signal.SIGTERM)

    def be_told_to_stop(*_: object, **__: object) -> None:
        assert signal.getsignal(signal.SIGTERM) not in {signal.SIG_DFL, before}
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(serve, "http_server", be_told_to_stop)
    file = tmp_path / "state.db"
    with pytest.raises(SystemExit) as end:
        main(["serve", "--port", "0", "--state", str(file)])
    assert signal.getsignal(signal.SIGTERM) == before
    assert end.value.code == 128 + signal.SIGTERM
    assert os.listdir(tmp_path) == ["state.db"]  # noqa: PTH208 - names are enough


@pytest.mark.parametrize("signals", [(signal.SIGTERM, signal.SIGTERM), (signal.SIGTERM, signal.SIGINT)])
def test_a_second_signal_ends_the_wait(
    nursery: Nursery, tmp_path: Path, signals: tuple[signal.Signals, signal.Signals]
) -> None:
    file = tmp_path / "state.db"
    with nursery.life("--state", str(file), changes={"never answered": "ListIndexes"}) as life:
        line, other = Connection(life.url), Connection(life.url)
        assert other.ask("POST", "/CreateVectorBucket", b'{"vectorBucketName": "films"}').status == 200
        line.send(request("POST", "/ListIndexes", b'{"vectorBucketName": "films"}'))
        # Answered after what came before.
        other.ask("POST", LIST)
        life.send(signals[0])
        assert other.closed_by_the_server
        life.send(signals[1])
        assert line.closed_by_the_server
        assert life.wait() == 128 + signals[0]
        assert life.log == ""
        line.close()
        other.close()
    assert os.listdir(tmp_path) == ["state.db"]  # noqa: PTH208 - names are enough


def test_an_answer_that_never_comes_is_not_waited_for(server: Server) -> None:
    """A rule has the client wait for ever."""
    line = server.connect()
    rule = {"operation": "ListVectorBuckets", "disconnect": "timeout"}
    assert line.ask("POST", "/_mock_s3vectors/rules", json.dumps(rule).encode()).status == 200
    line.send(request("POST", LIST))
    wait_for_a_call(server.url)
    server.stop()
    assert line.closed_by_the_server


@pytest.mark.parametrize("limits", [Limits(answer=1_000_000)])
def test_events_for_the_page_end(server: Server) -> None:
    line = server.connect()
    line.send(head("GET", "/_mock_s3vectors/ui/live", "content-length: 0"))
    assert line.piece().startswith(b"HTTP/1.1 200 ")
    stopping = server.stop_in_a_thread()
    stopping.join(DEADLINE)
    assert not stopping.is_alive()


def test_the_second_of_two_requests_at_once_is_not_begun(
    server: Server, held: tuple[threading.Semaphore, threading.Event]
) -> None:
    entered, go_on = held
    line = server.connect()
    line.send(request("POST", "/ListIndexes", b'{"vectorBucketName": "films"}') + CREATE)
    assert entered.acquire(timeout=DEADLINE)
    stopping = server.stop_in_a_thread()
    go_on.set()
    assert line.answer().status == 404
    assert line.closed_by_the_server
    stopping.join(DEADLINE)
    assert CLIENT.list_vector_buckets()["vectorBuckets"] == []


def test_a_client_has_time_to_read_what_took_long(
    server: Server, held: tuple[threading.Semaphore, threading.Event]
) -> None:
    """Its five seconds begin with the answer, not with the end of the server."""
    entered, go_on = held
    asking = ask_for_much()
    line = server.connect()
    # Less than the answer.
    server.sockets()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    line.send(asking)
    assert entered.acquire(timeout=DEADLINE)
    stopping = server.stop_in_a_thread()
    stopping.join(0.05)
    server.time += HOUR
    stopping.join(0.05)
    go_on.set()
    stopping.join(0.2)
    assert stopping.is_alive()
    assert len(line.answer().json["vectors"]) == 100
    stopping.join(DEADLINE)
    assert not stopping.is_alive()
