"""Exact distances: values, extremes, ties, independence of position."""

from __future__ import annotations

from math import fsum, sqrt

import numpy as np
import pytest

from mock_s3vectors.search.distances import exact_distances, inverse_lengths, unit_rows

HUGE = float(np.finfo(np.float32).max)
TINY = 1.4e-45


def distance(metric: str, x: list[float], y: list[float]) -> float:
    rows = np.array([y], np.float32)
    return float(exact_distances(metric, np.array(x, np.float32).astype(np.float64), rows)[0])


def test_euclidean_is_squared() -> None:
    assert distance("euclidean", [0, 0], [3, 4]) == 25


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [([1, 0], [5, 0], 0), ([1, 0], [0, 3], 1), ([1, 0], [-2, 0], 2), ([1, 1], [1, 0], 1 - sqrt(0.5))],
)
def test_cosine_is_one_minus_cos(x: list[float], y: list[float], expected: float) -> None:
    assert distance("cosine", x, y) == pytest.approx(expected, abs=2**-41)


@pytest.mark.parametrize("dimension", [1, 2, 7, 384, 1536, 4096])
def test_against_exact_sums(dimension: int) -> None:
    rng = np.random.default_rng(dimension)
    query = rng.standard_normal(dimension).astype(np.float32).astype(np.float64)
    rows = (rng.standard_normal((5, dimension)) * 10.0 ** rng.integers(-9, 9, (5, 1))).astype(np.float32)
    euclidean = exact_distances("euclidean", query, rows)
    cosine = exact_distances("cosine", query, rows)
    for i, row in enumerate(rows.tolist()):
        squares = fsum((x - y) ** 2 for x, y in zip(query.tolist(), row, strict=True))
        assert euclidean[i] == pytest.approx(squares, rel=2**-39)
        dot = fsum(x * y for x, y in zip(query.tolist(), row, strict=True))
        lengths = sqrt(fsum(x * x for x in query.tolist()) * fsum(y * y for y in row))
        assert cosine[i] == pytest.approx(1 - dot / lengths, abs=2**-40)


@pytest.mark.parametrize("scale", [TINY, 1e-38, 1e-20, 1e19, HUGE])
def test_no_size_of_numbers_under_or_overflows(scale: float) -> None:
    with np.errstate(all="raise"):
        assert distance("cosine", [scale, 0], [scale, scale]) == pytest.approx(1 - sqrt(0.5))
        assert distance("cosine", [scale, 0], [-scale, 0]) == 2
        expected = 4 * float(np.float32(scale)) ** 2
        assert distance("euclidean", [scale] * 2, [-scale, scale]) == pytest.approx(expected)
        assert distance("cosine", [HUGE, TINY], [scale, 0]) == 0


def test_equal_rows_are_equally_far_wherever_they_stand() -> None:
    rng = np.random.default_rng(0)
    for dimension in (3, 17, 64, 129, 768):
        row, query = rng.standard_normal((2, dimension))
        rows = rng.standard_normal((37, dimension)).astype(np.float32)
        rows[::3] = row
        for metric in ("euclidean", "cosine"):
            alone = exact_distances(metric, query, rows[:1])
            assert set(exact_distances(metric, query, rows)[::3]) == set(alone)


def test_parallel_rows_tie() -> None:
    rng = np.random.default_rng(1)
    query = rng.standard_normal(16)
    row = rng.integers(-9, 9, 16).astype(np.float32)
    rows = np.arange(1, 1001, dtype=np.float32)[:, np.newaxis] * row
    assert len(set(exact_distances("cosine", query, rows))) == 1


def test_no_distance_is_less_than_nothing() -> None:
    rng = np.random.default_rng(3)
    for row in rng.integers(1, 2**22, (50, 384)).astype(np.float32):
        rows = np.array([[1], [2], [3], [4]], np.float32) * row
        distances = exact_distances("cosine", row.astype(np.float64), rows)
        assert not distances.any()
        assert not np.signbit(distances).any()  # a client would see -0.0


def test_permuted_rows_tie() -> None:
    rng = np.random.default_rng(2)
    row = rng.standard_normal(200).astype(np.float32)
    rows = np.array([rng.permutation(row) for _ in range(300)])
    query = np.full(200, 0.1)
    for metric in ("euclidean", "cosine"):
        assert len(set(exact_distances(metric, query, rows))) == 1


def test_rounding_is_finer_than_float32_can_show() -> None:
    rows = np.float32(1) + np.arange(100, dtype=np.float32)[:, np.newaxis] * np.float32(2**-23)
    assert len(set(exact_distances("euclidean", np.zeros(1), rows))) == 100
    rows = np.stack([np.ones(100), np.sqrt(np.arange(100) * 2.0**-23)], axis=1).astype(np.float32)
    assert len(set(exact_distances("cosine", np.array([1.0, 0.0]), rows))) == 100


def test_unit_rows() -> None:
    rows = np.array([[3, 4], [HUGE, HUGE], [TINY, 0], [HUGE, TINY]], np.float32)
    with np.errstate(all="raise"):
        units = unit_rows(rows)
    assert units.dtype == np.float32
    assert units[0].tolist() == [np.float32(0.6), np.float32(0.8)]
    assert units[1].tolist() == [np.float32(sqrt(0.5))] * 2
    assert units[2:].tolist() == [[1, 0], [1, 0]]


def test_inverse_lengths() -> None:
    rows = np.array(
        [[3, 4], [1e-12, 0], [0, 9e18], [1e-20, 0], [1e-13, 0], [1e19, 1e19], [HUGE, 0]], np.float32
    )
    with np.errstate(all="raise"):
        inverse = inverse_lengths(rows)
    assert inverse.dtype == np.float32
    assert inverse[:3] == pytest.approx([0.2, 1e12, 1 / 9e18], rel=1e-6)
    assert np.isnan(inverse[3:]).all()


def test_arguments_stay_as_they_are() -> None:
    query, rows = np.ones(4), np.full((3, 4), 2, np.float32)
    for metric in ("euclidean", "cosine"):
        exact_distances(metric, query, rows)
    unit_rows(rows)
    assert (query == 1).all()
    assert (rows == 2).all()
