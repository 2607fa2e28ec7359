"""The durable store: each change of a world is on disk, in a state file, before its client is answered.

A change is one transaction. If it fails, the client gets ServiceUnavailableException, the log has the reason,
and neither memory nor the file has changed; the next change tries again.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mock_s3vectors.locks import new_lock
from mock_s3vectors.storage import schema
from mock_s3vectors.storage.claiming import claimed
from mock_s3vectors.storage.durable_file import DurableFile
from mock_s3vectors.storage.loading import load_with_ids
from mock_s3vectors.storage.saving import save
from mock_s3vectors.storage.writing import (
    delete_bucket,
    delete_index,
    delete_vectors,
    put_vectors,
    settle,
    settle_all,
    update_bucket,
    update_index,
    write_bucket,
    write_identities,
    write_index,
    write_keys,
    write_stores,
)
from mock_s3vectors.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from mock_s3vectors.storage.writing import Ids
    from mock_s3vectors.world import Index, Stores, VectorBucket
    from mock_s3vectors.world.identities import Identity
    from mock_s3vectors.world.keys import Key

Resource = TypeVar("Resource", "VectorBucket", "Index")
Result = TypeVar("Result")


@contextmanager
def kept_in(path: str | os.PathLike[str], world: World) -> Iterator[None]:
    """Load a state file into a world, and keep every change of the world in the file, until the block ends.

    A missing file is made. Identities and keys of the world that this one branched off are found behind those
    of the file, and are not written. At the end the file has no log beside it, like one that was saved.

    Raises:
        UsageError: the file is damaged, of another program or of a newer version, and stays as it is; or it
            cannot be written; or another server has it.
    """
    # The file itself, not a link to it: SQLite's log lies beside it.
    place = Path(os.path.realpath(path))
    with claimed(place):
        _prepare(place)
        held, ids = load_with_ids(place)
        settle_all(held.stores)  # damage is found now, not by a client
        with schema.explained(place, "serve"):
            durable = DurableStore(DurableFile(place), ids)
        try:
            world.follow(durable, held)
            yield
        finally:
            durable.close()


def _prepare(place: Path) -> None:
    """Make a file that is missing, and have SQLite roll back the transaction of a program that was killed.

    Raises:
        UsageError: the file cannot be made, or its log is there without it.
    """
    if place.exists() and place.stat().st_size:
        if schema.beside(place, "-journal").exists() and schema.is_state_file(place):
            with schema.explained(place, "serve"), closing(sqlite3.connect(place)) as connection:
                connection.execute("PRAGMA user_version").fetchone()
        return
    log = schema.beside(place, "-wal")
    if log.exists():
        raise schema.refused(
            place,
            f"it is missing, but its log {log.name} is there. Bring the file back, or remove the log",
            "serve",
        )
    save(World(), place)


class DurableStore:
    """A follower of a world that writes every change into a state file, see `Follower`.

    One thread at a time writes.

    Attributes:
        place: the path of the file.
    """

    def __init__(self, file: DurableFile, ids: Ids) -> None:
        """Begin with the file as the caller has loaded it.

        Args:
            file: the file.
            ids: the ids of the rows of its buckets and indexes.
        """
        self._file = file
        self.place = str(file.place)
        # A bucket or an index that is not in here was removed after a call had looked it up.
        self._ids = ids
        self._lock = new_lock()

    def close(self) -> None:
        """Close the file; changes that come later are refused."""
        with self._lock:
            self._file.close()

    def added_bucket(self, bucket: VectorBucket) -> None:
        """Write a new bucket."""
        settle(bucket.indexes.values())
        with self._lock:
            with self._file.transaction() as connection:
                ids = write_bucket(connection, bucket)
            self._ids |= ids

    def changed_bucket(self, bucket: VectorBucket, **new: Any) -> None:
        """Write the attributes of a bucket."""
        changed = _changed(bucket, new)
        self._write(bucket, lambda connection, number: update_bucket(connection, number, changed))

    def removed_bucket(self, bucket: VectorBucket) -> None:
        """Delete a bucket, with all that is in it."""
        with self._lock:
            self._write(bucket, delete_bucket)
            self._ids.pop(bucket, None)
            for index in bucket.indexes.values():
                self._ids.pop(index, None)

    def added_index(self, bucket: VectorBucket, index: Index) -> None:
        """Write a new index."""
        settle((index,))
        with self._lock:
            index_id = self._write(bucket, lambda connection, number: write_index(connection, number, index))
            if index_id is not None:
                self._ids[index] = index_id

    def changed_index(self, index: Index, **new: Any) -> None:
        """Write the attributes of an index."""
        changed = _changed(index, new)
        self._write(index, lambda connection, number: update_index(connection, number, changed))

    def removed_index(self, index: Index) -> None:
        """Delete an index."""
        with self._lock:
            self._write(index, delete_index)
            self._ids.pop(index, None)

    def put(
        self,
        index: Index,
        keys: Sequence[str],
        data: NDArray[np.float32],
        metadata: Sequence[dict[str, Any]],
    ) -> None:
        """Write vectors."""
        self._write(index, lambda connection, number: put_vectors(connection, number, keys, data, metadata))

    def deleted(self, index: Index, keys: Sequence[str]) -> None:
        """Delete vectors."""
        self._write(index, lambda connection, number: delete_vectors(connection, number, keys))

    def changed_identities(self, identities: Sequence[Identity]) -> None:
        """Write all identities."""
        with self._lock, self._file.transaction() as connection:
            write_identities(connection, identities)

    def changed_keys(self, keys: Sequence[Key]) -> None:
        """Write all KMS keys."""
        with self._lock, self._file.transaction() as connection:
            write_keys(connection, keys)

    def replaced(
        self, stores: Stores, identities: Sequence[Identity] | None, keys: Sequence[Key] | None
    ) -> None:
        """Write everything."""
        settle_all(stores)
        with self._lock:
            with self._file.transaction() as connection:
                ids = write_stores(connection, stores)
                if identities is not None:
                    write_identities(connection, identities)
                if keys is not None:
                    write_keys(connection, keys)
            self._ids = ids

    def _write(
        self, resource: VectorBucket | Index, write: Callable[[sqlite3.Connection, int], Result]
    ) -> Result | None:
        """Have a transaction write something about a bucket or an index, unless it was removed meanwhile.

        Args:
            resource: the bucket or the index.
            write: takes the connection, and the id of its row.
        """
        with self._lock:
            number = self._ids.get(resource)
            if number is None:
                return None
            with self._file.transaction() as connection:
                return write(connection, number)


def _changed(resource: Resource, new: Mapping[str, Any]) -> Resource:
    """Return a bucket or an index as it is going to be; for its columns only."""
    other = copy(resource)
    vars(other).update(new)
    return other
