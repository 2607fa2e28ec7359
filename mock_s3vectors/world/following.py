"""Followers: a world tells its follower of each change before it makes it, as for a durable store.

A world has no follower until `World.follow` names one. Copies of a world have none: branches, savepoints,
pictures.
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

    The world calls a method once for each change, under the locks of the changing things, when nothing can
    refuse the change any more, and before memory changes. If the method raises, memory stays as it is.

    A follower may hear of a bucket or an index that has been removed: a call had looked it up before. Nobody
    finds it any more, and the follower ignores it.

    Attributes:
        place: the file that it keeps, for people.
    """

    place: str

    def added_bucket(self, bucket: VectorBucket) -> None:
        """Note that a vector bucket is added, with the indexes in it, and their vectors."""

    def changed_bucket(self, bucket: VectorBucket, **new: Any) -> None:
        """Note that attributes of a vector bucket get new values."""

    def removed_bucket(self, bucket: VectorBucket) -> None:
        """Note that a vector bucket is removed, with all that is in it."""

    def added_index(self, bucket: VectorBucket, index: Index) -> None:
        """Note that an index is added, with the vectors in it."""

    def changed_index(self, index: Index, **new: Any) -> None:
        """Note that attributes of an index get new values."""

    def removed_index(self, index: Index) -> None:
        """Note that an index is removed, with its vectors."""

    def put(
        self,
        index: Index,
        keys: Sequence[str],
        data: NDArray[np.float32],
        metadata: Sequence[dict[str, Any]],
    ) -> None:
        """Note that vectors are written, see `Index.put`; those that exist are overwritten."""

    def deleted(self, index: Index, keys: Sequence[str]) -> None:
        """Note that vectors are deleted; some of the keys may have none."""

    def changed_identities(self, identities: Sequence[Identity]) -> None:
        """Note which identities the world itself has from now on, without those of the outer world."""

    def changed_keys(self, keys: Sequence[Key]) -> None:
        """Note which KMS keys the world itself has from now on."""

    def replaced(
        self, stores: Stores, identities: Sequence[Identity] | None, keys: Sequence[Key] | None
    ) -> None:
        """Note that other stores, identities and keys replace those of the world itself.

        Args:
            stores: the new ones, whose buckets and indexes the world will have; nobody else uses them yet.
            identities: the new ones; None if they stay.
            keys: the new ones; None if they stay.
        """
