"""Calls as they come, by server-sent events, and what the view Live asks besides."""

from __future__ import annotations

import http.client
import json
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import boto3
import pytest

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.serving import connections as serving
from mock_s3vectors.serving.http_server import HttpServer
from mock_s3vectors.serving.page import live
from tests.server.wire import Answer, Connection, wait_for
from tests.support.helpers import BUCKET, INDEX, SETTINGS, vector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_s3vectors import S3VectorsServer

CONTROL = "/_mock_s3vectors"
LIST = "ListVectorBuckets"
PATIENCE = 10


class Event(NamedTuple):
    name: str
    data: Any
    id: str


class Stream:
    """The events that the server sends to one client."""

    def __init__(self, url: str, last_event: str = "") -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
        headers = {"Last-Event-ID": last_event} if last_event else {}
        self._connection.request("GET", f"{CONTROL}/ui/live", headers=headers)
        self.answer = self._connection.getresponse()

    def events(self) -> Iterator[Event]:
        """The events that come, until the server ends the stream."""
        fields: dict[str, str] = {}
        for line in self.answer:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                fields[name] = value
            else:
                yield Event(fields["event"], json.loads(fields["data"]), fields.get("id", ""))
                fields = {}

    def until(self, name: str) -> Event:
        """The next event of a name."""
        return next(event for event in self.events() if event.name == name)

    def calls(self, count: int) -> list[dict[str, Any]]:
        """The next calls, at least so many."""
        found: list[dict[str, Any]] = []
        while len(found) < count:
            found += self.until("calls").data["calls"]
        return found

    def ends_well(self) -> bool:
        """Whether the server sends nothing more, and has ended the answer, not broken it off."""
        # http.client does not tell the two from each other.
        return bool(self.answer.fp.read().endswith(b"\r\n0\r\n\r\n"))

    def close(self) -> None:
        self.answer.close()
        self._connection.close()


@pytest.fixture
def server() -> Iterator[S3VectorsServer]:
    with s3vectors_server(advice=True) as server:
        yield server


@pytest.fixture
def client(server: S3VectorsServer) -> Iterator[Any]:
    client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url)
    yield client
    client.close()


@pytest.fixture
def watch(server: S3VectorsServer) -> Iterator[Callable[..., Stream]]:
    """Opens a stream."""
    opened: list[Stream] = []

    def open_one(last_event: str = "") -> Stream:
        opened.append(Stream(server.url, last_event))
        return opened[-1]

    yield open_one
    for stream in opened:
        stream.close()


@pytest.fixture
def ask(server: S3VectorsServer) -> Iterator[Callable[..., Answer]]:
    """Asks one of the server's own paths."""
    connection = Connection(server.url)
    yield lambda method, path, document=None: connection.ask(
        method, f"{CONTROL}{path}", b"" if document is None else json.dumps(document).encode()
    )
    connection.close()


@contextmanager
def slow_rounds(monkeypatch: pytest.MonkeyPatch, seconds: float = 0.5) -> Iterator[None]:
    """Has streams look so rarely that all calls of a test fall between two looks."""
    with monkeypatch.context() as changes:
        changes.setattr(live, "ROUND", seconds)
        yield


def test_a_stream_begins_with_what_is_there_and_tells_of_calls_as_they_come(
    client: Any, watch: Callable[..., Stream]
) -> None:
    client.create_vector_bucket(**BUCKET)
    client.create_index(**INDEX, **SETTINGS)
    stream = watch()
    assert stream.answer.getheader("content-type") == "text/event-stream; charset=utf-8"
    events = stream.events()
    first = [next(events) for _ in range(4)]
    assert [event.name for event in first] == ["mock", "rules", "clock", "calls"]
    assert first[0].data == {"mock": first[3].data["mock"], "before": 0, "advice": True}
    assert first[1].data == {"rules": [], "count": 0}
    assert first[2].data == {"now": pytest.approx(time.time(), abs=5), "frozen": False, "ahead": 0.0}
    assert [(call["number"], call["operation"]) for call in first[3].data["calls"]] == [
        (1, "CreateVectorBucket"),
        (2, "CreateIndex"),
    ]
    assert first[3].id == f"{first[0].data['mock']}-2"
    with pytest.raises(client.exceptions.NotFoundException):
        client.get_vectors(vectorBucketName=BUCKET["vectorBucketName"], indexName="none", keys=["a"])
    came = next(events)
    assert (came.name, came.id, came.data["skipped"]) == ("calls", f"{first[0].data['mock']}-3", 0)
    [call] = came.data["calls"]
    assert call == {
        "number": 3,
        "time": pytest.approx(time.time(), abs=5),
        "operation": "GetVectors",
        "place": f"{BUCKET['vectorBucketName']}/none",
        "status": 404,
        "error": "NotFoundException",
        "message": "The specified index could not be found",
        "milliseconds": call["milliseconds"],
        "delay": 0.0,
        "region": "us-east-1",
        "account": "123456789012",
        "caller": call["caller"],
        "attempt": 1,
        "rule": None,
        "decision": None,
        "why": None,
        "denied": False,
        "advice": 0,
    }


