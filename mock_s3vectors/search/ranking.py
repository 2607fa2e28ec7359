"""The best rows in the service's order. Every search ends here, by distance or by score."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.search.distances import blocks, exact_distances

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.search.engine import Engine

# Scores are sums, and mathematically equal ones may differ in their last bits: the terms were added in
# another order. What differs by no more than this factor is equal.
_SAME = 1.0 - 2.0**-40


def top_k(  # noqa: PLR0913, PLR0917 - the parts of one search; each is needed
    engine: Engine,
    metric: str,
    query: NDArray[np.float32],
    k: int,
    matrix: NDArray[np.float32],
    keys: Sequence[str],
    mask: NDArray[np.bool_] | None,
) -> list[tuple[int, float]]:
    """Return the k nearest of the allowed rows.

    Args:
        engine: has been told of every change of `matrix`.
        metric: `euclidean` or `cosine`, the engine's.
        query: shape (d,), finite; for cosine not zero.
        k: at least 1; more than there are rows is fine.
        matrix: shape (n, d), C-contiguous: the living rows.
        keys: the key of each row; equal distances are ordered by it (Choice: equal-distances).
        mask: shape (n,): the rows that may be found; None allows all.

    Returns:
        (row, distance) by distance and key, at most k. The distance is a float32 number, as the
        service returns it: a squared L2 distance above 3.4e38 is infinite, yet ordered by its true size.
    """
    if not matrix.shape[0]:
        return []
    rows = engine.candidates(query, k, matrix, mask)
    distances = _distances(metric, query, matrix, rows)
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
        high = scores >= _kth_highest(scores, k) * _SAME
        rows, scores = rows[high], scores[high]
    numbers = rows.tolist()
    return [numbers[place] for place in _first(k, _places(scores), numbers, keys)]


def _kth_highest(scores: NDArray[np.float64], k: int) -> float:
    """Return the k-th highest score; there are at least k."""
    # Among the maxima of more than k groups, the k-th highest is no higher, and few other scores reach it.
    depth = min(scores.size // (8 * k), 64)
    if depth > 1:
        groups = scores[: scores.size // depth * depth].reshape(depth, -1)
        scores = scores[scores >= np.partition(groups.max(axis=0), -k)[-k]]
    return float(np.partition(scores, -k)[-k])


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
