"""The metadata of an index, turned from rows into columns of value ids.

A derived structure: a column is built when a filter first asks for its key, kept current by the owner's
`write` and `remove`, and can be dropped at any time. Nothing here is locked; the owner's lock guards it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.arrays import with_room
from mock_s3vectors.filtering.vocabulary import ABSENT, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

_SPARE_VALUES = 1024


class Column:
    """One metadata key: an id per row, and the vocabulary that gives the ids their meaning."""

    def __init__(self, key: str, metadata: list[dict[str, Any]]) -> None:
        self._key = key
        self._metadata = metadata
        self.vocabulary = Vocabulary()
        self._ids = np.array(self._ids_of(metadata), dtype=np.int32)
        self._changes = 0

    def write(self, rows: Sequence[int]) -> None:
        """Read these rows again; those past the end so far are new."""
        count = len(self._metadata)
        self._ids = with_room(self._ids, count, self._ids.shape[0])
        self._ids[np.asarray(rows, dtype=np.intp)] = self._ids_of(self._metadata[row] for row in rows)
        self._changes += len(rows)

    def remove(self, row: int) -> None:
        """Let the former last row, now one past the end, stand at `row`."""
        last = len(self._metadata)
        self._ids[row] = self._ids[last]
        self._ids[last] = ABSENT
        self._changes += 1

    def outgrown(self) -> bool:
        """Whether values that no row has any more make the column worth building anew.

        Rows of many array elements honestly need more values than rows; that as many rows were changed
        as there are is what tells such a column from an overwritten one, and pays for building it anew.
        """
        rows = len(self._metadata)
        return self._changes > rows and len(self.vocabulary) > 2 * rows + _SPARE_VALUES

    def spread(self, table: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A table over value ids as a mask over rows: shape `(rows,)`, the caller's own."""
        mask: NDArray[np.bool_] = table[self._ids[: len(self._metadata)]]
        return mask

    def _ids_of(self, metadata: Iterable[dict[str, Any]]) -> list[int]:
        key = self._key
        return self.vocabulary.enter([entries.get(key) for entries in metadata])


class Columns:
    """The columns of one index, by metadata key.

    Args:
        metadata: the owner's live list, row to metadata as JSON parsing gave it. The owner appends, pops
            and replaces whole dictionaries; it never changes one in place.
    """

    def __init__(self, metadata: list[dict[str, Any]]) -> None:
        self._metadata = metadata
        self._live: dict[str, Column] = {}

    @property
    def rows(self) -> int:
        """The number of rows, which is the length of every mask."""
        return len(self._metadata)

    def column(self, key: str) -> Column:
        """The column of a metadata key, built here if it is not live."""
        column = self._live.get(key)
        if column is None:
            column = self._live[key] = Column(key, self._metadata)
        return column

    def write(self, rows: Sequence[int]) -> None:
        """To be called after `rows` got new metadata, existing rows and appended ones alike.

        Costs O(rows written x live columns).
        """
        for column in self._live.values():
            column.write(rows)
        self._drop_outgrown()

    def remove(self, row: int) -> None:
        """To be called after `row` was removed, its hole filled by the last row and the list popped by one.

        With `row` equal to the new length, the last row itself was removed. Costs O(live columns).
        """
        for column in self._live.values():
            column.remove(row)
        self._drop_outgrown()

    def _drop_outgrown(self) -> None:
        for key in [key for key, column in self._live.items() if column.outgrown()]:
            del self._live[key]
