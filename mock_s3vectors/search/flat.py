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
from mock_s3vectors.search.bounds import CosineBound, ErrorBound
from mock_s3vectors.search.distances import blocks, inverse_lengths, unit_row, unit_rows
from mock_s3vectors.search.ranking import kth_lowest

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from typing_extensions import Self

    Vectors = NDArray[np.float32]
    # Of a query with rows, which may have `inverse_lengths`: see `squared_distances`.
    Comparison = Callable[[Vectors, Vectors, Vectors | None], Vectors]

_FLOAT32_MAX = float(np.finfo(np.float32).max)

# Rows of so few numbers in all are compared in float64 at once. That takes less than 0.1 ms, little
# more than asking faiss, and most tests that search at all search so little: they never import faiss.
_FEW = 1 << 16

# A mask that allows one row in so many, or fewer, has them gathered before they are compared. That takes
# up to six times as long for each row as a pass over all of them.
_SPARSE = 8

# When so many times the wanted rows are too close to tell, a finer comparison is worth a second look.
_CROWD = 2

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


@dataclass(frozen=True)
class Flat:
    """Exact search: every row is compared with the query."""

    def build(self, metric: str, dimension: int) -> FlatEngine:
        """See `SearchMethod.build`."""
        return FlatEngine(metric, dimension)


