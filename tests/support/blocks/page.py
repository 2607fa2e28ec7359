"""A page of Markdown: its fenced blocks, and the comments before each that say how it is tested."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("needs", "after", "file", "fails", "until", "not run", "output")

_COMMENT = re.compile(r"<!--\s*(?P<text>.*?)\s*-->", re.DOTALL)
_COMMENTS_AT_THE_END = re.compile(r"(?:^[ \t]*<!--(?:(?!-->).)*-->\s*)+\Z", re.DOTALL | re.MULTILINE)
_SENTENCE = re.compile(r"[A-Z`].* .*\.", re.DOTALL)


class PageError(ValueError):
    """A page has a block, or a comment before one, that cannot be tested as it is."""


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: the file.
        line: that of the opening fence, from 1.
        language: the first word after the fence.
        source: the text between the fences.
        comments: what the comments before it say, by their kind.
        page_blocks: all blocks of the page, in their order.
    """

    page: Path
    line: int
    language: str
    source: str
    comments: dict[str, str]
    page_blocks: list[Block] = field(repr=False, compare=False)

    @property
    def needs(self) -> list[str]:
        """Everything that an environment must have, for this block and for those that it continues."""
        texts = [block.comments.get("needs", "") for block in self.chain]
        return [need.strip() for text in texts for need in text.split(",") if need.strip()]

    @property
    def before(self) -> list[Block]:
        """The blocks before this one on the page."""
        return self.page_blocks[: self.page_blocks.index(self)]

    @property
    def chain(self) -> list[Block]:
        """The blocks that this one continues, from the first, and itself."""
        if "after" not in self.comments:
            return [self]
        previous = [block for block in self.before if block.language == self.language]
        return [*previous[-1].chain, self]

    @property
    def padded(self) -> str:
        """The text to run, with every line at the number that it has on the page."""
        text = ""
        for block in self.chain:
            text += "\n" * (block.line - text.count("\n")) + block.source
        return text

    @property
    def output(self) -> Block | None:
        """The block with the output of this one; None if the page does not show it."""
        after = self.page_blocks[self.page_blocks.index(self) + 1 :][:1]
        return after[0] if after and "output" in after[0].comments else None

    def error(self, message: str) -> PageError:
        """Return an error that names the place."""
        return PageError(f"{self.page}:{self.line}: {message}")


def comments_before(text: str, start: int) -> list[str]:
    """Return the texts of the comments directly before a place in a page."""
    found = _COMMENTS_AT_THE_END.search(text[:start])
    return [match["text"] for match in _COMMENT.finditer(found[0])] if found else []


def read_comments(block: Block, texts: list[str]) -> None:
    """Note what the comments before a block say.

    Raises:
        PageError: it has no language, or a comment that says nothing, or nothing to the point.
    """
    if not block.language:
        raise block.error("a fence names its language; `text` is one.")
    for text in texts:
        kind, is_said, value = (part.strip() for part in text.partition(":"))
        if kind not in KINDS and not is_said:
            continue  # it marks a place of the page
        if kind not in KINDS:
            kinds = ", ".join(KINDS)
            raise block.error(f"<!-- {text} -->: a comment before a fence begins with one of {kinds}.")
        block.comments[kind] = value
    _check(block)


def _check(block: Block) -> None:
    said = block.comments
    if "not run" in said and not _SENTENCE.fullmatch(said["not run"]):
        raise block.error("`not run` gives its reason, as a sentence.")
    if "output" in said and (block.language != "text" or len(block.before) == 0):
        raise block.error("`output` is for a `text` block after the block whose output it is.")
    if "after" in said:
        if said["after"] != "previous":
            raise block.error("`after` is always followed by `previous`.")
        if not any(other.language == block.language for other in block.before):
            raise block.error(f"no block of {block.language} is before this one.")
    for kind in ("needs", "file", "fails", "until"):
        if kind in said and not said[kind]:
            raise block.error(f"`{kind}` needs a value.")
