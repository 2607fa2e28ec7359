"""How long connections may wait, and how they end. Time is a number here, which tests move."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
import socket
import ssl
import sys
import threading
import time
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.gateway import Gateway
from mock_s3vectors.serving.connections import Limits
from mock_s3vectors.serving.http_server import HttpServer
from tests.activation.world import CLIENT, create
from tests.server.test_serve import end, line_of, serving
from tests.server.wire import DEADLINE, Connection, head, request, wait_for
from tests.support.helpers import vector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# How the server and its clients speak it.
Tls = tuple[ssl.SSLContext, ssl.SSLContext]
LIST = "/ListVectorBuckets"
LATE = 408, "RequestTimeoutException", "The rest of the request did not come within 30 seconds."
ENDS = 503, "ServiceUnavailableException", "Currently unable to handle the request"
HALVES = {
    "the first byte": b"P",
    "half a head": b"POST /ListVectorBuckets HTTP/1.1\r\nhost: localhost\r\n",
    "a head without its body": head("POST", LIST, "content-length: 2"),
    "half a body": head("POST", LIST, "content-length: 2") + b"{",
    "half a chunk": head("POST", LIST, "transfer-encoding: chunked") + b"2\r\n{",
    "half of a second request": request("POST", LIST) + b"POST /List",
}


class Server(HttpServer):
    """A server whose connections have a clock that tests move."""

    def __init__(self, limits: Limits, tls: Tls | None = None) -> None:
        super().__init__("127.0.0.1", 0, limits=limits, tls=tls and tls[0])
        self.client_tls = tls and tls[1]
        self.time = 0.0
        vars(self.server_state)["now"] = lambda: self.time
        self.opened: list[Connection] = []
        self.told_to_stop = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)

    def stop(self) -> None:
        """Stop it once: a test may have done so."""
        if not self.told_to_stop:
            self.told_to_stop = True
            super().stop()

    def connect(self) -> Connection:
        """A connection that the server has accepted."""
        with self.noticed():
            self.opened.append(Connection(self.url, self.client_tls))
        return self.opened[-1]

    def connect_and_send(self, data: bytes) -> Connection:
        """A connection whose data the server has read."""
        line = self.connect()
        with self.noticed():
            line.send(data)
        return line

    @contextmanager
    def noticed(self) -> Iterator[None]:
        """Something that the server notices before the block ends."""
        before = self.call(self.states)
        yield
        deadline = time.monotonic() + DEADLINE
        while self.call(self.states) == before:
            assert time.monotonic() < deadline, "the server notices nothing"

    def states(self) -> list[Any]:
        connections: Any = self.server_state.connections
        # Each request has a cycle of its own: without it, an answered request would look like none.
        return [(one, one.cycle, one.conn.their_state, one.conn.trailing_data[0]) for one in connections]

    def sockets(self) -> list[Any]:
        """The server's ends of its connections."""
        connections: Any = self.server_state.connections
        return list(self.call(lambda: [one.transport.get_extra_info("socket") for one in connections]))

    def after(self, seconds: float) -> None:
        """Let time pass, and let the server look at its clock."""
        self.call(self.states)  # the server has finished before this what it was doing
        self.time += seconds
        self.call(self.server_state.end_those_that_wait_too_long)

    def call(self, function: Callable[[], Any]) -> Any:
        """Call a function in the server's thread, and return its result."""
        done: Future[Any] = Future()
        self.loop.call_soon_threadsafe(lambda: done.set_result(function()))
        return done.result(DEADLINE)

    def stop_in_a_thread(self) -> threading.Thread:
        """Stop in another thread, which is over when the server has ended; it has begun to stop."""
        stopping = threading.Thread(target=self.stop)
        stopping.start()
        wait_for(self.server_state.stops.is_set)
        return stopping


@pytest.fixture
def limits() -> Limits:
    return Limits()


@pytest.fixture
def server(limits: Limits) -> Iterator[Server]:
    with mock_s3vectors():
        server = Server(limits)
        server.start()
        yield server
        for line in server.opened:
            line.close()
        server.stop()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Semaphore, threading.Event]]:
    """Calls of ListIndexes and GetVectors are held: counted by the one, until the other is set."""
    entered, go_on = threading.Semaphore(0), threading.Event()
    handle = Gateway.handle

    def hold(gateway: Gateway, request: Any, *others: Any) -> Any:
        if request.path in {"/ListIndexes", "/GetVectors"}:
            entered.release()
            assert go_on.wait(DEADLINE)
        return handle(gateway, request, *others)

    monkeypatch.setattr(Gateway, "handle", hold)
    yield entered, go_on
    go_on.set()


