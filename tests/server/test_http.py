"""The bytes between the server and its clients."""

from __future__ import annotations

import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import boto3
import pytest
from botocore.config import Config

from mock_s3vectors import s3vectors_server
from mock_s3vectors.gateway import Gateway
from mock_s3vectors.serving import application
from mock_s3vectors.serving.control import api
from mock_s3vectors.serving.http_server import HttpServer
from tests.server.wire import Connection, head, request
from tests.support.constraints import wrong_length
from tests.support.shapes import TAGS, check_response, needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors, S3VectorsServer

LIMIT = 20_971_520
TOO_LARGE = 400, "ValidationException", "Request body exceeds max allowed size"
LIST = "/ListVectorBuckets"


def padded(size: int) -> bytes:
    """A request for the list of buckets, of that many bytes."""
    return b"{}".ljust(size)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def test_an_answer_is_that_of_the_service(connection: Connection) -> None:
    answer = connection.ask("POST", LIST)
    assert answer.status == 200
    assert answer.json == {"vectorBuckets": []}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-amz-request-id"] == answer.headers["x-amzn-requestid"]
    assert "server" not in answer.headers
    check_response("ListVectorBuckets", answer.status, answer.headers, answer.body)


@pytest.mark.parametrize(
    "host", ["http://localhost", "HTTPS://s3vectors.us-east-1.api.aws:443", "http://me:password@[", "http://"]
)
def test_a_request_may_ask_for_a_whole_url(connection: Connection, host: str) -> None:
    assert connection.ask("POST", f"{host}{LIST}").json == {"vectorBuckets": []}
    arn = quote("arn:aws:s3vectors:us-east-1:123456789012:bucket/films", safe="")
    assert connection.ask("GET", f"{host}/tags/{arn}", b"").error[1] in {
        "NotFoundException",
        "UnknownOperationException",  # in older models
    }
    connection.send(head("GET", f"{host}/_mock_s3vectors/health", "connection: close"))
    assert connection.answer().status == 200


def test_a_refusal_is_that_of_the_service(connection: Connection) -> None:
    answer = connection.ask("POST", "/CreateVectorBucket", b'{"vectorBucketName": "xy"}')
    code, message, fields = wrong_length("/vectorBucketName", 2, 3, 63).refusal
    assert answer.error == (400, code, message)
    assert answer.json["fieldList"] == fields


def test_a_connection_serves_many_calls(connection: Connection, over_http: Any) -> None:
    over_http.create_vector_bucket(vectorBucketName="films")
    for _ in range(3):
        answer = connection.ask("POST", LIST)
        assert [bucket["vectorBucketName"] for bucket in answer.json["vectorBuckets"]] == ["films"]


def test_calls_that_do_not_wait_for_answers_are_answered_in_order(connection: Connection) -> None:
    connection.send(
        request("POST", "/CreateVectorBucket", b'{"vectorBucketName": "films"}')
        + request("POST", "/GetVectorBucket", b'{"vectorBucketName": "films"}')
        + request("POST", "/DeleteVectorBucket", b'{"vectorBucketName": "films"}')
        + request("POST", LIST)
    )
    answers = [connection.answer() for _ in range(4)]
    assert [answer.status for answer in answers] == [200, 200, 200, 200]
    assert answers[1].json["vectorBucket"]["vectorBucketName"] == "films"
    assert answers[3].json == {"vectorBuckets": []}


def test_a_client_may_ask_to_close(connection: Connection) -> None:
    connection.send(request("POST", LIST, b"{}", "connection: close"))
    assert connection.answer().status == 200
    assert connection.closed_by_the_server


# --- bodies -----------------------------------------------------------------------------------


def test_a_body_of_20_mib(connection: Connection) -> None:
    answer = connection.ask("POST", LIST, padded(LIMIT))
    assert (answer.status, answer.json) == (200, {"vectorBuckets": []})


