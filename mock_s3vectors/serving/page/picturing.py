"""Answers to the page about an index in two dimensions: a sample of it, the hits of a query, and the query.

The cost does not grow with the number of vectors; only the search for hits takes longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_s3vectors import limits
from mock_s3vectors.abridging import show
from mock_s3vectors.errors import constraints
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.serving.page.finding import index_of, whole_number
from mock_s3vectors.serving.page.questions import Question
from mock_s3vectors.workbench.documents import check_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.world import Index

MOST_POINTS = 5_000
_TOP_K = 10


@dataclass(frozen=True)
class Asked:
    """The wishes of a document.

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

    asked = read(level, document)
    return sampling.picture(asked, sampling.pick(asked, level.config))


PICTURING: tuple[Question, ...] = (Question("POST", "/picture", _picture),)


def read(level: Level, document: Any) -> Asked:
    """Return what a document asks for.

    Raises:
        UsageError: a member is not what it must be.
        ServiceError: there is no such index, or too many hits are asked for.
    """
    check_names(document, "a picture", _MEMBERS)
    given = {name: value for name, value in document.items() if value is not None}
    for name, (described, is_fine) in _LISTS_AND_TEXTS.items():
        if name in given and not is_fine(given[name]):
            raise UsageError(f"{name} is {show(given[name])}: it must be {described}.")
    if "key" in given and "vector" in given:
        raise UsageError("A picture has one query, key or vector: both were given.")
    top_k = given.get("topK", _TOP_K)
    if type(top_k) is not int:
        raise UsageError(f"topK is {show(top_k)}: it must be a whole number.")
    if not 1 <= top_k <= limits.TOP_K:
        raise constraints.constraint_violation(constraints.bad_range("/topK", 1, limits.TOP_K))
    return Asked(
        index_of(level, given.get("index")),
        given.get("colour"),
        whole_number(given, "sample", MOST_POINTS, 1, MOST_POINTS),
        given.get("key"),
        given.get("vector"),
        top_k,
        given.get("hits"),
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_numbers(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) in {int, float} for value in values)


def _are_keys(values: Any) -> bool:
    return isinstance(values, list) and len(values) <= limits.TOP_K and all(map(_is_text, values))


_MEMBERS = ("index", "colour", "sample", "key", "vector", "topK", "hits")
# The form that some of them have if they are there, in words and as a test.
_LISTS_AND_TEXTS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "colour": ("the name of a metadata key", _is_text),
    "key": ("the key of a vector", _is_text),
    "vector": ("a list of numbers", _are_numbers),
    "hits": (f"a list of at most {limits.TOP_K:,} keys", _are_keys),
}
