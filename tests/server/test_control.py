"""The paths that S3 Vectors cannot have: for tests in other languages."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.server.wire import head
from tests.support.helpers import START
from tests.support.shapes import TAGS, needs, service_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.wire import Connection

CONTROL = "/_mock_s3vectors"
TAGS_PATH = "/tags/arn%3Aaws%3As3vectors%3Aus-east-1%3A123456789012%3Abucket%2Ffilms"


def calls(connection: Connection) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = connection.ask("GET", f"{CONTROL}/calls", b"").json["calls"]
    return found


def test_health(connection: Connection) -> None:
    answer = connection.ask("GET", f"{CONTROL}/health", b"")
    assert (answer.status, answer.json) == (200, {"status": "ok", "version": version("mock_s3vectors")})


def test_reset_drops_all_buckets_and_forgets_the_calls(connection: Connection, over_http: Any) -> None:
    over_http.create_vector_bucket(vectorBucketName="films")
    europe = boto3.client("s3vectors", region_name="eu-west-1", endpoint_url=over_http.meta.endpoint_url)
    europe.create_vector_bucket(vectorBucketName="films")
    answer = connection.ask("POST", f"{CONTROL}/reset", b"")
    assert (answer.status, answer.json) == (200, {})
    assert calls(connection) == []
    assert over_http.list_vector_buckets()["vectorBuckets"] == []
    assert europe.list_vector_buckets()["vectorBuckets"] == []


@needs(*TAGS)
def test_calls_are_listed_in_their_order(
    connection: Connection, over_http: Any, at: Callable[[float], None]
) -> None:
    at(7)
    created = over_http.create_vector_bucket(vectorBucketName="films", tags={"a": "b"})
    arn = over_http.get_vector_bucket(vectorBucketName="films")["vectorBucket"]["vectorBucketArn"]
    over_http.untag_resource(resourceArn=arn, tagKeys=["a", "b c"])
    with pytest.raises(over_http.exceptions.NotFoundException):
        over_http.get_vector_bucket(vectorBucketName="none")
    connection.ask("POST", "/Nothing", b"no JSON")
    seen = calls(connection)
    assert seen[0] == {
        "operation": "CreateVectorBucket",
        "method": "POST",
        "path": "/CreateVectorBucket",
        "query": "",
        "params": {"vectorBucketName": "films", "tags": {"a": "b"}},
        "caller": "arn:aws:iam::123456789012:root",
        "region": "us-east-1",
        "account": "123456789012",
        "status": 200,
        "error": None,
        "message": None,
        "time": START + 7,
        "duration": pytest.approx(0.5, abs=0.5),
        "attempt": 1,
        "delay": 0.0,
        "rule": None,
        "requestId": created["ResponseMetadata"]["RequestId"],
        "decision": None,
    }
    assert [(call["operation"], call["status"], call["error"]) for call in seen[1:]] == [
        ("GetVectorBucket", 200, None),
        ("UntagResource", 200, None),
        ("GetVectorBucket", 404, "NotFoundException"),
        (None, 404, "UnknownOperationException"),
    ]
    assert (seen[2]["method"], seen[2]["path"], seen[2]["query"], seen[2]["params"]) == (
        "DELETE",
        TAGS_PATH,
        "tagKeys=a&tagKeys=b%20c",
        {"resourceArn": arn, "tagKeys": ["a", "b c"]},
    )
    assert seen[4]["params"] == {}


def test_the_session_token_of_a_presigned_url_is_not_listed(connection: Connection) -> None:
    connection.ask("POST", "/ListVectorBuckets?X-Amz-Security-Token=hidden%2F&X-Amz-Expires=60")
    assert calls(connection)[0]["query"] == "X-Amz-Security-Token=...&X-Amz-Expires=60"


@pytest.mark.usefixtures("no_coverage")
def test_the_last_thousand_calls_are_kept(connection: Connection) -> None:
    for number in range(1002):
        assert connection.ask("POST", "/GetIndex", b'{"indexName": "plot-%d"}' % number).status == 400
    names = [call["params"]["indexName"] for call in calls(connection)]
    assert names == [f"plot-{number}" for number in range(2, 1002)]


def test_the_parameters_of_a_long_call_are_not_kept(connect: Callable[[], Connection]) -> None:
    connection = connect()
    connection.ask("POST", "/ListVectorBuckets", b"{}".ljust(65_536))
    connection.ask("POST", "/ListVectorBuckets", b"{}".ljust(65_537))
    connection.send(head("POST", "/ListVectorBuckets", "content-length: 30000000"))
    assert connection.answer().status == 400
    # The body that was refused is still to come on that line, so another one asks.
    kept = [(call["operation"], call["error"]) for call in calls(connect())]
    assert kept == [("ListVectorBuckets", None)] * 2 + [("ListVectorBuckets", "ValidationException")]


def test_parameters_however_deep(connection: Connection) -> None:
    deep = b'{"unknown": ' + b"[" * 1_000 + b"]" * 1_000 + b"}"
    connection.ask("POST", "/ListVectorBuckets", deep)
    answer = connection.ask("GET", f"{CONTROL}/calls", b"")
    assert answer.status == 200
    assert b'"params":' + deep in answer.body


@pytest.mark.parametrize("path", [CONTROL, f"{CONTROL}/"])
def test_the_list_of_what_there_is(connection: Connection, path: str) -> None:
    answer = connection.ask("GET", path, b"")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert [(entry["method"], entry["path"].removeprefix(CONTROL)) for entry in answer.json["paths"]] == [
        ("GET", ""),
        ("GET", "/calls"),
        ("POST", "/calls/find"),
        ("DELETE", "/calls"),
        ("GET", "/rules"),
        ("POST", "/rules"),
        ("DELETE", "/rules"),
        ("DELETE", "/rules/{id}"),
        ("GET", "/clock"),
        ("POST", "/clock"),
        ("GET", "/identities"),
        ("POST", "/identities"),
        ("DELETE", "/identities"),
        ("DELETE", "/identities/{id}"),
        ("GET", "/keys"),
        ("POST", "/keys"),
        ("DELETE", "/keys"),
        ("DELETE", "/keys/{id}"),
        ("GET", "/explain/{id}"),
        ("GET", "/policy"),
        ("GET", "/health"),
        ("GET", "/init"),
        ("POST", "/reset"),
        ("GET", "/state"),
        ("PUT", "/state"),
        ("GET", "/ui"),
    ]
    assert answer.json["paths"][0] == {"method": "GET", "path": CONTROL, "does": "lists these paths"}
    for entry in answer.json["paths"]:
        status = connection.ask(entry["method"], entry["path"] + "/", b"").status
        needs_a_document = entry["method"] in ("POST", "PUT") and entry["path"] != f"{CONTROL}/reset"
        assert status == (400 if needs_a_document or "{" in entry["path"] else 200)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/reset", "POST"),
        ("POST", "/health", "GET, HEAD"),
        ("POST", "/calls", "DELETE, GET, HEAD"),
        ("DELETE", "", "GET, HEAD"),
    ],
)
def test_other_methods_do_nothing(
    connection: Connection, over_http: Any, method: str, path: str, allowed: str
) -> None:
    over_http.create_vector_bucket(vectorBucketName="films")
    answer = connection.ask(method, CONTROL + path, b"")
    methods = ", ".join(sorted(answer.headers["allow"].split(", ")))
    status, code, text = answer.error
    assert (status, code, methods) == (405, "MethodNotAllowedException", allowed)
    assert text.startswith(f"{method} {CONTROL}{path} does not exist, but with the method ")
    assert answer.headers["content-type"] == "application/json"
    assert len(over_http.list_vector_buckets()["vectorBuckets"]) == 1
    assert len(calls(connection)) == 2


@pytest.mark.parametrize("path", ["/none", "none", "/health/none"])
def test_other_paths_do_not_exist(connection: Connection, path: str) -> None:
    text = f"GET {CONTROL}{path} does not exist: GET {CONTROL} lists the paths."
    assert connection.ask("GET", CONTROL + path, b"").error == (404, "UnknownOperationException", text)


def test_an_answer_does_not_grow_with_the_path(connection: Connection) -> None:
    status, _, text = connection.ask("GET", CONTROL + "x" * 100_000, b"").error
    assert status == 404
    assert text.endswith(f"... (100020 characters) does not exist: GET {CONTROL} lists the paths.")
    assert len(text) < 600


def test_no_operation_of_s3_vectors_has_such_a_path() -> None:
    model = service_model()
    paths = [model.operation_model(name).http["requestUri"] for name in model.operation_names]
    assert len(paths) > 10
    assert not [path for path in paths if path.startswith("/_")]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@needs(*TAGS)
def test_a_body_that_is_no_json_where_none_is_read(connection: Connection, method: str) -> None:
    connection.ask("POST", "/CreateVectorBucket", b'{"vectorBucketName": "films"}')
    query = "?tagKeys=a" if method == "DELETE" else ""
    assert connection.ask(method, TAGS_PATH + query, b"\xff{").status in (200, 204)
    calls = json.loads(connection.ask("GET", f"{CONTROL}/calls", b"").body)["calls"]
    assert calls[-1]["params"]["resourceArn"].endswith(":bucket/films")
