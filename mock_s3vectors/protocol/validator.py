"""Validating: parameters are checked against the ranges, lengths, enums and patterns of their shape.

A shape becomes a checker once; a shape without any constraint in it becomes None, so that no checker walks
through vector data. A checker stops at the first violation, since AWS names only one: a list of a million
members that is too long costs no more than a look at its length.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors import constraints

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
    from regex import Pattern

    from mock_s3vectors.errors.exceptions import FieldError

Checker = Callable[[Any, str], "FieldError | None"]


class Validator:
    """A validator for the parameters of one operation."""

    def __init__(self, operation: OperationModel) -> None:
        shape = operation.input_shape
        self._check = checker_of(shape) if shape is not None else None

    def validate(self, params: dict[str, Any]) -> None:
        """Raise unless the parameters satisfy the model.

        Raises:
            ValidationException: names the first violation. Choice: violation-order.
                Choice: violation-order-in-containers.
        """
        violation = self._check(params, "") if self._check is not None else None
        if violation is not None:
            raise constraints.constraint_violation(violation)


def checker_of(shape: Shape) -> Checker | None:
    """Return a function that finds the first violation in a value at a path; None if there cannot be one."""
    compile_checker = _CHECKERS.get(shape.type_name)
    return compile_checker(shape) if compile_checker else None


def _length_checker(shape: Shape) -> Checker | None:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is None and most is None:
        return None

    def check(value: Any, path: str) -> FieldError | None:
        length = len(value)
        if (least is not None and length < least) or (most is not None and length > most):
            return constraints.bad_length(path, length, least, most)
        return None

    return check


def _range_checker(shape: Shape) -> Checker | None:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is None and most is None:
        return None

    def check(value: Any, path: str) -> FieldError | None:
        if (least is not None and value < least) or (most is not None and value > most):
            return constraints.bad_range(path, least, most)
        return None

    return check


def _enum_checker(shape: Shape) -> Checker | None:
    allowed = shape.metadata.get("enum")
    if not allowed:
        return None

    def check(value: Any, path: str) -> FieldError | None:
        return None if value in allowed else constraints.bad_enum(path, allowed)

    return check


def _pattern_checker(shape: Shape) -> Checker | None:
    pattern = shape.metadata.get("pattern")
    if pattern is None:
        return None

    def check(value: Any, path: str) -> FieldError | None:
        return None if _compiled(pattern).fullmatch(value) else constraints.bad_pattern(path, pattern)

    return check


@cache
def _compiled(pattern: str) -> Pattern[str]:
    """Compile a pattern of the model when a request first needs it: few requests need any."""
    # `regex`, because the model writes \p{L}, which `re` does not know. Imported here, because most mocks
    # never need it.
    import regex  # noqa: PLC0415

    return regex.compile(pattern)


def _all_of(*checkers: Checker | None) -> Checker | None:
    present = [checker for checker in checkers if checker is not None]
    if len(present) < 2:  # noqa: PLR2004 - one checker needs no loop around it
        return present[0] if present else None

    def check(value: Any, path: str) -> FieldError | None:
        for checker in present:
            violation = checker(value, path)
            if violation is not None:
                return violation
        return None

    return check


def _string_checker(shape: Shape) -> Checker | None:
    return _all_of(_length_checker(shape), _enum_checker(shape), _pattern_checker(shape))


def _list_checker(shape: ListShape) -> Checker | None:
    check_member = checker_of(shape.member)
    if check_member is None:
        return _length_checker(shape)

    def check(values: Any, path: str) -> FieldError | None:
        for position, value in enumerate(values):
            violation = check_member(value, f"{path}/{position}")
            if violation is not None:
                return violation
        return None

    return _all_of(_length_checker(shape), check)


def _map_checker(shape: MapShape) -> Checker | None:
    """Return a map's checker. A key's violation has the map's path, a value's has the key's."""
    check_key, check_value = checker_of(shape.key), checker_of(shape.value)

    def check(values: Any, path: str) -> FieldError | None:
        for key, value in values.items():
            violation = check_key(key, path) if check_key is not None else None
            if violation is None and check_value is not None:
                violation = check_value(value, f"{path}/{key}")
            if violation is not None:
                return violation
        return None

    return _all_of(_length_checker(shape), check)


def _structure_checker(shape: StructureShape) -> Checker | None:
    required = frozenset(shape.required_members)
    members = [(name, name in required, checker_of(member)) for name, member in shape.members.items()]
    members = [member for member in members if member[1] or member[2] is not None]
    if not members:
        return None

    def check(values: Any, path: str) -> FieldError | None:
        for name, is_required, check_member in members:
            if name not in values:
                violation = constraints.missing(f"{path}/{name}") if is_required else None
            else:
                violation = check_member(values[name], f"{path}/{name}") if check_member is not None else None
            if violation is not None:
                return violation
        return None

    return check


_CHECKERS: dict[str, Callable[[Any], Checker | None]] = {
    "integer": _range_checker,
    "float": _range_checker,
    "list": _list_checker,
    "map": _map_checker,
    "string": _string_checker,
    "structure": _structure_checker,
}
