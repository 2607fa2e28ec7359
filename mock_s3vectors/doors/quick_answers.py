"""Responses that are read as botocore reads them, but without its look at each float.

An operation's output shape is compiled once to a reader. Where a value is not what the shape says, the reader
leaves it to botocore's parser.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors import neighbours
from mock_s3vectors.doors.delivery import Content

if TYPE_CHECKING:
    from botocore.model import ListShape, OperationModel, Shape, StructureShape

# botocore's own way from a shape and a JSON value to what the client gets.
Parse = Callable[[Any, Any], Any]
# None for values that stay as they are.
Reader = Callable[[Any, Parse], Any] | None


class QuickAnswers:
    """The responses of one operation."""

    def __init__(self, shape: StructureShape) -> None:
        self._shape = shape
        self._read = _structure_reader(shape)

    def quicken(self, parser: Any) -> None:
        """Have a parser of a client read one response quickly, if it is one for JSON over REST."""
        methods = neighbours.parsing_methods(parser)
        if methods is None:
            return
        load, parse = methods

        def load_quickly(body: Any) -> Any:
            # orjson reads large integers of other JSON as floats; a mock writes none.
            if type(body) is Content:
                try:
                    return orjson.loads(memoryview(body))  # orjson takes no class derived from bytes
                except orjson.JSONDecodeError:
                    pass  # empty, or a text that a rule gave
            return load(body)

        def parse_quickly(shape: Any, value: Any) -> Any:
            if shape is self._shape and self._read is not None:
                return self._read(value, parse)
            return parse(shape, value)

        neighbours.set_parsing_methods(parser, load_quickly, parse_quickly)


def quick_answers(operation: OperationModel) -> QuickAnswers | None:
    """Return what reads the responses of an operation quickly; None if they have no members."""
    shape = operation.output_shape
    return None if shape is None or not shape.members else QuickAnswers(shape)


def _reader_of(shape: Shape) -> Reader:
    # A shape with such properties is elsewhere in the response, under another name, or in another form.
    return (_own_reader if shape.serialization else _READERS.get(shape.type_name, _own_reader))(shape)


def _own_reader(shape: Shape) -> Reader:
    return lambda value, parse: parse(shape, value)


def _string_reader(_: Shape) -> Reader:
    return None


def _float_reader(shape: Shape) -> Reader:
    return lambda value, parse: value if type(value) is float else parse(shape, value)


def _list_reader(shape: ListShape) -> Reader:
    read_member = _reader_of(shape.member)

    def read(values: Any, parse: Parse) -> Any:
        if type(values) is not list or None in values:
            return parse(shape, values)
        return values if read_member is None else [read_member(value, parse) for value in values]

    def read_floats(values: Any, parse: Parse) -> Any:
        are_floats = type(values) is list and list(map(type, values)).count(float) == len(values)
        return values if are_floats else parse(shape, values)

    return read_floats if shape.member.type_name == "float" else read


def _structure_reader(shape: StructureShape) -> Reader:
    if shape.is_document_type:
        return None
    if any(member.serialization for member in shape.members.values()):
        return _own_reader(shape)
    members = [(name, _reader_of(member)) for name, member in shape.members.items()]

    def read(values: Any, parse: Parse) -> Any:
        if type(values) is not dict:
            return parse(shape, values)
        return {
            name: value if read_member is None else read_member(value, parse)
            for name, read_member in members
            if (value := values.get(name)) is not None
        }

    def read_union(values: Any, parse: Parse) -> Any:
        # botocore has something to say about any other number of members.
        union = read(values, parse) if type(values) is dict and len(values) == 1 else None
        return union or parse(shape, values)

    return read_union if shape.is_tagged_union else read


_READERS: dict[str, Callable[[Any], Reader]] = {
    "float": _float_reader,
    "list": _list_reader,
    "string": _string_reader,
    "structure": _structure_reader,
}
