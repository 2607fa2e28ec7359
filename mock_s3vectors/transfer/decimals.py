"""Vectors as decimals: the shortest ones from which readers get the same float32 again, bit for bit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Readers take a decimal for a double, and round that to float32. Of all positive numbers, which were tried
# one by one, only this one becomes another by its shortest decimal, 7.038531e-26.
_ODD = np.uint32(0x15AE43FD).view(np.float32)


def to_write(data: NDArray[np.float32]) -> NDArray[Any]:
    """Return vectors, shape (n, dimension), for orjson to write; it takes arrays that are contiguous."""
    exact = np.float64 if (np.abs(data) == _ODD).any() else np.float32
    return np.ascontiguousarray(data, exact)
