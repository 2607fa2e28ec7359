"""`mock.calls` and the assertions about them."""

from __future__ import annotations

import gc
import json
import re
import threading
import weakref
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY
from urllib.parse import quote

import boto3
import numpy as np
import pytest
import requests
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from mock_s3vectors import UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.operations import OPERATIONS
from mock_s3vectors.world import journal
from tests.support.helpers import BUCKET, INDEX, INDEX_ARN, SETTINGS, vector
from tests.support.mocks import world
from tests.support.shapes import TAGS, needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client, ClientAt

URL = "https://s3vectors.us-east-1.api.aws"
JSON = {"content-type": "application/json"}


def timeless(text: object) -> str:
    """Replace how long calls took."""
    return re.sub(r"\d+\.\d ms", "# ms", str(text))


@pytest.fixture
def mock(s3vectors_mock: MockS3Vectors) -> MockS3Vectors:
    return s3vectors_mock


@pytest.fixture
def once(mock: MockS3Vectors) -> Client:
    """A client that does not retry; the calls that make a bucket and an index are forgotten."""
    client: Client = boto3.client(
        "s3vectors", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})
    )
    client.create_vector_bucket(**BUCKET)
    client.create_index(**INDEX, **SETTINGS)
    mock.calls.clear()
    return client


def post(path: str, body: bytes = b"{}", sdk_request: str = "") -> requests.Response:
    headers = {**JSON, "amz-sdk-request": sdk_request}
    return requests.post(f"{URL}{path}", data=body, headers=headers, timeout=10)


def failure(ask: Callable[[], object]) -> str:
    with pytest.raises(AssertionError) as error:
        ask()
    return timeless(error.value)


def refusal(ask: Callable[[], object]) -> str:
    with pytest.raises(UsageError) as error:
        ask()
    return timeless(error.value)


# --- what a call shows ------------------------------------------------------------------------


def test_a_call(mock: MockS3Vectors, client_at: ClientAt) -> None:
    client = client_at("eu-west-1", "111122223333")
    answer = client.create_vector_bucket(**BUCKET)
    call = mock.calls.only()
    assert (call.operation, call.params) == ("CreateVectorBucket", BUCKET)
    assert (call.region, call.account) == ("eu-west-1", "111122223333")
    assert call.caller == "arn:aws:iam::111122223333:root"
    assert (call.status, call.error, call.message, call.rule) == (200, None, None, None)
    assert (call.attempt, call.delay) == (1, 0)
    assert call.duration is not None
    assert 0 < call.duration < 5
    assert call.request_id == answer["ResponseMetadata"]["RequestId"]
    assert json.loads(call.body) == BUCKET
    assert call.request.headers["content-type"] == "application/json"
    assert timeless(call) == (
        "<Call CreateVectorBucket(vectorBucketName='bucket') => 200 in eu-west-1, # ms>"
    )


def test_errors_rules_and_delays(mock: MockS3Vectors, once: Client) -> None:
    with pytest.raises(ClientError):
        once.get_index(**BUCKET, indexName="missing")
    with mock.fail("GetIndex", 503), pytest.raises(ClientError):
        once.get_index(**INDEX)
    with mock.delay("GetIndex", 0.001) as rule:
        once.get_index(**INDEX)
    assert timeless(mock.calls) == (
        "[\n  <Call GetIndex(vectorBucketName='bucket', indexName='missing') => 404 NotFoundException in "
        "us-east-1, # ms>,\n  <Call GetIndex(vectorBucketName='bucket', indexName='index') => 503 in "
        "us-east-1, # ms, by mock.on('GetIndex').fail(503)>,\n  <Call GetIndex(vectorBucketName='bucket', "
        "indexName='index') => 200 in us-east-1, # ms, delayed 0.001 s, by "
        "mock.on('GetIndex').delay(0.001)>\n]"
    )
    assert mock.calls[0].message == "The specified index could not be found"
    assert (mock.calls.last.rule, mock.calls.last.delay) == (rule, 0.001)


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize("kind", ["reset", "timeout", "empty", "truncated", "malformed"])
def test_a_lost_answer(mock: MockS3Vectors, once: Client, kind: Any, *, applied: bool) -> None:
    rule = mock.disconnect("CreateIndex", kind, applied=applied)
    with pytest.raises((BotoCoreError, ClientError)):
        once.create_index(**INDEX, **SETTINGS)  # there is one
    call = mock.calls.only()
    assert (call.status, call.error, call.message, call.request_id) == (None, kind, None, None)
    assert timeless(call.outcome()) == f"=> {kind} in us-east-1, # ms, by {rule}"


