"""Requests that orjson writes as botocore does, found at C speed.

The parameters of a request are plain if they consist of JSON's own Python types, exactly, and pass botocore's
validation. An operation's input shape is compiled once to a check of both. All other parameters take
botocore's own way, and get botocore's own errors.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors import limits, neighbours

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

Check = Callable[[Any], bool]

# What botocore's validator looks at besides types, so that the checks here look at all of it.
_VALIDATED = {"required", "min", "document", "union"}
# Objects that orjson writes by itself, and json does not, are refused.
_OPTIONS = (
    orjson.OPT_PASSTHROUGH_SUBCLASS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
)
# Scalars that both write alike; numbers that are not finite are not among them.
_SCALARS = frozenset({str, int, bool, type(None)})
_PRINTABLE = bytes(range(0x20, 0x7F))
# botocore writes every other character as `\u1234`, or as two of those.
_LONGEST_CHARACTER = 6


class _UnknownShapeError(Exception):
    """A shape of which nothing is known here."""


class PlainRequests:
    """The plain requests of one operation."""

    def __init__(self, is_plain: Check) -> None:
        self._is_plain = is_plain
        # The URL, the headers and so on, as botocore makes them; they do not depend on parameters.
        self._rest: dict[str, Any] | None = None

    def request(self, serializer: Any, parameters: Any, operation: OperationModel) -> dict[str, Any] | None:
        """Return a request as botocore's dictionary; None if botocore has to make it.

        Args:
            serializer: that of the client.
            parameters: those of the call.
            operation: the operation.
        """
        writer = neighbours.json_serializer(serializer)
        body = None if writer is None else self.body(parameters)
        if body is None:
            return None
        if self._rest is None:
            self._rest = neighbours.empty_request(writer, operation)
        rest = {name: value.copy() if type(value) is dict else value for name, value in self._rest.items()}
        return {**rest, "body": body}

    def body(self, parameters: Any) -> bytes | None:
        """Return the body of a request; None if botocore has to write it.

        botocore's is longer, because it has spaces. So botocore writes each body that the service may refuse
        for its size.
        """
        try:
            # botocore leaves out what is None, here and nowhere deeper.
            if not self._is_plain(parameters) or None in parameters.values():
                return None
            body = orjson.dumps(parameters, option=_OPTIONS)
        except (TypeError, RecursionError):
            # Whatever orjson refuses: keys that are no strings, lone surrogates, integers beyond 64 bits,
            # objects that contain themselves.
            return None
        return body if _longest(body) <= limits.REQUEST_BYTES else None


def plain_requests(operation: OperationModel) -> PlainRequests | None:
    """Return the plain requests of an operation; None if they are not all body, or of unknown shapes."""
    shape = operation.input_shape
    if shape is None or operation.endpoint or not neighbours.validated_attributes() <= _VALIDATED:
        return None
    try:
        return PlainRequests(_check_of(shape))
    except _UnknownShapeError:
        return None


def _longest(body: bytes) -> int:
    """Return how long a body is at most when botocore writes it."""
    if _LONGEST_CHARACTER * len(body) <= limits.REQUEST_BYTES:
        return _LONGEST_CHARACTER * len(body)
    # A space after each separator; and a number may take one more character, as 1e+20 for 1e20.
    extra = 2 * (_count(body, b",") + _count(body, b":") + 1)
    if not body.isascii() or b"\x7f" in body:
        extra += _LONGEST_CHARACTER * len(body.translate(None, _PRINTABLE))
    return len(body) + extra


def _count(body: bytes, character: bytes) -> int:
    # `bytes.count` takes five times as long for a frequent character.
    import numpy as np  # noqa: PLC0415 - the mock needs it to answer, but not before

    return int(np.count_nonzero(np.frombuffer(body, np.uint8) == ord(character)))


def _check_of(shape: Shape) -> Check:
    """Return a function that finds out whether a value is plain.

    Raises:
        _UnknownShapeError: there is no such function for a shape of this type.
    """
    # As a header, a part of the URL, or under another name.
    if shape.serialization or shape.type_name not in _CHECKS:
        raise _UnknownShapeError
    return _CHECKS[shape.type_name](shape)


def _string_check(shape: Shape) -> Check:
    least = shape.metadata.get("min", 0)
    return lambda value: type(value) is str and len(value) >= least


def _integer_check(shape: Shape) -> Check:
    least = shape.metadata.get("min", -math.inf)
    return lambda value: type(value) is int and value >= least


def _float_check(shape: Shape) -> Check:
    least = shape.metadata.get("min", -math.inf)
    return lambda value: type(value) is float and math.isfinite(value) and value >= least


def _boolean_check(_: Shape) -> Check:
    return lambda value: type(value) is bool


def _list_check(shape: ListShape) -> Check:
    least = shape.metadata.get("min", 0)
    check_all = _check_of_all(shape.member)
    return lambda values: type(values) is list and len(values) >= least and check_all(values)


def _check_of_all(member: Shape) -> Check:
    check = _check_of(member)
    if member.type_name == "float" and "min" not in member.metadata:
        return _are_finite_floats
    return lambda values: all(map(check, values))


def _are_finite_floats(values: list[Any]) -> bool:
    # The sum is finite unless one of them is not, or they are huge.
    return list(map(type, values)).count(float) == len(values) and math.isfinite(sum(values))


def _map_check(shape: MapShape) -> Check:
    check_key, check_value = _check_of(shape.key), _check_of(shape.value)
    return lambda value: (
        type(value) is dict and all(map(check_key, value)) and all(map(check_value, value.values()))
    )


def _structure_check(shape: StructureShape) -> Check:
    if shape.is_document_type:
        return _is_plain_document
    checks = {name: _check_of(member) for name, member in shape.members.items()}
    required = frozenset(shape.required_members)

    def check_members(value: Any) -> bool:
        return (
            type(value) is dict
            and value.keys() >= required
            and all(name in checks and checks[name](member) for name, member in value.items())
        )

    if shape.is_tagged_union:
        return lambda value: check_members(value) and len(value) == 1
    return check_members


def _is_plain_document(value: Any) -> bool:
    kind = type(value)
    if kind is not dict and kind is not list:
        return kind in _SCALARS or (kind is float and math.isfinite(value))
    values = value.values() if kind is dict else value
    return _SCALARS.issuperset(map(type, values)) or all(map(_is_plain_document, values))


_CHECKS: dict[str, Callable[[Any], Check]] = {
    "boolean": _boolean_check,
    "float": _float_check,
    "integer": _integer_check,
    "list": _list_check,
    "map": _map_check,
    "string": _string_check,
    "structure": _structure_check,
}
