"""Copies of an index, and copies of those, with a model of each: all stay right, whoever writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mock_s3vectors.arns import Arn
from mock_s3vectors.filtering import compile_filter
from mock_s3vectors.search import Flat, Hnsw, Quantized, flat, hnsw, text_index
from mock_s3vectors.world import Index
from mock_s3vectors.world.tables import VectorTable

if TYPE_CHECKING:
    from mock_s3vectors.filtering import Filter

pytestmark = pytest.mark.usefixtures("no_coverage")

KEYS = st.sampled_from("abcdefghij")
WORDS = st.lists(st.sampled_from(["red", "green", "blue"]), min_size=1, max_size=3).map(" ".join)
VALUES = st.one_of(st.integers(0, 3), WORDS, st.lists(st.integers(0, 3), min_size=1, max_size=3))
# A point, twice as likely for some: rows that are equal share a node of a graph.
POINTS = st.tuples(st.integers(-2, 2), st.integers(1, 2))
RECORDS = st.dictionaries(KEYS, st.tuples(POINTS, WORDS, VALUES), min_size=1, max_size=5)
# So many that a few writes do not make derived parts worth dropping.
FIRST = {f"first-{n}": ((n % 5 - 2, 1), ["red", "green blue"][n % 2], n % 4) for n in range(20)}
METHODS = st.sampled_from([Flat(), Hnsw(m=4), Hnsw(m=8), Hnsw(m=8, ef_search=50), Quantized()])
WHICH = st.integers(0, 3)
LANGUAGES = st.sampled_from([None, "en"])


def new_table() -> VectorTable:
    return VectorTable(2, "cosine")


def new_index() -> Index:
    return Index(
        arn=Arn("aws", "us-east-1", "123456789012", "bucket", "index"),
        name="index",
        creation_time=0,
        data_type="float32",
        distance_metric="cosine",
        metadata_configuration=None,
        text_search={},
        encryption={},
        mode="ENHANCED",
        tags={},
        table=new_table(),
    )


def fill(target: Index | VectorTable, records: dict[str, Any]) -> None:
    data = np.array([point for point, _, _ in records.values()], np.float32).reshape(-1, 2)
    metadata = [{"text": text, "value": value} for _, text, value in records.values()]
    sizes = [(len(key) + len(text), len(key)) for key, (_, text, _) in records.items()]
    target.put(list(records), data, metadata, sizes)


def selected(table: VectorTable, matching: Filter) -> set[str]:
    mask = table.mask(matching)
    assert mask is not None
    return {table.keys[row] for row in mask.nonzero()[0]}


@dataclass
class Copy:
    """An index, and what should be in it."""

    index: Index
    records: dict[str, Any]

    @property
    def fresh(self) -> VectorTable:
        """A table that was filled at once."""
        table = new_table()
        if self.records:
            fill(table, self.records)
        return table


class Machine(RuleBasedStateMachine):
    """At most four indexes of one family."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(hnsw, "ROWS_PER_NEIGHBOUR", 0)
        self.patch.setattr(hnsw, "_MOST_WAITING", 3)
        self.patch.setattr(flat, "_FEW", 0)
        self.patch.setattr(text_index, "_SPARE_POSTINGS", 3)
        self.copies = [Copy(new_index(), dict(FIRST))]
        fill(self.copies[0].index, FIRST)

    def teardown(self) -> None:
        self.patch.undo()

    def at(self, which: int) -> Copy:
        return self.copies[which % len(self.copies)]

    def shared(self, copy: Copy) -> bool:
        return any(other.index.table is copy.index.table for other in self.copies if other is not copy)

    @rule(which=WHICH)
    def copy(self, which: int) -> None:
        copy = self.at(which)
        self.copies = [*self.copies[-3:], Copy(copy.index.copy(), dict(copy.records))]

    @rule(which=WHICH)
    def drop(self, which: int) -> None:
        if len(self.copies) > 1:
            del self.copies[which % len(self.copies)]

    @rule(which=WHICH, records=RECORDS)
    def put(self, which: int, records: dict[str, Any]) -> None:
        copy = self.at(which)
        shared, table = self.shared(copy), copy.index.table
        fill(copy.index, records)
        copy.records |= records
        assert (copy.index.table is table) != shared

    @rule(which=WHICH, keys=st.sets(KEYS))
    def delete(self, which: int, keys: set[str]) -> None:
        copy = self.at(which)
        copied, table = self.shared(copy) and bool(keys & copy.records.keys()), copy.index.table
        copy.index.delete(sorted(keys))
        for key in keys:
            copy.records.pop(key, None)
        assert (copy.index.table is table) != copied

    @rule(which=WHICH, query=WORDS, language=LANGUAGES)
    def search_text(self, which: int, query: str, language: str | None) -> None:
        found, expected = (
            dict(zip(table.keys, table.texts.scores("text", language, query).tolist(), strict=True))
            for table in (self.at(which).index.vectors, self.at(which).fresh)
        )
        assert found == pytest.approx(expected)

    @rule(which=WHICH, number=st.integers(0, 3))
    def filter(self, which: int, number: int) -> None:
        compiled = compile_filter({"value": {"$gte": number}})
        found, expected = (
            selected(table, compiled) for table in (self.at(which).index.vectors, self.at(which).fresh)
        )
        assert found == expected

    @rule(which=WHICH, method=METHODS, k=st.integers(1, 12))
    def search_vectors(self, which: int, method: Any, k: int) -> None:
        query = np.array([1, 0.3], np.float32)
        oracle = method if isinstance(method, Quantized) else Flat()
        found, expected = (
            [(table.keys[row], distance) for row, distance in table.nearest(table.plan(query, k, None, used))]
            for table, used in ((self.at(which).index.vectors, method), (self.at(which).fresh, oracle))
        )
        assert found == expected

    @rule(which=WHICH, after=st.none() | KEYS)
    def list(self, which: int, after: str | None) -> None:
        found, expected = (
            [(table.keys[row], table.sizes[row]) for row in table.rows_listed(after, 0, 1)]
            for table in (self.at(which).index.vectors, self.at(which).fresh)
        )
        assert found == expected

    @invariant()
    def rows_are_right(self) -> None:
        for copy in self.copies:
            table = copy.index.vectors
            rows = zip(table.keys, table.matrix.tolist(), table.metadata, strict=True)
            assert {
                key: (tuple(point), metadata["text"], metadata["value"]) for key, point, metadata in rows
            } == (copy.records)
            queried = sum(map(len, copy.records))
            stored = queried + sum(len(text) for _, text, _ in copy.records.values())
            assert table.total_size == (stored, queried)


TestCopies = Machine.TestCase
TestCopies.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
