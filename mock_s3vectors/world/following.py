"""Who is told of each change of a world before it is made: a durable store keeps what it is told.

A world tells nobody, until `World.follow` names a follower. Nobody tells of changes of copies: branches,
savepoints, pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from mock_s3vectors.world.identities import Identity
    from mock_s3vectors.world.keys import Key
    from mock_s3vectors.world.resources import Index, VectorBucket
    from mock_s3vectors.world.stores import Stores


class Follower(Protocol):
    """A follower of a world.

    Each method is called once for a change, under the locks of what changes, when nothing can refuse the
    change any more, and before memory changes. If it raises, memory stays as it is. Whatever it is told of a
    bucket or an index that it was told is removed is of no use to anybody: a call has begun before that.
    """

    def added_bucket(self, bucket: VectorBucket) -> None:
        """A vector bucket is added, with the indexes in it, and their vectors."""

    def changed_bucket(self, bucket: VectorBucket, **new: Any) -> None:
        """Attributes of a vector bucket get new values."""

    def removed_bucket(self, bucket: VectorBucket) -> None:
        """A vector bucket is removed, with all that is in it."""

    def added_index(self, bucket: VectorBucket, index: Index) -> None:
        """An index is added, with the vectors in it."""

    def changed_index(self, index: Index, **new: Any) -> None:
        """Attributes of an index get new values."""

    def removed_index(self, index: Index) -> None:
        """An index is removed, with its vectors."""

    def put(
        self,
        index: Index,
        keys: Sequence[str],
        data: NDArray[np.float32],
        metadata: Sequence[dict[str, Any]],
    ) -> None:
        """Vectors are written, see `Index.put`; those that exist are overwritten."""

    def deleted(self, index: Index, keys: Sequence[str]) -> None:
        """Vectors are deleted; some of the keys may have none."""

    def changed_identities(self, identities: Sequence[Identity]) -> None:
        """The identities of the world itself, without those of the one that it branched off, are others."""

    def changed_keys(self, keys: Sequence[Key]) -> None:
        """The KMS keys of the world itself are others."""

    def replaced(
        self, stores: Stores, identities: Sequence[Identity] | None, keys: Sequence[Key] | None
    ) -> None:
        """All is replaced: the stores, and identities and keys of the world itself; None: these stay."""
