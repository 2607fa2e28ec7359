"""Reading Parquet files: those of `parquet_sink`, and others with the same columns."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from mock_s3vectors.abridging import plural, show
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import BATCH, Batch, Location, Settings
from mock_s3vectors.transfer.files.checking import Gathered
from mock_s3vectors.transfer.files.column_types import JSON
from mock_s3vectors.transfer.files.opening import opened
from mock_s3vectors.transfer.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

# The metadata that a file, or a field, has from here.
MARK = b"mock_s3vectors"


def load_pyarrow() -> tuple[ModuleType, ModuleType]:
    """Return pyarrow and its module for Parquet.

    Raises:
        UsageError: they are not installed, or do not go with what is.
    """
    try:
        # An extra, large, and not typed.
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ModuleNotFoundError:
        raise UsageError(
            "Parquet files need pyarrow, which is not installed: pip install 'mock_s3vectors[parquet]'."
        ) from None
    except ImportError as error:  # such as of a version that needs a newer numpy
        raise UsageError(f"Parquet files need pyarrow, which cannot be imported: {error}.") from error


class ParquetSource:
    """A Parquet file to read."""

    location = Location()

    def __init__(self, path: Path) -> None:
        self._path = path

    def settings(self) -> Settings:
        """Return the dimension, and what else the file knows of its index."""
        pa, _ = load_pyarrow()
        with self._open() as file:
            kind = file.schema_arrow.field("vector").type
            dimension = (kind.list_size or None) if pa.types.is_fixed_size_list(kind) else None
            if dimension is None:
                first = next(file.iter_batches(1, columns=["vector"]), None)
                value = first and first.column(0)[0].as_py()
                dimension = len(value) if value else None
            text = (file.schema_arrow.metadata or {}).get(MARK)
            if text is None:
                return Settings(dimension=dimension)
            return settings_of(text, dimension)

    def count(self) -> int | None:
        """Return how many vectors there are."""
        with self._open() as file:
            return int(file.metadata.num_rows)

    def batches(self) -> Iterator[Batch]:
        """Yield all vectors.

        Raises:
            UsageError: the file is damaged or has other columns, or a record is no vector that an index can
                have; the text names it.
        """
        gathered = Gathered(str(self._path), "record")
        with self._open() as file:
            readers = _readers(file.schema_arrow, self._path)
            first = 1
            for table in file.iter_batches(BATCH):
                keys = table.column("key").to_pylist()
                data = _matrix(gathered, first, table.column("vector"))
                documents: list[dict[str, Any]] = [{} for _ in keys]
                for column, (key, is_json) in readers.items():
                    _fill(gathered, first, documents, key, table.column(column).to_pylist(), is_json=is_json)
                yield gathered.matrix(first, keys, data, documents)
                first += len(keys)

    @contextmanager
    def _open(self) -> Iterator[Any]:
        """Open the file.

        Raises:
            UsageError: it is damaged, or has no vectors, here or in the block.
        """
        pa, parquet = load_pyarrow()
        with opened(self._path) as file:
            try:
                with parquet.ParquetFile(file) as table:
                    _check_columns(table.schema_arrow, self._path)
                    yield table
            # pyarrow has no exceptions of its own for texts that are not UTF-8, and for damaged pages.
            except (pa.ArrowException, ValueError, OSError) as error:
                raise UsageError(f"{self._path} is not a Parquet file that can be read: {error}.") from error


def _check_columns(schema: Any, path: Path) -> None:
    """Raise unless there are keys and vectors.

    Raises:
        UsageError: there are none, or of another type.
    """
    pa, _ = load_pyarrow()
    for name in ("key", "vector"):
        if schema.names.count(name) != 1:
            raise UsageError(
                f"{path} has {schema.names.count(name) or 'no'} column {name!r}: rename the columns of keys "
                f"and vectors to key and vector. It has {', '.join(map(show, schema.names))}."
            )
    if not _is_text(schema.field("key").type):
        raise UsageError(f"{path}: the column key has type {schema.field('key').type}, and must have texts.")
    kind = schema.field("vector").type
    if not (
        _is_list(kind) and (pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type))
    ):
        raise UsageError(f"{path}: the column vector has type {kind}, and must have lists of numbers.")


def _is_text(kind: Any) -> bool:
    pa, _ = load_pyarrow()
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _is_list(kind: Any) -> bool:
    pa, _ = load_pyarrow()
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _readers(schema: Any, path: Path) -> dict[str, tuple[str, bool]]:
    """Return the metadata key of each column, and whether it holds JSON texts.

    Raises:
        UsageError: a column has a type that no metadata has, or the metadata key of another one.
    """
    readers: dict[str, tuple[str, bool]] = {}
    for field in schema:
        if field.name not in ("key", "vector"):
            _check_type(field, path)
            key = field.name.removeprefix("metadata.")
            if key in (known for known, _ in readers.values()):
                raise UsageError(
                    f"{path}: several columns are the metadata key {show(key)}, which one of them may be: "
                    "leave the others out, or rename them."
                )
            readers[field.name] = key, (field.metadata or {}).get(MARK) == JSON.encode()
    return readers


def _check_type(field: Any, path: Path) -> None:
    pa, _ = load_pyarrow()
    kind = field.type.value_type if _is_list(field.type) else field.type
    types = pa.types
    is_number = types.is_integer(kind) or types.is_floating(kind)
    if not (_is_text(kind) or is_number or types.is_boolean(kind) or types.is_null(kind)):
        raise UsageError(
            f"{path}: the column {show(field.name)} has type {field.type}, which metadata cannot have: turn "
            "it into texts, numbers, booleans, or lists of these, or leave it out."
        )


def _matrix(gathered: Gathered, first: int, column: Any) -> Any:
    """Return vectors as float32, shape (rows, dimension).

    Raises:
        UsageError: one is missing, or has another length than the others.
    """
    lengths = column.value_lengths().fill_null(-1).to_numpy(zero_copy_only=False)
    dimension = gathered.dimension
    if dimension is None:
        dimension = gathered.dimension = int(max(lengths[0], 0)) if len(lengths) else 0
    odd = np.flatnonzero(lengths != dimension)
    if len(odd) or dimension == 0:
        row = int(odd[0]) if len(odd) else 0
        raise gathered.fault(first + row, _why_odd(int(lengths[row]), dimension))
    values = column.flatten()
    if values.null_count:
        row = int(np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False))[0]) // dimension
        raise gathered.fault(first + row, "the vector has an empty place instead of a number")
    with np.errstate(over="ignore", under="ignore"):
        numbers = values.to_numpy(zero_copy_only=False).astype(np.float32)
    return numbers.reshape(len(column), dimension)


def _why_odd(length: int, dimension: int) -> str:
    if length <= 0:
        return "the vector is missing" if length < 0 else "the vector is empty"
    return f"the vector has {plural(length, 'number')}, those before it have {dimension:,}"


def _fill(  # noqa: PLR0913 - a column, and where its values go
    gathered: Gathered,
    first: int,
    documents: list[dict[str, Any]],
    key: str,
    values: list[Any],
    *,
    is_json: bool,
) -> None:
    """Enter the values of a metadata key; empty places stay out.

    Raises:
        UsageError: a value is no metadata.
    """
    for number, (document, value) in enumerate(zip(documents, values, strict=True), first):
        if value is None:
            continue
        if is_json:
            try:
                value = orjson.loads(value)  # noqa: PLW2901 - the value that the text stands for
            except orjson.JSONDecodeError as error:
                raise gathered.fault(number, f"the column {show(key)} is not JSON: {error.msg}") from None
        elif _is_odd(value):
            raise gathered.fault(
                number,
                f"the column {show(key)} has {show(value)}, which metadata cannot have: leave it empty",
            )
        document[key] = value


def _is_odd(value: Any) -> bool:
    """Return whether a value is, or has, an empty place, NaN or infinity."""
    if type(value) is list:
        return any(item is None or _is_odd(item) for item in value)
    return type(value) is float and not np.isfinite(value)
