"""Vector buckets and indexes as they are remembered.

Their tags, settings and policy are replaced, never changed in place: copies may share them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mock_s3vectors.locks import new_lock
from mock_s3vectors.world.rankings import Rankings

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable

    from mock_s3vectors.arns import Arn
    from mock_s3vectors.world.tables import VectorTable


@dataclass(frozen=True)
class TextSearch:
    """That a metadata key can be searched for text.

    Attributes:
        language: a language code of the service model, None for the standard analyzer.
        active_from: seconds since the epoch; queries are served from then on. None: at any time.
    """

    language: str | None
    active_from: float | None

    def is_active(self, now: float) -> bool:
        """Whether queries are served."""
        return self.active_from is None or now >= self.active_from


@dataclass
class Index:
    """A vector index: its settings and its vectors.

    Attributes:
        metadata_configuration: as given at creation but for the text search configurations; None if
            none was given.
        text_search: the text search configurations, by metadata key.
        encryption: the effective one, inherited from the bucket where none was given.
        mode: `CLASSIC` or `ENHANCED`.
        rankings: the frozen result lists whose further pages may still be asked for.
        table: the vectors as the last write left them, even an interrupted one; see `vectors`.
        lock: held by whoever reads or writes the vectors, or changes a setting that queries look at.
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
    rankings: Rankings = field(default_factory=Rankings)
    lock: threading.RLock = field(default_factory=new_lock)

    @property
    def vectors(self) -> VectorTable:
        """The vectors, once a write that was interrupted is finished; the caller holds the lock."""
        self.table.settle()
        return self.table

    @property
    def dimension(self) -> int:
        """The number of floats in each vector."""
        return self.table.dimension

    @property
    def non_filterable_keys(self) -> frozenset[str]:
        """Metadata keys that filters must not name."""
        return frozenset((self.metadata_configuration or {}).get("nonFilterableMetadataKeys", ()))

    def set_mode(self, mode: str) -> None:
        """Change the mode; the caller holds the lock."""
        self.mode = mode

    def set_tags(self, tags: dict[str, str]) -> None:
        """Replace the tags."""
        self.tags = tags

    def configure_text_search(self, text_search: dict[str, TextSearch], changed: Iterable[str]) -> None:
        """Replace the text search configurations; the caller holds the lock.

        Args:
            text_search: all of them, by metadata key.
            changed: the metadata keys that come or go.
        """
        # First the derived text indexes, maybe of another language: an interruption then changes nothing.
        for key in changed:
            self.vectors.texts.forget(key)
        self.text_search = text_search

    def copy(self) -> Index:
        """An index of its own with the same vectors."""
        with self.lock:
            return replace(self, table=self.vectors.copy(), rankings=Rankings(), lock=new_lock())


@dataclass
class VectorBucket:
    """A vector bucket and the indexes in it, by name.

    Attributes:
        supports_classic: whether the bucket is so old that its indexes may be CLASSIC.
        default_index_mode: the mode of indexes that are created in it.
    """

    arn: Arn
    name: str
    creation_time: int
    encryption: dict[str, str]
    supports_classic: bool
    default_index_mode: str
    tags: dict[str, str]
    policy: str | None = None
    indexes: dict[str, Index] = field(default_factory=dict)

    def add(self, index: Index) -> None:
        """Add an index, whose name is free."""
        self.indexes[index.name] = index

    def remove(self, index: Index) -> None:
        """Remove an index with its vectors."""
        del self.indexes[index.name]

    def set_default_index_mode(self, mode: str) -> None:
        """Change the mode of indexes that are created from now on."""
        self.default_index_mode = mode

    def set_policy(self, policy: str | None) -> None:
        """Replace the policy; None removes it."""
        self.policy = policy

    def set_tags(self, tags: dict[str, str]) -> None:
        """Replace the tags."""
        self.tags = tags

    def copy(self) -> VectorBucket:
        """A bucket of its own with the same indexes."""
        return replace(self, indexes={name: index.copy() for name, index in self.indexes.items()})
