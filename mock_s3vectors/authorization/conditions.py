"""Conditions of statements, compiled: the operators, and how each treats absent keys and several values.

An operator is a comparison, perhaps negated, perhaps with `IfExists` after it, perhaps with
`ForAllValues:` or `ForAnyValue:` before it.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_s3vectors.authorization import comparisons
from mock_s3vectors.authorization.faults import Fault, within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mock_s3vectors.authorization.comparisons import Comparison
    from mock_s3vectors.authorization.variables import Context, Test


@dataclass(frozen=True, slots=True)
class Condition:
    """One key that an operator compares.

    Attributes:
        operator: its name, as the policy has it.
        key: the name of the condition key, as the policy has it.
        values: those of the policy, as text.
        holds: tells whether it is met in the context of a request.
        requires_key: whether it is met only by a request that has the key, with one of the values: the
            operator is not negated, and absence does not meet it.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    holds: Callable[[Context], bool]
    requires_key: bool


@dataclass(frozen=True, slots=True)
class _Operator:
    compare: Comparison
    negated: bool = False


_ORDERS = {
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def _with_opposite(name: str, opposite: str, compare: Comparison) -> dict[str, _Operator]:
    return {name: _Operator(compare), opposite: _Operator(compare, negated=True)}


def _ordered(family: str, parse: Callable[[str], Any]) -> dict[str, _Operator]:
    return _with_opposite(
        f"{family}Equals", f"{family}NotEquals", comparisons.ordered(parse, operator.eq)
    ) | {f"{family}{name}": _Operator(comparisons.ordered(parse, holds)) for name, holds in _ORDERS.items()}


def _true_or_false(own: str, _: bool) -> Test:  # noqa: FBT001 - the signature of all comparisons
    return comparisons.boolean(own, False)  # noqa: FBT003 - as above


# Whether the key is present, not what it is.
_NULL = _Operator(_true_or_false)
_OPERATORS: dict[str, _Operator] = {
    "Null": _NULL,
    **_with_opposite("StringEquals", "StringNotEquals", comparisons.string_equals),
    **_with_opposite(
        "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", comparisons.string_equals_ignore_case
    ),
    **_with_opposite("StringLike", "StringNotLike", comparisons.string_like),
    **_ordered("Numeric", comparisons.number),
    **_ordered("Date", comparisons.moment),
    "Bool": _Operator(comparisons.boolean),
    "BinaryEquals": _Operator(comparisons.binary),
    **_with_opposite("IpAddress", "NotIpAddress", comparisons.ip_range),
    **_with_opposite("ArnEquals", "ArnNotEquals", comparisons.arn_like),
    **_with_opposite("ArnLike", "ArnNotLike", comparisons.arn_like),
}
# Choice: policy-operator-case.
_BY_LOWER_NAME = {name.lower(): own for name, own in _OPERATORS.items()}


def compile_conditions(block: Any, *, variables: bool) -> tuple[Condition, ...]:
    """Return the conditions of a statement: all of them must be met.

    Args:
        block: the value of the Condition element.
        variables: whether the version of the policy has variables.

    Raises:
        Fault: it is no Condition element.
    """
    if not isinstance(block, dict):
        raise Fault(" must be an object")
    return tuple(
        condition
        for name, keys in block.items()
        for condition in _conditions_of(name, keys, variables=variables)
    )


def _conditions_of(name: str, keys: Any, *, variables: bool) -> Iterator[Condition]:
    use = _use(name)
    if not isinstance(keys, dict) or not keys:
        raise Fault(f".{name} must be an object of condition keys, which is not empty")
    for key, given in keys.items():
        if ":" not in key:
            raise Fault(f".{name}.{key} is no condition key, such as aws:SourceIp")
        values = _texts(given)
        if values is None:
            raise Fault(f".{name}.{key} must be {_VALUES}")
        with within(f".{name}.{key}"):
            tests = [_test(value, use, variables=variables) for value in values]
        holds = _null if use.operator is _NULL else _compared
        yield Condition(name, key, values, holds(key.lower(), tests, use), use.requires_key)


def _test(value: str, use: _Use, *, variables: bool) -> Test:
    try:
        return use.operator.compare(value, variables)
    except ValueError as error:
        raise Fault(f" must be {error}") from None


_VALUES = "a string, a number, a boolean or an array of them, which is not empty"


def _texts(given: Any) -> tuple[str, ...] | None:
    """Return the values of a condition key as text, None if they are not of the right form."""
    values = given if isinstance(given, list) else [given]
    if not values or not all(isinstance(value, (str, int, float)) for value in values):
        return None
    return tuple(str(value).lower() if isinstance(value, bool) else str(value) for value in values)


@dataclass(frozen=True, slots=True)
class _Use:
    """An operator as a condition names it.

    Attributes:
        operator: without its quantifier and `IfExists`.
        needs_all: whether all values of a request must meet it, instead of any.
        met_by_absence: whether a request without the key meets it.
        met_by_emptiness: whether a request whose key is an empty text meets it.
    """

    operator: _Operator
    needs_all: bool
    met_by_absence: bool
    met_by_emptiness: bool

    @property
    def requires_key(self) -> bool:
        """Whether only requests meet it whose key has one of the values."""
        return not (self.operator.negated or self.met_by_absence or self.operator is _NULL)


def _use(name: str) -> _Use:
    """Return the operator of a name.

    An operator without quantifier is met if any value of the request meets it, a negated one if all do.
    Choice: policy-several-values. ForAllValues takes an empty text for no value, as IAM documents.

    Raises:
        Fault: there is no such operator.
    """
    quantifier = next(filter(name.lower().startswith, _QUANTIFIERS), "")
    rest = name.lower().removeprefix(quantifier)
    base = rest.removesuffix("ifexists")
    own = _BY_LOWER_NAME.get(base)
    if own is None or (own is _NULL and name.lower() != base):
        raise Fault(f".{name} is no condition operator")
    is_for_all = quantifier == _FOR_ALL
    needs_all = is_for_all if quantifier else own.negated
    return _Use(own, needs_all, met_by_absence=needs_all or base != rest, met_by_emptiness=is_for_all)


_FOR_ALL = "forallvalues:"
_QUANTIFIERS = (_FOR_ALL, "foranyvalue:")


def _compared(key: str, tests: Sequence[Test], use: _Use) -> Callable[[Context], bool]:
    """Return the function that tells whether the values of a request meet an operator."""
    negated, needs_all, met_by_absence = use.operator.negated, use.needs_all, use.met_by_absence
    met_by_emptiness = use.met_by_emptiness
    is_one_of_own = _any_of(tests)

    def holds(context: Context) -> bool:
        found = context.get(key)
        if found is None or _is_absent(found):
            return met_by_absence
        if not found and met_by_emptiness:
            return True
        for value in (found,) if isinstance(found, str) else found:
            is_met = is_one_of_own(value, context) is not negated
            if is_met is not needs_all:
                return is_met
        return needs_all

    return holds


def _any_of(tests: Sequence[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda value, context: any(test(value, context) for test in tests)


def _null(key: str, tests: Sequence[Test], _: _Use) -> Callable[[Context], bool]:
    """Return the function that tells whether a key is absent, for `true`, or present, for `false`."""
    is_wanted = _any_of(tests)

    def holds(context: Context) -> bool:
        absent = "true" if _is_absent(context.get(key)) else "false"
        return is_wanted(absent, context)

    return holds


def _is_absent(found: str | Sequence[str] | None) -> bool:
    """Return whether a request does not have a key. An empty text is a value."""
    return not found and not isinstance(found, str)
