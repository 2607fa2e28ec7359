"""BM25 by hand, and postings that are kept current against postings from scratch and a plain oracle."""

from __future__ import annotations

from collections import defaultdict
from math import log
from typing import Any
from weakref import WeakSet

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mock_s3vectors import derived
from mock_s3vectors.search import TextIndexes, text_index
from mock_s3vectors.search.text_index import TextIndex
from mock_s3vectors.world.tables import VectorTable


def table_of(**texts: Any) -> VectorTable:
    """A table with a text, or what else, under the metadata key `text` of each vector."""
    table = VectorTable(1, "euclidean")
    put(table, **texts)
    return table


def put(table: VectorTable, **texts: Any) -> None:
    """Writes vectors; None for one without the metadata key."""
    metadata = [{} if text is None else {"text": text} for text in texts.values()]
    table.put(list(texts), np.ones((len(texts), 1), np.float32), metadata, [(0, 0)] * len(texts))


def scores(
    table: VectorTable, query: str, key: str = "text", language: str | None = None
) -> dict[str, float]:
    """Return the scores of the vectors that match, by key."""
    found = table.texts.scores(key, language, query).tolist()
    return {name: score for name, score in zip(table.keys, found, strict=True) if score}


def oracle(texts: dict[str, Any], query: str) -> dict[str, float]:
    """BM25 of texts in small letters and spaces, as the textbook has it."""
    documents = {name: text.split() for name, text in texts.items() if isinstance(text, str) and text.split()}
    found: defaultdict[str, float] = defaultdict(float)
    for term in set(query.split()):
        containing = [name for name, words in documents.items() if term in words]
        weight = log(1 + (len(documents) - len(containing) + 0.5) / (len(containing) + 0.5))
        for name in containing:
            words = documents[name]
            average = sum(map(len, documents.values())) / len(documents)
            count = words.count(term)
            found[name] += weight * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(words) / average))
    return dict(found)


def same(expected: dict[str, float] | list[float]) -> Any:
    return pytest.approx(expected, rel=1e-12)


FRUIT = {
    "a": "red apple",
    "b": "Red red pear, tree",
    "c": "green tree with birds and leaves",
}


def test_bm25_by_hand() -> None:
    # Three records of 2, 4 and 6 words, 4 on average; 1.2 * (0.25 + 0.75 * length / 4) is 0.75, 1.2, 1.65.
    table = table_of(**FRUIT)
    one_of_three = log(1 + 2.5 / 1.5)
    two_of_three = log(1 + 1.5 / 2.5)
    assert scores(table, "apple") == same({"a": one_of_three * 2.2 / 1.75})
    assert scores(table, "red") == same({"a": two_of_three * 2.2 / 1.75, "b": two_of_three * 4.4 / 3.2})
    assert scores(table, "tree") == same({"b": two_of_three, "c": two_of_three * 2.2 / 2.65})
    assert scores(table, "red tree") == same(
        {
            "a": two_of_three * 2.2 / 1.75,
            "b": two_of_three * (4.4 / 3.2 + 1),
            "c": two_of_three * 2.2 / 2.65,
        }
    )
    assert scores(table, "red")["b"] == pytest.approx(0.6462549902)  # ln 1.6 * 1.375


def test_a_term_that_all_have_still_counts() -> None:
    assert scores(table_of(a="x", b="x"), "x") == same({"a": log(1.2), "b": log(1.2)})
    assert scores(table_of(a="x"), "x") == same({"a": log(1 + 0.5 / 1.5)})


def test_a_term_that_stands_twice_in_a_query_counts_once() -> None:
    table = table_of(**FRUIT)
    assert scores(table, "RED red, Red") == scores(table, "red")
    assert scores(table, "red unknown") == scores(table, "red")


