"""Text from elsewhere in what people read: it stays on its line, and no terminal obeys it."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return a text on one line: whatever is no visible character is escaped."""
    if text.isprintable():
        return text
    shown = (
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
    return "".join(shown)
