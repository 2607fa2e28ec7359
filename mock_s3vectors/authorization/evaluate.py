"""The decision whether a principal may act on a resource, by IAM's published logic."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from mock_s3vectors.authorization.principals import Match

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mock_s3vectors.authorization.principals import Principal
    from mock_s3vectors.authorization.statements import Policy, PolicyKind, Statement


class AccessRequest(NamedTuple):
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
    context: Mapping[str, str | Sequence[str]] = MappingProxyType({})


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


class Decision(NamedTuple):
    """The decision on a request.

    Attributes:
        allowed: whether the principal may.
        kind: the kind of policy that decided, `identity`, `resource`, `boundary` or `session`: that of the
            statement, or the one that lacks a statement. None if no policy had to allow it, as for an
            account's root.
        statement: the statement that allowed or denied it; None if none did. It has `policy_name`,
            `policy_arn`, `position` (from 0), `sid`, and `source`, which is the statement as it was given.
        why: the end of AWS's message for a denial, for instance `because no identity-based policy allows the
            s3vectors:GetVectors action`; for what is allowed, a sentence of the mock's own.

    Example:
        >>> reader = mock.iam.user("reader").allow("GetIndex")
        >>> client = boto3.client("s3vectors", region_name="us-east-1", **reader)
        >>> _ = client.get_index(vectorBucketName="films", indexName="plots")
        >>> decision = mock.calls.last.decision
        >>> decision.allowed, decision.kind, decision.statement.source["Action"]
        (True, 'identity', ['s3vectors:GetIndex'])
    """

    allowed: bool
    kind: PolicyKind | None
    statement: Statement | None
    why: str


def evaluate(policies: Policies, request: AccessRequest) -> Decision:
    """Decide whether a principal may act on a resource.

    1. A statement that denies wins over all that allow. Choice: first-denial.
    2. In one account, the identity's policies or the bucket's are enough:

       - What an identity-based policy allows, the boundary and the session policy must allow too.
       - If the bucket's policy names the role, it counts like an identity-based policy of the role.
       - If it names the user, the session of the role, or everybody, nothing else must allow it.
       - If it names the account, the identity-based policies decide.
    3. Across accounts, both are needed: the bucket's policy names the account, or somebody in it, and an
       identity-based policy, the boundary and the session policy allow it. Statements for everybody do not
       count then.
    4. Else it is denied, by the first kind of policy that should have allowed it: across accounts the
       bucket's, then the identity's, the boundary, the session policy. Choice: first-denial.

    An identity without restrictions needs no policy of its own, such as the root of an account.
    """
    denying = _denying(policies, request)
    if denying is not None:
        return _denied_by(denying, request)
    if request.principal.account == request.account:
        return _in_one_account(_find(policies, request, others=False), request)
    return _across_accounts(_find(policies, request, others=True), request)


class _Found(NamedTuple):
    """The policies' answers on a request that none of them denies.

    Attributes:
        allowing: the statement of an identity-based policy that allows it.
        identity_allows: whether there is one, or the identity needs none.
        limit: the kind of the first policy that limits the identity and does not allow the request.
        granting: the statement of the bucket's policy that allows it, the one that means the caller closest.
        match: how closely.
    """

    allowing: Statement | None
    identity_allows: bool
    limit: PolicyKind | None
    granting: Statement | None
    match: Match


def _in_one_account(found: _Found, request: AccessRequest) -> Decision:
    if found.identity_allows and found.limit is None:
        return _allowed(request, found.allowing)
    if found.match >= Match.EVERYBODY or (found.match is Match.ROLE and found.limit is None):
        return _allowed(request, found.granting)
    if found.limit is not None and (found.identity_allows or found.match is Match.ROLE):
        return _lacking(found.limit, request)
    return _lacking("identity", request)


def _across_accounts(found: _Found, request: AccessRequest) -> Decision:
    if found.granting is None or (found.match is Match.ACCOUNT and not found.identity_allows):
        return _lacking("resource", request)
    if not found.identity_allows:
        return _lacking("identity", request)
    if found.limit is not None:
        return _lacking(found.limit, request)
    return _allowed(request, found.allowing, found.granting)


# Places in the statements that are about an action, see `ByEffect`.
_DENY, _ALLOW = 0, 1


def _denying(policies: Policies, request: AccessRequest) -> Statement | None:
    """Return the statement that denies a request. Choice: first-denial."""
    found = _first(_DENY, policies.identity or (), request)
    if found is None and policies.resource is not None:
        bounded = policies.boundary is not None
        for statement in policies.resource.about(request)[_DENY]:
            if statement.match(request, bounded=bounded):
                return statement
    return found or _first(_DENY, (policies.boundary, policies.session), request)


def _first(effect: int, policies: Iterable[Policy | None], request: AccessRequest) -> Statement | None:
    """Return the first statement with an effect that applies to a request."""
    for policy in policies:
        if policy is not None:
            for statement in policy.about(request)[effect]:
                if statement.applies(request):
                    return statement
    return None


def _find(policies: Policies, request: AccessRequest, *, others: bool) -> _Found:
    """Return the policies' answers on a request; `others` tells whether another account's identity asks."""
    allowing = _first(_ALLOW, policies.identity or (), request)
    return _Found(
        allowing,
        allowing is not None or policies.identity is None,
        _limit(policies, request),
        *_grant(policies, request, others=others),
    )


def _grant(policies: Policies, request: AccessRequest, *, others: bool) -> tuple[Statement | None, Match]:
    granting, closest = None, Match.NONE
    if policies.resource is not None:
        for statement in policies.resource.about(request)[_ALLOW]:
            if not (others and statement.is_public):
                match = statement.match(request, bounded=policies.boundary is not None)
                if match > closest:
                    granting, closest = statement, match
    return granting, closest


def _limit(policies: Policies, request: AccessRequest) -> PolicyKind | None:
    for policy in (policies.boundary, policies.session):
        if policy is not None and _first(_ALLOW, (policy,), request) is None:
            return policy.kind
    return None


_NAMES: dict[PolicyKind, str] = {
    "identity": "an identity-based policy",
    "resource": "a resource-based policy",
    "boundary": "a permissions boundary",
    "session": "a session policy",
}


def _denied_by(statement: Statement, request: AccessRequest) -> Decision:
    kind, arn = statement.policy_kind, statement.policy_arn
    # AWS shows no account the policies of another one.
    named = f": {arn}" if arn and request.principal.account == request.account else ""
    return Decision(
        allowed=False, kind=kind, statement=statement, why=f"with an explicit deny in {_NAMES[kind]}{named}"
    )


def _lacking(kind: PolicyKind, request: AccessRequest) -> Decision:
    name = _NAMES[kind].partition(" ")[2]
    why = f"because no {name} allows the {request.action} action"
    return Decision(allowed=False, kind=kind, statement=None, why=why)


def _allowed(request: AccessRequest, allowing: Statement | None, also: Statement | None = None) -> Decision:
    """Return the decision to allow a request, by one statement, by two, or because none is needed."""
    first, second = (allowing, also) if allowing is not None else (also, None)
    if first is None:
        return Decision(
            allowed=True, kind=None, statement=None, why="because only an explicit deny limits the principal"
        )
    who = f"{_NAMES[first.policy_kind]} allows"
    if second is not None:
        who = f"{_NAMES[first.policy_kind]} and {_NAMES[second.policy_kind]} allow"
    why = f"because {who} the {request.action} action"
    return Decision(allowed=True, kind=first.policy_kind, statement=first, why=why)
