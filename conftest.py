"""The fenced blocks of README.md and of the pages under docs are tests, each at its own line."""

from __future__ import annotations

from contextlib import suppress

with suppress(ImportError):  # environments that run no page have no Sybil
    from tests.support.blocks.collecting import PAGES

    pytest_collect_file = PAGES.pytest()
