"""`mock.explain`: why policies allowed or denied a call, in words."""

from __future__ import annotations

import json
from textwrap import indent
from typing import TYPE_CHECKING

from mock_s3vectors.abridging import plural, show
from mock_s3vectors.authorization import AccessRequest, explanation, needs_of
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.permissions.authorize import is_denied
from mock_s3vectors.permissions.context import Context
from mock_s3vectors.permissions.deciding import Access
from mock_s3vectors.workbench.call import Call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.authorization import Decision, Policy, Statement
    from mock_s3vectors.exchange import Record
    from mock_s3vectors.workbench.calls import Calls


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
    record = Call.record_of(call)
    if isinstance(record.access, Access) and record.decision is not None:
        lines = _decided(call, record, record.access, record.decision)
    else:
        lines = _not_asked(call, record)
    return Explanation("\n".join(lines))


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
    found = answered_with(request_id, calls)
    if found is not None:
        return found
    dropped = f" (but {calls.dropped:,} before these were dropped)" if calls.dropped else ""
    raise UsageError(
        f"explain({type(asked).__name__}): no call of this mock was answered with the request id "
        f"{request_id}{dropped}. Ask the mock that answered it."
    )


def answered_with(request_id: str | None, calls: Calls) -> Call | None:
    """Return the call that was answered with a request id, None if there is none."""
    same = (call for call in reversed(calls) if call.request_id == request_id)
    return None if request_id is None else next(same, None)


def _not_asked(call: Call, record: Record) -> Iterator[str]:
    if isinstance(record.access, str):
        reason = record.access
    elif call.rule is not None:
        reason = f"{call.rule!r} decided what became of it before that"
    else:
        reason = "it was refused before that"
    yield f"Policies were not asked about {call.title()}: {reason}."
    yield from _other_failure(call, record)


def _other_failure(call: Call, record: Record) -> Iterator[str]:
    """Yield the error of a call that policies did not deny, if it has one."""
    if isinstance(record.error, ServiceError):
        yield f"It failed for another reason: {call.status} {call.error}: {call.message}"
    elif call.error:
        yield f"It failed for another reason: {call.error}"


def _decided(call: Call, record: Record, access: Access, decision: Decision) -> Iterator[str]:
    if decision.allowed:
        yield f"Policies allowed {call.title()}."
    else:
        would = "" if is_denied(record) else "would have "
        yield f"Policies {would}denied {call.title()}."
    if not is_denied(record):
        yield from _other_failure(call, record)
    yield ""
    yield f"caller:   {access.principal.arn}"
    for right in _needed(record, access, decision):
        yield f"needs:    {right}"
    yield f"on:       {access.target.name}"
    request = _request(record, access)
    yield f"decision: {explanation(decision, request, access.policies)}"
    if decision.statement is not None:
        yield from _statement(decision.statement, request)
    elif not decision.allowed:
        yield "asked:    " + "; ".join(_asked(access, decision))


def _needed(record: Record, access: Access, decision: Decision) -> Iterator[str]:
    """Yield the rights that the call needs until one is denied, with the parameters that ask for it."""
    params, operation = record.params or {}, str(record.operation)
    for number, action in enumerate(needs_of(operation, params)):
        asking = [
            name for name, value in params.items() if number and action in needs_of(operation, {name: value})
        ]
        shown = f"{action}, for {' and '.join(asking)}" if asking else action
        if action == access.action and not decision.allowed:
            yield f"{shown} (denied)"
            return
        yield f"{shown} (allowed)"


def _request(record: Record, access: Access) -> AccessRequest:
    """Return the request on which the policies decided."""
    principal, action, target = access.principal, access.action, access.target
    context = Context(record, record.params or {}, target, principal, action)
    return AccessRequest(principal, action, target.name, target.account, context)


def _statement(statement: Statement, request: AccessRequest) -> Iterator[str]:
    """Yield a statement, and what the call has for the condition keys in it."""
    yield indent(json.dumps(statement.source, indent=2), "  ")
    for key in dict.fromkeys(condition.key for condition in statement.conditions):
        value = request.context.get(key.lower())
        yield f"  {key}: " + ("the call has none" if value is None else f"the call has {json.dumps(value)}")


def _asked(access: Access, decision: Decision) -> Iterator[str]:
    """Yield the policies that could have allowed the call, and those that there are not."""
    policies = access.policies
    limit = {"boundary": policies.boundary, "session": policies.session}.get(str(decision.kind))
    if limit is not None:
        yield _described(limit)
        return
    yield from map(_described, policies.identity or ())
    if policies.identity == ():
        yield "the caller has no policies"
    if policies.resource is not None:
        yield _described(policies.resource)
    elif access.target.name != "*":
        has_none = "has no policy" if access.target.has_bucket else "does not exist, and so has no policy"
        yield f"the vector bucket {has_none}"


def _described(policy: Policy) -> str:
    arn = f" ({policy.arn})" if policy.arn else ""
    return f"{policy.name or 'a policy'}{arn}, {plural(len(policy.statements), 'statement')}"