def test_a_larger_body_is_refused_and_the_connection_lives_on(connection: Connection) -> None:
    assert connection.ask("POST", LIST, padded(LIMIT + 1)).error == TOO_LARGE
    assert connection.ask("POST", LIST).status == 200


def test_a_body_that_says_it_is_larger_is_refused_before_it_comes(connection: Connection) -> None:
    connection.send(head("POST", LIST, f"content-length: {LIMIT + 1}"))
    assert connection.answer().error == TOO_LARGE


@pytest.mark.parametrize("length", ["99999999999999999999", "21000000"])
def test_lengths_beyond_all_reason(connection: Connection, length: str) -> None:
    connection.send(head("POST", LIST, f"content-length: {length}"))
    answer = connection.answer()
    assert answer.status == 400


def test_a_body_in_chunks(connection: Connection) -> None:
    connection.send(head("POST", "/CreateVectorBucket", "transfer-encoding: chunked"))
    for piece in (b'{"vectorBucket', b'Name": "fi', b'lms"}', b""):
        connection.send(chunk(piece))
    assert connection.answer().status == 200
    assert b"films" in connection.ask("POST", LIST).body


def test_chunks_are_read_to_20_mib_and_no_further(connection: Connection) -> None:
    connection.send(head("POST", LIST, "transfer-encoding: chunked"))
    connection.send(chunk(padded(LIMIT)))
    connection.send(chunk(b" "))
    # The refusal comes although the body has no end yet.
    assert connection.answer().error == TOO_LARGE


def test_20_mib_in_chunks(connection: Connection) -> None:
    connection.send(head("POST", LIST, "transfer-encoding: chunked"))
    connection.send(chunk(padded(LIMIT)) + chunk(b""))
    assert connection.answer().status == 200


def test_a_client_that_expects_a_continue_gets_it(connection: Connection) -> None:
    connection.send(head("POST", LIST, "content-length: 2", "expect: 100-continue"))
    assert connection.answer().status == 100
    connection.send(b"{}")
    assert connection.answer().json == {"vectorBuckets": []}


def test_a_client_that_expects_a_continue_for_too_much_gets_the_refusal(connection: Connection) -> None:
    connection.send(head("POST", LIST, f"content-length: {LIMIT + 1}", "expect: 100-continue"))
    answer = connection.answer()
    assert answer.error == TOO_LARGE
    assert answer.headers["connection"] == "close"
    assert connection.closed_by_the_server


@pytest.mark.parametrize("closes", ["close", "Close, TE"])
def test_a_client_that_closes_sees_the_refusal_too(connection: Connection, closes: str) -> None:
    """It sends all of its body before it reads; closed at once, the connection would be reset."""
    body = padded(LIMIT + 5_000_000)
    connection.send(head("POST", LIST, f"content-length: {len(body)}", f"connection: {closes}") + body)
    assert connection.answer().error == TOO_LARGE
    assert connection.closed_by_the_server


def test_a_client_that_closes_and_sends_no_more_waits_two_seconds(connection: Connection) -> None:
    begun = time.monotonic()
    connection.send(head("POST", LIST, f"content-length: {LIMIT + 1}", "connection: close") + b"{}")
    assert connection.answer().error == TOO_LARGE
    assert connection.closed_by_the_server
    assert 1.9 < time.monotonic() - begun < 15


