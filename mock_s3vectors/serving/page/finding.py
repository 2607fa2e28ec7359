"""Things that questions of the page name: a bucket or an index, by its ARN; a vector; a page of a list."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import orjson

from mock_s3vectors import limits
from mock_s3vectors.abridging import show
from mock_s3vectors.arns import parse_arn
from mock_s3vectors.errors import refusals
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.workbench.places import no_vector

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import Index, VectorBucket
    from mock_s3vectors.world.tables import VectorTable

Listed = TypeVar("Listed")

# How many rows a page has by default, and at most.
_PAGE = 25
_LARGEST_PAGE = 100


class Slice(NamedTuple):
    """A page of a list: how many rows at most, and where it begins.

    It begins behind the row of a name, or at a position. People turn pages back and forth by position.
    """

    limit: int
    after: str
    start: int


def bucket_of(level: Level, arn: object) -> VectorBucket:
    """Return the vector bucket of an ARN.

    Raises:
        NotFoundException: there is none.
    """
    parsed = parse_arn(arn) if isinstance(arn, str) else None
    if parsed is None or parsed.index is not None:
        raise refusals.vector_bucket_not_found()
    bucket = level.world.stores.at(parsed.account, parsed.region).vector_buckets.get(parsed.bucket)
    if bucket is None or bucket.arn != parsed:
        raise refusals.vector_bucket_not_found()
    return bucket


def index_of(level: Level, arn: object) -> Index:
    """Return the index of an ARN.

    Raises:
        NotFoundException: there is none.
    """
    parsed = parse_arn(arn) if isinstance(arn, str) else None
    if parsed is None or parsed.index is None:
        raise refusals.index_not_found()
    bucket = level.world.stores.at(parsed.account, parsed.region).vector_buckets.get(parsed.bucket)
    index = None if bucket is None else bucket.indexes.get(parsed.index)
    if index is None or index.arn != parsed or not index.is_found(level.world.clock.now()):
        raise refusals.index_not_found()
    return index


def row_of(index: Index, table: VectorTable, key: object) -> int:
    """Return the row of a key in the table of an index. The caller holds the lock of the index.

    Raises:
        UsageError: no vector has the key.
    """
    rows = table.rows_of([key]) if isinstance(key, str) else []
    if not rows:
        raise no_vector(index.name, key, table.keys)
    return rows[0]


def slice_of(document: dict[str, Any]) -> Slice:
    """Return the page that a question asks for.

    Raises:
        UsageError: a member has an impossible value.
    """
    after = document.get("after") or ""
    if not isinstance(after, str):
        raise UsageError(f"after is {show(after)}: it must be a text that a page has had as next.")
    return Slice(
        whole_number(document, "limit", _PAGE, 1, _LARGEST_PAGE),
        after,
        whole_number(document, "start", 0, 0, limits.VECTORS_PER_INDEX),
    )


def whole_number(document: dict[str, Any], name: str, default: int, least: int, most: int) -> int:
    """Return a number of a question. In a query string it is a text.

    Raises:
        UsageError: it is no whole number, or out of range.
    """
    value = document.get(name, default)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(most)):
        value = int(value)
    if type(value) is not int or not least <= value <= most:
        raise UsageError(f"{name} is {show(value)}: it must be a whole number from {least:,} to {most:,}.")
    return value


def page_of(
    found: list[Listed], asked: Slice, name_of: Callable[[Listed], str]
) -> tuple[list[Listed], str | None]:
    """Return the rows of a page, and what the next one begins behind; None if it is the last.

    Args:
        found: all rows, in any order.
        asked: which page.
        name_of: returns what rows are sorted by, and named by.
    """
    found.sort(key=name_of)
    start = bisect_right(found, asked.after, key=name_of) if asked.after else asked.start
    rows = found[start : start + asked.limit]
    return rows, name_of(rows[-1]) if start + asked.limit < len(found) else None


def matches(words: Sequence[str], text: str) -> bool:
    """Tell whether a text has all of these words somewhere."""
    return all(word in text for word in words)


def words_of(document: dict[str, Any]) -> list[str]:
    """Return the words of a search for names, which have no capitals.

    Raises:
        UsageError: it is no text.
    """
    search = document.get("search") or ""
    if not isinstance(search, str):
        raise UsageError(f"search is {show(search)}: it must be a text.")
    return search.lower().split()


def shortened(metadata: dict[str, Any], most: int) -> dict[str, Any]:
    """Return the beginning of metadata as JSON, of so many characters at most, and whether it goes on."""
    text = orjson.dumps(metadata).decode()
    return {"metadata": text[:most], "isCut": len(text) > most}
