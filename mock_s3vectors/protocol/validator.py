"""Constraints: the parameters of an operation against the ranges, lengths, enums and patterns of its shape.

A shape becomes a checker once; a shape without any constraint below it becomes none, so that vector
data is never walked through.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mock_s3vectors import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

    from mock_s3vectors.errors import FieldError

Checker = Callable[[Any, str], "Iterator[FieldError]"]


class Validator:
    """Validates the parameters of one operation."""

    def __init__(self, operation: OperationModel) -> None:
        shape = operation.input_shape
        self._check = checker_of(shape) if shape is not None else None

    def validate(self, params: dict[str, Any]) -> None:
        """Nothing, if the parameters satisfy the model.

        Raises:
            ValidationException: names every violation, in the model's order.
        """
        violations = list(self._check(params, "")) if self._check is not None else []
        if violations:
            raise errors.constraint_violations(violations)


def checker_of(shape: Shape) -> Checker | None:
    """A function that yields the violations of a value at a path, or None if there can be none."""
    compile_checker = _CHECKERS.get(shape.type_name)
    return compile_checker(shape) if compile_checker else None


def _length_checker(shape: Shape) -> Checker | None:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is None and most is None:
        return None

    def check(value: Any, path: str) -> Iterator[FieldError]:
        length = len(value)
        if (least is not None and length < least) or (most is not None and length > most):
            yield errors.bad_length(path, length, least, most)

    return check


def _range_checker(shape: Shape) -> Checker | None:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is None and most is None:
        return None

    def check(value: Any, path: str) -> Iterator[FieldError]:
        if (least is not None and value < least) or (most is not None and value > most):
            yield errors.bad_range(path, least, most)

    return check


def _enum_checker(shape: Shape) -> Checker | None:
    allowed = shape.metadata.get("enum")
    if not allowed:
        return None

    def check(value: Any, path: str) -> Iterator[FieldError]:
        if value not in allowed:
            yield errors.bad_enum(path, allowed)

    return check


def _pattern_checker(shape: Shape) -> Checker | None:
    pattern = shape.metadata.get("pattern")
    if pattern is None:
        return None

    def check(value: Any, path: str) -> Iterator[FieldError]:
        # Not at the top: few operations have patterns, and most mocks never start one of these.
        # `regex`, because the model writes \p{L}, which `re` does not know.
        import regex  # noqa: PLC0415

        if not regex.fullmatch(pattern, value):
            yield errors.bad_pattern(path, pattern)

    return check


def _all_of(*checkers: Checker | None) -> Checker | None:
    present = [checker for checker in checkers if checker is not None]
    if len(present) < 2:  # noqa: PLR2004 - one checker needs no loop around it
        return present[0] if present else None

    def check(value: Any, path: str) -> Iterator[FieldError]:
        for checker in present:
            yield from checker(value, path)

    return check


def _string_checker(shape: Shape) -> Checker | None:
    return _all_of(_length_checker(shape), _enum_checker(shape), _pattern_checker(shape))


def _list_checker(shape: ListShape) -> Checker | None:
    check_member = checker_of(shape.member)
    if check_member is None:
        return _length_checker(shape)

    def check(values: Any, path: str) -> Iterator[FieldError]:
        for position, value in enumerate(values):
            yield from check_member(value, f"{path}/{position}")

    return _all_of(_length_checker(shape), check)


def _map_checker(shape: MapShape) -> Checker | None:
    """A key's violations stand at the map's path, a value's at the key's."""
    check_key, check_value = checker_of(shape.key), checker_of(shape.value)

    def check(values: Any, path: str) -> Iterator[FieldError]:
        for key, value in values.items():
            if check_key is not None:
                yield from check_key(key, path)
            if check_value is not None:
                yield from check_value(value, f"{path}/{key}")

    return _all_of(_length_checker(shape), check)


def _structure_checker(shape: StructureShape) -> Checker | None:
    required = frozenset(shape.required_members)
    members = [(name, name in required, checker_of(member)) for name, member in shape.members.items()]
    members = [member for member in members if member[1] or member[2] is not None]
    if not members:
        return None

    def check(values: Any, path: str) -> Iterator[FieldError]:
        for name, is_required, check_member in members:
            if name not in values:
                if is_required:
                    yield errors.missing(f"{path}/{name}")
            elif check_member is not None:
                yield from check_member(values[name], f"{path}/{name}")

    return check


_CHECKERS: dict[str, Callable[[Any], Checker | None]] = {
    "integer": _range_checker,
    "float": _range_checker,
    "list": _list_checker,
    "map": _map_checker,
    "string": _string_checker,
    "structure": _structure_checker,
}
