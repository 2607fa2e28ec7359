"""Deleting from any place: an index of a state file, of a server or of AWS.

The steps are the same: find the vectors that match, copy them to a backup, delete those that match still. In
a state file the last look at a batch and its deletion are one transaction.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.storage.indexes import writing_indexes
from mock_s3vectors.transfer.batches import BATCH, Batch
from mock_s3vectors.transfer.calling import run_tasks
from mock_s3vectors.transfer.deleting import Deletion, pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mock_s3vectors.storage.indexes import Vectors
    from mock_s3vectors.transfer.candidates import Candidates, Deleted
    from mock_s3vectors.transfer.state_files import StoredSource

    Write = Callable[[Batch], None]
    Listener = Callable[[Deleted], None]


class Removal(Protocol):
    """A deletion from one index, step by step; `candidates` says what has come of it so far."""

    candidates: Candidates

    def check(self) -> None:
        """Raise if it is known already that nothing can be deleted here.

        Raises:
            UsageError: the text says why.
        """

    def find(self) -> None:
        """Find the vectors that match."""

    def back_up(self, write: Write) -> None:
        """Give the vectors that match still to a function; from now on delete them only as they are now."""

    def delete(self, listener: Listener) -> None:
        """Delete the vectors that match still, and tell a function the outcome so far after each batch."""


class ClientRemoval:
    """A deletion from an index behind a client of boto3.

    Args:
        client: the client.
        address: the parameters that name the index.
        candidates: says which vectors match.
        segments: how many parts of the index are listed, and how many batches deleted, at the same time.
    """

    def __init__(
        self, client: Any, address: Mapping[str, str], candidates: Candidates, segments: int
    ) -> None:
        self.candidates = candidates
        self._client = client
        self._deletion = Deletion(address, candidates, segments)
        self._segments = segments

    def check(self) -> None:
        """Do nothing: only a call that deletes tells."""

    def find(self) -> None:
        """Find the vectors that match, in pages."""
        run_tasks(self._client, self._deletion.finding(), self._segments)

    def back_up(self, write: Write) -> None:
        """Give the vectors that match still to a function, one batch at a time."""
        self.candidates.begin_backup()
        lock = threading.Lock()

        def write_alone(batch: Batch) -> None:
            with lock:
                write(batch)

        run_tasks(self._client, self._deletion.backing_up(write_alone), self._segments)

    def delete(self, listener: Listener) -> None:
        """Delete the vectors that match still, in batches side by side."""
        run_tasks(self._client, self._deletion.deleting(), self._segments, self._deletion.telling(listener))


class StoredRemoval:
    """A deletion from an index of a state file.

    Args:
        path: the file.
        source: the index.
        candidates: says which vectors match.
    """

    def __init__(self, path: Path, source: StoredSource, candidates: Candidates) -> None:
        self.candidates = candidates
        self._path = path
        self._source = source
        self._stored, self._index = source.stored, source.index

    def check(self) -> None:
        """Raise unless the file can be changed.

        Raises:
            UsageError: it cannot be written, or belongs to a server.
        """
        with writing_indexes(self._path):
            pass

    def find(self) -> None:
        """Find the vectors that match, in pieces."""
        keys = self.candidates.wanted.keys
        if keys is None:
            for batch in self._source.batches():
                self.candidates.note(batch.keys, batch.metadata)
        else:
            for piece in pieces(keys, BATCH):
                found, _, metadata = self._stored.named(self._index, piece)
                self.candidates.note(found, metadata)

    def back_up(self, write: Write) -> None:
        """Give the vectors that match still to a function, one batch after another."""
        self.candidates.begin_backup()
        for piece in pieces(self.candidates.keys, BATCH):
            kept = self.candidates.back_up(Batch(*self._stored.named(self._index, piece)))
            if len(kept):
                write(kept)

    def delete(self, listener: Listener) -> None:
        """Delete the vectors that match still, one batch after another.

        Raises:
            UsageError: the file cannot be written, or has lost the index.
        """
        with writing_indexes(self._path) as stored:
            if not stored.has(self._index):
                raise UsageError(f"{self._path} has no index {self._source.location} any more.")
            for piece in pieces(self.candidates.keys, BATCH):
                deleted = stored.delete(self._index, piece, self._still)
                self.candidates.count(len(piece), deleted)
                listener(self.candidates.so_far)

    def _still(self, vectors: Vectors) -> list[str]:
        keys, data, metadata = vectors
        return self.candidates.still(keys, metadata, data)
