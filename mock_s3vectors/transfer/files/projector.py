"""The two files of the Embedding Projector: `vectors.tsv`, and `metadata.tsv` with labels.

`metadata.tsv` has the keys in its first column, and a column for each metadata key. Its first line has the
names of the columns, except if there is but one: the projector wants none then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import Location
from mock_s3vectors.transfer.files.column_types import MetadataColumns
from mock_s3vectors.transfer.files.opening import found_at, is_folder, refused
from mock_s3vectors.transfer.files.whole_files import WholeFilesSink
from mock_s3vectors.transfer.places import Address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from mock_s3vectors.transfer.batches import Batch, Settings, Sink, Source
    from mock_s3vectors.transfer.files.whole_files import Spool


class ProjectorFolder:
    """A folder for the two files, which can only be written."""

    is_gradual = False

    def __init__(self, folder: Path) -> None:
        self.address = Address(text=str(folder), kind="data file", path=folder)
        self._folder = folder

    def buckets(self) -> list[Location]:
        """Return none: a folder has no vector buckets."""
        return []

    def sources(self) -> Iterator[Source]:
        """Refuse to read the files.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{self._folder}: the files of the Embedding Projector are only written.")

    def destination(self, location: Location) -> Location:
        """Return no names: a folder has none."""
        del location
        return Location()

    def named(self, location: Location) -> str:
        """Return the path."""
        del location
        return str(self._folder)

    def sink(self, location: Location, *, resume: bool = False) -> Sink:
        """Return the two files to write to.

        Raises:
            UsageError: there cannot be such a folder.
        """
        del location, resume  # the files are written as a whole
        return ProjectorSink(self._folder)


class ProjectorSink(WholeFilesSink):
    """A folder to which the two files are written; it is made if it is missing.

    Raises:
        UsageError: there cannot be such a folder.
    """

    def __init__(self, folder: Path) -> None:
        if found_at(folder) is not None and not is_folder(folder):
            raise UsageError(f"{folder} is not a folder: name one for vectors.tsv and metadata.tsv.")
        self._folder = folder
        super().__init__(folder / "vectors.tsv", folder / "metadata.tsv")
        self._columns = MetadataColumns()

    def prepare(self, settings: Settings) -> None:
        """Make the folder if it is missing, and begin, unless a file is there.

        Raises:
            UsageError: one is, or cannot be written.
        """
        try:
            self._folder.mkdir(exist_ok=True)
        except OSError as error:
            raise refused(self._folder, error) from None
        super().prepare(settings)

    def _note(self, batch: Batch) -> None:
        self._columns.note(batch.metadata)

    def _write(self, spool: Spool, *drafts: Path) -> None:
        vectors, metadata = drafts
        names = list(self._columns.types())
        with vectors.open("xb") as numbers, metadata.open("xb") as labels:
            if names:
                labels.write(
                    _line(["key", *(f"metadata.{name}" if name == "key" else name for name in names)])
                )
            for batch in spool.batches():
                numbers.write(_lines_of(batch.data))
                for key, document in zip(batch.keys, batch.metadata, strict=True):
                    labels.write(_line([key, *(_cell(document.get(name)) for name in names)]))


def _lines_of(data: NDArray[np.float32]) -> bytes:
    """Return a line for each vector, with tabs between the numbers."""
    text = orjson.dumps(np.ascontiguousarray(data), option=orjson.OPT_SERIALIZE_NUMPY)
    return text[2:-2].replace(b"],[", b"\n").replace(b",", b"\t") + b"\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if type(value) is str else orjson.dumps(value).decode()


def _line(cells: Sequence[str]) -> bytes:
    """Return a line; white space within a cell, such as tabs and ends of lines, becomes single spaces."""
    return "\t".join(" ".join(cell.split()) for cell in cells).encode() + b"\n"
