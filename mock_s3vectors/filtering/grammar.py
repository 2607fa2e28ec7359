"""The filter grammar: a JSON document in, a compiled `Filter` or a refusal out.

Every refusal a filter can meet is raised here, before any data is read, so that an empty index refuses
what a full one refuses. The operators and what they take are one table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors import choices
from mock_s3vectors.errors import refusals
from mock_s3vectors.filtering.tree import (
    Compared,
    Complement,
    Condition,
    Field,
    Filter,
    Group,
    Node,
    OneOf,
    Present,
    StartingWith,
)
from mock_s3vectors.filtering.vocabulary import as_number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

# The documented limit of enhanced queries; classic ones have none.
MOST_CONSTRAINTS = 100


def compile_filter(
    document: Any,
    *,
    non_filterable: Collection[str] = frozenset(),
    enhanced: bool = False,
) -> Filter:
    """Check a filter completely and compile it.

    Args:
        document: what JSON parsing gave for `filter`.
        non_filterable: the metadata keys on which the index allows no filter.
        enhanced: whether the query runs in ENHANCED mode, which knows `$startsWith` and counts constraints.

    Raises:
        ValidationException: as soon as the document leaves the grammar (`Invalid filter`) or has too many
            constraints (enhanced only), and reading stops there; for a document without such
            faults, the use of a non-filterable key. Choice: first-filter-fault.
    """
    compiler = _Compiler(_ENHANCED, MOST_CONSTRAINTS) if enhanced else _Compiler(_CLASSIC, math.inf)
    root = compiler.node(document, choices.DEEPEST_FILTER)
    if not compiler.keys.isdisjoint(non_filterable):
        raise refusals.non_filterable_key()
    return Filter(root, frozenset(compiler.keys))


class _Compiler:
    """One walk over a document; on the way it notes the keys read and counts the values to evaluate."""

    def __init__(self, operators: dict[str, _Operator], most_constraints: float) -> None:
        self._operators = operators
        self._constraints_left = most_constraints
        self.keys: set[str] = set()

    def node(self, document: Any, levels_left: int) -> Node:
        """Read a condition object: exactly one key, a field or a group. Choice: dollar-keys."""
        if not isinstance(document, dict) or len(document) != 1:
            raise refusals.invalid_filter()
        [(key, operand)] = document.items()
        if not key.startswith("$"):
            return self._field(key, operand)
        join = _JOINS.get(key)
        if join is None or not levels_left or not isinstance(operand, list) or not operand:
            raise refusals.invalid_filter()
        members: list[Node] = []
        for member in operand:
            members.append(self.node(member, levels_left - 1))  # noqa: PERF401 - comprehensions were calls before 3.12
        return Group(join, tuple(members))

    def _field(self, key: str, operand: Any) -> Field:
        """Operators and their operands, or a bare value, which means $eq."""
        self.keys.add(key)
        wanted = operand if isinstance(operand, dict) else {"$eq": operand}
        if not wanted:
            raise refusals.invalid_filter()
        return Field(key, tuple(self._condition(name, value) for name, value in wanted.items()))

    def _condition(self, name: str, operand: Any) -> Condition:
        # First of all, because a request has room for a million of them.
        self._constraints_left -= len(operand) if isinstance(operand, list) else 1
        if self._constraints_left < 0:
            raise refusals.too_many_constraints()
        operator = self._operators.get(name)
        if operator is None or not operator.takes(operand):
            raise refusals.invalid_filter()
        return operator.compiled(operand)


# What operands are, by JSON's types: a boolean is no number, and neither is NaN, which JSON cannot write.


def _is_number(operand: Any) -> bool:
    return type(operand) in (int, float) and not math.isnan(as_number(operand))


def _is_string(operand: Any) -> bool:
    return isinstance(operand, str)


def _is_boolean(operand: Any) -> bool:
    return isinstance(operand, bool)


def _is_scalar(operand: Any) -> bool:
    return _is_string(operand) or _is_boolean(operand) or _is_number(operand)


def _is_scalar_list(operand: Any) -> bool:
    return isinstance(operand, list) and bool(operand) and all(map(_is_scalar, operand))


# What operators ask.


def _one_of(operands: list[Any]) -> Condition:
    """Any of these values; the string "NaN" is a legal operand that equals nothing, itself included."""
    wanted = (value for value in operands if value != "NaN")
    return OneOf(tuple(as_number(value) if _is_number(value) else value for value in wanted))


def _equal(operand: Any) -> Condition:
    return _one_of([operand])


def _not_one_of(operands: list[Any]) -> Condition:
    return Complement(_one_of(operands))


def _not_equal(operand: Any) -> Condition:
    return Complement(_equal(operand))


def _compared(comparison: np.ufunc, operand: float) -> Condition:
    return Compared(comparison, as_number(operand))


@dataclass(frozen=True)
class _Operator:
    """The operands that an operator takes, and the condition that it makes of one."""

    takes: Callable[[Any], bool]
    compiled: Callable[[Any], Condition]


_CLASSIC = {
    "$eq": _Operator(_is_scalar, _equal),
    "$ne": _Operator(_is_scalar, _not_equal),
    "$gt": _Operator(_is_number, partial(_compared, np.greater)),
    "$gte": _Operator(_is_number, partial(_compared, np.greater_equal)),
    "$lt": _Operator(_is_number, partial(_compared, np.less)),
    "$lte": _Operator(_is_number, partial(_compared, np.less_equal)),
    "$in": _Operator(_is_scalar_list, _one_of),
    "$nin": _Operator(_is_scalar_list, _not_one_of),
    "$exists": _Operator(_is_boolean, Present),
}

_ENHANCED = {**_CLASSIC, "$startsWith": _Operator(_is_string, StartingWith)}

_JOINS: dict[str, np.ufunc] = {"$and": np.logical_and, "$or": np.logical_or}