def test_a_bug_is_shown_although_its_answer_would_be_lost(
    mock: MockS3Vectors, once: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setitem(OPERATIONS, "GetIndex", fail)
    mock.disconnect("GetIndex", applied=True)
    with pytest.raises(ZeroDivisionError):
        once.get_index(**INDEX)
    call = mock.calls.only()
    assert (call.status, call.error, call.message) == (None, "ZeroDivisionError", "a bug of ours")


def test_a_call_that_is_not_over(mock: MockS3Vectors, once: Client) -> None:
    seen = []
    mock.fail("GetIndex", 503, when=lambda call: seen.append((call.status, call.duration, repr(call))))
    with pytest.raises(AssertionError, match="never fired"), mock.rules[0]:
        once.get_index(**INDEX)
    text = "<Call GetIndex(vectorBucketName='bucket', indexName='index') in us-east-1>"
    assert seen[0] == (None, None, text)


@pytest.mark.parametrize(
    ("header", "attempt"),
    [
        ("attempt=1", 1),
        ("attempt=2; max=3", 2),
        ("ttl=20271126T070329Z; attempt=3; max=5", 3),
        ("attempt=12;max=20", 12),
        ("attempt=99999", 1),
        ("attempt=x", 1),
        ("", 1),
    ],
)
def test_attempts(mock: MockS3Vectors, header: str, attempt: int) -> None:
    post("/ListVectorBuckets", sdk_request=header)
    assert mock.calls.last.attempt == attempt
    assert ("attempt" in mock.calls.last.outcome()) == (attempt > 1)


def test_requests_that_cannot_be_read(mock: MockS3Vectors) -> None:
    for body in (b"{", b"[]", b'{"indexName": 3}', b'{"indexName": "\\ud800"}', b"\xff"):
        assert post("/GetIndex", body).status_code == 400
        call = mock.calls.last
        assert (call.operation, call.params, call.body, call.request.body) == ("GetIndex", {}, b"", body)
        assert call.summary() == "GetIndex()"
        assert (call.status, call.error, call.message) == (400, "SerializationException", "")


def test_requests_for_no_operation(mock: MockS3Vectors) -> None:
    for path, shown in (("/Nothing", "/Nothing"), (f"/{'x' * 200}", f"/{'x' * 99}...")):
        with pytest.raises(UsageError):
            post(path)
        call = mock.calls.last
        assert (call.operation, call.params, call.status, call.error) == (None, {}, None, "UsageError")
        assert timeless(call) == f"<Call POST {shown}() => UsageError in us-east-1, # ms>"
    assert failure(lambda: mock.assert_called("GetIndex")) == (
        "No call matches GetIndex. 2 calls reached the mock. The nearest:\n"
        f"  POST /{'x' * 99}... => UsageError in us-east-1, # ms\n"
        f"    operation: expected GetIndex, was POST /{'x' * 99}...\n"
        "  POST /Nothing => UsageError in us-east-1, # ms\n"
        "    operation: expected GetIndex, was POST /Nothing"
    )


@needs(*TAGS)
def test_tags_come_in_the_path(mock: MockS3Vectors) -> None:
    path = f"{URL}/tags/{quote(INDEX_ARN, safe='')}"
    requests.delete(f"{path}?tagKeys=a&tagKeys=b", headers=JSON, timeout=10)
    requests.get(path, headers=JSON, timeout=10)
    requests.post(path, data=b'{"tags": {"a": "b"}}', headers=JSON, timeout=10)
    assert [call.params for call in mock.calls] == [
        {"resourceArn": INDEX_ARN, "tagKeys": ["a", "b"]},
        {"resourceArn": INDEX_ARN},
        {"tags": {"a": "b"}, "resourceArn": INDEX_ARN},
    ]
    assert [call.body for call in mock.calls] == [b""] * 3
    assert len(mock.calls.of(**INDEX)) == 3
    assert len(mock.calls.of("UntagResource", tagKeys=("a", "b"))) == 1


@needs(*TAGS)
def test_the_server_lists_tags_with_what_they_are_of() -> None:
    with s3vectors_server() as server:
        requests.post(
            f"{server.url}/tags/{quote(INDEX_ARN, safe='')}",
            data=b'{"tags": {"a": "b"}}',
            headers=JSON,
            timeout=10,
        )
        (call,) = requests.get(f"{server.url}/_mock_s3vectors/calls", timeout=10).json()["calls"]
    assert call["params"] == {"resourceArn": INDEX_ARN, "tags": {"a": "b"}}


def test_calls_are_equal_if_they_are_the_same(mock: MockS3Vectors, once: Client) -> None:
    once.get_index(**INDEX)
    once.get_index(**INDEX)
    first, second = mock.calls
    assert first == mock.calls[0]
    assert first != second
    assert first != "GetIndex"
    assert len({first, second, mock.calls[0]}) == 2
    assert mock.calls.index(second) == 1
    assert first in mock.calls


# --- which calls ------------------------------------------------------------------------------


def query(client: Client, **more: Any) -> None:
    client.query_vectors(**INDEX, topK=3, queryVector={"float32": [0.5, 1.0]}, **more)


@pytest.mark.parametrize(
    ("members", "count"),
    [
        ({"queryVector": {"float32": np.array([0.5, 1.0])}}, 1),
        ({"queryVector": {"float32": np.array([0.5, 1.5])}}, 0),
        ({"queryVector": {"float32": (0.5, 1.0)}}, 1),
        ({"queryVector": {"float32": [0.5, np.float32(1.0)]}}, 1),
        ({"queryVector": {"float32": pytest.approx(np.array([0.5, 1.0]))}}, 1),
        ({"queryVector": {"float32": ANY}}, 1),
        ({"topK": 3.0, "region": "us-east-1", "account": "123456789012"}, 1),
        ({"region": "eu-west-1"}, 0),
        ({"when": lambda call: call.status == 200 and call.attempt == 1}, 1),
        ({"when": lambda call: call.error}, 0),
    ],
)
def test_members(mock: MockS3Vectors, once: Client, members: dict[str, Any], count: int) -> None:
    query(once)
    once.get_index(indexArn=INDEX_ARN)
    assert len(mock.calls.of("QueryVectors", **members)) == count
    # A rule compares in the same way, while the call is on its way.
    members.pop("when", None)
    rule = mock.on("QueryVectors", **members).delay(0, optional=True)
    query(once)
    assert rule.hits == bool(count or not members)


def test_names_match_what_an_arn_names(mock: MockS3Vectors, once: Client) -> None:
    once.get_index(indexArn=INDEX_ARN)
    once.get_index(**INDEX)
    assert len(mock.calls.of("GetIndex", **INDEX)) == 2
    assert len(mock.calls.of(indexName="index", indexArn=None)) == 1
    assert len(mock.calls.of("GetIndex", indexName=None)) == 0


def test_slices_and_calls_of_calls(mock: MockS3Vectors, once: Client) -> None:
    once.get_index(**INDEX)
    query(once)
    query(once)
    assert [call.operation for call in mock.calls[1:]] == ["QueryVectors"] * 2
    assert len(mock.calls[1:].of("GetIndex")) == 0
    assert len(mock.calls.of("QueryVectors").of(topK=3)) == 2
    assert failure(lambda: mock.calls.of("GetIndex").of(indexName="other").last) == "No call in this list."
    assert failure(lambda: mock.calls[:1].only("QueryVectors")).startswith(
        "No call matches QueryVectors. 1 call in this list. The nearest:\n  GetIndex => 200 in us-east-1"
    )


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (lambda calls: calls.of("GetIndx"), "'GetIndx' is not an operation of Amazon S3 Vectors in the "),
        (lambda calls: calls.of([["GetIndex"]]), "['GetIndex'] is not an operation of Amazon S3 Vectors"),
        (lambda calls: calls.of(b"GetIndex"), "operation=b'GetIndex': give a name, several in a list, or "),
        (
            lambda calls: calls.only("GetIndex", times=3),
            "GetIndex has no member 'times'. Members: indexArn, indexName, vectorBucketName.",
        ),
        (
            lambda calls: calls.assert_called("GetIndex", times=True),
            "assert_called(times=True): give a whole number, or None for at least once.",
        ),
        (
            lambda calls: calls.assert_called("GetIndex", times=-1),
            "assert_called(times=-1): give a whole number, or None for at least once.",
        ),
        (
            lambda calls: calls.of("GetIndex").clear(),
            "clear() is for mock.calls, while the mock is on: these calls are a list apart.",
        ),
    ],
)
def test_questions_that_cannot_be(mock: MockS3Vectors, ask: Callable[[Any], object], text: str) -> None:
    assert refusal(lambda: ask(mock.calls)).startswith(text)


