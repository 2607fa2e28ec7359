"""Parsing: the bytes of a request become the parameters of its operation.

The parser checks the JSON type of every member, and nothing else; the validator checks ranges, lengths
and patterns. The types are JSON's, not Python's: `true` is not a number.

The answers to requests that cannot be read follow the malformed-request tests that
Smithy, AWS's language for service models, publishes for this protocol.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

import orjson

from mock_s3vectors.errors.refusals import not_deserializable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

    from mock_s3vectors.messages import HttpRequest

Reader = Callable[[Any], Any]

_NUMBERS = {float, int}
# An integer of the model has 32 bits; a number beyond them has the wrong type, rather than a wrong value.
_INTEGERS = range(-(2**31), 2**31)
# Numbers that JSON cannot write; clients send them as strings.
_NON_FINITE = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class RequestParser:
    """A parser for the requests of one operation."""

    def __init__(self, operation: OperationModel) -> None:
        shape = operation.input_shape
        members = shape.members if shape is not None else {}
        self._path = {
            member.serialization.get("name", name): name
            for name, member in members.items()
            if member.serialization.get("location") == "uri"
        }
        self._query = {
            member.serialization.get("name", name): name
            for name, member in members.items()
            if member.serialization.get("location") == "querystring"
        }
        elsewhere = {*self._path.values(), *self._query.values()}
        body = {name: reader_of(member) for name, member in members.items() if name not in elsewhere}
        self._read_body = _structure_reader(body) if body else None

    def parse(self, request: HttpRequest, path: Mapping[str, str]) -> dict[str, Any]:
        """Return the parameters by member name, without absent members and nulls. Choice: null-members.

        Raises:
            SerializationException: invalid JSON, a lone surrogate, or a member of the wrong JSON type.
        """
        params: dict[str, Any] = {}
        if self._read_body is not None:
            params = self._read_body(_load(request.body))
        for placeholder, name in self._path.items():
            params[name] = _unquote(path[placeholder])
        # Choice: presigned-parameters.
        if self._query:
            values = _parse_query(request.query)
            params |= {name: values[key] for key, name in self._query.items() if key in values}
        return params


def _load(body: bytes) -> Any:
    """Return the JSON document; an empty body is an empty object, as for every operation without input."""
    if not body:
        return {}
    try:
        return orjson.loads(body)  # Choice: large-integers.
    except orjson.JSONDecodeError:
        raise not_deserializable() from None  # Choice: unreadable-body.


def _unquote(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise not_deserializable() from None


def _parse_query(query: str) -> dict[str, list[str]]:
    try:
        return parse_qs(query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise not_deserializable() from None


def reader_of(shape: Shape) -> Reader:
    """Return a function that returns a JSON value as one of this shape, or raises SerializationException."""
    if getattr(shape, "is_document_type", False):
        return _read_anything
    # A newer botocore may bring members of other types: no operation here reads them, so none needs a check.
    compile_reader = _READERS.get(shape.type_name)
    return compile_reader(shape) if compile_reader else _read_anything


def _of_type(expected: type) -> Callable[[Shape], Reader]:
    def read(value: Any) -> Any:
        if type(value) is not expected:
            raise not_deserializable()  # Choice: wrong-json-type.
        return value

    return lambda _shape: read


def _read_anything(value: Any) -> Any:
    return value


def _read_integer(value: Any) -> Any:
    if type(value) is not int or value not in _INTEGERS:
        raise not_deserializable()
    return value


def _read_float(value: Any) -> Any:
    if type(value) in _NUMBERS:
        return value
    if type(value) is str and value in _NON_FINITE:
        return _NON_FINITE[value]
    raise not_deserializable()


def _read_floats(values: Any) -> Any:
    """Return a list of numbers, whose types are collected at C speed: a batch has hundreds of thousands."""
    if type(values) is not list:
        raise not_deserializable()
    types = list(map(type, values))
    if types.count(float) == len(types) or _NUMBERS.issuperset(types):
        return values
    return [_read_float(value) for value in values]


def _read_strings(values: Any) -> Any:
    """Return a list of strings, whose types are collected likewise: a body may have millions of keys."""
    if type(values) is not list or not {str}.issuperset(map(type, values)):
        raise not_deserializable()
    return values


_READERS_OF_LISTS = {"float": _read_floats, "string": _read_strings}


def _list_reader(shape: ListShape) -> Reader:
    """Return a reader that does not read a list that is longer than the model allows.

    The validator refuses it for its length. Choice: long-list-of-wrong-types.
    """
    read_list = _reader_of_lists_of(shape.member)
    most = shape.metadata.get("max")
    if most is None:
        return read_list

    def read(values: Any) -> Any:
        return values if type(values) is list and len(values) > most else read_list(values)

    return read


def _reader_of_lists_of(member: Shape) -> Reader:
    if member.type_name in _READERS_OF_LISTS:
        return _READERS_OF_LISTS[member.type_name]
    read_member = reader_of(member)

    def read(values: Any) -> Any:
        if type(values) is not list:
            raise not_deserializable()
        return [read_member(value) for value in values]

    return read


def _map_reader(shape: MapShape) -> Reader:
    read_value = reader_of(shape.value)

    def read(values: Any) -> Any:
        if type(values) is not dict:
            raise not_deserializable()
        return {key: read_value(value) for key, value in values.items()}

    return read


def _structure_of(shape: StructureShape) -> Reader:
    read = _structure_reader({name: reader_of(member) for name, member in shape.members.items()})
    if not getattr(shape, "is_tagged_union", False):
        return read

    def read_union(values: Any) -> Any:
        union = read(values)
        # Unknown members count here, and only here: a union with one of them says more than the result would.
        # Choice: union-members.
        given = sum(value is not None for value in values.values())
        if not len(union) == given == 1:
            raise not_deserializable()
        return union

    return read_union


def _structure_reader(members: Mapping[str, Reader]) -> Reader:
    def read(values: Any) -> Any:
        if type(values) is not dict:
            raise not_deserializable()
        return {
            name: members[name](value)
            for name, value in values.items()
            if value is not None and name in members
        }

    return read


_READERS: dict[str, Callable[[Any], Reader]] = {
    "boolean": _of_type(bool),
    "float": lambda _shape: _read_float,
    "integer": lambda _shape: _read_integer,
    "list": _list_reader,
    "map": _map_reader,
    "string": _of_type(str),
    "structure": _structure_of,
}
