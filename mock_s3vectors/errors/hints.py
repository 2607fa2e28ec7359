"""Hints in the texts of a wrong use of the mock: the name that somebody may have meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def near(name: object, known: Iterable[str], *, prefix: str = "") -> str:
    """Return ` Did you mean ...?` if a known name is like the given one; else an empty text.

    Args:
        name: the given name.
        known: all names that there are.
        prefix: the beginning that all of them share, which makes no two of them alike.
    """
    plain = {_plain(candidate.removeprefix(prefix)): candidate for candidate in known}
    found = get_close_matches(_plain(str(name).removeprefix(prefix)), plain, n=1, cutoff=0.6)
    return f" Did you mean {plain[found[0]]!r}?" if found else ""


def _plain(name: str) -> str:
    # The ending that all codes of errors have would make any two of them alike.
    return name.replace("_", "").lower().removesuffix("exception")
