"""Deleting from any place: an index of a state file, of a server or of AWS.

The steps are the same: find the vectors that match, copy them to a backup, read each batch once more, and
delete the vectors that still match. In a state file the last two are one transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mock_s3vectors.abridging import plural
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.locks import new_lock
from mock_s3vectors.storage.indexes import writing_indexes
from mock_s3vectors.transfer.batches import BATCH, Batch, Source, told_apart
from mock_s3vectors.transfer.deletion.calls import DeletionCalls, address_of, pieces
from mock_s3vectors.transfer.deletion.candidates import Candidates
from mock_s3vectors.transfer.remote.calling import run_tasks
from mock_s3vectors.transfer.remote.indexes import RemoteSource
from mock_s3vectors.transfer.state_files import StoredSource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_s3vectors.storage.indexes import Vectors
    from mock_s3vectors.transfer.deletion.candidates import Deleted
    from mock_s3vectors.transfer.places import Place
    from mock_s3vectors.transfer.selecting import Selection

    Write = Callable[[Batch], None]
    Listener = Callable[[Deleted], None]


# How many parts of an index are listed at the same time, and how many batches are deleted: each has 500
# vectors, and AWS takes 2,500 a second.
_SEGMENTS = 16
_BATCHES = 4


class Deletion(Protocol):
    """A deletion from one index, step by step.

    Attributes:
        source: the index.
        candidates: the vectors that match, and the outcome so far.
    """

    source: Source
    candidates: Candidates

    def check(self) -> None:
        """Raise if it is known already that nothing can be deleted here.

        Raises:
            UsageError: the text says why.
        """

    def find(self) -> None:
        """Find the vectors that match."""

    def back_up(self, write: Write) -> None:
        """Give the vectors that still match to a function, one batch after another.

        From now on they are deleted only if they are as they were then.
        """

    def delete(self, listener: Listener) -> None:
        """Delete the vectors that still match, and tell a function the outcome so far after each batch."""


class RemoteDeletion:
    """A deletion from an index of a server or of AWS.

    Args:
        source: the index.
        candidates: says which vectors match.
    """

    def __init__(self, source: RemoteSource, candidates: Candidates) -> None:
        self.source: Source = source
        self.candidates = candidates
        self._client = source.client
        names = address_of(source.location.bucket, source.location.index, None)
        self._calls = DeletionCalls(names, candidates, _SEGMENTS)

    def check(self) -> None:
        """Do nothing: only a call that deletes tells."""

    def find(self) -> None:
        """Find the vectors that match, in pages."""
        run_tasks(self._client, self._calls.finding(), _SEGMENTS)

    def back_up(self, write: Write) -> None:
        """Give the vectors that still match to a function; see `Deletion`."""
        lock = new_lock()

        def write_alone(batch: Batch) -> None:
            with lock:
                write(batch)

        self.candidates.begin_backup()
        run_tasks(self._client, self._calls.backing_up(write_alone), _SEGMENTS)

    def delete(self, listener: Listener) -> None:
        """Delete the vectors that still match, in batches side by side."""
        run_tasks(self._client, self._calls.deleting(), _BATCHES, self._calls.telling(listener))


class StoredDeletion:
    """A deletion from an index of a state file.

    Args:
        path: the file.
        source: the index.
        candidates: says which vectors match.
    """

    def __init__(self, path: Path, source: StoredSource, candidates: Candidates) -> None:
        self.source: Source = source
        self.candidates = candidates
        self._path = path
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
            for batch in self.source.batches():
                self.candidates.note(batch.keys, batch.metadata)
        else:
            for piece in pieces(keys, BATCH):
                found, _, metadata = self._stored.named(self._index, piece)
                self.candidates.note(found, metadata)

    def back_up(self, write: Write) -> None:
        """Give the vectors that still match to a function; see `Deletion`."""
        self.candidates.begin_backup()
        for piece in pieces(self.candidates.keys, BATCH):
            kept = self.candidates.back_up(Batch(*self._stored.named(self._index, piece)))
            if len(kept):
                write(kept)

    def delete(self, listener: Listener) -> None:
        """Delete the vectors that still match, one batch after another.

        Raises:
            UsageError: the file cannot be written, or has lost the index.
        """
        with writing_indexes(self._path) as stored:
            if not stored.has(self._index):
                raise UsageError(f"{self._path} has no index {self.source.location} any more.")
            for piece in pieces(self.candidates.keys, BATCH):
                deleted = stored.delete(self._index, piece, self._still)
                stored.commit()  # only what the file keeps is counted
                self.candidates.count(len(piece), deleted)
                listener(self.candidates.so_far)

    def _still(self, vectors: Vectors) -> list[str]:
        keys, data, metadata = vectors
        return self.candidates.still(keys, metadata, data)


def deletion_from(
    place: Place, wanted: Selection, on_read: Callable[[int], None] = lambda _: None
) -> Deletion:
    """Return a deletion from the one index that a place names.

    Args:
        place: the place.
        wanted: says which vectors match.
        on_read: called, in any thread, with how many vectors have been compared so far.

    Raises:
        UsageError: it names none, several, or a data file; or it cannot be read.
    """
    address = place.address
    if address.kind == "data file":
        raise UsageError(
            f"{address.text} is a data file, which is never changed in place: copy those of its vectors that "
            f"are to stay into another one, with mock-s3vectors copy {address.text} OTHER --filter ..."
        )
    sources = list(place.sources())
    if len(sources) != 1:
        names = ", ".join(told_apart([source.location for source in sources])) or "none"
        raise UsageError(
            f"{address.text} names {plural(len(sources), 'index', 'es')}, and a deletion takes one. "
            f"Indexes there: {names}."
        )
    (source,), candidates = sources, Candidates(wanted, on_read)
    if isinstance(source, StoredSource) and address.path is not None:
        return StoredDeletion(address.path, source, candidates)
    if isinstance(source, RemoteSource):
        return RemoteDeletion(source, candidates)
    raise TypeError(f"{source!r} is none of the places that are known here")
