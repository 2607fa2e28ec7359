"""The fast client and botocore's own: the same requests, the same refusals, the same results.

Each comparison makes a call twice with one client: under a mock, and under one with `fast_client=False`.
"""

from __future__ import annotations

import datetime as dt
import enum
import itertools
import json
import re
import uuid
from collections import OrderedDict
from contextlib import contextmanager
from copy import deepcopy
from decimal import Decimal
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.model import DenormalizedStructureBuilder
from botocore.parsers import create_parser
from botocore.stub import Stubber
from hypothesis import example, given
from hypothesis import strategies as st

from mock_s3vectors import limits, mock_s3vectors
from mock_s3vectors.doors.delivery import Content
from mock_s3vectors.doors.fast_client import read_fast, write_fast
from mock_s3vectors.doors.plain_requests import plain_requests
from mock_s3vectors.doors.quick_answers import QuickAnswers, quick_answers
from mock_s3vectors.protocol.serializer import serialize_result
from tests.support.shapes import TEXT_SEARCH, needs

from .values import DOCUMENTS, Sampler, inputs, results
from .wire import MODELLED, input_shape, method_of, operation_model, output_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# The operations that have a fast way, there and back.
ASKED = [name for name in MODELLED if plain_requests(operation_model(name))]
ANSWERED = [name for name in MODELLED if quick_answers(operation_model(name))]

FLOATS = [-0.0, 1e-5, 1e22]
RECORD = {"key": "k", "data": {"float32": FLOATS}, "metadata": {"n": 2**64 - 1, "t": "\u00e9\x7f", "f": 0.5}}
ADDRESS = {"vectorBucketName": "bucket", "indexName": "index"}
PUT = {**ADDRESS, "vectors": [RECORD, {"key": "other", "data": {"float32": [1.5]}}]}
QUERY = {**ADDRESS, "topK": 3, "queryVector": {"float32": FLOATS}, "filter": {"$or": [{"a": [1, 2.5]}] * 2}}


def typed(value: Any) -> Any:
    """A value with the exact types in it, and with the order of its members."""
    kind = type(value)
    if isinstance(value, dict):
        return kind, [(typed(name), typed(member)) for name, member in value.items()]
    if isinstance(value, (list, tuple)):
        return kind, [typed(item) for item in value]
    return kind, repr(value)


def outcome(call: Callable[[], Any]) -> Any:
    """Return the result of a call, or the error that it raises."""
    try:
        return typed(call())
    except RecursionError:
        return RecursionError  # its text says where in which library the stack was full
    except Exception as error:  # noqa: BLE001 - whatever botocore raises
        return type(error), str(error)


# --- requests ---------------------------------------------------------------------------------------


@contextmanager
def caught(client: Any) -> Iterator[list[dict[str, Any]]]:
    """Catch requests as handlers of `before-call` see them, before they are sent."""
    requests: list[dict[str, Any]] = []
    headers: Any = {}

    def catch(params: dict[str, Any], **_: Any) -> Any:
        requests.append(params)
        return AWSResponse("", 200, headers, None), {}

    client.meta.events.register("before-call.s3vectors", catch, unique_id="catch")
    try:
        yield requests
    finally:
        client.meta.events.unregister("before-call.s3vectors", catch, unique_id="catch")


def request_of(client: Any, operation: str, params: Any) -> dict[str, Any]:
    """Return the request that a client makes, with its body as a document."""
    with caught(client) as requests:
        getattr(client, method_of(operation))(**params)
    (request,) = requests
    assert type(request["body"]) is bytes
    document = json.loads(request["body"]) if request["body"] else None
    return {**request, "body": document, "context": None}


def assert_same_requests(clients: dict[bool, Any], operation: str, params: Any) -> None:
    for client in clients.values():
        request = partial(request_of, client, operation, params)
        fast = outcome(request)
        with mock_s3vectors(fast_client=False):
            assert fast == outcome(request)


