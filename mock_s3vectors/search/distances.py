"""Exact distances: the float64 arithmetic that decides every ranking in the package.

faiss only proposes candidates, in float32; what is returned, and in which order, is decided here.
Choice: exact-distances.
No finite float32 input under- or overflows: squares of float32 numbers lie between 2e-90 and 2e77,
far inside float64, so nothing needs scaling.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

# Mathematically equal distances may differ in their last bits: the terms of two permuted rows are
# added in another order, and a row and its triple are rounded differently. Then accident, not the
# key, would order them. float64 leaves some 50 good bits here and float32, in which the service
# answers, shows 24: at 40 bits equal distances tie and no visible difference is lost.
_BITS = 40
_SPLITTER = 2.0 ** (53 - _BITS) + 1.0

# Parallel vectors of different lengths differ in the last bits of their unit vectors: some 1e-29 for
# thousands of numbers. Added and subtracted again, this rounds to multiples of 2**-60, and leaves 40
# bits of anything larger as they are; vectors of float32 that differ at all are at least 1e-15 apart.
_PARALLEL = 1.5 * 2.0**-8

# Between these the float32 square of a length is as good as bounds.py has it: the squares of its 4,096
# numbers lose no more than one rounding in all to underflow, and inner products with a unit vector are safe.
_LEAST_SQUARE = np.float32(2.0**-80)
_MOST_SQUARE = np.float32(2.0**126)

# How many numbers to take to float64 at once: 2 MiB stay in a processor's cache, and a million rows
# do not need a second copy of themselves.
_BLOCK = 1 << 18


def blocks(count: int, dimension: int) -> Iterator[slice]:
    """Slices that cover `count` rows of `dimension` numbers, each small enough to be copied."""
    step = max(1, _BLOCK // dimension)
    return (slice(start, start + step) for start in range(0, count, step))


def exact_distances(
    metric: str, query: NDArray[np.float64], vectors: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return the distance of every row to the query, rounded so that equal distances tie.

    Args:
        metric: `euclidean` (the *squared* L2 distance) or `cosine` (1 - cos, from 0 to 2).
        query: shape (d,); for cosine not zero.
        vectors: shape (m, d); for cosine without zero rows.

    Returns:
        Shape (m,), each with 40 bits of mantissa. Equal rows have equal distances at any position
        in `vectors`.
    """
    wide = vectors.astype(np.float64)
    if metric == "euclidean":
        wide -= query
        return _rounded_mantissa(_squared_norms(wide))
    # 1 - cos is half the squared distance of the unit vectors, and computed so it does not cancel:
    # near duplicates keep their order, where 1 - cos itself would be noise below 1e-16.
    wide /= np.sqrt(_squared_norms(wide))[:, np.newaxis]
    wide -= query / sqrt(query @ query)
    halves = _rounded_mantissa(_squared_norms(wide) * 0.5)
    distances: NDArray[np.float64] = np.minimum((halves + _PARALLEL) - _PARALLEL, 2.0)
    return distances


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows of `vectors`, shape (m, d), at unit length, computed in float64 and rounded once.

    So every component of a result is the nearest float32 to the truth, and parallel rows, however
    long, have all but equal results.
    """
    wide = vectors.astype(np.float64)
    wide /= np.sqrt(_squared_norms(wide))[:, np.newaxis]
    with np.errstate(under="ignore"):  # a component 1e-45 as long as its vector is zero
        return wide.astype(np.float32)


def inverse_lengths(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 1 / length of each row of `vectors`, shape (m, d), computed in float32 at the speed of memory.

    A row whose length float32 cannot tell, as its squares under- or overflow, has NaN.
    """
    squares = np.einsum("ij,ij->i", vectors, vectors)
    squares[~((squares > _LEAST_SQUARE) & (squares < _MOST_SQUARE))] = np.nan
    inverse: NDArray[np.float32] = np.float32(1.0) / np.sqrt(squares)
    return inverse


def unit_row(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one vector, shape (d,), at unit length. Every query has one, so this takes fewer steps."""
    wide = vector.astype(np.float64)
    wide /= sqrt(wide @ wide)
    with np.errstate(under="ignore"):
        return wide.astype(np.float32)


def _squared_norms(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    norms: NDArray[np.float64] = np.einsum("ij,ij->i", rows, rows)
    return norms


def _rounded_mantissa(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rounded to _BITS, by Veltkamp's splitting: the product's low bits push the others out."""
    product = values * _SPLITTER
    rounded: NDArray[np.float64] = product - (product - values)
    return rounded