# --- assertions -------------------------------------------------------------------------------


def test_what_holds(mock: MockS3Vectors, once: Client) -> None:
    query(once)
    once.get_index(**INDEX)
    once.get_index(indexArn=INDEX_ARN)
    mock.assert_called()
    mock.assert_called("GetIndex")
    mock.assert_called("GetIndex", times=2)
    mock.assert_called(["GetIndex", "QueryVectors"], times=3, indexName="index")
    mock.assert_called("GetIndex", times=0, indexName="other")
    mock.assert_not_called("GetIndex", indexName="other")
    mock.assert_not_called("DeleteIndex")
    assert mock.calls.only("QueryVectors", topK=3) == mock.calls[0]
    assert mock.calls.last == mock.calls[2]


def test_none_is_found(mock: MockS3Vectors, once: Client) -> None:
    assert failure(lambda: mock.assert_called("GetIndex")) == (
        "No call matches GetIndex. No call reached the mock."
    )
    assert failure(lambda: mock.calls.last) == "No call reached the mock."
    once.list_vector_buckets()
    once.get_vector_bucket(**BUCKET)
    query(once, filter={"year": {"$gt": 3}})
    query(once)
    asked: dict[str, Any] = {"topK": 5, "queryVector": {"float32": [3.0, 4.0]}, "filter": None}
    expected = (
        "No call matches QueryVectors(topK=5, queryVector={'float32': <2 floats, norm 5.00>}, filter=None). "
        "4 calls reached the mock. The nearest:\n"
        "  QueryVectors => 200 in us-east-1, # ms\n"
        "    topK: expected 5, was 3\n"
        "    queryVector: expected {'float32': <2 floats, norm 5.00>}, "
        "was {'float32': <2 floats, norm 1.12>}\n"
        "  QueryVectors => 200 in us-east-1, # ms\n"
        "    topK: expected 5, was 3\n"
        "    queryVector: expected {'float32': <2 floats, norm 5.00>}, "
        "was {'float32': <2 floats, norm 1.12>}\n"
        "    filter: expected absent, was {'year': {'$gt': 3}}\n"
        "  GetVectorBucket => 200 in us-east-1, # ms\n"
        "    operation: expected QueryVectors, was GetVectorBucket\n"
        "    topK: expected 5, was absent\n"
        "    queryVector: expected {'float32': <2 floats, norm 5.00>}, was absent"
    )
    assert failure(lambda: mock.assert_called("QueryVectors", **asked)) == expected
    assert failure(lambda: mock.calls.only("QueryVectors", **asked)) == expected
    assert failure(lambda: mock.assert_called("QueryVectors", times=2, **asked)) == expected


