"""The error bound holds for what faiss really computes, and is tight enough to be of use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from mock_s3vectors.search.bounds import CosineBound, ErrorBound
from mock_s3vectors.search.distances import exact_distances, inverse_lengths, unit_row, unit_rows
from mock_s3vectors.search.flat import cosine_distances, near, squared_distances

from .owner import METRICS, owner_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


def computed(metric: str, query: NDArray[np.float32], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """faiss's distance of each row."""
    if metric == "cosine":
        query, rows = unit_rows(query[np.newaxis])[0], unit_rows(rows)
    return squared_distances(query, rows)


def near_rows(dimension: int, spread: float, scale: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A query and rows around one vector."""
    rng = np.random.default_rng(dimension)
    centre = rng.standard_normal(dimension)
    rows = ((centre + spread * rng.standard_normal((300, dimension))) * scale).astype(np.float32)
    return ((centre + spread * rng.standard_normal(dimension)) * scale).astype(np.float32), rows


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("dimension", [1, 3, 64, 1536, 4096])
@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e-6, 0.0])
@pytest.mark.parametrize("scale", [1e-22, 1.0, 1e15])
def test_no_row_as_near_lies_beyond_the_horizon(
    metric: str, dimension: int, spread: float, scale: float
) -> None:
    query, rows = near_rows(dimension, spread, scale)
    true = exact_distances(metric, query.astype(np.float64), rows)
    seen = computed(metric, query, rows)
    bound = ErrorBound.of(metric, dimension)
    for row in range(0, 300, 7):
        assert seen[true <= true[row]].max() <= bound.horizon(float(seen[row]))


@pytest.mark.parametrize("dimension", [1, 3, 64, 1536, 4096])
@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e-6, 0.0])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e15])
def test_cosines_of_rows_of_any_length(dimension: int, spread: float, scale: float) -> None:
    query, rows = near_rows(dimension, spread, scale)
    true = exact_distances("cosine", query.astype(np.float64), rows)
    inverse = inverse_lengths(rows)
    assert np.isfinite(inverse).all()
    bound = CosineBound.of(dimension)
    cosine = cosine_distances(unit_row(query), rows, inverse)
    assert np.abs(cosine - true).max() <= bound.absolute
    fine = squared_distances(unit_row(query), rows.copy(), inverse)
    fine_bound = ErrorBound.of_scaled(dimension)
    for row in range(0, 300, 7):
        as_near = true <= true[row]
        assert cosine[as_near].max() <= bound.horizon(float(cosine[row]))
        assert fine[as_near].max() <= fine_bound.horizon(float(fine[row]))


def test_lengths_that_err_as_far_as_they_may() -> None:
    query, rows = near_rows(4096, 0.0, 1.0)
    inverse = inverse_lengths(rows)
    inverse[::2] *= np.float32(1 + 4096 / 2 * 2**-24)
    fine = squared_distances(unit_row(query), rows, inverse)
    assert fine[0] > 1000 * fine[1]
    assert fine[0] <= ErrorBound.of_scaled(4096).horizon(float(fine[1]))


def test_what_float32_cannot_tell_is_near() -> None:
    euclidean, cosine = ErrorBound.of("euclidean", 4096), CosineBound.of(4096)
    rows = np.array([7, 8, 9])
    for distances, k, bound, expected in (
        ([1.0, 2.0, np.inf], 1, euclidean, [7]),
        ([1.0, 2.0, np.inf], 3, euclidean, [7, 8, 9]),
        ([3.402e38, 2.0, np.inf], 1, euclidean, [8]),
        ([3.402e38, 2.0, np.inf], 2, euclidean, [7, 8, 9]),
        ([0.5, 0.2, np.nan], 1, cosine, [8, 9]),
        ([np.nan, 0.2, np.nan], 2, cosine, [7, 8, 9]),
    ):
        with np.errstate(all="raise"):
            found = near(np.array(distances, np.float32), rows, k, bound)
            places = near(np.array(distances, np.float32), None, k, bound)
        assert found.tolist() == expected
        assert (places + 7).tolist() == expected


def test_inner_products_that_lose_their_small_terms() -> None:
    # As below, for the error that the order of a sum makes: here it is hundreds of roundings.
    row = np.full(4096, 2**-12.6)
    row[:64] = 1
    rows = np.array([row, row[::-1]], np.float32)
    squares = squared_distances(np.zeros(4096, np.float32), rows)
    assert squares[1] / squares[0] > 1 + 10 * 2**-24
    for target in unit_rows(rows):
        true = exact_distances("cosine", target.astype(np.float64), rows)
        seen = cosine_distances(target, rows, inverse_lengths(rows))
        assert np.abs(seen - true).max() <= CosineBound.of(4096).absolute


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
        assert distance < ErrorBound.of_scaled(384).horizon(distance) < distance * 1.01
        assert distance < CosineBound.of(384).horizon(distance) < distance + 1e-4


def test_the_horizon_of_nothing_is_something() -> None:
    for metric in METRICS:
        assert 0 < ErrorBound.of(metric, 1).horizon(0.0) < 1e-10
