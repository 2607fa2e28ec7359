"""JSON Lines: one vector a line, `{"key": "a", "data": [0.1, 0.2], "metadata": {"year": 1999}}`.

`metadata` may be left out. On reading `vector` serves as well as `data`, and so does the form of the API,
`{"float32": [...]}`. A file is read, and written, batch by batch: memory holds one batch, and the keys.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors.abridging import show
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near
from mock_s3vectors.transfer.batches import Location, Settings
from mock_s3vectors.transfer.decimals import to_write
from mock_s3vectors.transfer.files.checking import Gathered
from mock_s3vectors.transfer.files.opening import has_contents, opened, refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from typing_extensions import Self

    from mock_s3vectors.transfer.batches import Batch

_MEMBERS = ("key", "data", "vector", "metadata")
_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"
_BOMS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# Longer than the longest record: 4,096 numbers and 40 KB of metadata with every character escaped.
_LONGEST_LINE = 4 * 1024 * 1024
_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE


class JsonLinesSource:
    """A file of JSON Lines to read."""

    location = Location()

    def __init__(self, path: Path) -> None:
        self._path = path

    def settings(self) -> Settings:
        """Return the dimension, which is that of the first vector; None if there is none."""
        with opened(self._path) as file:
            for number, line in _lines(file, self._path):
                gathered = Gathered(str(self._path), "line")
                _add(gathered, number, line)
                return Settings(dimension=gathered.dimension)
        return Settings()

    def count(self) -> int | None:
        """Return None: only reading the file tells."""
        return None

    def batches(self) -> Iterator[Batch]:
        """Yield all vectors.

        Raises:
            UsageError: a line is no vector that an index can have; the text names it.
        """
        gathered = Gathered(str(self._path), "line")
        with opened(self._path) as file:
            for number, line in _lines(file, self._path):
                _add(gathered, number, line)
                if gathered.is_full:
                    yield gathered.take()
        if len(gathered):
            yield gathered.take()


def _lines(file: BinaryIO, path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not blank, with their numbers from 1."""
    number = 0
    while line := file.readline(_LONGEST_LINE + 1):
        number += 1
        if len(line) > _LONGEST_LINE:
            raise UsageError(
                f"{path}, line {number:,}: the line is longer than {_LONGEST_LINE:,} bytes, which no vector "
                "is. Write one object a line."
            )
        if number == 1:
            if line.startswith(_BOMS_OF_UTF_16):
                raise UsageError(f"{path}, line 1: the file is in UTF-16. Write it in UTF-8.")
            if line.startswith(_GZIP):
                raise UsageError(f"{path}, line 1: the file is compressed by gzip. Uncompress it first.")
            line = line.removeprefix(_BOM)
        if not line.isspace() and line:
            yield number, line


def _add(gathered: Gathered, number: int, line: bytes) -> None:
    """Add the record on a line.

    Raises:
        UsageError: it is none.
    """
    try:
        record = _parsed(line)
        vector = _vector_of(record)
    except ValueError as error:
        if len(gathered):
            gathered.take()  # which refuses a vector before it, that is not finite
        raise gathered.fault(number, str(error)) from None
    gathered.add(number, record["key"], vector, record.get("metadata", {}))


def _parsed(line: bytes) -> dict[str, Any]:
    """Return the object on a line.

    Raises:
        ValueError: there is none, or one with other members than those of a vector.
    """
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ValueError(_why_no_json(line, error)) from None
    if type(record) is not dict:
        raise ValueError(f"{show(record)} is not an object with key, data and metadata")
    for name in record:
        if name not in _MEMBERS:
            raise ValueError(
                f"a vector has no member {show(name)}.{near(name, _MEMBERS)} "
                "It has key, data and metadata; put other values into metadata, or leave them out"
            )
    if "key" not in record:
        raise ValueError("the object has no key")
    return record