def test_regions_accounts_and_functions_in_failures(mock: MockS3Vectors, once: Client) -> None:
    once.list_vector_buckets()
    assert failure(lambda: mock.assert_called(region="eu-west-1", account="111122223333")) == (
        "No call matches any operation(region='eu-west-1', account='111122223333'). "
        "1 call reached the mock. The nearest:\n"
        "  ListVectorBuckets => 200 in us-east-1, # ms\n"
        "    region: expected 'eu-west-1', was 'us-east-1'\n"
        "    account: expected '111122223333', was '123456789012'"
    )

    def is_slow(call: Any) -> bool:
        return bool(call.duration > 100)

    assert failure(lambda: mock.assert_called(["GetIndex", "ListVectorBuckets"], when=is_slow)) == (
        "No call matches GetIndex or ListVectorBuckets(when=is_slow). 1 call reached the mock. "
        "The nearest:\n  ListVectorBuckets => 200 in us-east-1, # ms\n    when: is_slow did not return true"
    )


def test_a_difference_that_is_not_shown(mock: MockS3Vectors, once: Client) -> None:
    once.query_vectors(**INDEX, topK=1, queryVector={"float32": [0.6, 0.8]})
    shown = "{'float32': <2 floats, norm 1.00>}"
    text = failure(lambda: mock.assert_called("QueryVectors", queryVector={"float32": [0.8, 0.6]}))
    assert text.endswith(f" expected {shown}, was {shown}, which differs in what is not shown")


