"""The state file of a durable server: transactions, each of which is whole, and on disk when it ends.

SQLite recovers the file by itself after the process was killed. A transaction that fails leaves the file as
it was: the client gets ServiceUnavailableException, and the log has the reason.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mock_s3vectors.errors import refusals
from mock_s3vectors.storage import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_s3vectors.errors.exceptions import ServiceUnavailableException

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

_GONE = (
    "the file or its log was removed or replaced. Bring both back, or stop this server and start another one"
)
_CHANGED = "another program has changed the file. Stop this server, and start it again"


class _Trouble(Exception):  # noqa: N818 - it is no error of the program
    """A reason why the file cannot take a change."""


def tune(connection: sqlite3.Connection) -> None:
    """Have a connection write as a durable store does."""
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_BYTES // page}")


class DurableFile:
    """A state file that this process alone changes, one thread at a time.

    Attributes:
        place: the path of the file.
        connection: the connection to the file.
    """

    def __init__(self, place: Path) -> None:
        """Open a file that exists.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        self.place = place
        self._paths = place, schema.beside(place, "-wal")
        self._trouble: str | None = None
        self.connection = sqlite3.connect(
            f"{place.as_uri()}?mode=rw",
            uri=True,
            timeout=_PATIENCE,
            isolation_level=None,
            check_same_thread=False,  # callers have a lock for that
        )
        try:
            tune(self.connection)
            # It fails if the file cannot be written.
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute("ROLLBACK")
            self._version = self._read_version()
            self._files = self._stats()
        except BaseException:
            self.connection.close()
            raise

    def close(self) -> None:
        """Move the log into the file; transactions that come later are refused."""
        # While somebody reads the file, SQLite refuses; the next server does it.
        with suppress(sqlite3.Error):
            # Into the file that was opened, whatever its name is by now: the log must not be there when a
            # server starts with a file that has replaced it.
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if self._has_its_files():  # else the log may be that of another file
                self.connection.execute("PRAGMA journal_mode = DELETE")
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit all that the block writes.

        Raises:
            ServiceUnavailableException: the file cannot take it, and is as it was before.
        """
        try:
            self._begin()
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        except (sqlite3.Error, _Trouble) as error:
            raise self._unavailable(str(error).rstrip(".")) from error
        if self._trouble is not None:
            self._trouble = None
            _log.warning("%s takes changes again.", self.place)

    def _begin(self) -> None:
        """Begin a transaction.

        Raises:
            _Trouble: the file is not what this process has left, or is gone.
        """
        if self.connection.in_transaction:  # it could not be rolled back
            self._roll_back()
        if not self._has_its_files():
            raise _Trouble(_GONE)
        self.connection.execute("BEGIN IMMEDIATE")
        if self._read_version() != self._version:
            self.connection.execute("ROLLBACK")
            raise _Trouble(_CHANGED)

    def _roll_back(self) -> None:
        """End a transaction that has failed, unless its error has ended it."""
        with suppress(sqlite3.Error):
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
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
        (version,) = self.connection.execute("PRAGMA data_version").fetchone()
        return int(version)

    def _unavailable(self, reason: str) -> ServiceUnavailableException:
        """Return the error for the client, and log the reason unless it was logged last."""
        if reason != self._trouble:
            self._trouble = reason
            _log.warning("%s takes no changes, and clients get a 503: %s.", self.place, reason)
        return refusals.unavailable()