def test_connections_send_small_pieces_at_once(server: Server) -> None:
    """An answer is two writes; else the second waits some 40 ms for the client to confirm the first."""
    server.connect()

    (accepted,) = server.sockets()
    assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


# --- waiting --------------------------------------------------------------------------------------


def test_an_idle_connection_is_kept_for_75_seconds(server: Server) -> None:
    used, fresh = server.connect(), server.connect()
    used.ask("POST", LIST)
    server.after(74.9)
    assert used.ask("POST", LIST).status == 200
    server.after(0.2)
    assert fresh.closed_by_the_server
    server.after(74.7)
    assert used.ask("POST", LIST).status == 200
    server.after(75.1)
    assert used.closed_by_the_server
    assert server.config.timeout_keep_alive == 75


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_half_a_request_ends_after_30_seconds(server: Server, half: bytes) -> None:
    line = server.connect_and_send(half)
    if half.startswith(request("POST", LIST)):
        assert line.answer().status == 200
    server.after(29.9)
    server.after(0.2)
    answer = line.answer()
    assert answer.error == LATE
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["connection"] == "close"
    assert line.closed_by_the_server


def test_a_body_may_come_slowly(server: Server) -> None:
    line = server.connect_and_send(head("POST", LIST, "content-length: 6"))
    for _ in range(5):
        server.after(29)
        line.send(b" ")
        # Answered after what came before.
        server.connect().ask("POST", LIST)
    line.send(b"0")
    assert line.answer().error == (400, "SerializationException", "")


def test_a_head_may_not(server: Server) -> None:
    line = server.connect_and_send(b"POST /List")
    server.after(29)
    line.send(b"Vector")
    server.connect().ask("POST", LIST)
    server.after(2)
    assert line.answer().error == LATE


def test_an_idle_connection_may_begin_a_head_late(server: Server) -> None:
    """Its 30 seconds begin with the head, also after a body that was refused before it came."""
    late = server.connect_and_send(head("POST", LIST, "content-length: 20971521"))
    assert late.answer().status == 400
    with server.noticed():
        late.send(bytes(20_971_521))
    server.after(70)
    with server.noticed():
        late.send(b"POST /Lis")
    server.after(29)
    late.send(request("POST", LIST).removeprefix(b"POST /Lis"))
    assert late.answer().status == 200


def test_a_call_may_take_as_long_as_it_takes(
    server: Server, held: tuple[threading.Semaphore, threading.Event]
) -> None:
    entered, go_on = held
    line = server.connect()
    line.send(request("POST", "/ListIndexes", b'{"vectorBucketName": "films"}'))
    assert entered.acquire(timeout=DEADLINE)
    server.after(1_000)
    go_on.set()
    assert line.answer().status == 404
    server.after(74)
    assert line.ask("POST", LIST).status == 200


def test_the_rest_of_a_body_that_was_refused_is_not_waited_for_either(server: Server) -> None:
    line = server.connect_and_send(head("POST", LIST, "content-length: 30000000"))
    assert line.answer().status == 400
    server.after(31)
    assert line.closed_by_the_server


# --- many -----------------------------------------------------------------------------------------


def test_calls_that_wait_for_each_other_hold_up_no_others(
    server: Server, held: tuple[threading.Semaphore, threading.Event]
) -> None:
    entered, go_on = held
    waiting = [server.connect() for _ in range(200)]
    for line in waiting:
        line.send(request("POST", "/ListIndexes", b'{"vectorBucketName": "films"}'))
    for _ in waiting:
        assert entered.acquire(timeout=DEADLINE)
    assert server.connect().ask("POST", LIST).status == 200
    go_on.set()
    assert {line.answer().status for line in waiting} == {404}


FEW = [sys.executable, str(Path(__file__).with_name("programs") / "few_descriptors.py")]


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are not counted there")
@pytest.mark.parametrize("sent", [b"", request("POST", LIST)], ids=["fresh", "used"])
def test_idle_connections_make_room_when_descriptors_run_out(sent: bytes) -> None:
    with serving("--port", "0", command=FEW) as (process, url):
        idle = [Connection(url) for _ in range(100)]
        for line in idle:
            line.send(sent)
        for _ in range(10):
            line = Connection(url)
            assert line.ask("POST", LIST).status == 200
            line.close()
        status, _, errors = end(process)
        for line in idle:
            line.close()
    assert status == 0
    assert re.fullmatch(
        r"\S+ \S+ \d+ connections are open, and this process may have 64 descriptors \(ulimit -n\): from now "
        r"on idle connections are closed to make room, and clients may have to wait\.\n",
        errors,
    )


