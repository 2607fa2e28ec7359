"""Columns: they follow their owner's rows, share equal values, and cost what was written."""

from __future__ import annotations

import gc
import sys
import weakref
from collections import Counter
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, SupportsIndex

import numpy as np
import pytest

from mock_s3vectors.filtering import Columns, compile_filter
from mock_s3vectors.filtering.columns import Column

from .table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def selected(table: Table, document: Any) -> list[int]:
    rows: list[int] = compile_filter(document, enhanced=True).mask(table.columns).nonzero()[0].tolist()
    return rows


def live(table: Table) -> set[str]:
    """The keys whose columns are there: those that a copy does not build when it is asked for them."""
    columns, built = deepcopy(table.columns), set()

    def build(key: str) -> Column:
        built.add(key)
        return Column(key, table.metadata)

    for key in "fgh":
        columns.part(key, partial(build, key))
    return {*"fgh"} - built


def ids(table: Table) -> list[int]:
    """The ids of the values of `f`, by row."""
    column = table.columns.column("f")
    numbers: Any = np.arange(len(column.vocabulary) + 1)
    return list(map(int, column.spread(numbers)))


class TestUpkeep:
    def test_rows_follow_the_owner(self) -> None:
        table = Table()
        assert table.columns.rows == 0
        table.append({}, {})
        assert table.columns.rows == 2
        table.remove(0)
        assert table.columns.rows == 1

    def test_appended_rows_are_seen(self) -> None:
        table = Table([{"f": "a"}])
        assert selected(table, {"f": "a"}) == [0]
        table.append({"f": "b"}, {"f": "a"})
        assert selected(table, {"f": "a"}) == [0, 2]
        table.append(*({"f": "a" if row % 7 == 0 else row} for row in range(500)))
        assert selected(table, {"f": "a"}) == [0, 2, *range(3, 503, 7)]

    def test_overwritten_rows_lose_what_they_had(self) -> None:
        table = Table([{"f": "a"}, {"f": "a"}, {"f": "b"}])
        assert selected(table, {"f": "a"}) == [0, 1]
        table.overwrite({0: {"f": ["b", "c"]}, 1: {"g": "a"}, 2: {"f": "a"}})
        assert selected(table, {"f": "a"}) == [2]
        assert selected(table, {"f": "b"}) == [0]
        assert selected(table, {"f": {"$exists": False}}) == [1]

    def test_one_batch_may_overwrite_and_append(self) -> None:
        table = Table([{"f": 1}])
        assert selected(table, {"f": 1}) == [0]
        table.metadata[0] = {"f": 2}
        table.metadata.append({"f": 1})
        table.columns.write((1, 0))
        assert selected(table, {"f": 1}) == [1]
        assert selected(table, {"f": 2}) == [0]

    def test_an_empty_batch_changes_nothing(self) -> None:
        table = Table([{"f": 1}])
        assert selected(table, {"f": 1}) == [0]
        table.columns.write([])
        assert selected(table, {"f": 1}) == [0]

    def test_the_last_row_fills_the_hole(self) -> None:
        table = Table([{"f": 0}, {"f": 1}, {"f": 2}, {"f": 3}])
        assert selected(table, {"f": 3}) == [3]
        table.remove(1)
        assert selected(table, {"f": 3}) == [1]
        assert selected(table, {"f": 1}) == []
        assert selected(table, {"f": {"$in": [0, 2]}}) == [0, 2]

    def test_the_last_row_itself_can_go(self) -> None:
        table = Table([{"f": 0}, {"f": 1}])
        assert selected(table, {"f": 1}) == [1]
        table.remove(1)
        assert selected(table, {"f": {"$exists": True}}) == [0]
        table.remove(0)
        assert selected(table, {"f": {"$exists": True}}) == []

    def test_a_row_left_behind_by_a_removal_is_absent(self) -> None:
        table = Table([{"f": 0}, {"f": 1}])
        selected(table, {"f": 1})
        table.remove(0)
        table.metadata.append({"f": 1})  # not written yet
        assert ids(table) == [ids(table)[0], 0]
        assert selected(table, {"f": 1}) == [0]

    def test_values_first_met_after_the_column_was_built(self) -> None:
        table = Table([{"f": "a"}])
        assert selected(table, {"f": {"$gt": 1}}) == []
        table.append({"f": 2}, {"f": [5, 0.5]}, {"f": True}, {"f": "b"}, {"f": 2.0})
        assert selected(table, {"f": {"$gt": 1}}) == [1, 2, 5]
        assert selected(table, {"f": {"$startsWith": "b"}}) == [4]
        assert selected(table, {"f": True}) == [3]

    def test_columns_are_built_only_when_asked_for(self) -> None:
        table = Table([{"f": 1, "g": 2, "h": 3}])
        assert live(table) == set()
        selected(table, {"$or": [{"f": 1}, {"g": {"$exists": True}}]})
        assert live(table) == {"f", "g"}
        table.append({"f": 1, "h": 4})
        assert live(table) == {"f", "g"}

    def test_the_owner_s_metadata_is_left_alone(self) -> None:
        row = {"f": [3, 1, 1], "g": "x"}
        table = Table([row])
        selected(table, {"$and": [{"f": 1}, {"g": "x"}]})
        table.append({})
        assert table.metadata == [{"f": [3, 1, 1], "g": "x"}, {}]
        assert table.metadata[0] is row


