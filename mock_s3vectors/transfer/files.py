"""Data files as places: which format an extension stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.json_lines import JsonLinesSink, JsonLinesSource
from mock_s3vectors.transfer.opening import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_s3vectors.transfer.batches import Location, Sink, Source
    from mock_s3vectors.transfer.places import Address


class DataFile:
    """A data file, which holds one index."""

    def __init__(self, address: Address) -> None:
        if address.path is None:
            raise TypeError(f"{address.text!r} is no data file")
        self.address = address
        self._path: Path = address.path
        self._suffix = address.path.suffix.lower()

    def sources(self) -> Iterator[Source]:
        """Yield the file.

        Raises:
            UsageError: it cannot be read.
        """
        opened(self._path).close()
        yield JsonLinesSource(self._path)

    def sink(self, location: Location, *, resume: bool = False) -> Sink:
        """Return the file to write to.

        Raises:
            UsageError: it is a folder.
        """
        del location  # a file holds any one index
        if self._path.is_dir():
            raise UsageError(f"{self._path} is a folder: give the name of a file.")
        return JsonLinesSink(self._path, resume=resume)
