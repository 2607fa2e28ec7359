"""Writing Parquet, as viewers and data frames read it; needs pyarrow.

`key`: text. `vector`: a list of fixed size of float32. Each other column is a metadata key, empty where a
vector has none. The column has the type of the values: text, boolean, whole number, number, or a list of
these.

Whole numbers among others become numbers with a fraction, 1 becomes 1.0, unless they are too large to be
exact as such. A key whose values have several types becomes a column of JSON texts, which the metadata of its
field says: `mock_s3vectors: json`. The metadata keys `key` and `vector`, an empty one, and those that begin
with `metadata.`, become columns with `metadata.` before their names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.transfer.batches import BATCH
from mock_s3vectors.transfer.files.column_types import JSON, ColumnType, MetadataColumns
from mock_s3vectors.transfer.files.parquet_source import MARK, load_pyarrow
from mock_s3vectors.transfer.files.whole_files import WholeFilesSink
from mock_s3vectors.transfer.settings import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mock_s3vectors.transfer.batches import Batch
    from mock_s3vectors.transfer.files.whole_files import Spool

# The bytes of vectors in a row group.
_GROUP_BYTES = 64 << 20
_MOST_ROWS = 100_000


class ParquetSink(WholeFilesSink):
    """A Parquet file to write."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        load_pyarrow()
        self._path = path
        self._columns = MetadataColumns()

    def _note(self, batch: Batch) -> None:
        self._columns.note(batch.metadata)

    def _write(self, spool: Spool, *drafts: Path) -> None:
        pa, parquet = load_pyarrow()
        types = self._columns.types()
        schema = pa.schema(
            [
                pa.field("key", pa.string(), nullable=False),
                pa.field("vector", pa.list_(pa.float32(), spool.dimension), nullable=False),
                *(_field(key, kind) for key, kind in types.items()),
            ],
            metadata={MARK: text_of(self._settings)},
        )
        texts = ["key", *(column_name(key) for key, kind in types.items() if kind.is_text)]
        try:
            with parquet.ParquetWriter(drafts[0], schema, use_dictionary=texts) as writer:
                for group in _groups(spool):
                    writer.write_table(_table(schema, group, types))
        except pa.ArrowException as error:
            raise UsageError(f"{self._path} cannot be written: {error}.") from error


def column_name(key: str) -> str:
    """Return the name of the column of a metadata key."""
    is_odd = key in ("", "key", "vector") or key.startswith("metadata.")
    return f"metadata.{key}" if is_odd else key


def _field(key: str, kind: ColumnType) -> Any:
    pa, _ = load_pyarrow()
    types = {
        "text": pa.string(),
        "boolean": pa.bool_(),
        "int64": pa.int64(),
        "uint64": pa.uint64(),
        "double": pa.float64(),
        JSON: pa.string(),
    }
    arrow = types[kind.name]
    metadata = {MARK: JSON} if kind.name == JSON else None
    return pa.field(column_name(key), pa.list_(arrow) if kind.is_list else arrow, metadata=metadata)


def _groups(spool: Spool) -> Iterator[list[Batch]]:
    """Yield batches, as many at a time as make a row group."""
    most = min(_MOST_ROWS, max(BATCH, _GROUP_BYTES // (4 * max(1, spool.dimension))))
    group: list[Batch] = []
    rows = 0
    for batch in spool.batches():
        if rows + len(batch) > most and group:
            yield group
            group, rows = [], 0
        group.append(batch)
        rows += len(batch)
    if group:
        yield group


def _table(schema: Any, batches: list[Batch], types: Mapping[str, ColumnType]) -> Any:
    pa, _ = load_pyarrow()
    flat = np.concatenate([batch.data for batch in batches]).reshape(-1)
    documents = [document for batch in batches for document in batch.metadata]
    columns = [
        pa.array([key for batch in batches for key in batch.keys], pa.string()),
        pa.FixedSizeListArray.from_arrays(pa.array(flat), batches[0].data.shape[1]),
    ]
    for key, kind in types.items():
        values = [document.get(key) for document in documents]
        if kind.name == JSON:
            values = [None if value is None else orjson.dumps(value).decode() for value in values]
        columns.append(pa.array(values, schema.field(column_name(key)).type))
    return pa.table(columns, schema=schema)
