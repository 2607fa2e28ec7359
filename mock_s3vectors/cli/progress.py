"""Standard error of a command: sentences, and one line that shows the progress while it works."""

from __future__ import annotations

import shutil
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

    from typing_extensions import Self

# Between two pictures of the line, in seconds.
_REFRESH = 0.1
_BAR = 20
_MINUTE = 60
_HOUR = 60 * _MINUTE
_ALL = 100


def say(text: str) -> None:
    """Write a line to standard error; it does not matter if nobody reads it."""
    if sys.stderr is not None:  # which it is if it was closed before this process began
        with suppress(OSError):
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()


class ProgressLine:
    """A line on a terminal that shows how many things are done, how fast, and how long the rest takes.

    It goes when its block ends. Where standard error is no terminal, there is none.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_shown = self._stream is not None and self._stream.isatty()
        self._begun = time.monotonic()
        self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    @property
    def seconds(self) -> float:
        """The seconds since the block began."""
        return time.monotonic() - self._begun

    def show(self, done: int, total: int | None, noun: str) -> None:
        """Show how many things are done, of so many if that is known."""
        now = time.monotonic()
        if self._is_shown and now - self._drawn >= _REFRESH:
            self._drawn = now
            self._draw(line_of(done, total, noun, self.seconds))

    def clear(self) -> None:
        """Remove the line, so that something else can be written."""
        self._draw("")

    def _draw(self, text: str) -> None:
        if self._is_shown:
            width = shutil.get_terminal_size().columns - 1
            with suppress(OSError):
                self._stream.write(f"\r\x1b[K{text[:width]}")
                self._stream.flush()


def line_of(done: int, total: int | None, noun: str, seconds: float) -> str:
    """Return a line such as `[#####               ]  25 %, 5,000 of 20,000 vectors, 2,500/s, 6 s left`."""
    rate = done / seconds if seconds > 0 else 0.0
    speed = f"{rate:,.0f}/s"
    if not total:
        return f"{done:,} {noun}, {speed}"
    share = min(done / total, 1.0)
    left = f", {_duration((total - done) / rate)} left" if rate and total > done else ""
    bar = "#" * int(share * _BAR)
    return f"[{bar:<{_BAR}}] {share * _ALL:3.0f} %, {done:,} of {total:,} {noun}, {speed}{left}"


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min {seconds % _MINUTE:02.0f} s"
    return f"{seconds // _HOUR:,.0f} h {seconds % _HOUR // _MINUTE:02.0f} min"
