"""Ctrl+C and the signal that ends a process: the facts end at once, and cleaning up goes on."""

from __future__ import annotations

import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from typing_extensions import Self

# The last one comes when the terminal is closed, where there are such signals.
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
# Once to end the facts, and once more by impatience: the third time somebody means it.
_MOST = 3


class EndedError(KeyboardInterrupt):
    """Somebody ends the run, by Ctrl+C or a signal."""


class Interrupts:
    """A block in which the first interruption raises, and others do not, unless there are three.

    Args:
        say: called with a sentence for people.

    Attributes:
        number: the signal that came first, 0 if none has.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._handlers: dict[signal.Signals, Any] = {}
        self._count = 0
        self._is_cleaning = False
        self.number = 0

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # signals come nowhere else
            for one in _SIGNALS:
                # A program may be told to ignore one, as by nohup; and Python does not know all handlers.
                if signal.getsignal(one) not in {signal.SIG_IGN, None}:
                    self._handlers[one] = signal.signal(one, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        for one, handler in self._handlers.items():
            signal.signal(one, handler)

    def hold(self) -> None:
        """Raise no more for the first two: what follows is cleaning up."""
        self._is_cleaning = True

    def _interrupt(self, number: int, _: FrameType | None) -> None:
        self.number = self.number or number
        self._count += 1
        if self._count == 1 and not self._is_cleaning:
            raise EndedError
        if self._count >= _MOST:
            raise EndedError
        with suppress(RuntimeError):  # it comes while something else is written
            self._say("Cleaning up. Once more stops this, and leaves what there is.")
        self._count = _MOST - 1
