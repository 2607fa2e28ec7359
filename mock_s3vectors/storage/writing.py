"""Writing what a world holds into the tables of a state file, within the transaction of the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.storage import rows
from mock_s3vectors.world import Index, VectorBucket

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from mock_s3vectors.world import Stores
    from mock_s3vectors.world.identities import Identity
    from mock_s3vectors.world.keys import Key

# How many vectors to write as one piece of bytes each at a time; more take more memory.
_PIECE = 1_000

# The ids of the rows of buckets and indexes.
Ids = dict[VectorBucket | Index, int]


def settle(indexes: Iterable[Index]) -> None:
    """Finish writes that were interrupted, before indexes are written.

    The indexes hold their tables, so that nobody changes these from now on. A copy has the lock of an index
    that calls write: whoever has another lock for which such a call waits would wait for ever here.
    """
    for index in indexes:
        with index.lock:
            index.table.settle()


def settle_all(stores: Stores) -> None:
    """Do the same with all indexes. Damage of those that were loaded is found, see `VectorTable.settle`."""
    for store in stores.all().values():
        settle(store.indexes())


def write_stores(connection: sqlite3.Connection, stores: Stores) -> Ids:
    """Write all vector buckets into empty tables; their indexes are settled."""
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
    statement = rows.insertion("vectors", rows.VECTOR_COLUMNS)
    for start in range(0, len(table), _PIECE):
        piece = slice(start, start + _PIECE)
        written = rows.vector_rows(index_id, table.keys[piece], table.matrix[piece], table.metadata[piece])
        connection.executemany(statement, written)
    return index_id


def write_identities(connection: sqlite3.Connection, identities: Iterable[Identity]) -> None:
    """Write identities into an empty table."""
    for identity in identities:
        _insert(connection, "identities", rows.identity_columns(identity))


def write_keys(connection: sqlite3.Connection, keys: Iterable[Key]) -> None:
    """Write KMS keys into an empty table."""
    for key in keys:
        _insert(connection, "kms_keys", rows.key_columns(key))


def _insert(connection: sqlite3.Connection, table: str, columns: rows.Columns) -> int:
    """Insert a row, and return its id."""
    return int(connection.execute(rows.insertion(table, columns), tuple(columns.values())).lastrowid or 0)
