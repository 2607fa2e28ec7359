"""Vector buckets and indexes as they are remembered.

Their tags, settings and policy are replaced, never changed in place: copies may share them.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mock_s3vectors.state.rankings import Rankings

if TYPE_CHECKING:
    from mock_s3vectors.arns import Arn
    from mock_s3vectors.state.vector_table import VectorTable


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
    vectors: VectorTable
    rankings: Rankings = field(default_factory=Rankings)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def dimension(self) -> int:
        """The number of floats in each vector."""
        return self.vectors.dimension

    @property
    def non_filterable_keys(self) -> frozenset[str]:
        """Metadata keys that filters must not name."""
        return frozenset((self.metadata_configuration or {}).get("nonFilterableMetadataKeys", ()))

    def copy(self) -> Index:
        """An index of its own with the same vectors."""
        with self.lock:
            return replace(self, vectors=self.vectors.copy(), rankings=Rankings(), lock=threading.RLock())


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

    def copy(self) -> VectorBucket:
        """A bucket of its own with the same indexes."""
        return replace(self, indexes={name: index.copy() for name, index in self.indexes.items()})