class TestCopies:
    ROWS: ClassVar[list[dict[str, Any]]] = [{"f": v} for v in ("a", 1, True, [1, "b"], ["c"], 2.5, "ab")]
    FILTERS: ClassVar[list[Any]] = [
        {"f": "a"},
        {"f": {"$gte": 1}},
        {"f": True},
        {"f": "b"},
        {"f": {"$in": ["c", "new", 7]}},
        {"f": {"$startsWith": "a"}},
        {"f": {"$exists": False}},
    ]

    def test_a_copy_and_its_original_change_apart_from_each_other(self) -> None:
        table = Table(self.ROWS)
        for document in self.FILTERS:
            selected(table, document)
        tables = [table, table.copy()]
        changes: list[list[dict[str, Any]]] = [
            [{"f": "new"}, {"f": [7, "b"]}, {"f": 7}, {}, {"f": ["c", False]}],
            [{"f": -7}, {"f": ["c", -8]}, {"f": -9}, {"f": "new"}, {"f": ["x", False]}, {"f": ["b", 7]}],
        ]
        for (changed, other), values in zip((tables, tables[::-1]), changes, strict=True):
            seen = [selected(other, document) for document in self.FILTERS]
            changed.append(*values)
            changed.overwrite({0: {"f": ["z", 1]}, 2: {"f": "ab"}})
            changed.remove(1)
            assert [selected(other, document) for document in self.FILTERS] == seen
            assert seen == [selected(Table(other.metadata), document) for document in self.FILTERS]
            fresh = Table(changed.metadata)
            for document in self.FILTERS:
                assert selected(changed, document) == selected(fresh, document)

    def test_values_that_a_copy_meets_do_not_burden_the_original(self) -> None:
        table = Table(self.ROWS)
        selected(table, {"f": "a"})
        known = len(table.columns.column("f").vocabulary)
        table.copy().append(*({"f": row} for row in range(3, 100)))
        assert len(table.columns.column("f").vocabulary) == known

    def test_a_copy_reads_no_row(self) -> None:
        rows = [{"f": row, "g": f"tag{row % 10}"} for row in range(1000)]
        columns = Columns(rows)
        document = compile_filter({"$or": [{"f": {"$lt": 5}}, {"g": "tag3"}]})
        mask = document.mask(columns)
        metadata = CountingList(rows)
        metadata.looks = 0
        copy = columns.copy(metadata)
        assert (document.mask(copy) == mask).all()
        assert metadata.looks == 0

    def test_a_copied_column_is_freed_without_the_garbage_collector(self) -> None:
        gc.disable()
        try:
            column = Column("f", self.ROWS)
            ghosts = [weakref.ref(column.copy([*self.ROWS]).vocabulary), weakref.ref(column.vocabulary)]
            del column
            assert [ghost() for ghost in ghosts] == [None, None]
        finally:
            gc.enable()


