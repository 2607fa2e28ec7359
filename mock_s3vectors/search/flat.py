"""Exact search: faiss proposes, in float32; an error bound makes sure that nothing is missed."""

from __future__ import annotations

import warnings
from copy import copy
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.arrays import copied, with_room
from mock_s3vectors.locks import new_lock
from mock_s3vectors.search.bounds import ErrorBound
from mock_s3vectors.search.distances import blocks, unit_row, unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import Self

_FLOAT32_MAX = float(np.finfo(np.float32).max)

# Rows of so few numbers in all are compared in float64 at once. That takes less than 0.1 ms, little
# more than asking faiss, and most tests that search at all search so little: they never import faiss.
_FEW = 1 << 16


# A fork waits for it: a child that is forked in the middle of an import waits forever for its end.
_LOADING = new_lock()


@cache
def load_faiss() -> Any:
    """Return the faiss module. Importing it takes 0.3 to 0.4 s, so it waits for the first need."""
    with _LOADING, warnings.catch_warnings():
        # faiss 1.9 reaches into numpy's internals, and SWIG's types lack a module. It is the user's
        # query that would fail where warnings are errors.
        warnings.simplefilter("ignore", DeprecationWarning)
        import faiss  # noqa: PLC0415 - the reason is above
    return faiss


def with_slack(k: int) -> int:
    """Return how many rows to ask for when k are wanted. The spare rows usually show where to stop."""
    return k + max(16, k // 8)


def selector_of(mask: NDArray[np.bool_] | None) -> Any:
    """Return a faiss selector of the rows that `mask` allows.

    There is always one, as faiss treats a search without a selector differently: from 10,000 rows
    on (seen in 1.15) it expands |x - y|**2 to |x|**2 + |y|**2 - 2 xy, which cancels, and no error
    bound relative to the distance holds. With a selector it subtracts first, in every version.
    """
    if mask is None:
        return _every_row()
    return load_faiss().IDSelectorBitmap(np.packbits(mask, bitorder="little"))


@cache
def _every_row() -> Any:
    return load_faiss().IDSelectorAll()


@dataclass(frozen=True)
class Flat:
    """Exact search: every row is compared with the query."""

    def build(self, metric: str, dimension: int) -> FlatEngine:
        """See `SearchMethod.build`."""
        return FlatEngine(metric, dimension)


class FlatEngine:
    """An exact engine, which compares the query with every row.

    Euclidean search runs over the owner's matrix itself; cosine search over a copy at unit length.
    """

    def __init__(self, metric: str, dimension: int) -> None:
        """Make an engine for no rows yet; metric is `euclidean` or `cosine`."""
        self._cosine = metric == "cosine"
        self._bound = ErrorBound.of(metric, dimension)
        self._units = np.zeros((0, dimension), np.float32)
        self._count = 0

    def comparable(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return vectors whose L2 distances have the order of the metric over `vectors`, shape (m, d)."""
        return unit_rows(vectors) if self._cosine else vectors

    def write(self, rows: NDArray[np.intp], matrix: NDArray[np.float32]) -> None:
        """See `Engine.write`."""
        if not self._cosine or not rows.size:
            return
        count = max(self._count, int(rows.max()) + 1)
        self._units = with_room(self._units, count, self._count)
        for block in blocks(rows.size, matrix.shape[1]):
            self._units[rows[block]] = unit_rows(matrix[rows[block]])
        self._count = count

    def remove(self, row: int, last: int) -> None:
        """See `Engine.remove`."""
        if self._cosine:
            self._units[row] = self._units[last]
            self._count = last

    def copy(self) -> Self:
        """See `Engine.copy`."""
        other: Self = copy(self)
        other._units = copied(self._units, self._count)
        return other

    def plan(
        self,
        query: NDArray[np.float32],
        k: int,
        matrix: NDArray[np.float32],
        mask: NDArray[np.bool_] | None,
    ) -> FlatPlan:
        """See `Engine.plan`."""
        target = unit_row(query) if self._cosine else query
        return FlatPlan(matrix, query, k, self._units if self._cosine else matrix, target, mask, self._bound)


@dataclass(frozen=True, eq=False, slots=True)
class FlatPlan:
    """A scan of all rows.

    Attributes:
        matrix: see `Plan`.
        query: see `Plan`.
        k: see `Plan`.
        rows: those to compare by L2, as many as `matrix` has or more.
        target: what to compare them with.
        mask: the rows that may be found; None allows all.
        bound: on the error of a comparison.
    """

    matrix: NDArray[np.float32]
    query: NDArray[np.float32]
    k: int
    rows: NDArray[np.float32]
    target: NDArray[np.float32]
    mask: NDArray[np.bool_] | None
    bound: ErrorBound

    def candidates(self) -> NDArray[np.intp]:
        """See `Plan.candidates`: the exact k nearest and all that tie with the k-th are among them."""
        count, dimension = self.matrix.shape
        allowed = count if self.mask is None else int(np.count_nonzero(self.mask))
        if allowed > max(with_slack(self.k), _FEW // dimension):
            found = Scan(self.target, self.rows, count, self.mask).nearest_and_ties(self.k, self.bound)
            if found is not None:
                return found
        return np.arange(count) if self.mask is None else np.flatnonzero(self.mask)


class Scan:
    """One query against the first `count` rows of a matrix, as faiss computes it: squared L2, float32."""

    def __init__(
        self,
        query: NDArray[np.float32],
        rows: NDArray[np.float32],
        count: int,
        mask: NDArray[np.bool_] | None,
    ) -> None:
        self._faiss = load_faiss()
        self._arrays = (query, rows)  # kept alive: faiss has only their addresses
        self._block = (self._faiss.swig_ptr(query), self._faiss.swig_ptr(rows), query.size, 1, count)
        self._selector = selector_of(mask)

    def nearest_and_ties(self, k: int, bound: ErrorBound) -> NDArray[np.intp] | None:
        """Return row numbers that include the k nearest rows and all rows that tie with the k-th.

        More than `with_slack(k)` rows must be allowed. None if float32 cannot tell, as distances
        overflow.
        """
        distances, labels = self.nearest(with_slack(k))
        # If faiss finds no more rows, because the others overflow, it gives the largest float32.
        horizon = bound.horizon(float(distances[k - 1]))
        if horizon >= _FLOAT32_MAX:
            return None
        labels = labels[distances <= horizon] if distances[-1] > horizon else self._within(horizon)
        return labels.astype(np.intp, copy=False)

    def nearest(self, k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the k nearest rows: their distances, ascending, and their numbers."""
        distances = np.empty(k, np.float32)
        labels = np.empty(k, np.int64)
        pointers = (self._faiss.swig_ptr(distances), self._faiss.swig_ptr(labels))
        self._faiss.knn_L2sqr(*self._block, k, *pointers, None, self._selector)
        return distances, labels

    def _within(self, radius: float) -> NDArray[np.int64]:
        """Return all rows nearer than `radius`.

        One more pass finds them all, however many they are; to ask for more neighbours, and more
        again, would take a pass each time.
        """
        result = self._faiss.RangeSearchResult(1)
        self._faiss.range_search_L2sqr(*self._block, radius, result, self._selector)
        size = int(self._faiss.rev_swig_ptr(result.lims, 2)[1])
        labels: NDArray[np.int64] = self._faiss.rev_swig_ptr(result.labels, size)
        return labels.copy()  # faiss frees its own with `result`
