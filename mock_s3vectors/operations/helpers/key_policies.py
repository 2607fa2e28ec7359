"""The policies of KMS keys: whether one lets the service index vectors that the key encrypts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.authorization import (
    AccessRequest,
    Policies,
    PolicyError,
    Principal,
    compile_policy,
    evaluate,
)
from mock_s3vectors.authorization.comparisons import date_of
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_s3vectors.arns import Arn

# The service as it works in the background, and as it calls KMS.
_SERVICE = "indexing.s3vectors.amazonaws.com"
_ENCRYPTION_CONTEXT_KEYS = ("aws:s3vectors:arn", "aws:s3vectors:resource-id")


def admits_indexing(policy: str, key: str, index: Arn, now: float) -> bool:
    """Return whether the policy of a key lets the service decrypt in the background.

    Args:
        policy: in JSON.
        key: the ARN of the key.
        index: that of the index.
        now: the time, in seconds since the epoch.

    Raises:
        UsageError: it is no policy, so KMS would not have taken it.
    """
    try:
        compiled = compile_policy(policy, "resource", name=f"the policy of key {key}")
    except PolicyError as fault:
        raise UsageError(
            f"The policy of the KMS key {key} is no policy by IAM's grammar: {fault}. Give the key another."
        ) from None
    # In one account, so that the service needs no policy of its own, and a grant to everybody counts.
    service = Principal(_SERVICE, "", "service")
    request = AccessRequest(service, "kms:Decrypt", key, service.account, _context(key, index, now))
    return evaluate(Policies(resource=compiled), request).allowed


def _context(key: str, index: Arn, now: float) -> dict[str, str | Sequence[str]]:
    """Return the values of condition keys, by their names in lower case. Choice: kms-policy-context."""
    return {
        "aws:currenttime": date_of(now),
        "aws:epochtime": str(int(now)),
        "aws:principalisawsservice": "true",
        "aws:principalservicename": _SERVICE,
        "aws:requestedregion": index.region,
        "aws:resourceaccount": key.split(":", 5)[4],
        "aws:securetransport": "true",
        "aws:sourceaccount": index.account,
        "aws:sourcearn": str(index),
        "kms:encryptioncontext:aws:s3vectors:arn": str(index),
        "kms:encryptioncontextkeys": _ENCRYPTION_CONTEXT_KEYS,
    }