def test_a_stream_resumes_after_its_last_event(client: Any, watch: Callable[..., Stream]) -> None:
    client.list_vector_buckets()
    stream = watch()
    last = stream.until("calls").id
    stream.close()
    for _ in range(3):
        client.list_vector_buckets()
    assert [call["number"] for call in watch(last).calls(3)] == [2, 3, 4]
    # An id of another server, or no id at all, is no position here.
    for other in ("0123456789abcdef-3", "nonsense", f"{last.partition('-')[0]}-x", f"{last}{'0' * 5_000}"):
        assert [call["number"] for call in watch(other).calls(4)] == [1, 2, 3, 4]
    # Nor is one beyond the last call.
    beyond = watch(f"{last.partition('-')[0]}-99")
    beyond.until("clock")
    client.list_vector_buckets()
    assert [call["number"] for call in beyond.calls(1)] == [5]


def test_the_newest_of_many_calls_are_shown_and_the_others_counted(
    client: Any, watch: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_CALLS", 3)
    for _ in range(10):
        client.list_vector_buckets()
    stream = watch()
    calls = stream.until("calls").data
    assert ([call["number"] for call in calls["calls"]], calls["skipped"]) == ([8, 9, 10], 7)
    client.list_vector_buckets()
    calls = stream.until("calls").data
    assert ([call["number"] for call in calls["calls"]], calls["skipped"]) == ([11], 0)


def test_calls_that_are_not_kept_are_counted_as_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    with s3vectors_server(calls_kept=2) as server, slow_rounds(monkeypatch):
        client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url)
        stream = Stream(server.url)
        stream.until("clock")
        for _ in range(5):
            client.list_vector_buckets()
        calls = stream.until("calls").data
        assert ([call["number"] for call in calls["calls"]], calls["skipped"]) == ([4, 5], 3)
        client.close()
        stream.close()


def test_a_mock_inside_is_told_of_and_its_last_calls_are_not_lost(
    client: Any, watch: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    client.list_vector_buckets()
    with slow_rounds(monkeypatch, 0.3):
        stream = watch()
        events = stream.events()
        outer = next(events).data["mock"]
        while next(events).name != "calls":
            pass
        with mock_s3vectors(advice=False):
            client.create_vector_bucket(**BUCKET)
            inner = next(events)
            assert tuple(inner) == ("mock", {"mock": inner.data["mock"], "before": 0, "advice": False}, "")
            assert inner.data["mock"] != outer
            assert [call["number"] for call in next(events).data["calls"]] == [1]
            client.list_vector_buckets()
        last, back = next(events), next(events)
        assert (last.data["mock"], [call["number"] for call in last.data["calls"]]) == (
            inner.data["mock"],
            [2],
        )
        assert back.data == {"mock": outer, "before": 0, "advice": True}
        client.list_vector_buckets()
        assert [call["number"] for call in next(events).data["calls"]] == [2]


def test_forgotten_calls_are_told_of(
    client: Any, watch: Callable[..., Stream], ask: Callable[..., Answer]
) -> None:
    client.list_vector_buckets()
    stream = watch()
    mock = stream.until("mock").data
    stream.until("calls")
    ask("DELETE", "/calls")
    assert stream.until("mock").data == {**mock, "before": 1}
    client.list_vector_buckets()
    assert [call["number"] for call in stream.calls(1)] == [2]
    ask("POST", "/reset")
    assert stream.until("mock").data == {**mock, "before": 2}
    # Who comes now is not shown what was forgotten.
    late = watch()
    late.until("clock")
    client.list_vector_buckets()
    assert [call["number"] for call in late.calls(1)] == [3]


def test_rules_and_their_hits_are_told_of(
    client: Any, watch: Callable[..., Stream], ask: Callable[..., Answer]
) -> None:
    stream = watch()
    stream.until("clock")
    made = ask("POST", "/rules", {"operation": LIST, "fail": {"code": "503"}, "times": 1}).json
    assert made["words"] == "ListVectorBuckets fails with status 503, once"
    assert stream.until("rules").data == {"rules": [made], "count": 1}
    client.list_vector_buckets()  # the client retries
    assert stream.until("rules").data == {"rules": [{**made, "hits": 1}], "count": 1}
    calls = stream.calls(2)
    assert [(call["status"], call["rule"], call["attempt"]) for call in calls] == [
        (503, made["id"], 1),
        (200, None, 2),
    ]
    ask("DELETE", "/rules")
    assert stream.until("rules").data == {"rules": [], "count": 0}


def test_a_changed_clock_is_told_of(watch: Callable[..., Stream], ask: Callable[..., Answer]) -> None:
    stream = watch()
    stream.until("clock")
    ask("POST", "/clock", {"shift": 3600})
    assert stream.until("clock").data["ahead"] == 3600
    ask("POST", "/clock", {"freeze": True, "move_to": 1_000_000_000})
    assert stream.until("clock").data == {"now": 1_000_000_000, "frozen": True, "ahead": 0}
    ask("POST", "/clock", {"move_to": 1_000_000_001})
    assert stream.until("clock").data["now"] == 1_000_000_001
    ask("POST", "/clock", {"follow": True})
    assert stream.until("clock").data["ahead"] == 0


def test_a_silent_stream_sends_the_time(
    watch: Callable[..., Stream], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0)
    stream = watch()
    events = stream.events()
    assert [next(events).name for _ in range(5)] == ["mock", "rules", "clock", "clock", "clock"]


def test_no_mock_is_on() -> None:
    watch = live.Watch(lambda: None, "")
    assert list(watch.look()) == [b"event: mock\ndata: null\n\n"]
    assert list(watch.look()) == []


def test_streams_do_not_hold_up_a_server_that_stops() -> None:
    with s3vectors_server() as server:
        client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url)
        streams = [Stream(server.url) for _ in range(20)]
        for stream in streams:
            stream.until("clock")
        client.list_vector_buckets()
        assert [stream.calls(1)[0]["number"] for stream in streams] == [1] * 20
        client.close()
    # A server that waits for them in vain breaks them off instead.
    for stream in streams:
        assert stream.ends_well()
        stream.close()


