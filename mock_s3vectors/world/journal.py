"""The records of the last calls of a world."""

from __future__ import annotations

import os
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

# A longer body is not kept: it is a batch of vectors.
LONGEST_BODY = 64 * 1024
# The bytes of the bodies that are kept, those of the newest calls.
MOST_BYTES = 8 * 1024 * 1024


class Record(Protocol):
    """The record of a call that is over, as a journal sees it."""

    @property
    def size(self) -> int:
        """The bytes of its body."""

    def trim(self, longest: int) -> None:
        """Drop the body, and large parameters, if the body is longer."""


RecordType = TypeVar("RecordType", bound=Record)


class Journal(Generic[RecordType]):
    """The records of the last calls, the oldest first. The older ones have lost their bodies.

    Attributes:
        added: how many there have been.
        id: a text that no other journal has, of whichever process.
    """

    def __init__(self, most: int = 1_000) -> None:
        self.added = 0
        self.id = os.urandom(8).hex()
        self._records: deque[RecordType] = deque(maxlen=most)
        # Those with bodies, and the bytes of each.
        self._with_bodies: deque[tuple[RecordType, int]] = deque()
        self._bytes = 0
        self._lock = new_lock()

    def __iter__(self) -> Iterator[RecordType]:
        return iter(self.since(0)[0])

    def keep(self, most: int) -> None:
        """Keep as many records from now on."""
        with self._lock:
            self._records = deque(self._records, maxlen=most)

    def since(self, start: int) -> tuple[list[RecordType], int]:
        """Return the records after the first `start` ones, and how many of these were dropped."""
        with self._lock:
            count = max(0, self.added - start)
            records = list(islice(reversed(self._records), count))
            return records[::-1], count - len(records)

    def add(self, record: RecordType) -> None:
        """Keep a record, which the journal trims."""
        record.trim(LONGEST_BODY)
        size = record.size
        with self._lock:
            self.added += 1
            self._records.append(record)
            self._with_bodies.append((record, size))
            self._bytes += size
            while len(self._with_bodies) > len(self._records):
                self._bytes -= self._with_bodies.popleft()[1]
            while self._bytes > MOST_BYTES:
                oldest, size = self._with_bodies.popleft()
                self._bytes -= size
                oldest.trim(0)
