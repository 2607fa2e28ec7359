"""The best rows in the service's order: where every search ends, be it by distance or by score."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors import choices
from mock_s3vectors.search.distances import blocks, exact_distances, rounded_mantissa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.search.engine import Engine


def top_k(  # noqa: PLR0913, PLR0917 - the parts of one search; each is needed
    engine: Engine,
    metric: str,
    query: NDArray[np.float32],
    k: int,
    matrix: NDArray[np.float32],
    keys: Sequence[str],
    mask: NDArray[np.bool_] | None,
) -> list[tuple[int, float]]:
    """The k nearest of the allowed rows.

    Args:
        engine: has been told of every change of `matrix`.
        metric: `euclidean` or `cosine`, the engine's.
        query: shape (d,), finite; for cosine not zero.
        k: at least 1; more than there are rows is fine.
        matrix: shape (n, d), C-contiguous: the living rows.
        keys: the key of each row; equal distances are ordered by it.
        mask: shape (n,): the rows that may be found; None allows all.

    Returns:
        (row, distance) by distance and key, at most k. The distance is a float32 number, as the
        service returns it: a squared L2 distance above 3.4e38 is infinite, yet ordered by its true size.
    """
    if not matrix.shape[0]:
        return []
    rows = engine.candidates(query, k, matrix, mask)
    distances = _distances(metric, query, matrix, rows)
    return _lowest(distances, rows, k, keys)


def highest(
    scores: NDArray[np.float64], k: int, keys: Sequence[str], mask: NDArray[np.bool_] | None
) -> list[tuple[int, float]]:
    """The k best of the allowed rows that match at all.

    Args:
        scores: shape (n,): the score of each row, 0 for no match.
        k: at least 1; more than there are rows is fine.
        keys: the key of each row; equal scores are ordered by it.
        mask: shape (n,): the rows that may be found; None allows all.

    Returns:
        (row, score) by score, descending, and key, at most k. The score is a float32 number.
    """
    matches = choices.is_match(scores)
    if mask is not None:
        matches &= mask
    rows = np.flatnonzero(matches)
    # Rounded, because sums of the same terms in another order may differ in their last bits.
    lowest = _lowest(-rounded_mantissa(scores[rows]), rows, k, keys)
    return [(row, -negated) for row, negated in lowest]


def _lowest(
    values: NDArray[np.float64], rows: NDArray[np.intp], k: int, keys: Sequence[str]
) -> list[tuple[int, float]]:
    """The k rows of the lowest values, equal values by key, each with its value as float32."""
    if rows.size > k:
        low = values <= np.partition(values, k - 1)[k - 1]
        rows, values = rows[low], values[low]
    numbers = rows.tolist()
    row_keys = map(keys.__getitem__, numbers)
    entries = zip(values.tolist(), row_keys, numbers, _as_float32(values), strict=True)
    return [(row, value) for _, _, row, value in heapq.nsmallest(k, list(entries))]


def _distances(
    metric: str, query: NDArray[np.float32], matrix: NDArray[np.float32], rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """The exact distances of the given rows of `matrix`."""
    wide_query = query.astype(np.float64)
    parts = [
        exact_distances(metric, wide_query, matrix[rows[block]]) for block in blocks(rows.size, query.size)
    ]
    return parts[0] if len(parts) == 1 else np.concatenate([np.empty(0), *parts])


def _as_float32(values: NDArray[np.float64]) -> list[float]:
    """The nearest float32 numbers; too large ones are infinite, too small ones zero."""
    with np.errstate(over="ignore", under="ignore"):
        numbers: list[float] = values.astype(np.float32).tolist()
    return numbers
