"""The indexes of a state file, read and written one by one, without loading the file.

Whoever copies vectors uses this: memory holds one batch. Each change is one transaction.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from mock_s3vectors.storage import rows, schema
from mock_s3vectors.storage.loading import all_rows
from mock_s3vectors.storage.saving import PAGE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from mock_s3vectors.world import Index, VectorBucket

# How many keys one statement names: SQLite allows 32,766 values.
_MOST_KEYS = 500
# How long to wait for another program that changes the file, in seconds.
_PATIENCE = 5.0

Vectors = tuple[list[str], "NDArray[np.float32]", list[dict[str, Any]]]


class StoredIndexes:
    """The vector buckets and indexes of a state file that is open.

    Attributes:
        buckets: all vector buckets, with their indexes, whose tables are empty: the vectors stay in the file.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection
        self.buckets: list[VectorBucket] = []
        # By the ARN: the id of the row.
        self._ids: dict[str, int] = {}
        with _explained(path):
            self._read()

    def _read(self) -> None:
        by_id = {}
        for columns in all_rows(self._connection, "vector_buckets"):
            bucket = by_id[columns["id"]] = rows.bucket_of(columns)
            self.buckets.append(bucket)
            self._ids[str(bucket.arn)] = columns["id"]
        for columns in all_rows(self._connection, "indexes"):
            bucket = by_id[columns["bucket_id"]]
            index = rows.index_of(columns, bucket)
            bucket.add(index)
            self._ids[str(index.arn)] = columns["id"]

    def _id_of(self, index: Index) -> int:
        """Return the id of the row of an index.

        Raises:
            UsageError: somebody has deleted it.
        """
        found = self._ids.get(str(index.arn))
        if found is None:
            raise schema.refused(self._path, f"the index {index.arn.bucket}/{index.name} has been deleted")
        return found

    def count(self, index: Index) -> int:
        """Return how many vectors an index has."""
        with _explained(self._path):
            statement = "SELECT count(*) FROM vectors WHERE index_id = ?"
            (count,) = self._connection.execute(statement, (self._id_of(index),)).fetchone()
        return int(count)

    def vectors(self, index: Index, size: int) -> Iterator[Vectors]:
        """Yield the vectors of an index, so many at a time: keys, vectors and metadata.

        Raises:
            UsageError: the file is damaged.
        """
        last, index_id = "", self._id_of(index)
        # No key is empty. Each piece is a query of its own: the caller may write meanwhile.
        statement = (
            "SELECT key, data, metadata FROM vectors WHERE index_id = ? AND key > ? ORDER BY key LIMIT ?"
        )
        while True:
            with _explained(self._path):
                piece = self._connection.execute(statement, (index_id, last, size)).fetchall()
                if not piece:
                    return
                keys, data, texts = zip(*piece, strict=True)
                floats = np.frombuffer(b"".join(data), rows.FLOAT32).reshape(len(keys), index.dimension)
                documents = orjson.loads(f"[{','.join(texts)}]")
                if len(documents) != len(keys):
                    raise ValueError("metadata is not JSON")
            yield list(keys), floats.astype(np.float32, copy=False), documents
            last = keys[-1]

    def known(self, index: Index, keys: Sequence[str]) -> set[str]:
        """Return those of the keys that the index has."""
        known: set[str] = set()
        with _explained(self._path):
            for start in range(0, len(keys), _MOST_KEYS):
                piece = keys[start : start + _MOST_KEYS]
                marks = ", ".join("?" * len(piece))
                statement = f"SELECT key FROM vectors WHERE index_id = ? AND key IN ({marks})"  # noqa: S608 - marks
                found = self._connection.execute(statement, (self._id_of(index), *piece))
                known.update(key for (key,) in found)
        return known

    def add(self, bucket: VectorBucket, index: Index) -> None:
        """Add an index, and its vector bucket if that is new."""
        with self._change():
            bucket_id = self._ids.get(str(bucket.arn))
            if bucket_id is None:
                bucket_id = self._insert("vector_buckets", rows.bucket_columns(bucket))
            index_id = self._insert("indexes", {"bucket_id": bucket_id, **rows.index_columns(index)})
        if str(bucket.arn) not in self._ids:
            self.buckets.append(bucket)
        self._ids |= {str(bucket.arn): bucket_id, str(index.arn): index_id}
        bucket.add(index)

    def put(
        self,
        index: Index,
        keys: Sequence[str],
        data: NDArray[np.float32],
        metadata: Sequence[dict[str, Any]],
    ) -> None:
        """Write vectors, all or none; those with known keys are overwritten."""
        statement = (
            f"{rows.insertion('vectors', rows.VECTOR_COLUMNS)} ON CONFLICT (index_id, key) "
            "DO UPDATE SET data = excluded.data, metadata = excluded.metadata"
        )
        with self._change():
            written = rows.vector_rows(self._id_of(index), keys, np.ascontiguousarray(data), metadata)
            self._connection.executemany(statement, written)

    def delete(self, index: Index, keys: Sequence[str]) -> None:
        """Delete those of the vectors that exist, all or none."""
        with self._change():
            index_id = self._id_of(index)
            statement = "DELETE FROM vectors WHERE index_id = ? AND key = ?"
            self._connection.executemany(statement, ((index_id, key) for key in keys))

    def _insert(self, table: str, columns: rows.Columns) -> int:
        cursor = self._connection.execute(rows.insertion(table, columns), tuple(columns.values()))
        return int(cursor.lastrowid or 0)

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Make a transaction of the block.

        Raises:
            UsageError: it fails; the file is as it was.
        """
        with schema.explained(self._path, "change"):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                # A failed COMMIT may have rolled back by itself.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise


@contextmanager
def reading_indexes(path: Path) -> Iterator[StoredIndexes]:
    """Open a state file to read its indexes. It is not written.

    Raises:
        UsageError: it is missing, damaged, or of another program or a newer version.
    """
    with schema.reading(path) as connection:
        yield StoredIndexes(path, connection)


@contextmanager
def writing_indexes(path: Path) -> Iterator[StoredIndexes]:
    """Open a state file to change it; a new one is made.

    Raises:
        UsageError: it cannot be written, is damaged, or of another program or a newer version.
    """
    with schema.explained(path, "change"):
        is_new = not path.exists() or not path.stat().st_size
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            if is_new:
                _create(connection)
            schema.check(connection, path)
            yield StoredIndexes(path, connection)
        finally:
            connection.close()


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        schema.create(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Have errors of SQLite, and rows that are not as they were written, be a UsageError."""
    with schema.explained(path):
        try:
            yield
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise schema.damaged(path, f"{type(error).__name__}: {error}") from error
