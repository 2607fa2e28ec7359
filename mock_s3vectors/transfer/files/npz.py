"""NumPy's `.npz`, which `numpy.load` reads without pickle.

`keys`: shape (n,), texts.
`vectors`: shape (n, d), float32.
`metadata`: shape (n,), a JSON object as a text for each vector, or an empty text; it may be missing.
`settings`: a JSON object, what is known of the index; it may be missing.

Files are read and written piece by piece: memory holds one batch, and the keys.
"""

from __future__ import annotations

import shutil
import zlib
from contextlib import ExitStack, contextmanager
from tokenize import TokenError
from typing import IO, TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import numpy as np
import orjson
from numpy.lib import format as npy

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import BATCH, Batch, Location, Settings
from mock_s3vectors.transfer.files.checking import Gathered
from mock_s3vectors.transfer.files.opening import opened
from mock_s3vectors.transfer.files.whole_files import WholeFilesSink
from mock_s3vectors.transfer.settings import settings_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from mock_s3vectors.transfer.files.whole_files import Spool

_NAMES = ("keys", "vectors", "metadata", "settings")
_TEXTS = "US"  # the kinds of numpy types that hold texts
_REAL = "fiu"  # those that hold real numbers
_COPIED = 1 << 20
_ADVICE = "Write it with numpy.savez(file, keys=..., vectors=..., metadata=...)"


class NpzSource:
    """An `.npz` file to read."""

    location = Location()

    def __init__(self, path: Path) -> None:
        self._path = path

    def settings(self) -> Settings:
        """Return the dimension, and what else the file knows of its index."""
        with _arrays(self._path) as arrays:
            dimension = _checked(arrays, self._path)[1] or None
            if "settings" not in arrays:
                return Settings(dimension=dimension)
            return settings_of(arrays["settings"].texts(1)[0], dimension)

    def count(self) -> int | None:
        """Return how many vectors there are."""
        with _arrays(self._path) as arrays:
            return _checked(arrays, self._path)[0]

    def batches(self) -> Iterator[Batch]:
        """Yield all vectors.

        Raises:
            UsageError: the file is damaged or has other arrays, or a record is no vector that an index can
                have; the text names it.
        """
        gathered = Gathered(str(self._path), "record")
        with _arrays(self._path) as arrays:
            count, _ = _checked(arrays, self._path)
            for start in range(0, count, BATCH):
                size = min(BATCH, count - start)
                with np.errstate(over="ignore", under="ignore"):
                    data = arrays["vectors"].rows(size).astype(np.float32)
                keys = arrays["keys"].texts(size)
                texts = arrays["metadata"].texts(size) if "metadata" in arrays else [""] * size
                documents = [
                    _document(gathered, number, text) for number, text in enumerate(texts, start + 1)
                ]
                yield gathered.matrix(start + 1, keys, data, documents)


def _document(gathered: Gathered, number: int, text: str) -> Any:
    try:
        return orjson.loads(text) if text else {}
    except orjson.JSONDecodeError as error:
        raise gathered.fault(number, f"the metadata is not JSON: {error.msg}") from None


