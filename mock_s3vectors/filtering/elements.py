"""The arrays among the values of one metadata key: their ids, and those of their elements."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.arrays import copied, with_room

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

# How many elements are looked at together: their ids stay in a core's cache.
_BLOCK = 1 << 16


class ArrayIds:
    """Arrays to ids. Only "any element" is ever asked, so order and repetition tell none apart."""

    def __init__(self) -> None:
        self._ids: dict[tuple[int, ...], int] = {}
        # One entry for each distinct element of each array.
        self._owners = np.empty(0, np.int32)
        self._elements = np.empty(0, np.int32)
        self._used = 0

    def __len__(self) -> int:
        return len(self._ids)

    def enter(self, arrays: Iterable[tuple[int, ...]], new_ids: Iterator[int]) -> NDArray[np.int32]:
        """Return the id of each array; those that are new get the next of `new_ids`.

        Args:
            arrays: the ids of the elements of each array: distinct, ascending.
            new_ids: unused ids.
        """
        arrays = list(arrays)
        new = [array for array in dict.fromkeys(arrays) if array not in self._ids]
        entered = list(islice(new_ids, len(new)))
        self._ids.update(zip(new, entered, strict=True))
        lengths = np.fromiter(map(len, new), np.intp, len(new))
        start, end = self._used, self._used + int(lengths.sum())
        self._owners, self._elements = (
            with_room(column, end, start) for column in (self._owners, self._elements)
        )
        self._owners[start:end] = np.repeat(entered, lengths)
        self._elements[start:end] = np.fromiter(chain.from_iterable(new), np.int32, end - start)
        self._used = end
        return np.fromiter(map(self._ids.__getitem__, arrays), np.int32, len(arrays))

    def copy(self) -> ArrayIds:
        """Return independent arrays with the same ids."""
        other = ArrayIds()
        other._ids.update(self._ids)
        other._owners, other._elements = copied(self._owners, self._used), copied(self._elements, self._used)
        other._used = self._used
        return other

    def size(self) -> int:
        """Count the bytes of the elements, in the dictionary's tuples and beside it."""
        return self._owners.nbytes + self._elements.nbytes + 8 * self._used

    def open(self, table: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Put the elements of the arrays in the table in the place of the arrays; in place."""
        owners, elements = self._owners[: self._used], self._elements[: self._used]
        table[elements[table[owners]]] = True
        table[owners] = False
        return table

    def lift(self, table: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Let every array in that has an element in the table; in place."""
        for start in range(0, self._used, _BLOCK):
            block = slice(start, min(start + _BLOCK, self._used))
            found = np.flatnonzero(table.take(self._elements[block], mode="clip"))
            table[self._owners[block][found]] = True
        return table
