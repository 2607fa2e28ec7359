"""The root of the state: one store for each account and Region."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    import threading

    from mock_s3vectors.world.resources import VectorBucket


@dataclass
class Store:
    """The vector buckets of one account in one Region, by name.

    Whoever creates, deletes or changes a bucket, its indexes, policy or tags holds the lock; each
    index has a lock of its own for its vectors.
    """

    vector_buckets: dict[str, VectorBucket] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=new_lock)

    def copy(self) -> Store:
        """A store of its own with the same contents."""
        with self.lock:
            return Store({name: bucket.copy() for name, bucket in self.vector_buckets.items()})


class Stores:
    """All stores. The first vector bucket of an account and Region makes one; to reset is to drop them.

    A reset may take a store away while a call works with it: look a store up once, and pass it on.
    """

    def __init__(self, stores: dict[tuple[str, str], Store] | None = None) -> None:
        self._stores = stores if stores is not None else {}

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
        """Stores of their own with the same contents."""
        return Stores({key: store.copy() for key, store in list(self._stores.items())})
