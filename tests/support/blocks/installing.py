"""Checks commands that install packages: they are read, and not run, for that would take a minute each."""

from __future__ import annotations

import shlex
from importlib.metadata import metadata
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from tests.support.blocks.needs import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = "mock_s3vectors"


def wrong_installs(commands: str) -> str | None:
    """Return in words which packages no environment of the tests has, so that nobody has tried them."""
    wrong = [
        word for line in commands.splitlines() for word in _wrong_words(shlex.split(line, comments=True))
    ]
    return f"No environment of tox installs {', '.join(wrong)}." if wrong else None


def _wrong_words(words: list[str]) -> Iterator[str]:
    """Yield the unknown packages of a command; none if it installs nothing."""
    program, rest = words[:2], words[2:]
    if program not in (["pip", "install"], ["npm", "install"]):
        return
    for word in rest:
        is_known = f"npm:{word}" in KNOWN if program[0] == "npm" else _is_known(Requirement(word))
        if not is_known:
            yield word


def _is_known(wanted: Requirement) -> bool:
    if wanted.name != OURS:
        return wanted.name in {*KNOWN, "pytest"}
    return wanted.extras <= set(metadata(OURS).get_all("Provides-Extra", []))
