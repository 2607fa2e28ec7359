"""Principals: who calls, and whom the Principal element of a resource policy means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Literal

from mock_s3vectors.authorization.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

# The root of an account, a user, a session of a role, or a service of AWS.
PrincipalKind = Literal["root", "user", "session", "service"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller, as policies see it.

    Attributes:
        arn: `arn:aws:iam::111122223333:user/path/name`, `arn:aws:iam::111122223333:root`, or
            `arn:aws:sts::111122223333:assumed-role/name/session`. For a service: its name,
            `indexing.s3vectors.amazonaws.com`.
        account: 12 digits; empty for a service.
        kind: root, user, session or service.
        role_arn: that of the role of a session, `arn:aws:iam::111122223333:role/path/name`; else None.
        name: that of a user, without its path; else None.
        unique_id: the value of the condition key `aws:userid`.
        tags: for the condition keys `aws:PrincipalTag/...`; those of a session include those of its role.
    """

    arn: str
    account: str
    kind: PrincipalKind
    role_arn: str | None = None
    name: str | None = None
    unique_id: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def root(cls, account: str, partition: str = "aws") -> Principal:
        """Return the root of an account."""
        return cls(f"arn:{partition}:iam::{account}:root", account, "root", unique_id=account)


class Match(IntEnum):
    """How closely a Principal element means a caller; the greater, the closer."""

    NONE = 0
    ACCOUNT = 1
    ROLE = 2
    EVERYBODY = 3
    ITSELF = 4


@dataclass(frozen=True, slots=True)
class PrincipalElement:
    """A compiled Principal or NotPrincipal element.

    Attributes:
        is_everybody: whether it means everybody, `*`.
        accounts: 12 digits for an account, or the ARN of its root.
        arns: those of users, roles and sessions, and the names of services. CanonicalUser and Federated
            principals are none of the callers of this service.
        negated: whether it is a NotPrincipal.
    """

    is_everybody: bool
    accounts: frozenset[str]
    arns: frozenset[str]
    negated: bool

    def match(self, principal: Principal, *, deny: bool, bounded: bool) -> Match:
        """Return how closely the element means a caller.

        Args:
            principal: who calls.
            deny: whether the element is that of a Deny statement.
            bounded: whether the caller has a permissions boundary.
        """
        if not self.negated:
            return self._named(principal)
        if deny:
            return Match.NONE if self._is_spared(principal) and not bounded else Match.ITSELF
        return Match.EVERYBODY if self._named(principal) is Match.NONE else Match.NONE

    def _named(self, principal: Principal) -> Match:
        if principal.arn in self.arns:
            return Match.ITSELF
        if self.is_everybody:
            return Match.EVERYBODY
        if principal.role_arn in self.arns:
            return Match.ROLE
        return Match.ACCOUNT if self._has_account_of(principal) else Match.NONE

    def _is_spared(self, principal: Principal) -> bool:
        """Return whether a Deny for all others spares a caller. Choice: not-principal.

        IAM may ask for the account, the role, and the user or the session: each of them must be named.
        """
        if self.is_everybody:
            return True
        if principal.kind == "service":
            return principal.arn in self.arns
        if not self._has_account_of(principal):
            return False
        if principal.kind == "root":
            return True
        return {principal.arn, principal.role_arn or principal.arn} <= self.arns

    def _has_account_of(self, principal: Principal) -> bool:
        if not self.accounts or principal.kind == "service":
            return False
        partition = principal.arn.split(":", 2)[1]
        return (
            principal.account in self.accounts
            or f"arn:{partition}:iam::{principal.account}:root" in self.accounts
        )


_KINDS = ("AWS", "CanonicalUser", "Federated", "Service")
_ACCOUNT = re.compile(r"[0-9]{12}|arn:[a-z-]{1,40}:iam::[0-9]{12}:root")
_FORM = " must be a string or an object of strings and arrays of strings, which are not empty"


def compile_principal(element: Any, *, negated: bool) -> PrincipalElement:
    """Return a Principal or NotPrincipal element, compiled.

    Raises:
        Fault: it is none.
    """
    if element == "*":
        return PrincipalElement(is_everybody=True, accounts=frozenset(), arns=frozenset(), negated=negated)
    if isinstance(element, str):
        raise Fault(" must be *, or an object with AWS principals, services or others")
    if not isinstance(element, dict) or not element:
        raise Fault(_FORM)
    names = {kind: _names(value) for kind, value in element.items()}
    if not all(names.values()):
        raise Fault(_FORM)
    for kind in names:
        if kind not in _KINDS:
            raise Fault(f".{kind} is no kind of principal: those are {', '.join(_KINDS)}")
    aws = names.get("AWS", [])
    for name in aws:
        if name != "*" and ("*" in name or "?" in name):
            raise Fault(f".AWS must name principals without wildcards, or be *: {name} is neither")
    accounts = frozenset(filter(_ACCOUNT.fullmatch, aws))
    return PrincipalElement(
        is_everybody="*" in aws,
        accounts=accounts,
        arns=frozenset([*aws, *names.get("Service", [])]) - accounts - {"*"},
        negated=negated,
    )


def _names(value: Any) -> list[str]:
    """Return the names of one kind of principals, none if their form is wrong."""
    names = [value] if isinstance(value, str) else value
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return names
    return []
