"""Growing and copying numpy arrays, as the package does wherever it holds rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Scalar = TypeVar("Scalar", bound=np.generic)

_SMALLEST = 64


def with_room(array: NDArray[Scalar], rows: int, used: int) -> NDArray[Scalar]:
    """Return the array itself if it has room for `rows` rows, else a copy with at least double the room.

    Only the first `used` rows are copied; see `copied`.
    """
    room = array.shape[0]
    return array if rows <= room else copied(array, used, max(rows, 2 * room, _SMALLEST))


def copied(array: NDArray[Scalar], used: int, room: int | None = None) -> NDArray[Scalar]:
    """Return a copy with room for as many rows as `array`, or for `room`.

    Only the first `used` rows are carried over; the rest is zero, so that code which reads a row before
    writing it stays deterministic. The operating system gives memory for the rest when it is written.
    """
    shape: tuple[Any, ...] = (array.shape[0] if room is None else room, *array.shape[1:])
    fresh = np.zeros(shape, dtype=array.dtype)
    fresh[:used] = array[:used]
    return fresh
