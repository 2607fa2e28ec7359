"""Users and roles that a test has made, by the access keys with which they sign."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mock_s3vectors.world.layered import Layered

if TYPE_CHECKING:
    from mock_s3vectors.authorization import Policies, Principal


@dataclass(frozen=True, slots=True)
class Identity:
    """A user, or a session of a role. It is replaced, never changed: branches of a world share it.

    Attributes:
        principal: the caller that it is.
        policies: those of its own, without that of any vector bucket.
        access_key_id: names it in a signature.
        secret_access_key: signs its requests.
        session_token: that of a session, else None.
        always_decided: whether policies decide about its calls by default. A principal of moto's that has
            none acts as the root of its account, unless the options say otherwise.
        issued: when the credentials of a session were issued, in seconds since the epoch; None if that is not
            known, or if they are no temporary ones.
        fault: the reason why policies cannot decide about its calls: one of them is none; else None.
    """

    principal: Principal
    policies: Policies
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None
    always_decided: bool = True
    fault: str | None = None
    issued: float | None = None

    def within(self, partition: str) -> Identity:
        """Return the identity as one of a partition, in whose Regions it calls; itself if it is one."""
        principal = self.principal
        own = f"arn:{partition}:"
        if principal.arn.startswith(own):
            return self
        arn, role_arn = (arn and own + arn.split(":", 2)[2] for arn in (principal.arn, principal.role_arn))
        return replace(self, principal=replace(principal, arn=str(arn), role_arn=role_arn))


class Identities(Layered[Identity]):
    """The identities of a world, by the access key ids with which they sign; see `Layered`."""

    @staticmethod
    def _name_of(thing: Identity) -> str:
        return thing.access_key_id
