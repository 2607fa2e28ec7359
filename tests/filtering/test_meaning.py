"""The meaning of each operator, by example."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mock_s3vectors.filtering import Columns, compile_filter

ROWS: dict[str, dict[str, Any]] = {
    "absent": {},
    "other": {"g": 1},
    "true": {"f": True},
    "false": {"f": False},
    "0": {"f": 0},
    "1": {"f": 1},
    "1.0": {"f": 1.0},
    "2.5": {"f": 2.5},
    "'true'": {"f": "true"},
    "'1'": {"f": "1"},
    "''": {"f": ""},
    "'ab'": {"f": "ab"},
    "'NaN'": {"f": "NaN"},
    "[1,3]": {"f": [1, 3]},
    "['ab','c']": {"f": ["ab", "c"]},
    "['NaN']": {"f": ["NaN"]},
}
EVERYTHING = set(ROWS)
NO_FIELD = {"absent", "other"}


def selected(document: Any) -> set[str]:
    mask = compile_filter(document, enhanced=True).mask(Columns(list(ROWS.values())))
    assert mask.dtype == np.bool_
    assert mask.shape == (len(ROWS),)
    return {name for name, chosen in zip(ROWS, mask.tolist(), strict=True) if chosen}


EQUAL: list[tuple[Any, set[str]]] = [
    (True, {"true"}),
    (False, {"false"}),
    (0, {"0"}),
    (-0.0, {"0"}),
    (1, {"1", "1.0", "[1,3]"}),
    (1.0, {"1", "1.0", "[1,3]"}),
    (3, {"[1,3]"}),
    (2.5, {"2.5"}),
    (7, set()),
    ("true", {"'true'"}),
    ("1", {"'1'"}),
    ("", {"''"}),
    ("ab", {"'ab'", "['ab','c']"}),
    ("a", set()),
    ("c", {"['ab','c']"}),
    ("NaN", set()),
]


@pytest.mark.parametrize(("operand", "names"), EQUAL)
def test_equality_four_ways_and_its_complement_two_ways(operand: Any, names: set[str]) -> None:
    assert selected({"f": operand}) == names
    assert selected({"f": {"$eq": operand}}) == names
    assert selected({"f": {"$in": [operand]}}) == names
    assert selected({"f": {"$in": [operand, "NaN", "nowhere"]}}) == names
    assert selected({"f": {"$ne": operand}}) == EVERYTHING - names
    assert selected({"f": {"$nin": [operand]}}) == EVERYTHING - names


def test_complements_hold_where_the_field_is_absent() -> None:
    assert selected({"f": {"$ne": "x"}}) == EVERYTHING
    assert selected({"f": {"$ne": 1}}) >= NO_FIELD
    assert selected({"f": {"$nin": [1, "ab", True]}}) >= NO_FIELD
    assert selected({"f": {"$ne": 1, "$exists": True}}).isdisjoint(NO_FIELD)


def test_in_mixes_types() -> None:
    wanted = [True, 1, "1", "c"]
    names = {"true", "1", "1.0", "[1,3]", "'1'", "['ab','c']"}
    assert selected({"f": {"$in": wanted}}) == names
    assert selected({"f": {"$nin": wanted}}) == EVERYTHING - names


@pytest.mark.parametrize(
    ("operator", "operand", "names"),
    [
        ("$gt", 1, {"2.5", "[1,3]"}),
        ("$gt", 2.5, {"[1,3]"}),
        ("$gt", 3, set()),
        ("$gte", 1, {"1", "1.0", "2.5", "[1,3]"}),
        ("$gte", -1, {"0", "1", "1.0", "2.5", "[1,3]"}),
        pytest.param("$gte", 10**400, set(), id="gte-huge"),
        ("$lt", 1, {"0"}),
        ("$lt", 0, set()),
        pytest.param("$lt", 10**400, {"0", "1", "1.0", "2.5", "[1,3]"}, id="lt-huge"),
        ("$lte", 1, {"0", "1", "1.0", "[1,3]"}),
        ("$lte", -1, set()),
    ],
)
def test_ranges_see_numbers_only(operator: str, operand: float, names: set[str]) -> None:
    assert selected({"f": {operator: operand}}) == names


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("", {"'true'", "'1'", "''", "'ab'", "'NaN'", "['ab','c']", "['NaN']"}),
        ("a", {"'ab'", "['ab','c']"}),
        ("ab", {"'ab'", "['ab','c']"}),
        ("abc", set()),
        ("b", set()),
        ("A", set()),
        ("1", {"'1'"}),
        ("Na", {"'NaN'", "['NaN']"}),
    ],
)
def test_starts_with_sees_strings_only(prefix: str, names: set[str]) -> None:
    assert selected({"f": {"$startsWith": prefix}}) == names


def test_exists() -> None:
    assert selected({"f": {"$exists": True}}) == EVERYTHING - NO_FIELD
    assert selected({"f": {"$exists": False}}) == NO_FIELD
    assert selected({"nowhere": {"$exists": False}}) == EVERYTHING
    assert selected({"nowhere": {"$exists": True}}) == set()


def test_several_operators_must_all_hold() -> None:
    assert selected({"f": {"$gte": 1, "$lt": 2}}) == {"1", "1.0", "[1,3]"}
    assert selected({"f": {"$gt": 0, "$ne": 1}}) == {"2.5"}
    assert selected({"f": {"$eq": 1, "$in": ["1"]}}) == set()


def test_several_operators_on_an_array_may_be_met_by_different_elements() -> None:
    assert "[1,3]" in selected({"f": {"$lt": 2, "$gt": 2}})


def test_groups() -> None:
    assert selected({"$or": [{"f": True}, {"g": 1}]}) == {"true", "other"}
    assert selected({"$or": [{"f": 2.5}, {"f": {"$gt": 1}}]}) == {"2.5", "[1,3]"}
    assert selected({"$and": [{"f": {"$gt": 0}}, {"f": {"$lt": 2}}, {"f": {"$ne": 3}}]}) == {"1", "1.0"}
    assert selected({"$and": [{"f": True}, {"g": 1}]}) == set()
    assert selected({"$or": [{"$and": [{"f": 0}, {"g": {"$exists": False}}]}, {"f": "ab"}]}) == {
        "0",
        "'ab'",
        "['ab','c']",
    }


def test_keys_are_literal() -> None:
    rows = [{"loc.page": 7}, {"loc": 7, "page": 7}, {"": 7}, {"$eq": 7}]
    columns = Columns(rows)
    assert compile_filter({"loc.page": {"$gte": 5}}).mask(columns).tolist() == [True, False, False, False]
    assert compile_filter({"": 7}).mask(columns).tolist() == [False, False, True, False]


def test_numbers_meet_as_float64() -> None:
    columns = Columns([{"n": 2**53}, {"n": 2**53 + 1}, {"n": 2**53 + 2}, {"n": [10**400]}, {"n": -(10**400)}])
    assert compile_filter({"n": 2**53 + 1}).mask(columns).tolist() == [True, True, False, False, False]
    assert compile_filter({"n": {"$in": [10**401]}}).mask(columns).tolist() == [
        False,
        False,
        False,
        True,
        False,
    ]
    assert compile_filter({"n": {"$lt": 0}}).mask(columns).tolist() == [False, False, False, False, True]


def test_no_rows() -> None:
    for document in ({"f": 1}, {"f": {"$ne": 1}}, {"$or": [{"f": {"$lt": 1}}, {"f": {"$startsWith": "a"}}]}):
        mask = compile_filter(document, enhanced=True).mask(Columns([]))
        assert mask.dtype == np.bool_
        assert mask.shape == (0,)


def test_a_mask_is_the_caller_s_own() -> None:
    columns = Columns([{"f": 1}, {"f": 2}])
    for document in ({"f": 1}, {"$and": [{"f": 1}]}, {"$or": [{"f": 1}, {"f": 3}]}):
        compiled = compile_filter(document)
        compiled.mask(columns)[:] = True
        assert compiled.mask(columns).tolist() == [True, False]


def test_one_filter_serves_many_indexes() -> None:
    compiled = compile_filter({"f": {"$in": ["a", 1]}})
    assert compiled.mask(Columns([{"f": 1}, {"f": "b"}])).tolist() == [True, False]
    assert compiled.mask(Columns([{"f": "b"}, {"f": ["c", "a"]}, {}])).tolist() == [False, True, False]
