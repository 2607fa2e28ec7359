"""Constraints of the model: every one of them is held, in AWS's words, and none holds more than it says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_s3vectors import gateway as gateway_module
from mock_s3vectors.errors import ValidationException
from mock_s3vectors.protocol.parser import RequestParser
from mock_s3vectors.protocol.router import Router
from mock_s3vectors.protocol.validator import Validator, checker_of
from tests.shapes import service_model

from .constraints import (
    Breach,
    Violation,
    boundaries,
    breaches,
    message_of,
    not_in_enum,
    not_matching,
    null,
    out_of_range,
    too_long_or_short,
)
from .places import MATCHING, MISMATCHING, places, valid
from .wire import (
    IMPLEMENTED,
    MODELLED,
    input_shape,
    method_of,
    operation_model,
    parsed,
    send,
    serialized,
)

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from tests.helpers import Client, MakeIndex, Refused

BREACHES = [breach for operation in MODELLED for breach in breaches(operation)]
_ROUTER = Router([operation_model(name) for name in MODELLED])


def fields_of(breach: Breach) -> list[dict[str, str]]:
    return [{"path": path, "message": message} for path, message in breach.violations]


def stops_in_botocore(breach: Breach) -> bool:
    """Whether a client with its default configuration refuses to send these parameters."""
    report: Any = ParamValidator().validate(breach.params, input_shape(breach.place.operation))
    return bool(report.has_errors())


def read(operation: str, params: dict[str, Any]) -> Any:
    """The parameters as the mock gets them from a client."""
    request = serialized(operation, params)
    _, path = _ROUTER.route(request.method, request.path)
    return RequestParser(operation_model(operation)).parse(request, path)


def violations_of(validator: Validator, params: dict[str, Any]) -> list[Violation]:
    """What the validator says of parameters; its message is of one piece with it."""
    try:
        validator.validate(params)
    except ValidationException as refusal:
        violations = [(field.path, field.message) for field in refusal.fields]
        if refusal.message != message_of(violations):
            raise
        return violations
    return []


@pytest.fixture
def nothing_operates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every operation of the model is there, and none may be reached."""

    def operate(*_: Any) -> Any:
        pytest.fail("the operation was reached")

    monkeypatch.setattr(gateway_module, "OPERATIONS", dict.fromkeys(MODELLED, operate))


