"""The metadata of an index, as columns of value ids instead of rows, for the keys that filters name."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.arrays import copied, with_room
from mock_s3vectors.derived import Derived
from mock_s3vectors.filtering.vocabulary import ABSENT, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from typing_extensions import Self

_SPARE_VALUES = 1024


class Column:
    """One metadata key: an id per row, and the vocabulary that gives the ids their meaning."""

    def __init__(self, key: str, metadata: list[dict[str, Any]]) -> None:
        self._key = key
        self._metadata = metadata
        self.vocabulary = Vocabulary()
        self._ids = self._ids_of(metadata)
        self._changes = 0

    def write(self, rows: Sequence[int]) -> None:
        """Read these rows again; those past the end so far are new."""
        count = len(self._metadata)
        self._ids = with_room(self._ids, count, self._ids.shape[0])
        self._ids[np.asarray(rows, dtype=np.intp)] = self._ids_of(self._metadata[row] for row in rows)
        self._changes += len(rows)

    def remove(self, row: int) -> None:
        """Move the former last row, now one past the end, to `row`."""
        last = len(self._metadata)
        self._ids[row] = self._ids[last]
        self._ids[last] = ABSENT
        self._changes += 1

    def outgrown(self) -> bool:
        """Return whether values that no row has any more make the column worth building anew.

        Rows of many array elements honestly need more values than rows; that as many rows were changed
        as there are is what tells such a column from an overwritten one, and pays for building it anew.
        """
        rows = len(self._metadata)
        return self._changes > rows and len(self.vocabulary) > 2 * rows + _SPARE_VALUES

    def size(self) -> int:
        """Estimate the bytes that the column holds."""
        return self._ids.nbytes + self.vocabulary.size()

    def copy(self, metadata: list[dict[str, Any]]) -> Self:
        """Return an independent column over a copy of the metadata."""
        other: Self = copy(self)
        other._metadata = metadata
        other.vocabulary = self.vocabulary.copy()
        other._ids = copied(self._ids, len(metadata))
        return other

    def spread(self, table: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Turn a table over value ids into a mask over rows: shape `(rows,)`, the caller's own."""
        # All ids are in range, and `clip` is the mode that copies nothing to be sure of it.
        return table.take(self._ids[: len(self._metadata)], mode="clip")

    def kinds(self) -> frozenset[type]:
        """Return the kinds of the values that rows have, see `Vocabulary.kinds`; none if no row has any."""
        return self.vocabulary.kinds(self._ids[: len(self._metadata)])

    def _ids_of(self, metadata: Iterable[dict[str, Any]]) -> NDArray[np.int32]:
        key = self._key
        return self.vocabulary.enter([entries.get(key) for entries in metadata])


class Columns(Derived[Column]):
    """The columns of one index, by metadata key."""

    @property
    def rows(self) -> int:
        """Return the number of rows, which is the length of every mask."""
        return len(self._metadata)

    def column(self, key: str) -> Column:
        """Return the column of a metadata key."""
        return self.part(key, lambda: Column(key, self._metadata))
