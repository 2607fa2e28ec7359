"""The limits of filters: depth, constraints, and keys that are not filterable."""

from __future__ import annotations

from typing import Any

import pytest

from mock_s3vectors.filtering import Columns, compile_filter

from .refusals import assert_invalid, refusal, shown


def nested(levels: int, leaf: Any) -> Any:
    for level in range(levels):
        leaf = {"$and" if level % 2 else "$or": [leaf]}
    return leaf


class TestNonFilterableKeys:
    MESSAGE = "Invalid use of non-filterable metadata in filter"

    @pytest.mark.parametrize(
        "document",
        [
            {"bulk": "x"},
            {"bulk": {"$exists": False}},
            {"bulk": {"$ne": 1}},
            {"$or": [{"a": 1}, {"$and": [{"a": 1}, {"bulk": 1}]}]},
        ],
        ids=shown,
    )
    @pytest.mark.parametrize("keys", [frozenset({"bulk", "text"}), ["text", "bulk"]], ids=["set", "list"])
    def test_refused(self, document: Any, keys: Any) -> None:
        error = refusal(document, non_filterable=keys)
        assert (error.code, error.message, error.fields) == ("ValidationException", self.MESSAGE, ())

    def test_other_keys_are_free(self) -> None:
        compile_filter({"$and": [{"bul": 1}, {"bulk2": 1}, {"a": "bulk"}]}, non_filterable={"bulk"})

    @pytest.mark.parametrize(
        "document",
        [
            {"bulk": None},
            {"bulk": 1, "a": 1},
            {"$and": [{"bulk": 1}, {}]},
            {"bulk": {"$startsWith": "x"}},
        ],
        ids=shown,
    )
    def test_the_grammar_comes_first(self, document: Any) -> None:
        assert_invalid(document, non_filterable={"bulk"})


HUNDRED = [
    {"f": {"$in": list(range(100))}},
    {"f": {"$nin": ["x"] * 100}},
    {"$and": [{"f": {"$in": [1, 2, 3]}}] * 33 + [{"g": 1}]},
    {"$or": [{"f": {"$gt": 1, "$lt": 9}}] * 50},
    {"$or": [{"f": {"$exists": True}}] * 100},
    {"$and": [{"$or": [{"f": "x"}, {"$and": [{"f": {"$ne": "NaN"}}]}]}] * 50},
    {"$and": [{"f": {"$startsWith": "x"}}] * 100},
    {"$and": [{"f": {"$in": list(range(97)), "$gte": 1, "$exists": True}}, {"f": False}]},
]


class TestConstraints:
    MESSAGE = "Filter must have at most 100 constraints"

    @pytest.mark.parametrize("document", HUNDRED, ids=range(len(HUNDRED)))
    def test_a_hundred_are_allowed_and_one_more_is_not(self, document: Any) -> None:
        compile_filter(document, enhanced=True)
        error = refusal({"$or": [document, {"f": 1}]}, enhanced=True)
        assert (error.code, error.message) == ("ValidationException", self.MESSAGE)

    def test_classic_has_no_such_limit(self) -> None:
        compile_filter({"$or": [{"f": {"$in": list(range(500))}}] * 10})

    def test_what_the_document_alone_says_comes_first(self) -> None:
        too_many = {"f": {"$in": list(range(101))}}
        assert refusal(too_many, enhanced=True, non_filterable={"f"}).message == self.MESSAGE

    def test_a_document_is_read_up_to_its_first_fault(self) -> None:
        """A request has room for a million conditions: nothing behind the 101st is looked at."""
        too_many = {"f": {"$in": list(range(101))}}
        assert refusal({"$and": [too_many, {}]}, enhanced=True).message == self.MESSAGE
        assert refusal({"f": {"$in": [None] * 101}}, enhanced=True).message == self.MESSAGE
        assert_invalid({"$and": [{}, too_many]}, enhanced=True)


class TestNesting:
    def test_a_hundred_levels_work_deep_in_the_stack(self) -> None:
        def with_frames_below(frames: int) -> list[bool]:
            if frames:
                return with_frames_below(frames - 1)
            compiled = compile_filter(nested(100, {"f": {"$gte": 2}}))
            mask: list[bool] = compiled.mask(Columns([{"f": 1}, {"f": 2}])).tolist()
            return mask

        assert with_frames_below(600) == [False, True]

    def test_its_repr_works_too(self) -> None:
        assert repr(compile_filter(nested(100, {"f": 1}))) == "Filter(keys=frozenset({'f'}))"

    @pytest.mark.parametrize("levels", [101, 102, 900, 100_000])
    def test_more_are_refused(self, levels: int) -> None:
        assert_invalid(nested(levels, {"f": 1}))

    def test_levels_are_counted_down_not_across(self) -> None:
        compile_filter({"$and": [nested(99, {"f": 1})] * 3})
        assert_invalid({"$and": [{"f": 1}, nested(100, {"f": 1})]})
