"""The log of the server: a line for each call, as text or as an object, without what nobody may read."""

from __future__ import annotations

import json
import logging
import re
import signal
import sys
import warnings
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors import s3vectors_server
from mock_s3vectors.errors.escapes import printable
from mock_s3vectors.serving import access_log, logs
from tests.activation.world import create
from tests.durable.line import Line
from tests.server.wire import Connection, head

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_s3vectors import S3VectorsServer
    from tests.durable.nursery import Nursery

# It is in everything that a client sends and nobody may read in the log.
SECRET = "hidden-from-all"
# One that a log in text cannot have as it is.
STRANGE = "a\nb\x1b[0m\u2028c"


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], list[Any]]:
    """The records of the access log, without what differs each time."""
    caplog.set_level(logging.INFO, access_log.__name__)

    def fields() -> list[Any]:
        records = [record for record in caplog.records if record.name == access_log.__name__]
        return [getattr(record, "fields", None) for record in records]

    return fields


def lines_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [re.sub(r"\(\d+\.\d ms", "(T ms", record.getMessage()) for record in caplog.records]


def call_in_many_ways(url: str) -> None:
    """Call so that the server answers, refuses and warns; each time with a secret."""
    line = Connection(url)
    token = f"X-Amz-Security-Token={SECRET}&X-Amz-Signature={SECRET}"
    created = b'{"vectorBucketName": "films"}'
    assert line.ask("POST", "/CreateVectorBucket", created).status == 200
    index = {"vectorBucketName": "films", "indexName": "plots"}
    made = {"dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
    assert line.ask("POST", "/CreateIndex", json.dumps({**index, **made}).encode()).status == 200
    vector = {"key": SECRET, "data": {"float32": [123.5, 1]}, "metadata": {SECRET: SECRET}}
    assert line.ask("POST", "/PutVectors", json.dumps({**index, "vectors": [vector]}).encode()).status == 200
    for query in (
        {"queryVector": {"float32": [123.5, 1]}, "topK": 1, "filter": {"kind": SECRET}},
        {"queryVector": {"float32": [123.5]}, "topK": 1},
        {"queryVector": {"float32": SECRET}, "topK": 1},
        {"queryVector": {"float32": [123.5, 1]}, "topK": 1, "filter": {"$strange": SECRET}},
        {"textQuery": SECRET, "topK": SECRET},
    ):
        line.ask("POST", "/QueryVectors", json.dumps({**index, **query}).encode())
    line.ask("POST", f"/ListVectorBuckets?{token}", b'{"half": "hidden-from-all')
    line.ask("GET", f"/nothing?{token}", b"")
    line.ask("GET", f"/_mock_s3vectors/ui/data/nothing?text={SECRET}", b"")
    line.ask("POST", "/_mock_s3vectors/rules", json.dumps({SECRET: SECRET}).encode())
    rule = {"operation": "GetIndex", "fail": {"code": "ValidationException", "message": SECRET}}
    line.ask("POST", "/_mock_s3vectors/rules", json.dumps(rule).encode())
    line.ask("POST", "/GetIndex", json.dumps(index).encode())
    user = {"user": "reader", "secret_access_key": SECRET}
    line.ask("POST", "/_mock_s3vectors/identities", json.dumps(user).encode())
    line.send(head("POST", f"http://me:{SECRET}@localhost/PutVectors?{token}", "content-length: 2") + b"{}")
    line.answer()
    line.send(head("POST", "/PutVectors", f"authorization: {SECRET}", "content-length: nonsense"))
    line.answer()
    line.close()
    line = Connection(url)
    whole = f"http://me:{SECRET}@[/PutVectors?{token}"
    line.send(head("POST", whole, "transfer-encoding: chunked") + b"nonsense\r\n")
    assert line.answer().status == 400
    line.close()


@pytest.mark.parametrize("options", [(), ("--log-format", "json")], ids=["text", "json"])
def test_nothing_that_nobody_may_read(nursery: Nursery, options: tuple[str, ...]) -> None:
    with nursery.life("-v", "--advice", *options) as life:
        call_in_many_ways(life.url)
        assert life.end(signal.SIGTERM) == 0
    # The advice on the filter names the key alone.
    assert "asks for the metadata key 'kind', which no vector of films/plots has" in life.log
    assert life.log.count("QueryVectors => 400 ValidationException") == 2
    assert life.log.count("QueryVectors => 400 SerializationException") == 2
    assert SECRET not in life.log
    assert "123.5" not in life.log


def test_the_log_in_text(nursery: Nursery) -> None:
    with nursery.life("-v") as life:
        line = Connection(life.url)
        line.ask("POST", "/ListVectorBuckets")
        line.ask("GET", "/anything/a%2Fb?x=%20", b"")
        line.ask("POST", "/GetIndex", b'{"vectorBucketName": "films", "indexName": "plots"}')
        line.ask("PUT", "/_mock_s3vectors/reset")
        line.send(b"nonsense\r\n\r\n")
        assert line.closed_by_the_server or line.answer()
        line.close()
        assert life.end(signal.SIGTERM) == 0
    prefix = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z "
    found = life.log.splitlines()
    assert all(re.match(prefix, one) for one in found)
    assert [re.sub(r"\d+\.\d ms|127\.0\.0\.1:\d+", "?", re.sub(prefix, "", one)) for one in found] == [
        "INFO s3vectors.ListVectorBuckets => 200 (?, us-east-1)",
        "INFO GET /anything/a%2Fb => 404 UnknownOperationException (?)",
        "INFO s3vectors.GetIndex => 404 NotFoundException (?, us-east-1, films/plots)",
        "INFO PUT /_mock_s3vectors/reset => 405 MethodNotAllowedException (?)",
        "WARNING Invalid HTTP request received.",
        "INFO no request => 400 MalformedHttpRequestException (?)",
    ]


def test_the_log_in_json(nursery: Nursery) -> None:
    with nursery.life("-v", "--log-format", "json") as life:
        client = Line(life.url).client_at("eu-west-1", "111122223333")
        create("films", client=client)
        with pytest.raises(client.exceptions.NotFoundException) as caught:
            client.get_index(vectorBucketName="films", indexName="plots")
        line = Connection(life.url)
        line.send(b"nonsense\r\n\r\n")
        assert line.closed_by_the_server or line.answer()
        line.close()
        assert life.end(signal.SIGTERM) == 0
    created, failed, warned, refused = map(json.loads, life.log.splitlines())
    for one in (created, failed, warned, refused):
        assert datetime.fromisoformat(one.pop("time").replace("Z", "+00:00")).microsecond % 1000 == 0
    assert re.fullmatch(r"127\.0\.0\.1:\d+", failed.pop("client"))
    assert 0 < failed["milliseconds"] < 10_000
    assert failed == {
        "level": "INFO",
        "message": "s3vectors.GetIndex => 404 NotFoundException "
        f"({failed['milliseconds']:.1f} ms, eu-west-1, films/plots)",
        "operation": "GetIndex",
        "status": 404,
        "error": "NotFoundException",
        "milliseconds": failed["milliseconds"],
        "region": "eu-west-1",
        "account": "111122223333",
        "vectorBucket": "films",
        "index": "plots",
        "requestId": caught.value.response["ResponseMetadata"]["RequestId"],
    }
    assert "error" not in created
    assert warned == {"level": "WARNING", "message": "Invalid HTTP request received."}
    assert {"status": 400, "error": "MalformedHttpRequestException"}.items() <= refused.items()


def test_places_that_calls_name(s3vectors_server: S3VectorsServer, logged: Callable[[], list[Any]]) -> None:
    client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=s3vectors_server.url)
    client.list_vector_buckets()
    create("films", client=client)
    bucket = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films"
    client.create_index(
        vectorBucketArn=bucket, indexName="plots", dataType="float32", dimension=2, distanceMetric="cosine"
    )
    client.get_index(indexArn=f"{bucket}/index/plots")
    client.get_vector_bucket(vectorBucketArn=bucket)
    with suppress(client.exceptions.ClientError):
        client.get_vector_bucket(vectorBucketName="n" * 1000)
    client.list_vector_buckets()  # so that the line of the call before is written
    places = [(fields.get("vectorBucket"), fields.get("index")) for fields in logged()]
    assert places[:6] == [
        (None, None),
        ("films", None),
        ("films", "plots"),
        ("films", "plots"),
        ("films", None),
        ("n" * 300 + "... (1000 characters)", None),
    ]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/GetVectorBucket", json.dumps({"vectorBucketName": STRANGE}).encode()),
        ("/%0Aforged", b""),
    ],
)
def test_a_name_does_not_break_a_line(
    connection: Connection,
    logged: Callable[[], list[Any]],
    caplog: pytest.LogCaptureFixture,
    path: str,
    body: bytes,
) -> None:
    connection.send(
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n".encode("latin-1")
        + body
    )
    connection.answer()
    connection.ask("POST", "/ListVectorBuckets")
    assert all(line.isprintable() for line in lines_of(caplog))
    if body:
        assert logged()[0]["vectorBucket"] == STRANGE
        text = r"(T ms, us-east-1, a\nb\x1b[0m\u2028c)"
        assert lines_of(caplog)[0] == f"s3vectors.GetVectorBucket => 400 ValidationException {text}"


