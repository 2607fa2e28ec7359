"""Unicode's normal forms in time linear in the text.

Normalising sorts the combining marks between two letters, and does so by insertion: n marks take n**2
steps, so 40 KB of them took seconds. The Stream-Safe Text Process of UAX 15 bounds their number: it parts
more than 30 in a row by joiners, which are no marks themselves.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any, Literal

_MOST_MARKS = 30
_JOINER = "\N{COMBINING GRAPHEME JOINER}"

# A mark, which the annex calls a "non-starter", or a character that decomposes to marks alone.
_MARK = r"[\P{ccc=0}\u0f73\u0f75\u0f81\uff9e\uff9f]"
# No character decomposes to more than two marks, or to a letter and more than three: with a letter before
# them, so many characters can be more than _MOST_MARKS marks, and fewer cannot.
_MANY = 14


def normalized(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Return the normal form of a text, with at most 30 marks in a row. Choice: combining-marks."""
    return unicodedata.normalize(form, stream_safe(text))


def stream_safe(text: str) -> str:
    """Return the text with a joiner wherever more than 30 marks, counted in NFKD, would follow each other."""
    if text.isascii():
        return text
    safe: str = _long_runs().sub(_parted, text)
    return safe


def _parted(run: Any) -> str:
    marks = _marks_at_end(run.string[max(0, run.start() - 1) : run.start()])
    parts = []
    for character in run[0]:
        more = _marks_at_end(character)
        if marks + more > _MOST_MARKS:
            parts.append(_JOINER)
            marks = 0
        parts.append(character)
        marks += more
    return "".join(parts)


def _marks_at_end(character: str) -> int:
    """Count the marks that a character ends with in NFKD."""
    marks = 0
    for part in reversed(unicodedata.normalize("NFKD", character)):
        if not unicodedata.combining(part):
            break
        marks += 1
    return marks


@cache
def _long_runs() -> Any:
    # Not at the top: most mocks never search a text.
    import regex  # noqa: PLC0415

    return regex.compile(f"{_MARK}{{{_MANY},}}+")
