"""Words as Unicode defines them (UAX 29): from one word boundary to the next, if there are letters or digits.

The properties of characters are those of `regex`. Its own word boundaries are not used, because they bend
the rules for French: an apostrophe stays with the vowel behind it, so that 'apple' in quotes is lost.
"""

from __future__ import annotations

from functools import cache
from typing import Any


def words(text: str) -> list[str]:
    """Return the words of a text, unchanged and in order."""
    found: list[str] = _pattern().findall(text)
    return found


def _any_of(*values: str) -> str:
    """Return a pattern for a character whose property Word_Break has one of these values."""
    return "[" + "".join(rf"\p{{WB={value}}}" for value in values) + "]"


def _between(neighbour: str, *values: str) -> str:
    """Return a pattern for a character of these values with such a neighbour on either side."""
    return f"(?<={neighbour}{_IGNORED}){_any_of(*values)}(?={_IGNORED}{neighbour})"


_MARKS = "Extend", "Format", "ZWJ"
_IGNORED = f"{_any_of(*_MARKS)}*+"  # WB4: they belong to the character before them
_HEBREW = _any_of("Hebrew_Letter")
_LETTER = _any_of("ALetter", "Hebrew_Letter")
_DIGIT = _any_of("Numeric")

# Letters and digits stay together (WB5, 8, 9, 10), and so do they across ...
_START = _any_of("ALetter", "Hebrew_Letter", "Numeric")
_RUN = f"{_any_of('ALetter', 'Hebrew_Letter', 'Numeric', *_MARKS)}++"
_JOINT = "|".join(
    (
        _between(_LETTER, "MidLetter", "MidNumLet", "Single_Quote"),  # can't (WB6, 7)
        _between(_HEBREW, "Double_Quote"),  # (WB7b, 7c)
        _between(_DIGIT, "MidNum", "MidNumLet", "Single_Quote"),  # 3.14 (WB11, 12)
    )
)
_LETTERS = f"(?={_START}){_RUN}(?:(?:{_JOINT}){_RUN})*+"
_KATAKANA = f"(?:{_any_of('Katakana')}{_IGNORED})++"  # WB13
_PART = f"(?:{_LETTERS}|{_KATAKANA})"
# Underscores join the characters beside them (WB13a, 13b).
_UNDERSCORE = f"(?:{_any_of('ExtendNumLet')}{_IGNORED})"
_GERESH = f"(?<={_HEBREW}{_IGNORED}){_any_of('Single_Quote')}{_IGNORED}"  # WB7a
# Those at the start are tried from the first one only: a text of nothing else costs no more than others.
_LEADING = f"(?:(?<!{_UNDERSCORE}){_UNDERSCORE}++)?"
_JOINED = f"{_LEADING}{_PART}(?:{_UNDERSCORE}++{_PART}?)*+(?:{_GERESH})?"
# All others are words by themselves: ideographs, hiragana, the letters of Thai (WB999).
_SINGLE = rf"[\p{{L}}\p{{N}}]{_IGNORED}"

# For speed alone: most words are plain and between spaces, and this finds them three times as fast.
_PLAIN = r"[a-z0-9]++(?=[,.;:!?]?(?![^ \t\r\n]))"


@cache
def _pattern() -> Any:
    # Not at the top: most mocks never search a text.
    import regex  # noqa: PLC0415

    return regex.compile(f"(?V1){_PLAIN}|{_JOINED}|{_SINGLE}")
