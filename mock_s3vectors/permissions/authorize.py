"""The step of the gateway in which policies are asked, before anything is looked for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mock_s3vectors.arns import parse_arn
from mock_s3vectors.errors.exceptions import DeniedByPolicies

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.exchange import Exchange, Params, Record

# Why policies were not asked, for people.
OFF = 'the option authorization is "off"'
AS_ROOT = (
    "the caller acts as the root of its own account, whom policies touch only if the option authorization is "
    '"enforce" or "report". Identities of mock.iam, and calls into other accounts, are decided by policies '
    "by default"
)


def authorize(exchange: Exchange, params: Params) -> None:
    """Note the decision of the policies that apply to a call, or why they are not asked.

    Choice: denied-before-missing.

    Raises:
        AccessDeniedException: they deny a right that the call needs.
        ValidationException: the parameters do not name one resource.
        NotFoundException: they name none that can exist.
    """
    mode = exchange.config.authorization
    if mode == "off":
        exchange.access = OFF
        return
    identity = exchange.caller.identity
    is_decided = mode is not None or (identity is not None and identity.always_decided)
    if is_decided or not is_at_home(exchange.caller.account, params):
        _decide()(exchange, params)
    else:
        exchange.access = AS_ROOT


@cache
def _decide() -> Callable[[Exchange, Params], None]:
    """Return the function that asks policies, which most tests do not need."""
    from mock_s3vectors.permissions.deciding import decide  # noqa: PLC0415 - the reason is above

    return decide


def is_at_home(account: str, params: Params) -> bool:
    """Return whether a call acts in the caller's own account. A text that is no ARN is refused later."""
    for name in ("indexArn", "vectorBucketArn", "resourceArn"):
        text = params.get(name)
        if text is not None:
            arn = None if f":{account}:bucket/" in text else parse_arn(text)
            return arn is None or arn.account == account
    return True


def is_denied(record: Record) -> bool:
    """Return whether a call failed because policies denied it; a report only says that they would have."""
    return isinstance(record.error, DeniedByPolicies)
