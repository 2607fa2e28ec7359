"""The KMS keys that a test has made, by ARN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

# By KMS's names; those that a test can bring about. Keys of moto may be in others too.
KeyState = Literal["Enabled", "Disabled", "PendingDeletion"]


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key. It is replaced, never changed: branches of a world share it.

    Attributes:
        arn: `arn:aws:kms:us-east-1:111122223333:key/` and a UUID.
        state: by KMS's names.
        usage: `ENCRYPT_DECRYPT`, or another one, for which the service cannot use it.
        admits_indexing: whether its policy lets `indexing.s3vectors.amazonaws.com` decrypt.
        is_forgotten: whether it does not exist any more.
    """

    arn: str
    state: KeyState = "Enabled"
    usage: str = "ENCRYPT_DECRYPT"
    admits_indexing: bool = True
    is_forgotten: bool = False


class Keys:
    """The keys of a world, and then those of the world that it branched off, now and later."""

    def __init__(self, outer: Keys | None = None) -> None:
        # Replaced as a whole, since calls of other threads look into it meanwhile.
        self._own: dict[str, Key] = {}
        self._outer = outer

    def of(self, arn: str) -> Key | None:
        """Return the key with an ARN, None if it was never made."""
        found = self._own.get(arn)
        return found if found is not None or self._outer is None else self._outer.of(arn)

    def __bool__(self) -> bool:
        """Tell whether any key was made: until then, every key of the right form is accepted."""
        return bool(self._own or self._outer)

    def all(self) -> tuple[Key, ...]:
        """Return all keys, the oldest first."""
        outer = {} if self._outer is None else {key.arn: key for key in self._outer.all()}
        return tuple({**outer, **self._own}.values())

    def put(self, key: Key) -> None:
        """Add a key, or replace the one with the same ARN."""
        self._own = {**self._own, key.arn: key}

    def hold(self, keys: Iterable[Key]) -> None:
        """Forget those of this world and of the one that it branched off, and know these instead."""
        self._own = {key.arn: key for key in keys}
        self._outer = None

    def clear(self) -> None:
        """Forget those of this world."""
        self._own = {}
