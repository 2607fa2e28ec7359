"""Savepoints by hand: `mock.checkpoint()`, `mock.restore(point)` and `with mock.rollback():`.

An inner mock is a savepoint too, with calls and rules of its own. These methods take the same mock back,
while clients, threads and other processes use it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from types import TracebackType

    from mock_s3vectors.workbench.steered import Steered


class Checkpoint:
    """All that a mock had at one moment: `mock.restore(point)` brings it back, as often as wanted.

    It has the vector buckets of all accounts and Regions with everything in them, the identities and the
    keys. It ends with its mock. To keep a state for longer, `mock.save` writes a file.
    """

    def __init__(self, level: Steered, owner: str) -> None:
        """Note what a mock has now; `owner` is its name in texts."""
        self._level = level
        self._owner = owner
        self._world = level.world
        self._held = level.world.checkpoint()

    def __repr__(self) -> str:
        from mock_s3vectors.abridging import plural  # noqa: PLC0415 - it loads orjson

        stores = self._held.stores.all().values()
        buckets = plural(sum(len(store.vector_buckets) for store in stores), "vector bucket")
        indexes = plural(sum(len(store.indexes()) for store in stores), "index", "es")
        return f"<Checkpoint of {self._owner}: {buckets}, {indexes}>"

    def restore_in(self, level: Steered, owner: str) -> None:
        """Have a mock have this again; `owner` is its name in texts.

        Raises:
            UsageError: it did not make this.
        """
        if not any(world is self._world for world in level.worlds()):
            raise self._elsewhere(owner)
        level.world.restore(self._held)

    def _elsewhere(self, owner: str) -> UsageError:
        asked = f"restore({self!r}) was called on {owner}"
        if not self._level.is_on:
            return UsageError(
                f"{asked}, and the mock that made the checkpoint has ended: make one of the mock that is on, "
                "with checkpoint(). To keep a state for longer than a mock, save() it, and load() it."
            )
        return UsageError(
            f"{asked}, and another mock made the checkpoint: restore it there, or make one of this mock, "
            "with checkpoint()."
        )


class Rollback:
    """The context manager that `mock.rollback()` returns."""

    def __init__(self, level: Steered, owner: str) -> None:
        self._level = level
        self._owner = owner
        # One for each block: blocks of the same object nest.
        self._points: list[Checkpoint] = []

    def __enter__(self) -> None:
        if not self._level.is_on:
            raise self._ended("before")
        self._points.append(Checkpoint(self._level, self._owner))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        point = self._points.pop()
        if self._level.is_on:
            point.restore_in(self._level, self._owner)
        elif error is None:
            raise self._ended("within")

    def _ended(self, when: str) -> UsageError:
        return UsageError(
            f"{self._owner} ended {when} a block of its rollback(), which can undo nothing any more: use "
            "`with mock.rollback():` while the mock is on, and have the block end first."
        )


class Savepoints(ABC):
    """The methods of a workbench that go back to what its mock had before."""

    @abstractmethod
    def _steered(self, asked: str) -> Steered:
        """Return the mock that is steered.

        Raises:
            UsageError: it is off.
        """

    def rollback(self) -> AbstractContextManager[None]:
        """Undo what happens in a block, however it ends: `with mock.rollback():`.

        At its end the mock has again what it had before: all vector buckets with everything in them,
        identities and keys, of all accounts and Regions. Calls of other threads and tasks are undone too; a
        call that is still going on then is undone, or comes after it. Rules, the clock, `mock.calls` and the
        requests in `mock.usage()` stay as they are.

        Blocks nest. They cost the same however many vectors there are, and what searches have built is kept:
        the first write copies the vectors of its index.

        Raises:
            UsageError: the mock is off, or ends within the block.

        Example:
            >>> with mock.rollback():
            ...     _ = client.delete_vectors(vectorBucketName="films", indexName="plots", keys=["alien"])
            >>> "alien" in mock.index("films", "plots")
            True
        """
        return Rollback(self._steered("rollback()"), repr(self))

    def checkpoint(self) -> Checkpoint:
        """Return a checkpoint of all that the mock has now, for `restore`.

        It waits for the calls of other threads that are going on. The mock may have any number of
        checkpoints: they share their vectors with it and with one another, until it writes.

        Raises:
            UsageError: the mock is off.

        Example:
            >>> point = mock.checkpoint()
            >>> _ = client.delete_index(vectorBucketName="films", indexName="plots")
            >>> mock.restore(point)
            >>> len(mock.index("films", "plots"))
            2
        """
        return Checkpoint(self._steered("checkpoint()"), repr(self))

    def restore(self, point: Checkpoint) -> None:
        """Have again what the mock had at a checkpoint; see `rollback` for what that is.

        Each checkpoint can be restored as often as wanted, and in any order: to restore one does not change
        the others. A page token of a query that is newer than the checkpoint is refused. In a savepoint, such
        as a test of a decorated class or an example of Hypothesis, a checkpoint from outside can be restored.

        Args:
            point: what `checkpoint` of this mock returned.

        Raises:
            UsageError: the mock is off; or the checkpoint is of another mock, or of one that has ended.
        """
        level = self._steered("restore()")
        if not isinstance(point, Checkpoint):
            raise UsageError(
                f"restore() was given {point!r:.100}, which is no checkpoint: give what checkpoint() "
                "returned. A saved file is for load()."
            )
        point.restore_in(level, repr(self))
