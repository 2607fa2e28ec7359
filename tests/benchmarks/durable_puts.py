"""Rows of the table of targets about a durable server: what a put costs besides what it costs in memory.

The bare transaction writes the same rows, by the same statement, with the same settings of SQLite. The same
keys are overwritten again and again, so that all rounds do the same; by other vectors each time, since SQLite
writes nothing that is there already. On a disk both wait for it; the rows in memory show how much the work of
Python and SQLite is.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.storage import durable_file, schema
from mock_s3vectors.storage.following import kept_in
from mock_s3vectors.storage.saving import PAGE_BYTES
from mock_s3vectors.storage.vectors import vector_rows
from mock_s3vectors.storage.writing import PUT
from tests.benchmarks.ratios import Figure, Row, at_most, by_turns, duration, scaled
from tests.support.mocks import index_named, world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_s3vectors.world import Index

DIMENSION = 384
# How many vectors there are, and how many a put has.
THERE, COUNTS = 10_000, (500, 1)
ROUNDS = 100
PLACES = {"on disk": None, "in memory": Path("/dev/shm")}  # noqa: S108 - where Linux has files in memory

# Keys, vectors, metadata, and what they count for.
Vectors = tuple[list[str], Any, list[dict[str, Any]], list[tuple[int, int]]]


def vectors_of(count: int, seed: int = 7) -> Vectors:
    """Return vectors for the first keys, as an operation passes them on."""
    data = np.random.default_rng(seed).standard_normal((count, DIMENSION), np.float32)
    metadata = [
        {"title": f"Film number {number}", "year": 1950 + number % 70, "genres": ["drama", "war"]}
        for number in range(count)
    ]
    return [f"key-{number}" for number in range(count)], data, metadata, [(1_600, 1_600)] * count


def put(index: Index, *written: Vectors) -> Callable[[], None]:
    """Return what puts one of these after the other."""
    turns = cycle(written)

    def write() -> None:
        keys, data, metadata, sizes = next(turns)
        with index.lock:
            index.put(keys, data, metadata, sizes)

    return write


def bare_transaction(connection: sqlite3.Connection, *written: Vectors) -> Callable[[], None]:
    """Return what writes the same rows as a put of one of these after the other, and no more."""
    turns = cycle([list(vector_rows(1, keys, data, metadata)) for keys, data, metadata, _ in written])

    def write() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(PUT, next(turns))
        connection.execute("COMMIT")

    return write


def bare_file(folder: str) -> sqlite3.Connection:
    """Make a file with as many vectors as the index has."""
    connection = sqlite3.connect(Path(folder, "bare.db"), isolation_level=None)
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES['few']}")
    schema.create(connection)
    durable_file.tune(connection)
    bare_transaction(connection, vectors_of(THERE))()
    return connection


def puts(scale: float) -> Iterator[Row]:
    for place, folder in PLACES.items():
        if folder is None or os.access(folder, os.W_OK):
            yield from puts_at(place, folder, scaled(ROUNDS, scale))


def puts_at(place: str, folder: Path | None, rounds: int) -> Iterator[Row]:
    client = boto3.client("s3vectors", region_name="us-east-1")
    shape: Any = {"dataType": "float32", "dimension": DIMENSION, "distanceMetric": "cosine"}
    with (
        TemporaryDirectory(dir=folder) as inside,
        closing(bare_file(inside)) as bare,
        mock_s3vectors(),
        kept_in(Path(inside, "state.db"), world()),
    ):
        client.create_vector_bucket(vectorBucketName="bucket")
        for name in ("durable", "memory"):
            client.create_index(vectorBucketName="bucket", indexName=name, **shape)
        durable, memory = index_named("durable"), index_named("memory")
        memory.follower = None  # as in a server without a file
        put(durable, vectors_of(THERE))()
        put(memory, vectors_of(THERE))()
        for count in COUNTS:
            written = vectors_of(count), vectors_of(count, seed=8)
            works = put(durable, *written), put(memory, *written), bare_transaction(bare, *written)
            kept, not_kept, alone = by_turns(*works, rounds=rounds, warmup=3)
            figure = Figure(
                (median(kept) - median(not_kept)) / median(alone),
                (min(kept) - min(not_kept)) / min(alone),
                f"{duration(median(kept))} less {duration(median(not_kept))} to {duration(median(alone))}",
            )
            work = f"put of {count} x {DIMENSION} kept {place}, less a put that is not kept"
            yield Row(work, "a bare transaction", at_most(1.5) if folder is None else None, figure)


MEASUREMENTS = {"durable": puts}
