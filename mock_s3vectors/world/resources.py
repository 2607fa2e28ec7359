"""Vector buckets and indexes as the mock remembers them.

Their tags, settings and policy are replaced, never changed in place: copies share them. Copies of an index
share its vectors as well, until one of them writes.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import ref

from mock_s3vectors.locks import new_lock
from mock_s3vectors.world.rankings import Rankings

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from mock_s3vectors.arns import Arn
    from mock_s3vectors.authorization import Policy
    from mock_s3vectors.world.following import Follower
    from mock_s3vectors.world.tables import VectorTable
    from mock_s3vectors.world.writes import Size


@dataclass(frozen=True)
class TextSearch:
    """The configuration by which a metadata key can be searched for text.

    Attributes:
        language: a language code of the service model, None for the standard analyzer.
        active_from: seconds since the epoch; queries are served from then on. None: at any time.
    """

    language: str | None
    active_from: float | None

    def is_active(self, now: float) -> bool:
        """Tell whether queries are served."""
        return self.active_from is None or now >= self.active_from


@dataclass(eq=False)
class Reader:
    """A reader of a table who does not hold the index's lock. While it lives, nobody changes the table."""

    table: VectorTable


@dataclass(eq=False)  # an index is itself, whatever it holds; so it can be weakly referenced and hashed
class Index:
    """A vector index: its settings and its vectors.

    A copy holds the table of the original, and whoever of the two writes first makes a table of its own.
    The table knows its holders by weak references: as soon as the others are gone, nobody copies. An
    interrupted write may leave a reference to an index that has another table by then, and a collector
    of cycles may be late: at worst a write copies a table that nobody else needs.

    Attributes:
        metadata_configuration: as given at creation, without the text search configurations; None if
            none was given.
        text_search: the text search configurations, by metadata key.
        encryption: the effective one, inherited from the bucket where none was given.
        mode: `CLASSIC` or `ENHANCED`.
        rankings: the frozen result lists whose further pages may still be asked for.
        table: the vectors as the last write left them, even an interrupted one; see `vectors`.
        found_from: seconds since the epoch; calls find the index from then on. None: at any time.
        lock: held by whoever reads or writes the vectors, or changes a setting that queries look at. An
            index and its copies, and theirs, have one lock for ever: any of them may share a table.
        follower: is told of changes before they are made; None if nobody is. A copy has none.
    """

    arn: Arn
    name: str
    creation_time: int
    data_type: str
    distance_metric: str
    metadata_configuration: dict[str, Any] | None
    text_search: dict[str, TextSearch]
    encryption: dict[str, str]
    mode: str
    tags: dict[str, str]
    table: VectorTable
    found_from: float | None = None
    rankings: Rankings = field(default_factory=Rankings)
    lock: threading.RLock = field(default_factory=new_lock)
    follower: Follower | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.hold_table()

    def hold_table(self) -> None:
        """Let the table know of this index, before anybody can write through it."""
        _hold(self.table, self)

    def reader(self) -> Reader:
        """Return a new reader of the vectors; the caller holds the lock, until it has the reader.

        Whoever writes while the reader lives makes a table of its own first, as for a copy of the index.
        So a search delays nobody, and nobody waits for a thread that may never come back.
        """
        reader = Reader(self.vectors)
        _hold(reader.table, reader)
        return reader

    def _shares_with(self, other: Index | Reader | None) -> bool:
        return other is not None and other is not self and other.table is self.table

    @property
    def vectors(self) -> VectorTable:
        """Finish a write that was interrupted, and return the vectors to read; the caller holds the lock."""
        self.table.settle()
        return self.table

    def put(
        self,
        keys: Sequence[str],
        data: NDArray[np.float32],
        metadata: Sequence[dict[str, Any]],
        sizes: Sequence[Size],
    ) -> None:
        """Write vectors; the caller holds the lock.

        Args:
            keys: distinct.
            data: shape (len(keys), dimension), C-contiguous; the index's own from now on.
            metadata: that of each vector.
            sizes: that of each vector.
        """
        follower = self.follower
        tell = None if follower is None else partial(follower.put, self, keys, data, metadata)
        self._own_vectors().put(keys, data, metadata, sizes, tell)

    def delete(self, keys: Sequence[str]) -> None:
        """Delete those of the vectors that exist; the keys are distinct, the caller holds the lock."""
        if len(self.vectors.unknown(keys)) < len(keys):
            follower = self.follower
            tell = None if follower is None else partial(follower.deleted, self, keys)
            self._own_vectors().delete(keys, tell)

    def _own_vectors(self) -> VectorTable:
        """Return the vectors to change: a table of this index alone, a copy if others have it too."""
        table = self.vectors
        # Of a copy of the list, which loses a holder that goes meanwhile, and would hide the one behind it.
        if any(self._shares_with(holder()) for holder in table.holders.copy()):
            own = table.copy()
            own.holders = [ref(self)]
            self.table = own
        return self.table

    def is_found(self, now: float) -> bool:
        """Tell whether calls find the index."""
        return self.found_from is None or now >= self.found_from

    @property
    def dimension(self) -> int:
        """Return the number of floats in each vector."""
        return self.table.dimension

    @property
    def non_filterable_keys(self) -> frozenset[str]:
        """Return the metadata keys that filters must not name."""
        return frozenset((self.metadata_configuration or {}).get("nonFilterableMetadataKeys", ()))

    def set_mode(self, mode: str) -> None:
        """Change the mode; the caller holds the lock."""
        self._tell(mode=mode)
        self.mode = mode

    def set_tags(self, tags: dict[str, str]) -> None:
        """Replace the tags."""
        self._tell(tags=tags)
        self.tags = tags

    def configure_text_search(self, text_search: dict[str, TextSearch]) -> None:
        """Replace all text search configurations, by metadata key; the caller holds the lock."""
        self._tell(text_search=text_search)
        self.text_search = text_search

    def _tell(self, **new: Any) -> None:
        if self.follower is not None:
            self.follower.changed_index(self, **new)

    def copy(self) -> Index:
        """Return an index of its own with the same vectors; page tokens of queries work in it as well.

        The vectors are shared until either index writes: this costs the same however many there are. It takes
        no lock, and so waits for no search: a write that goes on meanwhile is in both, or comes before both.
        """
        # As `copy.copy` does, which takes four times as long: a world may have thousands.
        other = object.__new__(Index)
        vars(other).update(vars(self))
        other.rankings = self.rankings.copy()
        other.follower = None
        other.hold_table()
        return other


