"""Policy documents, compiled: all refusals are here, so that evaluating a policy cannot fail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_s3vectors.arns import COLONS
from mock_s3vectors.authorization.conditions import compile_conditions
from mock_s3vectors.authorization.elements import action_test, resource_test
from mock_s3vectors.authorization.faults import Fault, PolicyError, within
from mock_s3vectors.authorization.principals import compile_principal
from mock_s3vectors.authorization.public import is_public
from mock_s3vectors.authorization.reading import parsed, text_of
from mock_s3vectors.authorization.statements import Policy, Statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_s3vectors.authorization.principals import PrincipalElement
    from mock_s3vectors.authorization.statements import PolicyKind

# Only the latest version has variables. The first one is that of a policy without a Version.
LATEST_VERSION = "2012-10-17"
_VERSIONS = ("2008-10-17", LATEST_VERSION)


def compile_policy(document: Any, kind: PolicyKind, *, name: str = "", arn: str | None = None) -> Policy:
    """Return a policy, compiled.

    Args:
        document: JSON, as str or bytes, or what JSON would be parsed to.
        kind: what it is attached to; a resource policy needs a Principal, others must not have one.
        name: how texts for people call it.
        arn: that of a managed policy or a boundary.

    Raises:
        PolicyError: it is no such policy.
    """
    try:
        return _compiled(text_of(document), kind, name, arn)
    except Fault as fault:
        raise PolicyError(str(fault)) from None


def _compiled(text: str, kind: PolicyKind, name: str, arn: str | None) -> Policy:
    """Return a policy, if its text has the form of IAM's grammar. Choice: policy-grammar."""
    policy = parsed(text)
    sources = _sources_of(policy)
    head = _Head(kind, name, arn, has_variables=policy.get("Version") == LATEST_VERSION)
    statements = []
    for position, (place, source) in enumerate(sources.items()):
        with within(place):
            statements.append(_statement(source, position, head))
    _check_elements(policy, kind)
    if kind != "resource":
        _check_sids(sources)
    return Policy(kind, text, name, arn, tuple(statements))


class _Head(NamedTuple):
    """The parts of a policy that its statements depend on."""

    kind: PolicyKind
    name: str
    arn: str | None
    has_variables: bool


def _sources_of(policy: Any) -> dict[str, Any]:
    """Return the statements of a policy as they were given, by their place."""
    given = policy.get("Statement") if isinstance(policy, dict) else None
    if isinstance(given, dict):
        return {"Statement": given}
    if isinstance(given, list) and given:
        return {f"Statement[{position}]": source for position, source in enumerate(given)}
    raise Fault("Statement must be an object or an array of objects, which is not empty")


def _check_elements(policy: Mapping[str, Any], kind: PolicyKind) -> None:
    """Raise unless the elements of a policy beside its statements are right."""
    if policy.get("Version", LATEST_VERSION) not in _VERSIONS:
        raise Fault(f"Version must be {' or '.join(_VERSIONS)}")
    for name in policy:
        if name not in ("Version", "Id", "Statement"):
            raise Fault(f"{name} is no element of a policy")
    if "Id" in policy and kind != "resource":
        raise Fault("Id is an element of resource-based policies only")
    if not isinstance(policy.get("Id", ""), str):
        raise Fault("Id must be a string")


_SID = re.compile(r"[A-Za-z0-9]*")


def _check_sids(sources: Mapping[str, Any]) -> None:
    """Raise unless the Sids are those that IAM takes; vector buckets take more."""
    seen: set[str] = set()
    for place, source in sources.items():
        sid = source.get("Sid", "")
        if _SID.fullmatch(sid) is None:
            raise Fault(f"{place}.Sid must consist of letters and digits")
        if sid in seen:
            raise Fault(f"{place}.Sid must be another one than that of a statement before: {sid}")
        seen.update([sid] if sid else ())


def _statement(source: Any, position: int, head: _Head) -> Statement:
    """Return a statement, compiled."""
    if not isinstance(source, dict):
        raise Fault(" must be an object")
    effect = source.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise Fault(" must have an Effect, which is Allow or Deny")
    principals = _principals(source) if head.kind == "resource" else None
    action, actions = _names(source, "Action", "NotAction")
    resource, resources = _names(source, "Resource", "NotResource")
    _check_statement(source, head.kind)
    with within(f".{action}"):
        has_action = action_test(actions, negated=action == "NotAction")
    with within(f".{resource}"):
        has_resource, varies = resource_test(
            resources, negated=resource == "NotResource", variables=head.has_variables
        )
    with within(".Condition"):
        conditions = compile_conditions(source.get("Condition", {}), variables=head.has_variables)
    return Statement(
        effect,
        source.get("Sid"),
        position,
        source,
        head.kind,
        head.name,
        head.arn,
        has_action,
        has_resource,
        varies,
        conditions,
        principals,
        effect == "Allow" and is_public(principals, conditions),
    )


def _principals(source: Mapping[str, Any]) -> PrincipalElement:
    name = _only_one_of(source, "Principal", "NotPrincipal")
    with within(f".{name}"):
        return compile_principal(source[name], negated=name == "NotPrincipal")


def _names(source: Mapping[str, Any], name: str, opposite: str) -> tuple[str, list[str]]:
    """Return which one of two elements a statement has, and its values."""
    present = _only_one_of(source, name, opposite)
    value = source[present]
    names = [value] if isinstance(value, str) else value
    if isinstance(names, list) and names and all(isinstance(each, str) for each in names):
        return present, names
    raise Fault(f".{present} must be a string or an array of strings, which is not empty")


def _only_one_of(source: Mapping[str, Any], name: str, opposite: str) -> str:
    present = [either for either in (name, opposite) if either in source]
    if len(present) != 1:
        raise Fault(f" must have either {name} or {opposite}")
    return present[0]


_PRINCIPALS = ("Principal", "NotPrincipal")
_ELEMENTS = ("Sid", "Effect", *_PRINCIPALS, "Action", "NotAction", "Resource", "NotResource", "Condition")


def _check_statement(source: Mapping[str, Any], kind: PolicyKind) -> None:
    """Raise unless a statement has elements that exist, and a Sid that is a text."""
    for name in source:
        if name not in _ELEMENTS:
            raise Fault(f".{name} is no element of a statement")
        if name in _PRINCIPALS and kind != "resource":
            raise Fault(f".{name} is an element of resource-based policies only")
    if not isinstance(source.get("Sid", ""), str):
        raise Fault(".Sid must be a string")
    if kind == "session":
        _check_whole_arns(source)


def _check_whole_arns(source: Mapping[str, Any]) -> None:
    """Raise unless the resources of a session policy are whole ARNs, which those of others need not be."""
    name, values = _names(source, "Resource", "NotResource")
    for value in values:
        if value.startswith("arn:") and value.count(":") < COLONS:
            raise Fault(f".{name} must be * or ARNs with six parts in a session policy: {value} has fewer")