@pytest.mark.parametrize("operation", MODELLED)
def test_complete_requests(clients: dict[bool, Any], operation: str) -> None:
    for start in range(0, 24, 5):
        assert_same_requests(clients, operation, Sampler(start).sample(input_shape(operation)))


@pytest.mark.usefixtures("no_coverage")
@pytest.mark.parametrize("operation", ASKED)
@given(data=st.data())
def test_any_request(clients: dict[bool, Any], operation: str, data: st.DataObject) -> None:
    assert_same_requests(clients, operation, data.draw(inputs(input_shape(operation))))


class Text(str):
    __slots__ = ()


class Whole(int):
    pass


class Number(float):
    pass


class Items(list[Any]):
    pass


class Color(enum.Enum):
    RED = "red"


def endless() -> Any:
    """A list that contains itself."""
    items: list[Any] = []
    items.append(items)
    return items


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


UNUSUAL: dict[str, Any] = {
    "not a number": float("nan"),
    "infinity": float("inf"),
    "minus infinity": float("-inf"),
    "float of numpy": np.float64(0.5),
    "float32 of numpy": np.float32(0.5),
    "integer of numpy": np.int64(1),
    "array of numpy": np.array([0.5, 1.0]),
    "decimal": Decimal("0.5"),
    "true": True,
    "integer": 1,
    "integer of 64 bits": 2**64 - 1,
    "integer of 65 bits": 2**64,
    "integer beyond floats": 10**400,
    "derived from str": Text("text"),
    "derived from int": Whole(1),
    "derived from float": Number(0.5),
    "derived from list": Items([0.5]),
    "derived from dict": OrderedDict(a=1),
    "derived from str, as a name": {Text("key"): "value"},
    "tuple": (0.5, 1.0),
    "empty tuple": (),
    "generator": (_ for _ in range(0)),
    "null": None,
    "bytes": b"bytes",
    "empty text": "",
    "lone surrogate": "\ud800",
    "lone surrogate in a name": {"\ud800": 1},
    "number as a name": {1: 2},
    "null as a name": {None: 2},
    "endless": endless(),
    "deep": nested(300),
    "too deep": nested(3000),
    "member of an enum": Color.RED,
    "uuid": uuid.UUID(int=7),
    "date": dt.date(2026, 12, 1),
    "time": dt.datetime(2026, 12, 1, tzinfo=dt.timezone.utc),
    "JSON of orjson": orjson.Fragment(b"1"),
    "empty list": [],
    "empty object": {},
    "null in a list": [0.5, None],
    "text in a list": [0.5, "0.5"],
    "lists that overflow": [1e308, 1e308],
    "two members": {"float32": [0.5], "float64": [0.5]},
    "unknown member": {"name": "unknown"},
}


def places(value: Any) -> Iterator[tuple[Any, ...]]:
    """The paths to all that is in a value, from its root."""
    yield ()
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        yield from ((name, *path) for path in places(item))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    """A copy of a value with something else at a place."""
    if not path:
        return by
    first, *rest = path
    if isinstance(value, dict):
        return {**value, first: replaced(value[first], tuple(rest), by)}
    return [*value[:first], replaced(value[first], tuple(rest), by), *value[first + 1 :]]


@pytest.mark.parametrize("unusual", UNUSUAL)
def test_unusual_values_everywhere(clients: dict[bool, Any], unusual: str) -> None:
    for operation, params in (("PutVectors", PUT), ("QueryVectors", QUERY)):
        for path in [*places(params)][1:]:
            assert_same_requests(clients, operation, replaced(params, path, UNUSUAL[unusual]))


