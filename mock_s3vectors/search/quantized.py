"""Exact search over vectors as an ENHANCED index holds them: eight bits for each number."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.arrays import copied, with_room
from mock_s3vectors.search.distances import blocks
from mock_s3vectors.search.flat import FlatEngine

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import Self

    from mock_s3vectors.search.engine import Plan

_STEPS = 255


@dataclass(frozen=True)
class Quantized:
    """Exact search over quantized vectors, as an ENHANCED index answers."""

    def build(self, metric: str, dimension: int) -> QuantizedEngine:
        """See `SearchMethod.build`."""
        return QuantizedEngine(metric, dimension)


@dataclass(frozen=True, eq=False, slots=True)
class Scale:
    """The least and the greatest number of each dimension, and the 254 between them at equal distances.

    faiss has a quantizer of eight bits too, but it holds the middle of a step instead of its ends.

    Attributes:
        low: shape (d,).
        high: shape (d,).
    """

    low: NDArray[np.float32]
    high: NDArray[np.float32]

    @classmethod
    def of(cls, rows: NDArray[np.float32]) -> Scale:
        """Return the scale of rows, shape (n, d). That of no rows spans none."""
        return cls(rows.min(axis=0, initial=np.inf), rows.max(axis=0, initial=-np.inf))

    def equals(self, other: Scale | None) -> bool:
        """Tell whether another scale holds each row as this one does."""
        return (
            other is not None
            and np.array_equal(self.low, other.low)
            and np.array_equal(self.high, other.high)
        )

    def spans(self, rows: NDArray[np.float32]) -> bool:
        """Tell whether rows, shape (m, d), lie between the ends."""
        return bool((rows >= self.low).all() and (rows <= self.high).all())

    def ends_in(self, rows: NDArray[np.float32]) -> bool:
        """Tell whether an end of any dimension may be there because of quantized rows, shape (m, d)."""
        return bool(((rows == self.low) | (rows == self.high)).any())

    def quantized(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return rows, shape (m, d), with each number moved to the nearest one of the scale.

        A number halfway goes to the even step; the result is rounded to float32 (Choice: quantized-rounding).
        Where low and high are equal, numbers stay as they are (Choice: quantized-equal-numbers).
        """
        low, high = self.low.astype(np.float64), self.high.astype(np.float64)
        span = high - low
        span[span == 0.0] = 1.0
        steps = rows.astype(np.float64)
        steps -= low
        steps *= _STEPS
        steps /= span
        np.rint(steps, out=steps)
        # The same as low + steps * span / 255, but both ends come out exactly, and nothing cancels: the
        # products of 24 and 8 bits are exact.
        numbers = steps * high
        np.subtract(_STEPS, steps, out=steps)
        steps *= low
        numbers += steps
        numbers /= _STEPS
        with np.errstate(under="ignore"):
            return numbers.astype(np.float32)


class QuantizedEngine:
    """An exact engine over the quantized vectors of an index: these are the vectors of its plans.

    It quantizes in the same way for both metrics (Choice: quantized-euclidean).

    The scale is that of all rows, whatever a query's filter allows (Choice: quantized-bounds). A write inside
    the scale quantizes its own rows alone. A write outside, and one that replaces or removes a row that may
    have been an end of the scale, leave the rest to the next query. It finds the ends anew, and quantizes all
    rows if they have moved.
    """

    def __init__(self, metric: str, dimension: int) -> None:
        """Make an engine for no rows yet; metric is `euclidean` or `cosine`."""
        self._metric = metric
        self._dimension = dimension
        self._scale: Scale | None = None  # None: no row is quantized
        self._may_shrink = False
        self._held = np.zeros((0, dimension), np.float32)
        self._count = 0
        self._flat = FlatEngine(metric, dimension)

    def write(self, rows: NDArray[np.intp], matrix: NDArray[np.float32]) -> None:
        """See `Engine.write`."""
        if self._scale is None or not rows.size:
            return
        used, count = self._count, max(self._count, int(rows.max()) + 1)
        self._held = with_room(self._held, count, used)
        for block in blocks(rows.size, self._dimension):
            part = rows[block]
            new = matrix[part]
            if not self._scale.spans(new):
                self._forget()
                return
            self._note_ends(part[part < used])
            self._held[part] = self._quantized(new, self._scale)
        self._count = count
        self._flat.write(rows, self._held)

    def remove(self, row: int, last: int) -> None:
        """See `Engine.remove`."""
        if self._scale is None:
            return
        self._note_ends(np.array([row]))
        self._held[row] = self._held[last]
        self._count = last
        self._flat.remove(row, last)

    def copy(self) -> Self:
        """See `Engine.copy`."""
        other: Self = copy(self)
        other._held = copied(self._held, self._count)
        other._flat = self._flat.copy()
        return other

    def plan(
        self,
        query: NDArray[np.float32],
        k: int,
        matrix: NDArray[np.float32],
        mask: NDArray[np.bool_] | None,
    ) -> Plan:
        """See `Engine.plan`; this quantizes all rows if the scale has changed."""
        if self._scale is None or self._may_shrink:
            self._find_scale(matrix)
        return self._flat.plan(query, k, self._held[: matrix.shape[0]], mask)

    def _note_ends(self, rows: NDArray[np.intp]) -> None:
        """Take note that rows go, which may be the only ones at an end of the scale."""
        if self._scale is not None and not self._may_shrink:
            self._may_shrink = self._scale.ends_in(self._held[rows])

    def _forget(self) -> None:
        """Leave all rows to the next query."""
        self._scale, self._count = None, 0
        self._flat = FlatEngine(self._metric, self._dimension)

    def _find_scale(self, matrix: NDArray[np.float32]) -> None:
        """Find the scale of all rows, and quantize them unless it is as it was."""
        scale = Scale.of(matrix)
        if not scale.equals(self._scale):
            self._forget()
            count = matrix.shape[0]
            self._held = with_room(self._held, count, 0)
            rows = np.arange(count)
            for block in blocks(count, self._dimension):
                self._held[rows[block]] = self._quantized(matrix[block], scale)
            self._flat.write(rows, self._held)
            self._scale, self._count = scale, count
        self._may_shrink = False

    def _quantized(self, rows: NDArray[np.float32], scale: Scale) -> NDArray[np.float32]:
        """Return the rows as the index holds them.

        Cosine knows no zero vector: where quantizing makes one, the row stays as it was put.
        Choice: quantized-to-zero.
        """
        held = scale.quantized(rows)
        if self._metric == "cosine":
            is_zero = ~held.any(axis=1)
            held[is_zero] = rows[is_zero]
        return held
