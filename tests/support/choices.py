"""The choices that the code refers to, each where it decides."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import mock_s3vectors
from mock_s3vectors.choices.registry import Section

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(mock_s3vectors.__file__).parent
SECTIONS: tuple[Section, ...] = get_args(Section)

_REFERENCE = re.compile(r"\bChoice\b(?:: ([a-z0-9]+(?:-[a-z0-9]+)*))?")
# The registry itself, and files that ask or tell about choices.
_DECIDES_NOTHING = ("choices/registry/", "parity/", "cli/parity.py")


def references_in(text: str) -> list[str]:
    """The ids that a text refers to; an empty one for the word alone, or before anything else than an id."""
    return _REFERENCE.findall(text)


def references() -> Iterator[tuple[str, str]]:
    """Each id that the package refers to, and the file that does, as a path in the package."""
    for file in sorted(PACKAGE.rglob("*.py")):
        path = file.relative_to(PACKAGE).as_posix()
        if not path.startswith(_DECIDES_NOTHING):
            yield from ((name, path) for name in references_in(file.read_text(encoding="utf-8")))
