"""Answers that get lost, as bytes, and what the server's log says of them."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.serving import access_log
from tests.server.wire import Connection, request
from tests.support.steering import advise

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import S3VectorsServer
    from mock_s3vectors.messages import Disconnect

LIST = "ListVectorBuckets"
SENT = request("POST", "/ListVectorBuckets")
NOT_HTTP = b"These bytes are not HTTP\r\n\r\n"


def received(connection: Connection, sent: bytes = SENT) -> bytes:
    """Return all that comes until the server closes the connection."""
    connection.send(sent)
    pieces = iter(connection.piece, b"")
    return b"".join(pieces)


@pytest.mark.parametrize(("kind", "expected"), [("empty", b""), ("malformed", NOT_HTTP)])
def test_what_comes_instead_of_an_answer(
    s3vectors_server: S3VectorsServer, connection: Connection, kind: Disconnect, expected: bytes
) -> None:
    s3vectors_server.mock.disconnect(LIST, kind)
    assert received(connection) == expected


@pytest.mark.parametrize("applied", [True, False])
def test_half_an_answer(s3vectors_server: S3VectorsServer, connection: Connection, *, applied: bool) -> None:
    s3vectors_server.mock.disconnect(LIST, "truncated", applied=applied)
    assert half_an_answer(connection) == (b"200", b'{"vectorBu')


def test_half_an_answer_to_a_write_without_effect(
    s3vectors_server: S3VectorsServer, connection: Connection
) -> None:
    s3vectors_server.mock.disconnect("CreateVectorBucket", "truncated")
    sent = request("POST", "/CreateVectorBucket", b'{"vectorBucketName": "films"}')
    assert half_an_answer(connection, sent) == (b"500", b"{")


def half_an_answer(connection: Connection, sent: bytes = SENT) -> tuple[bytes, bytes]:
    """The status and the half body of an answer whose head promises a whole one."""
    head, _, body = received(connection, sent).partition(b"\r\n\r\n")
    assert b"content-length: %d" % (2 * len(body)) in head
    return head.split()[1], body


def test_a_reset(s3vectors_server: S3VectorsServer, connection: Connection) -> None:
    s3vectors_server.mock.disconnect(LIST, "reset")
    with pytest.raises(ConnectionResetError):
        received(connection)


def test_the_next_connection_is_answered(
    s3vectors_server: S3VectorsServer, connect: Callable[[], Connection]
) -> None:
    s3vectors_server.mock.disconnect(LIST, "empty", times=1)
    assert received(connect()) == b""
    assert connect().ask("POST", "/ListVectorBuckets").json == {"vectorBuckets": []}


def test_no_answer_until_the_client_gives_up(
    s3vectors_server: S3VectorsServer,
    connect: Callable[[], Connection],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, access_log.__name__)
    rule = s3vectors_server.mock.disconnect(LIST, "timeout", times=1)
    waiting = connect()
    waiting.send(SENT)
    while not rule.hits:
        time.sleep(0.01)
    assert connect().ask("POST", "/ListVectorBuckets").status == 200
    assert not any("lost" in record.getMessage() for record in caplog.records)
    waiting.close()
    deadline = time.monotonic() + 20
    while not any("lost timeout" in record.getMessage() for record in caplog.records):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("kind", ["reset", "empty", "truncated", "malformed"])
def test_the_access_log(
    s3vectors_server: S3VectorsServer,
    connection: Connection,
    connect: Callable[[], Connection],
    caplog: pytest.LogCaptureFixture,
    kind: Disconnect,
) -> None:
    caplog.set_level(logging.INFO, access_log.__name__)
    with s3vectors_server.mock.disconnect(LIST, kind):
        try:
            received(connection)
        except ConnectionResetError:
            assert kind == "reset"
    connect().ask("POST", "/ListVectorBuckets")  # so that the line of the first call is written
    lines = [re.sub(r"\d+\.\d ms", "T ms", record.getMessage()) for record in caplog.records]
    assert lines[0] == f"s3vectors.ListVectorBuckets => lost {kind} (T ms, us-east-1)"
    assert getattr(caplog.records[0], "fields", {})["lost"] == kind


def test_advice_is_in_the_log(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    advise(monkeypatch, UserWarning("Put more vectors at once."), UserWarning("Or fewer."))
    connection.ask("POST", "/ListVectorBuckets")
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "Put more vectors at once."),
        ("WARNING", "Or fewer."),
    ]
