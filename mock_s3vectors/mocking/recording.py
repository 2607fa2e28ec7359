"""The last calls of a test, whichever mocks answer them, for the report of a test that fails."""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.exchange import Exchange, Record

    # Told of each exchange that is over.
    Listener = Callable[[Exchange], None]


class Listening:
    """The place of who is told of calls.

    Attributes:
        listener: called with each exchange that is over; it must keep a copy, if any. None: nobody listens.
    """

    def __init__(self) -> None:
        self.listener: Listener | None = None


# The stack tells. It is here, since pytest's plugin, which listens, loads the stack only if need be.
LISTENING = Listening()


class Recording:
    """A listener, which keeps the records of the newest calls.

    The calls of one test may reach several mocks, which may end before the test does, or long after it.

    Attributes:
        also: another listener, whom it tells too; None if there is none.
    """

    def __init__(self, limit: int, also: Listener | None = None) -> None:
        self.also = also
        # Each with its number. Threads append and copy at once, without a lock.
        self._records: deque[tuple[int, Record]] = deque(maxlen=limit)
        self._numbers = count(1)

    def __call__(self, exchange: Exchange) -> None:
        """Keep the record of an exchange that is over."""
        # Only a test that fails needs lines, so they are written then.
        self._records.append((next(self._numbers), exchange.record()))
        if self.also is not None:
            self.also(exchange)

    def clear(self) -> None:
        """Forget all calls."""
        self._numbers = count(1)
        self._records.clear()

    def recent_calls(self) -> list[str]:
        """Return a line for each of the newest calls, the oldest first, and how many there were before."""
        kept = self._records.copy()
        left_out = max((number for number, _ in kept), default=0) - len(kept)
        lines = [_line(record) for _, record in kept]
        return [f"({left_out} earlier)", *lines] if left_out else lines


def _line(record: Record) -> str:
    from mock_s3vectors.workbench.call import Call  # noqa: PLC0415 - it loads orjson, as calls do

    call = Call(record)
    return " ".join(filter(None, (call.title(), call.place(), call.outcome())))
