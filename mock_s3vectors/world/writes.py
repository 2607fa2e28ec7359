"""A write of an index, described completely before anything is changed.

Carrying it out a second time, even after an interrupted first time, has the same result as doing so once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray


# The size of a row, in bytes: of key, vector and all metadata; and of what a query processes, which is all of
# that but non-filterable metadata. There is one for each row, and a tuple without names is made much faster.
Size = tuple[int, int]


class TotalSize(NamedTuple):
    """The size of all rows of a table.

    Attributes:
        stored: bytes of keys, vectors and all metadata.
        queried: bytes that a query processes: of keys, vectors and filterable metadata.
    """

    stored: int = 0
    queried: int = 0

    def after(self, added: Iterable[Size], removed: Iterable[Size]) -> TotalSize:
        """Return the size after rows are added and removed; one that gets other contents is both."""
        stored, queried = self
        for row_stored, row_queried in added:
            stored += row_stored
            queried += row_queried
        for row_stored, row_queried in removed:
            stored -= row_stored
            queried -= row_queried
        return TotalSize(stored, queried)


@dataclass(frozen=True, slots=True)
class Write:
    """The rows of a table that change.

    Attributes:
        count: how many rows the table has afterwards.
        rows: the rows that get other contents, distinct and below `count`; those past the end are new.
        data: their vectors, shape (len(rows), dimension).
        metadata: the metadata of each of these rows.
        sizes: the size of each of these rows.
        total_size: that of the table afterwards.
        placed: the keys that get a row, or another one, with that row.
        gone: the keys that have no row afterwards.
        is_append: whether the rows are the last ones, in their order, and all of them new.
    """

    count: int
    rows: NDArray[np.intp]
    data: NDArray[np.float32]
    metadata: Sequence[dict[str, Any]]
    sizes: Sequence[Size]
    total_size: TotalSize
    placed: Mapping[str, int]
    gone: Sequence[str] = ()
    is_append: bool = False


def filled_holes(removed: Sequence[int], count: int) -> dict[int, int]:
    """Return which row ends up in which hole when rows are removed one after another.

    The last row fills each hole.

    Args:
        removed: the rows to remove, in descending order.
        count: how many rows there are.

    Returns:
        Hole to row: the holes are rows that stay in use, the rows are past the new end.
    """
    filled: dict[int, int] = {}
    for number, hole in enumerate(removed, start=1):
        last = count - number
        # The last row may be a hole that another row has filled before.
        moved = filled.pop(last, last)
        if hole != last:
            filled[hole] = moved
    return filled
