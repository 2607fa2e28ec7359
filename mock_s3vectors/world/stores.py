"""The root of the state: one store for each account and Region."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from mock_s3vectors.locks import new_lock
from mock_s3vectors.world.metering import Meter

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from mock_s3vectors.arns import Arn
    from mock_s3vectors.world.following import Follower
    from mock_s3vectors.world.resources import Index, VectorBucket


# Account, Region, bucket and index; None for the bucket itself.
_Name = tuple[str, str, str, "str | None"]

# What is remembered with a name.
Note = TypeVar("Note", int, None)

# How many names of buckets and indexes that were made, or dropped, to remember: the newest.
MOST_NAMES = 1_000


@dataclass
class Store:
    """The vector buckets of one account in one Region, by name.

    Who creates, deletes or changes a bucket, its indexes, policy or tags holds the lock. Each index has
    another lock, for its vectors. Copies have the locks of their originals.
    """

    vector_buckets: dict[str, VectorBucket] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=new_lock)
    follower: Follower | None = field(default=None, repr=False)

    def add(self, bucket: VectorBucket) -> None:
        """Add a vector bucket, whose name is free."""
        if self.follower is not None:
            self.follower.added_bucket(bucket)
            bucket.follow(self.follower)
        self.vector_buckets[bucket.name] = bucket

    def remove(self, bucket: VectorBucket) -> None:
        """Remove a vector bucket."""
        if self.follower is not None:
            self.follower.removed_bucket(bucket)
        del self.vector_buckets[bucket.name]

    def follow(self, follower: Follower | None) -> None:
        """Tell a follower of changes of the store, and of all that is in it."""
        self.follower = follower
        for bucket in self.vector_buckets.values():
            bucket.follow(follower)

    def indexes(self) -> list[Index]:
        """Return all indexes; the caller holds the lock."""
        return [index for bucket in self.vector_buckets.values() for index in bucket.indexes.values()]

    def copy(self) -> Store:
        """Return a store of its own with the same contents. It shares the lock, as its indexes do theirs."""
        buckets = list(self.vector_buckets.items())
        return Store({name: bucket.copy() for name, bucket in buckets}, self.lock)


class Stores:
    """All stores. The first vector bucket of an account and Region makes one; to reset is to drop them.

    A reset may take a store away while a call works with it: look a store up once, and pass it on.

    Attributes:
        meter: what calls have used here since these stores were copied or cleared.
        follower: is told of changes before they are made; None if nobody is. A copy has none.
    """

    def __init__(self, stores: dict[tuple[str, str], Store] | None = None) -> None:
        self._stores = stores if stores is not None else {}
        # The buckets and indexes that were made here since these stores were copied, and those that were in
        # copies alone when these were dropped; the newest last.
        self._made: dict[_Name, int] = {}  # with the moment
        self._dropped: dict[_Name, None] = {}
        self._moments = count(1)
        self.meter = Meter()
        self._has_told = False
        self.follower: Follower | None = None
        # Held while a store or a picture is made, and while all stores are replaced if they are followed.
        self._lock = new_lock()

    def at(self, account: str, region: str) -> Store:
        """Return the store of an account and Region; where there is none, an empty one that is not kept."""
        return self._stores.get((account, region)) or Store()

    def made_at(self, account: str, region: str) -> Store:
        """Return the store of an account and Region, made and kept if there is none."""
        with self._lock:
            return self._stores.setdefault((account, region), Store(follower=self.follower))

    @contextmanager
    def left_alone(self) -> Iterator[None]:
        """Keep calls from changing buckets and indexes while all of them are replaced, in the block.

        A call that has looked a store up, and waits for its lock, changes a store that nobody finds any more:
        the follower is not told. All of this is for stores that are followed.
        """
        if self.follower is None:
            yield
            return
        with self._lock, ExitStack() as held:
            before = [store for _, store in sorted(self._stores.items())]
            for store in before:
                held.enter_context(store.lock)
            yield
            for store in before:
                store.follower = None

    def all(self) -> dict[tuple[str, str], Store]:
        """Return all stores, by account and Region."""
        return dict(self._stores)

    def clear(self) -> None:
        """Forget everything."""
        self._begin_with({})

    def _begin_with(self, stores: dict[tuple[str, str], Store]) -> None:
        # The stores first: calls that go on find all of them, the old ones or the new ones.
        self._stores, self._made, self._dropped = stores, {}, {}
        self.meter = Meter()

    def copy(self) -> Stores:
        """Return stores of their own with the same contents."""
        return Stores({key: store.copy() for key, store in list(self._stores.items())})

    def picture(self) -> Stores:
        """Return stores of their own with the contents of one moment, of which no write is in part.

        Unlike `copy` it waits for the calls that go on, and others wait until it is done.
        """
        with self._lock, ExitStack() as held:
            # All take a store's lock before that of an index, and nobody else takes two of a kind.
            stores = self.all()
            for _, store in sorted(stores.items()):
                held.enter_context(store.lock)
            for store in stores.values():
                for index in store.indexes():
                    held.enter_context(index.lock)
            return Stores({place: store.copy() for place, store in stores.items()})

    def hold(self, other: Stores) -> None:
        """Forget everything, and hold what other stores have instead, which nobody else may change."""
        self._begin_with(self._followed(other.all()))

    def _followed(self, stores: dict[tuple[str, str], Store]) -> dict[tuple[str, str], Store]:
        if self.follower is not None:
            for store in stores.values():
                store.follow(self.follower)
        return stores

    def gone_back(self, picture: Stores) -> Stores:
        """Return stores that go on as these, and have what these had when a picture was made.

        They miss what these missed then. Calls that have begun go on with these, and with all of these.
        """
        other = copy(self)
        other._stores = self._followed(picture.copy().all())  # noqa: SLF001 - it is of this class
        other.miss_as(picture)
        return other

    def moment(self) -> int:
        """Return a number that is greater than all before: an order of events that no test can freeze."""
        return next(self._moments)

    def note_made(self, arn: Arn) -> None:
        """Note that a bucket or an index was made here."""
        name = _name_of(arn)
        _remember(self._made, {name: self.moment()})
        self._dropped.pop(name, None)

    def was_made_since(self, moment: int, arn: Arn) -> bool:
        """Return whether a bucket or an index, which exists, was made after a moment."""
        return self._made.get(_name_of(arn), 0) > moment

    def drop(self, copy: Stores) -> None:
        """Remember the buckets and indexes that exist only in a copy, which is discarded."""
        lost = [name for name in (*copy._made, *copy._dropped) if name in copy._dropped or copy.has(name)]
        _remember(self._dropped, dict.fromkeys(name for name in lost if not self.has(name)))

    def miss_as(self, other: Stores) -> None:
        """Miss whatever other stores, of which these are a copy, miss."""
        self._dropped = dict(other._dropped)

    def has(self, name: _Name) -> bool:
        """Return whether there is a bucket or an index of this name."""
        account, region, bucket, index = name
        found = self.at(account, region).vector_buckets.get(bucket)
        return found is not None and (index is None or index in found.indexes)

    def is_missed(self, arn: Arn) -> bool:
        """Return whether a missing bucket or index existed only in a discarded copy; True at most once."""
        if _name_of(arn) not in self._dropped or self._has_told:
            return False
        self._has_told = True
        return True


def _name_of(arn: Arn) -> _Name:
    return arn.account, arn.region, arn.bucket, arn.index


def _remember(names: dict[_Name, Note], new: dict[_Name, Note]) -> None:
    """Add names, and forget the oldest of too many."""
    names.update(new)
    if len(names) > MOST_NAMES:
        for name in list(names)[:-MOST_NAMES]:
            names.pop(name, None)
