"""Rules, calls and the clock over HTTP: the documents that go in and out, and what is refused."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.serving.opening import http_server
from tests.server.test_control import CONTROL
from tests.server.wire import Connection
from tests.support.helpers import BUCKET, INDEX, INDEX_ARN, SETTINGS, vector

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors, S3VectorsServer, Workbench
    from tests.support.helpers import Client

FAR = 5_000_000_000
LIST = "ListVectorBuckets"
TOO_MANY = "TooManyRequestsException"
ANSWER = {"vectors": [{"key": "given", "metadata": {"n": 1}}], "nextToken": "more"}
# What a rule has if nothing is said of it.
USUAL: dict[str, Any] = {
    "operation": "*",
    "region": None,
    "account": None,
    "members": {},
    "times": None,
    "after": 0,
    "probability": 1.0,
    "seed": None,
    "optional": True,
    "hits": 0,
}


@pytest.fixture
def server_mock(s3vectors_server: S3VectorsServer) -> Workbench:
    return s3vectors_server.mock


@pytest.fixture
def once(s3vectors_server: S3VectorsServer) -> Client:
    """A client that does not retry, with a bucket and an index."""
    config = Config(retries={"total_max_attempts": 1})
    made: Client = boto3.client(
        "s3vectors", region_name="us-east-1", endpoint_url=s3vectors_server.url, config=config
    )
    made.create_vector_bucket(**BUCKET)
    made.create_index(**INDEX, **SETTINGS)
    return made


class Control:
    """The server's own paths, with documents."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def ask(self, method: str, path: str, document: Any = None) -> Any:
        """Return the document that is answered."""
        answer = self._connection.ask(method, CONTROL + path, self._body(document))
        assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
        return answer.json

    def refusal(self, method: str, path: str, document: Any = None) -> str:
        """Return the text with which a wrong use is refused."""
        answer = self._connection.ask(method, CONTROL + path, self._body(document))
        assert answer.headers["content-type"] == "application/json"
        status, code, text = answer.error
        assert (status, code) == (400, "ValidationException")
        return text

    def _body(self, document: Any) -> bytes:
        if isinstance(document, bytes):
            return document
        return b"" if document is None else json.dumps(document).encode()


@pytest.fixture
def control(connection: Connection) -> Control:
    return Control(connection)


def outcome(call: Callable[..., Any], **arguments: Any) -> str:
    try:
        call(**arguments)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


# --- rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"fail": TOO_MANY}, {"fail": {"code": TOO_MANY, "message": None}}),
        ({"fail": 503}, {"fail": {"code": "503", "message": None}}),
        (
            {"fail": {"code": TOO_MANY, "message": "slow down"}},
            {"fail": {"code": TOO_MANY, "message": "slow down"}},
        ),
        ({"delay": 0.5}, {"delay": 0.5}),
        ({"delay": [0.1, 0.5]}, {"delay": [0.1, 0.5]}),
        (
            {"limit": {"requests": 5, "vectors": 2500, "per": 2}},
            {"limit": {"requests": 5, "vectors": 2500, "per": 2}},
        ),
        ({"limit": 5}, {"limit": {"requests": 5, "vectors": None, "per": 1.0}}),
        ({"disconnect": "timeout"}, {"disconnect": {"kind": "timeout", "applied": False}}),
        (
            {"disconnect": {"kind": "empty", "applied": True}},
            {"disconnect": {"kind": "empty", "applied": True}},
        ),
        ({"disconnect": {}}, {"disconnect": {"kind": "reset", "applied": False}}),
        ({"answer": ANSWER}, {"answer": ANSWER}),
    ],
)
def test_the_document_of_each_verb(control: Control, given: dict[str, Any], expected: dict[str, Any]) -> None:
    conditions = {
        "operation": ["ListVectors"],
        "region": "eu-west-1",
        "account": "111122223333",
        "members": {"indexName": "plots", "maxResults": 3, "nextToken": None},
    }
    occasions = {"times": 2, "after": 1, "probability": 0.5, "seed": 7, "optional": False}
    made = control.ask("POST", "/rules", {**conditions, **given, **occasions})
    assert made == {
        "id": made["id"],
        **conditions,
        **expected,
        **occasions,
        "hits": 0,
        "words": made["words"],
    }
    assert control.ask("GET", "/rules") == {"rules": [made]}
    # A document that the server has written is one that it reads.
    assert control.ask("POST", "/rules", made) == {**made, "id": made["id"] + 1}
    assert control.ask("DELETE", "/rules") == {}
    assert control.ask("GET", "/rules") == {"rules": []}