def test_too_many_are_found(mock: MockS3Vectors, once: Client) -> None:
    once.get_index(**INDEX)
    once.get_index(indexArn=INDEX_ARN)
    listed = (
        "  GetIndex(vectorBucketName='bucket', indexName='index') => 200 in us-east-1, # ms\n"
        f"  GetIndex(indexArn='{INDEX_ARN}') => 200 in us-east-1, # ms"
    )
    assert (
        failure(lambda: mock.calls.only("GetIndex")) == f"Expected one call of GetIndex, found 2:\n{listed}"
    )
    assert failure(lambda: mock.assert_called("GetIndex", 1)) == (
        f"Expected 1 call of GetIndex, found 2:\n{listed}"
    )
    assert failure(lambda: mock.assert_called("GetIndex", times=3, indexName="index")) == (
        f"Expected 3 calls of GetIndex(indexName='index'), found 2:\n{listed}"
    )
    assert failure(lambda: mock.assert_called("GetIndex", times=0)) == (
        f"Expected 0 calls of GetIndex, found 2:\n{listed}"
    )
    assert failure(lambda: mock.assert_not_called("GetIndex")) == (
        f"Expected no call of GetIndex, found 2:\n{listed}"
    )


# --- what is not kept -------------------------------------------------------------------------


def put(client: Client, count: int, text: str = "", dimension: int = 2) -> None:
    vectors = [vector(f"{n}", [1.0, *[0.0] * (dimension - 1)], text=text) for n in range(count)]
    client.put_vectors(**INDEX, vectors=vectors)


