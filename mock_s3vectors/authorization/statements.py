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
        conditions: all must be met.
        principals: whom the statement of a resource policy means; None for the other kinds.
        is_public: whether it allows everybody, and no condition says who that is.
        names_vary: whether variables are in the names of its resources.
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
    conditions: tuple[Condition, ...] = field(repr=False)
    principals: PrincipalElement | None = field(repr=False)
    is_public: bool = field(repr=False)
    names_vary: bool = field(repr=False)

    def applies(self, request: AccessRequest) -> bool:
        """Return whether the statement, which `Policy.about` found for a request, applies to it."""
        context = request.context
        if self.names_vary and not self.has_resource(request.resource, context):
            return False
        for condition in self.conditions:  # noqa: SIM110 - a generator takes longer than most conditions
            if not condition.holds(context):
                return False
        return True

    def match(self, request: AccessRequest, *, bounded: bool) -> Match:
        """Return how closely a statement of a resource policy means the caller.

        Args:
            request: for which `Policy.about` found it.
            bounded: whether the caller has a permissions boundary.
        """
        if self.principals is None:
            return Match.NONE
        found = self.principals.match(request.principal, deny=self.effect == "Deny", bounded=bounded)
        return found if found and self.applies(request) else Match.NONE


# The statements that deny, and those that allow, in the order of their policy.
ByEffect = tuple[tuple[Statement, ...], tuple[Statement, ...]]

# How many answers of `about` are kept: a test calls few operations on few resources again and again.
_MOST_ANSWERS = 256


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
    _answers: dict[tuple[str, str], ByEffect] = field(default_factory=dict, init=False, repr=False)

    def about(self, action: str, resource: str) -> ByEffect:
        """Return the statements that are about an action, and that may be about a resource."""
        known = self._answers.get((action, resource))
        if known is None:
            lower = action.lower()
            own = [
                statement
                for statement in self.statements
                if statement.has_action(lower)
                and (statement.names_vary or statement.has_resource(resource, {}))
            ]
            known = (
                tuple(statement for statement in own if statement.effect == "Deny"),
                tuple(statement for statement in own if statement.effect == "Allow"),
            )
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            self._answers[action, resource] = known
        return known
