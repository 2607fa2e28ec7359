"""Principals: who calls, and whom the Principal element of a resource policy means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

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