def test_floats_of_a_long_request(mock: MockS3Vectors, once: Client) -> None:
    once.delete_index(**INDEX)
    once.create_index(**INDEX, **{**SETTINGS, "dimension": 1536})
    put(once, 5, dimension=1536)
    put(once, 20, dimension=1536)
    whole, brief = mock.calls.of("PutVectors")
    assert whole.params["vectors"][0]["data"]["float32"][:2] == [1.0, 0.0]
    assert repr(brief.params["vectors"][0]) == (
        "{'key': '0', 'data': {'float32': <1536 floats, norm 1.00>}, 'metadata': {'text': ''}}"
    )
    assert (len(brief.params["vectors"]), brief.body, brief.request.body) == (20, b"", b"")
    assert brief.request.headers["content-length"] != "0"
    shown = [timeless(call) for call in (whole, brief)]
    assert [text.count("<1536 floats, norm 1.00>") for text in shown] == [3, 3]
    assert all(len(text) < 500 for text in shown)
    mock.assert_called("PutVectors", vectors=whole.params["vectors"])


def test_the_rest_of_a_long_request(mock: MockS3Vectors, once: Client) -> None:
    put(once, 500, text="x" * 300)
    put(once, 1)
    long, short = mock.calls
    assert timeless(long) == (
        "<Call PutVectors(vectorBucketName='bucket', indexName='index', vectors=<500 items>) "
        "=> 200 in us-east-1, # ms>"
    )
    assert len(long.params["vectors"]) == 500
    # It cannot be that one, so it is no question.
    assert mock.calls.only("PutVectors", vectors=short.params["vectors"]) == short
    assert len(mock.calls.of(vectors=ANY)) == 2
    # Another member decides, wherever it is written.
    other: dict[str, Any] = {"vectors": [{}] * 500, "indexName": "other"}
    mock.assert_not_called("PutVectors", **other)
    assert failure(lambda: mock.assert_called("PutVectors", **other)) == (
        "No call matches PutVectors(vectors=[{}, {}, {}, ... 497 more], indexName='other'). "
        "2 calls reached the mock. The nearest:\n"
        "  PutVectors => 200 in us-east-1, # ms\n"
        "    vectors: expected [{}, {}, {}, ... 497 more], was [{'key': '0', 'data': {'float32': "
        "<2 floats, norm 1.00>}, 'metadata': {'text': ''}}]\n"
        "    indexName: expected 'other', was 'index'\n"
        "  PutVectors => 200 in us-east-1, # ms\n"
        "    vectors: expected [{}, {}, {}, ... 497 more], was <500 items>\n"
        "    indexName: expected 'other', was 'index'"
    )
    assert refusal(lambda: mock.assert_not_called("PutVectors", vectors=[{}] * 500)) == (
        "<500 items> was too large to be kept with its call, so it cannot be compared with "
        "[{}, {}, {}, ... 497 more]. Ask about smaller calls, or look at each call as it comes in: "
        'mock.on("PutVectors", when=lambda call: ...).'
    )


def test_a_rule_that_never_fired_shows_calls_that_were_not_kept(once: Client) -> None:
    def run() -> None:
        with mock_s3vectors() as inner:
            put(once, 500, text="x" * 300)
            inner.fail("PutVectors", 503, vectors=[{}] * 500)

    assert failure(run).endswith("vectors: expected [{}, {}, {}, ... 497 more], was <500 items>")


def test_a_long_text_is_not_kept(mock: MockS3Vectors) -> None:
    body = json.dumps({"vectorBucketName": "x" * 100_000, "indexName": "index"}).encode()
    assert post("/GetIndex", body).status_code == 400
    assert mock.calls.last.summary() == "GetIndex(vectorBucketName=<100000 characters>, indexName='index')"


def test_a_sum_of_long_requests(mock: MockS3Vectors, once: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 10_000)
    for n in range(10):
        put(once, 1, text=f"{n}" * 2_000)
    kept = [bool(call.body) for call in mock.calls]
    assert kept == [False] * 6 + [True] * 4
    assert timeless(mock.calls[0].summary()) == (
        "PutVectors(vectorBucketName='bucket', indexName='index', vectors=<1 item>)"
    )


