"""The error bound holds for what faiss really computes, and is tight enough to be of use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mock_s3vectors.search.bounds import ErrorBound
from mock_s3vectors.search.distances import exact_distances, unit_rows
from mock_s3vectors.search.flat import Scan

from .owner import METRICS, owner_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


def computed(metric: str, query: NDArray[np.float32], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """faiss's distance of each row."""
    if metric == "cosine":
        query, rows = unit_rows(query[np.newaxis])[0], unit_rows(rows)
    distances, labels = Scan(query, rows, len(rows), None).nearest(len(rows))
    by_row = np.empty(len(rows), np.float32)
    by_row[labels] = distances
    return by_row


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dimension", [1, 3, 64, 1536, 4096])
@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e-6, 0.0])
@pytest.mark.parametrize("scale", [1e-22, 1.0, 1e15])
def test_no_row_as_near_lies_beyond_the_horizon(
    metric: str, dimension: int, spread: float, scale: float
) -> None:
    rng = np.random.default_rng(dimension)
    centre = rng.standard_normal(dimension)
    rows = ((centre + spread * rng.standard_normal((300, dimension))) * scale).astype(np.float32)
    query = ((centre + spread * rng.standard_normal(dimension)) * scale).astype(np.float32)
    true = exact_distances(metric, query.astype(np.float64), rows)
    seen = computed(metric, query, rows)
    bound = ErrorBound.of(metric, dimension)
    for row in range(0, 300, 7):
        assert seen[true <= true[row]].max() <= bound.horizon(float(seen[row]))


def test_sums_that_lose_their_small_terms() -> None:
    # Added after a large term, 4,000 small ones vanish one by one; added first, they count. So rows
    # of equal distances seem to differ by some roundings, and the half that is farther comes by key.
    large_first = np.full(4096, 2**-12.6)
    large_first[:64] = 1
    rows = np.array([large_first] * 100 + [large_first[::-1]] * 100)
    owner = owner_of(rows, "euclidean")
    seen = computed("euclidean", np.zeros(4096, np.float32), owner.living)
    assert seen[100] / seen[0] > 1 + 10 * 2**-24
    assert [key for key, _ in owner.search(np.zeros(4096), 10)] == sorted(owner.keys)[:10]


@pytest.mark.parametrize("metric", METRICS)
def test_the_horizon_is_near(metric: str) -> None:
    bound = ErrorBound.of(metric, 384)
    for distance in (1e-6, 1e-2, 1.0, 4.0):
        assert distance < bound.horizon(distance) < distance * 1.001


def test_the_horizon_of_nothing_is_something() -> None:
    for metric in METRICS:
        assert 0 < ErrorBound.of(metric, 1).horizon(0.0) < 1e-10
