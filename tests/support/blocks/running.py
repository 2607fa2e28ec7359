"""Runs one block, and compares what happens with what the page says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.mocking.stack import STACK
from tests.support.blocks import commands, documents, python
from tests.support.blocks.needs import missing
from tests.support.blocks.outcome import Ran, difference
from tests.support.blocks.scratch import left_behind, surroundings, with_port, without_port

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sybil import Example

    from tests.support.blocks.page import Block

LANGUAGES: dict[str, Callable[[Block, Path], Ran]] = {
    "ini": documents.run_ini,
    "javascript": commands.run_javascript,
    "json": documents.run_json,
    "python": python.run,
    "sh": commands.run_sh,
    "text": lambda block, folder: Ran(),  # noqa: ARG005 - shown, and compared with what the block before writes
    "toml": documents.run_toml,
    "yaml": documents.run_yaml,
}


def evaluate(example: Example) -> str | None:
    """Run a block; return why it fails, or None."""
    __tracebackhide__ = True
    block: Block = example.parsed
    reasons = [block.comments["not run"]] if "not run" in block.comments else [*map(missing, block.needs)]
    for reason in reasons:
        if reason is not None:
            pytest.skip(reason)
    with surroundings(block) as folder:
        before = STACK.current()
        ran = LANGUAGES[block.language](block, folder)
        remains = left_behind(before)
        if "fails" in block.comments:
            return _expected(block.comments["fails"], ran.failure) or remains or _wrong_output(block, ran)
        return ran.failure or remains or _wrong_output(block, ran)


def _wrong_output(block: Block, ran: Ran) -> str | None:
    return difference(block.output.source, without_port(ran.output)) if block.output else None


def _expected(text: str, failure: str | None) -> str | None:
    if failure is None:
        return f"It should fail with: {text}"
    return None if with_port(text) in failure else f"It should fail with: {text}\nIt fails so:\n{failure}"