def _why_no_json(line: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        line.decode()
    except UnicodeDecodeError as bad:
        return f"the line is not UTF-8: byte {bad.start + 1:,} is 0x{line[bad.start]:02X}"
    if not line.endswith(b"\n") and not line.rstrip().endswith(b"}"):
        return f"the line is cut off: {error.msg} (column {error.colno:,})"
    return f"the line is not JSON: {error.msg} (column {error.colno:,})"


def _vector_of(record: dict[str, Any]) -> Any:
    """Return the numbers of a record.

    Raises:
        ValueError: it has none, or twice.
    """
    if ("data" in record) == ("vector" in record):
        raise ValueError(
            "the object has both data and vector" if "data" in record else "the object has no data"
        )
    data = record["data"] if "data" in record else record["vector"]
    return data["float32"] if type(data) is dict and list(data) == ["float32"] else data


class JsonLinesSink:
    """A file of JSON Lines to write, batch by batch: an interruption leaves whole ones."""

    def __init__(self, path: Path, *, resume: bool) -> None:
        self._path = path
        self._resume = resume
        self._known: set[str] = set()
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            with self._file:
                os.fsync(self._file.fileno())
            self._file = None

    def check(self, settings: Settings) -> bool:
        """Return whether the file is there already, and learn the keys in it.

        Raises:
            UsageError: it holds something already, unless a copy is resumed, or other vectors.
        """
        is_there = self._is_there()
        if is_there:
            self._learn(settings)
        return is_there

    def prepare(self, settings: Settings) -> None:
        """Open the file, which must be new or empty, unless a copy is resumed.

        Half a line at its end, which a crash can leave, is cut off.

        Raises:
            UsageError: it cannot be written, or holds something already.
        """
        if self._is_there():
            _cut_off(self._path)
            self._learn(settings)
        try:
            self._file = self._path.open("ab", buffering=0)
        except OSError as error:
            raise refused(self._path, error) from None

    def _is_there(self) -> bool:
        is_there = has_contents(self._path)
        if is_there and not self._resume:
            raise UsageError(
                f"{self._path} exists already: resume the copy that has written it, delete it, or choose "
                "another name."
            )
        return is_there

    def _learn(self, settings: Settings) -> None:
        """Learn the keys in the file.

        Raises:
            UsageError: it has other vectors than those of such an index.
        """
        for batch in JsonLinesSource(self._path).batches():
            if settings.dimension not in (None, batch.data.shape[1]):
                raise UsageError(
                    f"{self._path} has vectors of {batch.data.shape[1]:,} numbers, and the ones to copy have "
                    f"{settings.dimension:,}: it is not what an interrupted copy of them has left."
                )
            self._known.update(batch.keys)

    def known(self, keys: Sequence[str]) -> set[str]:
        """Return those of the keys that the file has had from the beginning."""
        return self._known.intersection(keys)

    def write(self, batch: Batch) -> None:
        """Add the vectors, all or none."""
        lines = b"".join(
            orjson.dumps({"key": key, "data": vector, "metadata": metadata}, option=_OPTIONS)
            for key, vector, metadata in zip(batch.keys, to_write(batch.data), batch.metadata, strict=True)
        )
        file = self._file
        if file is None:
            raise RuntimeError("write() comes after prepare()")
        start = file.seek(0, os.SEEK_END)
        try:
            _write_all(file, lines)
        except BaseException as error:
            with suppress(OSError):
                file.truncate(start)
            if isinstance(error, OSError):
                raise refused(self._path, error) from None
            raise


def _write_all(file: BinaryIO, text: bytes) -> None:
    left = memoryview(text)
    while left:
        left = left[file.write(left) :]


def _cut_off(path: Path) -> None:
    """Cut off what comes after the last end of a line."""
    with opened(path, "r+b") as file:
        end = file.seek(0, os.SEEK_END)
        while end:
            start = max(0, end - _LONGEST_LINE)
            file.seek(start)
            found = file.read(end - start).rfind(b"\n")
            if found >= 0:
                end = start + found + 1
                break
            end = start
        file.truncate(end)
