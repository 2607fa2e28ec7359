"""Vectors that match the conditions of a deletion, and how many of them are deleted so far."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.transfer.batches import Batch
    from mock_s3vectors.transfer.selecting import Selection

# How many of the vectors that match are shown.
_SAMPLE = 5
# A digest of so many bytes tells any two vectors apart.
_DIGEST_BYTES = 16


@dataclass(frozen=True)
class Deleted:
    """The outcome of a deletion.

    Attributes:
        matched: how many vectors matched when the index was read.
        deleted: how many of them were deleted; 0 in a dry run.
        changed: how many of them were left alone, because somebody overwrote or deleted them meanwhile.
        undated: how many vectors were left alone because they have no date under a key of `older_than`,
            though they match all else.
        sample: the metadata of a few of those that matched, by key: the first ones in the order of keys.
    """

    matched: int = 0
    deleted: int = 0
    changed: int = 0
    undated: int = 0
    sample: Mapping[str, dict[str, Any]] = field(default_factory=dict)


class Candidates:
    """The vectors that matched. Several threads may add to them, and delete them.

    Args:
        wanted: says which vectors match.
        on_read: called, in any of the threads, with how many vectors have been compared so far.
    """

    def __init__(self, wanted: Selection, on_read: Callable[[int], None] = lambda _: None) -> None:
        self.wanted = wanted
        self._on_read = on_read
        self._read = 0
        self._lock = new_lock()
        self._keys: dict[str, None] = {}  # a set, but in order
        self._digests: dict[str, bytes] | None = None
        self._sample: dict[str, dict[str, Any]] = {}
        self._deleted = self._changed = self._undated = 0

    @property
    def so_far(self) -> Deleted:
        """The outcome up to now."""
        with self._lock:
            return Deleted(len(self._keys), self._deleted, self._changed, self._undated, self._sample)

    @property
    def keys(self) -> list[str]:
        """The keys of the vectors that matched, in their order."""
        with self._lock:
            return sorted(self._keys)

    @property
    def must_be_read_again(self) -> bool:
        """Whether each vector must be read again just before it is deleted."""
        return self.wanted.reads_metadata or self.has_backup

    @property
    def has_backup(self) -> bool:
        """Whether vectors are deleted only as they are in a backup."""
        return self._digests is not None

    def note(self, keys: Sequence[str], metadata: Sequence[dict[str, Any]]) -> None:
        """Add vectors, as far as they match."""
        matches = self.wanted.matches(metadata)
        found = {keys[row]: metadata[row] for row in matches.rows}
        with self._lock:
            self._undated += matches.undated
            self._keys.update(dict.fromkeys(found))
            self._sample = dict(sorted((self._sample | found).items())[:_SAMPLE])
            self._read += len(keys)
        self._on_read(self._read)

    def begin_backup(self) -> None:
        """From now on, delete only what `back_up` has been given."""
        self._digests = {}

    def back_up(self, batch: Batch) -> Batch:
        """Return the vectors that still match, and remember them as they are."""
        if self._digests is None:
            raise RuntimeError("begin_backup() comes first")
        kept = batch.rows(self.wanted.matches(batch.metadata).rows)
        digests = _digests(kept.data, kept.metadata)
        with self._lock:
            self._digests.update(zip(kept.keys, digests, strict=True))
        return kept

    def still(
        self,
        keys: Sequence[str],
        metadata: Sequence[dict[str, Any]],
        data: NDArray[np.float32] | None = None,
    ) -> list[str]:
        """Return the keys of the vectors that still match and, with a backup, are as they are in it."""
        rows = self.wanted.matches(metadata).rows
        known = self._digests
        if known is not None and data is not None:
            digests = _digests(data, metadata)
            rows = [row for row in rows if known.get(keys[row]) == digests[row]]
        return [keys[row] for row in rows]

    def count(self, looked_at: int, deleted: int) -> None:
        """Count vectors that matched at first: all of a batch, and how many of them are deleted."""
        with self._lock:
            self._deleted += deleted
            self._changed += looked_at - deleted


def _digests(data: NDArray[np.float32], metadata: Sequence[dict[str, Any]]) -> list[bytes]:
    """Return something for each vector that differs if its numbers or its metadata differ."""
    floats = np.ascontiguousarray(data, np.float32)
    return [
        hashlib.blake2b(
            row.tobytes() + json.dumps(document, sort_keys=True).encode(), digest_size=_DIGEST_BYTES
        ).digest()
        for row, document in zip(floats, metadata, strict=True)
    ]