@pytest.mark.parametrize("query", ["", "...", "unknown", "re", "appletree"])
def test_a_query_without_a_known_term_finds_nothing(query: str) -> None:
    table = table_of(**FRUIT)
    assert table.texts.scores("text", None, query).tolist() == [0, 0, 0]
    assert scores(table, "apple") != {}
    assert table.texts.scores("other", None, "apple").tolist() == [0, 0, 0]


def test_no_records() -> None:
    assert table_of().texts.scores("text", None, "x").shape == (0,)
    assert scores(table_of(a=None, b=3, c="--"), "x 3") == {}


@pytest.mark.parametrize("value", [None, 3, 1.5, True, ["red"], ["red apple", "tree"], "", "?!", "😀"])
def test_records_without_terms_are_none_of_the_statistics(value: Any) -> None:
    alone = scores(table_of(**FRUIT), "red tree")
    assert scores(table_of(**FRUIT, d=value), "red tree") == alone
    assert scores(table_of(d=value, **FRUIT), "red tree") == alone


def test_stop_words_have_no_length_and_pairs_have_some() -> None:
    english = table_of(a="the cats", b="The dogs of the cat and the dog")
    assert scores(english, "dog", language="en") == same(
        {"b": log(2) * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 3 / 2))}
    )
    # Three characters and two pairs; one character. Three on average.
    japanese = table_of(a="東京都", b="都")
    assert scores(japanese, "京都", language="ja") == same(
        {"a": log(2) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 5 / 3))}
    )
    assert scores(japanese, "都", language="ja") == same(
        {
            "a": log(1.2) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 5 / 3)),
            "b": log(1.2) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 1 / 3)),
        }
    )


def test_every_write_and_delete_changes_the_statistics_at_once() -> None:
    table = table_of(**FRUIT)
    texts: dict[str, Any] = {"a": "red apple", "b": "red red pear tree", "c": FRUIT["c"]}
    assert scores(table, "red tree") == same(oracle(texts, "red tree"))
    for change in (
        {"d": "tree"},  # a new one
        {"a": "tree tree tree"},  # another text
        {"b": 7},  # no text any more
        {"b": "red pear tree"},  # and again
        {"c": None},
        {"a": "tree tree tree", "e": "red", "c": "green"},
    ):
        put(table, **change)
        texts |= change
        assert scores(table, "red tree") == same(oracle(texts, "red tree"))
    for name in ("a", "e", "nobody", "b", "d", "c"):  # the first, the last, an unknown one, ...
        table.delete([name])
        texts.pop(name, None)
        assert scores(table, "red tree green") == same(oracle(texts, "red tree green"))
    put(table, z="red")
    assert scores(table, "red") == same({"z": log(1 + 0.5 / 1.5)})


def test_many_records_one_by_one() -> None:
    table = table_of()
    texts: dict[str, Any] = {}
    assert scores(table, "x") == {}  # from here on, the index grows with the table
    for number in range(300):
        change = {f"k{number}": "x y " * (number % 4) + "z " * (number % 7)}
        put(table, **change)
        texts |= change
        if number % 50 == 49:
            put(table, k3="y z")
            texts |= {"k3": "y z"}
            assert scores(table, "x z") == same(oracle(texts, "x z"))


def test_many_records_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_index, "_TERMS_AT_ONCE", 64)
    monkeypatch.setattr(text_index, "_POSTINGS_AT_ONCE", 16)
    texts = {f"k{number}": "x y " * (number % 4) + "z " * (number % 7) for number in range(300)}
    table = table_of(**texts)
    assert scores(table, "x z") == same(oracle(texts, "x z"))
    texts |= {f"k{number}": f"y{number} z" for number in range(250, 500)}
    put(table, **texts)
    assert scores(table, "x z y300") == same(oracle(texts, "x z y300"))


