"""The decision whether a principal may act on a resource, by IAM's published logic."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mock_s3vectors.authorization.documents import Policy, PolicyKind, Statement
    from mock_s3vectors.authorization.principals import Principal


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """One right that a call needs.

    Attributes:
        principal: who calls.
        action: `s3vectors:QueryVectors`.
        resource: the ARN of a vector bucket or an index; `*` for ListVectorBuckets.
        account: the account that owns the resource, 12 digits.
        context: the values of condition keys, by their names in lower case. A key that is absent from the
            request is absent here. A key with one value has a str, one with several a sequence of them.
    """

    principal: Principal
    action: str
    resource: str
    account: str
    context: Mapping[str, str | Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies that apply to a request.

    Attributes:
        identity: those of the user or the role. None: it may do all that no other policy denies, as the root
            of an account.
        boundary: the permissions boundary of the user or the role; None if it has none.
        session: the policy of the role's session; None if it has none.
        resource: the policy of the vector bucket; None if it has none.
    """

    identity: tuple[Policy, ...] | None = ()
    boundary: Policy | None = None
    session: Policy | None = None
    resource: Policy | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on a request.

    Attributes:
        allowed: whether the principal may.
        kind: the kind of policy that decided: that of the statement, or the one that lacks a statement. None
            if no policy had to allow it, as for an account's root.
        statement: the statement that allowed or denied it; None if none did.
        why: the end of AWS's message for a denial, for instance `because no identity-based policy allows the
            s3vectors:GetVectors action`; for what is allowed, a sentence of the mock's own.
    """

    allowed: bool
    kind: PolicyKind | None
    statement: Statement | None
    why: str


def evaluate(policies: Policies, request: AccessRequest) -> Decision:
    """Decide whether a principal may act on a resource."""
    kinds: list[tuple[PolicyKind, tuple[Policy, ...]]] = [
        ("identity", policies.identity or ()),
        ("boundary", tuple(filter(None, [policies.boundary]))),
        ("session", tuple(filter(None, [policies.session]))),
        ("resource", tuple(filter(None, [policies.resource]))),
    ]
    found: dict[str, Statement | None] = {}
    for kind, own in kinds:
        matching = [
            statement for policy in own for statement in policy.statements if _is_about(statement, request)
        ]
        denying = [statement for statement in matching if statement.effect == "Deny"]
        if denying:
            return Decision(
                allowed=False, kind=kind, statement=denying[0], why=f"with an explicit deny in {_NAMES[kind]}"
            )
        found[kind] = matching[0] if matching else None
    is_own = request.principal.account == request.account
    if not is_own and found["resource"] is None:
        return _lacking("resource", request.action)
    if policies.identity is not None and found["identity"] is None and not (is_own and found["resource"]):
        return _lacking("identity", request.action)
    for one, policy in (("boundary", policies.boundary), ("session", policies.session)):
        if policy is not None and found[one] is None:
            return _lacking(policy.kind, request.action)
    statement = found["identity"] or found["resource"]
    kind_of = None if statement is None else statement.policy_kind
    return Decision(allowed=True, kind=kind_of, statement=statement, why="")


_NAMES: dict[PolicyKind, str] = {
    "identity": "an identity-based policy",
    "resource": "a resource-based policy",
    "boundary": "a permissions boundary",
    "session": "a session policy",
}


def _lacking(kind: PolicyKind, action: str) -> Decision:
    lacking = _NAMES[kind].partition(" ")[2]
    return Decision(
        allowed=False, kind=kind, statement=None, why=f"because no {lacking} allows the {action} action"
    )


def _is_about(statement: Statement, request: AccessRequest) -> bool:
    actions, resources = (statement.source.get(name, []) for name in ("Action", "Resource"))
    actions, resources = ([value] if isinstance(value, str) else value for value in (actions, resources))
    return any(fnmatchcase(request.action.lower(), action.lower()) for action in actions) and any(
        fnmatchcase(request.resource, resource) for resource in resources
    )