def test_the_connection_that_has_been_idle_longest_makes_room(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    duplicate = socket.socket.dup

    def fail_beside_three(listener: socket.socket) -> socket.socket:
        """Find no descriptor while three connections are open."""
        if len(server.server_state.connections) == 3:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return duplicate(listener)

    used, unused = server.connect(), server.connect()
    server.after(5)
    assert used.ask("POST", LIST).status == 200
    server.after(5)
    monkeypatch.setattr(socket.socket, "dup", fail_beside_three)
    newest = server.connect()
    assert [line.ask("POST", LIST).status for line in (used, newest)] == [200, 200]
    assert unused.closed_by_the_server


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are not counted there")
def test_without_room_clients_wait_for_a_moment() -> None:
    with serving("--port", "0", command=FEW) as (process, url):
        busy = [Connection(url) for _ in range(100)]
        for line in busy:
            line.send(b"POST")
        assert process.stderr
        assert "connections are open" in line_of(process.stderr)
        late = Connection(url)
        late.send(request("POST", LIST))
        for line in busy:
            line.close()
        assert late.answer().status == 200
        late.close()
        assert end(process)[::2] == (0, "")


# --- the end --------------------------------------------------------------------------------------


@pytest.mark.parametrize("limits", [Limits(answer=1_000_000)])
def test_the_end_waits_for_no_client_that_has_not_asked(server: Server) -> None:
    halves = [server.connect_and_send(half) for name, half in HALVES.items() if "second" not in name]
    fresh, used = server.connect(), server.connect()
    used.ask("POST", LIST)
    refused = server.connect_and_send(head("POST", LIST, "content-length: 30000000"))
    assert refused.answer().status == 400
    stopping = server.stop_in_a_thread()
    stopping.join(DEADLINE)
    assert not stopping.is_alive()
    assert [line.answer().error for line in halves] == [ENDS] * len(halves)
    assert all(line.closed_by_the_server for line in (*halves, fresh, used, refused))


@pytest.mark.parametrize("limits", [Limits(answer=0)])
def test_the_end_waits_for_calls(server: Server, held: tuple[threading.Semaphore, threading.Event]) -> None:
    entered, go_on = held
    line = server.connect()
    line.send(request("POST", "/ListIndexes", b'{"vectorBucketName": "films"}'))
    assert entered.acquire(timeout=DEADLINE)
    stopping = server.stop_in_a_thread()
    server.time = 1_000
    stopping.join(0.1)
    assert stopping.is_alive()
    go_on.set()
    assert line.answer().status == 404
    assert line.closed_by_the_server
    stopping.join(DEADLINE)
    assert not stopping.is_alive()


def ask_for_much(*headers: str) -> bytes:
    """Make an index, and return a request whose answer has 4 MB."""
    index = {"vectorBucketName": "films", "indexName": "plots"}
    create("films")
    CLIENT.create_index(
        **index,
        dataType="float32",
        dimension=1,
        distanceMetric="euclidean",
        metadataConfiguration={"nonFilterableMetadataKeys": ["plot"]},
    )
    keys = [f"{number}" for number in range(100)]
    CLIENT.put_vectors(**index, vectors=[vector(key, (0,), plot="x" * 39_000) for key in keys])
    body = json.dumps({**index, "keys": keys, "returnMetadata": True}).encode()
    return request("POST", "/GetVectors", body, *headers)


@pytest.mark.parametrize("limits", [Limits(answer=5)])
def test_the_end_waits_a_little_for_a_client_that_does_not_take_its_answer(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = ask_for_much()
    asked = threading.Event()
    handle = Gateway.handle

    def note(*arguments: Any) -> Any:
        asked.set()
        return handle(*arguments)

    monkeypatch.setattr(Gateway, "handle", note)
    line = server.connect()
    # Less than what waits for the client then.
    server.sockets()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    line.send(asking)
    assert asked.wait(DEADLINE)
    stopping = server.stop_in_a_thread()
    stopping.join(0.1)
    assert stopping.is_alive()
    server.time += 6
    stopping.join(DEADLINE)
    assert not stopping.is_alive()
