"""The Action and Resource elements of statements, and their opposites, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.authorization.faults import Fault
from mock_s3vectors.authorization.patterns import pattern, pieces_of
from mock_s3vectors.authorization.variables import has_variables, replaced, template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_s3vectors.authorization.patterns import Matches
    from mock_s3vectors.authorization.variables import Context, Test


def action_test(values: Sequence[str], *, negated: bool) -> Matches:
    """Return a function that tells whether a statement is about an action, in lower case.

    Raises:
        Fault: a value is no action.
    """
    for value in values:
        if value != "*" and ":" not in value:
            raise Fault(f" must be * or a service, a colon and an action: {value} is neither")
    patterns = [pattern(pieces_of(value.lower())) for value in values]
    return lambda action: any(matches(action) for matches in patterns) is not negated


def resource_test(values: Sequence[str], *, negated: bool, variables: bool) -> Test:
    """Return a function that tells whether a statement is about a resource.

    A variable without a value is in the name of no resource.

    Raises:
        Fault: a value is no resource, or has a variable that is none.
    """
    for value in values:
        if value != "*" and not value.startswith("arn:"):
            raise Fault(f" must be * or an ARN: {value} is neither")
    if "*" in values:
        return lambda *_: not negated
    tests = [
        _one_resource(spelling, variables=variables) for value in values for spelling in _spellings(value)
    ]
    if len(tests) == 1 and not negated:
        return tests[0]
    return lambda resource, context: any(test(resource, context) for test in tests) is not negated


# Between the six parts of an ARN.
_COLONS = 5


def _spellings(value: str) -> list[str]:
    """Return an ARN as it is written, and with `*` for the parts that it lacks. Choice: incomplete-arns."""
    lacking = _COLONS - value.count(":")
    return [value, value + lacking * ":*"] if lacking > 0 else [value]


def _one_resource(value: str, *, variables: bool) -> Test:
    """Return the test for one resource. Choice: policy-variable-places."""
    parts = value.split(":", _COLONS)
    if not (variables and len(parts) > _COLONS and has_variables(parts[-1])):
        matches = pattern(pieces_of(value))
        return lambda resource, _: matches(resource)
    beginning = pieces_of(":".join([*parts[:-1], ""]))
    own = template(parts[-1], wildcards=True)

    def test(resource: str, context: Context) -> bool:
        end = replaced(own, context)
        return end is not None and pattern(beginning + end)(resource)

    return test