def test_a_client_of_http_1_0(connection: Connection) -> None:
    body = padded(LIMIT + 5_000_000)
    connection.send(b"POST /ListVectorBuckets HTTP/1.0\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
    assert connection.answer().error == TOO_LARGE
    assert connection.closed_by_the_server


@pytest.mark.parametrize("length", ["content-length: 29", "transfer-encoding: chunked"])
def test_an_offer_to_go_on_in_http_2_is_passed_over(
    connection: Connection, caplog: pytest.LogCaptureFixture, length: str
) -> None:
    """Java's HttpClient makes it with every first request."""
    body = b'{"vectorBucketName": "films"}'
    offer = ("connection: Upgrade, HTTP2-Settings", "upgrade: h2c", "http2-settings: AAEAAEAAAAIAAAAA")
    connection.send(head("POST", "/CreateVectorBucket", *offer, length))
    connection.send(body if "content" in length else chunk(body) + chunk(b""))
    assert connection.answer().status == 200
    assert b"films" in connection.ask("POST", LIST).body
    assert not caplog.records


def test_an_offer_of_something_else_is_passed_over_with_a_warning(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    connection.send(request("POST", LIST, b"{}", "connection: upgrade", "upgrade: websocket"))
    assert connection.answer().status == 200
    assert [record.getMessage() for record in caplog.records] == ["Unsupported upgrade request."]


@needs(*TAGS)
def test_the_longest_path_that_there_is(over_http: Any) -> None:
    over_http.create_vector_bucket(vectorBucketName="films")
    arn = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films"
    keys = [f"{number:02}" + "\N{CJK UNIFIED IDEOGRAPH-4E00}" * 126 for number in range(50)]
    over_http.tag_resource(resourceArn=arn, tags=dict.fromkeys(keys, "x"))
    over_http.untag_resource(resourceArn=arn, tagKeys=keys[1:])
    assert over_http.list_tags_for_resource(resourceArn=arn)["tags"] == {keys[0]: "x"}


def test_a_client_that_leaves_in_the_middle_harms_nobody(
    connect: Callable[[], Connection], caplog: pytest.LogCaptureFixture
) -> None:
    leaving = connect()
    leaving.send(
        head("POST", "/CreateVectorBucket", "content-length: 100") + b'{"vectorBucketName": "films"}'
    )
    leaving.half_close()
    leaving.close()
    assert connect().ask("POST", LIST).json == {"vectorBuckets": []}
    assert not caplog.records


# --- paths ------------------------------------------------------------------------------------


@needs(*TAGS)
def test_an_arn_in_a_path_keeps_its_slashes_encoded(over_http: Any, connection: Connection) -> None:
    over_http.create_vector_bucket(vectorBucketName="films")
    arn = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films"
    over_http.tag_resource(resourceArn=arn, tags={"a+b = c/d": "Zürich @ 41", "other": ""})
    assert over_http.list_tags_for_resource(resourceArn=arn)["tags"] == {
        "a+b = c/d": "Zürich @ 41",
        "other": "",
    }
    over_http.untag_resource(resourceArn=arn, tagKeys=["a+b = c/d", "none"])
    assert connection.ask("GET", f"/tags/{quote(arn, safe='')}", b"").json == {"tags": {"other": ""}}
    assert connection.ask("GET", f"/tags/{quote(arn)}", b"").status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("POST", "/QueryVectorz"),
        ("GET", "/QueryVectors"),
        ("PUT", "/tags/arn"),
        ("POST", "//ListVectorBuckets"),
        ("POST", "/ListVectorBuckets/"),
        ("OPTIONS", "/ListVectorBuckets"),
    ],
)
def test_what_is_no_operation(connection: Connection, method: str, path: str) -> None:
    status, code, message = connection.ask(method, path).error
    assert (status, code) == (404, "UnknownOperationException")
    assert message.startswith(f"{method} {path} is not an operation of Amazon S3 Vectors")
    assert connection.ask("POST", LIST).status == 200