class TestVocabulary:
    def test_equal_values_share_an_id(self) -> None:
        rows = [{"f": v} for v in (1, 1.0, "1", True, [1, 2], [2, 1, 1], [1], ["1"], 2**53, 2**53 + 1)]
        found = ids(Table(rows))
        assert found[0] == found[1]
        assert found[4] == found[5]
        assert found[8] == found[9]
        assert len(set(found)) == 7

    def test_many_arrays_keep_all_their_elements(self) -> None:
        table = Table([{"f": [row, row + 1, "x"]} for row in range(300)])
        table.append(*({"f": [row, row + 1, "x"]} for row in range(300, 600)))
        assert selected(table, {"f": "x"}) == list(range(600))
        assert selected(table, {"f": 5}) == [4, 5]
        table.append(*({"f": [-row, 5]} for row in range(1, 200)))
        assert selected(table, {"f": 5}) == [4, 5, *range(600, 799)]
        assert selected(table, {"f": {"$lt": -190}}) == list(range(790, 799))

    def test_many_numbers_do_not_share_ids_and_are_found_all_the_same(self) -> None:
        values: list[Any] = [None, 7, 7.0, 2**53, 2**53 + 1, "7", True, [7, 8], *range(1000, 20_000)]
        table = Table([{} if value is None else {"f": value} for value in values])
        assert len(set(ids(table)[1:5])) == 4
        assert selected(table, {"f": 7}) == [1, 2, 7]
        assert selected(table, {"f": 2**53}) == [3, 4]
        table.append({"f": 7}, {"f": 1500}, {"f": [1500]})
        assert selected(table, {"f": 7}) == [1, 2, 7, 19_008]
        assert selected(table, {"f": {"$in": [1500, "7", True]}}) == [5, 6, 508, 19_009, 19_010]
        assert selected(table, {"f": {"$exists": False}}) == [0]
        most = compile_filter({"f": {"$in": [8, True, *range(1000, 20_000)]}})
        assert np.flatnonzero(~most.mask(table.columns)).tolist() == [0, 1, 2, 3, 4, 5, 19_008]
        assert selected(table, {"f": {"$gte": 19_998}}) == [3, 4, 19_006, 19_007]

    def test_many_strings_do_not_share_ids_and_are_found_all_the_same(self) -> None:
        values: list[Any] = [None, "a", "a", "NaN", 7, ["a"], *(f"b{number}" for number in range(20_000))]
        table = Table([{} if value is None else {"f": value} for value in values])
        assert len(set(ids(table)[1:3])) == 2
        table.append({"f": "a"}, {"f": "b7"}, {"f": ["b7", "c"]})
        for each in (table, table.copy()):
            assert selected(each, {"f": "a"}) == [1, 2, 5, 20_006]
            assert selected(each, {"f": {"$in": ["b7", "c", "NaN", 7]}}) == [4, 13, 20_007, 20_008]
            assert selected(each, {"f": {"$startsWith": "b1999"}}) == [2005, *range(19_996, 20_006)]
            assert selected(each, {"f": {"$exists": False}}) == [0]
            assert each.columns.column("f").kinds() == {str, float}
        most = compile_filter({"f": {"$in": ["c", *map("b{}".format, range(19_990))]}})
        assert np.flatnonzero(~most.mask(table.columns)).tolist() == [*range(6), *range(19_996, 20_007)]

    def test_a_number_beyond_float64_among_many(self) -> None:
        values: list[Any] = [10**400, -(10**400), *range(20_000)]
        table = Table([{"f": value} for value in values])
        assert selected(table, {"f": {"$gt": 19_998}}) == [0, 20_001]
        assert selected(table, {"f": 10**500}) == [0]
        assert selected(table, {"f": {"$lt": 1}}) == [1, 2]

    def test_many_equal_numbers_share_an_id(self) -> None:
        table = Table([{"f": 1990 + row % 30} for row in range(20_000)])
        assert len(table.columns.column("f").vocabulary) == 31

    def test_overwritten_values_are_dropped_in_the_end(self) -> None:
        table = Table([{"f": "old"}] * 10)
        selected(table, {"f": "old"})
        for value in range(1500):
            table.overwrite({value % 10: {"f": value}})
            assert len(table.columns.column("f").vocabulary) <= 1024 + 2 * 10 + 1
        assert selected(table, {"f": {"$gte": 1495}}) == [5, 6, 7, 8, 9]
        assert selected(table, {"f": 1490}) == [0]

    def test_an_outgrown_column_is_rebuilt_at_its_next_use_not_before(self) -> None:
        table = Table([{"f": "old", "g": "same"}])
        selected(table, {"$or": [{"f": 1}, {"g": 1}]})
        column = weakref.ref(table.columns.column("f"))
        for value in range(1025):
            selected(table, {"$or": [{"f": 1}, {"g": 1}]})
            assert table.columns.column("f") is column()
            table.overwrite({0: {"f": value, "g": "same"}})
        assert live(table) == {"g"}
        assert column() is None
        assert selected(table, {"f": 1024}) == [0]
        assert len(table.columns.column("f").vocabulary) == 2

    def test_removals_let_the_values_go_too(self) -> None:
        table = Table([{"f": value} for value in range(3000)])
        selected(table, {"f": 1})
        for _ in range(2990):
            table.remove(0)
        assert selected(table, {"f": {"$exists": True}}) == list(range(10))
        assert len(table.columns.column("f").vocabulary) <= 1024 + 2 * 10 + 1

    def test_rows_that_honestly_have_many_values_are_not_rebuilt(self) -> None:
        table = Table()
        selected(table, {"f": 1})
        column = table.columns.column("f")
        for row in range(20):
            table.append({"f": [row * 200 + element for element in range(200)]})
        assert len(column.vocabulary) > 4000
        assert table.columns.column("f") is column

    def test_an_old_vocabulary_is_freed_without_the_garbage_collector(self) -> None:
        gc.disable()
        try:
            column = Column("f", [{"f": [1, "a"]}, {"f": True}])
            ghost = weakref.ref(column.vocabulary)
            del column
            assert ghost() is None
        finally:
            gc.enable()


