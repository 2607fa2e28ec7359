"""What is derived from the metadata of an index, one part for each metadata key that is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Part(Protocol):
    """What is derived from one metadata key."""

    def write(self, rows: Sequence[int]) -> None:
        """Read these rows again; those past the end so far are new."""

    def remove(self, row: int) -> None:
        """Let the former last row, now one past the end, stand at `row`."""

    def outgrown(self) -> bool:
        """Whether what no row has any more makes the part worth building anew."""


PartType = TypeVar("PartType", bound=Part)


class Derived(Generic[PartType]):
    """The parts that are live, by metadata key.

    A part is built when it is first asked for, kept current by the owner's `write` and `remove`, and can
    be dropped at any time. Nothing here is locked; the owner's lock guards it.

    Args:
        metadata: the owner's live list, row to metadata as JSON parsing gave it. The owner appends, pops
            and replaces whole dictionaries; it never changes one in place.
    """

    def __init__(self, metadata: list[dict[str, Any]]) -> None:
        self._metadata = metadata
        self._live: dict[str, PartType] = {}

    def part(self, key: str, build: Callable[[], PartType]) -> PartType:
        """The part of a metadata key, built here if it is not live."""
        part = self._live.get(key)
        if part is None:
            part = self._live[key] = build()
        return part

    def forget(self, key: str) -> None:
        """Drop the part of a metadata key, if it is live."""
        self._live.pop(key, None)

    def write(self, rows: Sequence[int]) -> None:
        """To be called after `rows` got new metadata, existing rows and appended ones alike.

        Costs O(rows written x live parts).
        """
        for part in self._live.values():
            part.write(rows)
        self._drop_outgrown()

    def remove(self, row: int) -> None:
        """To be called after `row` was removed, its hole filled by the last row and the list popped by one.

        With `row` equal to the new length, the last row itself was removed. Costs O(live parts).
        """
        for part in self._live.values():
            part.remove(row)
        self._drop_outgrown()

    def _drop_outgrown(self) -> None:
        for key in [key for key, part in self._live.items() if part.outgrown()]:
            self.forget(key)
