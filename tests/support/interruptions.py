"""Interrupting calls: Ctrl+C, or the signal of a test's timeout, at any line of the code that keeps state."""

from __future__ import annotations

import functools
import linecache
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sortedcontainers

import mock_s3vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

PACKAGE = Path(mock_s3vectors.__file__).parent
# Where calls keep state, and where mocks are switched on and off.
OF_CALLS = (
    *(str(PACKAGE / room) for room in ("world", "operations", "search", "filtering", "derived", "arrays")),
    str(Path(sortedcontainers.__file__).parent),
)
OF_MOCKS = tuple(str(PACKAGE / name) for name in ("mocking", "doors/patches"))


def interrupt() -> None:
    raise KeyboardInterrupt


@functools.cache
def _can_be_interrupted(file: str, line: int) -> bool:
    # The end of a `with` counts as its line once more, but no signal comes between it and the release;
    # nor does one come at a `try`, where nothing runs, and which Python does not count as in its `with`.
    return not linecache.getline(file, line).lstrip().startswith(("with ", "try:"))


class _Tracer:
    """Notes the lines that run; when there are `most` of them, calls `then`."""

    def __init__(self, most: int | None, then: Callable[[], None], where: tuple[str, ...]) -> None:
        self.most = most
        self.then = then
        self.where = where
        self.lines: list[tuple[str, int]] = []

    def trace(self, frame: FrameType, event: str, _: Any) -> Any:
        file, line = frame.f_code.co_filename, frame.f_lineno
        if not file.startswith(self.where):
            return None
        if event == "line" and _can_be_interrupted(file, line):
            if len(self.lines) == self.most:
                self.then()
            self.lines.append((file, line))
        return self.trace


def lines_of(
    call: Callable[[], Any],
    most: int | None = None,
    then: Callable[[], None] = interrupt,
    where: tuple[str, ...] = OF_CALLS,
) -> list[tuple[str, int]] | None:
    """Calls, and after `most` lines does something else first.

    Returns:
        The lines that ran; None if it was interrupted.
    """
    tracer, before = _Tracer(most, then, where), sys.gettrace()
    sys.settrace(tracer.trace)
    try:
        call()
    except KeyboardInterrupt:
        return None
    finally:
        sys.settrace(before)
    return tracer.lines


def interrupted_everywhere(
    call: Callable[[], Any],
    prepare: Callable[[], Any],
    step: int = 1,
    where: tuple[str, ...] = OF_CALLS,
) -> Iterator[int]:
    """Calls again and again, and interrupts before each line: before its first run, and before its last.

    Args:
        call: what is interrupted.
        prepare: called before each call.
        step: 2 leaves out every other line, and so on.
        where: the files whose lines count.

    Yields:
        How many lines had run, after each interruption.
    """
    prepare()
    lines = lines_of(call, where=where)
    assert lines
    places = {lines.index(line) for line in lines} | {
        len(lines) - 1 - lines[::-1].index(line) for line in set(lines)
    }
    for place in sorted(places)[::step]:
        prepare()
        if lines_of(call, place, where=where) is None:
            yield place
