"""A stand-in for the owner of the rows, kept by the rules that `Columns` states."""

from __future__ import annotations

from typing import Any

from mock_s3vectors.filtering import Columns


class Table:
    """Rows of metadata and the columns that follow them."""

    def __init__(self, rows: list[dict[str, Any]] | None = None) -> None:
        self.metadata = list(rows or [])
        self.columns = Columns(self.metadata)

    def append(self, *batch: dict[str, Any]) -> None:
        start = len(self.metadata)
        self.metadata.extend(batch)
        self.columns.write(range(start, len(self.metadata)))

    def overwrite(self, changes: dict[int, dict[str, Any]]) -> None:
        for row, entries in changes.items():
            self.metadata[row] = entries
        self.columns.write(list(changes))

    def copy(self) -> Table:
        other = Table(self.metadata)
        other.columns = self.columns.copy(other.metadata)
        return other

    def remove(self, row: int) -> None:
        last = self.metadata.pop()
        if row < len(self.metadata):
            self.metadata[row] = last
        self.columns.remove(row)
