"""The places of an input: every value that a request can hold, and how to put one there.

A place is found by walking the model, so a newer botocore's inputs are tested as they are. Around the
value at a place stands the least that the model takes: required members, and nothing besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .wire import MODELLED, input_shape, is_in_body, raw, serialized

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_s3vectors.messages import HttpRequest

_ACCOUNT = "us-east-1:123456789012"

# The model cannot be asked for a text that matches a pattern, so those are written down here.
MATCHING = {
    "VectorBucketArn": [
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/abc",
        f"arn:aws-us-gov:s3vectors:us-gov-west-1:000000000000:bucket/0{'-.' * 30}z9",
    ],
    "IndexArn": [
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/abc/index/x.y-z",
        f"arn:aws-cn:s3vectors:cn-north-1:999999999999:bucket/{'a' * 63}/index/{'1' * 63}",
    ],
    "KmsKeyArn": [f"arn:aws:kms:{_ACCOUNT}:key/1234", "arn:aws:kms::123456789012:key/ /:"],
    "TagKey": ["_.:/=+-@", "na\u00efve \u65e5\u672c \u0661\u2160\u00bd\u2003\u2028"],
    "TagValue": ["_.:/=+-@", "na\u00efve \u65e5\u672c \u0661\u2160\u00bd\u2003\u2028", "aws:x"],
}
MISMATCHING = {
    "VectorBucketArn": [
        "",
        "bucket",
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/ab",
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/{'a' * 64}",
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/Abc",
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/abc/index/abc",
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/abc\n",
        f" arn:aws:s3vectors:{_ACCOUNT}:bucket/abc",
        "arn:aws:s3vectors:us-east-1:12345678901:bucket/abc",
        f"arn:aws:s3:{_ACCOUNT}:bucket/abc",
    ],
    "IndexArn": [
        "",
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/abc",
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/abc/index/ab",
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/abc/index/abc-",
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/abc/index/abc/",
        f"arn:aws:s3vectors:{_ACCOUNT}:bucket/abc/index/abc\n",
    ],
    "KmsKeyArn": [
        "1234",
        f"arn:aws:kms:{_ACCOUNT}:key/",
        f"arn:aws:kms:{_ACCOUNT}:alias/x",
        f"arn:aws:kms:{_ACCOUNT}:key/1234\n",
    ],
    "TagKey": ["\U0001f600", "a\tb", "!", "#", "a\n", "a,b", "\u0301"],
    "TagValue": ["\U0001f600", "a\tb", "!", "#", "a\n", "a,b", "\u0301"],
}
# What is put before the filling of a text that has to be of some length and still match.
_BEFORE_FILLING = {"KmsKeyArn": f"arn:aws:kms:{_ACCOUNT}:key/"}


# The operations that take a body.
POSTED = [name for name in MODELLED if any(map(is_in_body, input_shape(name).members.values()))]


@dataclass(frozen=True, repr=False)
class Place:
    """The place of a value in an operation's input.

    Attributes:
        operation: the operation's name.
        path: as violations name it.
        shape: what the model says of the value.
        put: makes parameters of a value.
        in_body: whether the value travels as JSON, rather than in the path or the query.
        is_member: whether the value is a structure's member, absent when it is null; a union's is none.
        is_key: whether the value is a map's key.
    """

    operation: str
    path: str
    shape: Any
    put: Callable[[Any], dict[str, Any]]
    in_body: bool = True
    is_member: bool = False
    is_key: bool = False

    def __repr__(self) -> str:
        return f"{self.operation}{self.path}{' key' if self.is_key else ''}"


def places(operation: str) -> list[Place]:
    """All places of an operation's input, the input itself first."""
    return list(_below(Place(operation, "", input_shape(operation), lambda value: value)))


def _below(place: Place) -> Iterator[Place]:
    yield place
    shape = place.shape
    if getattr(shape, "is_document_type", False):
        return
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield from _below(_member(place, name, member))
    elif shape.type_name == "list":
        put, first = place.put, valid(shape.member)
        yield from _below(_inside(place, "1", shape.member, lambda value: put([first, value])))
    elif shape.type_name == "map":
        put, key, value = place.put, valid(shape.key), valid(shape.value)
        yield Place(place.operation, place.path, shape.key, lambda key: put({key: value}), is_key=True)
        yield from _below(_inside(place, key, shape.value, lambda value: put({key: value})))


def _member(place: Place, name: str, shape: Any) -> Place:
    others = {} if place.shape.is_tagged_union else valid(place.shape)
    path, in_body = f"{place.path}/{name}", place.in_body and is_in_body(shape)

    def put(value: Any) -> dict[str, Any]:
        return place.put({**others, name: value})

    is_member = not place.shape.is_tagged_union
    return Place(place.operation, path, shape, put, in_body=in_body, is_member=is_member)


def _inside(place: Place, step: str, shape: Any, put: Callable[[Any], dict[str, Any]]) -> Place:
    return Place(place.operation, f"{place.path}/{step}", shape, put, in_body=place.in_body)


def valid(shape: Any) -> Any:
    """The least value of a shape that satisfies the model."""
    if getattr(shape, "is_document_type", False):
        return {}
    bounds = shape.metadata
    if shape.type_name == "structure":
        if shape.is_tagged_union:
            [(name, member)] = list(shape.members.items())[:1]
            return {name: valid(member)}
        return {name: valid(shape.members[name]) for name in shape.required_members}
    if shape.type_name == "list":
        # An empty list in the query is an absent one.
        in_query = shape.serialization.get("location") == "querystring"
        return [valid(shape.member)] * bounds.get("min", 1 if in_query else 0)
    if shape.type_name == "string":
        return bounds["enum"][0] if "enum" in bounds else text(shape, bounds.get("min", 0))
    return {"map": {}, "integer": bounds.get("min", 0), "float": 0.5, "boolean": True}[shape.type_name]


def text(shape: Any, length: int) -> str:
    """A text of a length that matches the shape's pattern, if there is one of that length."""
    if "pattern" not in shape.metadata:
        return "a" * length
    start = _BEFORE_FILLING.get(shape.name, "")
    if shape.name.startswith("Tag") or (start and length > len(start)):
        return start.ljust(length, "a")
    return MATCHING.get(shape.name, [""])[0]


def with_body(operation: str, body: bytes) -> HttpRequest:
    """A request of an operation, its body replaced."""
    request = serialized(operation, valid(input_shape(operation)))
    return raw(request.method, request.path, request.query, body)
