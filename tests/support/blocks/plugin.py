"""The hooks of pytest that make the blocks of pages tests."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

with suppress(ImportError):  # environments that run no page have no Sybil
    from tests.support.blocks.collecting import PAGES, leave_out

    pytest_collect_file = PAGES.pytest()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the option with which an environment runs the blocks that are its own."""
    parser.addoption("--needs", metavar="NAMES", help="Run only those blocks that need one of these things.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the blocks that other environments run."""
    names = config.getoption("--needs")
    if names:
        config.hook.pytest_deselected(items=leave_out(items, set(names.split(","))))