@pytest.fixture
def http_server() -> Iterator[HttpServer]:
    with mock_s3vectors():
        server = HttpServer("127.0.0.1", 0)
        server.start()
        yield server
        server.stop()


def test_a_stream_ends_when_its_client_leaves(http_server: HttpServer) -> None:
    stream = Stream(http_server.url)
    stream.until("clock")
    assert len(http_server.server_state.tasks) == 1
    stream.close()
    wait_for(lambda: not http_server.server_state.tasks)


def test_an_open_stream_is_not_idle(http_server: HttpServer) -> None:
    stream = Stream(http_server.url)
    stream.until("clock")
    [streaming] = http_server.server_state.connections
    assert isinstance(streaming, serving.Connection)
    assert (streaming.is_idle, streaming.is_half_sent, streaming.is_at_work) == (False, False, False)
    streaming.since -= 1_000
    http_server.server_state.end_those_that_wait_too_long()
    boto3.client("s3vectors", region_name="us-east-1").list_vector_buckets()
    assert stream.calls(1)[0]["number"] == 1
    stream.close()


def test_a_head_of_a_stream_ends(ask: Callable[..., Answer]) -> None:
    for _ in range(2):
        assert ask("HEAD", "/ui/live").status == 200


def test_thousands_of_calls_between_two_looks_make_no_larger_event() -> None:
    mock = mock_s3vectors(calls_kept=5_000)
    with mock:
        boto3.client("s3vectors", region_name="us-east-1").list_vector_buckets()
        level = STACK.current()
        assert level is not None
        watch = live.Watch(lambda: level, "")
        assert len(list(watch.look())) == 4
        journal = level.world.journal
        [record] = journal
        for _ in range(5_000):
            journal.add(record)
        [event] = watch.look()
        assert b'"skipped":4800' in event
        assert len(event) < 100_000
        assert list(watch.look()) == []


