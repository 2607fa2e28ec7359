"""Principal components, beside numpy's own decomposition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mock_s3vectors.serving.page.projection import project

if TYPE_CHECKING:
    from numpy.typing import NDArray

FLOAT32 = float(np.finfo(np.float32).max)
TINY = 2.0**-149


def exact(vectors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Returns the points, whose signs may be others, and the shares of variance."""
    centred = vectors - vectors.mean(axis=0)
    turned, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    return turned[:, :2] * sizes[:2], sizes[:2] ** 2 / (sizes**2).sum()


def clusters(rows: int, dimension: int) -> NDArray[np.float64]:
    generator = np.random.default_rng(rows + dimension)
    centres = generator.normal(0, 1, (5, dimension))
    return centres[generator.integers(5, size=rows)] + generator.normal(0, 0.5, (rows, dimension))


@pytest.mark.parametrize(("rows", "dimension"), [(200, 150), (120, 400), (500, 20), (40, 200), (7, 3)])
def test_the_axes_are_those_of_a_full_decomposition(rows: int, dimension: int) -> None:
    vectors = clusters(rows, dimension)
    points, shares = exact(vectors)
    found = project(vectors.copy(), rows)
    assert found.shares == pytest.approx(shares, rel=1e-9)
    signs = np.sign((found.points * points).sum(axis=0))
    np.testing.assert_allclose(found.points, points * signs, atol=1e-4 * np.abs(points).max())


def test_a_spectrum_without_gaps() -> None:
    # The hardest case: no direction stands out, so two axes are nearly as good as many others.
    vectors = np.random.default_rng(1).normal(size=(250, 200))
    _, shares = exact(vectors)
    assert project(vectors, 250).shares == pytest.approx(shares, rel=0.02)


def test_the_same_vectors_give_the_same_picture() -> None:
    vectors = clusters(300, 200)
    first, second = (project(vectors.copy(), 300) for _ in range(2))
    np.testing.assert_array_equal(first.points, second.points)


@pytest.mark.parametrize("dimension", [3, 300])
def test_signs_are_those_of_the_largest_number_of_an_axis(dimension: int) -> None:
    direction = np.zeros((2, dimension))
    direction[0, :2], direction[1, 2] = (-3.0, 1.0), -1.0
    vectors = np.random.default_rng(1).normal(size=(400, 2)) * [5.0, 1.0] @ direction
    points = project(vectors.copy(), 400).points
    # Larger numbers are to the right, and at the top.
    assert np.corrcoef(points[:, 0], vectors[:, 0])[0, 1] > 0.99
    assert np.corrcoef(points[:, 1], vectors[:, 2])[0, 1] > 0.99


def test_vectors_behind_the_fitted_ones_are_placed_by_the_same_axes() -> None:
    vectors = clusters(200, 120)
    fitted = project(vectors[:150].copy(), 150)
    both = project(vectors.copy(), 150)
    np.testing.assert_allclose(both.points[:150], fitted.points, atol=1e-9)
    np.testing.assert_array_equal(both.shares, fitted.shares)
    # A copy of a fitted one is where that is.
    doubled = project(np.vstack([vectors[:150], vectors[7]]), 150)
    np.testing.assert_allclose(doubled.points[150], doubled.points[7], atol=1e-9)


def test_one_vector() -> None:
    found = project(np.array([[1.0, 2.0], [4.0, 6.0]]), 1)
    assert found.points[0].tolist() == [0.0, 0.0]
    assert found.shares.tolist() == [0.0, 0.0]


def test_two_vectors_lie_on_the_first_axis() -> None:
    found = project(np.array([[1.0, 2.0], [4.0, 6.0]]), 2)
    np.testing.assert_allclose(found.points, [[-2.5, 0.0], [2.5, 0.0]], atol=1e-12)
    assert found.shares.tolist() == [pytest.approx(1.0), 0.0]


def test_one_dimension() -> None:
    found = project(np.array([[1.0], [2.0], [6.0]]), 3)
    np.testing.assert_allclose(found.points, [[-2.0, 0.0], [-1.0, 0.0], [3.0, 0.0]])
    assert found.shares.tolist() == [1.0, 0.0]


@pytest.mark.parametrize("number", [0.0, 0.1, -1e30, TINY, FLOAT32])
@pytest.mark.parametrize("rows", [2, 3, 1001])
def test_equal_vectors_are_one_point(rows: int, number: float) -> None:
    # Their mean may differ from them in the last bit, which is no variance.
    vectors = np.full((rows, 120), np.float64(np.float32(number)))
    vectors[:, 1] = np.float32(0.3)
    found = project(vectors, rows)
    assert found.shares.tolist() == [0.0, 0.0]
    assert not found.points.any()


@pytest.mark.parametrize("size", [TINY, 1e-40, 1e-20, 1.0, 1e20, FLOAT32])
@pytest.mark.parametrize("dimension", [5, 150])
def test_numbers_of_any_size(size: float, dimension: int) -> None:
    vectors = np.random.default_rng(1).integers(-1, 2, (200, dimension)).astype(np.float64)
    vectors[:, 0] *= 3 if size < FLOAT32 else 1
    with np.errstate(all="raise", under="ignore"):
        found = project(vectors * size, 200)
    plain = project(vectors, 200)
    assert found.shares == pytest.approx(plain.shares, rel=1e-6)
    np.testing.assert_allclose(found.points / size, plain.points, atol=1e-3)


def test_small_differences_beside_a_large_number() -> None:
    vectors = np.random.default_rng(1).normal(size=(300, 110)) * ([10.0, 3.0] + [0.01] * 108)
    plain = project(vectors.copy(), 300)
    vectors[:, 50] = 1e38
    found = project(vectors, 300)
    np.testing.assert_allclose(found.points, plain.points, atol=0.1)


@given(
    arrays.arrays(
        np.float32,
        st.tuples(st.integers(1, 6), st.integers(1, 5)),
        elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
    )
)
def test_any_vectors_have_finite_places(vectors: NDArray[np.float32]) -> None:
    found = project(vectors.astype(np.float64), len(vectors))
    assert np.isfinite(found.points).all()
    assert ((found.shares >= 0.0) & (found.shares <= 1.0)).all()
    assert found.shares.sum() <= 1.0 + 1e-9


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_picture_and_its_mirror_image_are_two(sign: float) -> None:
    """Each axis points where its largest number is positive, so pictures of an index look alike."""
    vectors = sign * np.array([[0.0, 0.0], [1.0, 0.1], [5.0, -0.1], [9.0, 0.2]])
    across = project(vectors, len(vectors)).points[:, 0]
    assert (np.diff(across) * sign > 0).all()
