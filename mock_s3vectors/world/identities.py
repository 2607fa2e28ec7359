"""Users and roles that a test has made, by the access keys with which they sign."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

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
    """

    principal: Principal
    policies: Policies
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None
    always_decided: bool = True

    def within(self, partition: str) -> Identity:
        """Return the identity as one of a partition, in whose Regions it calls; itself if it is one."""
        principal = self.principal
        own = f"arn:{partition}:"
        if principal.arn.startswith(own):
            return self
        arn, role_arn = (arn and own + arn.split(":", 2)[2] for arn in (principal.arn, principal.role_arn))
        return replace(self, principal=replace(principal, arn=str(arn), role_arn=role_arn))


class Identities:
    """The identities of a world, and then those of the world that it branched off, now and later."""

    def __init__(self, outer: Identities | None = None) -> None:
        # By access key id. Replaced as a whole, since calls of other threads look into it meanwhile.
        self._own: dict[str, Identity] = {}
        self._outer = outer

    def of(self, access_key_id: str) -> Identity | None:
        """Return the identity that signs with an access key, None if there is none."""
        found = self._own.get(access_key_id)
        return found if found is not None or self._outer is None else self._outer.of(access_key_id)

    def all(self) -> tuple[Identity, ...]:
        """Return all identities, the oldest first."""
        outer = {} if self._outer is None else {known.access_key_id: known for known in self._outer.all()}
        return tuple({**outer, **self._own}.values())

    def put(self, identity: Identity) -> None:
        """Add an identity, or replace the one with the same access key."""
        self._own = {**self._own, identity.access_key_id: identity}

    def hold(self, identities: Iterable[Identity]) -> None:
        """Forget those of this world and of the one that it branched off, and know these instead."""
        self._own = {identity.access_key_id: identity for identity in identities}
        self._outer = None

    def remove(self, access_key_id: str) -> None:
        """Forget an identity of this world; harmless if there is none."""
        self._own = {known: identity for known, identity in self._own.items() if known != access_key_id}

    def clear(self) -> None:
        """Forget those of this world."""
        self._own = {}
