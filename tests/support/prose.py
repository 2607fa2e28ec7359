"""The prose of a Markdown page: its sentences, without code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# Code, comments and directives; what is left keeps its line.
_NO_PROSE = re.compile(
    r"^(?P<fence>```+|~~~+).*?^(?P=fence)[ \t]*$|^[ \t]*<!--.*?-->", re.MULTILINE | re.DOTALL
)
_INLINE_CODE = re.compile(r"(`+)[^`].*?\1", re.DOTALL)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
# Where a sentence or a part of the page ends: a heading, an item, a table and a paragraph each stand alone.
_PART = re.compile(r"\n[ \t]*\n|\n(?=[ \t]*(?:[-*] |\d+\. |#|\|))|(?<=\|)[ \t]*\n")
_SENTENCE = re.compile(r"(?:(?<=[.?!])|(?<=[.?!][)\"*]))\s+(?=\S)")


class Sentence(NamedTuple):
    """A sentence, and the line on which it begins."""

    line: int
    text: str

    @property
    def words(self) -> int:
        """How many words it has; a piece of code is one."""
        return len(self.text.split())


def without_code(page: str) -> str:
    """Return a page with each piece of code as the one word `code`, its lines in their places."""
    text = _NO_PROSE.sub(lambda found: "\n" * found[0].count("\n"), page)
    text = _INLINE_CODE.sub(lambda found: "`code`" + "\n" * found[0].count("\n"), text)
    return _LINK.sub(lambda found: found[1] + "\n" * (found[0].count("\n") - found[1].count("\n")), text)


def sentences(page: str) -> Iterator[Sentence]:
    """Yield the sentences of a page, but those in tables."""
    line = 1
    rest = without_code(page)
    for part in _pieces(_PART, rest):
        inner = line
        for piece in _pieces(_SENTENCE, part):
            text = " ".join(piece.split())
            if text and not text.startswith("|"):
                blank = piece[: len(piece) - len(piece.lstrip())]
                yield Sentence(inner + blank.count("\n"), text.lstrip("-*#> ").strip())
            inner += piece.count("\n")
        line += part.count("\n")


def _pieces(border: re.Pattern[str], text: str) -> Iterator[str]:
    """Yield a text in pieces, each with the border before it."""
    start = 0
    for found in border.finditer(text):
        yield text[start : found.start()]
        start = found.start()
    yield text[start:]
