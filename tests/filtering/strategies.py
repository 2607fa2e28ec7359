"""Random metadata, valid filters, and documents that are nearly filters.

Few keys and few values, so that filters meet the data and values meet each other.
"""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

KEYS = st.sampled_from(["a", "b", "", "loc.page"])
NUMBERS = st.sampled_from(
    [0, 1, 2, -1, 1.0, 0.0, -0.0, 1.5, 2**53, 2**53 + 1, float(2**53), 10**400, -(10**400), 5e-324, 1.7e308]
) | st.integers(-3, 3)
STRINGS = st.sampled_from(["", "x", "xy", "y", "NaN", "true", "1", "$eq", "\u00e9", "\U0001f600"])
SCALARS = NUMBERS | STRINGS | st.booleans()
VALUES = SCALARS | st.lists(NUMBERS, min_size=1, max_size=3) | st.lists(STRINGS, min_size=1, max_size=3)
METADATA = st.dictionaries(KEYS, VALUES, max_size=4)

_OPERANDS: dict[str, st.SearchStrategy[Any]] = {
    "$eq": SCALARS,
    "$ne": SCALARS,
    "$gt": NUMBERS,
    "$gte": NUMBERS,
    "$lt": NUMBERS,
    "$lte": NUMBERS,
    "$in": st.lists(SCALARS, min_size=1, max_size=4),
    "$nin": st.lists(SCALARS, min_size=1, max_size=4),
    "$exists": st.booleans(),
    "$startsWith": STRINGS,
}


def _field(operators: dict[str, Any]) -> st.SearchStrategy[Any]:
    pairs = st.sampled_from(sorted(operators)).flatmap(
        lambda name: st.tuples(st.just(name), operators[name]),
    )
    conditions = st.lists(pairs, min_size=1, max_size=3).map(dict)
    return st.tuples(KEYS, SCALARS | conditions).map(lambda pair: dict([pair]))


def _grouped(members: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    groups = st.tuples(st.sampled_from(["$and", "$or"]), st.lists(members, min_size=1, max_size=4))
    return groups.map(lambda pair: dict([pair]))


FILTERS = st.recursive(_field(_OPERANDS), _grouped, max_leaves=8)
CLASSIC_FILTERS = st.recursive(
    _field({name: operand for name, operand in _OPERANDS.items() if name != "$startsWith"}),
    _grouped,
    max_leaves=8,
)

_WORDS = st.sampled_from([*_OPERANDS, "$and", "$or", "$not", "$EQ", "$", "a", ""])
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | SCALARS | st.just([]) | st.just({}),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=2),
    max_leaves=6,
)


def _places(document: Any) -> list[Any]:
    """Every dictionary and list in a document, the document included."""
    if isinstance(document, dict):
        return [document, *(place for each in document.values() for place in _places(each))]
    if isinstance(document, list):
        return [document, *(place for each in document for place in _places(each))]
    return []


@st.composite
def nearly_filters(draw: st.DrawFn) -> Any:
    """A valid filter with one thing changed at one place: replaced, removed, renamed or added."""
    document = copy.deepcopy(draw(FILTERS))
    place = draw(st.sampled_from(_places(document)))
    change = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
    junk = draw(JUNK)
    if isinstance(place, list):
        position = draw(st.integers(0, len(place) - 1))
        if change == "replace":
            place[position] = junk
        elif change == "remove":
            del place[position]
        else:
            place.insert(position, junk)
        return document
    key = draw(st.sampled_from(list(place)))
    if change == "replace":
        place[key] = junk
    elif change == "remove":
        del place[key]
    elif change == "rename":
        place[draw(_WORDS)] = place.pop(key)
    else:
        place[draw(_WORDS)] = junk
    return document
