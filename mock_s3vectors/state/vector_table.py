"""The vectors of one index: keys, one float32 matrix, metadata; and what is derived from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.arrays import with_room
from mock_s3vectors.filtering import Columns
from mock_s3vectors.search import FlatEngine, HnswEngine, TextIndexes, top_k
from mock_s3vectors.state.listing import Listing, position_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.config import Config
    from mock_s3vectors.filtering import Filter
    from mock_s3vectors.search import Engine


class VectorTable:
    """Rows of key, vector and metadata.

    A write of a known key overwrites its row; a delete moves the last row into the hole: both cost
    the same however many rows there are. Metadata columns, text indexes, listing order and search
    engine are derived: built when first used, kept current from then on. Callers hold the index's lock.

    Attributes:
        dimension: the number of floats in each vector.
        distance_metric: `euclidean` or `cosine`.
        keys: row to key.
        metadata: row to metadata; whole objects are replaced, never changed in place.
        sizes: row to the bytes that processing it counts for.
        texts: the text indexes of the metadata.
    """

    def __init__(self, dimension: int, distance_metric: str) -> None:
        self.dimension = dimension
        self.distance_metric = distance_metric
        self.keys: list[str] = []
        self.metadata: list[dict[str, Any]] = []
        self.sizes: list[int] = []
        self._rows: dict[str, int] = {}
        self._matrix = np.zeros((0, dimension), dtype=np.float32)
        self._forget_derived()

    def _forget_derived(self) -> None:
        self._columns = Columns(self.metadata)
        self.texts = TextIndexes(self.metadata)
        self._listing: Listing | None = None
        self._engine: Engine | None = None
        self._engine_settings: tuple[Any, ...] | None = None

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def matrix(self) -> NDArray[np.float32]:
        """The live rows, shape (rows, dimension); a view, valid until the next write."""
        return self._matrix[: len(self.keys)]

    def rows_of(self, keys: Iterable[str]) -> list[int]:
        """The rows of those of the keys that have one, each once and in listing order."""
        known = self._rows.keys() & keys
        return [self._rows[key] for key in sorted(known, key=position_of)]

    def rows_listed(self, after: str | None, segment: int, segments: int) -> Iterator[int]:
        """The rows of a segment in listing order, as `Listing.keys` has it; valid until the next write."""
        if self._listing is None:
            self._listing = Listing(self.keys)
        return map(self._rows.__getitem__, self._listing.keys(after, segment, segments))

    def unknown(self, keys: Sequence[str]) -> list[str]:
        """Those of the keys that have no row."""
        return [key for key in keys if key not in self._rows]

    def put(
        self,
        keys: Sequence[str],
        data: NDArray[np.float32],
        metadata: Sequence[dict[str, Any]],
        sizes: Sequence[int],
    ) -> None:
        """Write vectors, data of shape (len(keys), dimension); no key may stand twice in `keys`."""
        used = len(self.keys)
        new = self.unknown(keys)
        self._rows.update(zip(new, range(used, used + len(new)), strict=True))
        self.keys.extend(new)
        self.metadata.extend({} for _ in new)
        self.sizes.extend(0 for _ in new)
        self._matrix = with_room(self._matrix, used + len(new), used)

        rows = [self._rows[key] for key in keys]
        self._matrix[rows] = data
        for row, document, size in zip(rows, metadata, sizes, strict=True):
            self.metadata[row] = document
            self.sizes[row] = size

        self._columns.write(rows)
        self.texts.write(rows)
        if self._listing is not None:
            self._listing.add(new)
        if self._engine is not None:
            self._engine.write(np.array(rows, dtype=np.intp), self._matrix)

    def delete(self, key: str) -> None:
        """Delete a vector; an unknown key is none of our business."""
        row = self._rows.pop(key, None)
        if row is None:
            return
        last = len(self.keys) - 1
        if row != last:
            self._matrix[row] = self._matrix[last]
            self._rows[self.keys[last]] = row
        _fill_hole(self.keys, row)
        _fill_hole(self.metadata, row)
        _fill_hole(self.sizes, row)

        self._columns.remove(row)
        self.texts.remove(row)
        if self._listing is not None:
            self._listing.discard(key)
        if self._engine is not None:
            self._engine.remove(row, last)

    def mask(self, matching: Filter | None) -> NDArray[np.bool_] | None:
        """The rows that a filter matches, shape (rows,); None for all of them."""
        return None if matching is None else matching.mask(self._columns)

    def nearest(
        self, query: NDArray[np.float32], k: int, mask: NDArray[np.bool_] | None, config: Config
    ) -> list[tuple[int, float]]:
        """The k nearest rows and their distances, nearest first, equal distances by key.

        Args:
            query: shape (dimension,).
            k: how many at most.
            mask: shape (rows,): the rows that may be found; None allows all.
            config: names the search engine.
        """
        engine = self._engine_for(config)
        return top_k(engine, self.distance_metric, query, k, self.matrix, self.keys, mask)

    def _engine_for(self, config: Config) -> Engine:
        """The engine that the configuration asks for, filled with all rows if it is not there yet."""
        settings: tuple[Any, ...] = (config.search_engine,)
        if config.search_engine == "hnsw":
            settings += (config.hnsw_m, config.hnsw_ef_construction, config.hnsw_ef_search)
        if self._engine is None or self._engine_settings != settings:
            build = _ENGINES[config.search_engine]
            self._engine = build(self.distance_metric, self.dimension, *settings[1:])
            self._engine_settings = settings
            self._engine.write(np.arange(len(self.keys), dtype=np.intp), self._matrix)
        return self._engine

    def copy(self) -> VectorTable:
        """A table of its own with the same rows; what is derived is built anew when it is used."""
        table = VectorTable(self.dimension, self.distance_metric)
        table.keys, table.metadata, table.sizes = self.keys[:], self.metadata[:], self.sizes[:]
        table._rows = dict(self._rows)
        table._matrix = self.matrix.copy()
        table._forget_derived()
        return table


def _fill_hole(column: list[Any], row: int) -> None:
    """Remove a row by moving the last one into its place."""
    moved = column.pop()
    if row < len(column):
        column[row] = moved


_ENGINES: dict[str, Any] = {"flat": FlatEngine, "hnsw": HnswEngine}
