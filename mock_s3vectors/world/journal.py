"""The last exchanges of a world."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

# A longer body is not kept: it is a batch of vectors.
LONGEST_BODY = 64 * 1024
# Limits: the number of exchanges, and the bytes of the bodies that are kept, those of the newest.
MOST_EXCHANGES = 1_000
MOST_BYTES = 8 * 1024 * 1024


class Record(Protocol):
    """An exchange that is over, as a journal sees it."""

    def copy(self) -> Self:
        """Return a copy, which the journal may trim: others still need the exchange itself."""

    @property
    def size(self) -> int:
        """The bytes of its bodies."""

    def trim(self, longest: int) -> None:
        """Forget each body that is longer, and the values that it stands for."""


RecordType = TypeVar("RecordType", bound=Record)


class Journal(Generic[RecordType]):
    """The last exchanges, the oldest first. The older ones have lost their bodies."""

    def __init__(self) -> None:
        self._records: deque[RecordType] = deque(maxlen=MOST_EXCHANGES)
        # Those with bodies, and the bytes of each.
        self._with_bodies: deque[tuple[RecordType, int]] = deque()
        self._bytes = 0
        self._lock = new_lock()

    def __iter__(self) -> Iterator[RecordType]:
        return iter(list(self._records))

    def add(self, record: RecordType) -> None:
        """Keep a copy of an exchange that is over."""
        record = record.copy()
        record.trim(LONGEST_BODY)
        size = record.size
        with self._lock:
            self._records.append(record)
            self._with_bodies.append((record, size))
            self._bytes += size
            while self._bytes > MOST_BYTES or len(self._with_bodies) > MOST_EXCHANGES:
                oldest, size = self._with_bodies.popleft()
                self._bytes -= size
                oldest.trim(0)

    def clear(self) -> None:
        """Forget all exchanges."""
        with self._lock:
            self._records.clear()
            self._with_bodies.clear()
            self._bytes = 0
