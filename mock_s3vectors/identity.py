"""The caller of a request and its Region, read from the credential scope of the SigV4 signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mock_s3vectors.neighbours import moto_caller_of
from mock_s3vectors.protocol.partitions import partition_of

if TYPE_CHECKING:
    from mock_s3vectors.authorization import Policy
    from mock_s3vectors.authorization.principals import PrincipalKind
    from mock_s3vectors.authorization.statements import PolicyKind
    from mock_s3vectors.messages import HttpRequest
    from mock_s3vectors.neighbours import MotoCaller, MotoPolicy
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
        access_key_id: names it in the signature; empty for an unsigned request.
    """

    account: str
    region: str
    partition: str
    identity: Identity | None = None
    access_key_id: str = ""

    @property
    def arn(self) -> str:
        """The ARN of who calls."""
        if self.identity is None:
            return f"arn:{self.partition}:iam::{self.account}:root"
        return self.identity.principal.arn


def identify(request: HttpRequest, default_account: str, identities: Identities | None = None) -> Caller:
    """Return the caller of a request that is signed in a header, presigned in the query, or unsigned.

    An access key names an identity. Else an access key id of 12 digits is an account id. A key that moto's
    IAM or STS made belongs to the user or the role's session for which moto made it. Every other key belongs
    to the root of the default account.
    """
    scope = _SCOPE.search(request.headers.get("authorization") or request.query)
    if scope:
        access_key_id, region = scope.group("key", "region")
    else:
        host = _HOST.match(request.host)
        access_key_id, region = "", host.group("region") if host else _FALLBACK_REGION
    partition = partition_of(region)
    identity = None if identities is None else identities.of(access_key_id)
    account = default_account if identity is None else identity.principal.account
    if identity is None and _ACCOUNT_ID.fullmatch(access_key_id):
        account = access_key_id
    elif identity is None and access_key_id:
        known = moto_caller_of(access_key_id)
        if known is not None:
            account, identity = known.account, identity_of_moto(known)
    return Caller(account, region, partition, identity and identity.within(partition), access_key_id)


def identity_of_moto(known: MotoCaller) -> Identity | None:
    """Return a user or a role's session of moto's; None for the root of an account.

    Choice: unknown-roles.
    """
    if known.arn is None:
        return None
    # Here, since without moto no call needs them.
    from mock_s3vectors.authorization import Policies, PolicyError, Principal  # noqa: PLC0415
    from mock_s3vectors.world.identities import Identity  # noqa: PLC0415

    kind: PrincipalKind = "user" if known.role_arn is None else "session"
    principal = Principal(
        known.arn, known.account, kind, known.role_arn, known.name, known.unique_id, known.tags
    )
    policies, fault = Policies(None), None
    try:
        policies = Policies(
            None if known.policies is None else tuple(_compiled(one, "identity") for one in known.policies),
            known.boundary and _compiled(known.boundary, "boundary"),
            known.session_policy and _compiled(known.session_policy, "session"),
        )
    except PolicyError as error:
        fault = (
            f"moto has a policy of {known.arn} that IAM would refuse: {error}. Mend it, or use "
            'authorization="off".'
        )
    return Identity(
        principal,
        policies,
        "",
        known.secret_access_key,
        known.session_token,
        always_decided=bool(known.policies or known.boundary or known.session_policy),
        fault=fault,
    )


def _compiled(policy: MotoPolicy, kind: PolicyKind) -> Policy:
    """Return a policy, compiled.

    Raises:
        PolicyError: it is none, or moto lacks it.
    """
    try:
        return _compile(policy.document, kind, policy.name, policy.arn)
    except ValueError as error:  # a PolicyError
        raise type(error)(f"policy {policy.name}: {error}") from None


@lru_cache(maxsize=1_024)
def _compile(document: str | None, kind: PolicyKind, name: str, arn: str | None) -> Policy:
    """Return a policy, compiled once, since each call asks for those of its caller.

    Raises:
        PolicyError: it is none, or there is no document.
    """
    from mock_s3vectors.authorization import PolicyError, compile_policy  # noqa: PLC0415 - as above

    if document is None:
        raise PolicyError("moto does not have it")
    return compile_policy(document, kind, name=f"policy {name}", arn=arn)
