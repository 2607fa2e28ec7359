"""The caller of a request and its Region, read from the credential scope of the SigV4 signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_s3vectors.neighbours import moto_account_of
from mock_s3vectors.protocol.partitions import partition_of

if TYPE_CHECKING:
    from mock_s3vectors.messages import HttpRequest
    from mock_s3vectors.world.identities import Identities, Identity

# The repeats are bounded, so that a text full of half credentials takes time in proportion to its length: an
# access key id of AWS has at most 128 characters, and a Region is a label of a host name.
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
        partition: that of the Region, for instance `aws`, `aws-cn` or `aws-us-gov`.
        identity: the user or the role's session that calls; None for the root of the account.
    """

    account: str
    region: str
    partition: str
    identity: Identity | None = None

    @property
    def arn(self) -> str:
        """The ARN of who calls."""
        if self.identity is None:
            return f"arn:{self.partition}:iam::{self.account}:root"
        return self.identity.principal.arn


def identify(request: HttpRequest, default_account: str, identities: Identities | None = None) -> Caller:
    """Return the caller of a request that is signed in a header, presigned in the query, or unsigned.

    An access key names an identity. Else an access key id of 12 digits is an account id. A key that moto's
    IAM or STS made belongs to the account in which moto keeps it. Every other key belongs to the default
    account.
    """
    scope = _SCOPE.search(request.headers.get("authorization") or request.query)
    if scope:
        access_key_id, region = scope.group("key", "region")
    else:
        host = _HOST.match(request.host)
        access_key_id, region = "", host.group("region") if host else _FALLBACK_REGION
    identity, partition = None if identities is None else identities.of(access_key_id), partition_of(region)
    if identity is not None:
        return Caller(identity.principal.account, region, partition, identity.within(partition))
    account = _account_of(access_key_id) or default_account
    return Caller(account, region, partition)


def _account_of(access_key_id: str) -> str | None:
    if _ACCOUNT_ID.fullmatch(access_key_id):
        return access_key_id
    return moto_account_of(access_key_id) if access_key_id else None