@pytest.mark.usefixtures("no_coverage")
@pytest.mark.parametrize("operation", ASKED)
@given(data=st.data())
def test_any_request_with_something_unusual(
    clients: dict[bool, Any], operation: str, data: st.DataObject
) -> None:
    params = data.draw(inputs(input_shape(operation)).filter(bool))
    path = data.draw(st.sampled_from([*places(params)][1:]))
    by = data.draw(st.sampled_from([*UNUSUAL]).map(UNUSUAL.__getitem__) | DOCUMENTS)
    assert_same_requests(clients, operation, replaced(params, path, by))


def test_requests_that_lack_something(clients: dict[bool, Any]) -> None:
    for *path, last in [*places(PUT)][1:]:
        params = deepcopy(PUT)
        owner: Any = params
        for name in path:
            owner = owner[name]
        del owner[last]
        assert_same_requests(clients, "PutVectors", params)


@pytest.mark.usefixtures("no_coverage")
@given(floats=st.lists(st.floats(allow_nan=False, allow_infinity=False)))
@example(floats=[1.7976931348623157e308] * 3)
def test_any_floats(clients: dict[bool, Any], floats: list[float]) -> None:
    data = {"float32": floats}
    assert_same_requests(clients, "PutVectors", {**ADDRESS, "vectors": [{"key": "k", "data": data}]})


