"""What is derived from the metadata of an index, one part for each metadata key that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# How many parts are kept, and of how many bytes in sum. The one used last is kept whatever its size.
MOST_PARTS = 64
MOST_BYTES = 256 * 1024 * 1024


class Part(Protocol):
    """What is derived from one metadata key."""

    def write(self, rows: Sequence[int]) -> None:
        """Read these rows again; those past the end so far are new."""

    def remove(self, row: int) -> None:
        """Let the former last row, now one past the end, stand at `row`."""

    def outgrown(self) -> bool:
        """Whether what no row has any more makes the part worth building anew."""

    def size(self) -> int:
        """Estimate the bytes that the part holds, without a look at each of its values."""


PartType = TypeVar("PartType", bound=Part)


@dataclass(slots=True)
class _Live(Generic[PartType]):
    """A part, its size after the last write, and the rows that were read again since its last use."""

    part: PartType
    size: int
    reread: int = 0


class Derived(Generic[PartType]):
    """The parts that are live, by metadata key.

    A part is built when it is first asked for and kept current by the owner's `write` and `remove`. It can
    be dropped at any time, and is: the one used longest ago where the parts are too many or too large; and
    any part when keeping it current since its last use has read as many rows as building it would.
    Nothing here is locked; the owner's lock guards it.

    Args:
        metadata: the owner's live list, row to metadata as JSON parsing gave it. The owner appends, pops
            and replaces whole dictionaries; it never changes one in place.
    """

    def __init__(self, metadata: list[dict[str, Any]]) -> None:
        self._metadata = metadata
        self._live: dict[str, _Live[PartType]] = {}  # the one used last is the last
        self._bytes = 0
        self._most_parts = MOST_PARTS

    def expect(self, keys: int) -> None:
        """Keep as many parts as the next query reads, however many, until something is written."""
        self._most_parts = max(keys, MOST_PARTS)

    def part(self, key: str, build: Callable[[], PartType]) -> PartType:
        """The part of a metadata key, built here if it is not live."""
        live = self._live.pop(key, None)
        if live is None:
            part = build()
            live = _Live(part, part.size())
            self._bytes += live.size
        live.reread = 0
        self._live[key] = live
        self._drop_oldest()
        return live.part

    def forget(self, key: str) -> None:
        """Drop the part of a metadata key, if it is live."""
        live = self._live.pop(key, None)
        if live is not None:
            self._bytes -= live.size

    def write(self, rows: Sequence[int]) -> None:
        """To be called after `rows` got new metadata, existing rows and appended ones alike.

        Costs O(rows written x live parts).
        """
        self._expect_no_more()
        count = len(self._metadata)
        for key, live in list(self._live.items()):
            live.reread += len(rows)
            if live.reread > count:
                self.forget(key)
            else:
                live.part.write(rows)
                live.size = live.part.size()
        self._bytes = sum(live.size for live in self._live.values())
        self._drop_outgrown()
        self._drop_oldest()

    def remove(self, row: int) -> None:
        """To be called after `row` was removed, its hole filled by the last row and the list popped by one.

        With `row` equal to the new length, the last row itself was removed. Costs O(live parts).
        """
        self._expect_no_more()
        for live in self._live.values():
            live.part.remove(row)
        self._drop_outgrown()

    def _expect_no_more(self) -> None:
        if self._most_parts > MOST_PARTS:
            self._most_parts = MOST_PARTS
            self._drop_oldest()

    def _drop_outgrown(self) -> None:
        for key in [key for key, live in self._live.items() if live.part.outgrown()]:
            self.forget(key)

    def _drop_oldest(self) -> None:
        while len(self._live) > 1 and (len(self._live) > self._most_parts or self._bytes > MOST_BYTES):
            self.forget(next(iter(self._live)))
