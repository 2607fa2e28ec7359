"""The choices in the code and in the README.

`python -m tests.support.choices` writes the README's list of unverified choices anew from the registry.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import mock_s3vectors
from mock_s3vectors.choices.registry import CHOICES, Choice, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = Path(mock_s3vectors.__file__).parent
README = Path(__file__).parents[2] / "README.md"
SECTIONS: tuple[Section, ...] = get_args(Section)

_REFERENCE = re.compile(r"\bChoice\b(?:: ([a-z0-9]+(?:-[a-z0-9]+)*))?")
# They decide nothing: the registry itself, and those who ask whether its choices hold.
_READERS = ("choices/registry/", "parity/", "cli/parity.py")
_LIST = re.compile(r"(?<=^<!-- choices -->\n).*?(?=^<!-- end of choices -->$)", re.MULTILINE | re.DOTALL)


def references_in(text: str) -> list[str]:
    """The ids that a text refers to; an empty one for the word alone, or before anything else than an id."""
    return _REFERENCE.findall(text)


def references() -> Iterator[tuple[str, str]]:
    """Each id that the package refers to, and the file that does, as a path in the package."""
    for file in sorted(PACKAGE.rglob("*.py")):
        path = file.relative_to(PACKAGE).as_posix()
        if not path.startswith(_READERS):
            yield from ((name, path) for name in references_in(file.read_text(encoding="utf-8")))


def listed(choices: Iterable[Choice]) -> str:
    """The README's list: a heading for each section, and a line for each of its choices."""
    by_section: dict[str, list[Choice]] = {section: [] for section in SECTIONS}
    for choice in choices:
        by_section[choice.section].append(choice)
    return "\n".join(
        f"**{section}**\n\n{''.join(map(_item, members))}" for section, members in by_section.items()
    )


def _item(choice: Choice) -> str:
    text = f"- `{choice.id}`: {choice.sentence}"
    lines = textwrap.wrap(text, 120, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
    return "\n".join(lines) + "\n"


def list_in(readme: str) -> str:
    """The list between the two comments of a README."""
    (found,) = _LIST.findall(readme)
    return str(found)


def with_list(readme: str, choices: Iterable[Choice]) -> str:
    """A README with the list of these choices."""
    text = listed(choices)
    return _LIST.sub(lambda _: text, readme)


if __name__ == "__main__":
    README.write_text(with_list(README.read_text(encoding="utf-8"), CHOICES), encoding="utf-8")