def without_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have botocore fail where it would look at one item of a list after the other."""

    def fail(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr("botocore.serialize.JSONSerializer._serialize_type_list", fail)
    monkeypatch.setattr("botocore.validate.ParamValidator._validate_list", fail)
    monkeypatch.setattr("botocore.parsers.ResponseParser._handle_list", fail)


PLAIN = [
    ("PutVectors", PUT),
    ("QueryVectors", QUERY),
    ("GetVectors", {**ADDRESS, "keys": ["a", "\u00e9"], "returnData": True}),
    ("DeleteVectors", {**ADDRESS, "keys": ["a"] * 500}),
]


@pytest.mark.parametrize(("operation", "params"), PLAIN)
def test_plain_requests_are_written_without_loops(
    clients: dict[bool, Any], monkeypatch: pytest.MonkeyPatch, operation: str, params: dict[str, Any]
) -> None:
    without_loops(monkeypatch)
    for client in clients.values():
        assert request_of(client, operation, params)["body"] == params
        with pytest.raises(AssertionError), mock_s3vectors(fast_client=False):
            request_of(client, operation, params)


@pytest.mark.parametrize("metadata", [{}, {"text": "\u00e9" * 20}, {"n": 1e22, "\x7f": "\U0001f600"}])
@pytest.mark.parametrize("floats", [[1e22] * 4, [0.5] * 4, [1e-7] * 4, []])
def test_no_body_that_may_be_too_long_is_written_shorter(
    clients: dict[bool, Any], monkeypatch: pytest.MonkeyPatch, floats: list[float], metadata: dict[str, Any]
) -> None:
    """botocore writes spaces, and escapes. So the service may refuse its body, and not that of orjson."""
    record = {"key": "k", "data": {"float32": floats}, "metadata": metadata}
    params = {**ADDRESS, "vectors": [record] * 50}
    requests: Any = plain_requests(operation_model("PutVectors"))
    with caught(clients[False]) as found, mock_s3vectors(fast_client=False):
        clients[False].put_vectors(**params)
    length = len(found[0]["body"])
    monkeypatch.setattr(limits, "REQUEST_BYTES", length - 1)
    assert requests.body(params) is None
    monkeypatch.setattr(limits, "REQUEST_BYTES", 10 * length)
    assert requests.body(params) is not None


def test_a_url_that_is_signed_for_later(clients: dict[bool, Any]) -> None:
    assert "/QueryVectors?" in clients[False].generate_presigned_url("query_vectors", QUERY)


def test_a_stubber_sees_parameters_and_gives_results(clients: dict[bool, Any]) -> None:
    with Stubber(clients[False]) as stubber:
        stubber.add_response("get_vectors", {"vectors": []}, {"keys": ["k"]})
        assert clients[False].get_vectors(keys=["k"]) == {"vectors": []}
        stubber.add_client_error("put_vectors", "ThrottlingException")
        with pytest.raises(ClientError):
            clients[False].put_vectors(**PUT)


def test_a_botocore_that_validates_more(monkeypatch: pytest.MonkeyPatch) -> None:
    validator = "botocore.validate.ParamValidator.VALIDATED_METADATA_ATTRS"
    monkeypatch.setattr(validator, {"min", "required"}, raising=False)
    assert plain_requests(operation_model("PutVectors")) is not None
    monkeypatch.setattr(validator, {"min", "required", "max"}, raising=False)
    assert plain_requests(operation_model("PutVectors")) is None


@pytest.mark.parametrize("wrap", [write_fast, read_fast])
@pytest.mark.parametrize("more", [(("new",), {}), ((), {"new": 1})], ids=["by place", "by name"])
def test_a_botocore_that_passes_more(wrap: Any, more: Any) -> None:
    places, named = more
    asked: tuple[Any, ...] = operation_model("PutVectors"), {}
    arguments = asked if wrap is read_fast else asked[:1]

    def method(*given: Any, **named: Any) -> Any:
        return given, named

    endpoint, parameters = object(), PUT
    with mock_s3vectors():
        given = (endpoint, parameters, *arguments, *places)
        assert wrap(method)(*given, **named) == (given, named)


# --- responses --------------------------------------------------------------------------------------


def result_of(client: Any, operation: str, params: Any, body: Any, status: int = 200) -> Any:
    """Return what a client makes of a response."""

    def answer(request: Any, **_: Any) -> Any:
        headers: Any = {"x-amzn-requestid": "id", "content-type": "application/json"}
        response: Any = AWSResponse(request.url, status, headers, BytesIO())
        response._content = body  # noqa: SLF001 - as the mock gives it
        return response

    client.meta.events.register_first("before-send.s3vectors", answer, unique_id="answer")
    try:
        return getattr(client, method_of(operation))(**params)
    finally:
        client.meta.events.unregister("before-send.s3vectors", answer, unique_id="answer")


# Parameters that a client with validation does not have to see.
NONE_NEEDED: dict[str, Any] = {
    operation: {
        name: "x"
        for name, member in (input_shape(operation).members if input_shape(operation) else {}).items()
        if member.serialization.get("location") == "uri"
    }
    for operation in MODELLED
}


def assert_same_results(clients: dict[bool, Any], operation: str, body: bytes) -> None:
    client, params = clients[True], NONE_NEEDED[operation]
    # No mock writes integers beyond 64 bits.
    kinds = (bytes,) if re.search(rb"\d{20}", body) else (Content, bytes)
    for kind, status in itertools.product(kinds, (200, 400)):
        result = partial(result_of, client, operation, params, kind(body), status)
        fast = outcome(result)
        with mock_s3vectors(fast_client=False):
            assert fast == outcome(result)


@pytest.mark.usefixtures("no_coverage")
@pytest.mark.parametrize("operation", ANSWERED)
@given(data=st.data())
def test_any_result(clients: dict[bool, Any], operation: str, data: st.DataObject) -> None:
    body = serialize_result(data.draw(results(output_shape(operation)))).body
    assert_same_results(clients, operation, body)


WRONG = st.sampled_from([None, True, 1, 0, 2**70, "text", [], {}, [None], [1], {"float32": [1]}, "1.5", 1.5])


@pytest.mark.usefixtures("no_coverage")
@pytest.mark.parametrize("operation", ANSWERED)
@given(data=st.data())
def test_any_result_with_something_wrong(
    clients: dict[bool, Any], operation: str, data: st.DataObject
) -> None:
    result = json.loads(serialize_result(data.draw(results(output_shape(operation)))).body)
    path = data.draw(st.sampled_from([*places(result)]))
    wrong = replaced(result, path, data.draw(WRONG | DOCUMENTS))
    assert_same_results(clients, operation, json.dumps(wrong).encode())


BODIES = [
    b"",
    b"<html>",
    b"[]",
    b"null",
    b'{"vectors": [{"key": "k", "data": {"float32": [NaN, Infinity]}}]}',
    b'{"vectors": [{"key": "k", "data": {"float32": [1, 2]}}]}',
    b'{"vectors": [{"key": "k", "data": {"float32": [1.5, null]}}]}',
    b'{"vectors": [{"key": "k"}, null]}',
    b'{"vectors": [{"key": "k", "metadata": {"n": 123456789012345678901234567890}}]}',
    rb'{"vectors": [{"key": "\ud800"}]}',
    b'{"vectors": [{"key": "\xff"}]}',
    b'{"vectors": [], "vectors": [{"key": "k"}]}',
    b'{"nextToken": "t", "vectors": [{"metadata": {"b": 1, "a": 2}, "key": "k"}]}',
    b'{"vectors": [{"key": "k", "more": 1}], "more": 2}',
    b'{"vectors": [{"key": "k", "data": {"float64": [1.5]}}]}',
    b'{"vectors": [{"key": "k", "data": {"float32": [1.5], "float64": [1.5]}}]}',
    b'{"vectors": [{"data": {"float32": [1.5], "__type": "x"}}]}',
    b'{"vectors": [{"key": "k", "data": {}}]}',
    b'{"vectors": [{"key": "k", "data": {"float32": []}}]}',
    b'{"vectors": [{"key": "k", "metadata": null}]}',
    b'{"vectors": [{"key": "k", "metadata": [1]}]}',
    b'{"vectors": "text"}',
    b'{"vectors": [{"data": {"float32": {"a": 1}}}]}',
]


@pytest.mark.parametrize("operation", ["GetVectors", "ListVectors", "QueryVectors"])
def test_unusual_bodies(clients: dict[bool, Any], operation: str) -> None:
    for body in BODIES:
        assert_same_results(clients, operation, body)


def test_floats_are_read_without_loops(clients: dict[bool, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    without_loops(monkeypatch)
    body = serialize_result({"vectors": [RECORD]}).body
    for kind in (Content, bytes):
        result = result_of(clients[True], "GetVectors", {}, kind(body))
        assert typed(result["vectors"]) == typed([RECORD])
        with pytest.raises(AssertionError), mock_s3vectors(fast_client=False):
            result_of(clients[True], "GetVectors", {}, kind(body))


@needs(*TEXT_SEARCH)
def test_scores_are_read_without_loops(clients: dict[bool, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    without_loops(monkeypatch)
    found = {"scores": {"fused": 0.5, "bm25Scores": [{"metadataKey": "t", "score": 1.5}]}, "key": "k"}
    result = result_of(
        clients[True], "QueryVectors", {}, Content(serialize_result({"vectors": [found]}).body)
    )
    assert typed(result["vectors"]) == typed([found])


def test_answers_of_the_mock_are_read_by_orjson(
    clients: dict[bool, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.parsers.json", None)
    body = serialize_result({"vectors": [RECORD]}).body
    assert result_of(clients[True], "GetVectors", {}, Content(body))["vectors"] == [RECORD]
    with pytest.raises(AttributeError):
        result_of(clients[True], "GetVectors", {}, body)


def test_nulls_among_numbers_that_no_operation_has_yet() -> None:
    members = {"numbers": {"type": "list", "member": {"type": "integer"}}}
    shape = DenormalizedStructureBuilder().with_members(members).build_model()
    response: Any = {"status_code": 200, "headers": {}, "body": b'{"numbers": [1, null]}'}
    own, quick = create_parser("rest-json"), create_parser("rest-json")
    QuickAnswers(shape).quicken(quick)
    assert outcome(partial(quick.parse, response, shape)) == outcome(partial(own.parse, response, shape))