def test_a_rule_that_says_the_least(control: Control, once: Client) -> None:
    made = control.ask("POST", "/rules", {"fail": 503})
    words = "Every call fails with status 503"
    assert made == {**USUAL, "id": made["id"], "fail": {"code": "503", "message": None}, "words": words}
    assert outcome(once.list_vector_buckets) == "503"
    assert control.ask("GET", "/rules")["rules"] == [{**made, "hits": 1}]
    assert control.ask("GET", "/calls")["calls"][-1]["rule"] == made["id"]


def test_rules_hold_for_the_calls_that_they_are_about(control: Control, once: Client) -> None:
    control.ask("POST", "/rules", {"operation": "GetIndex", "members": INDEX, "fail": TOO_MANY, "times": 2})
    found = [outcome(once.get_index, indexArn=INDEX_ARN) for _ in range(3)]
    assert found == [TOO_MANY, TOO_MANY, "ok"]
    control.ask("POST", "/rules", {"operation": "GetIndex", "region": "eu-west-1", "fail": TOO_MANY})
    control.ask("POST", "/rules", {"operation": "GetIndex", "account": "111122223333", "fail": TOO_MANY})
    assert outcome(once.get_index, **INDEX) == "ok"
    control.ask(
        "POST", "/rules", {"operation": ["GetIndex", LIST], "answer": {}, "times": 1}
    ) if False else None
    control.ask("POST", "/rules", {"operation": "ListVectors", "answer": ANSWER})
    assert once.list_vectors(**INDEX)["vectors"] == ANSWER["vectors"]
    control.ask("POST", "/rules", {"operation": "CreateIndex", "disconnect": {"applied": True}, "times": 1})
    with pytest.raises(Exception, match="Connection was closed"):
        once.create_index(**BUCKET, indexName="second", **SETTINGS)
    assert outcome(once.create_index, **BUCKET, indexName="second", **SETTINGS) == "ConflictException"


def test_a_limit_goes_by_the_clock(control: Control, once: Client) -> None:
    control.ask("POST", "/clock", {"freeze": True})
    control.ask("POST", "/rules", {"operation": "PutVectors", "limit": {"vectors": 3, "per": 60}})

    def put() -> str:
        return outcome(once.put_vectors, **INDEX, vectors=[vector("a"), vector("b")])

    assert [put(), put()] == ["ok", TOO_MANY]
    control.ask("POST", "/clock", {"shift": 60})
    assert [put(), put()] == ["ok", TOO_MANY]


def test_one_rule_is_removed(control: Control, once: Client) -> None:
    first, second = (control.ask("POST", "/rules", {"operation": LIST, "fail": code}) for code in (501, 502))
    assert [rule["id"] for rule in control.ask("GET", "/rules")["rules"]] == [second["id"], first["id"]]
    assert outcome(once.list_vector_buckets) == "502"
    assert control.ask("DELETE", f"/rules/{second['id']}") == {}
    assert outcome(once.list_vector_buckets) == "501"
    text = f"There is no rule with the id '{second['id']}'. Ids: {first['id']}."
    assert control.refusal("DELETE", f"/rules/{second['id']}") == text
    control.ask("DELETE", f"/rules/{first['id']}")
    assert control.refusal("DELETE", "/rules/a") == "There is no rule with the id 'a'. Ids: none."
    assert outcome(once.list_vector_buckets) == "ok"


