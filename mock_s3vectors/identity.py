"""The caller of a request and its Region, read from the credential scope of the SigV4 signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mock_s3vectors.arns import is_account_id
from mock_s3vectors.neighbours import moto_caller_of
from mock_s3vectors.protocol.partitions import partition_of

if TYPE_CHECKING:
    from mock_s3vectors.authorization import Policies, Policy
    from mock_s3vectors.authorization.principals import PrincipalKind
    from mock_s3vectors.authorization.statements import PolicyKind
    from mock_s3vectors.messages import HttpRequest
    from mock_s3vectors.neighbours import MotoCaller, MotoPolicy
    from mock_s3vectors.world.identities import Identities, Identity

# The repeats are bounded, so that a text full of half credentials takes time in proportion to its length: an
# access key id of AWS has at most 128 characters, and a Region is a label of a host name. A scope of another
# form names no Region, and the access key all the same.
_REGION = "(?P<region>[a-z0-9-]{1,63})"
_CREDENTIAL = re.compile(rf"Credential=(?P<key>[^/,\s]{{1,128}})(?:/[0-9]{{8}}/{_REGION}/|(?=[/,\s]|$))")
_HOST = re.compile(rf"s3vectors(?:-fips)?\.{_REGION}\.")

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


def region_of_host(host: str) -> str | None:
    """Return the Region that a host name of AWS names, None for another host name."""
    match = _HOST.match(host)
    return match.group("region") if match else None


def identify(request: HttpRequest, default_account: str, identities: Identities | None = None) -> Caller:
    """Return the caller of a request that is signed in a header, presigned in the query, or unsigned.

    An access key names an identity. Else an access key id of 12 digits is an account id. A key that moto's
    IAM or STS made belongs to the user or the role's session for which moto made it. Every other key belongs
    to the root of the default account.
    """
    credential = _credential_of(request)
    access_key_id, region = credential.group("key", "region") if credential else ("", None)
    region = region or region_of_host(request.host) or _FALLBACK_REGION
    partition = partition_of(region)
    identity = None if identities is None else identities.of(access_key_id)
    account = default_account if identity is None else identity.principal.account
    if identity is None and is_account_id(access_key_id):
        account = access_key_id
    elif identity is None and access_key_id:
        known = moto_caller_of(access_key_id)
        if known is not None:
            account, identity = known.account, identity_of_moto(known)
    return Caller(account, region, partition, identity and identity.within(partition), access_key_id)


def _credential_of(request: HttpRequest) -> re.Match[str] | None:
    """Return the credential in the header of a signed request, or in the query of a presigned one."""
    found = _CREDENTIAL.search(request.headers.get("authorization") or "")
    if found is None and request.query:
        for pair in request.query.split("&"):
            name, _, value = pair.partition("=")
            if name == "X-Amz-Credential":
                return _CREDENTIAL.search(f"Credential={unquote(value)}")
    return found


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
    fault = None
    try:
        policies = _compiled(known.policies, known.boundary, known.session_policy)
    except PolicyError as error:
        policies = Policies(None)
        fault = (
            f"The policies of {known.arn} in moto cannot be evaluated: {error}. Mend this, or use "
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


@lru_cache(maxsize=1_024)
def _compiled(
    identity: tuple[MotoPolicy, ...] | None, boundary: MotoPolicy | None, session: MotoPolicy | None
) -> Policies:
    """Return policies, compiled once, since each call asks for those of its caller.

    Raises:
        PolicyError: one of them is none, or moto does not have it.
    """
    from mock_s3vectors.authorization import Policies, PolicyError, compile_policy  # noqa: PLC0415 - as above

    def compiled(policy: MotoPolicy, kind: PolicyKind) -> Policy:
        if policy.document is None:
            raise PolicyError(f"policy {policy.name}: moto does not have it")
        try:
            return compile_policy(policy.document, kind, name=f"policy {policy.name}", arn=policy.arn)
        except PolicyError as error:
            raise PolicyError(f"policy {policy.name}: {error}") from None

    return Policies(
        None if identity is None else tuple(compiled(policy, "identity") for policy in identity),
        boundary and compiled(boundary, "boundary"),
        session and compiled(session, "session"),
    )
