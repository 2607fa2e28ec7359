"""Data files as places: which format an extension stands for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import Location
from mock_s3vectors.transfer.files.json_lines import JsonLinesSink, JsonLinesSource
from mock_s3vectors.transfer.files.npz import NpzSink, NpzSource
from mock_s3vectors.transfer.files.opening import is_folder, opened
from mock_s3vectors.transfer.files.parquet_sink import ParquetSink
from mock_s3vectors.transfer.files.parquet_source import ParquetSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from mock_s3vectors.transfer.batches import Sink, Source
    from mock_s3vectors.transfer.places import Address

_SOURCES: Mapping[str, Callable[[Path], Source]] = {
    ".jsonl": JsonLinesSource,
    ".npz": NpzSource,
    ".parquet": ParquetSource,
}
_WHOLE: Mapping[str, Callable[[Path], Sink]] = {".npz": NpzSink, ".parquet": ParquetSink}


class DataFile:
    """A data file, which holds one index."""

    def __init__(self, address: Address) -> None:
        if address.path is None:
            raise TypeError(f"{address.text!r} is no data file")
        self.address = address
        self._path: Path = address.path
        self._suffix = address.path.suffix.lower()
        self.is_gradual = self._suffix not in _WHOLE

    def buckets(self) -> list[Location]:
        """Return none: a file has no vector buckets."""
        return []

    def sources(self) -> Iterator[Source]:
        """Yield the file.

        Raises:
            UsageError: it cannot be read.
        """
        opened(self._path).close()
        yield _SOURCES[self._suffix](self._path)

    def destination(self, location: Location) -> Location:
        """Return no names: a file has none."""
        del location
        return Location()

    def named(self, location: Location) -> str:
        """Return the path."""
        del location
        return str(self._path)

    def sink(self, location: Location, *, resume: bool = False) -> Sink:
        """Return the file to write to.

        Raises:
            UsageError: it is a folder.
        """
        del location  # a file holds any one index
        if is_folder(self._path):
            raise UsageError(f"{self._path} is a folder: give the name of a file.")
        make = _WHOLE.get(self._suffix, partial(JsonLinesSink, resume=resume))
        return make(self._path)