def test_python_and_http_see_the_same_rules(
    control: Control, once: Client, server_mock: Workbench, s3vectors_mock: MockS3Vectors
) -> None:
    over_http = control.ask("POST", "/rules", {"operation": LIST, "fail": 501})
    in_python = server_mock.fail(LIST, 502)
    around = s3vectors_mock.fail(LIST, 503)
    assert [rule.id for rule in server_mock.rules] == [around.id, in_python.id, over_http["id"]]
    assert [rule["id"] for rule in control.ask("GET", "/rules")["rules"]] == [
        rule.id for rule in server_mock.rules
    ]
    assert outcome(once.list_vector_buckets) == "503"
    assert outcome(boto3.client("s3vectors", "us-east-1").list_vector_buckets) == "503"
    assert (around.hits >= 1, server_mock.rules[-1].hits) == (True, 0)
    control.ask("DELETE", f"/rules/{around.id}")
    assert outcome(once.list_vector_buckets) == "502"
    server_mock.rules[-1].remove()
    assert [rule["id"] for rule in control.ask("GET", "/rules")["rules"]] == [in_python.id]
    in_python.remove()
    assert control.ask("GET", "/rules") == {"rules": []}


def test_the_rules_of_an_inner_mock_end_with_it(
    control: Control, once: Client, server_mock: Workbench
) -> None:
    outer = control.ask("POST", "/rules", {"operation": "GetIndex", "fail": 501})
    with mock_s3vectors():
        inner = control.ask("POST", "/rules", {"operation": LIST, "fail": 502})
        control.ask("POST", "/clock", {"move_to": FAR})
        assert [rule["id"] for rule in control.ask("GET", "/rules")["rules"]] == [inner["id"], outer["id"]]
        assert [outcome(once.list_vector_buckets), outcome(once.get_index, **INDEX)] == ["502", "501"]
        assert len(control.ask("GET", "/calls")["calls"]) == 2
    assert control.ask("GET", "/rules")["rules"] == [{**outer, "hits": 1}]
    assert outcome(once.list_vector_buckets) == "ok"
    assert server_mock.clock.now() < FAR


def test_what_json_cannot_write_is_shown(control: Control, server_mock: Workbench) -> None:
    server_mock.fail("QueryVectors", 503, topK=ANY, optional=True)
    server_mock.delay("QueryVectors", lambda: 1.0, optional=True)
    delay, fail = control.ask("GET", "/rules")["rules"]
    assert fail["members"] == {"topK": "<ANY>"}
    assert delay["delay"].startswith("<function ")