def _hold(table: VectorTable, holder: Index | Reader) -> None:
    """Let a table know that it is shared, as long as the holder lives."""
    # One step each, since indexes do this without a lock.
    table.holders.append(ref(holder, table.holders.remove))


@dataclass(eq=False)  # a bucket is itself, as an index is
class VectorBucket:
    """A vector bucket and the indexes in it, by name.

    Attributes:
        supports_classic: whether the bucket is so old that its indexes may be CLASSIC.
        default_index_mode: the mode of indexes that are created in it.
        follower: is told of changes before they are made, see `Index`.
    """

    arn: Arn
    name: str
    creation_time: int
    encryption: dict[str, str]
    supports_classic: bool
    default_index_mode: str
    tags: dict[str, str]
    policy: Policy | None = None
    indexes: dict[str, Index] = field(default_factory=dict)
    follower: Follower | None = field(default=None, repr=False)

    def add(self, index: Index) -> None:
        """Add an index, whose name is free."""
        if self.follower is not None:
            self.follower.added_index(self, index)
            index.follower = self.follower
        self.indexes[index.name] = index

    def remove(self, index: Index) -> None:
        """Remove an index with its vectors."""
        if self.follower is not None:
            self.follower.removed_index(index)
        del self.indexes[index.name]

    def set_default_index_mode(self, mode: str) -> None:
        """Change the mode of indexes that are created from now on."""
        self._tell(default_index_mode=mode)
        self.default_index_mode = mode

    def set_policy(self, policy: Policy | None) -> None:
        """Replace the policy; None removes it."""
        self._tell(policy=policy)
        self.policy = policy

    def set_tags(self, tags: dict[str, str]) -> None:
        """Replace the tags."""
        self._tell(tags=tags)
        self.tags = tags

    def _tell(self, **new: Any) -> None:
        if self.follower is not None:
            self.follower.changed_bucket(self, **new)

    def follow(self, follower: Follower | None) -> None:
        """Tell a follower of changes of the bucket, and of the indexes in it."""
        self.follower = follower
        for index in self.indexes.values():
            index.follower = follower

    def copy(self) -> VectorBucket:
        """Return a bucket of its own with the same indexes."""
        other = copy(self)
        other.follower = None
        other.indexes = {name: index.copy() for name, index in list(self.indexes.items())}
        return other
