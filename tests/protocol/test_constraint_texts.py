"""Constraints by example: what was seen on AWS, word for word; and what this model does not use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.model import ServiceModel

from mock_s3vectors.protocol.parser import RequestParser
from mock_s3vectors.protocol.validator import Validator, checker_of
from tests.support.constraints import (
    TAG_PATTERN,
    Violation,
    not_in_enum,
    not_matching,
    null,
    out_of_range,
    wrong_length,
)
from tests.support.helpers import INDEX
from tests.support.shapes import service_model

from .breaches import violation_of
from .wire import NEEDS_TAGS, input_shape, operation_model, post

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.helpers import Client, Refused


# The texts that were seen on AWS. All other tests take theirs from `tests.support.constraints`.
SEEN = {
    wrong_length("/vectorBucketName", 2, 3, 63): (
        "Value with length 2 at '/vectorBucketName'",
        "Member must have length between 3 and 63, inclusive",
    ),
    out_of_range("/dimension", 1, 4096): (
        "Value at '/dimension'",
        "Member must be between 1 and 4096, inclusive",
    ),
    not_in_enum("/distanceMetric", ["euclidean", "cosine"]): (
        "Value at '/distanceMetric'",
        "Member must satisfy enum value set: [euclidean, cosine]",
    ),
    not_matching("/tags/stage", TAG_PATTERN): (
        "Value at '/tags/stage'",
        r"Member must satisfy regular expression pattern: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$",
    ),
    null("/indexName"): ("Value at '/indexName'", "Member must not be null"),
}


@pytest.mark.parametrize(("violation", "seen"), SEEN.items(), ids=[violation.path for violation in SEEN])
def test_violations_have_the_words_of_aws(violation: Violation, seen: tuple[str, str]) -> None:
    text = " failed to satisfy constraint: ".join(seen)
    assert violation.refusal == (
        "ValidationException",
        f"1 validation error detected. {text}",
        [{"path": violation.path, "message": text}],
    )


def test_of_several_violations_one_is_named(client: Client, refused: Refused) -> None:
    arguments = {**INDEX, "dataType": "float64", "dimension": 5000, "distanceMetric": "dot"}
    assert refused(client.create_index, **arguments) == not_in_enum("/dataType", ["float32"]).refusal


def test_members_are_checked_in_the_models_order(clients: dict[bool, Any], refused: Refused) -> None:
    arguments = {"distanceMetric": "dot", "dimension": 4097, "vectorBucketName": "ab"}
    for violation, mended in (
        (wrong_length("/vectorBucketName", 2, 3, 63), {"vectorBucketName": "bucket"}),
        (null("/indexName"), {"indexName": "index"}),
        (null("/dataType"), {"dataType": "float32"}),
        (out_of_range("/dimension", 1, 4096), {"dimension": 4096}),
        (not_in_enum("/distanceMetric", ["euclidean", "cosine"]), {}),
    ):
        assert refused(clients[True].create_index, **arguments) == violation.refusal
        arguments |= mended


@pytest.mark.parametrize(
    ("operation", "params", "violation"),
    [
        ("GetVectors", {"keys": ["ok", "k" * 1025, ""]}, wrong_length("/keys/1", 1025, 1, 1024)),
        ("GetVectors", {"keys": ["", *["ok"] * 100]}, wrong_length("/keys", 101, 1, 100)),
        ("PutVectors", {"vectors": [{"key": ""}, {}]}, wrong_length("/vectors/0/key", 0, 1, 1024)),
        ("PutVectors", {"vectors": [{"key": "ok"}, {}]}, null("/vectors/0/data")),
        pytest.param(
            "TagResource",
            {"resourceArn": "x", "tags": {"ok": "ok", "#" * 129: "v" * 257, "b": "\t"}},
            wrong_length("/tags", 129, 1, 128),
            marks=NEEDS_TAGS,
        ),
        pytest.param(
            "TagResource",
            {"resourceArn": "x", "tags": {"#": "v" * 257}},
            not_matching("/tags", TAG_PATTERN),
            marks=NEEDS_TAGS,
        ),
    ],
)
def test_a_length_comes_before_members_and_a_member_before_the_next(
    operation: str, params: dict[str, Any], violation: Violation
) -> None:
    assert violation_of(Validator(operation_model(operation)), params) == violation


class Counted(list[Any]):
    """A list that counts how many of its members are looked at."""

    def __init__(self, values: list[Any]) -> None:
        super().__init__(values)
        self.seen = 0

    def __iter__(self) -> Iterator[Any]:
        for value in super().__iter__():
            self.seen += 1
            yield value


@pytest.mark.parametrize(
    ("keys", "seen"),
    [([""] * 101, 0), (["ok", "", *["ok"] * 98], 2), (["ok"] * 100, 100)],
    ids=["too many", "a bad one", "all good"],
)
def test_a_refused_list_is_walked_no_further(keys: list[str], seen: int) -> None:
    counted = Counted(keys)
    violation_of(Validator(operation_model("GetVectors")), {"keys": counted})
    assert counted.seen == seen


def test_lengths_are_counted_in_characters() -> None:
    # Smithy counts code points: neither bytes nor the halves of UTF-16.
    validator = Validator(operation_model("GetVectors"))
    assert violation_of(validator, {"keys": ["\U0001f600" * 1024, "\u00e9" * 1024]}) is None
    longer = {"keys": ["\U0001f600" * 1025]}
    assert violation_of(validator, longer) == wrong_length("/keys/0", 1025, 1, 1024)


def test_the_numbers_of_vectors_are_never_walked_through() -> None:
    assert checker_of(input_shape("QueryVectors").members["queryVector"]) is None
    record = input_shape("PutVectors").members["vectors"].member
    assert checker_of(record.members["data"]) is None
    assert checker_of(record.members["metadata"]) is None


def test_bounds_that_this_model_does_not_use() -> None:
    model = synthetic_model(
        shortest={"type": "string", "min": 2},
        longest={"type": "string", "max": 3},
        lowest={"type": "float", "min": -1},
        highest={"type": "integer", "max": 9},
        anything={"type": "string"},
        moment={"type": "timestamp"},
    )
    validator = Validator(model)
    inside = {"shortest": "ab", "longest": "abc", "lowest": -1.0, "highest": 9, "anything": ""}
    assert violation_of(validator, inside) is None
    outside = {"shortest": "a", "longest": "abcd", "lowest": -1.5, "highest": 10}
    for name, violation in (
        ("shortest", wrong_length("/shortest", 1, 2, None)),
        ("longest", wrong_length("/longest", 4, None, 3)),
        ("lowest", out_of_range("/lowest", -1, None)),
        ("highest", out_of_range("/highest", None, 9)),
    ):
        assert violation_of(validator, {**inside, name: outside[name]}) == violation


@pytest.mark.parametrize(
    ("bounds", "values", "violation"),
    [
        ({"min": 1}, {}, wrong_length("/map", 0, 1, None)),
        ({"max": 1}, {"a": 0, "b": 0}, wrong_length("/map", 2, None, 1)),
        ({"key": {"max": 1}}, {"ab": 0}, wrong_length("/map", 2, None, 1)),
        ({"value": {"min": 1}}, {"c": 1, "ab": 0}, out_of_range("/map/ab", 1, None)),
        ({}, {"ab": 0}, None),
    ],
)
def test_maps_that_this_model_does_not_have(
    bounds: dict[str, Any], values: dict[str, int], violation: Violation | None
) -> None:
    key, value = bounds.pop("key", {}), bounds.pop("value", {})
    shape = {"type": "map", "key": {"shape": "Key"}, "value": {"shape": "Value"}, **bounds}
    model = synthetic_model(map=shape, key={"type": "string", **key}, value={"type": "integer", **value})
    assert violation_of(Validator(model), {"map": values}) == violation


def synthetic_model(**members: dict[str, Any]) -> Any:
    """An operation with an input of these members, as some botocore to come might have one."""
    shapes: dict[str, Any] = {name.capitalize(): shape for name, shape in members.items()}
    shapes["Input"] = {
        "type": "structure",
        "members": {name: {"shape": name.capitalize()} for name in members},
    }
    http = {"method": "POST", "requestUri": "/New"}
    operations = {"New": {"name": "New", "http": http, "input": {"shape": "Input"}}}
    model = {"metadata": service_model().metadata, "operations": operations, "shapes": shapes}
    return ServiceModel(json.loads(json.dumps(model)), "s3vectors").operation_model("New")


def test_members_of_types_to_come_pass_unchecked() -> None:
    model = synthetic_model(moment={"type": "timestamp"}, count={"type": "long"}, data={"type": "blob"})
    body = b'{"moment": 1.5, "count": 9007199254740993, "data": "eA=="}'
    params = RequestParser(model).parse(post("New", body), {})
    assert params == {"moment": 1.5, "count": 9007199254740993, "data": "eA=="}
    Validator(model).validate(params)