def test_a_rule_that_must_fire() -> None:
    """A test in Python can have another process make it."""

    @s3vectors_server
    def decorated() -> None:
        connection = Connection(os.environ["AWS_ENDPOINT_URL_S3VECTORS"])
        Control(connection).ask("POST", "/rules", {"operation": "GetIndex", "fail": 503, "optional": False})
        connection.close()

    with pytest.raises(AssertionError, match=r"^mock\.on\('GetIndex'\)\.fail\(503\) never fired\."):
        decorated()


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (
            None,
            "No document was given: a rule is an object with operation, region, account, members, fail,",
        ),
        ([1], "[1]: a rule is an object with operation, region, account, members, fail,"),
        ({}, "{}: a rule has one of fail, delay, limit, disconnect, answer; this one has none of them."),
        (
            {"fail": 503, "delay": 1},
            (
                "{'fail': 503, 'delay': 1}: a rule has one of fail, delay, limit, disconnect, answer; this "
                "one has fail and delay."
            ),
        ),
        ({"fial": 503}, "A rule has no 'fial'. Did you mean 'fail'? It may have operation, region, "),
        (
            {"operation": "put_vectors", "fail": 503},
            "'put_vectors' is not an operation of Amazon S3 Vectors in the installed botocore ",
        ),
        ({"operation": None, "fail": 503}, 'operation=None: give a name, several in a list, or "*" for all.'),
        ({"operation": [["a"]], "fail": 503}, "['a'] is not an operation of Amazon S3 Vectors"),
        ({"operation": [{}], "fail": 503}, "{} is not an operation of Amazon S3 Vectors"),
        ({"operation": {}, "fail": 503}, "No operation is given: give a name, several in a list,"),
        ({"members": [], "fail": 503}, "members=[]: give an object, the value of each member by its name."),
        (
            {"operation": "GetIndex", "members": {"indexname": "a"}, "fail": 503},
            "No operation has a member 'indexname'. Did you mean 'indexName'?",
        ),
        (
            {"operation": "GetIndex", "members": {"topK": 3}, "fail": 503},
            "GetIndex has no member 'topK'. Members: indexArn, indexName, vectorBucketName.",
        ),
        ({"members": {"region": "us-east-1"}, "fail": 503}, "No operation has a member 'region'."),
        ({"members": {"when": "now"}, "fail": 503}, "No operation has a member 'when'."),
        ({"members": {"self": 1}, "fail": 503}, "No operation has a member 'self'."),
        ({"region": 3, "fail": 503}, "region=3: give a str, or None for any."),
        ({"account": 111122223333, "fail": 503}, "account=111122223333: give a str, or None for any."),
        (
            {"operation": "GetIndex", "fail": "TooManyRequests"},
            "'TooManyRequests' is not an error of GetIndex. Did you mean 'TooManyRequestsException'?",
        ),
        ({"fail": None}, "fail(None): give the code of an error, or a status from 500 to 599."),
        ({"fail": {}}, "fail(None): give the code of an error, or a status from 500 to 599."),
        ({"fail": {"message": "a"}}, "fail(None): give the code of an error, or a status from 500 to 599."),
        ({"fail": True}, "fail(True): give the code of an error, or a status from 500 to 599."),
        ({"fail": [503]}, "fail([503]): give the code of an error, or a status from 500 to 599."),
        (
            {"fail": {"code": 503, "text": "a"}},
            "'fail' has no 'text'. It may have code, message.",
        ),
        (
            {"fail": {"code": 503, "message": "a"}},
            "fail(503, message=...): an error that is only a status has no",
        ),
        ({"delay": "1"}, "delay('1'): give seconds, 0 or more;"),
        ({"delay": [2, 1]}, "delay((2, 1)): give seconds, 0 or more;"),
        ({"delay": {}}, "delay({}): give seconds, 0 or more;"),
        ({"limit": {}}, "limit() was given neither requests nor vectors: give one of them, or both."),
        ({"limit": {"requests": "5"}}, "limit(requests='5'): give a whole number, 0 or more."),
        ({"limit": {"request": 5}}, "'limit' has no 'request'. Did you mean 'requests'?"),
        (
            {"disconnect": "rest"},
            "disconnect('rest'): there is no such kind. Did you mean 'reset'? Kinds: reset,",
        ),
        ({"disconnect": {"applied": 1}}, "disconnect(applied=1): must be True or False."),
        (
            {"answer": {}},
            "answer() needs to know whose answer it is: name the operation, mock.on('GetIndex').",
        ),
        ({"operation": LIST, "answer": {}}, "answer() was given what ListVectorBuckets cannot answer:"),
        (
            {"operation": LIST, "answer": 3},
            "answer(3): give the members of the operation's output, in a dict.",
        ),
        ({"fail": 503, "times": 0}, "times=0: give a whole number, 1 or more, or None for any number."),
        ({"fail": 503, "times": "2"}, "times='2': give a whole number, 1 or more, or None for any number."),
        ({"fail": 503, "after": -1}, "after=-1: give a whole number, 0 or more."),
        ({"fail": 503, "probability": 2}, "probability=2: give a number above 0, up to 1."),
        ({"fail": 503, "seed": 1.5}, "seed=1.5: give an int, or None for other random numbers in each run."),
        ({"fail": 503, "optional": 1}, "optional=1: must be True or False."),
        (b"{", "The body is not JSON: "),
        (b"\xff", "The body is not JSON: "),
    ],
)
def test_rules_that_cannot_be(control: Control, document: Any, text: str) -> None:
    assert control.refusal("POST", "/rules", document).startswith(text)
    assert control.ask("GET", "/rules") == {"rules": []}


def test_a_document_that_is_too_large(connect: Callable[[], Connection]) -> None:
    connection = connect()
    connection.send(
        b"POST /_mock_s3vectors/rules HTTP/1.1\r\nhost: localhost\r\ncontent-length: 20971521\r\n\r\n"
    )
    connection.send(b" " * 20_971_521)
    assert connection.answer().error == (
        400,
        "ValidationException",
        "The body has more than 20,971,520 bytes.",
    )


