"""Conditions that cannot match: which kinds of values there are, and which kinds a condition asks for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mock_s3vectors.filtering import IdleCondition, compile_filter, idle_conditions

from .strategies import FILTERS, KEYS, METADATA
from .table import Table

ROWS: list[dict[str, Any]] = [{"a": "x", "b": 1}, {"b": [True], "c": [1, 2]}, {"c": ["y"]}]
STRING, NUMBER, BOOLEAN = frozenset({str}), frozenset({float}), frozenset({bool})
ANY = STRING | NUMBER | BOOLEAN


def idle(rows: list[dict[str, Any]], document: Any) -> list[IdleCondition]:
    return idle_conditions(compile_filter(document, enhanced=True), Table(rows).columns)


def kinds(rows: list[dict[str, Any]], key: str) -> set[type]:
    """The kinds of values, one value at a time."""
    values = [row[key] for row in rows if key in row]
    elements = [element for value in values for element in (value if isinstance(value, list) else [value])]
    return {float if type(element) is int else type(element) for element in elements}


@given(st.lists(METADATA, max_size=6), st.lists(METADATA, max_size=3), st.lists(st.integers(0, 9)), KEYS)
def test_kinds_follow_the_rows(
    rows: list[dict[str, Any]], more: list[dict[str, Any]], removed: list[int], key: str
) -> None:
    table = Table(rows)
    assert table.columns.column(key).kinds() == kinds(rows, key)
    table.append(*more)
    for row in removed:
        if row < len(table.metadata):
            table.remove(row)
    if table.metadata:
        table.overwrite({0: {}})
    assert table.columns.column(key).kinds() == kinds(table.metadata, key)
    assert table.copy().columns.column(key).kinds() == kinds(table.metadata, key)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"a": 1}, [IdleCondition("a", NUMBER, STRING)]),
        ({"a": {"$in": [1, True]}}, [IdleCondition("a", NUMBER | BOOLEAN, STRING)]),
        ({"b": "1"}, [IdleCondition("b", STRING, NUMBER | BOOLEAN)]),
        ({"c": True}, [IdleCondition("c", BOOLEAN, STRING | NUMBER)]),
        ({"d": {"$exists": True}}, [IdleCondition("d", ANY, frozenset())]),
        ({"d": {"$ne": 1}}, []),
        ({"a": {"$ne": "x", "$gt": 1}}, [IdleCondition("a", NUMBER, STRING)]),
        (
            {"$and": [{"d": 1}, {"a": {"$lt": 1}}]},
            [IdleCondition("d", NUMBER, frozenset()), IdleCondition("a", NUMBER, STRING)],
        ),
        # In an $or, another condition on the same key excuses it; outside of it, none does.
        ({"$or": [{"a": 1}, {"a": "z"}]}, []),
        ({"$or": [{"a": 1}, {"b": 1}]}, [IdleCondition("a", NUMBER, STRING)]),
        ({"$or": [{"a": 1}, {"$and": [{"b": 1}, {"a": "z"}]}]}, []),
        ({"$and": [{"a": 1}, {"$or": [{"a": "z"}, {"a": "x"}]}]}, [IdleCondition("a", NUMBER, STRING)]),
    ],
)
def test_idle_conditions(document: Any, expected: list[IdleCondition]) -> None:
    assert idle(ROWS, document) == expected


@given(st.lists(METADATA, max_size=6), FILTERS)
def test_a_filter_that_joins_an_idle_condition_by_and_matches_nothing(
    rows: list[dict[str, Any]], document: Any
) -> None:
    assume(idle(rows, document))
    assume("$or" not in str(document))
    assert not compile_filter(document, enhanced=True).mask(Table(rows).columns).any()
