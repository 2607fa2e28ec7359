"""Reads a Dockerfile, and the file beside it that says which files its build sees."""

from __future__ import annotations

import json
import re
import shlex
from fnmatch import fnmatch
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path, PurePath


class Instruction(NamedTuple):
    """One instruction.

    Attributes:
        name: in capitals.
        flags: by name, such as {"from": "build"}.
        text: the rest, with lines that continue joined.
    """

    name: str
    flags: dict[str, str]
    text: str

    @property
    def words(self) -> list[str]:
        """The words of the text, or the elements of its list."""
        listed: list[str] | None = self.listed
        return shlex.split(self.text) if listed is None else listed

    @property
    def listed(self) -> list[str] | None:
        """The elements of a text in the form of a list, which no shell reads; None if it has another form."""
        return json.loads(self.text) if self.text.startswith("[") else None


def read(file: Path) -> list[Instruction]:
    """Return the instructions of a Dockerfile."""
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not re.match(r"\s*#", line)]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [_instruction(line) for line in joined.splitlines() if line.strip()]


def _instruction(line: str) -> Instruction:
    name, _, rest = line.partition(" ")
    flags = {}
    while flag := re.match(r"--([\w-]+)=(\S+)\s+", rest):
        flags[flag[1]] = flag[2]
        rest = rest[flag.end() :]
    return Instruction(name.upper(), flags, rest.strip())


def last_stage(instructions: list[Instruction]) -> list[Instruction]:
    """Return the instructions that make the image itself."""
    first = max(number for number, one in enumerate(instructions) if one.name == "FROM")
    return instructions[first:]


def is_seen(path: PurePath, ignoring: list[str]) -> bool:
    """Return whether the build sees a path: the last line decides that matches it, or a folder above it."""
    seen = True
    for line in ignoring:
        pattern = line.removeprefix("!")
        if any(_matches(part, pattern) for part in (path, *path.parents)):
            seen = line.startswith("!")
    return seen


def _matches(path: PurePath, pattern: str) -> bool:
    if pattern.startswith("**/"):
        return fnmatch(path.name, pattern.removeprefix("**/"))
    return path.name != "" and len(path.parts) == 1 + pattern.count("/") and fnmatch(str(path), pattern)


def read_ignoring(file: Path) -> list[str]:
    """Return the lines of a `.dockerignore`."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
