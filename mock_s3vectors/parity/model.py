"""The things that the installed botocore knows of S3 Vectors: facts about newer ones are not asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import botocore

if TYPE_CHECKING:
    from collections.abc import Iterator


class UnknownToBotocoreError(Exception):
    """A fact needs an operation or a member that this botocore does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"botocore {botocore.__version__} does not know `{name}`")


def shape_at(model: Any, path: str) -> Any:
    """Return the shape of an operation's member; for an operation alone, that of its input.

    Args:
        model: that of a client.
        path: such as `TagResource`, `CreateIndex.tags` or `GetIndex>index.indexMode`; lists are passed
            through.

    Raises:
        UnknownToBotocoreError: the model has no such operation or member.
    """
    operation, *members = re.split("[.>]", path)
    if operation not in model.operation_names:
        raise UnknownToBotocoreError(operation)
    of_operation = model.operation_model(operation)
    shape = of_operation.output_shape if ">" in path else of_operation.input_shape
    for name in members:
        while shape is not None and shape.type_name == "list":
            shape = shape.member
        shape = getattr(shape, "members", {}).get(name)
        if shape is None:
            raise UnknownToBotocoreError(name)
    return shape


def check_value(shape: Any, value: Any) -> None:
    """Raise if a value has members that its shape has not.

    Raises:
        UnknownToBotocoreError: it has one.
    """
    unknown = next(unknown_members(shape, value), None)
    if unknown is not None:
        raise UnknownToBotocoreError(unknown)


def unknown_members(shape: Any, value: Any) -> Iterator[str]:
    """Yield the names of a value's members that its shape has not, down to the last."""
    kind = getattr(shape, "type_name", None)
    if kind == "structure" and isinstance(value, dict) and not getattr(shape, "is_document_type", False):
        for name, member in value.items():
            if name not in shape.members:
                yield name
            else:
                yield from unknown_members(shape.members[name], member)
    elif kind == "list" and isinstance(value, list) and shape.member.type_name in {"structure", "list"}:
        for member in value:
            yield from unknown_members(shape.member, member)
