"""Writing into the tables of a state file: all that a world holds, and each change of it.

The caller has begun a transaction, and ends it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.storage import rows
from mock_s3vectors.storage.vectors import VECTOR_COLUMNS, vector_rows
from mock_s3vectors.world import Index, VectorBucket

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from mock_s3vectors.world import Stores
    from mock_s3vectors.world.identities import Identity
    from mock_s3vectors.world.keys import Key

# How many vectors to write as one piece of bytes each at a time; more take more memory.
_PIECE = 1_000

# The ids of the rows of buckets and indexes.
Ids = dict[VectorBucket | Index, int]

# A vector that is overwritten keeps its row: its place in the table's index stays as it is.
PUT = (
    f"{rows.insertion('vectors', VECTOR_COLUMNS)} ON CONFLICT (index_id, key) "
    "DO UPDATE SET data = excluded.data, metadata = excluded.metadata"
)


def settle(indexes: Iterable[Index]) -> None:
    """Finish writes that were interrupted, before indexes are written.

    The indexes hold their tables, so that nobody changes these from now on. A copy shares its lock with the
    index that calls write. So the caller holds no lock for which such a call may wait: both would wait for
    ever.
    """
    for index in indexes:
        with index.lock:
            index.table.settle()


def settle_all(stores: Stores) -> None:
    """Do the same with all indexes. Damage of those that were loaded is found, see `VectorTable.settle`."""
    for store in stores.all().values():
        settle(store.indexes())


def write_stores(connection: sqlite3.Connection, stores: Stores) -> Ids:
    """Write all vector buckets, whose indexes are settled, in the place of those that are there."""
    for table in ("vectors", "indexes", "vector_buckets"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours
    ids: Ids = {}
    for store in stores.all().values():
        for bucket in store.vector_buckets.values():
            ids |= write_bucket(connection, bucket)
    return ids


def write_bucket(connection: sqlite3.Connection, bucket: VectorBucket) -> Ids:
    """Write a new vector bucket, with all that is in it; its indexes are settled."""
    bucket_id = _insert(connection, "vector_buckets", rows.bucket_columns(bucket))
    ids: Ids = {index: write_index(connection, bucket_id, index) for index in bucket.indexes.values()}
    return {bucket: bucket_id, **ids}


def write_index(connection: sqlite3.Connection, bucket_id: int, index: Index) -> int:
    """Write a new index with its vectors, which are settled, and return its id."""
    index_id = _insert(connection, "indexes", {"bucket_id": bucket_id, **rows.index_columns(index)})
    table = index.table
    statement = rows.insertion("vectors", VECTOR_COLUMNS)
    for start in range(0, len(table), _PIECE):
        piece = slice(start, start + _PIECE)
        written = vector_rows(index_id, table.keys[piece], table.matrix[piece], table.metadata[piece])
        connection.executemany(statement, written)
    return index_id


def update_bucket(connection: sqlite3.Connection, bucket_id: int, bucket: VectorBucket) -> None:
    """Write the attributes of a vector bucket that is there."""
    _update(connection, "vector_buckets", bucket_id, rows.bucket_columns(bucket))


def update_index(connection: sqlite3.Connection, index_id: int, index: Index) -> None:
    """Write the attributes of an index that is there."""
    _update(connection, "indexes", index_id, rows.index_columns(index))


def delete_bucket(connection: sqlite3.Connection, bucket_id: int) -> None:
    """Delete a vector bucket, with all that is in it."""
    indexes = connection.execute("SELECT id FROM indexes WHERE bucket_id = ?", (bucket_id,)).fetchall()
    for (index_id,) in indexes:
        delete_index(connection, index_id)
    connection.execute("DELETE FROM vector_buckets WHERE id = ?", (bucket_id,))


def delete_index(connection: sqlite3.Connection, index_id: int) -> None:
    """Delete an index with its vectors."""
    # In the order of rows, not of keys: a page is emptied at once, and need not be written then.
    connection.execute(
        "DELETE FROM vectors WHERE id IN (SELECT id FROM vectors WHERE index_id = ? ORDER BY id)",
        (index_id,),
    )
    connection.execute("DELETE FROM indexes WHERE id = ?", (index_id,))


def put_vectors(
    connection: sqlite3.Connection,
    index_id: int,
    keys: Sequence[str],
    data: NDArray[np.float32],
    metadata: Sequence[dict[str, Any]],
) -> None:
    """Write vectors into an index; those with known keys are overwritten."""
    connection.executemany(PUT, vector_rows(index_id, keys, data, metadata))


def delete_vectors(connection: sqlite3.Connection, index_id: int, keys: Iterable[str]) -> int:
    """Delete those of the vectors that an index has, and return how many there were."""
    statement = "DELETE FROM vectors WHERE index_id = ? AND key = ?"
    return connection.executemany(statement, ((index_id, key) for key in keys)).rowcount


def write_identities(connection: sqlite3.Connection, identities: Iterable[Identity]) -> None:
    """Write identities in the place of those that are there."""
    connection.execute("DELETE FROM identities")
    for identity in identities:
        _insert(connection, "identities", rows.identity_columns(identity))


def write_keys(connection: sqlite3.Connection, keys: Iterable[Key]) -> None:
    """Write KMS keys in the place of those that are there."""
    connection.execute("DELETE FROM kms_keys")
    for key in keys:
        _insert(connection, "kms_keys", rows.key_columns(key))


def _insert(connection: sqlite3.Connection, table: str, columns: rows.Columns) -> int:
    """Insert a row, and return its id."""
    return int(connection.execute(rows.insertion(table, columns), tuple(columns.values())).lastrowid or 0)


def _update(connection: sqlite3.Connection, table: str, number: int, columns: rows.Columns) -> None:
    changes = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE {table} SET {changes} WHERE id = ?", (*columns.values(), number))  # noqa: S608 - names of ours
