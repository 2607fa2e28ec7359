"""Writes the lists of choices and facts, when Sphinx reads their pages.

A page has the comment `<!-- list of choices -->`, and Sphinx reads the list in its place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mock_s3vectors.choices.registry import CHOICES
from mock_s3vectors.parity.facts import FACTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sphinx.application import Sphinx

_COMMENT = re.compile(r"^<!-- list of (?P<name>\w+) -->$", re.MULTILINE)
_SOURCES = {
    "seen": "seen on AWS",
    "documented": "documented by AWS",
    "choice": "a choice of the mock",
}


def setup(app: Sphinx) -> dict[str, bool]:
    """Have Sphinx call this module for each page that it reads."""
    app.connect("source-read", _expand)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _expand(app: Sphinx, _page: str, source: list[str]) -> None:
    """Write lists into the source of a page."""
    text = _COMMENT.sub(lambda found: LISTS[found["name"]](), source[0])
    if text != source[0]:
        source[0] = text
        # The list changes with the package, which Sphinx does not see.
        app.env.note_reread()


def choices() -> str:
    """Return the choices that nobody has verified, a heading for each section."""
    by_section: dict[str, list[str]] = {}
    for choice in CHOICES:
        item = f"`{choice.id}`\n: {choice.sentence} ({_code(choice.decided_in)})"
        by_section.setdefault(choice.section, []).append(item)
    return _sections(by_section.items())


def facts() -> str:
    """Return the facts that a client can ask of S3 Vectors, a heading for each topic."""
    by_topic: dict[str, list[str]] = {}
    for fact in FACTS:
        source = _SOURCES[fact.source]
        if fact.choices:
            source += f": {', '.join(map(_code, fact.choices))}"
        by_topic.setdefault(fact.topic, []).append(f"`{fact.id}`\n: {fact.sentence} ({source})")
    return _sections(by_topic.items())


def _sections(sections: Iterable[tuple[str, list[str]]]) -> str:
    return "\n\n".join(f"## {heading}\n\n" + "\n\n".join(items) for heading, items in sections)


def _code(text: str) -> str:
    return f"`{text}`"


LISTS: dict[str, Callable[[], str]] = {"choices": choices, "facts": facts}
