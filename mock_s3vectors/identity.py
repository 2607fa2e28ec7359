"""Who calls, and in which Region: read from the SigV4 credential scope of a request."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_s3vectors.protocol.partitions import partition_of

if TYPE_CHECKING:
    from mock_s3vectors.messages import HttpRequest

# Bounded, so that a text full of half credentials costs no more than its length: AWS's access key ids have
# at most 128 characters, and a Region is a label of a host name.
_REGION = "(?P<region>[a-z0-9-]{1,63})"
_SCOPE = re.compile(rf"Credential=(?P<key>[^/,]{{1,128}})(?:/|%2F)[0-9]{{8}}(?:/|%2F){_REGION}(?:/|%2F)")
_HOST = re.compile(rf"s3vectors(?:-fips)?\.{_REGION}\.")
_ACCOUNT_ID = re.compile(r"[0-9]{12}")

# An unsigned request to a host that names no Region acts in this one. Choice: unsigned-region.
_FALLBACK_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Caller:
    """The account and Region in which a request acts.

    Attributes:
        account: 12 digits.
        region: the Region of the signature, whatever the endpoint.
        partition: `aws`, `aws-cn`, `aws-us-gov` and so on, as the Region has it.
    """

    account: str
    region: str
    partition: str


def identify(request: HttpRequest, default_account: str) -> Caller:
    """The caller of a request, signed by header or presigned by query, or not at all.

    An access key id of 12 digits is an account id. Keys that moto's IAM or STS handed out belong
    to the account that moto says. Every other key belongs to the default account.
    """
    scope = _SCOPE.search(request.headers.get("authorization") or request.query)
    if scope:
        access_key_id, region = scope.group("key", "region")
    else:
        host = _HOST.match(request.host)
        access_key_id, region = "", host.group("region") if host else _FALLBACK_REGION
    account = _account_of(access_key_id) or default_account
    return Caller(account, region, partition_of(region))


def _account_of(access_key_id: str) -> str | None:
    if _ACCOUNT_ID.fullmatch(access_key_id):
        return access_key_id
    return _moto_account_of(access_key_id) if access_key_id else None


def _moto_account_of(access_key_id: str) -> str | None:
    """The account in which moto keeps this access key, if a test uses moto's IAM or STS at all."""
    moto_iam = sys.modules.get("moto.iam.models")
    if moto_iam is None:
        return None
    # Lists, because another thread may make an account while we look.
    for account, partitions in list(moto_iam.iam_backends.items()):
        for backend in list(partitions.values()):
            if access_key_id in backend.access_keys:
                return str(account)
    return None
