"""Members by their JSON type: null, unions, unknown and repeated members, numbers, documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.protocol.parser import RequestParser
from tests.support import refusals
from tests.support.constraints import null, out_of_range
from tests.support.helpers import INDEX
from tests.support.refusals import NO_OBJECT

from .places import POSTED, Place, places, valid, with_body
from .wire import NEEDS_TAGS, NOT_DESERIALIZABLE, operation_model, post, put, raw, refusal, send, stored

if TYPE_CHECKING:
    from mock_s3vectors.world import Stores
    from tests.support.helpers import Client, Refused

KINDS: dict[str, Any] = {
    "string": "text",
    "empty string": "",
    "digits": "12",
    "true": True,
    "false": False,
    "integer": 12,
    "zero": 0,
    "float": 12.5,
    "whole float": 12.0,
    "array": ["text"],
    "empty array": [],
    "object": {"unheard of": 1},
    "empty object": {},
    "null in an array": [None],
}
# By type of shape, the kinds that it takes. What is inside of arrays and objects has a place of its own.
TAKEN = {
    "string": {"string", "empty string", "digits"},
    "boolean": {"true", "false"},
    "integer": {"integer", "zero"},
    "float": {"integer", "zero", "float", "whole float"},
    "list": {"empty array"},
    "map": {"empty object"},
    "structure": {"object", "empty object"},
}


def wrong_kinds(place: Place) -> list[str]:
    """The kinds that a place does not take; unions are looked at further below."""
    if getattr(place.shape, "is_document_type", False) or place.is_key:
        return []
    taken = TAKEN[place.shape.type_name]
    if place.shape.type_name == "list" and place.shape.member.type_name == "string":
        taken = {*taken, "array"}
    if getattr(place.shape, "is_tagged_union", False):
        taken = set()
    return [kind for kind in KINDS if kind not in taken]


def read(operation: str, body: bytes) -> Any:
    """The parameters of a request with this body."""
    return RequestParser(operation_model(operation)).parse(with_body(operation, body), {"resourceArn": "x"})


@pytest.mark.parametrize("operation", POSTED)
def test_members_of_the_wrong_type(operation: str) -> None:
    accepted = [
        f"{place} = {kind}"
        for place in places(operation)
        if place.in_body
        for kind in wrong_kinds(place)
        if refusal(send(with_body(operation, json.dumps(place.put(KINDS[kind])).encode())))
        != NOT_DESERIALIZABLE
    ]
    assert accepted == []


@pytest.mark.parametrize("operation", POSTED)
def test_members_of_the_right_type(operation: str) -> None:
    for place in places(operation):
        if not place.in_body or place.is_key or place.path == "":
            continue
        taken = KINDS if getattr(place.shape, "is_document_type", False) else TAKEN[place.shape.type_name]
        for kind in taken:
            if not getattr(place.shape, "is_tagged_union", False):
                read(operation, json.dumps(place.put(KINDS[kind])).encode())


@pytest.mark.parametrize("operation", POSTED)
def test_null_is_absent_in_a_structure_and_wrong_elsewhere(operation: str) -> None:
    for place in places(operation):
        if not place.in_body or place.is_key:
            continue
        body = json.dumps(place.put(None)).encode()
        if place.is_member:
            # The same as the request without the member.
            assert read(operation, body) == read(operation, _without_nulls(body)), place
        else:
            assert refusal(send(with_body(operation, body))) == NOT_DESERIALIZABLE, place


def _without_nulls(body: bytes) -> bytes:
    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {name: value for name, value in pairs if value is not None}

    return json.dumps(json.loads(body, object_pairs_hook=keep)).encode()


def test_null_for_a_required_member_is_a_missing_one() -> None:
    answer = refusal(send(post("CreateVectorBucket", {"vectorBucketName": None})))
    assert answer == (400, *null("/vectorBucketName").refusal)


UNIONS = {
    "empty": "{}",
    "null": '{"float32": null}',
    "unknown": '{"float64": [1, 2]}',
    "known and unknown": '{"float32": [1, 2], "float64": [1, 2]}',
    "array": '["float32"]',
    "string": '"float32"',
}


@pytest.mark.parametrize("union", UNIONS.values(), ids=UNIONS)
def test_a_union_has_exactly_one_member_and_a_known_one(stores: Stores, union: str) -> None:
    assert refusal(send(put(f'[{{"key": "k", "data": {union}}}]'), stores)) == NOT_DESERIALIZABLE
    query = f'{{"vectorBucketName": "bucket", "indexName": "index", "topK": 1, "queryVector": {union}}}'
    assert refusal(send(post("QueryVectors", query), stores)) == NOT_DESERIALIZABLE
    assert stored(stores) == []


def test_real_clients_can_send_an_empty_union(clients: dict[bool, Any], refused: Refused) -> None:
    for call, arguments in (
        (clients[True].put_vectors, {"vectors": [{"key": "k", "data": {}}]}),
        (clients[True].query_vectors, {"queryVector": {}, "topK": 1}),
    ):
        assert refused(call, **INDEX, **arguments) == refusals.NOT_DESERIALIZABLE


def test_null_beside_a_unions_member_is_absent(stores: Stores) -> None:
    union = '{"float32": [1, 2], "float64": null}'
    assert send(put(f'[{{"key": "k", "data": {union}}}]'), stores).status == 200


@pytest.mark.parametrize("operation", POSTED)
def test_unknown_members_are_ignored(operation: str) -> None:
    for place in places(operation):
        shape = place.shape
        if not place.in_body or shape.type_name != "structure" or getattr(shape, "is_document_type", False):
            continue
        if shape.is_tagged_union:
            continue
        known = json.dumps(place.put(valid(shape))).encode()
        unknown = json.dumps(place.put({"unknown": [{"a": None}], **valid(shape), "Unknown": 1})).encode()
        assert read(operation, unknown) == read(operation, known), place


@NEEDS_TAGS
def test_members_of_the_path_are_not_read_from_the_body() -> None:
    request = raw("POST", "/tags/arn", body=b'{"resourceArn": 5, "tags": {"a": "b"}}')
    params = RequestParser(operation_model("TagResource")).parse(request, {"resourceArn": "arn"})
    assert params == {"resourceArn": "arn", "tags": {"a": "b"}}


def test_of_duplicate_members_the_last_counts(stores: Stores) -> None:
    body = b'{"vectorBucketName": "nobody", "vectorBucketName": 5, "vectorBucketName": "bucket"}'
    assert send(post("GetVectorBucket", body), stores).status == 200
    send(put('[{"key": "k", "data": {"float32": [1, 2]}, "metadata": {"a": 1, "a": 2}}]'), stores)
    assert stored(stores)[0]["metadata"] == {"a": 2}


# Numbers.


@pytest.mark.parametrize(
    "number", ["true", "false", '"1.5"', '"nan"', '"infinity"', '"+Infinity"', '""', "null", "[1]", "{}"]
)
def test_what_is_no_number_in_a_vector(stores: Stores, number: str) -> None:
    for numbers in (f"[1, {number}]", f"[{number}, 1]", f"[0.5, {number}, 0.25]"):
        assert (
            refusal(send(put(f'[{{"key": "k", "data": {{"float32": {numbers}}}}}]'), stores))
            == NOT_DESERIALIZABLE
        )
    assert stored(stores) == []


@pytest.mark.parametrize(
    "numbers", ["[1, 2]", "[1, 2.0]", "[1e0, 20e-1]", "[1.0E+0, 2.00000000000000000000001]"]
)
def test_numbers_are_numbers_however_they_are_written(stores: Stores, numbers: str) -> None:
    assert send(put(f'[{{"key": "k", "data": {{"float32": {numbers}}}}}]'), stores).status == 200
    assert stored(stores)[0]["data"] == {"float32": [1.0, 2.0]}


@pytest.mark.parametrize(
    "number", ["18446744073709551615", "18446744073709551616", "123456789012345678901234567890"]
)
def test_integers_of_any_length_are_numbers_in_a_vector(stores: Stores, number: str) -> None:
    assert send(put(f'[{{"key": "k", "data": {{"float32": [{number}, -{number}]}}}}]'), stores).status == 200
    [value, opposite] = stored(stores)[0]["data"]["float32"]
    assert value == -opposite == pytest.approx(float(number), rel=1e-7)


def test_numbers_beyond_64_bits_are_doubles_in_metadata(stores: Stores) -> None:
    metadata = '{"most": 18446744073709551615, "more": 18446744073709551616, "less": -9223372036854775809}'
    send(put(f'[{{"key": "k", "data": {{"float32": [1, 2]}}, "metadata": {metadata}}}]'), stores)
    assert stored(stores)[0]["metadata"] == {"most": 2**64 - 1, "more": 2.0**64, "less": -(2.0**63)}


@pytest.mark.parametrize(
    "number",
    ["2147483648", "-2147483649", "9223372036854775808", "18446744073709551616", "1" * 40, "1.0", "1e2"],
)
def test_what_is_no_integer_of_32_bits(number: str) -> None:
    assert refusal(send(post("ListVectorBuckets", f'{{"maxResults": {number}}}'))) == NOT_DESERIALIZABLE


@pytest.mark.parametrize("number", [2147483647, -2147483648, 0])
def test_integers_of_32_bits_are_held_against_their_range(number: int) -> None:
    answer = refusal(send(post("ListVectorBuckets", {"maxResults": number})))
    assert answer == (400, *out_of_range("/maxResults", 1, 500).refusal)


def test_real_clients_get_back_their_numbers(client: Client, index: dict[str, str]) -> None:
    # Seen on AWS: vectors come back as float32 written as doubles, metadata as it was.
    metadata = {"small": 5e-324, "large": 1.7976931348623157e308, "zero": -0.0, "long": 2**63, "third": 1 / 3}
    data = {"float32": [0.9, 3.4028235e38]}
    client.put_vectors(**index, vectors=[{"key": "k", "data": data, "metadata": metadata}])
    [vector] = client.get_vectors(**index, keys=["k"], returnData=True, returnMetadata=True)["vectors"]
    assert vector["data"] == {"float32": [0.8999999761581421, 3.4028234663852886e38]}
    assert {name: (type(value), repr(value)) for name, value in vector["metadata"].items()} == {
        name: (type(value), repr(value)) for name, value in metadata.items()
    }


# Documents.


@pytest.mark.parametrize("depth", [1, 50, 1000])
def test_deep_documents_are_read_and_refused_by_their_own_rules(stores: Stores, depth: int) -> None:
    document = "[" * depth + "]" * depth
    request = f'[{{"key": "k", "data": {{"float32": [1, 2]}}, "metadata": {{"a": {document}}}}}]'
    status, code, message, _ = refusal(send(put(request), stores))
    assert (status, code) == (400, "ValidationException")
    assert message.startswith("Invalid record for key 'k': ")


def test_documents_of_other_types_are_none_of_the_parsers_business(stores: Stores) -> None:
    for document in ('"text"', "5", "[]", "true"):
        request = f'[{{"key": "k", "data": {{"float32": [1, 2]}}, "metadata": {document}}}]'
        assert refusal(send(put(request), stores)) == (400, *NO_OBJECT)


def test_arguments_are_left_as_they_were(client: Client, index: dict[str, str]) -> None:
    records = [{"key": "k", "data": {"float32": [1, 2.5]}, "metadata": {"a": [1, 2]}}]
    client.put_vectors(**index, vectors=records)
    assert records == [{"key": "k", "data": {"float32": [1, 2.5]}, "metadata": {"a": [1, 2]}}]
    assert type(records[0]["data"]["float32"][0]) is int  # type: ignore[index]
