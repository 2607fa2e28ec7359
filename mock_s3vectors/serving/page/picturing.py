"""Answers to the page about an index in two dimensions: a sample of it, the hits of a query, and the query.

An index costs the same however many vectors it has, but for the search for hits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mock_s3vectors import limits
from mock_s3vectors.abridging import show
from mock_s3vectors.arns import parse_arn
from mock_s3vectors.errors import constraints, refusals
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.serving.page.questions import Question
from mock_s3vectors.workbench.documents import check_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import Index, World

MOST_POINTS = 5_000
_TOP_K = 10


class Asked(NamedTuple):
    """What a document asks for.

    Attributes:
        index: the index.
        colour: the metadata key whose values colour the points; None for no colours.
        sample: how many vectors to look at, at most.
        key: the vector with this key is the query.
        vector: the query; neither of them if there is none.
        top_k: how many hits to search for.
        hits: keys of hits that somebody has found, the best first; None to search.
    """

    index: Index
    colour: str | None
    sample: int
    key: str | None
    vector: list[float] | None
    top_k: int
    hits: list[str] | None


def _picture(level: Level, document: Any) -> dict[str, Any]:
    """Return an index in two dimensions, see `sampling`.

    Raises:
        UsageError: the document does not ask for one, or names a vector that does not exist.
        ServiceError: AWS would refuse the query.
    """
    from mock_s3vectors.serving.page import sampling  # noqa: PLC0415 - numpy takes 0.2 s to import

    asked = read(level.world, document)
    return sampling.picture(asked, sampling.pick(asked, level.config))


PICTURING: tuple[Question, ...] = (Question("POST", "/picture", _picture),)


def read(world: World, document: Any) -> Asked:
    """Return what a document asks for.

    Raises:
        UsageError: a member is not what it must be.
        ServiceError: there is no such index, or too many hits are asked for.
    """
    check_names(document, "a picture", ("index", *_MEMBERS))
    given = {name: value for name, value in document.items() if value is not None}
    for name, value in given.items():
        described, is_fine = _MEMBERS.get(name, _TEXT)
        if not is_fine(value):
            raise UsageError(f"{name!r} is {show(value)}: it must be {described}.")
    if "index" not in given:
        raise UsageError("'index' is missing: it must be the ARN of an index.")
    if "key" in given and "vector" in given:
        raise UsageError("A picture has one query, 'key' or 'vector': both were given.")
    top_k = given.get("topK", _TOP_K)
    if not 1 <= top_k <= limits.TOP_K:
        raise constraints.constraint_violation(constraints.bad_range("/topK", 1, limits.TOP_K))
    return Asked(
        _index(world, given["index"]),
        given.get("colour"),
        given.get("sample", MOST_POINTS),
        given.get("key"),
        given.get("vector"),
        top_k,
        given.get("hits"),
    )


def _is_number(value: Any) -> bool:
    return type(value) in {int, float}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are(is_fine: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda values: isinstance(values, list) and all(map(is_fine, values))


_TEXT = ("a text", _is_text)
# What each member may be besides null, in words and as a test.
_MEMBERS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "colour": _TEXT,
    "sample": (
        f"a whole number from 1 to {MOST_POINTS:,}",
        lambda value: type(value) is int and 1 <= value <= MOST_POINTS,
    ),
    "key": _TEXT,
    "vector": ("a list of numbers", _are(_is_number)),
    "topK": ("a whole number", lambda value: type(value) is int),
    "hits": (
        f"a list of at most {limits.TOP_K:,} texts",
        lambda value: _are(_is_text)(value) and len(value) <= limits.TOP_K,
    ),
}


def _index(world: World, text: str) -> Index:
    """Return the index of this ARN.

    Raises:
        NotFoundException: there is none.
    """
    arn = parse_arn(text)
    if arn is not None and arn.index is not None:
        bucket = world.stores.at(arn.account, arn.region).vector_buckets.get(arn.bucket)
        index = None if bucket is None else bucket.indexes.get(arn.index)
        if index is not None and index.arn == arn:
            return index
    raise refusals.index_not_found()
