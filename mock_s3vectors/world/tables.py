"""The vectors of one index: keys, one float32 matrix, metadata; and the parts that are derived from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.arrays import copied, with_room
from mock_s3vectors.filtering import Columns, idle_conditions
from mock_s3vectors.search import TextIndexes, top_k
from mock_s3vectors.world.listing import Listing, position_of
from mock_s3vectors.world.writes import TotalSize, Write, filled_holes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from weakref import ref

    from numpy.typing import NDArray

    from mock_s3vectors.filtering import Filter, IdleCondition
    from mock_s3vectors.search import Engine, Plan, SearchMethod
    from mock_s3vectors.world.writes import Size

# How many search engines a table keeps: mocks around one another may search in different ways.
_MOST_ENGINES = 3


class VectorTable:
    """Rows of key, vector and metadata.

    A write of a known key overwrites its row; a delete moves the last row into the hole: both cost
    the same however many rows there are. Metadata columns, text indexes, listing order and search
    engines are derived: built when first used, kept current from then on. Callers hold the index's lock.
    Copies of an index share a table until one of them writes (see `Index`): only the table's sole holder
    calls `put` and `delete`.

    A write is whole or not at all, whatever interrupts it (Ctrl+C, a signal, no memory; a fork, whose child
    has a half-done copy of another thread's work): it is described first, the description is put down, and
    only then the rows change. `settle` carries out a description that is still there.

    Attributes:
        dimension: the number of floats in each vector.
        distance_metric: `euclidean` or `cosine`.
        keys: row to key.
        metadata: row to metadata; whole objects are replaced, never changed in place.
        sizes: row to its size.
        total_size: that of all rows.
        texts: the text indexes of the metadata.
        holders: the indexes that this table was given to, and readers. It may still be theirs.
    """

    def __init__(self, dimension: int, distance_metric: str) -> None:
        self.dimension = dimension
        self.distance_metric = distance_metric
        self.keys: list[str] = []
        self.metadata: list[dict[str, Any]] = []
        self.sizes: list[Size] = []
        self.total_size = TotalSize()
        self._rows: dict[str, int] = {}
        self._matrix = np.zeros((0, dimension), dtype=np.float32)
        self._unfinished: Write | None = None
        # Finds out the sizes of rows that came without, see `fill`.
        self._measure: Callable[[], list[Size]] | None = None
        self.holders: list[ref[Any]] = []
        self.forget_derived()

    def forget_derived(self) -> None:
        """Drop the derived parts; queries build them anew."""
        self._columns = Columns(self.metadata)
        self.texts = TextIndexes(self.metadata)
        self._listing: Listing | None = None
        self._engines: dict[SearchMethod, Engine] = {}  # the one used last is the last

    def fill(
        self,
        keys: list[str],
        data: NDArray[np.float32],
        metadata: list[dict[str, Any]],
        measure: Callable[[], list[Size]],
    ) -> None:
        """Have these rows, whose keys are distinct. The table is empty, and the caller's alone.

        Args:
            keys: row to key.
            data: shape (len(keys), dimension), C-contiguous; the table's own from now on.
            metadata: row to metadata.
            measure: returns row to size. It is called when somebody first reads or writes the rows: of what a
                file has, a test may read little.
        """
        self.keys, self.metadata = keys, metadata
        self._rows = dict(zip(keys, range(len(keys)), strict=True))
        self._matrix = data
        self._measure = measure
        self.forget_derived()

    def settle(self) -> None:
        """Finish a write that something has interrupted; drop the derived parts, which may be torn.

        This may itself be interrupted: the next call begins again. It also finds out sizes that are missing.
        """
        if self._measure is not None:
            self.sizes[:] = self._measure()
            self.total_size = TotalSize().after(self.sizes, ())
            self._measure = None
        if self._unfinished is not None:
            self.forget_derived()
            self._carry_out(self._unfinished)
            self._unfinished = None

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def matrix(self) -> NDArray[np.float32]:
        """Return the live rows, shape (rows, dimension); a view, valid until the next write."""
        return self._matrix[: len(self.keys)]

    def rows_of(self, keys: Iterable[str]) -> list[int]:
        """Return the rows of those of the keys that have one, each once and in listing order."""
        known = self._rows.keys() & keys
        return [self._rows[key] for key in sorted(known, key=position_of)]

    def rows_listed(self, after: str | None, segment: int, segments: int) -> Iterator[int]:
        """Return the rows of a segment as `Listing.keys` orders them; valid until the next write."""
        # Put away while it works: an interruption would leave it torn.
        listing, self._listing = self._listing, None
        if listing is None or listing.outgrown():
            listing = Listing(self.keys)
        keys = listing.keys(after, segment, segments)
        self._listing = listing
        return map(self._rows.__getitem__, keys)

    def unknown(self, keys: Sequence[str]) -> list[str]:
        """Return those of the keys that have no row."""
        return [key for key in keys if key not in self._rows]

    def put(
        self,
        keys: Sequence[str],
        data: NDArray[np.float32],
        metadata: Sequence[dict[str, Any]],
        sizes: Sequence[Size],
        tell: Callable[[], None] | None = None,
    ) -> None:
        """Write vectors; the keys are distinct.

        Args:
            keys: those of the vectors.
            data: shape (len(keys), dimension), C-contiguous. It is the table's own from now on: an empty
                table makes it its matrix, so that many vectors are not copied once more.
            metadata: that of each vector.
            sizes: the bytes that processing each vector counts for.
            tell: is called when all is ready, and before anything changes; see `following`.
        """
        used = len(self.keys)
        new = self.unknown(keys)
        placed = dict(zip(new, range(used, used + len(new)), strict=True))
        is_append = len(new) == len(keys)
        rows = (
            range(used, used + len(new))
            if is_append
            else [placed[key] if key in placed else self._rows[key] for key in keys]
        )
        total = self.total_size.after(added=sizes, removed=(self.sizes[row] for row in rows if row < used))
        numbers = np.array(rows, np.intp)
        write = Write(used + len(new), numbers, data, metadata, sizes, total, placed, is_append=is_append)
        # Before anything changes: there may be no memory for it.
        self._matrix = with_room(self._matrix, write.count, used) if used else data
        if tell is not None:
            tell()

        self._unfinished = write
        self._carry_out(write)
        self._columns.write(rows)
        self.texts.write(rows)
        if self._listing is not None:
            self._listing.note(new, present=True)
        for engine in self._engines.values():
            engine.write(write.rows, self._matrix)
        self._unfinished = None

    def delete(self, keys: Sequence[str], tell: Callable[[], None] | None = None) -> None:
        """Delete those of the vectors that exist; the keys are distinct. See `put` for `tell`."""
        gone = [key for key in keys if key in self._rows]
        removed = sorted((self._rows[key] for key in gone), reverse=True)
        used = len(self.keys)
        filled = filled_holes(removed, used)
        moved = list(filled.values())
        write = Write(
            count=used - len(removed),
            rows=np.array(list(filled), np.intp),
            data=self._matrix[np.array(moved, np.intp)],
            metadata=[self.metadata[row] for row in moved],
            sizes=[self.sizes[row] for row in moved],
            total_size=self.total_size.after(added=(), removed=(self.sizes[row] for row in removed)),
            placed={self.keys[row]: hole for hole, row in filled.items()},
            gone=gone,
        )
        if tell is not None:
            tell()

        self._unfinished = write
        for number, row in enumerate(removed, start=1):
            # Columns and text indexes learn from the length of the metadata which row was the last.
            self.metadata.pop()
            self._columns.remove(row)
            self.texts.remove(row)
            for engine in self._engines.values():
                engine.remove(row, used - number)
        if self._listing is not None:
            self._listing.note(gone, present=False)
        self._carry_out(write)
        self._unfinished = None

    def _carry_out(self, write: Write) -> None:
        """Change the rows. Only plain assignments, so that doing it again does no harm."""
        _resize(self.keys, write.count, "")
        _resize(self.metadata, write.count, {})
        _resize(self.sizes, write.count, (0, 0))
        self.total_size = write.total_size
        if write.is_append:
            self._append(write)
        else:
            self._place(write)
        self._rows.update(write.placed)
        for key in write.gone:
            self._rows.pop(key, None)

    def _append(self, write: Write) -> None:
        """Fill the last rows: no loop runs over them, for there may be a million."""
        first = write.count - len(write.data)
        self.keys[first:] = write.placed
        self.metadata[first:] = write.metadata
        self.sizes[first:] = write.sizes
        if self._matrix is not write.data:
            self._matrix[first : write.count] = write.data

    def _place(self, write: Write) -> None:
        for row, document, size in zip(write.rows.tolist(), write.metadata, write.sizes, strict=True):
            self.metadata[row] = document
            self.sizes[row] = size
        self._matrix[write.rows] = write.data
        for key, row in write.placed.items():
            self.keys[row] = key

    def mask(self, matching: Filter | None) -> NDArray[np.bool_] | None:
        """Return the rows that a filter matches, shape (rows,); None for all of them."""
        return None if matching is None else matching.mask(self._columns)

    def idle_conditions(self, matching: Filter) -> list[IdleCondition]:
        """Return the conditions of a filter that cannot match, see `filtering.idle`."""
        return idle_conditions(matching, self._columns)

    def plan(
        self, query: NDArray[np.float32], k: int, mask: NDArray[np.bool_] | None, method: SearchMethod
    ) -> Plan:
        """Return a plan for a search for the k nearest rows, which `nearest` carries out.

        Args:
            query: shape (dimension,).
            k: how many at most.
            mask: shape (rows,): the rows that may be found; None allows all.
            method: how to search.
        """
        # Put away while it works: an interruption would leave it torn.
        engine = self._engines.pop(method, None) or self._new_engine(method)
        plan = engine.plan(query, k, self.matrix, mask)
        self._engines[method] = engine
        if len(self._engines) > _MOST_ENGINES:
            del self._engines[next(iter(self._engines))]
        return plan

    def nearest(self, plan: Plan) -> list[tuple[int, float]]:
        """Return the k nearest rows and their distances, nearest first, equal distances by key.

        The caller needs no lock, if it has held the table since the plan was made; see `Index.reader`.
        """
        return top_k(plan, self.distance_metric, self.keys)

    def _new_engine(self, method: SearchMethod) -> Engine:
        """Return an engine for this way to search, filled with all rows."""
        engine = method.build(self.distance_metric, self.dimension)
        engine.write(np.arange(len(self.keys), dtype=np.intp), self._matrix)
        return engine

    def copy(self) -> VectorTable:
        """Return a table of its own with the same rows and the same derived parts, at the speed of memory."""
        table = VectorTable(self.dimension, self.distance_metric)
        table.keys, table.metadata, table.sizes = self.keys[:], self.metadata[:], self.sizes[:]
        table.total_size = self.total_size
        table._rows = dict(self._rows)
        table._matrix = copied(self._matrix, len(self.keys))
        table._columns = self._columns.copy(table.metadata)
        table.texts = self.texts.copy(table.metadata)
        if self._listing is not None:
            table._listing = self._listing.copy()
        table._engines = {method: engine.copy() for method, engine in self._engines.items()}
        return table


def _resize(column: list[Any], count: int, filler: Any) -> None:
    """Cut a list off, or fill it up, to `count` entries."""
    del column[count:]
    column.extend([filler] * (count - len(column)))