class CountingList(list[dict[str, Any]]):
    """A list that counts how many of its items are looked at."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.looks = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self.looks += len(self)
        return super().__iter__()

    def __getitem__(self, row: SupportsIndex) -> dict[str, Any]:  # type: ignore[override]
        self.looks += 1
        return super().__getitem__(row)


class TestCost:
    def test_upkeep_looks_only_at_what_was_written(self) -> None:
        metadata = CountingList({"f": row, "g": row, "h": row} for row in range(5000))
        columns = Columns(metadata)
        compile_filter({"$or": [{"f": 1}, {"g": 1}]}).mask(columns)
        metadata.looks = 0
        compile_filter({"$and": [{"f": {"$gt": 1}}, {"g": {"$ne": 1}}]}).mask(columns)
        assert metadata.looks == 0
        metadata.pop()
        columns.remove(17)
        assert metadata.looks == 0
        columns.write([1, 2, 3])
        assert metadata.looks == 3 * 2

    @pytest.mark.parametrize(
        "document",
        [
            {"f": 7},
            {"f": {"$nin": [1, "x", True]}},
            {"f": {"$gte": 10, "$lt": 90_000}},
            {"$or": [{"f": {"$exists": True}}, {"g": {"$startsWith": "t"}}]},
        ],
    )
    def test_rows_are_not_visited_one_by_one(self, document: Any) -> None:
        columns = Columns([{"f": row, "g": f"tag{row % 10}"} for row in range(100_000)])
        compiled = compile_filter(document, enhanced=True)
        compiled.mask(columns)
        calls = Counter[str]()

        def count(_frame: Any, event: str, _argument: Any) -> None:
            calls[event] += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            mask = compiled.mask(columns)
        finally:
            sys.setprofile(before)
        assert mask.shape == (100_000,)
        assert calls["call"] > 0
        assert calls.total() < 500

    @pytest.mark.parametrize("value", [str, int, float], ids=["strings", "integers", "floats"])
    def test_building_a_column_calls_python_for_no_value(self, value: Callable[[int], Any]) -> None:
        columns = Columns([{"g": value(row)} for row in range(20_000)])
        calls = Counter[str]()

        def count(_frame: Any, event: str, _argument: Any) -> None:
            calls[event] += 1

        before = sys.getprofile()
        sys.setprofile(count)
        try:
            columns.column("g")
        finally:
            sys.setprofile(before)
        assert calls["call"] < 500


def test_ids_stay_small() -> None:
    one, many = (Table([{"f": 1}] * rows).columns.column("f").size() for rows in (1, 1001))
    assert many - one == 4 * 1000
