"""Checks blocks that are files of settings or data: ini, toml, json and yaml."""

from __future__ import annotations

import configparser
import json
import sys
from typing import TYPE_CHECKING, Any

import yaml

from tests.support.blocks.outcome import Ran
from tests.support.blocks.python import run_tests
from tests.support.blocks.scratch import with_port

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.blocks.page import Block

_SECTIONS_OF_PYTEST = {"pytest": "pytest.ini", "tool:pytest": "setup.cfg"}


def run_ini(block: Block, folder: Path) -> Ran:
    """Read a file of sections; let pytest read its own."""
    parser = configparser.ConfigParser(interpolation=None)
    failure = _failure_of(parser.read_string, block)
    names = [name for section, name in _SECTIONS_OF_PYTEST.items() if parser.has_section(section)]
    return Ran(failure=failure) if failure or not names else _run_pytest(block, folder / names[0])


def run_toml(block: Block, folder: Path) -> Ran:
    """Read TOML; let pytest read its own table."""
    documents: list[dict[str, Any]] = []
    failure = _failure_of(lambda text: documents.append(tomllib.loads(text)), block)
    is_of_pytest = not failure and "pytest" in documents[0].get("tool", {})
    return _run_pytest(block, folder / "pyproject.toml") if is_of_pytest else Ran(failure=failure)


def run_json(block: Block, folder: Path) -> Ran:  # noqa: ARG001 - as all have it
    """Read JSON, or objects a line."""

    def read(text: str) -> None:
        try:
            json.loads(text)
        except json.JSONDecodeError:
            for line in text.splitlines():
                json.loads(line)

    return Ran(failure=_failure_of(read, block))


def run_yaml(block: Block, folder: Path) -> Ran:  # noqa: ARG001 - as all have it
    """Read YAML."""
    return Ran(failure=_failure_of(yaml.safe_load, block))


def _failure_of(read: Callable[[str], object], block: Block) -> str | None:
    try:
        read(block.source)
    except (ValueError, configparser.Error, yaml.YAMLError) as error:
        return f"{block.page}:{block.line}: {error}"
    return None


def _run_pytest(block: Block, settings: Path) -> Ran:
    """Run a test under settings of pytest: unknown names and wrong values are errors."""
    settings.write_text(with_port(block.source), encoding="utf-8")
    test = settings.with_name("test_settings.py")
    test.write_text("def test_settings(s3vectors_mock):\n    assert s3vectors_mock\n")
    return run_tests(test, block)