@pytest.fixture(scope="module")
def unmocked_clients() -> dict[bool, Any]:
    """Made once, because making a client takes longer than calling one."""
    return {
        unchecked: boto3.client(
            "s3vectors",
            region_name="us-east-1",
            config=Config(parameter_validation=not unchecked),
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        for unchecked in (False, True)
    }


@pytest.fixture
def clients(unmocked_clients: dict[bool, Any], s3vectors_mock: MockS3Vectors) -> dict[bool, Any]:  # noqa: ARG001
    """Real clients on an empty mock; the one under True sends what botocore would refuse to."""
    return unmocked_clients


def test_samples_cover_every_pattern_of_the_model() -> None:
    patterned = {
        place.shape.name
        for operation in MODELLED
        for place in places(operation)
        if "pattern" in place.shape.metadata
    }
    assert patterned <= set(MATCHING) == set(MISMATCHING)


def test_breaches_cover_every_kind_of_constraint() -> None:
    kinds = {breach.how.split()[0] for breach in BREACHES}
    assert kinds == {"no", "not", "too"}
    assert len(BREACHES) > 100


@pytest.mark.usefixtures("nothing_operates")
@pytest.mark.parametrize("breach", BREACHES, ids=repr)
def test_breaking_one_constraint_is_refused_for_just_that(breach: Breach) -> None:
    operation = breach.place.operation
    answer = parsed(operation, send(serialized(operation, breach.params)))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert answer["Error"] == {"Code": "ValidationException", "Message": message_of(breach.violations)}
    assert answer["fieldList"] == fields_of(breach)


@pytest.mark.parametrize(
    "breach", [breach for breach in BREACHES if breach.place.operation in IMPLEMENTED], ids=repr
)
def test_real_clients_are_refused_likewise(clients: dict[bool, Any], breach: Breach) -> None:
    client = clients[stops_in_botocore(breach)]
    with pytest.raises(client.exceptions.ValidationException) as refusal:
        getattr(client, method_of(breach.place.operation))(**breach.params)
    response = refusal.value.response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["Error"]["Message"] == message_of(breach.violations)
    assert response["fieldList"] == fields_of(breach)


def test_botocore_stops_what_is_missing_or_too_small_and_nothing_else() -> None:
    # If botocore learns to check more, the mock's checks still stand; this test says which clients meet them.
    stopped = [breach for breach in BREACHES if stops_in_botocore(breach)]
    assert stopped == [
        breach
        for breach in BREACHES
        if breach.how.startswith("no ") or breach.how in {"too short", "too small"}
    ]


@pytest.mark.parametrize("operation", MODELLED)
def test_values_on_a_boundary_are_accepted(operation: str) -> None:
    validator = Validator(operation_model(operation))
    for place, value in boundaries(operation):
        validator.validate(read(operation, place.put(value)))


@pytest.mark.parametrize("operation", MODELLED)
@settings(deadline=None)
@given(data=st.data())
def test_all_violations_are_named_in_the_models_order(operation: str, data: st.DataObject) -> None:
    shape = input_shape(operation)
    choices: dict[str, list[Breach]] = {name: [] for name in shape.members}
    for breach in breaches(operation):
        choices[breach.violations[0][0].split("/")[1]].append(breach)
    params: dict[str, Any] = valid(shape)
    violations: list[Violation] = []
    for name in shape.members:
        is_broken = bool(choices[name]) and data.draw(st.booleans(), label=name)
        if is_broken:
            breach = data.draw(st.sampled_from(choices[name]), label=name)
            params.pop(name, None)
            params |= {name: breach.params[name]} if name in breach.params else {}
            violations += breach.violations
    # The order in which a request has its members is the client's business.
    params = dict(data.draw(st.permutations(list(params.items())), label="order"))
    assert violations_of(Validator(operation_model(operation)), read(operation, params)) == violations


# What was seen on AWS, word for word.


@pytest.mark.parametrize("length", [2, 64])
def test_bucket_names_of_the_wrong_length(clients: dict[bool, Any], refused: Refused, length: int) -> None:
    client = clients[length < 3]
    violation = (
        f"Value with length {length} at '/vectorBucketName' failed to satisfy constraint: "
        "Member must have length between 3 and 63, inclusive"
    )
    assert refused(client.create_vector_bucket, vectorBucketName="b" * length) == (
        "ValidationException",
        f"1 validation error detected. {violation}",
        [{"path": "/vectorBucketName", "message": violation}],
    )


def new_index(**changes: Any) -> dict[str, Any]:
    return {
        "vectorBucketName": "bucket",
        "indexName": "index",
        "dataType": "float32",
        "dimension": 2,
        "distanceMetric": "cosine",
        **changes,
    }


@pytest.mark.parametrize("dimension", [0, 4097])
def test_dimensions_out_of_range(clients: dict[bool, Any], refused: Refused, dimension: int) -> None:
    client = clients[dimension < 1]
    violation = (
        "Value at '/dimension' failed to satisfy constraint: Member must be between 1 and 4096, inclusive"
    )
    assert refused(client.create_index, **new_index(dimension=dimension)) == (
        "ValidationException",
        f"1 validation error detected. {violation}",
        [{"path": "/dimension", "message": violation}],
    )


@pytest.mark.parametrize(
    ("member", "value", "names"),
    [("dataType", "float64", "[float32]"), ("distanceMetric", "dot", "[euclidean, cosine]")],
)
def test_names_that_are_none_of_those_allowed(
    client: Client, refused: Refused, member: str, value: str, names: str
) -> None:
    violation = (
        f"Value at '/{member}' failed to satisfy constraint: Member must satisfy enum value set: {names}"
    )
    assert refused(client.create_index, **new_index(**{member: value})) == (
        "ValidationException",
        f"1 validation error detected. {violation}",
        [{"path": f"/{member}", "message": violation}],
    )


@pytest.mark.skipif("TagResource" not in MODELLED, reason="this botocore knows no tags")
@pytest.mark.parametrize(
    ("tags", "path"),
    [({"\U0001f600": "ok"}, "/tags"), ({"stage": "\U0001f600"}, "/tags/stage"), ({"a!": ""}, "/tags")],
)
def test_characters_that_tags_cannot_have(
    client: Client, refused: Refused, tags: dict[str, str], path: str
) -> None:
    violation = (
        f"Value at '{path}' failed to satisfy constraint: Member must satisfy regular expression pattern: "
        r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"
    )
    refusal = (
        "ValidationException",
        f"1 validation error detected. {violation}",
        [{"path": path, "message": violation}],
    )
    assert refused(client.create_vector_bucket, vectorBucketName="other", tags=tags) == refusal
    arn = client.get_vector_bucket(vectorBucketName="bucket")["vectorBucket"]["vectorBucketArn"]
    assert refused(client.tag_resource, resourceArn=arn, tags=tags) == refusal


def test_keys_that_are_too_long(client: Client, refused: Refused, make_index: MakeIndex) -> None:
    violation = (
        "Value with length 1025 at '/vectors/0/key' failed to satisfy constraint: "
        "Member must have length between 1 and 1024, inclusive"
    )
    records = [{"key": "k" * 1025, "data": {"float32": [1.0, 2.0]}}]
    assert refused(client.put_vectors, **make_index(), vectors=records) == (
        "ValidationException",
        f"1 validation error detected. {violation}",
        [{"path": "/vectors/0/key", "message": violation}],
    )


def test_a_missing_member(clients: dict[bool, Any], refused: Refused) -> None:
    arguments = new_index()
    del arguments["indexName"]
    violation = "Value at '/indexName' failed to satisfy constraint: Member must not be null"
    assert refused(clients[True].create_index, **arguments) == (
        "ValidationException",
        f"1 validation error detected. {violation}",
        [{"path": "/indexName", "message": violation}],
    )


def test_several_violations_at_once(clients: dict[bool, Any], refused: Refused) -> None:
    violations = [
        too_long_or_short("/vectorBucketName", 2, 3, 63),
        null("/dataType"),
        out_of_range("/dimension", 1, 4096),
        not_in_enum("/distanceMetric", ["euclidean", "cosine"]),
    ]
    arguments = new_index(distanceMetric="dot", dimension=4097, vectorBucketName="ab")
    del arguments["dataType"]
    code, message, fields = refused(clients[True].create_index, **arguments)
    assert code == "ValidationException"
    assert message == (
        "4 validation errors detected. "
        "Value with length 2 at '/vectorBucketName' failed to satisfy constraint: "
        "Member must have length between 3 and 63, inclusive; "
        "Value at '/dataType' failed to satisfy constraint: Member must not be null; "
        "Value at '/dimension' failed to satisfy constraint: Member must be between 1 and 4096, inclusive; "
        "Value at '/distanceMetric' failed to satisfy constraint: "
        "Member must satisfy enum value set: [euclidean, cosine]"
    )
    assert fields == [{"path": path, "message": text} for path, text in violations]


def test_every_bad_member_of_a_list_is_named() -> None:
    params = {"keys": ["", "ok", "k" * 1025, ""]}
    violations = [
        too_long_or_short("/keys/0", 0, 1, 1024),
        too_long_or_short("/keys/2", 1025, 1, 1024),
        too_long_or_short("/keys/3", 0, 1, 1024),
    ]
    assert violations_of(Validator(operation_model("GetVectors")), params) == violations


@pytest.mark.skipif("TagResource" not in MODELLED, reason="this botocore knows no tags")
def test_every_bad_tag_is_named_key_before_value() -> None:
    pattern = r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"
    params = {"resourceArn": "x", "tags": {"ok": "ok", "#" * 129: "v" * 257, "b": "\t"}}
    violations = [
        too_long_or_short("/tags", 129, 1, 128),
        not_matching("/tags", pattern),
        too_long_or_short(f"/tags/{'#' * 129}", 257, 0, 256),
        not_matching("/tags/b", pattern),
    ]
    assert violations_of(Validator(operation_model("TagResource")), params) == violations


def test_lengths_are_counted_in_characters() -> None:
    # Smithy counts code points: neither bytes nor the halves of UTF-16.
    validator = Validator(operation_model("GetVectors"))
    assert violations_of(validator, {"keys": ["\U0001f600" * 1024, "\u00e9" * 1024]}) == []
    longer = {"keys": ["\U0001f600" * 1025]}
    assert violations_of(validator, longer) == [too_long_or_short("/keys/0", 1025, 1, 1024)]


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
    assert violations_of(validator, inside) == []
    outside = {"shortest": "a", "longest": "abcd", "lowest": -1.5, "highest": 10}
    assert violations_of(validator, outside) == [
        too_long_or_short("/shortest", 1, 2, None),
        too_long_or_short("/longest", 4, None, 3),
        out_of_range("/lowest", -1, None),
        out_of_range("/highest", None, 9),
    ]


@pytest.mark.parametrize(
    ("bounds", "values", "violations"),
    [
        ({"min": 1}, {}, [too_long_or_short("/map", 0, 1, None)]),
        ({"max": 1}, {"a": 0, "b": 0}, [too_long_or_short("/map", 2, None, 1)]),
        ({"key": {"max": 1}}, {"ab": 0}, [too_long_or_short("/map", 2, None, 1)]),
        ({"value": {"min": 1}}, {"ab": 0, "c": 1}, [out_of_range("/map/ab", 1, None)]),
        ({}, {"ab": 0}, []),
    ],
)
def test_maps_that_this_model_does_not_have(
    bounds: dict[str, Any], values: dict[str, int], violations: list[Violation]
) -> None:
    key, value = bounds.pop("key", {}), bounds.pop("value", {})
    shape = {"type": "map", "key": {"shape": "Key"}, "value": {"shape": "Value"}, **bounds}
    model = synthetic_model(map=shape, key={"type": "string", **key}, value={"type": "integer", **value})
    assert violations_of(Validator(model), {"map": values}) == violations


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
    request = serialized("ListVectorBuckets", {})
    params = RequestParser(model).parse(type(request)("POST", "", "/New", "", {}, body), {})
    assert params == {"moment": 1.5, "count": 9007199254740993, "data": "eA=="}
    Validator(model).validate(params)


def test_clients_get_the_exception_of_their_model(clients: dict[bool, Any]) -> None:
    with pytest.raises(ClientError) as refusal:
        clients[False].create_vector_bucket(vectorBucketName="b" * 64)
    assert type(refusal.value).__name__ == "ValidationException"
