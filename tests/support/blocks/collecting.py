"""Finds the fenced blocks of pages, with Sybil: each becomes an item of pytest."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sybil import Region, Sybil
from sybil.integration.pytest import SybilItem
from sybil.parsers.markdown.lexers import RawFencedCodeBlockLexer

from tests.support.blocks.needs import ROOT, check_needs, name_of
from tests.support.blocks.page import Block, comments_before, read_comments
from tests.support.blocks.running import LANGUAGES, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sybil import Document

_LEXER = RawFencedCodeBlockLexer(re.compile(r"[ \t]*(?P<info>[^\n]*)$\n", re.MULTILINE))


def regions(document: Document) -> Iterator[Region]:
    """Yield a region for each block of a page that can be run.

    Raises:
        PageError: a block cannot be tested as it is.
    """
    for block, region in blocks_of(document):
        _check(block)
        if block.language != "text" or "not run" in block.comments:
            yield Region(region.start, region.end, parsed=block, evaluator=evaluate)


def blocks_of(document: Document) -> list[tuple[Block, Region]]:
    """Return the blocks of a page but MyST's directives, each with its place."""
    blocks: list[Block] = []
    page = Path(document.path)
    found = []
    for region in sorted(_LEXER(document), key=lambda region: region.start):
        info, source = region.lexemes["info"].strip(), str(region.lexemes["source"])
        if not info.startswith("{"):
            line = document.text.count("\n", 0, region.start) + 1
            said = comments_before(document.text, region.start)
            block = Block(page, line, info.partition(" ")[0], source, {}, blocks)
            blocks.append(block)
            read_comments(block, said)
            found.append((block, region))
    return found


def _check(block: Block) -> None:
    if block.language not in LANGUAGES and "not run" not in block.comments:
        raise block.error(
            f"nothing can test `{block.language}`: is it one of {', '.join(sorted(LANGUAGES))}?"
        )
    check_needs(block)


def leave_out(items: list[Any], wanted: set[str]) -> list[Any]:
    """Remove the blocks that need none of some things from the items of a run; return them."""
    out = [
        item
        for item in items
        if isinstance(item, SybilItem) and not wanted & set(map(name_of, item.example.parsed.needs))
    ]
    items[:] = [item for item in items if item not in out]
    return out


PAGES = Sybil(parsers=[regions], patterns=["docs/*.md", "docs/*/*.md", "docs/*/*/*.md", "README.md"], path=str(ROOT))