def test_the_world_of_a_mock_that_has_ended_is_not_kept() -> None:
    client: Client = boto3.client("s3vectors", region_name="us-east-1")
    mock = mock_s3vectors()
    with mock:
        client.create_vector_bucket(**BUCKET)
        with pytest.raises(ClientError):
            client.get_index(**INDEX)
        ended = [weakref.ref(thing) for thing in (world(), world().stores, world().journal)]
    gc.collect()
    assert [thing() for thing in ended] == [None, None, None]
    assert [call.operation for call in mock.calls] == ["CreateVectorBucket", "GetIndex"]
    mock.assert_called("GetIndex", times=1, indexName="index")


# --- what is dropped --------------------------------------------------------------------------


def lists(client: Client, *sizes: int) -> None:
    for size in sizes:
        client.list_vector_buckets(maxResults=size)


def test_calls_that_are_dropped() -> None:
    client: Client = boto3.client("s3vectors", region_name="us-east-1")
    with mock_s3vectors(calls_kept=2) as mock:
        lists(client, 1, 2)
        assert mock.calls.dropped == 0
        assert mock.calls.only(maxResults=1) == mock.calls[0]
        lists(client, 3)
        assert mock.calls.dropped == 1
        asked = "'ListVectorBuckets', maxResults=3"
        calls = mock.calls
        questions: list[tuple[str, Callable[[], object]]] = [
            (f"calls.only({asked})", lambda: calls.only("ListVectorBuckets", maxResults=3)),
            ("calls.only('*')", calls[:1].only),
            ("calls.only('*')", calls.of("GetIndex").only),
            ("calls.last", lambda: calls.of("GetIndex").last),
            (f"assert_called({asked})", lambda: mock.assert_called("ListVectorBuckets", 1, maxResults=3)),
            ("assert_called('GetIndex')", lambda: mock.assert_called("GetIndex")),
            ("assert_not_called('GetIndex')", lambda: mock.assert_not_called("GetIndex")),
        ]
        for asked, ask in questions:
            assert refusal(ask) == (
                f"{asked} cannot be answered: 1 older call was dropped. Keep more, "
                "mock_s3vectors(calls_kept=...), or clear() the calls more often."
            )
        # What is certain is said.
        mock.assert_called("ListVectorBuckets", maxResults=3)
        assert failure(lambda: mock.assert_not_called("ListVectorBuckets")).startswith(
            "Expected no call of ListVectorBuckets, found 2:"
        )
        assert timeless(mock.calls).startswith("[\n  ... 1 call before these were dropped,\n  <Call List")
        mock.calls.clear()
        assert (len(mock.calls), mock.calls.dropped) == (0, 0)
        lists(client, 4)
        assert mock.calls.only("ListVectorBuckets").params == {"maxResults": 4}
    assert (len(mock.calls), mock.calls.dropped) == (1, 0)


def test_no_call_is_kept() -> None:
    client: Client = boto3.client("s3vectors", region_name="us-east-1")
    with mock_s3vectors(calls_kept=0) as mock:
        lists(client, 1, 2)
        assert (len(mock.calls), mock.calls.dropped) == (0, 2)
        assert refusal(lambda: mock.calls.last) == (
            "calls.last cannot be answered: 2 older calls were dropped. Keep more, "
            "mock_s3vectors(calls_kept=...), or clear() the calls more often."
        )
        rule = mock.fail("GetIndex", 503)
        assert rule.complaint() == (
            "mock.on('GetIndex').fail(503) never fired. If that is fine, add optional=True. "
            "2 calls reached the mock, none kept."
        )
        rule.remove()
        mock.calls.clear()
        assert mock.calls.dropped == 0