def test_an_operation_that_the_mock_does_not_have(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mock_s3vectors.operations import OPERATIONS

    monkeypatch.delitem(OPERATIONS, "ListVectorBuckets")
    status, code, message = connection.ask("POST", LIST).error
    assert (status, code) == (404, "UnknownOperationException")
    assert message.startswith("mock_s3vectors does not implement ListVectorBuckets")


def test_the_region_of_an_unsigned_call_is_that_of_the_host(s3vectors_mock: MockS3Vectors) -> None:
    assert s3vectors_mock.config
    create = b'{"vectorBucketName": "films"}'
    with s3vectors_server(allowed_hosts=["s3vectors.eu-west-1.api.aws"]) as server:
        connection = Connection(server.url)
        connection.send(
            b"POST /CreateVectorBucket HTTP/1.1\r\nhost: s3vectors.eu-west-1.api.aws:7380\r\n"
            b"content-length: %d\r\n\r\n%b" % (len(create), create)
        )
        assert connection.answer().status == 200
        connection.close()
    europe = boto3.client("s3vectors", region_name="eu-west-1")
    assert europe.get_vector_bucket(vectorBucketName="films")["vectorBucket"]["vectorBucketArn"] == (
        "arn:aws:s3vectors:eu-west-1:123456789012:bucket/films"
    )


# --- failures ---------------------------------------------------------------------------------


def test_a_bug_is_a_500_with_its_traceback_in_the_log(
    over_http: Any,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("a bug of ours")

    with monkeypatch.context() as patch:
        patch.setattr(Gateway, "handle", fail)
        answer = connection.ask("POST", LIST)
        without_retries = boto3.client(
            "s3vectors",
            region_name="us-east-1",
            endpoint_url=over_http.meta.endpoint_url,
            config=Config(retries={"total_max_attempts": 1}),
        )
        with pytest.raises(without_retries.exceptions.InternalServerException):
            without_retries.list_vector_buckets()
    message = "mock_s3vectors failed, and its log has the traceback: ZeroDivisionError: a bug of ours"
    assert answer.error == (500, "InternalServerException", message)
    assert [record.getMessage() for record in caplog.records] == ["POST /ListVectorBuckets failed"] * 2
    assert "Traceback" in caplog.text
    assert "ZeroDivisionError: a bug of ours" in caplog.text
    # The server has not suffered.
    assert connection.ask("POST", LIST).json == {"vectorBuckets": []}


@pytest.mark.parametrize(
    "text", ["\ud800", "\0 and\r\nmore", "é" * 100_000], ids=["surrogate", "controls", "long"]
)
def test_a_bug_with_a_strange_text(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    caplog.set_level(logging.CRITICAL)  # pytest-xdist cannot send such a text on

    def fail(*_: Any) -> None:
        raise ZeroDivisionError(text)

    monkeypatch.setattr(Gateway, "handle", fail)
    status, code, message = connection.ask("POST", LIST).error
    assert (status, code) == (500, "InternalServerException")
    assert "ZeroDivisionError: " in message


def test_a_mock_that_was_switched_off_meanwhile() -> None:
    server = HttpServer("127.0.0.1", 0)
    server.start()
    line = Connection(server.url)
    assert line.ask("POST", LIST).error == (
        503,
        "ServiceUnavailableException",
        "Currently unable to handle the request",
    )
    line.close()
    server.stop()


HTTPS = ". This server does not speak HTTPS"
# What is sent, and a piece of the reason.
NO_HTTP = {
    "TLS": (
        b"\x16\x03\x01 this is no HTTP\r\n\r\n",
        rf"illegal request line: bytearray(b'\x16\x03\x01 this is no HTTP'){HTTPS}",
    ),
    "no host": (b"POST /ListVectorBuckets HTTP/1.1\r\n\r\n", "Missing mandatory Host: header"),
    "two hosts": (
        b"POST /ListVectorBuckets HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        "Found multiple Host: headers",
    ),
    "two lengths": (
        head("POST", LIST, "content-length: 2", "content-length: 3"),
        "conflicting Content-Length headers",
    ),
    "a length that is none": (head("POST", LIST, "content-length: two"), "bad Content-Length"),
    "a bad chunk": (
        head("POST", LIST, "transfer-encoding: chunked") + b"zz\r\n{}\r\n",
        "illegal chunk header: bytearray(b'zz\\r\\n')",
    ),
    "a head without an end": (b"POST /" + b"x" * 300_000, "Receive buffer too long"),
}


@pytest.mark.parametrize(("sent", "reason"), NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_refused(
    connect: Callable[[], Connection], caplog: pytest.LogCaptureFixture, sent: bytes, reason: str
) -> None:
    strange = connect()
    strange.send(sent)
    answer = strange.answer()
    text = f"The request is not valid HTTP/1.1: {reason}."
    assert answer.error == (400, "MalformedHttpRequestException", text)
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-amz-request-id"] == answer.headers["x-amzn-requestid"]
    assert strange.closed_by_the_server
    assert connect().ask("POST", LIST).status == 200
    assert [record.getMessage() for record in caplog.records] == ["Invalid HTTP request received."]


def test_nonsense_after_a_refusal_only_closes_the_connection(
    connection: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    connection.send(head("POST", LIST, "transfer-encoding: chunked") + chunk(padded(LIMIT + 1)))
    assert connection.answer().error == TOO_LARGE
    connection.send(b"zz\r\n")
    assert connection.closed_by_the_server
    assert [record.getMessage() for record in caplog.records] == ["Invalid HTTP request received."]


@pytest.mark.parametrize("path", [LIST, "/_mock_s3vectors/calls"])
def test_a_bug_of_the_server_is_json_too(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("a bug of ours")

    connection.ask("POST", LIST)
    monkeypatch.setattr(application, "respond", fail)
    monkeypatch.setattr(api, "document_of", fail)
    method = "POST" if path == LIST else "GET"
    text = "mock_s3vectors failed, and its log has the traceback: ZeroDivisionError: a bug of ours"
    assert connection.ask(method, path).error == (500, "InternalServerException", text)


# --- many clients -----------------------------------------------------------------------------


def test_many_clients_at_once(over_http: Any, s3vectors_server: S3VectorsServer) -> None:
    over_http.create_vector_bucket(vectorBucketName="films")
    index = {"vectorBucketName": "films", "indexName": "plots"}
    over_http.create_index(**index, dataType="float32", dimension=1, distanceMetric="euclidean")
    clients, writes = 16, 10

    def write_and_look(client: int) -> list[str]:
        # Each has a connection of its own.
        line = Connection(s3vectors_server.url)
        try:
            for number in range(writes):
                vectors = [{"key": f"{client}-{number}", "data": {"float32": [client]}}]
                line.ask("POST", "/PutVectors", json.dumps({**index, "vectors": vectors}).encode())
            query = {**index, "topK": writes, "queryVector": {"float32": [client]}}
            return [
                hit["key"]
                for hit in line.ask("POST", "/QueryVectors", json.dumps(query).encode()).json["vectors"]
            ]
        finally:
            line.close()

    with ThreadPoolExecutor(clients) as pool:
        found = list(pool.map(write_and_look, range(clients)))
    assert found == [[f"{client}-{number}" for number in range(writes)] for client in range(clients)]


def test_a_long_call_keeps_nobody_else_waiting(
    connect: Callable[[], Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    entered, go_on = threading.Event(), threading.Event()
    handle = Gateway.handle

    def slowly(gateway: Gateway, request: Any, *others: Any) -> Any:
        if request.path == "/ListIndexes":
            entered.set()
            go_on.wait(20)
        return handle(gateway, request, *others)

    monkeypatch.setattr(Gateway, "handle", slowly)
    slow, quick = connect(), connect()
    slow.send(request("POST", "/ListIndexes", b'{"vectorBucketName": "films"}'))
    assert entered.wait(20)
    assert quick.ask("POST", LIST).status == 200
    assert quick.ask("GET", "/_mock_s3vectors/health", b"").status == 200
    go_on.set()
    assert slow.answer().error == (
        404,
        "NotFoundException",
        "The specified vector bucket could not be found",
    )
