"""The best rows in the service's order. Every search ends here, by distance or by score."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.locks import own_lock
from mock_s3vectors.search.distances import blocks, exact_distances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.search.engine import Plan

# Scores are sums, and mathematically equal ones may differ in their last bits: the terms were added in
# another order. What differs by no more than this factor is equal.
_SAME = 1.0 - 2.0**-40

# Partitioning a million values takes as long as a tenth of the scan that they come from; the lowest of groups
# of so many are found ten times as fast.
_GROUP = 64


def top_k(plan: Plan, metric: str, keys: Sequence[str]) -> list[tuple[int, float]]:
    """Return the k nearest of the allowed rows. No lock is needed, see `Plan`.

    Args:
        plan: an engine's plan for a query.
        metric: `euclidean` or `cosine`, the engine's.
        keys: the key of each row; equal distances are ordered by it (Choice: equal-distances).

    Returns:
        (row, distance) by distance and key, at most k. The distance is a float32 number, as the
        service returns it: a squared L2 distance above 3.4e38 is infinite, yet ordered by its true size.
    """
    if not plan.matrix.shape[0]:
        return []
    with own_lock():  # faiss has a lock, which its interruption by Ctrl+C needs
        k, rows = plan.k, plan.candidates()
    distances = _distances(metric, plan.query, plan.matrix, rows)
    if rows.size > k:
        near = distances <= np.partition(distances, k - 1)[k - 1]
        rows, distances = rows[near], distances[near]
    numbers, shown = rows.tolist(), _as_float32(distances)
    return [(numbers[place], shown[place]) for place in _first(k, distances, numbers, keys)]


def highest(scores: NDArray[np.float64], k: int, keys: Sequence[str], found: NDArray[np.bool_]) -> list[int]:
    """Return the k rows with the highest scores.

    Args:
        scores: shape (n,): the score of each row, not negative.
        k: at least 1; more than there are rows is fine.
        keys: the key of each row; equal scores are ordered by it (Choice: equal-scores).
        found: shape (n,): which rows are ranked at all.

    Returns:
        Rows by score, descending, and key, at most k.
    """
    rows = np.flatnonzero(found)
    scores = scores[rows]
    if rows.size > k:
        high = scores >= -kth_lowest(-scores, k) * _SAME
        rows, scores = rows[high], scores[high]
    numbers = rows.tolist()
    return [numbers[place] for place in _first(k, _places(scores), numbers, keys)]


def kth_lowest(values: NDArray[np.float32] | NDArray[np.float64], k: int) -> float:
    """Return the k-th lowest of at least k values; NaN is higher than all others."""
    depth = min(values.size // (8 * k), _GROUP)
    if depth > 1:
        # The k-th lowest of the groups' own lowest values is not below the one sought, and hardly above it.
        groups = values[: values.size // depth * depth].reshape(depth, -1)
        lowest = np.fmin.reduce(groups, axis=0)
        values = values[~(values > np.partition(lowest, k - 1)[k - 1])]
    return float(np.partition(values, k - 1)[k - 1])


def _places(scores: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the rank of each score, highest first, shape (n,); nearly equal scores share one."""
    order = np.argsort(-scores)
    descending = scores[order]
    places = np.zeros(scores.size, np.intp)
    places[order[1:]] = np.cumsum(descending[1:] < descending[:-1] * _SAME)
    return places


def _first(
    k: int, values: NDArray[np.float64] | NDArray[np.intp], rows: list[int], keys: Sequence[str]
) -> list[int]:
    """Return the positions of the k lowest `values`, in order; equal values by the key of their row."""
    entries = zip(values.tolist(), map(keys.__getitem__, rows), range(len(rows)), strict=True)
    return [place for _, _, place in heapq.nsmallest(k, list(entries))]


def _distances(
    metric: str, query: NDArray[np.float32], matrix: NDArray[np.float32], rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return the exact distances of the given rows of `matrix`."""
    wide_query = query.astype(np.float64)
    parts = [
        exact_distances(metric, wide_query, matrix[rows[block]]) for block in blocks(rows.size, query.size)
    ]
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0), *parts])


def _as_float32(values: NDArray[np.float64]) -> list[float]:
    """Return the nearest float32 numbers; too large ones become infinite, too small ones zero."""
    with np.errstate(over="ignore", under="ignore"):
        numbers: list[float] = values.astype(np.float32).tolist()
    return numbers
