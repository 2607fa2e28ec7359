"""The texts of all advice: what was done, what happens on AWS, and what to do instead.

No text shows what somebody searched for: neither operands of filters nor texts of queries.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from mock_s3vectors import limits
from mock_s3vectors.errors.exceptions import (
    FilterTypeAdvice,
    LargeFilterableTextAdvice,
    SmallPutsAdvice,
    UnknownFilterKeyAdvice,
    UnusedNextTokenAdvice,
    WholeIndexListedAdvice,
)
from mock_s3vectors.errors.refusals import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable

# AWS bills each PutVectors request as at least so many bytes.
BILLED_BYTES = 128 * 1024
# How many PutVectors requests into one index are many, and how many vectors in one of them are few.
MANY_PUTS = 20
FEW_VECTORS = 10

# Keys that are longer, or more, are not compared: that takes long.
_LONGEST_COMPARED, _MOST_COMPARED = 64, 200

_KINDS = {str: "string", float: "number", bool: "boolean"}


def unknown_filter_key(place: str, key: str, known: Iterable[str]) -> UnknownFilterKeyAdvice:
    """Return the advice on a metadata key of a filter that no vector has; `known` are keys that some have."""
    compared = sorted(name for name in known if len(name) <= _LONGEST_COMPARED)[:_MOST_COMPARED]
    near = get_close_matches(key, compared, n=1) if len(key) <= _LONGEST_COMPARED else []
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return UnknownFilterKeyAdvice(
        f"A filter of QueryVectors asks for the metadata key {_shown(key)}, which no vector of {place} has."
        f"{hint} AWS says nothing of this: the condition matches no vector, so results are missing, or there "
        "are none. Use a key that PutVectors has written."
    )


def filter_type(place: str, key: str, wanted: frozenset[type], found: frozenset[type]) -> FilterTypeAdvice:
    """Return the advice on an operand of another type than all values of its metadata key."""
    return FilterTypeAdvice(
        f"A filter of QueryVectors compares the metadata key {_shown(key)} with a {_names(wanted)}, and each "
        f"value that {place} has under this key is a {_names(found)}. AWS says nothing of this: the "
        "condition matches no vector, so results are missing, or there are none. Give the operand the type "
        "that the values have."
    )


def large_filterable_text(place: str, key: str, size: int) -> LargeFilterableTextAdvice:
    """Return the advice on a filterable text of so many bytes."""
    return LargeFilterableTextAdvice(
        f"PutVectors has written a text of {size:,} bytes under the filterable metadata key {_shown(key)} of "
        f"{place}. All filterable metadata of a vector may have {limits.FILTERABLE_METADATA_BYTES:,} bytes: "
        "AWS refuses vectors with more. Only CreateIndex can make a key non-filterable: list it in "
        "nonFilterableMetadataKeys."
    )


def small_puts(place: str) -> SmallPutsAdvice:
    """Return the advice on many PutVectors requests of few vectors."""
    billed = f"{BILLED_BYTES // 1024} KB"
    return SmallPutsAdvice(
        f"{MANY_PUTS} PutVectors requests to {place} had at most {FEW_VECTORS} vectors each, and less than "
        f"{billed}. AWS bills each request as at least {billed}. Collect vectors, and put up to 500 with one "
        "request."
    )


def unused_next_token(operation: str, place: str) -> UnusedNextTokenAdvice:
    """Return the advice on a list or a query of which only the first page was read."""
    of_place = f" of {place}" if place else ""
    most = limits.QUERY_PAGE
    instead = f", or set topK to at most {most}" if operation == "QueryVectors" else ", as a paginator does"
    return UnusedNextTokenAdvice(
        f"The first page of {operation}{of_place} had a nextToken that no later call used, so the results "
        "after this page were not read. AWS gives them only to calls with the token. Call again with each "
        f"nextToken until there is none{instead}."
    )


def whole_index_listed(place: str, pages: int) -> WholeIndexListedAdvice:
    """Return the advice on an index that was listed to its end, with metadata."""
    return WholeIndexListedAdvice(
        f"For information only: ListVectors has read all {pages} pages of {place} with metadata. On AWS, a "
        "page has at most 1,000 vectors, and ends after 1 MB, so a large index takes many calls. If the code "
        "selects vectors by their metadata, a filter of QueryVectors does so in the service."
    )


def _shown(key: str) -> str:
    return shorten(repr(key))


def _names(kinds: frozenset[type]) -> str:
    return " or a ".join(name for kind, name in _KINDS.items() if kind in kinds)