class TestDetail:
    """A call's detail."""

    def test_it_has_all_that_is_known(self, client: Any, ask: Callable[..., Answer]) -> None:
        client.create_vector_bucket(**BUCKET)
        client.create_index(**INDEX, **SETTINGS)
        client.put_vectors(**INDEX, vectors=[vector("a")])
        listed = ask("GET", "/calls").json["calls"][2]
        detail = ask("GET", "/ui/data/call?number=3").json
        assert {**listed, "params": None, "rule": None, "advice": [], "decision": None}.items() <= {
            **detail,
            "params": None,
        }.items()
        [shown] = detail["params"]["vectors"]
        assert shown["key"] == "a"
        assert shown["data"]["float32"].startswith("<")
        assert detail["place"] == f"{BUCKET['vectorBucketName']}/{INDEX['indexName']}"
        assert detail["explanation"].startswith("Policies were not asked about PutVectors: ")

    def test_it_has_the_words_of_its_rule(self, client: Any, ask: Callable[..., Answer]) -> None:
        made = ask("POST", "/rules", {"delay": 0}).json
        client.list_vector_buckets()
        ask("DELETE", "/rules")
        detail = ask("GET", "/ui/data/call?number=1").json
        assert detail["rule"] == {"id": made["id"], "words": "Every call is answered 0 s later"}

    def test_it_has_its_advice(
        self, client: Any, ask: Callable[..., Answer], watch: Callable[..., Stream]
    ) -> None:
        client.create_vector_bucket(**BUCKET)
        client.create_index(**INDEX, **SETTINGS)
        client.put_vectors(**INDEX, vectors=[vector("a", kind="x")])
        data = vector("a")["data"]
        client.query_vectors(**INDEX, topK=1, queryVector=data, filter={"knd": "x"})
        detail = ask("GET", "/ui/data/call?number=4").json
        [text] = detail["advice"]
        assert "Did you mean 'kind'?" in text
        assert [call["advice"] for call in watch().calls(4)] == [0, 0, 0, 1]

    @pytest.mark.parametrize(("authorization", "status"), [("enforce", 403), ("report", 200)])
    def test_it_has_the_decision_of_policies(self, authorization: Any, status: int) -> None:
        with s3vectors_server(authorization=authorization) as server:
            connection, stream = Connection(server.url), Stream(server.url)
            user = connection.ask("POST", f"{CONTROL}/identities", b'{"user": "ada"}').json
            client = boto3.client(
                "s3vectors",
                region_name="us-east-1",
                endpoint_url=server.url,
                aws_access_key_id=user["access_key_id"],
                aws_secret_access_key=user["secret_access_key"],
            )
            with suppress(client.exceptions.ClientError):
                client.list_vector_buckets()
            [call] = stream.calls(1)
            assert (call["status"], call["denied"], call["decision"]) == (status, status == 403, "identity")
            assert (
                call["why"]
                == "because no identity-based policy allows the s3vectors:ListVectorBuckets action"
            )
            detail = connection.ask("GET", f"{CONTROL}/ui/data/call?number=1", b"").json
            assert detail["explanation"].startswith("Policies ")
            assert "caller:   arn:aws:iam::123456789012:user/ada" in detail["explanation"]
            assert detail["decision"] == "identity"
            client.close()
            stream.close()
            connection.close()

    @pytest.mark.parametrize(
        ("query", "text"),
        [
            ("number=2", "Call 2 is not kept. The option calls_kept says how many calls are."),
            ("number=0", "Call 0 is not kept. The option calls_kept says how many calls are."),
            ("number=-1", "number='-1': give the number of a call."),
            ("", "number='': give the number of a call."),
            ("number=1&mock=x", "Call 1 was answered by another mock than the one that is on."),
        ],
    )
    def test_there_is_no_such_call(
        self, client: Any, ask: Callable[..., Answer], query: str, text: str
    ) -> None:
        client.list_vector_buckets()
        answer = ask("GET", f"/ui/data/call?{query}")
        assert (answer.status, answer.json["message"]) == (400, text)

    def test_a_call_may_hold_what_json_cannot(
        self, server: S3VectorsServer, ask: Callable[..., Answer], watch: Callable[..., Stream]
    ) -> None:
        connection = Connection(server.url)
        bodies = [b'{"vectorBucketName": "\\ud800"}', b"\xff", b'{"vectorBucketName": "\\u0000<b>"}']
        for body in bodies:
            assert connection.ask("POST", "/GetVectorBucket", body).status >= 400
        connection.ask("GET", "/buckets/%ff%ed%a0%80/x")
        connection.close()
        assert len(watch().calls(4)) == 4
        for number in range(1, 5):
            assert ask("GET", f"/ui/data/call?number={number}").status == 200


def test_operations_for_whoever_writes_a_rule(ask: Callable[..., Answer]) -> None:
    answer = ask("GET", "/ui/data/operations").json
    put = next(one for one in answer["operations"] if one["name"] == "PutVectors")
    assert "indexName" in put["members"]
    assert "TooManyRequestsException" in put["errors"]
    assert answer["disconnects"]["reset"] == "the connection is reset"


def test_what_a_reset_would_lose(client: Any, ask: Callable[..., Answer]) -> None:
    client.create_vector_bucket(**BUCKET)
    client.create_index(**INDEX, **SETTINGS)
    client.put_vectors(**INDEX, vectors=[vector("a"), vector("b")])
    ask("POST", "/rules", {"delay": 0})
    ask("POST", "/keys", {})
    assert ask("GET", "/ui/data/holdings").json == {
        "vectorBuckets": 1,
        "indexes": 1,
        "vectors": 2,
        "identities": 0,
        "keys": 1,
        "rules": 1,
        "calls": 3,
    }
