"""Work in threads, with bounded room: iterators read side by side, and calls made side by side."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

Item = TypeVar("Item")


@dataclass(frozen=True)
class _Found:
    """An item of an iterator, its end, or its error."""

    item: Any = None
    error: BaseException | None = None
    is_end: bool = False


class _Threads:
    """Threads that read iterators, as far ahead as there is room.

    Attributes:
        found: what they have read.
        room: for items that nobody has taken yet.
    """

    def __init__(self, ahead: int) -> None:
        self.found: SimpleQueue[_Found] = SimpleQueue()
        self.room = threading.Semaphore(ahead)
        self._ended = threading.Event()
        self._started: list[threading.Thread] = []

    def start(self, part: Iterator[Any]) -> None:
        # The mock that is current here is so in the thread.
        thread = threading.Thread(target=copy_context().run, args=(self._read, part), daemon=True)
        thread.start()
        self._started.append(thread)

    def _read(self, part: Iterator[Any]) -> None:
        nothing = object()
        try:
            while True:
                self.room.acquire()
                item = nothing if self._ended.is_set() else next(part, nothing)
                if item is nothing:
                    break
                self.found.put(_Found(item))
        except BaseException as error:  # noqa: BLE001 - it is raised where the items are taken
            self.found.put(_Found(error=error))
        else:
            self.found.put(_Found(is_end=True))

    def end(self) -> None:
        """Wait for all of them; each finishes the item that it is reading, and reads no more."""
        self._ended.set()
        for _ in self._started:
            self.room.release()
        for thread in self._started:
            thread.join()


def side_by_side(
    parts: Sequence[Iterator[Item]], *, ahead: int, end: Callable[[], None] = lambda: None
) -> Iterator[Item]:
    """Yield the items of several iterators, each read in a thread of its own, as they come.

    Args:
        parts: the iterators.
        ahead: how many items may be read, or being read, that nobody has taken yet.
        end: called when no more items are wanted, so that iterators stop waiting.

    Raises:
        Exception: an iterator has failed with it.
    """
    threads = _Threads(ahead)
    try:
        for part in parts:
            threads.start(part)
        left = len(parts)
        while left:
            taken = threads.found.get()
            threads.room.release()
            if taken.error is not None:
                raise taken.error
            if taken.is_end:
                left -= 1
            else:
                yield taken.item
    finally:
        end()
        threads.end()


class CallThreads:
    """Calls that threads make, a few at a time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._threads = ThreadPoolExecutor(most)
        self._pending: deque[Future[None]] = deque()

    def make(self, function: Callable[..., None], *arguments: Any) -> None:
        """Have a thread make a call; wait for an earlier one if as many are under way as may be.

        Raises:
            Exception: an earlier one has failed with it.
        """
        if len(self._pending) == self._most:
            self._pending.popleft().result()
        self._pending.append(self._threads.submit(copy_context().run, function, *arguments))

    def wait(self) -> None:
        """Wait for all calls.

        Raises:
            Exception: a call has failed with it.
        """
        while self._pending:
            self._pending.popleft().result()

    def close(self) -> None:
        """Wait for the calls that are under way, however they end."""
        self._threads.shutdown()
