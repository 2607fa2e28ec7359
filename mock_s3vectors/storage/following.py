"""The durable store: each change of a world is on disk, in a state file, before its client is answered.

A change is one transaction. If it fails, the client gets ServiceUnavailableException, the log has the reason,
and neither memory nor the file has changed; the next change tries again.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mock_s3vectors.errors import refusals
from mock_s3vectors.locks import new_lock
from mock_s3vectors.storage import rows, schema
from mock_s3vectors.storage.claiming import claimed
from mock_s3vectors.storage.loading import load_with_ids
from mock_s3vectors.storage.saving import save
from mock_s3vectors.storage.writing import (
    settle,
    settle_all,
    write_bucket,
    write_identities,
    write_index,
    write_keys,
    write_stores,
)
from mock_s3vectors.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from mock_s3vectors.errors.exceptions import ServiceUnavailableException
    from mock_s3vectors.storage.writing import Ids
    from mock_s3vectors.world import Index, Stores, VectorBucket
    from mock_s3vectors.world.identities import Identity
    from mock_s3vectors.world.keys import Key

_log = logging.getLogger(__name__)

# A commit returns when the disk has it. A log that has grown beyond the limit all the same is cut. The cache,
# in KiB, has the upper pages of a large file. Deleted rows are not overwritten by zeros, which takes long.
_PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "journal_size_limit = 33554432",
    "cache_size = -32768",
    "secure_delete = OFF",
)
# After so many bytes the log goes into the file, and begins again.
_LOG_BYTES = 16 * 1024 * 1024
# How long to wait for another program that writes the file, in seconds.
_PATIENCE = 1.0

# A vector that is overwritten keeps its row: its place in the table's index stays as it is.
_PUT = (
    f"{rows.insertion('vectors', rows.VECTOR_COLUMNS)} ON CONFLICT (index_id, key) "
    "DO UPDATE SET data = excluded.data, metadata = excluded.metadata"
)
_DELETE = "DELETE FROM vectors WHERE index_id = ? AND key = ?"

Resource = TypeVar("Resource", "VectorBucket", "Index")
Result = TypeVar("Result")


@contextmanager
def kept_in(path: str | os.PathLike[str], world: World) -> Iterator[None]:
    """Have a world hold what a state file does, and the file every change of the world; a new file is made.

    Identities and keys of the world that this one branched off stay behind those of the file, and are not
    written. In the end the file is as one that was saved.

    Raises:
        UsageError: the file is damaged, of another program or of a newer version, and stays as it is; or it
            cannot be written; or another server has it.
    """
    # The file itself, not a link to it: SQLite's log lies beside it.
    place = Path(os.path.realpath(path))
    with claimed(place):
        _prepare(place)
        held, ids = load_with_ids(place)
        settle_all(held.stores)  # damage is found now, not by a client
        with schema.explained(place, "serve"):
            durable = DurableStore(place, ids)
        try:
            world.follow(durable, held)
            yield
        finally:
            durable.close()


def _prepare(place: Path) -> None:
    """Make a file that is missing, and have SQLite undo what a program was writing when it was killed.

    Raises:
        UsageError: the file cannot be made, or its log is there without it.
    """
    if place.exists() and place.stat().st_size:
        if schema.beside(place, "-journal").exists() and schema.is_state_file(place):
            with schema.explained(place, "serve"), closing(sqlite3.connect(place)) as connection:
                connection.execute("PRAGMA user_version").fetchone()
        return
    log = schema.beside(place, "-wal")
    if log.exists():
        raise schema.refused(
            place,
            f"it is missing, but its log {log.name} is there. Bring the file back, or remove the log",
            "serve",
        )
    save(World(), place)


class _Trouble(Exception):  # noqa: N818 - it is no error of the program
    """A reason why the file cannot have a change."""


def tune(connection: sqlite3.Connection) -> None:
    """Have a connection write as a durable store does."""
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_BYTES // page}")


class DurableStore:
    """A state file that has every change of a world, see `Follower`.

    One thread at a time writes. SQLite recovers the file by itself after the process was killed.
    """

    def __init__(self, place: Path, ids: Ids) -> None:
        """Open a file of which the caller has loaded what is in it.

        Args:
            place: the file.
            ids: those of the rows of its buckets and indexes.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        self._place = place
        self._paths = place, schema.beside(place, "-wal")
        # A bucket or an index that is not in here was removed after a call had looked it up.
        self._ids = ids
        self._lock = new_lock()
        self._trouble: str | None = None
        self._connection = sqlite3.connect(
            f"{place.as_uri()}?mode=rw",
            uri=True,
            timeout=_PATIENCE,
            isolation_level=None,
            check_same_thread=False,  # the lock is for that
        )
        try:
            tune(self._connection)
            # It fails if the file cannot be written.
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("ROLLBACK")
            self._version = self._read_version()
            self._files = self._stats()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Have the file hold all by itself, without a log; changes that come later are refused."""
        with self._lock:
            with suppress(sqlite3.Error):  # somebody reads it; or the next server does this
                # Into the file that was opened, whatever its name is by now: the log must not be there when
                # a server starts with a file that has replaced it.
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                if self._has_its_files():  # else the log may be that of another file
                    self._connection.execute("PRAGMA journal_mode = DELETE")
            self._connection.close()

    # --- what a follower is told

    def added_bucket(self, bucket: VectorBucket) -> None:
        """Write a new bucket."""
        settle(bucket.indexes.values())
        with self._lock:
            with self._transaction() as connection:
                ids = write_bucket(connection, bucket)
            self._ids |= ids

    def changed_bucket(self, bucket: VectorBucket, **new: Any) -> None:
        """Write the attributes of a bucket."""
        columns = rows.bucket_columns(_changed(bucket, new))
        self._write(bucket, lambda connection, number: _update(connection, "vector_buckets", number, columns))

    def removed_bucket(self, bucket: VectorBucket) -> None:
        """Delete a bucket, with all that is in it."""
        with self._lock:
            self._write(bucket, _delete_bucket)
            self._ids.pop(bucket, None)
            for index in bucket.indexes.values():
                self._ids.pop(index, None)

    def added_index(self, bucket: VectorBucket, index: Index) -> None:
        """Write a new index."""
        settle((index,))
        with self._lock:
            index_id = self._write(bucket, lambda connection, number: write_index(connection, number, index))
            if index_id is not None:
                self._ids[index] = index_id

    def changed_index(self, index: Index, **new: Any) -> None:
        """Write the attributes of an index."""
        columns = rows.index_columns(_changed(index, new))
        self._write(index, lambda connection, number: _update(connection, "indexes", number, columns))

    def removed_index(self, index: Index) -> None:
        """Delete an index."""
        with self._lock:
            self._write(index, _delete_index)
            self._ids.pop(index, None)

    def put(
        self,
        index: Index,
        keys: Sequence[str],
        data: NDArray[np.float32],
        metadata: Sequence[dict[str, Any]],
    ) -> None:
        """Write vectors."""

        def write(connection: sqlite3.Connection, number: int) -> None:
            connection.executemany(_PUT, rows.vector_rows(number, keys, data, metadata))

        self._write(index, write)

    def deleted(self, index: Index, keys: Sequence[str]) -> None:
        """Delete vectors."""

        def write(connection: sqlite3.Connection, number: int) -> None:
            connection.executemany(_DELETE, ((number, key) for key in keys))

        self._write(index, write)

    def changed_identities(self, identities: Sequence[Identity]) -> None:
        """Write all identities."""
        with self._lock, self._transaction() as connection:
            _replace_identities(connection, identities)

    def changed_keys(self, keys: Sequence[Key]) -> None:
        """Write all KMS keys."""
        with self._lock, self._transaction() as connection:
            _replace_keys(connection, keys)

    def replaced(
        self, stores: Stores, identities: Sequence[Identity] | None, keys: Sequence[Key] | None
    ) -> None:
        """Write everything."""
        settle_all(stores)
        with self._lock:
            with self._transaction() as connection:
                for table in ("vectors", "indexes", "vector_buckets"):
                    connection.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
                ids = write_stores(connection, stores)
                if identities is not None:
                    _replace_identities(connection, identities)
                if keys is not None:
                    _replace_keys(connection, keys)
            self._ids = ids

    # --- transactions

    def _write(
        self, resource: VectorBucket | Index, write: Callable[[sqlite3.Connection, int], Result]
    ) -> Result | None:
        """Have a transaction write something about a bucket or an index, unless it was removed meanwhile.

        Args:
            resource: the bucket or the index.
            write: takes the connection, and the id of its row.
        """
        with self._lock:
            number = self._ids.get(resource)
            if number is None:
                return None
            with self._transaction() as connection:
                return write(connection, number)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what the block writes; the caller holds the lock.

        Raises:
            ServiceUnavailableException: the file cannot have it, and is as it was before.
        """
        try:
            self._begin()
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        except (sqlite3.Error, _Trouble) as error:
            raise self._unavailable(str(error).rstrip(".")) from error
        if self._trouble is not None:
            self._trouble = None
            _log.warning("%s takes changes again.", self._place)

    def _begin(self) -> None:
        """Begin a transaction.

        Raises:
            _Trouble: the file is not the one that memory is equal to.
        """
        if self._connection.in_transaction:  # it could not be rolled back
            self._roll_back()
        if not self._has_its_files():
            raise _Trouble(_GONE)
        self._connection.execute("BEGIN IMMEDIATE")
        if self._read_version() != self._version:
            self._connection.execute("ROLLBACK")
            raise _Trouble(_CHANGED)

    def _roll_back(self) -> None:
        """End a transaction that has failed, unless its error has ended it."""
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            # Some errors have SQLite read the file anew, which looks like a change of others.
            self._version = self._read_version()

    def _has_its_files(self) -> bool:
        """Return whether the files that are open still have their names."""
        try:
            return self._stats() == self._files
        except OSError:
            return False

    def _stats(self) -> list[tuple[int, int]]:
        """Return which files have the names of the state file and of its log."""
        stats = [path.stat() for path in self._paths]
        return [(stat.st_dev, stat.st_ino) for stat in stats]

    def _read_version(self) -> int:
        """Return a number that changes when another connection changes the file."""
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def _unavailable(self, reason: str) -> ServiceUnavailableException:
        """Return what the client gets; log the reason, once until a change succeeds or there is another."""
        if reason != self._trouble:
            self._trouble = reason
            _log.warning("%s takes no changes, and clients get a 503: %s.", self._place, reason)
        return refusals.unavailable()


