"""`mock.explain`: why policies allowed or denied a call, in words.

A statement is examined by denying with parts of it: a policy of one statement, which denies by one element
alone, decides whether that element is about the call. So the words agree with the decisions.
"""

from __future__ import annotations

import json
from textwrap import indent
from typing import TYPE_CHECKING, Any

from mock_s3vectors.abridging import plural, show
from mock_s3vectors.authorization import AccessRequest, Policies, compile_policy, evaluate, needs_of
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.permissions.authorize import is_denied
from mock_s3vectors.permissions.context import Context
from mock_s3vectors.permissions.deciding import Access
from mock_s3vectors.workbench.call import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.authorization import Decision, Policy
    from mock_s3vectors.authorization.documents import PolicyKind, Statement
    from mock_s3vectors.exchange import Record
    from mock_s3vectors.workbench.calls import Calls

_KINDS: dict[PolicyKind, str] = {
    "identity": "identity-based",
    "resource": "resource-based",
    "boundary": "permissions boundary",
    "session": "session policy",
}
_ELEMENTS = ("Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource")
_MOST_STATEMENTS = 20


class Explanation(str):
    """A text of several lines, which is shown as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def explain(asked: object, calls: Calls) -> Explanation:
    """Return why policies allowed or denied a call; see `Workbench.explain`.

    Raises:
        UsageError: this is no call, nor the error of one of the calls.
    """
    call = _call_of(asked, calls)
    return Explanation("\n".join(_lines(call, Call.record_of(call))))


def _call_of(asked: object, calls: Calls) -> Call:
    """Return a call, or the call that a ClientError of botocore belongs to.

    Raises:
        UsageError: there is none.
    """
    if isinstance(asked, Call):
        return asked
    response = getattr(asked, "response", None)
    if not isinstance(response, dict):
        raise UsageError(
            f"explain({show(asked)}): give a call, such as mock.calls.last, or the ClientError of a call."
        )
    request_id = response.get("ResponseMetadata", {}).get("RequestId")
    for call in reversed(calls):
        if request_id is not None and call.request_id == request_id:
            return call
    dropped = f", and {plural(calls.dropped, 'older call')} were not kept" if calls.dropped else ""
    raise UsageError(
        f"explain({type(asked).__name__}): no call of this mock was answered with request id {request_id}"
        f"{dropped}. A call that an inner mock answered is explained by that one."
    )


def _lines(call: Call, record: Record) -> Iterator[str]:
    access, decision, error = record.access, record.decision, record.error
    failed = f"{call.status} {call.error}: {call.message}" if isinstance(error, ServiceError) else call.error
    if not isinstance(access, Access) or decision is None:
        reason = access if isinstance(access, str) else _why_so_early(call)
        yield f"{call.title()} was not denied by policies: they were not asked, since {reason}."
        if call.error:
            yield f"It failed for another reason: {failed}"
        return
    if decision.allowed:
        yield f"{call.title()} was allowed by policies."
    else:
        yield f"{call.title()} {'was' if is_denied(record) else 'would be'} denied by policies."
    if call.error and not is_denied(record):
        yield f"It failed for another reason: {failed}"
    yield ""
    yield f"caller:   {access.principal.arn}"
    yield from _needed(record, access, decision)
    yield f"resource: {access.target.name}"
    yield f"decision: {_decided(access, decision)}"
    request = _request(record, access)
    if decision.statement is not None:
        yield from _deciding(decision.statement, request)
    if not decision.allowed and decision.statement is None:
        yield from _looked_at(access, decision, request)


def _why_so_early(call: Call) -> str:
    if call.rule is not None:
        return f"{call.rule!r} decided what became of it before that"
    return "the call was refused before that" if call.error else "it was not carried out"


def _needed(record: Record, access: Access, decision: Decision) -> Iterator[str]:
    """Yield the rights that the call needs, with what of its parameters asks for the further ones."""
    params, operation = record.params or {}, str(record.operation)
    for number, action in enumerate(needs_of(operation, params)):
        asking = [
            name for name, value in params.items() if number and action in needs_of(operation, {name: value})
        ]
        shown = action
        if asking:
            shown += f", since the call has {' and '.join(asking)}"
        if action == access.action and not decision.allowed:
            yield f"needs:    {shown} - denied"
            return
        yield f"needs:    {shown} - allowed"


def _decided(access: Access, decision: Decision) -> str:
    """Return the decision in one sentence."""
    if decision.statement is not None:
        verb = "allows" if decision.allowed else "denies"
        return f"{_named(decision.statement)} of {_of_kind(decision.statement)} {verb} it."
    if not decision.allowed:
        return f"{decision.why.removeprefix('because ')}."
    if access.principal.kind == "root":
        return "The root of an account may do all in it that no policy denies."
    return decision.why or "No policy had to allow it."


def _named(statement: Statement) -> str:
    return f"Statement[{statement.position}]" + (f" ({statement.sid})" if statement.sid else "")


def _of_kind(policy: Statement) -> str:
    arn = f", {policy.policy_arn}" if policy.policy_arn else ""
    return f"{policy.policy_name or 'a policy'} ({_KINDS[policy.policy_kind]}{arn})"


def _request(record: Record, access: Access) -> AccessRequest:
    """Return the request on which the policies decided."""
    principal, action, target = access.principal, access.action, access.target
    context = Context(record, record.params or {}, target, principal, action)
    return AccessRequest(principal, action, target.name, target.account, context)


def _deciding(statement: Statement, request: AccessRequest) -> Iterator[str]:
    """Yield the statement that decided, and the values of the condition keys in it."""
    yield ""
    yield indent(json.dumps(statement.source, indent=2), "  ")
    for _, key, _ in _conditions(statement):
        yield f"  {key}: {_value(request, key)}"


def _conditions(statement: Statement) -> Iterator[tuple[str, str, Any]]:
    """Yield each operator, each key, and the values that it asks for."""
    for operator, keys in (statement.source.get("Condition") or {}).items():
        for key, values in keys.items():
            yield operator, key, values


def _value(request: AccessRequest, key: str) -> str:
    """Return the value of a condition key in the call, for people."""
    value = request.context.get(key.lower())
    return "the call has no such key" if value is None else f"the call has {json.dumps(value)}"


def _looked_at(access: Access, decision: Decision, request: AccessRequest) -> Iterator[str]:
    """Yield the policies that could have allowed the call, and why no statement of them did."""
    yield ""
    yield "Looked for a statement that allows it in:"
    own = access.policies.identity or ()
    by_kind: dict[PolicyKind, tuple[Policy, ...]] = {
        "identity": own,
        "resource": _given(access.policies.resource),
        "boundary": _given(access.policies.boundary),
        "session": _given(access.policies.session),
    }
    is_own = access.principal.account == access.target.account
    kinds: list[PolicyKind] = [decision.kind or "identity"]
    if is_own and kinds == ["identity"]:
        kinds.append("resource")
    for kind in kinds:
        if not by_kind[kind]:
            yield f"  {_lacking(kind, access)}"
        for policy in by_kind[kind]:
            yield from (f"  {line}" for line in _policy_lines(policy, request))


def _given(policy: Policy | None) -> tuple[Policy, ...]:
    return () if policy is None else (policy,)


def _lacking(kind: PolicyKind, access: Access) -> str:
    """Return which policy there is not."""
    if kind != "resource":
        return f"no {_KINDS[kind]} policy: the caller has none"
    if access.target.name == "*":
        return "no bucket policy: the call is about no single bucket"
    return f"no bucket policy: the bucket {'has none' if access.target.has_bucket else 'does not exist'}"


def _policy_lines(policy: Policy, request: AccessRequest) -> Iterator[str]:
    allowing = [statement for statement in policy.statements if statement.effect == "Allow"]
    yield f"{policy.name or 'a policy'} ({_KINDS[policy.kind]}{f', {policy.arn}' if policy.arn else ''}):"
    if not allowing:
        yield "  no statement allows anything"
    for statement in allowing[:_MOST_STATEMENTS]:
        yield f"  {_named(statement)}: {_why_not(statement, policy, request)}"
    if len(allowing) > _MOST_STATEMENTS:
        yield f"  ... {len(allowing) - _MOST_STATEMENTS} more, which do not allow it either"


def _why_not(statement: Statement, policy: Policy, request: AccessRequest) -> str:
    """Return what of a statement that allows something is not about a request."""
    missed = []
    for element in _ELEMENTS:
        given = statement.source.get(element)
        if given is not None and not _is_met({element: given}, policy, request):
            missed.append(f"{element} is {_short(given)}")
    for operator, key, values in _conditions(statement):
        if not _is_met({"Condition": {operator: {key: values}}}, policy, request):
            missed.append(f"{operator} {key} asks for {_short(values)}, and {_value(request, key)}")
    if missed:
        return "; ".join(missed)
    return "it is about this call, but names everybody or the whole account, and not this caller"


def _short(given: object) -> str:
    return show(given).replace("'", '"')


def _is_met(part: dict[str, Any], policy: Policy, request: AccessRequest) -> bool:
    """Return whether a part of a statement is about a request: a statement of it alone would deny that."""
    alone = {"Effect": "Deny", **part}
    for name in ("Action", "Resource", *(["Principal"] if policy.kind == "resource" else [])):
        if not {name, f"Not{name}"} & {*part}:
            alone[name] = "*"
    version = json.loads(policy.text).get("Version")
    document = {"Statement": alone} if version is None else {"Version": version, "Statement": alone}
    if policy.kind == "resource":
        policies = Policies(None, resource=compile_policy(document, "resource"))
    else:
        policies = Policies((compile_policy(document, "identity"),))
    return evaluate(policies, request).statement is not None
