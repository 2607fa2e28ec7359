"""The decision on a call, and what it was made from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from mock_s3vectors.authorization import AccessRequest, Policies, Principal, evaluate, needs_of
from mock_s3vectors.errors import refusals
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.operations.helpers.addressing import place_of
from mock_s3vectors.permissions.context import Context
from mock_s3vectors.permissions.targets import arn_of, target_at

if TYPE_CHECKING:
    from mock_s3vectors.arns import Arn
    from mock_s3vectors.exchange import Exchange, Params
    from mock_s3vectors.permissions.targets import Target


class Access(NamedTuple):
    """The right that a call was denied, or the last one that it needed, and what decided about it.

    It holds nothing of the world, and never changes.

    Attributes:
        principal: who calls.
        action: the right, `s3vectors:GetVectors`.
        target: the resource, as it was.
        policies: those that applied.
    """

    principal: Principal
    action: str
    target: Target
    policies: Policies


def decide(exchange: Exchange, params: Params) -> None:
    """Note the decision of the policies that apply to a call.

    Raises:
        AccessDeniedException: they deny a right that the call needs, and are obeyed.
        ValidationException: the parameters do not name one resource.
        NotFoundException: they name none that can exist.
    """
    is_obeyed, operation = exchange.config.authorization != "report", str(exchange.operation)
    try:
        arn = arn_of(operation, exchange.caller, params)
    except ServiceError:
        if is_obeyed:
            raise
        return  # the operation refuses it when it comes to that
    if operation != "CreateIndex":  # which addresses the bucket
        exchange.arn = arn
    target = target_at(exchange, arn)
    principal, policies = _who(exchange, target)
    for action in needs_of(operation, params):
        context = Context(exchange, params, target, principal, action)
        decision = evaluate(policies, AccessRequest(principal, action, target.name, target.account, context))
        exchange.decision, exchange.access = decision, Access(principal, action, target, policies)
        if not decision.allowed:
            if is_obeyed:
                _note_if_missed(exchange, target, arn)
                raise refusals.access_denied(principal.arn, action, target.name, decision.why)
            return


def _who(exchange: Exchange, target: Target) -> tuple[Principal, Policies]:
    """Return who calls, and the policies that apply to the call. Choice: root-denied.

    Raises:
        UsageError: another library has a policy that is none.
    """
    caller, bucket_policy = exchange.caller, target.policy
    if caller.identity is None:
        return Principal.root(caller.account, caller.partition), Policies(None, resource=bucket_policy)
    if caller.identity.fault is not None:
        raise UsageError(caller.identity.fault)
    policies = caller.identity.policies
    if not caller.identity.always_decided and exchange.config.authorization is None:
        policies = Policies(None)
    if bucket_policy is not None:
        policies = replace(policies, resource=bucket_policy)
    return caller.identity.principal, policies


def _note_if_missed(exchange: Exchange, target: Target, arn: Arn | None) -> None:
    """Have a denied call warned if its bucket, and so its policy, was dropped with an inner mock."""
    if arn is not None and not target.has_bucket and exchange.operation != "CreateVectorBucket":
        place_of(exchange, replace(arn, index=None)).note_if_missed()
