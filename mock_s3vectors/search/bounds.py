"""Bounds on the error of a float32 distance, which make the candidates of a fast search certain.

`ErrorBound`: the engines let faiss compute squared L2 distances c in float32, over the rows themselves
(euclidean) or over unit-length rows (cosine), where |x - y|**2 = 2 (1 - cos). With u = 2**-24, the
rounding of one float32 operation, and t the true squared distance of the numbers before anything
was rounded:

* t (1 - g) - a <= c <= t (1 + g) + a. Each of the d terms is rounded three times (the difference
  counts twice as it is squared), and passes at most d - 1 additions; as no term is negative,
  nothing cancels, whatever the order of the sum: g is (d + 2) u, to first order. a is what
  underflow loses: at most the smallest normal number for each term and each addition.
* The rounding of two unit rows moves sqrt(t) by up to s = 2 u.
* Rows brought to unit length by `inverse_lengths` are of length 1 + e instead. The square of that length
  errs by d u as a sum of squares does, the root halves it, and root, division and product are rounded:
  |e| <= E = (d / 2 + 4) u. Then |(1 + e) x - y|**2 = e**2 + (1 + e) t, for x and y of unit length: near
  t = 0, only the square of e matters.
* Exact distances that round to the same value tie (distances.py): those of a cosine within
  2**-39 of t; those of a euclidean distance are much finer than g.

`CosineBound`: the flat engine first takes the inner product of each row with the unit query, which needs no
row of unit length, times `inverse_lengths`. Its error is absolute, so that near duplicates are all alike. As
the sum of the terms' sizes is at most the product of the lengths, which are 1 and |x|, the inner product
errs by d u |x|, and by u |x| as the query was rounded; 1 / |x| by (d / 2 + 2) u, relatively, and cos is at
most 1; the product by u, and 1 - cos by 2 u: (3 d / 2 + 6) u in all, to first order. Underflow loses less
than one u, as `inverse_lengths` keeps tiny rows out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt

_ROUNDING = 2.0**-24
_SMALLEST_NORMAL = 2.0**-126
_COSINE_TIE = 2.0**-36


@dataclass(frozen=True)
class ErrorBound:
    """The error of a float32 squared distance in terms of the module's g, a, s, E and the tie's width."""

    relative: float
    absolute: float
    shift: float
    tie: float
    stretch: float = 0.0

    @classmethod
    def of(cls, metric: str, dimension: int) -> ErrorBound:
        """Return the bound for rows of `dimension` numbers, a little wider than the module derives it."""
        first_order = (dimension + 8) * _ROUNDING
        relative = first_order / (1.0 - first_order)
        absolute = 4.0 * dimension * _SMALLEST_NORMAL
        if metric == "cosine":
            return cls(relative, absolute, shift=3.0 * _ROUNDING, tie=_COSINE_TIE)
        return cls(relative, absolute, shift=0.0, tie=0.0)

    @classmethod
    def of_scaled(cls, dimension: int) -> ErrorBound:
        """Return the bound for cosine distances of rows that `inverse_lengths` brought to unit length."""
        first_order = (dimension / 2.0 + 8.0) * _ROUNDING
        return replace(cls.of("cosine", dimension), stretch=first_order / (1.0 - first_order))

    def horizon(self, computed: float) -> float:
        """Return the float32 distance beyond which every row is truly farther, by more than a tie.

        Args:
            computed: the float32 distance of a row.

        Returns:
            A bound for the float32 distances of all rows that may be as near as that row. It may
            itself be rounded to float32.
        """
        nearness = (sqrt((computed + self.absolute) / (1.0 - self.relative)) + self.shift) ** 2
        farthest = nearness / (1.0 - self.stretch) + self.tie
        tied = (sqrt(farthest * (1.0 + self.stretch) + self.stretch**2) + self.shift) ** 2
        return (tied * (1.0 + self.relative) + self.absolute) * (1.0 + 4.0 * _ROUNDING)


@dataclass(frozen=True)
class CosineBound:
    """The error of 1 - cos in float32, by an inner product and `inverse_lengths`: it is absolute."""

    absolute: float

    @classmethod
    def of(cls, dimension: int) -> CosineBound:
        """Return the bound for rows of `dimension` numbers, a little wider than the module derives it."""
        first_order = (1.5 * dimension + 16.0) * _ROUNDING
        return cls(first_order / (1.0 - first_order))

    def horizon(self, computed: float) -> float:
        """Return the float32 distance beyond which every row is truly farther; see `ErrorBound.horizon`."""
        return computed + 2.0 * self.absolute + _COSINE_TIE + 4.0 * _ROUNDING
