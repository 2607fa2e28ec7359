"""Saving: all that a world holds becomes a state file, see `schema`."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from mock_s3vectors.storage import rows, schema

if TYPE_CHECKING:
    from mock_s3vectors.world import Index, World

# With larger pages than SQLite's own, a file of many vectors is written and read in less time. With few
# vectors it would be large for nothing.
PAGE_BYTES = {"few": 4_096, "many": 32_768}
_MANY_BYTES = 1024 * 1024
# How many vectors to write as one piece of bytes each at a time; more take more memory.
_PIECE = 1_000


def save(world: World, path: str | os.PathLike[str]) -> None:
    """Save all vector buckets with everything in them, identities and keys, of all accounts and Regions.

    Other threads may write meanwhile: the file has what the world held at one moment. It appears as a whole,
    in the place of a state file that was there: whatever interrupts this leaves that file as it was.

    Raises:
        UsageError: the file cannot be written, or something else than a state file has its name.
    """
    # The file itself, not a link to it, is replaced.
    place = Path(os.path.realpath(path))
    # Its name is one that nobody can predict, to put a link there.
    draft = place.with_name(f"{place.name}.{secrets.token_hex(8)}")
    with schema.explained(place, "save"):
        _check_target(place)
        try:
            _write(world.picture(), draft)
            if place.exists():
                shutil.copymode(place, draft)
            draft.replace(place)
        finally:
            draft.unlink(missing_ok=True)
        _sync(place.parent)


def _check_target(place: Path) -> None:
    """Raise unless a path is free, or that of a state file that nobody has open, or that of an empty file.

    Raises:
        UsageError: it is not.
    """
    if not place.exists():
        return
    if not place.is_file():
        raise schema.refused(place, "it is not a regular file", "save")
    if place.stat().st_size and not schema.is_state_file(place):
        raise schema.refused(place, "something else than a state file has this name: choose another", "save")
    # SQLite would apply the log to the new file.
    if schema.beside(place, "-wal").exists():
        raise schema.refused(
            place, "it belongs to a server that runs, or that was killed: choose another name", "save"
        )


def _write(picture: World, draft: Path) -> None:
    """Write a new file, and have the disk keep it.

    Args:
        picture: a world that nobody else changes.
        draft: the file, which nobody sees until it is complete: neither locks nor a journal are needed.
    """
    connection = sqlite3.connect(draft, isolation_level=None)
    try:
        for pragma in (f"page_size = {_page_bytes(picture)}", "journal_mode = OFF", "synchronous = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN EXCLUSIVE")
        schema.create(connection)
        _write_all(connection, picture)
        connection.execute("COMMIT")
    finally:
        connection.close()
    _sync(draft)


def _page_bytes(picture: World) -> int:
    indexes = (index for store in picture.stores.all().values() for index in store.indexes())
    vectors = sum(index.table.matrix.nbytes for index in indexes)
    return PAGE_BYTES["few" if vectors < _MANY_BYTES else "many"]


def _write_all(connection: sqlite3.Connection, picture: World) -> None:
    for store in picture.stores.all().values():
        for bucket in store.vector_buckets.values():
            bucket_id = _insert(connection, "vector_buckets", rows.bucket_columns(bucket))
            for index in bucket.indexes.values():
                columns = {"bucket_id": bucket_id, **rows.index_columns(index)}
                _write_vectors(connection, _insert(connection, "indexes", columns), index)
    for identity in picture.identities.all():
        _insert(connection, "identities", rows.identity_columns(identity))
    for key in picture.keys.all():
        _insert(connection, "kms_keys", rows.key_columns(key))


def _insert(connection: sqlite3.Connection, table: str, columns: rows.Columns) -> int:
    """Insert a row, and return its id."""
    return int(connection.execute(rows.insertion(table, columns), tuple(columns.values())).lastrowid or 0)


def _write_vectors(connection: sqlite3.Connection, index_id: int, index: Index) -> None:
    with index.lock:
        # The picture holds the table too, so that nobody changes it from now on.
        table = index.vectors
    statement = rows.insertion("vectors", rows.VECTOR_COLUMNS)
    for start in range(0, len(table), _PIECE):
        piece = slice(start, start + _PIECE)
        written = rows.vector_rows(index_id, table.keys[piece], table.matrix[piece], table.metadata[piece])
        connection.executemany(statement, written)


def _sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder. Windows cannot do the latter."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