_GONE = (
    "the file or its log was removed or replaced. Bring both back, or stop this server and start another one"
)
_CHANGED = "another program has changed the file. Stop this server, and start it again"


def _changed(resource: Resource, new: Mapping[str, Any]) -> Resource:
    """Return a bucket or an index as it is going to be; for its columns only."""
    other = copy(resource)
    vars(other).update(new)
    return other


def _update(connection: sqlite3.Connection, table: str, number: int, columns: rows.Columns) -> None:
    changes = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE {table} SET {changes} WHERE id = ?", (*columns.values(), number))  # noqa: S608 - names of ours


def _delete_bucket(connection: sqlite3.Connection, number: int) -> None:
    indexes = connection.execute("SELECT id FROM indexes WHERE bucket_id = ?", (number,)).fetchall()
    for (index,) in indexes:
        _delete_index(connection, index)
    connection.execute("DELETE FROM vector_buckets WHERE id = ?", (number,))


def _delete_index(connection: sqlite3.Connection, number: int) -> None:
    # In the order of rows, not of keys: a page is emptied at once, and need not be written then.
    connection.execute(
        "DELETE FROM vectors WHERE id IN (SELECT id FROM vectors WHERE index_id = ? ORDER BY id)", (number,)
    )
    connection.execute("DELETE FROM indexes WHERE id = ?", (number,))


def _replace_identities(connection: sqlite3.Connection, identities: Sequence[Identity]) -> None:
    connection.execute("DELETE FROM identities")
    write_identities(connection, identities)


def _replace_keys(connection: sqlite3.Connection, keys: Sequence[Key]) -> None:
    connection.execute("DELETE FROM kms_keys")
    write_keys(connection, keys)
