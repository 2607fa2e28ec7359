"""The indexes of a state file, read and written one by one, without loading the file.

Copying and deleting use this, so that memory holds only some batches. A file may be read and written at the
same time, as when an index is copied within it: each piece is read on its own, and readers see whole changes.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mock_s3vectors.storage import rows, schema
from mock_s3vectors.storage.loading import all_rows
from mock_s3vectors.storage.saving import PAGE_BYTES
from mock_s3vectors.storage.vectors import vectors_of
from mock_s3vectors.storage.writing import delete_vectors, put_vectors, write_bucket, write_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from mock_s3vectors.world import Index, VectorBucket

# How many keys one statement names: SQLite allows 32,766 values.
_MOST_KEYS = 500
# How long to wait for another program that changes the file, in seconds.
_PATIENCE = 5.0
# How many changes to put into a transaction: most of its time the disk needs at the end.
_CHANGES = 10

Vectors = tuple[list[str], "NDArray[np.float32]", list[dict[str, Any]]]


class StoredIndexes:
    """The vector buckets and indexes of a state file, as they were when this was made.

    Attributes:
        buckets: all vector buckets, with their indexes, whose tables are empty: the vectors stay in the file.

    Raises:
        UsageError: the file is missing, damaged, or of another program or a newer version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.buckets: list[VectorBucket] = []
        # The ids of rows, by ARN.
        self._ids: dict[str, int] = {}
        with self._reading() as connection:
            self._read(connection)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Open the file to read it, and have rows that are not as they were written be a UsageError."""
        with schema.reading(self._path) as connection, _explained(self._path):
            yield connection

    def _read(self, connection: sqlite3.Connection) -> None:
        by_id = {}
        for columns in all_rows(connection, "vector_buckets"):
            bucket = by_id[columns["id"]] = rows.bucket_of(columns)
            self.buckets.append(bucket)
            self._ids[str(bucket.arn)] = columns["id"]
        for columns in all_rows(connection, "indexes"):
            bucket = by_id[columns["bucket_id"]]
            index = rows.index_of(columns, bucket)
            bucket.add(index)
            self._ids[str(index.arn)] = columns["id"]

    def has(self, index: Index) -> bool:
        """Return whether an index is there, under its ARN."""
        return str(index.arn) in self._ids

    def count(self, index: Index) -> int:
        """Return how many vectors an index has."""
        with self._reading() as connection:
            statement = "SELECT count(*) FROM vectors WHERE index_id = ?"
            (count,) = connection.execute(statement, (self._ids[str(index.arn)],)).fetchone()
        return int(count)

    def vectors(self, index: Index, size: int) -> Iterator[Vectors]:
        """Yield the vectors of an index in the order of keys, so many at a time: keys, vectors and metadata.

        Raises:
            UsageError: the file is damaged.
        """
        last: str | None = ""  # no key is empty
        while last is not None:
            with self._reading() as connection:
                found = self._after(connection, index, last, size)
            if found is not None:
                yield found
            last = None if found is None else found[0][-1]

    def _after(self, connection: sqlite3.Connection, index: Index, last: str, size: int) -> Vectors | None:
        """Return the vectors behind a key; None if there are none."""
        statement = (
            "SELECT key, data, metadata FROM vectors WHERE index_id = ? AND key > ? ORDER BY key LIMIT ?"
        )
        piece = connection.execute(statement, (self._ids[str(index.arn)], last, size)).fetchall()
        return _vectors_of(piece, index) if piece else None

    def named(self, index: Index, keys: Sequence[str]) -> Vectors:
        """Return the vectors of at most 500 keys, as far as they exist, in the order of keys.

        Raises:
            UsageError: the file is damaged.
        """
        statement = (
            "SELECT key, data, metadata FROM vectors "  # noqa: S608 - marks
            f"WHERE index_id = ? AND key IN ({_marks(keys)}) ORDER BY key"
        )
        with self._reading() as connection:
            piece = connection.execute(statement, (self._ids[str(index.arn)], *keys)).fetchall()
            return _vectors_of(piece, index)

    def known(self, index: Index, keys: Sequence[str]) -> set[str]:
        """Return those of the keys that the index has."""
        known: set[str] = set()
        with self._reading() as connection:
            for start in range(0, len(keys), _MOST_KEYS):
                piece = keys[start : start + _MOST_KEYS]
                statement = f"SELECT key FROM vectors WHERE index_id = ? AND key IN ({_marks(piece)})"  # noqa: S608 - marks
                found = connection.execute(statement, (self._ids[str(index.arn)], *piece))
                known.update(key for (key,) in found)
        return known


class WritableIndexes(StoredIndexes):
    """The vector buckets and indexes of a state file that is open to be changed.

    Each change is whole or not there. Some of them, as a rule, become one transaction.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._changes = 0
        super().__init__(path)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with schema.explained(self._path), _explained(self._path):
            schema.check(self._connection, self._path)
            yield self._connection

    def add(self, bucket: VectorBucket, index: Index) -> None:
        """Add an index, and its vector bucket if that is new."""
        with self._change():
            bucket_id = self._ids.get(str(bucket.arn))
            if bucket_id is None:
                bucket_id = write_bucket(self._connection, bucket)[bucket]
            index_id = write_index(self._connection, bucket_id, index)
        self._ids |= {str(bucket.arn): bucket_id, str(index.arn): index_id}

    def put(
        self,
        index: Index,
        keys: Sequence[str],
        data: NDArray[np.float32],
        metadata: Sequence[dict[str, Any]],
    ) -> None:
        """Write vectors, all or none; those with known keys are overwritten."""
        with self._change():
            put_vectors(self._connection, self._ids[str(index.arn)], keys, data, metadata)

    def delete(
        self,
        index: Index,
        keys: Sequence[str],
        choose: Callable[[Vectors], Sequence[str]] | None = None,
    ) -> int:
        """Delete vectors, as far as they exist, all or none, and return how many there were.

        Args:
            index: the index.
            keys: the keys of the vectors, at most 500 if there is a choice.
            choose: is given them as they are, and returns the keys of those to delete. Until that is done,
                nobody else changes the file.
        """
        with self._change():
            if choose is not None:
                keys = choose(self.named(index, keys))
            if not keys:
                return 0
            return delete_vectors(self._connection, self._ids[str(index.arn)], keys)

    @contextmanager
    def _change(self) -> Iterator[None]:
        """Make a change of the block.

        Raises:
            UsageError: it fails; the file is as it was before.
        """
        with schema.explained(self._path, "change"):
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("SAVEPOINT change")
            try:
                yield
                self._connection.execute("RELEASE change")
            except BaseException:
                if self._connection.in_transaction:  # some errors end it
                    self._connection.execute("ROLLBACK TO change")
                raise
        self._changes += 1
        if self._changes >= _CHANGES:
            self.commit()

    def commit(self) -> None:
        """Have the file keep all changes.

        Raises:
            UsageError: it cannot be written; the last changes are lost.
        """
        self._changes = 0
        with schema.explained(self._path, "change"):
            if self._connection.in_transaction:
                try:
                    self._connection.execute("COMMIT")
                except sqlite3.Error:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise


