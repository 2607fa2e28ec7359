"""A server that is killed, again and again, while clients write: each finds what it was told.

What a killed process has written, the operating system has. So these tests do not show whether the disk was
told to keep it: for that, the power would have to fail. The last one looks at SQLite's settings instead.
"""

from __future__ import annotations

import os
import secrets
import signal
import sqlite3
import sys
import threading
import time
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import mock_s3vectors
from tests.durable.line import Line
from tests.durable.load import Writer, vectors_in
from tests.durable.steps import PLACES, SHARED
from tests.durable.test_following import followed
from tests.durable.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.durable.nursery import Life, Nursery
    from tests.support.helpers import Client

# Not counting those before a server answers.
KILLS = 50
# How many calls a server answers at most before it is killed, but for those that are answered meanwhile; and
# how many seconds pass then, at most.
MOST_CALLS, MOST_SECONDS = 30, 0.006
# How many steps of SQLite's work a server that is killed within a change does for it, at most.
MOST_STEPS = 500
# So that kills also meet a log that goes into the file.
SMALL_LOG = {"log bytes": 128 * 1024}


class Lives:
    """Servers with one file, one after another, and the writers that they serve.

    Attributes:
        kills: how many servers were killed while clients wrote.
        writers: the writers.
        tokens: the tokens that servers have given.
    """

    def __init__(self, nursery: Nursery, options: tuple[str, ...], seed: int) -> None:
        self.kills = 0
        self.writers = [Writer(number, seed) for number in range(len(PLACES))]
        self.tokens = Tokens()
        self._random = Random(seed)
        self._nursery = nursery
        self._options = options
        with nursery.life(*options, changes=SMALL_LOG) as life:
            self.tokens.prepare(Line(life.url).client)

    def one_more(self) -> None:
        """Have a server live, and end."""
        if self._random.random() < 0.15:
            after = self._random.uniform(0, 0.03)
            assert self._nursery.kill_early(*self._options, after=after, changes=SMALL_LOG) == -9
        is_killed_within = self._random.random() < 0.4
        # Most changes are small: so are most of these numbers.
        steps = int(MOST_STEPS ** self._random.random())
        place = [self._random.randrange(MOST_CALLS), steps]
        within = {"killed within": place} if is_killed_within else {}
        with self._nursery.life(*self._options, changes={**SMALL_LOG, **within}) as life:
            client = self.compare(life)
            self.tokens.collect(client)
            self.tokens.check(client)
            self.live(life, (lambda _: False) if is_killed_within else self.kill)
        assert life.log == ""

    def compare(self, life: Life) -> Client:
        """Have a server show that all is there, and return a client of it."""
        line = Line(life.url)
        shared = vectors_in(line.client, SHARED)
        for writer in self.writers:
            writer.meet(line)
            writer.compare(shared)
        return line.client

    def live(self, life: Life, end: Callable[[Life], bool]) -> None:
        """Have writers write until the server has ended.

        Args:
            life: the server.
            end: kills it, or leaves it to kill itself; tells whether it was asked to end before.
        """
        threads = [threading.Thread(target=writer.write) for writer in self.writers]
        for writer, thread in zip(self.writers, threads, strict=True):
            writer.is_writing = True
            thread.start()
        is_asked = end(life)
        self.kills += life.wait() == -9
        for thread in threads:
            thread.join()
        for writer in self.writers:
            assert writer.fault is None, f"{writer.fault}; {life.log}"
            assert is_asked or not writer.is_refused

    def kill(self, life: Life) -> bool:
        """Kill a server after some calls; some while they finish the calls in progress and close the file."""
        enough = self._acknowledged() + self._random.randrange(MOST_CALLS)
        while self._acknowledged() < enough and all(writer.is_writing for writer in self.writers):
            time.sleep(0.0005)
        time.sleep(self._random.uniform(0, MOST_SECONDS))
        is_asked = self._random.random() < 0.15
        if is_asked:
            life.send(signal.SIGTERM)
            time.sleep(self._random.uniform(0, 0.02))
        life.send(signal.SIGKILL)
        return is_asked

    def _acknowledged(self) -> int:
        return sum(writer.acknowledged for writer in self.writers)


@pytest.mark.slow
def test_all_that_was_acknowledged_is_there_after_each_kill(nursery: Nursery, quick_folder: Path) -> None:
    seed = int(os.environ.get("KILL_SEED") or secrets.randbits(32))
    sys.stdout.write(f"KILL_SEED={seed}\n")
    file = quick_folder / "state.db"
    lives = Lives(nursery, ("--state", str(file), "--default-index-mode", "CLASSIC"), seed)
    while lives.kills < KILLS:
        lives.one_more()
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    with nursery.life("--state", str(file)) as life:
        expected = vectors_in(lives.compare(life), SHARED)
        assert life.end(signal.SIGTERM) == 0
    with mock_s3vectors(state=file) as mock:
        assert set(mock.index(*SHARED.values())) == set(expected)
    writers = lives.writers
    # After most kills, each writer misses an answer.
    assert sum(writer.carried_out + writer.dropped for writer in writers) > KILLS
    assert lives.tokens.right


def test_a_server_that_forgets_is_noticed(nursery: Nursery) -> None:
    """The test above could not fail otherwise."""

    def kill(life: Life) -> bool:
        while lives.writers[0].acknowledged < 20:
            time.sleep(0.001)
        life.send(signal.SIGKILL)
        return False

    lives = Lives(nursery, ("--default-index-mode", "CLASSIC"), 7)
    with nursery.life("--default-index-mode", "CLASSIC") as life:
        lives.tokens.prepare(Line(life.url).client)
        lives.compare(life)
        lives.live(life, kill)
    with nursery.life("--default-index-mode", "CLASSIC") as life:
        lives.tokens.prepare(Line(life.url).client)
        with pytest.raises(AssertionError, match=r"^Writer 0, of whose calls .* has no answer: /"):
            lives.compare(life)


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    with followed(tmp_path / "state.db") as (_, durable):
        pragmas = ("synchronous", "journal_mode")
        connection = durable._connection  # noqa: SLF001 - only a connection knows how it writes
        assert [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas] == [2, "wal"]