class FlatEngine:
    """An exact engine, which compares the query with every row of the owner's matrix.

    For cosine search it keeps a number for each row, 1 / length.
    """

    def __init__(self, metric: str, dimension: int) -> None:
        """Make an engine for no rows yet; metric is `euclidean` or `cosine`."""
        self._cosine = metric == "cosine"
        self._bound = CosineBound.of(dimension) if self._cosine else ErrorBound.of(metric, dimension)
        self._inverse = np.zeros(0, np.float32)
        self._count = 0

    def comparable(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return vectors whose L2 distances have the order of the metric over `vectors`, shape (m, d)."""
        return unit_rows(vectors) if self._cosine else vectors

    def write(self, rows: NDArray[np.intp], matrix: NDArray[np.float32]) -> None:
        """See `Engine.write`."""
        if not self._cosine or not rows.size:
            return
        first, last = int(rows.min()), int(rows.max())
        count = max(self._count, last + 1)
        self._inverse = with_room(self._inverse, count, self._count)
        if last - first < rows.size:
            # One run: a slice of it is no copy. The first query waits for this, and there may be a million.
            self._inverse[first : last + 1] = inverse_lengths(matrix[first : last + 1])
        else:
            for block in blocks(rows.size, matrix.shape[1]):
                self._inverse[rows[block]] = inverse_lengths(matrix[rows[block]])
        self._count = count

    def remove(self, row: int, last: int) -> None:
        """See `Engine.remove`."""
        if self._cosine:
            self._inverse[row] = self._inverse[last]
            self._count = last

    def copy(self) -> Self:
        """See `Engine.copy`."""
        other: Self = copy(self)
        other._inverse = copied(self._inverse, self._count)
        return other

    def plan(
        self,
        query: NDArray[np.float32],
        k: int,
        matrix: NDArray[np.float32],
        mask: NDArray[np.bool_] | None,
    ) -> FlatPlan:
        """See `Engine.plan`."""
        if not self._cosine:
            return FlatPlan(matrix, query, k, query, mask, None, self._bound)
        return FlatPlan(matrix, query, k, unit_row(query), mask, self._inverse, self._bound)


@dataclass(frozen=True, eq=False, slots=True)
class FlatPlan:
    """A scan of all rows.

    Attributes:
        matrix: see `Plan`.
        query: see `Plan`.
        k: see `Plan`.
        target: the query; for cosine at unit length.
        mask: the rows that may be found; None allows all.
        inverse: None, or for cosine the `inverse_lengths` of as many rows as `matrix` has or more.
        bound: on the error of a comparison.
    """

    matrix: NDArray[np.float32]
    query: NDArray[np.float32]
    k: int
    target: NDArray[np.float32]
    mask: NDArray[np.bool_] | None
    inverse: NDArray[np.float32] | None
    bound: ErrorBound | CosineBound

    def candidates(self) -> NDArray[np.intp]:
        """See `Plan.candidates`: the exact k nearest and all that tie with the k-th are among them."""
        count, dimension = self.matrix.shape
        allowed = None if self.mask is None else np.flatnonzero(self.mask)
        size = count if allowed is None else allowed.size
        if size <= max(with_slack(self.k), _FEW // dimension):
            return np.arange(count) if allowed is None else allowed
        compare = squared_distances if self.inverse is None else cosine_distances
        found = near(self._distances(allowed, compare), allowed, self.k, self.bound)
        if self.inverse is not None and found.size > _CROWD * with_slack(self.k):
            finer = self._gathered(found, squared_distances)
            return near(finer, found, self.k, ErrorBound.of_scaled(dimension))
        return found

    def _distances(self, allowed: NDArray[np.intp] | None, compare: Comparison) -> NDArray[np.float32]:
        """Return the distances of the allowed rows, in their order; None allows all."""
        count = self.matrix.shape[0]
        if allowed is not None and allowed.size * _SPARSE <= count:
            return self._gathered(allowed, compare)
        distances = compare(self.target, self.matrix, None if self.inverse is None else self.inverse[:count])
        return distances if allowed is None else distances[allowed]

    def _gathered(self, rows: NDArray[np.intp], compare: Comparison) -> NDArray[np.float32]:
        """Return the distances of some rows, of which a block at a time is copied."""
        distances = np.empty(rows.size, np.float32)
        for block in blocks(rows.size, self.target.size):
            some = rows[block]
            inverse = None if self.inverse is None else self.inverse[some]
            distances[block] = compare(self.target, self.matrix[some], inverse)
        return distances


def near(
    distances: NDArray[np.float32], rows: NDArray[np.intp] | None, k: int, bound: ErrorBound | CosineBound
) -> NDArray[np.intp]:
    """Return those of the rows that may be among the k nearest, or may tie with the k-th.

    Args:
        distances: shape (m,), each with an error within `bound`, or NaN if nothing is known.
        rows: the m rows that they are of; None for the first m.
        k: at most m.
        bound: on the errors.
    """
    horizon = bound.horizon(kth_lowest(distances, k))
    # Distances overflow, or most are unknown: then float32 cannot tell.
    if not horizon < _FLOAT32_MAX:
        return np.arange(distances.size) if rows is None else rows
    places = np.flatnonzero(~(distances > horizon))
    return places if rows is None else rows[places]


def squared_distances(
    query: NDArray[np.float32], rows: NDArray[np.float32], inverse: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Return the squared L2 distance of each row, shape (m,).

    Args:
        query: shape (d,).
        rows: shape (m, d).
        inverse: None, or a factor for each row, which is applied in place.
    """
    if inverse is not None:
        with np.errstate(under="ignore"):
            rows *= inverse[:, np.newaxis]
    return _of_each(load_faiss().fvec_L2sqr_ny, query, rows)


def cosine_distances(
    query: NDArray[np.float32], rows: NDArray[np.float32], inverse: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Return 1 - cos of each row, shape (m,); the error is absolute, see `CosineBound`.

    Args:
        query: shape (d,), at unit length.
        rows: shape (m, d).
        inverse: 1 / length of each row; None if all are of unit length.
    """
    cosines = _of_each(load_faiss().fvec_inner_products_ny, query, rows)
    if inverse is not None:
        with np.errstate(under="ignore"):
            cosines *= inverse
    return np.subtract(np.float32(1.0), cosines, out=cosines)


def _of_each(function: Any, query: NDArray[np.float32], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the results of a function of faiss that compares one vector with each row, in this thread."""
    pointer = load_faiss().swig_ptr
    count, dimension = rows.shape
    results = np.empty(count, np.float32)
    function(pointer(results), pointer(query), pointer(rows), dimension, count)
    return results


class Scan:
    """One query against the first `count` rows of a matrix, as faiss computes it: squared L2, float32."""

    def __init__(
        self,
        query: NDArray[np.float32],
        rows: NDArray[np.float32],
        count: int,
        mask: NDArray[np.bool_] | None,
    ) -> None:
        self._distances = squared_distances(query, rows[:count])
        if mask is not None:
            self._distances[~mask] = np.inf

    def nearest(self, k: int) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
        """Return the k nearest rows: their distances, ascending, and their numbers."""
        rows = np.argpartition(self._distances, k - 1)[:k]
        rows = rows[np.argsort(self._distances[rows])]
        return self._distances[rows], rows
