"""The smallest policy with which recorded calls can be made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from mock_s3vectors.authorization import LATEST_VERSION, needs_of
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.permissions.authorize import is_denied
from mock_s3vectors.permissions.targets import arn_of
from mock_s3vectors.workbench.call import Call
from mock_s3vectors.workbench.calls import Calls

if TYPE_CHECKING:
    from mock_s3vectors.exchange import Record

    # An action and the ARN of a resource.
    Right = tuple[str, str]


def rights_of(record: Record) -> Iterable[Right]:
    """Yield the rights that a call needs; none for a call that policies denied, or that names no resource."""
    operation, params = record.operation, record.params
    if operation is None or params is None or is_denied(record):
        return
    try:
        arn = arn_of(operation, record.caller, params)
    except (ServiceError, LookupError, TypeError):
        return  # parameters that were refused for their form may be anything
    for action in needs_of(operation, params):
        yield action, "*" if arn is None else str(arn)


def policy_for(calls: Iterable[Call], asked: str) -> dict[str, Any]:
    """Return the smallest policy for calls; see `Iam.least_privilege`.

    Args:
        calls: some calls.
        asked: what asks, for texts.

    Raises:
        UsageError: some of the calls were dropped, or these are no calls.
    """
    if isinstance(calls, Calls):
        calls.check_complete(asked)
    listed = list(calls) if isinstance(calls, Iterable) else [None]
    if not all(isinstance(call, Call) for call in listed):
        raise UsageError(f"{asked}: give calls, such as mock.calls or mock.calls.of(...).")
    return policy_of(right for call in listed for right in rights_of(Call.record_of(call)))


def policy_of(rights: Iterable[Right]) -> dict[str, Any]:
    """Return the smallest identity policy that gives rights, the same whatever their order.

    Actions that are needed on the same resources share a statement.
    """
    resources: dict[str, set[str]] = {}
    for action, resource in rights:
        resources.setdefault(action, set()).add(resource)
    actions: dict[tuple[str, ...], list[str]] = {}
    for action, own in sorted(resources.items()):
        actions.setdefault(tuple(sorted(own)), []).append(action)
    statements = [
        {"Effect": "Allow", "Action": shared, "Resource": list(own)}
        for own, shared in sorted(actions.items())
    ]
    return {"Version": LATEST_VERSION, "Statement": statements}
