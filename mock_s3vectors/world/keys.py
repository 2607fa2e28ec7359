"""The KMS keys that a test has made, by ARN."""

from __future__ import annotations

from dataclasses import dataclass

from mock_s3vectors.world.layered import Layered


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key. It is replaced, never changed: branches of a world share it.

    Attributes:
        arn: `arn:aws:kms:us-east-1:111122223333:key/` and a UUID.
        state: by KMS's names: `Enabled`, `Disabled`, `PendingDeletion`, or another one of a key of moto's.
        usage: `ENCRYPT_DECRYPT`, or another one, for which the service cannot use it.
        admits_indexing: whether it lets `indexing.s3vectors.amazonaws.com` decrypt.
        is_forgotten: whether it does not exist any more.
        policy: that of a key of moto's, in JSON, which decides in the place of `admits_indexing`.
    """

    arn: str
    state: str = "Enabled"
    usage: str = "ENCRYPT_DECRYPT"
    admits_indexing: bool = True
    is_forgotten: bool = False
    policy: str | None = None


class Keys(Layered[Key]):
    """The keys of a world, by ARN; see `Layered`."""

    @staticmethod
    def _name_of(thing: Key) -> str:
        return thing.arn

    def __bool__(self) -> bool:
        """Tell whether any key was made: until then, every key of the right form is accepted."""
        return bool(self._own or self._outer)
