"""Compiled policies: their statements, and whether a statement is about a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from mock_s3vectors.authorization.principals import Match

if TYPE_CHECKING:
    from mock_s3vectors.authorization.conditions import Condition
    from mock_s3vectors.authorization.evaluate import AccessRequest
    from mock_s3vectors.authorization.patterns import Matches
    from mock_s3vectors.authorization.principals import PrincipalElement
    from mock_s3vectors.authorization.variables import Test

# What a policy is attached to decides which elements it has, and how a denial names it.
PolicyKind = Literal["identity", "resource", "boundary", "session"]
Effect = Literal["Allow", "Deny"]


@dataclass(frozen=True, eq=False, slots=True)
class Statement:
    """A compiled statement.

    Attributes:
        effect: Allow or Deny.
        sid: its Sid, None if it has none.
        position: its place among the statements of its policy, from 0.
        source: the statement as it was given.
        policy_kind: that of its policy.
        policy_name: that of its policy.
        policy_arn: that of its policy.
        has_action: tells whether it is about an action, in lower case.
        has_resource: tells whether it is about a resource, in the context of a request.
        varies: whether that context matters, as the resources have variables.
        conditions: all must be met.
        principals: whom the statement of a resource policy means; None for the other kinds.
        is_public: whether it allows everybody, and no condition says who that is.
    """

    effect: Effect
    sid: str | None
    position: int
    source: Any
    policy_kind: PolicyKind
    policy_name: str
    policy_arn: str | None
    has_action: Matches = field(repr=False)
    has_resource: Test = field(repr=False)
    varies: bool = field(repr=False)
    conditions: tuple[Condition, ...] = field(repr=False)
    principals: PrincipalElement | None = field(repr=False)
    is_public: bool = field(repr=False)

    def applies(self, request: AccessRequest) -> bool:
        """Return whether the statement, one of those that may be about a request, applies to it.

        The Principal element is left out, see `match`.
        """
        context = request.context
        if self.varies and not self.has_resource(request.resource, context):
            return False
        for condition in self.conditions:  # noqa: SIM110 - a generator would cost more than most conditions
            if not condition.holds(context):
                return False
        return True

    def match(self, request: AccessRequest, *, bounded: bool) -> Match:
        """Return how closely a statement of a resource policy means the caller.

        Args:
            request: that it may be about.
            bounded: whether the caller has a permissions boundary.
        """
        if self.principals is None:
            return Match.NONE
        found = self.principals.match(request.principal, deny=self.effect == "Deny", bounded=bounded)
        return found if found and self.applies(request) else Match.NONE


# The statements that deny, and those that allow, in the order of their policy.
ByEffect = tuple[tuple[Statement, ...], tuple[Statement, ...]]

# Of how many pairs of an action and a resource a policy remembers its statements.
_MOST_REMEMBERED = 256


@dataclass(frozen=True, eq=False)
class Policy:
    """A compiled policy document.

    Attributes:
        kind: what it is attached to.
        text: the document as it was given, in JSON.
        name: how texts for people call it, such as `policy reader`.
        arn: that of a managed policy or a boundary; None for inline and resource policies.
        statements: in the order of the document.
    """

    kind: PolicyKind
    text: str
    name: str
    arn: str | None
    statements: tuple[Statement, ...] = field(repr=False)
    # The answers of `about`: the same few pairs are asked for again and again.
    _remembered: dict[tuple[str, str], ByEffect] = field(default_factory=dict, init=False, repr=False)

    def about(self, request: AccessRequest) -> ByEffect:
        """Return the statements that may be about a request, as far as its action and resource tell."""
        pair = (request.action, request.resource)
        found = self._remembered.get(pair)
        if found is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[pair] = found = self._about(request.action.lower(), request.resource)
        return found

    def _about(self, action: str, resource: str) -> ByEffect:
        own = [
            statement
            for statement in self.statements
            if statement.has_action(action) and (statement.varies or statement.has_resource(resource, {}))
        ]
        denying, allowing = (
            tuple(statement for statement in own if statement.effect == effect)
            for effect in ("Deny", "Allow")
        )
        return denying, allowing
