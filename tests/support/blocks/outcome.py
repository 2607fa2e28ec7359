"""The outcome of a block: its output, and why it failed."""

from __future__ import annotations

import re
from typing import NamedTuple


class Ran(NamedTuple):
    """The outcome of a block.

    Attributes:
        output: all that it wrote.
        failure: why it failed, in words; None if it did not.
    """

    output: str = ""
    failure: str | None = None


def difference(expected: str, output: str) -> str | None:
    """Return how an output differs from that of the page, where `...` stands for any text."""
    pattern = re.escape(_plain(expected)).replace(re.escape("..."), ".*?")
    if re.fullmatch(pattern, _plain(output), re.DOTALL):
        return None
    return f"The page shows this output:\n{expected}\nThe block writes:\n{output}"


def _plain(text: str) -> str:
    """Return a text without blanks at the ends of lines, and empty lines at its own ends."""
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
