"""Saving and loading a state, against a bare script that writes and reads the same rows with `sqlite3`.

    pytest tests/benchmarks/test_state_files.py --benchmark-only

The last two tests hold the figures that users may rely on. They compare the processor's time of runs that
take turns, which other programs change less than the time on the clock.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.storage.loading import load, loaded
from mock_s3vectors.storage.saving import save
from tests.support.mocks import world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_s3vectors.world import World

ROWS, DIMENSION = 100_000, 384
MOST, ROUNDS = 1.3, 5

_TABLE = """CREATE TABLE vectors (
    id INTEGER PRIMARY KEY, index_id INTEGER, key TEXT, data BLOB, metadata TEXT, UNIQUE (index_id, key)
)"""


class Work:
    """Rows, and what is done with them."""

    def __init__(self, folder: Path, held: World) -> None:
        self._bare, self._own, self._world = folder / "bare.db", folder / "own.db", held
        (self._index,) = next(iter(held.stores.all().values())).indexes()
        self.write_bare()
        self.save()

    def write_bare(self) -> None:
        self._bare.unlink(missing_ok=True)
        table = self._index.table
        with closing(sqlite3.connect(self._bare)) as connection, connection:
            connection.execute(_TABLE)
            connection.executemany(
                "INSERT INTO vectors (index_id, key, data, metadata) VALUES (1, ?, ?, ?)",
                (
                    (key, vector.tobytes(), json.dumps(metadata))
                    for key, vector, metadata in zip(table.keys, table.matrix, table.metadata, strict=True)
                ),
            )

    def read_bare(self) -> None:
        with closing(sqlite3.connect(self._bare)) as connection:
            rows = connection.execute("SELECT key, data, metadata FROM vectors").fetchall()
        assert len(rows) == ROWS

    def save(self) -> None:
        save(self._world, self._own)

    def load(self) -> World:
        return load(self._own)

    def load_again(self) -> None:
        loaded(self._own).branch()

    def load_and_look(self) -> None:
        """The first call that needs the index also computes the sizes of all rows: this measures that."""
        (index,) = next(iter(self.load().stores.all().values())).indexes()
        assert index.vectors.total_size.stored > 0


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    vectors = np.random.default_rng(7).standard_normal((ROWS, DIMENSION), np.float32)
    metadata = [
        {"title": f"Film number {number}", "year": 1950 + number % 70, "genres": ["drama", "war"]}
        for number in range(ROWS)
    ]
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", vectors, metadata=metadata)
        yield Work(tmp_path_factory.mktemp("state"), world())


@pytest.mark.parametrize("name", ["write_bare", "save", "read_bare", "load", "load_and_look", "load_again"])
def test_state_files(benchmark: Any, work: Work, name: str) -> None:
    benchmark.group = f"{ROWS:,} x {DIMENSION} in a file"
    benchmark.pedantic(getattr(work, name), rounds=ROUNDS, warmup_rounds=1)


def ratio(one: Callable[[], object], other: Callable[[], object]) -> float:
    """The ratio of two times: the median of several rounds."""
    return median(time_of(one) / time_of(other) for _ in range(ROUNDS))


def time_of(call: Callable[[], object]) -> float:
    start = process_time()
    result = call()
    end = process_time()
    del result  # to forget it takes time as well
    return end - start


def test_saving_takes_little_more_than_writing_the_rows(work: Work) -> None:
    assert ratio(work.save, work.write_bare) < MOST


def test_loading_takes_little_more_than_reading_the_rows(work: Work) -> None:
    assert ratio(work.load, work.read_bare) < MOST
