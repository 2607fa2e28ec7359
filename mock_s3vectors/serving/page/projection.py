"""Vectors in two dimensions: principal components, by a randomised singular value decomposition.

Pure numerics: what is picked from an index, and how it looks, is decided elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEED = 0
# So many directions at a time, so many times: together they span the space in which the axes are sought. The
# top of a spectrum without gaps needs the times, and directions that matter alike the breadth.
_BREADTH = 8
_TIMES = 12
# A number that differs from vector to vector differs in the bits of a float32: 6e-8 of it at least. Unit
# vectors of parallel vectors differ in the last bits of a float64.
_ALIKE = 1e-12


class Projection(NamedTuple):
    """Vectors in the plane in which they differ most.

    Attributes:
        points: shape (n, 2): the coordinates of each vector, in the units of the vectors. The middle of the
            vectors that the plane was fitted to is (0, 0).
        shares: shape (2,): the share of the variance along each axis, from 0 to 1; 0 if all are equal.
    """

    points: NDArray[np.float64]
    shares: NDArray[np.float64]


def project(vectors: NDArray[np.float64], fitted: int) -> Projection:
    """Return vectors in the plane in which the first of them differ most, the same each time.

    Args:
        vectors: shape (n, d), of the range of float32; they are changed.
        fitted: how many of them, at least 1, decide where the plane is.
    """
    alike, centre = _centre(vectors[:fitted])
    vectors -= centre
    ours = vectors[:fitted]
    ours[:, alike] = 0.0
    largest = max(ours.max(), -ours.min())
    if largest == 0.0:
        return Projection(np.zeros((len(vectors), 2)), np.zeros(2))
    # Now no square under- or overflows that matters.
    vectors /= largest
    with np.errstate(under="ignore"):
        axes, variances = _principal_axes(ours)
        axes[:, alike] = 0.0
        shares = variances / np.einsum("ij,ij->", ours, ours)
        return Projection(vectors @ axes.T * largest, np.minimum(shares, 1.0))


def _centre(vectors: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return which numbers all vectors share, shape (d,), and the mean of each, shape (d,)."""
    lowest, highest = vectors.min(axis=0), vectors.max(axis=0)
    alike = highest - lowest <= _ALIKE * np.maximum(-lowest, highest)
    return alike, vectors.mean(axis=0)


def _principal_axes(centred: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the two axes along which rows differ most, shape (2, d), and the sum of squares along each.

    An axis that the rows do not have is zero.
    """
    rows, dimension = centred.shape
    if min(rows, dimension) <= _BREADTH * _TIMES:
        _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    else:
        basis = _promising(centred)
        _, sizes, turned = np.linalg.svd(centred @ basis, full_matrices=False)
        axes = turned @ basis.T
    found = int(np.count_nonzero(sizes[:2] > _ALIKE * sizes[0]))
    both, variances = np.zeros((2, dimension)), np.zeros(2)
    both[:found] = [_turned_up(axis) for axis in axes[:found]]
    variances[:found] = sizes[:found] ** 2
    return both, variances


def _promising(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return an orthonormal basis, shape (d, b), of a small space that has the first axes all but exactly.

    It is a block Krylov space: random directions, and what the covariance makes of them again and again. It
    finds the axes in far fewer steps than a power iteration, which keeps the last step alone.
    """
    narrow = centred.astype(np.float32)
    generator = np.random.default_rng(_SEED)
    directions = generator.standard_normal((narrow.shape[1], _BREADTH), dtype=np.float32)
    steps = []
    for _ in range(_TIMES):
        directions, _ = np.linalg.qr(narrow.T @ (narrow @ directions))
        steps.append(directions)
    basis, _ = np.linalg.qr(np.hstack(steps).astype(np.float64))
    return basis


def _turned_up(axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return an axis in the direction in which its largest number, of equal ones the first, is positive."""
    sizes = np.abs(axis)
    # Equal numbers may differ in their last bits.
    first = np.argmax(sizes >= 0.999 * sizes.max())
    return -axis if axis[first] < 0.0 else axis
