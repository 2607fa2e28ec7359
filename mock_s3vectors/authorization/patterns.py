"""Patterns with the wildcards of policies: `*` stands for any text, `?` for any character, even `/` and `:`.

No pattern takes more than time in proportion to the text, whatever its wildcards.
"""

from __future__ import annotations

import re
from enum import Enum
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Matches = Callable[[str], bool]


class Wildcard(Enum):
    """A wildcard of a pattern; its value is how policies write it."""

    MANY = "*"
    ONE = "?"


# A pattern is a sequence of these: texts that stand for themselves, and wildcards.
Piece = str | Wildcard

_WILDCARDS = re.compile(r"([*?])")


def pieces_of(text: str) -> list[Piece]:
    """Return the pieces of a pattern as policies write it."""
    return [Wildcard(part) if part in ("*", "?") else part for part in _WILDCARDS.split(text) if part]


def pattern(pieces: Iterable[Piece]) -> Matches:
    """Return a function that tells whether a whole text matches a pattern."""
    runs = _runs(pieces)
    first = runs[0]
    if len(runs) == 1:
        if isinstance(first, str):
            return first.__eq__
        return lambda text: len(text) == len(first) and _stands_at(first, text, 0)
    *middle, last = runs[1:]
    if isinstance(first, str) and not middle and not last:  # `beginning*`, the usual one
        return lambda text: text.startswith(first)
    if all(isinstance(run, str) for run in runs):
        return _between_texts(*(run for run in runs if isinstance(run, str)))
    return _between(first, middle, last)


# The characters between two `*`; None among them stands for `?`.
_Run = str | tuple[str | None, ...]


def _runs(pieces: Iterable[Piece]) -> list[_Run]:
    """Return the runs of a pattern: `*` stands between each two of them."""
    runs: list[list[str | Wildcard]] = [[]]
    for piece in pieces:
        if piece is Wildcard.MANY:
            runs.append([])
        else:
            runs[-1].append(piece)
    return [_run(run) for run in runs]


def _run(pieces: Sequence[Piece]) -> _Run:
    if Wildcard.ONE in pieces:
        return tuple(chain.from_iterable(piece if isinstance(piece, str) else (None,) for piece in pieces))
    return "".join(map(str, pieces))


def _between_texts(first: str, *others: str) -> Matches:
    """Return the function for a pattern with `*` and without `?`; `_between` says how it works."""
    *middle, last = others
    shortest = len(first) + len(last)

    def matches(text: str) -> bool:
        if len(text) < shortest or not text.startswith(first) or not text.endswith(last):
            return False
        position, end = len(first), len(text) - len(last)
        for run in middle:
            found = text.find(run, position, end)
            if found < 0:
                return False
            position = found + len(run)
        return True

    return matches


def _between(first: _Run, middle: Sequence[_Run], last: _Run) -> Matches:
    """Return the function for a pattern with `*`: each run stands as early as it can."""
    shortest = len(first) + len(last)

    def matches(text: str) -> bool:
        end = len(text) - len(last)
        if len(text) < shortest or not _stands_at(first, text, 0) or not _stands_at(last, text, end):
            return False
        position = len(first)
        for run in middle:
            found = _find(run, text, position, end)
            if found < 0:
                return False
            position = found + len(run)
        return True

    return matches


def _stands_at(run: _Run, text: str, start: int) -> bool:
    if isinstance(run, str):
        return text.startswith(run, start)
    return all(
        own is None or own == other for own, other in zip(run, text[start : start + len(run)], strict=True)
    )


def _find(run: _Run, text: str, start: int, end: int) -> int:
    """Return the first place of a run in a part of a text, -1 if there is none."""
    if isinstance(run, str):
        return text.find(run, start, end)
    # The bits of `state` are the beginnings of the run that end at the character before: all of them are
    # compared with the next character at once.
    anything = sum(1 << place for place, own in enumerate(run) if own is None)
    fitting: dict[str, int] = {}
    for place, own in enumerate(run):
        if own is not None:
            fitting[own] = fitting.get(own, anything) | 1 << place
    state, complete = 0, 1 << (len(run) - 1)
    for place in range(start, end):
        state = (state << 1 | 1) & fitting.get(text[place], anything)
        if state & complete:
            return place + 1 - len(run)
    return -1
