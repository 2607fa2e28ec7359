"""Changes to other libraries, which last as long as somebody needs them: mocks that are on, or the guard."""

from __future__ import annotations

from typing import Protocol


class TemporaryChange(Protocol):
    """A change that can be made again while it lasts, and undone."""

    def apply(self) -> None:
        """Make it."""

    def undo(self) -> None:
        """Put back what was there."""


class Changes:
    """A group of changes, made for one or more reasons. They last until no reason holds any more."""

    def __init__(self, *changes: TemporaryChange) -> None:
        self._changes = changes
        self._reasons: set[object] = set()

    def make(self, reason: object) -> None:
        """Make the changes, also if they are made already: somebody may have put a method back."""
        self._reasons.add(reason)
        for change in self._changes:
            change.apply()

    def undo(self, reason: object) -> None:
        """Undo the changes, if no other reason holds. It may be repeated."""
        self._reasons.discard(reason)
        if not self._reasons:
            for change in self._changes:
                change.undo()
