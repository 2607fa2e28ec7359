"""The grammar of filters: what is accepted, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_s3vectors.filtering import Columns, compile_filter

from .refusals import assert_invalid, shown

ACCEPTED = [
    {"f": "x"},
    {"f": ""},
    {"f": 1},
    {"f": 1.5},
    {"f": 10**400},
    {"f": True},
    {"f": False},
    {"f": "NaN"},
    {"": "x"},
    {"": {"$eq": "x"}},
    {"loc.page": {"$gte": 5}},
    {"a$and": 1},
    {"f": {"$eq": "x"}},
    {"f": {"$eq": 0}},
    {"f": {"$eq": False}},
    {"f": {"$eq": "NaN"}},
    {"f": {"$ne": "x"}},
    {"f": {"$ne": -1.5}},
    {"f": {"$ne": True}},
    {"f": {"$ne": "NaN"}},
    {"f": {"$gt": 0}},
    {"f": {"$gte": 0.5}},
    {"f": {"$lt": -1}},
    {"f": {"$lte": 10**400}},
    {"f": {"$in": ["x"]}},
    {"f": {"$in": ["x", 1, 1.5, True, "NaN"]}},
    {"f": {"$in": [1, 1]}},
    {"f": {"$nin": [False]}},
    {"f": {"$nin": ["NaN", 0]}},
    {"f": {"$exists": True}},
    {"f": {"$exists": False}},
    {"year": {"$gte": 2020, "$lte": 2024}},
    {"f": {"$exists": True, "$ne": 1, "$nin": ["a"], "$lt": 3}},
    {"$and": [{"a": 1}]},
    {"$or": [{"a": 1}]},
    {"$and": [{"a": 1}, {"a": 2}]},
    {"$and": [{"$or": [{"a": 1}, {"$and": [{"b": {"$lt": 2}}]}]}, {"c": False}]},
]

NO_SCALARS: tuple[Any, ...] = (None, [], {}, ["a"], [1], {"$eq": 1})
NO_NUMBERS: tuple[Any, ...] = ("1", "", "NaN", True, False, None, [], [1], {}, float("nan"))
NO_LISTS: tuple[Any, ...] = (
    [],
    "a",
    1,
    True,
    None,
    {},
    {"a": 1},
    [None],
    [["a"]],
    [{}],
    ["a", None],
    [1, []],
)
WRONG_OPERANDS: dict[str, tuple[Any, ...]] = {
    "$eq": NO_SCALARS,
    "$ne": NO_SCALARS,
    "$gt": NO_NUMBERS,
    "$gte": NO_NUMBERS,
    "$lt": NO_NUMBERS,
    "$lte": NO_NUMBERS,
    "$in": NO_LISTS,
    "$nin": NO_LISTS,
    "$exists": ("yes", "true", 1, 0, None, [], [True], {}),
}

REFUSED: list[Any] = [
    # not a condition object
    None,
    True,
    0,
    "f",
    [],
    [{"f": 1}],
    {},
    # exactly one key, at every level
    {"a": 1, "b": 2},
    {"$and": [{"a": 1}], "a": 1},
    {"$and": [{"a": 1}], "$or": [{"a": 1}]},
    {"$and": [{"a": 1, "b": 2}]},
    {"$or": [{"a": 1}, {"a": 1, "b": 2}]},
    {"$and": [{"$or": [{"a": 1}], "b": 2}]},
    # keys that start with $ at the top
    {"$eq": 1},
    {"$not": [{"a": 1}]},
    {"$not": {"a": 1}},
    {"$nor": [{"a": 1}]},
    {"$AND": [{"a": 1}]},
    {"$": 1},
    {"$f": 1},
    {"$exists": True},
    {"$and": [{"$eq": 1}]},
    # groups
    {"$and": []},
    {"$or": []},
    {"$and": {}},
    {"$and": {"a": 1}},
    {"$and": None},
    {"$or": "x"},
    {"$or": 1},
    {"$and": [{}]},
    {"$and": ["x"]},
    {"$and": [None]},
    {"$or": [1]},
    {"$or": [{"a": 1}, []]},
    {"$or": [[{"a": 1}]]},
    {"f": {"$and": [{"a": 1}]}},
    {"f": {"$or": [{"$eq": 1}]}},
    # bare values
    {"f": None},
    {"f": []},
    {"f": ["a"]},
    {"f": [1, 2]},
    {"f": {}},
    {"f": {"x": 1}},
    {"f": {"": 1}},
    {"f": {"$eq": 1, "x": 1}},
    {"f": {"x": 1, "$eq": 1}},
    {"f": {"$exists": True, "x": {}}},
    {"f": float("nan")},  # Python's parser reads it, JSON cannot write it
    # unknown operators
    {"f": {"$not": {"$eq": 1}}},
    {"f": {"$regex": "x"}},
    {"f": {"$EQ": 1}},
    {"f": {"eq": 1}},
    {"f": {"$": 1}},
    {"f": {"$gte": 1, "$between": [1, 2]}},
    # operands of the wrong type
    *({"f": {name: operand}} for name, operands in WRONG_OPERANDS.items() for operand in operands),
    {"f": {"$eq": float("nan")}},
    {"f": {"$in": [float("nan")]}},
]

FIRST_OF_EACH_PAIR_WRONG = [
    {"f": {"$eq": None, "$ne": 1}},
    {"f": {"$ne": 1, "$eq": None}},
]


@pytest.mark.parametrize("enhanced", [False, True])
@pytest.mark.parametrize("document", ACCEPTED, ids=shown)
def test_accepted_in_both_modes(document: Any, enhanced: bool) -> None:  # noqa: FBT001
    compile_filter(document, enhanced=enhanced)


@pytest.mark.parametrize("enhanced", [False, True])
@pytest.mark.parametrize("document", [*REFUSED, *FIRST_OF_EACH_PAIR_WRONG], ids=shown)
def test_refused_in_both_modes(document: Any, enhanced: bool) -> None:  # noqa: FBT001
    assert_invalid(document, enhanced=enhanced)


@pytest.mark.parametrize("document", REFUSED, ids=shown)
def test_refused_however_deep(document: Any) -> None:
    assert_invalid({"$or": [{"a": 1}, {"$and": [{"b": 2}, document]}]})


def test_the_document_is_left_alone() -> None:
    document = {"$and": [{"a": 1}, {"b": {"$in": [1, "NaN"], "$exists": True}}]}
    before = json.dumps(document)
    compile_filter(document).mask(Columns([{"a": 1, "b": 1}]))
    assert json.dumps(document) == before


@pytest.mark.parametrize("operand", ["x", "", "NaN"])
def test_starts_with_is_for_enhanced_mode(operand: str) -> None:
    compile_filter({"f": {"$startsWith": operand}}, enhanced=True)
    assert_invalid({"f": {"$startsWith": operand}}, enhanced=False)
    assert_invalid({"f": {"$startsWith": operand}})


@pytest.mark.parametrize("operand", [1, True, None, [], ["x"], {}])
def test_starts_with_takes_a_string(operand: Any) -> None:
    assert_invalid({"f": {"$startsWith": operand}}, enhanced=True)


def test_the_keys_a_filter_reads() -> None:
    compiled = compile_filter({"$or": [{"a": 1}, {"$and": [{"": 1}, {"a": {"$lt": 1}}, {"b.c": "d"}]}]})
    assert compiled.keys == {"a", "", "b.c"}


def test_a_compiled_filter_is_frozen() -> None:
    with pytest.raises(AttributeError):
        compile_filter({"a": 1}).keys = frozenset()  # type: ignore[misc]


def test_filters_that_python_would_call_equal_are_not() -> None:
    assert compile_filter({"a": 1}) != compile_filter({"a": True})
