"""Decisions in words: the statement that decided, or those that come closest to allowing a request."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from mock_s3vectors.authorization.principals import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.authorization.conditions import Condition
    from mock_s3vectors.authorization.evaluate import AccessRequest, Decision, Policies
    from mock_s3vectors.authorization.statements import Policy, PolicyKind, Statement
    from mock_s3vectors.authorization.variables import Context

# How many statements are told of that do not allow a request.
_MOST_NEAR_MISSES = 3


def explanation(decision: Decision, request: AccessRequest, policies: Policies | None = None) -> str:
    """Return a decision in words: a sentence, and a line for each statement that nearly allowed the request.

    Args:
        decision: on the request.
        request: the right that a call needs.
        policies: those that were evaluated; without them, no statements that nearly allowed it are told.
    """
    right = f"{request.action} on {request.resource}"
    if decision.statement is not None:
        verb = "allows" if decision.allowed else "denies"
        return f"{named(decision.statement)} {verb} {right}"
    if decision.kind is None:
        return f"{request.principal.arn} may do all that no policy denies, so {right} is allowed"
    sentence = f"no {_OWNERS[decision.kind].format(arn=request.principal.arn)} allows {right}"
    near = [] if policies is None else _near_misses(_that_could_allow(policies, decision.kind), request)
    return "\n".join([sentence, *(f"  {line}" for line in near)])


_OWNERS: dict[PolicyKind, str] = {
    "identity": "identity-based policy of {arn}",
    "resource": "statement of the bucket's policy for {arn}",
    "boundary": "statement in the permissions boundary of {arn}",
    "session": "statement in the session policy of {arn}",
}


def named(statement: Statement) -> str:
    """Return the name of a statement: `statement 'Read' (the 2nd) of the policy reader`."""
    place = _ordinal(statement.position + 1)
    own = f"statement {statement.sid!r} (the {place})" if statement.sid else f"the {place} statement"
    policy = statement.policy_name or _UNNAMED[statement.policy_kind]
    arn = f" ({statement.policy_arn})" if statement.policy_arn else ""
    return f"{own} of {policy}{arn}"


_UNNAMED: dict[PolicyKind, str] = {
    "identity": "an identity-based policy",
    "resource": "the bucket's policy",
    "boundary": "the permissions boundary",
    "session": "the session policy",
}

# From the 11th to the 13th, numbers do not end like one, two and three.
_TEENS = (11, 12, 13)


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in _TEENS else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _that_could_allow(policies: Policies, kind: PolicyKind) -> list[Policy]:
    """Return the policies of which one could have allowed what no policy of a kind allows."""
    could = {
        "boundary": (policies.boundary,),
        "session": (policies.session,),
    }.get(kind, (*(policies.identity or ()), policies.resource))
    return [policy for policy in could if policy is not None]


def _near_misses(policies: list[Policy], request: AccessRequest) -> list[str]:
    """Return lines about the statements that come closest to allowing a request, the closest first."""
    allowing = [own for policy in policies for own in policy.statements if own.effect == "Allow"]
    misses = [(list(_obstacles(statement, request)), statement) for statement in allowing]
    # A statement of the one account that allows the request is none.
    nearest = sorted(filter(itemgetter(0), misses), key=lambda miss: len(miss[0]))
    return [
        f"{named(statement)} does not: {'; '.join(obstacles)}"
        for obstacles, statement in nearest[:_MOST_NEAR_MISSES]
    ]


def _obstacles(statement: Statement, request: AccessRequest) -> Iterator[str]:
    """Yield the reasons for which a statement does not apply to a request."""
    source = statement.source
    if not statement.has_action(request.action.lower()):
        yield _element(source, "Action", "NotAction")
    if not statement.has_resource(request.resource, request.context):
        yield _element(source, "Resource", "NotResource")
    if statement.principals is not None:
        match = statement.principals.match(request.principal, deny=False, bounded=False)
        if match is Match.NONE:
            yield _element(source, "Principal", "NotPrincipal")
        elif match is Match.ACCOUNT:
            yield "it names the account only, so an identity-based policy must allow it too"
        elif statement.is_public and request.principal.account != request.account:
            yield "it is for everybody, and Block Public Access keeps other accounts out"
    for condition in statement.conditions:
        if not condition.holds(request.context):
            yield _unmet(condition, request.context)


def _element(source: dict[str, Any], name: str, opposite: str) -> str:
    present = name if name in source else opposite
    value = source[present]
    texts = [value] if isinstance(value, str) else value
    return f"its {present} is {' or '.join(texts) if isinstance(texts, list) else json.dumps(texts)}"


def _unmet(condition: Condition, context: Context) -> str:
    found = context.get(condition.key.lower())
    has = "has no such key" if found is None else f"has {found!r}"
    wanted = " or ".join(map(repr, condition.values))
    return f"its {condition.operator} of {condition.key} wants {wanted}, and the request {has}"
