"""The root of the state: one store for each account and Region."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    import threading

    from mock_s3vectors.arns import Arn
    from mock_s3vectors.world.resources import VectorBucket


@dataclass
class Store:
    """The vector buckets of one account in one Region, by name.

    Whoever creates, deletes or changes a bucket, its indexes, policy or tags holds the lock; each
    index has a lock of its own for its vectors.
    """

    vector_buckets: dict[str, VectorBucket] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=new_lock)

    def add(self, bucket: VectorBucket) -> None:
        """Add a vector bucket, whose name is free."""
        self.vector_buckets[bucket.name] = bucket

    def remove(self, bucket: VectorBucket) -> None:
        """Remove a vector bucket."""
        del self.vector_buckets[bucket.name]

    def copy(self) -> Store:
        """Return a store of its own with the same contents. It shares the lock, as its indexes do theirs."""
        with self.lock:
            return Store({name: bucket.copy() for name, bucket in self.vector_buckets.items()}, self.lock)

    def made_since(self, before: Store) -> set[tuple[str, str | None]]:
        """Return the names that another store, which was equal to this one, does not have.

        Returns:
            Pairs: the name of a bucket, and None or the name of an index in it.
        """
        with self.lock:
            made: set[tuple[str, str | None]] = set()
            for name, bucket in self.vector_buckets.items():
                known = before.vector_buckets.get(name)
                if known is None:
                    made.add((name, None))
                made.update(
                    (name, index) for index in bucket.indexes.keys() - (known.indexes if known else {})
                )
            return made


class Stores:
    """All stores. The first vector bucket of an account and Region makes one; to reset is to drop them.

    A reset may take a store away while a call works with it: look a store up once, and pass it on.
    """

    def __init__(self, stores: dict[tuple[str, str], Store] | None = None) -> None:
        self._stores = stores if stores is not None else {}
        # What copies had made when they were dropped; None once somebody has missed it.
        self._dropped: dict[tuple[str, str], set[tuple[str, str | None]]] | None = {}

    def at(self, account: str, region: str) -> Store:
        """Return the store of an account and Region; where there is none, an empty one that is not kept."""
        return self._stores.get((account, region)) or Store()

    def made_at(self, account: str, region: str) -> Store:
        """Return the store of an account and Region, made and kept if there is none."""
        return self._stores.setdefault((account, region), Store())

    def clear(self) -> None:
        """Forget everything."""
        self._stores = {}

    def copy(self) -> Stores:
        """Return stores of their own with the same contents."""
        return Stores({key: store.copy() for key, store in list(self._stores.items())})

    def drop(self, copy: Stores) -> None:
        """Note what a copy, which nobody needs any more, has made of its own: see `is_missed`."""
        for key, store in list(copy._stores.items()):
            made = store.made_since(self._stores.get(key) or Store())
            if made and self._dropped is not None:
                self._dropped.setdefault(key, set()).update(made)

    def is_missed(self, arn: Arn) -> bool:
        """Return whether a bucket or index, which is not here, went with a copy; True only once."""
        names = (self._dropped or {}).get((arn.account, arn.region), ())
        if (arn.bucket, arn.index) not in names:
            return False
        self._dropped = None
        return True
