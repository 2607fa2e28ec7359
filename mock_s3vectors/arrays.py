"""Growing numpy arrays by doubling, as the package does wherever it holds rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)

_SMALLEST = 64


def with_room(array: NDArray[Scalar], rows: int, used: int) -> NDArray[Scalar]:
    """Return the array itself if it has room for `rows` rows, else a copy with at least double the room.

    Only the first `used` rows are copied. The rest of a new array is zero, so that code that reads a row
    before writing it stays deterministic.
    """
    room = array.shape[0]
    if rows <= room:
        return array
    shape: tuple[Any, ...] = (max(rows, 2 * room, _SMALLEST), *array.shape[1:])
    grown = np.zeros(shape, dtype=array.dtype)
    grown[:used] = array[:used]
    return grown