@pytest.mark.parametrize("before", [0, 1, 2, 3, 4])
def test_calls_are_forgotten_at_any_time(before: int) -> None:
    client: Client = boto3.client("s3vectors", region_name="us-east-1")
    with mock_s3vectors(calls_kept=3) as mock:
        lists(client, *range(1, before + 1))
        mock.calls.clear()
        for count in range(1, 6):
            lists(client, count)
            kept = list(range(max(1, count - 2), count + 1))
            assert [call.params["maxResults"] for call in mock.calls] == kept
            assert mock.calls.dropped == max(0, count - 3)


def test_only_the_listed_calls_are_forgotten(mock: MockS3Vectors, once: Client) -> None:
    lists(once, 1)
    calls = mock.calls
    lists(once, 2)
    calls.clear()
    assert len(calls) == 0
    assert [call.params for call in mock.calls] == [{"maxResults": 2}]
    calls.clear()
    assert len(mock.calls) == 1


# --- mocks inside mocks, and their ends -------------------------------------------------------


def test_each_mock_lists_its_own_calls(mock: MockS3Vectors, once: Client) -> None:
    lists(once, 1)
    with mock_s3vectors() as inner:
        lists(once, 2)
        with mock_s3vectors(shared=True) as shared:
            lists(once, 3)
            assert [len(each.calls) for each in (mock, inner, shared)] == [1, 2, 1]
            shared.calls.clear()
            assert [len(each.calls) for each in (mock, inner, shared)] == [1, 2, 0]
            lists(once, 4)
            inner.calls.clear()
            assert [len(each.calls) for each in (mock, inner, shared)] == [1, 0, 1]
            lists(once, 5)
        assert [call.params["maxResults"] for call in inner.calls] == [5]
        assert [call.params["maxResults"] for call in shared.calls] == [4, 5]
    lists(once, 6)
    assert [call.params["maxResults"] for call in mock.calls] == [1, 6]
    assert [call.params["maxResults"] for call in inner.calls] == [5]


def test_after_the_end_of_the_mock(once: Client) -> None:
    mock = mock_s3vectors()
    assert refusal(lambda: mock.calls) == (
        "calls was used on a mock that is off: use it while the mock is on, or after its `with` block or its "
        "stop(). The calls of a decorated function are forgotten when it returns."
    )
    with mock:
        lists(once, 1)
    lists(once, 2)
    assert [call.params["maxResults"] for call in mock.calls] == [1]
    assert refusal(mock.calls.clear).startswith("clear() is for mock.calls, while the mock is on: ")
    with mock:
        assert len(mock.calls) == 0
    assert len(mock.calls) == 0


def test_calls_equal_a_list_of_them(mock: MockS3Vectors, once: Client) -> None:
    mock.calls.clear()
    assert mock.calls == []
    lists(once, 1)
    (call,) = mock.calls
    assert mock.calls == [call] == mock.calls[:]
    assert mock.calls != []


@pytest.mark.usefixtures("no_coverage")
def test_threads_call_while_others_look(mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 5_000)
    client: Client = boto3.client("s3vectors", region_name="us-east-1")
    client.create_vector_bucket(**BUCKET)
    client.create_index(**INDEX, **SETTINGS)
    mock.calls.clear()
    errors: list[BaseException] = []
    is_over = threading.Event()

    def look() -> None:
        try:
            while not is_over.is_set():
                calls = mock.calls
                assert len(calls) + calls.dropped <= 80
                assert repr(calls)
                assert len(calls.of("PutVectors", indexName="index")) == len(calls)
        except BaseException as error:  # noqa: BLE001 - the test raises it
            errors.append(error)

    threads = [threading.Thread(target=put, args=(client, 1, "x" * 1_000)) for _ in range(80)]
    looking = threading.Thread(target=look)
    looking.start()
    for start in range(0, 80, 8):
        for thread in threads[start : start + 8]:
            thread.start()
        for thread in threads[start : start + 8]:
            thread.join()
    is_over.set()
    looking.join()
    assert not errors
    mock.assert_called("PutVectors", times=80)