@contextmanager
def writing_indexes(path: Path) -> Iterator[WritableIndexes]:
    """Open a state file to change it; a new one is made. What was changed is kept, also after an exception.

    Raises:
        UsageError: it cannot be written, is damaged, or of another program or a newer version.
    """
    with schema.explained(path, "change"):
        # The server would not see what changes, and its clients would not find it.
        if schema.beside(path, "-wal").exists():
            raise schema.refused(
                path,
                "it belongs to a server that runs, or that was killed. Name the server instead, or start it "
                "once more and stop it",
                "change",
            )
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            # Until a transaction ends, others may read.
            connection.execute("PRAGMA cache_spill = OFF")
            if not path.stat().st_size:
                _create(connection)
            indexes = WritableIndexes(path, connection)
            try:
                yield indexes
            finally:
                indexes.commit()
        finally:
            connection.close()


def _vectors_of(found: Sequence[tuple[str, bytes, str]], index: Index) -> Vectors:
    """Return vectors from rows of key, data and metadata.

    Raises:
        ValueError: they are not as they were written.
    """
    keys, pieces, texts = map(list, zip(*found, strict=True)) if found else ([], [], [])
    return keys, *vectors_of(keys, pieces, texts, index)


def _marks(values: Sequence[object]) -> str:
    """Return the marks of a statement that stand for values."""
    return ", ".join("?" * len(values))


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES['many']}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        schema.create(connection)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Have rows that are not as they were written be a UsageError."""
    try:
        yield
    except rows.FAULTS as error:
        raise schema.damaged(path, f"{type(error).__name__}: {error}") from error
