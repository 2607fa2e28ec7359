"""The fast client in all libraries: it looks at no float, does what it is told, and lets others be.

tests/protocol/test_fast_client.py compares what it writes and reads with what botocore does.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.drivers import Driver

BUCKET = {"vectorBucketName": "bucket"}
INDEX = {**BUCKET, "indexName": "index"}
KEYS: dict[str, Any] = {"aws_access_key_id": "some-id", "aws_secret_access_key": "some-secret"}
FLOATS = [0.25, -1.5, 3e-5]
METADATA = {"year": 1942, "genres": ["drama", "war"]}
RECORD = {"key": "k", "data": {"float32": FLOATS}, "metadata": METADATA}
AS_STORED = {**RECORD, "data": {"float32": [0.25, -1.5, 2.9999999242136255e-05]}}


@pytest.fixture(autouse=True)
def no_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore fails where it would look at one item of a list after the other."""

    def fail(*_: Any) -> Any:
        raise LookupError

    monkeypatch.setattr("botocore.serialize.JSONSerializer._serialize_type_list", fail)
    monkeypatch.setattr("botocore.validate.ParamValidator._validate_list", fail)
    monkeypatch.setattr("botocore.parsers.ResponseParser._handle_list", fail)


def create(client: Any) -> None:
    client.create_vector_bucket(**BUCKET)
    client.create_index(**INDEX, dataType="float32", dimension=3, distanceMetric="euclidean")


def calls_of(client: Any) -> list[tuple[Callable[..., Any], dict[str, Any]]]:
    return [
        (client.put_vectors, {"vectors": [RECORD]}),
        (client.get_vectors, {"keys": ["k"], "returnData": True, "returnMetadata": True}),
        (client.list_vectors, {"returnData": True, "returnMetadata": True}),
        (client.query_vectors, {"topK": 1, "queryVector": {"float32": FLOATS}, "filter": {"year": 1942}}),
    ]


def are_quick(client: Any) -> list[bool]:
    """Return those of the calls that look at no item of a list."""
    return [is_quick(call, arguments) for call, arguments in calls_of(client)]


def is_quick(call: Callable[..., Any], arguments: dict[str, Any]) -> bool:
    try:
        call(**INDEX, **arguments)
    except LookupError:
        return False
    return True


def test_calls_look_at_no_float(driver: Driver) -> None:
    with driver.mock():
        client = driver.client()
        create(client)
        _, got, listed, found = [call(**INDEX, **arguments) for call, arguments in calls_of(client)]
    assert got["vectors"] == listed["vectors"] == [AS_STORED]
    assert found["vectors"] == [{"key": "k"}]


def test_the_option_switches_it_off(driver: Driver) -> None:
    with driver.mock(fast_client=False):
        client = driver.client()
        create(client)
        assert are_quick(client) == [False] * 4


def test_the_mock_that_is_on_decides_for_each_call(in_process: Driver) -> None:
    client = in_process.client(**KEYS)
    for outer in (True, False):
        with mock_s3vectors(fast_client=outer):
            create(client)
            assert are_quick(client) == [outer] * 4
            with mock_s3vectors(fast_client=not outer):
                assert are_quick(client) == [not outer] * 4
                with mock_s3vectors():
                    assert are_quick(client) == [not outer] * 4
            assert are_quick(client) == [outer] * 4


def test_when_no_mock_is_on(in_process: Driver) -> None:
    client = in_process.client(**KEYS)
    in_process.watch(client, b'{"vectors": [{"key": "k"}]}')
    assert are_quick(client) == [False] * 4
    with mock_s3vectors():
        create(client)
        assert are_quick(client) == [True] * 4
    assert are_quick(client) == [False] * 4


def test_a_client_older_than_the_import(in_process: Driver) -> None:
    client = in_process.older_client(**KEYS)
    in_process.patch(client)
    with mock_s3vectors():
        create(client)
        assert are_quick(client) == [True] * 4


def test_many_calls_at_once(driver: Driver) -> None:
    with driver.mock():
        client = driver.client()
        create(client)
        records = [{**RECORD, "key": f"{number}"} for number in range(50)]
        assert (
            len(driver.at_once(client, "put_vectors", [{**INDEX, "vectors": [each]} for each in records]))
            == 50
        )
        keys = [{**INDEX, "keys": [record["key"]], "returnData": True} for record in records]
        got = driver.at_once(client, "get_vectors", keys)
    assert [answer["vectors"][0]["key"] for answer in got] == [record["key"] for record in records]


def test_handlers_see_what_they_see_of_botocore(driver: Driver) -> None:
    seen: list[Any] = []

    def before_parameter_build(params: dict[str, Any], **_: Any) -> None:
        params["vectors"][0]["key"] = "changed"

    def before_call(params: dict[str, Any], **_: Any) -> None:
        seen.append(params)
        params["body"] = params["body"].replace(b"1942", b"1943")

    def response_received(response_dict: dict[str, Any], parsed_response: Any, **_: Any) -> None:
        seen.extend((json.loads(response_dict["body"]), parsed_response["vectors"]))

    with driver.mock():
        client = driver.client()
        create(client)
        events = client.meta.events
        events.register("before-parameter-build.s3vectors.PutVectors", before_parameter_build)
        events.register("before-call.s3vectors.PutVectors", before_call)
        events.register("response-received.s3vectors.GetVectors", response_received)
        client.put_vectors(**INDEX, vectors=[{**RECORD}])
        got = client.get_vectors(**INDEX, keys=["changed"], returnMetadata=True)["vectors"]
    expected = {"key": "changed", "metadata": {**METADATA, "year": 1943}}
    request, answer, parsed = seen
    assert type(request["body"]) is bytes
    assert (request["method"], request["url_path"], request["query_string"]) == ("POST", "/PutVectors", {})
    assert request["headers"]["Content-Type"] == "application/json"
    assert answer == {"vectors": [expected]}
    assert got == parsed == [expected]


def test_other_services_are_left_alone(in_process: Driver) -> None:
    """One that speaks the same protocol, with lists there and back."""
    client: Any = in_process.client("lambda", **KEYS)
    in_process.watch(client, b'{"Functions": [{"FunctionName": "f"}]}')
    with mock_s3vectors():
        with pytest.raises(LookupError):
            client.update_function_configuration(FunctionName="f", Layers=["layer"])
        with pytest.raises(LookupError):
            client.list_functions()