class _Array:
    """An array in a zip file, read from the first row to the last.

    Raises:
        ValueError: it is no array, or one that needs pickle.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        major, _ = npy.read_magic(file)
        if major not in _HEADERS:
            raise ValueError(f"an array has the format {major}")
        self.shape, is_fortran, self.dtype = _HEADERS[major](file)
        if min(self.shape, default=0) < 0:
            raise ValueError(f"an array has the shape {self.shape}")
        if self.dtype.hasobject:
            raise ValueError("an array holds Python objects, which only pickle could read")
        self._row = self.dtype.itemsize * int(np.prod(self.shape[1:], dtype=np.int64))
        self._columns = self._whole() if is_fortran and len(self.shape) > 1 else None
        self._read = 0

    def _whole(self) -> Any:
        data = self._file.read(self._row * self.shape[0])
        return np.frombuffer(data, self.dtype).reshape(self.shape, order="F")

    def rows(self, count: int) -> Any:
        """Return the next rows.

        Raises:
            ValueError: there are fewer.
        """
        start, self._read = self._read, self._read + count
        if self._columns is not None:
            return self._columns[start : self._read]
        data = self._file.read(count * self._row)
        return np.frombuffer(data, self.dtype, count * self._row // self.dtype.itemsize).reshape(
            count, *self.shape[1:]
        )

    def texts(self, count: int) -> list[str]:
        """Return the next rows as texts.

        Raises:
            ValueError: there are fewer, they are no texts, or their bytes are not UTF-8.
        """
        if self.dtype.kind not in _TEXTS:
            raise ValueError(f"an array has dtype {self.dtype} instead of texts")
        rows = np.atleast_1d(self.rows(count)) if self.shape else np.frombuffer(self._file.read(), self.dtype)
        return rows.tolist() if self.dtype.kind == "U" else [row.decode() for row in rows.tolist()]


# The exceptions of zipfile and of numpy for files that are damaged, or encrypted.
_DAMAGES = (BadZipFile, EOFError, OSError, RuntimeError, SyntaxError, TokenError, ValueError, zlib.error)
_HEADERS = {1: npy.read_array_header_1_0, 2: npy.read_array_header_2_0}


def _opened(archive: ZipFile, member: str) -> IO[bytes]:
    if archive.getinfo(member).compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise ValueError(f"{member} is compressed in a way that numpy does not use")
    return archive.open(member)


@contextmanager
def _arrays(path: Path) -> Iterator[dict[str, _Array]]:
    """Open the arrays of a file, by name.

    Raises:
        UsageError: the file is damaged, or holds something else, here or in the block.
    """
    with ExitStack() as stack:
        file = stack.enter_context(opened(path))
        try:
            archive = stack.enter_context(ZipFile(file))
            members = {name: f"{name}.npy" for name in _NAMES if f"{name}.npy" in archive.namelist()}
            yield {
                name: _Array(stack.enter_context(_opened(archive, member)))
                for name, member in members.items()
            }
        except UsageError:
            raise
        except _DAMAGES as error:
            raise UsageError(f"{path} is not an .npz file that can be read: {error}. {_ADVICE}.") from error


def _checked(arrays: dict[str, _Array], path: Path) -> tuple[int, int]:
    """Return how many vectors there are, and of which dimension.

    Raises:
        UsageError: an array is missing, or has another type or shape.
    """
    for name in ("keys", "vectors"):
        if name not in arrays:
            has = ", ".join(arrays) or "neither"
            raise UsageError(
                f"{path} has no array {name!r}; of keys, vectors and metadata it has {has}. {_ADVICE}."
            )
    vectors = arrays["vectors"]
    if len(vectors.shape) != 2 or vectors.dtype.kind not in _REAL:  # noqa: PLR2004 - a matrix
        raise UsageError(
            f"{path}: vectors has shape {vectors.shape} and dtype {vectors.dtype}, and must be a "
            "matrix of real numbers."
        )
    count, dimension = vectors.shape
    for name in ("keys", "metadata"):
        array = arrays.get(name)
        if array is not None and (array.shape != (count,) or array.dtype.kind not in _TEXTS):
            raise UsageError(
                f"{path}: {name} has shape {array.shape} and dtype {array.dtype}, and must have "
                f"{count:,} texts, one for each vector."
            )
    return int(count), int(dimension)


class NpzSink(WholeFilesSink):
    """An `.npz` file to write."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._path = path
        self._longest_key = self._longest_text = 1

    def _note(self, batch: Batch) -> None:
        for row, key in enumerate(batch.keys):
            if key.endswith("\0"):
                raise UsageError(
                    f"{batch.row_named(row)}: the key {key!r} ends with the character NUL, which NumPy cuts "
                    f"off: write a .jsonl file instead of {self._path}."
                )
        self._longest_key = max(self._longest_key, *map(len, batch.keys))
        self._longest_text = max(self._longest_text, *map(len, map(_text, batch.metadata)))

    def _write(self, spool: Spool, *drafts: Path) -> None:
        count = spool.count
        keys, texts = f"<U{self._longest_key}", f"<U{self._longest_text}"
        settings = text_of(self._settings)
        with ZipFile(drafts[0], "x") as archive:
            with _member(archive, "keys", keys, (count,)) as file:
                _write_texts(file, keys, (batch.keys for batch in spool.batches()))
            with _member(archive, "vectors", "<f4", (count, spool.dimension), ZIP_STORED) as file:
                shutil.copyfileobj(spool.vectors(), file, _COPIED)
            with _member(archive, "metadata", texts, (count,)) as file:
                _write_texts(file, texts, (map(_text, batch.metadata) for batch in spool.batches()))
            with _member(archive, "settings", f"<U{len(settings)}", ()) as file:
                _write_texts(file, f"<U{len(settings)}", [[settings]])


def _text(metadata: dict[str, Any]) -> str:
    return orjson.dumps(metadata).decode() if metadata else ""


@contextmanager
def _member(
    archive: ZipFile, name: str, dtype: str, shape: tuple[int, ...], compression: int = ZIP_DEFLATED
) -> Iterator[IO[bytes]]:
    """Open an array in a zip file, behind its header."""
    info = ZipInfo(f"{name}.npy")
    info.compress_type = compression
    with archive.open(info, "w", force_zip64=True) as file:
        npy.write_array_header_1_0(file, {"descr": dtype, "fortran_order": False, "shape": shape})
        yield file


def _write_texts(file: IO[bytes], dtype: str, batches: Iterable[Iterable[str]]) -> None:
    for texts in batches:
        file.write(np.array(list(texts), dtype).tobytes())
