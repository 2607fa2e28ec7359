"""Bounds on the error of a float32 distance, which make the candidates of a fast search certain.

Both engines let faiss compute squared L2 distances c in float32, over the rows themselves
(euclidean) or over unit-length rows (cosine), where |x - y|**2 = 2 (1 - cos). With u = 2**-24, the
rounding of one float32 operation, and t the true squared distance of the numbers before anything
was rounded:

* t (1 - g) - a <= c <= t (1 + g) + a. Each of the d terms is rounded three times (the difference
  counts twice as it is squared), and passes at most d - 1 additions; as no term is negative,
  nothing cancels, whatever the order of the sum: g is (d + 2) u, to first order. a is what
  underflow loses: at most the smallest normal number for each term and each addition.
* The rounding of two unit rows moves sqrt(t) by up to s = 2 u. L2 is used for cosine too because
  of this: the inner product errs by g *absolutely*, which near t = 0 makes everything a tie.
* Exact distances that round to the same value tie (distances.py): those of a cosine within
  2**-39 of t; those of a euclidean distance are much finer than g.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_ROUNDING = 2.0**-24
_SMALLEST_NORMAL = 2.0**-126


@dataclass(frozen=True)
class ErrorBound:
    """The error of a float32 squared distance in terms of the module's g, a, s and the tie's width."""

    relative: float
    absolute: float
    shift: float
    tie: float

    @classmethod
    def of(cls, metric: str, dimension: int) -> ErrorBound:
        """Return the bound for rows of `dimension` numbers, a little wider than the module derives it."""
        first_order = (dimension + 8) * _ROUNDING
        relative = first_order / (1.0 - first_order)
        absolute = 4.0 * dimension * _SMALLEST_NORMAL
        if metric == "cosine":
            return cls(relative, absolute, shift=3.0 * _ROUNDING, tie=2.0**-36)
        return cls(relative, absolute, shift=0.0, tie=0.0)

    def horizon(self, computed: float) -> float:
        """Return the float32 distance beyond which every row is truly farther, by more than a tie.

        Args:
            computed: the float32 distance of a row.

        Returns:
            A bound for the float32 distances of all rows that may be as near as that row. It may
            itself be rounded to float32.
        """
        farthest = (sqrt((computed + self.absolute) / (1.0 - self.relative)) + self.shift) ** 2
        tied = (sqrt(farthest + self.tie) + self.shift) ** 2
        return (tied * (1.0 + self.relative) + self.absolute) * (1.0 + 4.0 * _ROUNDING)
