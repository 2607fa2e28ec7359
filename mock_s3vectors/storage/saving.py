"""Saving: all that a world holds becomes a state file, see `schema`."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from mock_s3vectors.storage import schema
from mock_s3vectors.storage.writing import settle_all, write_identities, write_keys, write_stores

if TYPE_CHECKING:
    from mock_s3vectors.world import World

# With larger pages than SQLite's own, a file of many vectors is written and read in less time. With few
# vectors it would be large for nothing.
PAGE_BYTES = {"few": 4_096, "many": 32_768}
_MANY_BYTES = 1024 * 1024


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
    """Raise unless a path is free, or names an empty file or a state file that nobody has open.

    Raises:
        UsageError: it is not.
    """
    # SQLite would apply the log or the journal to the new file, even if there is none of that name now.
    for suffix, owner in (("-wal", "a server that runs"), ("-journal", "a program that changes it")):
        if schema.beside(place, suffix).exists():
            raise schema.refused(
                place,
                f"{place.name}{suffix} beside it belongs to {owner}, or that was killed: choose another name",
                "save",
            )
    if not place.exists():
        return
    if not place.is_file():
        raise schema.refused(place, "it is not a regular file", "save")
    if place.stat().st_size and not schema.is_state_file(place):
        raise schema.refused(place, "something else than a state file has this name: choose another", "save")


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
        settle_all(picture.stores)
        write_stores(connection, picture.stores)
        write_identities(connection, picture.identities.all())
        write_keys(connection, picture.keys.all())
        connection.execute("COMMIT")
    finally:
        connection.close()
    _sync(draft)


def _page_bytes(picture: World) -> int:
    indexes = (index for store in picture.stores.all().values() for index in store.indexes())
    vectors = sum(index.table.matrix.nbytes for index in indexes)
    return PAGE_BYTES["few" if vectors < _MANY_BYTES else "many"]


def _sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder. Windows cannot do the latter."""
    if os.name == "nt" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
