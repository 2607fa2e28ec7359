"""Data derived from the metadata of an index: one part for each metadata key that queries use."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from typing_extensions import Self

# How many parts to keep, and how many bytes in total. The part used last stays whatever its size.
MOST_PARTS = 64
MOST_BYTES = 256 * 1024 * 1024


class Part(Protocol):
    """The data derived from one metadata key."""

    def write(self, rows: Sequence[int]) -> None:
        """Read these rows again; rows past the previous end are new."""

    def remove(self, row: int) -> None:
        """Move the former last row, now one past the end, to `row`."""

    def outgrown(self) -> bool:
        """Return whether the values that no row has any more make the part worth building anew."""

    def size(self) -> int:
        """Estimate the bytes that the part holds, without reading each of its values."""

    def copy(self, metadata: list[dict[str, Any]]) -> Self:
        """Return an independent part over a copy of the metadata, at the speed of memory."""


PartType = TypeVar("PartType", bound=Part)


@dataclass(slots=True)
class _Live(Generic[PartType]):
    """A part, its size after the last write, and how many rows it has read again since its last use."""

    part: PartType
    size: int
    reread: int = 0


class Derived(Generic[PartType]):
    """The live parts, by name: a metadata key, and the language if the part depends on it.

    A part is built at its first use, and the owner's calls of `write` and `remove` keep it current. The part
    used longest ago is dropped when the parts are too many or too large. A part is also dropped when it has
    read more rows again since its last use than building it anew would read. The owner's lock guards all
    of this.

    Args:
        metadata: the owner's live list, row to metadata as parsed from JSON. The owner appends, pops and
            replaces whole dictionaries; it never changes one in place.
    """

    def __init__(self, metadata: list[dict[str, Any]]) -> None:
        self._metadata = metadata
        self._live: dict[Hashable, _Live[PartType]] = {}  # in the order of their last use
        self._bytes = 0
        self._most_parts = MOST_PARTS

    def expect(self, keys: int) -> None:
        """Keep as many parts as the next query reads, however many, until something is written."""
        self._most_parts = max(keys, MOST_PARTS)

    def part(self, name: Hashable, build: Callable[[], PartType]) -> PartType:
        """Return the part of this name; build it if it is not live."""
        live = self._live.pop(name, None)
        if live is None:
            part = build()
            live = _Live(part, part.size())
            self._bytes += live.size
        live.reread = 0
        self._live[name] = live
        self._drop_oldest()
        return live.part

    def copy(self, metadata: list[dict[str, Any]]) -> Self:
        """Return parts of their own, live as these are, over a copy of the metadata."""
        other: Self = copy(self)
        other._metadata = metadata
        other._live = {
            name: replace(live, part=live.part.copy(metadata)) for name, live in self._live.items()
        }
        return other

    def write(self, rows: Sequence[int]) -> None:
        """Update the parts after `rows`, existing or appended, got new metadata.

        This costs O(rows written x live parts).
        """
        self._expect_no_more()
        count = len(self._metadata)
        for name, live in list(self._live.items()):
            live.reread += len(rows)
            if live.reread > count:
                self._drop(name)
            else:
                live.part.write(rows)
                live.size = live.part.size()
        self._bytes = sum(live.size for live in self._live.values())
        self._drop_outgrown()
        self._drop_oldest()

    def remove(self, row: int) -> None:
        """Update the parts after the last row took the place of the removed `row`, and the list was popped.

        If `row` equals the new length, the last row itself was removed. This costs O(live parts).
        """
        self._expect_no_more()
        if self._live:
            for live in self._live.values():
                live.part.remove(row)
            self._drop_outgrown()

    def _expect_no_more(self) -> None:
        if self._most_parts > MOST_PARTS:
            self._most_parts = MOST_PARTS
            self._drop_oldest()

    def _drop_outgrown(self) -> None:
        for name in [name for name, live in self._live.items() if live.part.outgrown()]:
            self._drop(name)

    def _drop_oldest(self) -> None:
        while len(self._live) > 1 and (len(self._live) > self._most_parts or self._bytes > MOST_BYTES):
            self._drop(next(iter(self._live)))

    def _drop(self, name: Hashable) -> None:
        self._bytes -= self._live.pop(name).size
