"""Approximate search through an HNSW graph, for an index so large that reading every row is slow."""

from __future__ import annotations

from contextlib import contextmanager
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.arrays import with_room
from mock_s3vectors.search.bounds import ErrorBound
from mock_s3vectors.search.distances import blocks
from mock_s3vectors.search.flat import FlatEngine, load_faiss, selector_of, with_slack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

# With fewer rows than this for each neighbour to weigh, a walk sees most of them on its way anyway.
# (It is faster than a scan only from about 3 m on, but who chooses this engine wants its answers.)
ROWS_PER_NEIGHBOUR = 4

_NONE = -1


class HnswEngine:
    """Walks a graph of near neighbours instead of comparing the query with every row.

    A few hundred rows, filters that leave few and large k are scanned, exactly; the graph is built
    when the first other query comes. It has its own copy of the rows, for cosine at unit length, and
    measures L2 in both metrics: on unit vectors the order is the same, and close neighbours stay
    apart, whose float32 inner products are all 1. (Recall among 200 neighbours that differ by a
    thousandth: 1.0 with L2, 0.68 with the inner product.)

    A graph cannot forget. An overwritten or deleted row leaves a tombstone, a vector that is walked
    through but never found; when tombstones outnumber the living, the graph is built anew.

    The same calls build the same graph in every run.
    """

    def __init__(
        self, metric: str, dimension: int, m: int = 32, ef_construction: int = 200, ef_search: int = 100
    ) -> None:
        """An engine for no rows yet.

        Args:
            metric: `euclidean` or `cosine`.
            dimension: the numbers in a row.
            m: the links of a vector in each layer of the graph; twice as many in the lowest.
            ef_construction: how many neighbours to weigh when a vector is linked.
            ef_search: how many neighbours to weigh in a search; more find more and take longer.
        """
        self._flat = FlatEngine(metric, dimension)
        self._bound = ErrorBound.of(metric, dimension)
        self._dimension = dimension
        self._m = m
        self._ef_construction = ef_construction
        self._ef_search = ef_search
        self._count = 0
        self._graph: Any = None
        self._linked = 0
        self._up_to_date = False
        # Inverse to each other, up to _count and _linked. _NONE in the first map is a row that the
        # graph lacks, in the second a tombstone.
        self._id_of_row = np.zeros(0, np.intp)
        self._row_of_id = np.zeros(0, np.intp)

    def write(self, rows: NDArray[np.intp], matrix: NDArray[np.float32]) -> None:
        """See `Engine.write`; the graph waits for a query, as linking a row takes up to a millisecond."""
        if not rows.size:
            return
        self._flat.write(rows, matrix)
        count = max(self._count, int(rows.max()) + 1)
        self._id_of_row = with_room(self._id_of_row, count, self._count)
        self._id_of_row[self._count : count] = _NONE
        overwritten = self._id_of_row[rows]
        self._row_of_id[overwritten[overwritten != _NONE]] = _NONE
        self._id_of_row[rows] = _NONE
        self._count = count
        self._up_to_date = False

    def remove(self, row: int, last: int) -> None:
        """See `Engine.remove`."""
        self._flat.remove(row, last)
        gone, moved = self._id_of_row[row], self._id_of_row[last]
        self._id_of_row[row] = moved
        if moved != _NONE:
            self._row_of_id[moved] = row
        if gone != _NONE:
            self._row_of_id[gone] = _NONE
        self._count = last
        self._up_to_date = False

    def candidates(
        self,
        query: NDArray[np.float32],
        k: int,
        matrix: NDArray[np.float32],
        mask: NDArray[np.bool_] | None,
    ) -> NDArray[np.intp]:
        """See `Engine.candidates`: most of the k nearest are among them, and k whenever k are allowed."""
        allowed = self._count if mask is None else int(np.count_nonzero(mask))
        effort = self._effort(k, allowed)
        if allowed > ROWS_PER_NEIGHBOUR * effort:
            self._catch_up(matrix)
            found = self._walk(query, k, effort, mask)
            if found is not None:
                return found
        return self._flat.candidates(query, k, matrix, mask)

    def _effort(self, k: int, allowed: int) -> int:
        """How many neighbours to weigh.

        A walk passes by rows that may not be found, so it must go farther the fewer may: in
        proportion would be safe, but the root keeps the recall of an unfiltered search (measured
        down to 1.5 %) at a fraction of the time.
        """
        passed = max(self._count, self._linked)
        return max(with_slack(k), int(self._ef_search * sqrt(passed / max(allowed, 1))))

    def _walk(
        self, query: NDArray[np.float32], k: int, effort: int, mask: NDArray[np.bool_] | None
    ) -> NDArray[np.intp] | None:
        """Rows near the query; None if the graph leads to too few, or if more may tie with the k-th."""
        tombstones = self._linked - self._count
        selector = selector_of(self._findable(mask) if tombstones or mask is not None else None)
        parameters = load_faiss().SearchParametersHNSW(efSearch=effort, sel=selector)
        target = self._flat.comparable(query[np.newaxis])
        distances, ids = self._graph.search(target, with_slack(k), params=parameters)
        if ids[0, -1] == _NONE or distances[0, -1] <= self._bound.horizon(float(distances[0, k - 1])):
            return None
        rows: NDArray[np.intp] = self._row_of_id[ids[0]]
        return rows

    def _findable(self, mask: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        """Which graph ids may be found: those of living rows that `mask` allows."""
        rows = self._row_of_id[: self._linked]
        living: NDArray[np.bool_] = rows != _NONE
        return living if mask is None else living & mask[rows]

    def _catch_up(self, matrix: NDArray[np.float32]) -> None:
        """Link the rows that the graph lacks; begin a new graph if the old would be mostly tombstones."""
        if self._up_to_date:
            return
        absent = np.flatnonzero(self._id_of_row[: self._count] == _NONE)
        if self._graph is None or self._linked + absent.size > 2 * self._count:
            self._graph = load_faiss().IndexHNSWFlat(self._dimension, self._m)
            self._graph.hnsw.efConstruction = self._ef_construction
            self._linked = 0
            absent = np.arange(self._count)
        self._link(absent, matrix)
        self._up_to_date = True

    def _link(self, rows: NDArray[np.intp], matrix: NDArray[np.float32]) -> None:
        with _one_thread():
            for block in blocks(rows.size, self._dimension):
                self._graph.add(self._flat.comparable(matrix[rows[block]]))
        first, self._linked = self._linked, self._linked + rows.size
        self._row_of_id = with_room(self._row_of_id, self._linked, first)
        self._row_of_id[first : self._linked] = rows
        self._id_of_row[rows] = np.arange(first, self._linked)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let faiss link rows one after another: with more threads the links are a race (seen in 1.9).

    Two threads were no faster anyway. OpenMP keeps the number for each thread of the program: the
    other ones see no change.
    """
    faiss = load_faiss()
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)