def test_a_query_looks_at_a_few_parts_however_many_writes_there_were() -> None:
    metadata: list[dict[str, Any]] = []
    index = TextIndex("text", None, metadata)
    for number in range(1000):
        metadata.append({"text": f"a text of word{number % 90}"})
        index.write([number])
        # Private: a query only takes longer. Each part is twice the next, and 4000 postings are the most.
        assert len(index._postings) <= 10  # noqa: SLF001
    assert index.scores("word7").tolist() == TextIndex("text", None, metadata).scores("word7").tolist()


def test_a_record_in_the_place_of_one_that_was_moved_leaves_it_alone() -> None:
    table = table_of(a="red", b="tree", c="apple")
    assert scores(table, "apple").keys() == {"c"}
    table.delete(["a"])
    put(table, d="tree", e="red")
    table.delete(["b"])
    assert scores(table, "apple") == same(oracle({"c": "apple", "d": "tree", "e": "red"}, "apple"))
    assert scores(table, "tree").keys() == {"d"}


def test_keys_and_languages_have_indexes_of_their_own() -> None:
    metadata: list[dict[str, Any]] = [{"x": "the cats", "y": "cat"}, {"x": "a cat", "y": 3}]
    texts = TextIndexes(metadata)
    assert texts.scores("x", None, "cat").tolist() == same([0, log(2)])
    assert texts.scores("y", None, "cat").tolist() == same([log(4 / 3), 0])
    assert texts.scores("x", "en", "the cat").tolist() == same([log(1.2), log(1.2)])
    assert texts.scores("y", None, "the cats").tolist() == [0, 0]
    # Copies of an index may share these, and have given the key different languages.
    assert texts.scores("x", None, "the cat").tolist() == same([log(2), log(2)])


# More than a text index of a test has bytes.
MANY = 1 << 40


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> WeakSet[TextIndex]:
    """The text indexes that were built and are still held."""
    build, seen = TextIndex.__init__, WeakSet[TextIndex]()

    def build_and_note(index: TextIndex, *arguments: Any) -> None:
        build(index, *arguments)
        seen.add(index)

    monkeypatch.setattr(TextIndex, "__init__", build_and_note)
    return seen


