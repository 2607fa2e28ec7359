"""Columns and text indexes are bounded by use and by bytes: no filter makes later writes slow for ever."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import derived
from mock_s3vectors.filtering import columns
from mock_s3vectors.search import text_index
from tests.support.helpers import put_batches, vector
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_search import INDEX, search, searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex


class Work:
    """How often each metadata key was built or read again, by the class of what is derived from it."""

    def __init__(self, kind: type[Any], monkeypatch: pytest.MonkeyPatch) -> None:
        self.built, self.reread = Counter[str](), Counter[str]()
        keys: dict[int, str] = {}  # by the identity of what is derived, which has no public name for it
        build, write = kind.__init__, kind.write

        def counted_build(part: Any, key: str, *arguments: Any) -> None:
            keys[id(part)] = key
            self.built[key] += 1
            build(part, key, *arguments)

        def counted_write(part: Any, rows: Any) -> None:
            self.reread[keys[id(part)]] += len(rows)
            write(part, rows)

        monkeypatch.setattr(kind, "__init__", counted_build)
        monkeypatch.setattr(kind, "write", counted_write)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(columns.Column, monkeypatch)


@pytest.fixture
def full(client: Client, index: dict[str, str]) -> dict[str, str]:
    """The names of an index of 100 vectors."""
    put(client, index, 100)
    return index


def put(client: Client, index: dict[str, str], count: int, **more: Any) -> None:
    put_batches(client, index, [vector(f"{n:03}", n=n, even=n % 2 == 0, **more) for n in range(count)])


def found(client: Client, index: dict[str, str], document: Any) -> int:
    query = {"queryVector": {"float32": [0, 0]}, "topK": 100, "filter": document}
    return len(client.query_vectors(**index, **query)["vectors"])


@pytest.mark.usefixtures("no_coverage")
def test_a_put_after_many_keys_were_asked_once_works_no_more_than_before(
    client: Client, full: dict[str, str], work: Work
) -> None:
    for number in range(3 * derived.MOST_PARTS):
        assert found(client, full, {f"key{number}": {"$exists": False}}) == 100
    assert max(work.built.values()) == 1
    put(client, full, 10)
    assert len(work.reread) <= derived.MOST_PARTS
    for _ in range(10):
        put(client, full, 10)
    work.reread.clear()
    put(client, full, 10)
    assert not work.reread
    assert found(client, full, {"n": {"$lt": 5}}) == 5


def test_a_column_in_use_stays(client: Client, full: dict[str, str], work: Work) -> None:
    for round_ in range(30):
        assert found(client, full, {"round": round_ - 1}) == (10 if round_ else 0)
        put(client, full, 10, round=round_)
    assert work.built == {"round": 1}
    assert work.reread == {"round": 300}


def test_a_column_is_dropped_when_keeping_it_has_cost_a_new_one(
    client: Client, full: dict[str, str], work: Work
) -> None:
    assert found(client, full, {"even": True}) == 50
    for _ in range(30):
        put(client, full, 10)
    assert work.reread == {"even": 100}
    assert found(client, full, {"even": True}) == 50
    assert work.built == {"even": 2}


def test_a_column_grows_with_its_index_and_stays(client: Client, index: dict[str, str], work: Work) -> None:
    assert found(client, index, {"even": True}) == 0
    for count in range(0, 100, 5):
        client.put_vectors(
            **index, vectors=[vector(f"{n:03}", even=n % 2 == 0) for n in range(count, count + 5)]
        )
    assert found(client, index, {"even": True}) == 50
    assert work.built == {"even": 1}


@pytest.mark.s3vectors(default_index_mode="CLASSIC")
def test_a_filter_of_more_keys_than_columns_are_kept_builds_each_once(
    client: Client, full: dict[str, str], work: Work
) -> None:
    keys = [f"key{number}" for number in range(3 * derived.MOST_PARTS)]
    absent = [{key: {"$exists": False}} for key in keys]
    for _ in range(2):
        assert found(client, full, {"$and": [*absent, *absent, {"n": {"$lt": 7}}]}) == 7
    assert work.built == Counter([*keys, "n"])
    # The next write makes room, or every one after it would read them all again.
    put(client, full, 1)
    assert len(work.reread) == derived.MOST_PARTS
    assert "n" in work.reread


@pytest.mark.s3vectors(default_index_mode="CLASSIC")
def test_a_delete_makes_room_too(client: Client, full: dict[str, str], work: Work) -> None:
    keys = [f"key{number}" for number in range(3 * derived.MOST_PARTS)]
    assert found(client, full, {"$and": [{key: {"$exists": False}} for key in keys]}) == 100
    client.delete_vectors(**full, keys=["000"])
    assert found(client, full, {"$and": [{key: {"$exists": False}} for key in keys]}) == 99
    assert work.built == Counter([*keys, *keys[: -derived.MOST_PARTS]])


def test_the_column_used_longest_ago_is_dropped_first(
    client: Client, full: dict[str, str], work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "MOST_PARTS", 2)
    for key in ("n", "even", "n", "other", "n", "even"):
        found(client, full, {key: 1})
    assert work.built == {"n": 1, "even": 2, "other": 1}


def test_columns_are_dropped_when_their_bytes_are_too_many(
    client: Client, full: dict[str, str], work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = {"$and": [{"n": {"$lt": 9}}, {"even": True}]}
    monkeypatch.setattr(derived, "MOST_BYTES", 15_000)  # `n` has 100 values, `even` two
    for _ in range(2):
        assert found(client, full, both) == 5
    assert work.built == {"n": 1, "even": 1}
    monkeypatch.setattr(derived, "MOST_BYTES", 1)
    assert found(client, full, both) == 5
    assert work.built == {"n": 1, "even": 2}
    for _ in range(2):
        assert found(client, full, {"even": True}) == 50  # the last one stays
    assert work.built == {"n": 1, "even": 2}


def test_a_column_that_grew_makes_others_go(
    client: Client, full: dict[str, str], work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(derived, "MOST_BYTES", 30_000)
    for document in ({"even": True}, {"n": {"$lt": 5}}):
        found(client, full, document)
    put_batches(client, full, [vector(f"more{n}", n=n) for n in range(100, 350)])
    for document in ({"n": {"$lt": 5}}, {"even": True}):
        assert found(client, full, document) == (5 if "n" in document else 50)
    assert work.built == {"n": 1, "even": 2}


ROWS = 15_000
SIZED = {
    "few values": lambda metadata: columns.Column("few", metadata),
    "many values": lambda metadata: columns.Column("many", metadata),
    "many numbers": lambda metadata: columns.Column("number", metadata),
    "arrays": lambda metadata: columns.Column("arrays", metadata),
    "a text": lambda metadata: text_index.TextIndex("text", None, metadata),
}


@pytest.mark.parametrize("build", SIZED.values(), ids=SIZED)
def test_sizes_are_about_the_memory_held(build: Any) -> None:
    metadata = [
        {
            "few": row % 7,
            "many": f"v{row}",
            "number": row,
            "arrays": [row, row + 1, "x"],
            "text": f"a text of word{row}",
        }
        for row in range(ROWS)
    ]
    build(metadata[:1])  # imports what it needs
    tracemalloc.start()
    try:
        part = build(metadata)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.5 < part.size() / held < 2


@needs(*TEXT_SEARCH)
@pytest.mark.s3vectors(default_index_mode="ENHANCED")
class TestTexts:
    @pytest.fixture
    def work(self, monkeypatch: pytest.MonkeyPatch, client: Client, make_index: MakeIndex) -> Work:
        make_index(metadataConfiguration=searchable("t", "u"))
        put(client, INDEX, 8, t="a pear", u="a plum")
        return Work(text_index.TextIndex, monkeypatch)

    def test_an_index_is_dropped_when_keeping_it_has_cost_a_new_one(self, client: Client, work: Work) -> None:
        assert len(search(client, "t")) == 8
        assert len(search(client, "u", text="plum")) == 8
        for _ in range(5):
            put(client, INDEX, 4, t="a pear", u="an apple")
            assert len(search(client, "u", text="apple")) == 4
        assert work.built == {"t": 1, "u": 1}
        assert len(search(client, "t")) == 8
        assert work.built == {"t": 2, "u": 1}

    def test_indexes_are_dropped_when_their_bytes_are_too_many(
        self, client: Client, work: Work, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(derived, "MOST_BYTES", 1)
        for _ in range(2):
            assert len(search(client, "t")) == 8
        assert len(search(client, "u", text="plum")) == 8
        assert len(search(client, "t")) == 8
        assert work.built == {"t": 2, "u": 1}