# --- calls ------------------------------------------------------------------------------------


def test_calls_are_found(control: Control, once: Client) -> None:
    once.get_index(indexArn=INDEX_ARN)
    once.get_index(**INDEX)
    outcome(once.get_vector_bucket, vectorBucketName="none")

    def found(**document: Any) -> list[str]:
        answer = control.ask("POST", "/calls/find", document)
        assert answer["dropped"] == 0
        return [call["operation"] for call in answer["calls"]]

    assert found() == ["CreateVectorBucket", "CreateIndex", "GetIndex", "GetIndex", "GetVectorBucket"]
    assert found(operation="GetIndex") == found(operation="GetIndex", members=INDEX) == ["GetIndex"] * 2
    assert found(operation=["CreateIndex", "GetVectorBucket"]) == ["CreateIndex", "GetVectorBucket"]
    assert found(members={"vectorBucketName": "none"}) == ["GetVectorBucket"]
    assert found(operation="GetIndex", members={"indexName": None, "indexArn": INDEX_ARN}) == []
    assert found(operation="GetIndex", members={"indexArn": None}) == ["GetIndex"]
    assert len(found(region="us-east-1", account="123456789012")) == 5
    assert found(region="eu-west-1") == found(account="111122223333") == []


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (
            None,
            "No document was given: a search for calls is an object with operation, region, account,",
        ),
        (
            ["GetIndex"],
            "['GetIndex']: a search for calls is an object with operation, region, account, members.",
        ),
        (
            {"operations": "GetIndex"},
            (
                "A search for calls has no 'operations'. Did you mean 'operation'? It may have operation, "
                "region, account, members."
            ),
        ),
        (
            {"operation": "GetIndices"},
            "'GetIndices' is not an operation of Amazon S3 Vectors in the installed",
        ),
        ({"operation": "GetIndex", "members": {"topK": 1}}, "GetIndex has no member 'topK'. Members: "),
        ({"members": None}, "members=None: give an object, the value of each member by its name."),
    ],
)
def test_searches_that_cannot_be(control: Control, document: Any, text: str) -> None:
    assert control.refusal("POST", "/calls/find", document).startswith(text)


def test_dropped_calls_are_counted() -> None:
    with s3vectors_server(calls_kept=3) as server:
        connection = Connection(server.url)
        control = Control(connection)
        for _ in range(5):
            connection.ask("POST", "/ListVectorBuckets")
        answer = control.ask("GET", "/calls")
        assert (len(answer["calls"]), answer["dropped"]) == (3, 2)
        assert control.ask("POST", "/calls/find", {"operation": LIST})["dropped"] == 2
        assert control.ask("DELETE", "/calls") == {}
        assert control.ask("GET", "/calls") == {"calls": [], "dropped": 0}
        connection.close()


def test_calls_are_seen_from_both_sides(control: Control, once: Client, server_mock: Workbench) -> None:
    once.get_index(**INDEX)
    ids = [call["requestId"] for call in control.ask("GET", "/calls")["calls"]]
    assert ids == [call.request_id for call in server_mock.calls]
    server_mock.calls.clear()
    assert control.ask("GET", "/calls")["calls"] == []
    once.get_index(**INDEX)
    control.ask("DELETE", "/calls")
    assert len(server_mock.calls) == 0


# --- time -------------------------------------------------------------------------------------


