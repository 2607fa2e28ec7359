"""The order in which an index lists its keys: by hash, so that it looks as unordered as on AWS.

A position is a key, not an offset, and a segment is a range of the hash space. So a page is right
whatever was written or deleted since the last one. Choice: list-vectors-order. Choice: list-while-writing.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from sortedcontainers import SortedList

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HASH_BYTES = 8
_HASH_SPACE = 1 << (8 * _HASH_BYTES)
_DIGITS = 2 * _HASH_BYTES + 1  # one more than a hash has, for the end of the last segment


def position_of(key: str) -> str:
    """Return what a key is sorted by: its hash and itself, in one string, which Python compares fastest.

    The hash is the same in every process, which Python's own is not.
    """
    return f"0{blake2b(key.encode(), digest_size=_HASH_BYTES).hexdigest()}{key}"


def _bound(number: int) -> str:
    return f"{number:0{_DIGITS}x}"


class Listing:
    """The keys of an index in listing order; writing or deleting one costs O(log n)."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._positions: SortedList[str] = SortedList(position_of(key) for key in keys)

    def add(self, keys: Iterable[str]) -> None:
        """Enter keys that are new."""
        self._positions.update(position_of(key) for key in keys)

    def discard(self, key: str) -> None:
        """Drop a key that is gone."""
        self._positions.discard(position_of(key))

    def copy(self) -> Listing:
        """Return a listing of its own with the same keys; no key is hashed again."""
        other = Listing(())
        other._positions = self._positions.copy()
        return other

    def keys(self, after: str | None = None, segment: int = 0, segments: int = 1) -> Iterator[str]:
        """Return the keys of a segment; if `after` is given, a key of that segment, those behind it."""
        # No key is empty, so neither bound of a segment is itself a position.
        first = _bound(_HASH_SPACE * segment // segments)
        end = _bound(_HASH_SPACE * (segment + 1) // segments)
        start = first if after is None else position_of(after)
        for position in self._positions.irange(start, end, inclusive=(False, False)):
            yield position[_DIGITS:]
