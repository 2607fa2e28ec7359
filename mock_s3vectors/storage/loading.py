"""Loading: a state file becomes a world, see `schema`."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.errors.exceptions import ServiceError
from mock_s3vectors.locks import new_lock
from mock_s3vectors.operations.helpers.records import check_documents
from mock_s3vectors.storage import rows, schema
from mock_s3vectors.storage.vectors import vectors_of
from mock_s3vectors.world import World

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from mock_s3vectors.storage.writing import Ids
    from mock_s3vectors.world import Index
    from mock_s3vectors.world.writes import Size

# How many vectors to read at a time: their bytes fit into the processor's cache.
_PIECE = 1_000
# How many files to keep the worlds of, those loaded last.
_MOST_FILES = 4


def load(path: str | os.PathLike[str]) -> World:
    """Return a world with all that a state file holds. The file is not written.

    Raises:
        UsageError: it is missing, damaged, or of another program or a newer version.
    """
    return load_with_ids(path)[0]


def load_with_ids(path: str | os.PathLike[str]) -> tuple[World, Ids]:
    """Return the same as `load`, and the ids of the rows of buckets and indexes.

    Raises:
        UsageError: see `load`.
    """
    place = Path(path)
    with _without_collections(), schema.reading(place) as connection:
        try:
            return _read(connection, place)
        except rows.FAULTS as error:
            raise schema.damaged(place, f"{type(error).__name__}: {error}") from error


def loaded(path: str | os.PathLike[str]) -> World:
    """Return the world of a state file, which is read once, until it changes. The caller must not change it.

    Raises:
        UsageError: see `load`.
    """
    place = Path(path)
    with schema.explained(place), _LOCK:
        name, seen = os.path.realpath(place), _stamps(place)
        known, world = _LOADED.pop(name, (None, None))
        if world is None or known != seen:
            world = load(place)
        _LOADED[name] = seen, world
        if len(_LOADED) > _MOST_FILES:
            del _LOADED[next(iter(_LOADED))]
        return world


# The contents of files by their paths, with the stamps of the files; the one used last is the last.
_LOADED: dict[str, tuple[Any, World]] = {}
_LOCK = new_lock()


def _stamps(place: Path) -> list[tuple[int, ...]]:
    """Return what changes whenever a file does, or the log beside it, which SQLite reads too."""
    log = schema.beside(place, "-wal")
    stats = [file.stat() for file in (place, log) if file is place or file.exists()]
    return [(stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in stats]


@contextmanager
def _without_collections() -> Iterator[None]:
    """Keep Python from looking for cycles of garbage, as it does again and again while many objects are made.

    The objects that are read form none, and looking takes several times as long as reading.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read(connection: sqlite3.Connection, place: Path) -> tuple[World, Ids]:
    world = World()
    buckets = {}
    for columns in all_rows(connection, "vector_buckets"):
        bucket = rows.bucket_of(columns)
        world.stores.made_at(bucket.arn.account, bucket.arn.region).add(bucket)
        buckets[columns["id"]] = bucket
    indexes = {}
    for columns in all_rows(connection, "indexes"):
        bucket = buckets[columns["bucket_id"]]
        index = rows.index_of(columns, bucket)
        bucket.add(index)
        indexes[columns["id"]] = index
    _read_vectors(connection, indexes, place)
    world.identities.hold(
        rows.identity_of(columns["document"]) for columns in all_rows(connection, "identities")
    )
    world.keys.hold(rows.key_of(columns["document"]) for columns in all_rows(connection, "kms_keys"))
    ids = {resource: number for known in (buckets, indexes) for number, resource in known.items()}
    return world, ids


def all_rows(connection: sqlite3.Connection, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table by the names of its columns, the oldest first."""
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608 - a name of ours
    names = [description[0] for description in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor]


def _read_vectors(connection: sqlite3.Connection, indexes: dict[int, Index], place: Path) -> None:
    counts = dict(connection.execute("SELECT index_id, count(*) FROM vectors GROUP BY index_id"))
    read = {index_id: _Vectors(index, counts.get(index_id, 0)) for index_id, index in indexes.items()}
    # One pass through the file, in its order: a saved file has the rows of an index together.
    cursor = connection.execute("SELECT index_id, key, data, metadata FROM vectors ORDER BY id")
    while piece := cursor.fetchmany(_PIECE):
        for index_id, of_index in groupby(piece, itemgetter(0)):
            read[index_id].add(of_index)
    for vectors in read.values():
        vectors.fill(place)


class _Vectors:
    """The vectors of an index, as they are read."""

    def __init__(self, index: Index, count: int) -> None:
        self._index = index
        self._keys: list[str] = []
        self._data = np.empty((count, index.dimension), np.float32)
        self._metadata: list[dict[str, Any]] = []

    def add(self, read: Iterable[tuple[int, str, bytes, str]]) -> None:
        """Add rows.

        Raises:
            ValueError: no index can hold them.
        """
        _, keys, pieces, texts = zip(*read, strict=True)
        floats, documents = vectors_of(keys, pieces, texts, self._index)
        self._data[len(self._keys) : len(self._keys) + len(keys)] = floats
        self._keys += keys
        self._metadata += documents

    def fill(self, place: Path) -> None:
        """Give the rows to the index.

        Raises:
            ValueError: a key appears twice, or rows are missing or too many.
        """
        index, keys, metadata = self._index, self._keys, self._metadata
        if len(keys) != len(self._data) or len(set(keys)) < len(keys):
            raise ValueError("a table and its index do not agree")

        def measure() -> list[Size]:
            """Return the sizes of the rows. Metadata that no vector can have is found then, not before."""
            with _without_collections():
                try:
                    return check_documents(index, keys, metadata, {})[1]
                except ServiceError as error:
                    raise schema.damaged(place, error.message) from error

        index.table.fill(keys, self._data, metadata, measure)