def test_a_bug_does_not_break_a_line(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("mock_s3vectors.serving.application._request", fail)
    assert connection.ask("POST", "/a%0Ab", b"").status == 500
    assert [record.getMessage() for record in caplog.records] == [r"POST /a\nb failed"]


def test_a_client_that_leaves_is_no_line(
    logged: Callable[[], list[Any]], caplog: pytest.LogCaptureFixture
) -> None:
    with s3vectors_server() as server:
        line = Connection(server.url)
        line.send(head("POST", "/ListVectorBuckets", "content-length: 2") + b"{")
        line.close()
    assert logged() == []
    assert [record for record in caplog.records if record.levelno > logging.INFO] == []


def test_without_a_log_nothing_is_looked_up(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(access_log, "_write", None)
    monkeypatch.setattr(access_log, "_asked", None)
    assert connection.ask("POST", "/ListVectorBuckets").status == 200
    connection.send(b"nonsense\r\n\r\n")
    assert connection.answer().status == 400


@pytest.mark.parametrize(
    ("text", "shown"), [("a b é", "a b é"), ("\t\x00\x7f\u202e", r"\t\x00\x7f\u202e"), ("\ud800", r"\ud800")]
)
def test_what_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown


# --- the handler


@contextmanager
def logging_as(log_format: str) -> Iterator[None]:
    """Logging of a process in which nobody has configured any; afterwards it is as before."""
    loggers = [logging.getLogger(name) for name in (None, *logs._LEVELS)]  # noqa: SLF001 - to put them back
    levels = [logger.level for logger in loggers]
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(loggers[0], "handlers", [])
        patches.setattr(sys, "excepthook", sys.excepthook)
        patches.setattr("threading.excepthook", None)
        logs.log_to_stderr(log_format, verbose=False)
        yield
    logging.captureWarnings(capture=False)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def bug(text: str) -> ZeroDivisionError:
    """An exception that somebody has raised."""
    try:
        raise ZeroDivisionError(text)  # noqa: TRY301 - it needs a traceback
    except ZeroDivisionError as error:
        return error


def test_warnings_and_exceptions_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings(), logging_as("json"):
        warnings.simplefilter("always")
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        error = bug("a bug\nof ours")
        sys.excepthook(type(error), error, error.__traceback__)
        logging.getLogger("mock_s3vectors").info("nobody asked")
        logging.getLogger("mock_s3vectors.serving.initializing").info("a script's")
    warned, failed, told = map(json.loads, capsys.readouterr().err.splitlines())
    assert (warned["level"], "DeprecationWarning: old" in warned["message"]) == ("WARNING", True)
    assert (failed["level"], failed["message"]) == ("CRITICAL", "Nobody caught an exception.")
    assert failed["traceback"].startswith("Traceback (most recent call last):\n")
    assert failed["traceback"].endswith("\nZeroDivisionError: a bug\nof ours")
    assert (told["level"], told["message"]) == ("INFO", "a script's")


def test_exceptions_in_text(capsys: pytest.CaptureFixture[str]) -> None:
    hook = sys.excepthook
    with logging_as("text"):
        assert sys.excepthook is hook
        logging.getLogger("any").error("It failed.", exc_info=bug("ours"))
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"\S+Z ERROR It failed\.", first)
    assert second == "Traceback (most recent call last):"
