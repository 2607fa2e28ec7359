"""The order in which an index lists its keys: by hash, so that it looks as unordered as on AWS.

A position is a key, not an offset, and a segment is a range of the hash space. So a page is right
whatever was written or deleted since the last one.
"""

from __future__ import annotations

from copy import copy
from hashlib import blake2b
from operator import itemgetter
from typing import TYPE_CHECKING

from sortedcontainers import SortedList

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from typing_extensions import Self

_HASH_BYTES = 8
_HASH_SPACE = 1 << (8 * _HASH_BYTES)
_DIGITS = 2 * _HASH_BYTES + 1  # one more than a hash has, for the end of the last segment
_KEY = itemgetter(slice(_DIGITS, None))  # of a position


def position_of(key: str) -> str:
    """Return what a key is sorted by: its hash and itself, in one string, which Python compares fastest.

    The hash is the same in every process, which Python's own is not. Choice: list-vectors-order.
    """
    return f"0{blake2b(key.encode(), digest_size=_HASH_BYTES).hexdigest()}{key}"


def _bound(number: int) -> str:
    return f"{number:0{_DIGITS}x}"


class Listing:
    """The keys of an index in listing order.

    It notes what is written and deleted, which takes the same time however many keys there are. The next list
    enters what was noted, O(log n) each.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        self._positions: SortedList[str] = SortedList(map(position_of, keys))
        self._is_shared = False  # whether a copy has the same positions
        self._noted: dict[str, bool] = {}  # keys that came (True) or went since they were entered

    def note(self, keys: Iterable[str], *, present: bool) -> None:
        """Note keys that are new, or gone."""
        noted = self._noted
        for key in keys:
            # A key that went and came again, or the other way round, is where it was.
            if noted.pop(key, None) is None:
                noted[key] = present

    def outgrown(self) -> bool:
        """Return whether so much was noted that a new listing takes less time than entering it."""
        return len(self._noted) > len(self._positions) // 4

    def copy(self) -> Self:
        """Return a listing of its own with the same keys; no key is hashed again."""
        self._is_shared = True
        other: Self = copy(self)
        other._noted = self._noted.copy()
        return other

    def keys(self, after: str | None = None, segment: int = 0, segments: int = 1) -> Iterator[str]:
        """Return the keys of a segment; if `after` is given, a key of that segment, those behind it."""
        if self._noted:
            self._enter_noted()
        # No key is empty, so neither bound of a segment is itself a position.
        first = _bound(_HASH_SPACE * segment // segments)
        end = _bound(_HASH_SPACE * (segment + 1) // segments)
        start = first if after is None else position_of(after)  # Choice: list-while-writing.
        return map(_KEY, self._positions.irange(start, end, inclusive=(False, False)))

    def _enter_noted(self) -> None:
        if self._is_shared:
            self._positions = self._positions.copy()
            self._is_shared = False
        for key, present in self._noted.items():
            change = self._positions.add if present else self._positions.remove
            change(position_of(key))
        self._noted.clear()
