"""The map in CONTRIBUTING is complete, and in the order of the layers."""

from __future__ import annotations

import re
from pathlib import Path
from pkgutil import iter_modules

import mock_s3vectors

ROOT = Path(__file__).parents[1]
CONTRIBUTING = (ROOT / ".github/CONTRIBUTING.md").read_text(encoding="utf-8")


def rooms() -> list[str]:
    """The names in the map, from top to bottom."""
    _, start, rest = CONTRIBUTING.partition("<!-- rooms -->\n")
    entries, end, _ = rest.partition("<!-- end of rooms -->")
    assert start
    assert end
    return re.findall(r"^- `(\w+)/?`: \S", entries, re.MULTILINE)


def layers() -> dict[str, int]:
    """The number of the layer of each module and package, in the contract of import-linter."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^layers = \[\n(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    return {
        name: number for number, layer in enumerate(listed.splitlines()) for name in re.findall(r"\w+", layer)
    }


def test_the_map_names_exactly_the_modules_and_packages() -> None:
    assert sorted(rooms()) == sorted(module.name for module in iter_modules(mock_s3vectors.__path__))


def test_the_map_is_in_the_order_of_the_layers() -> None:
    numbers = [layers()[room] for room in rooms()]
    assert numbers == sorted(numbers)
