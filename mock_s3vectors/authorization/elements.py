"""The Action and Resource elements of statements, and their opposites, compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.arns import COLONS
from mock_s3vectors.authorization.faults import Fault
from mock_s3vectors.authorization.patterns import pattern, pieces_of
from mock_s3vectors.authorization.variables import has_variables, template, template_test

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


def resource_test(values: Sequence[str], *, negated: bool, variables: bool) -> tuple[Test, bool]:
    """Return a function that tells whether a statement is about a resource, and whether it has variables.

    A variable without a value is in the name of no resource.

    Raises:
        Fault: a value is no resource, or has a variable that is none.
    """
    for value in values:
        if value != "*" and not value.startswith("arn:"):
            raise Fault(f" must be * or an ARN: {value} is neither")
    if "*" in values:
        return lambda *_: not negated, False
    spellings = [spelling for value in values for spelling in _spellings(value)]
    varies = [variables and _varies(spelling) for spelling in spellings]
    tests = [_one_resource(*each) for each in zip(spellings, varies, strict=True)]

    def test(resource: str, context: Context) -> bool:
        return any(own(resource, context) for own in tests) is not negated

    return test, any(varies)


def _spellings(value: str) -> list[str]:
    """Return an ARN as it is written, and with `*` for the parts that it lacks. Choice: incomplete-arns."""
    lacking = COLONS - value.count(":")
    return [value, value + lacking * ":*"] if lacking > 0 else [value]


def _varies(spelling: str) -> bool:
    """Return whether an ARN has variables, which stand in its last part. Choice: policy-variable-places."""
    parts = spelling.split(":", COLONS)
    return len(parts) > COLONS and has_variables(parts[-1])


def _one_resource(spelling: str, varies: bool) -> Test:  # noqa: FBT001 - called with pairs
    if not varies:
        matches = pattern(pieces_of(spelling))
        return lambda resource, _: matches(resource)
    *parts, last = spelling.split(":", COLONS)
    return template_test([*pieces_of(":".join([*parts, ""])), *template(last, wildcards=True)])