def test_an_index_is_built_anew_when_the_dead_outnumber_the_living(
    monkeypatch: pytest.MonkeyPatch, held: WeakSet[TextIndex]
) -> None:
    monkeypatch.setattr(text_index, "_SPARE_POSTINGS", 11)
    monkeypatch.setattr(text_index, "_TERM_BYTES", MANY)  # so that sizes tell the number of terms
    table = table_of(a="first one", b="second")
    for count in range(1, 25):
        assert scores(table, "second").keys() == {"b"}
        put(table, a=f"word{count} other word{count}")
        # Each leaves two postings dead, and three are alive: at the eighth time these are more than 3 + 11.
        assert len(held) == (count % 8 != 0), count
        assert scores(table, f"word{count} second").keys() == {"a", "b"}
        assert scores(table, f"word{count - 1} first") == {}
        [terms] = [index.size() // MANY for index in held]
        assert 3 <= terms <= 3 + 8


def test_deletes_also_let_an_index_be_built_anew(
    monkeypatch: pytest.MonkeyPatch, held: WeakSet[TextIndex]
) -> None:
    monkeypatch.setattr(text_index, "_SPARE_POSTINGS", 1)
    names = "abcdefghij"
    table = table_of(**dict.fromkeys(names, "same thing"))
    assert len(scores(table, "same")) == 10
    for gone in range(1, 7):
        assert len(held) == 1
        table.delete([names[gone]])
    assert not held  # 12 postings were dead, more than 8 + 1
    assert scores(table, "same").keys() == {*"ahij"}
    (index,) = held
    assert index.size() == TextIndex("text", None, table.metadata).size()  # of four documents


def test_a_copy_goes_its_own_way() -> None:
    table = table_of(**FRUIT)
    before = scores(table, "red tree")
    copy = table.copy()
    assert scores(copy, "red tree") == before
    put(copy, a="tree", d="red")
    copy.delete(["b"])
    assert scores(table, "red tree") == before
    assert scores(copy, "red tree") == same(oracle({"a": "tree", "c": FRUIT["c"], "d": "red"}, "red tree"))
    put(table, b="tree")
    assert scores(copy, "tree").keys() == {"a", "c"}
    # Copies share postings until one of them adds to these, be it the original.
    third = table.copy()
    put(table, e="tree red")
    assert scores(third, "tree").keys() == {"b", "c"}
    put(third, f="tree")
    assert scores(table, "tree").keys() == {"b", "c", "e"}
    assert scores(third, "tree").keys() == {"b", "c", "f"}
    assert scores(copy, "tree").keys() == {"a", "c"}


KEYS = st.sampled_from("abcdefgh")
WORDS = st.lists(st.sampled_from(["x", "y", "z", "red", "tree"]), max_size=6).map(" ".join)
VALUES = st.one_of(WORDS, WORDS, WORDS, st.sampled_from([None, 3, True, ["x", "y"], "...", "😀"]))
RECORDS = st.dictionaries(KEYS, st.tuples(VALUES, VALUES), min_size=1, max_size=5)


class Machine(RuleBasedStateMachine):
    """A table with two text indexes, which are rebuilt every now and then, and what should be in it."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(text_index, "_SPARE_POSTINGS", 3)
        self.patch.setattr(text_index, "_POSTING_BYTES", MANY)  # so that sizes tell the number of postings
        self.patch.setattr(text_index, "_TERM_BYTES", 0)
        self.patch.setattr(text_index, "_TERMS_AT_ONCE", 5)
        self.patch.setattr(text_index, "_POSTINGS_AT_ONCE", 2)
        self.patch.setattr(derived, "MOST_BYTES", MANY * MANY)
        self.indexes = WeakSet[TextIndex]()  # those of the table and of its copies
        write = TextIndex.write

        def write_and_note(index: TextIndex, rows: Any) -> None:
            write(index, rows)
            self.indexes.add(index)

        self.patch.setattr(TextIndex, "write", write_and_note)
        self.table = VectorTable(1, "euclidean")
        self.stored: dict[str, tuple[Any, Any]] = {}

    def teardown(self) -> None:
        self.patch.undo()

    @rule(records=RECORDS)
    def put(self, records: dict[str, tuple[Any, Any]]) -> None:
        metadata = [{"text": text, "other": other} for text, other in records.values()]
        rows = np.ones((len(records), 1), np.float32)
        self.table.put(list(records), rows, metadata, [(0, 0)] * len(records))
        self.stored |= records

    @rule(keys=st.sets(KEYS))
    def delete(self, keys: set[str]) -> None:
        for key in keys:
            self.table.delete([key])
            self.stored.pop(key, None)

    @rule()
    def copy(self) -> None:
        self.table = self.table.copy()

    @rule(query=WORDS, other=st.booleans())
    def search(self, query: str, other: bool) -> None:  # noqa: FBT001
        key = "other" if other else "text"
        fresh = TextIndex(key, None, self.table.metadata)
        current = self.table.texts.scores(key, None, query)
        assert current.tolist() == fresh.scores(query).tolist()
        texts = {name: values[other] for name, values in self.stored.items()}
        clean = {name: text for name, text in texts.items() if text not in ("...", "😀")}
        assert scores(self.table, query, key) == same(oracle(clean, query))

    @invariant()
    def no_more_dead_than_allowed(self) -> None:
        for index in self.indexes:
            # Private: postings show in no other way, as a dead one changes no score.
            postings = sum(map(len, index._postings))  # noqa: SLF001
            assert postings == index.size() // MANY
            assert not index.outgrown()


TestPostings = Machine.TestCase
TestPostings.settings = settings(stateful_step_count=30)
TestPostings.pytestmark = [pytest.mark.slow]  # type: ignore[attr-defined] # where pytest looks for it