def test_the_clock(control: Control, once: Client, server_mock: Workbench) -> None:
    assert control.ask("GET", "/clock") == {
        "now": pytest.approx(server_mock.clock.now(), abs=20),
        "frozen": False,
    }
    # Whatever the order of the members.
    frozen = control.ask("POST", "/clock", {"shift": -10, "move_to": "2127-01-31T12:00:00Z", "freeze": True})
    assert frozen == {"now": 4_957_070_390, "frozen": True}
    assert control.ask("GET", "/clock") == frozen
    assert server_mock.clock.now() == frozen["now"]
    once.create_vector_bucket(vectorBucketName="later")
    created = once.get_vector_bucket(vectorBucketName="later")["vectorBucket"]["creationTime"]
    assert created.timestamp() == frozen["now"]
    assert control.ask("POST", "/clock", {"move_to": FAR, "shift": 0.5}) == {"now": FAR + 0.5, "frozen": True}
    assert control.ask("POST", "/clock", {"follow": True})["frozen"] is False
    assert control.ask("POST", "/clock", {"follow": True})["now"] < FAR
    server_mock.clock.move_to(FAR)
    assert control.ask("POST", "/clock", {}) == {"now": pytest.approx(FAR, abs=20), "frozen": False}


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (
            None,
            "No document was given: a change of the clock is an object with follow, freeze, move_to, shift.",
        ),
        (5, "5: a change of the clock is an object with follow, freeze, move_to, shift."),
        (
            {"moveTo": 5},
            (
                "A change of the clock has no 'moveTo'. Did you mean 'move_to'? It may have follow, freeze, "
                "move_to, shift."
            ),
        ),
        ({"freeze": False}, "'freeze' is False: it must be true, or be left out."),
        ({"follow": None}, "'follow' is None: it must be true, or be left out."),
        (
            {"move_to": "tomorrow"},
            "clock.move_to('tomorrow'): this is not a time in ISO format. Write it like '2027-01-31T",
        ),
        ({"move_to": -1}, "clock.move_to(-1): the time must be between the years 1970 and 9999."),
        ({"move_to": None}, "clock.move_to(None): give a datetime, seconds since the epoch, or a text like"),
        ({"shift": "1"}, "clock.shift('1'): give a number of seconds, for instance 3600."),
    ],
)
def test_changes_of_the_clock_that_cannot_be(control: Control, document: Any, text: str) -> None:
    """None of what the document says is done then."""
    if isinstance(document, dict) and "freeze" not in document:
        document = {"freeze": True, **document}
    assert control.refusal("POST", "/clock", document).startswith(text)
    assert control.ask("GET", "/clock")["frozen"] is False


# --- all of it --------------------------------------------------------------------------------


def test_reset(control: Control, once: Client, server_mock: Workbench) -> None:
    server_mock.fail("GetIndex", 503)
    control.ask("POST", "/rules", {"operation": LIST, "fail": 503})
    control.ask("POST", "/clock", {"freeze": True, "move_to": FAR})
    assert control.ask("POST", "/reset") == {}
    assert control.ask("GET", "/rules") == {"rules": []}
    assert control.ask("GET", "/calls") == {"calls": [], "dropped": 0}
    assert control.ask("GET", "/clock")["frozen"] is False
    assert control.ask("GET", "/clock")["now"] < FAR
    assert once.list_vector_buckets()["vectorBuckets"] == []


def test_the_guide_tells_what_a_document_may_have(control: Control) -> None:
    """Each member that is read is named in it, and each that is named is read."""
    guide = {(path["method"], path["path"]): path["does"] for path in control.ask("GET", "")["paths"]}
    for path, example in [("/rules", {"none": 1}), ("/calls/find", {"none": 1}), ("/clock", {"none": 1})]:
        known = control.refusal("POST", path, example).partition("It may have ")[2].rstrip(".").split(", ")
        text = guide["POST", CONTROL + path]
        assert [name for name in known if f'"{name}"' not in text] == []
        others = {"indexName", "code", "message", "kind", "requests", "vectors", "per", "applied"}
        assert set(re.findall(r'"(\w+)":', text)) - {*known} <= others


def test_no_mock_no_answer() -> None:
    server = http_server("127.0.0.1", 0, current=lambda: None)
    server.start()
    connection = Connection(server.url)
    paths = connection.ask("GET", CONTROL, b"").json["paths"]
    of_no_mock = [CONTROL, f"{CONTROL}/health", f"{CONTROL}/init", f"{CONTROL}/ui"]
    assert connection.ask("GET", f"{CONTROL}/health", b"").status == 200
    for path in (path for path in paths if path["path"] not in of_no_mock):
        assert connection.ask(path["method"], path["path"].format(id="1"), b"{}").error == (
            503,
            "ServiceUnavailableException",
            "Currently unable to handle the request",
        )
    connection.close()
    server.stop()
