"""A copy of the state has everything in it; the copy and the original change apart from each other."""

from __future__ import annotations

import gc
from collections import Counter
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from weakref import ref

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.filtering.columns import Column
from mock_s3vectors.search import hnsw
from mock_s3vectors.search.graph import Graph
from mock_s3vectors.search.text_index import TextIndex
from mock_s3vectors.world import listing
from mock_s3vectors.world.tables import VectorTable
from tests.support.helpers import POLICY, vector
from tests.support.shapes import QUERY_PAGES, TAGS, TEXT_SEARCH, has, needs
from tests.support.text_search import searchable
from tests.world.copies import index_of, seeing, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.helpers import Client

INDEX = {"vectorBucketName": "bucket", "indexName": "index"}
ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket"
ENGINES = [
    pytest.param(engine, marks=pytest.mark.s3vectors(search_engine=engine, default_index_mode="ENHANCED"))
    for engine in ("flat", "hnsw", "quantized")
]
engines = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture
def filled(client: Client, at: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client of a state with something of everything, all derived parts built already."""
    at(0)
    monkeypatch.setattr(hnsw, "ROWS_PER_NEIGHBOUR", 0)  # a graph is walked, however few rows there are
    texts = {"metadataConfiguration": searchable("text")} if has(*TEXT_SEARCH) else {}
    client.create_index(**INDEX, dataType="float32", dimension=2, distanceMetric="cosine", **texts)
    records = [vector(key, [ord(key) - 90, 1], letter=key, text=f"letter {key}") for key in "abcdefgh"]
    client.put_vectors(**INDEX, vectors=records)
    client.put_vector_bucket_policy(vectorBucketName="bucket", policy=POLICY)
    if has(*TAGS):
        for arn in (ARN, f"{ARN}/index/index"):
            client.tag_resource(resourceArn=arn, tags={"old": "tag"})
    snapshot(client)
    return client


def pages(client: Client) -> Any:
    """The keys of each page of a segment and of the whole index."""
    parts: Any = ({}, {"segmentCount": 2, "segmentIndex": 1})
    paginator = client.get_paginator("list_vectors")
    return [
        [
            [found["key"] for found in page["vectors"]]
            for page in paginator.paginate(**INDEX, **part, maxResults=3)
        ]
        for part in parts
    ]


def text_query(client: Client, text: str) -> Any:
    texts = [{"metadataKey": "text", "text": text}]
    return client.query_vectors(**INDEX, queryTexts=texts, topK=9, returnScores=True)["vectors"]


def snapshot(client: Client) -> Any:
    """All that a client sees."""
    shown = {"returnData": True, "returnMetadata": True}
    query = {"queryVector": {"float32": [1, 0]}, "topK": 9, "returnDistance": True}
    more = {}
    if has(*TAGS):
        more["tags"] = {
            arn: client.list_tags_for_resource(resourceArn=arn)["tags"] for arn in (ARN, f"{ARN}/index/index")
        }
    index = client.get_index(**INDEX)["index"]
    if "textSearchConfigurations" in index.get("metadataConfiguration", {}):
        more["texts"] = text_query(client, "letter b other")
    return {
        "buckets": client.list_vector_buckets()["vectorBuckets"],
        "indexes": client.list_indexes(vectorBucketName="bucket")["indexes"],
        "index": index,
        "vectors": client.list_vectors(**INDEX, **shown)["vectors"],
        "pages": pages(client),
        "nearest": client.query_vectors(**INDEX, **query)["vectors"],
        "filtered": client.query_vectors(**INDEX, **query, filter={"letter": {"$ne": "b"}})["vectors"],
        "policy": client.get_vector_bucket_policy(vectorBucketName="bucket")["policy"],
        **more,
    }


def put(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=[vector("new", [9, 2], letter="n", text="another letter")])


def overwrite(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=[vector("b", [9, 1], letter="z", text="other letter letter")])


def delete(client: Client) -> None:
    client.delete_vectors(**INDEX, keys=["a", "c", "unknown"])


WRITES = [put, overwrite, delete]


def configure_text_search(client: Client) -> None:
    """Give the texts another language."""
    if has(*TEXT_SEARCH):
        client.update_metadata_configuration(**INDEX, delete=searchable("text"))
        client.update_metadata_configuration(**INDEX, add=searchable("text:en"))


def change_everything(client: Client) -> None:
    for write in WRITES:
        write(client)
    configure_text_search(client)
    client.create_vector_bucket(vectorBucketName="another")
    client.create_index(
        vectorBucketName="bucket",
        indexName="another",
        dataType="float32",
        dimension=2,
        distanceMetric="cosine",
    )
    client.put_vector_bucket_policy(vectorBucketName="bucket", policy=POLICY.replace("Allow", "Deny"))
    if has(*TAGS):
        for arn in (ARN, f"{ARN}/index/index"):
            client.tag_resource(resourceArn=arn, tags={"new": "tag"})


class Seen:
    """A client, and what it sees in each of several states."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def within(self, stores: Any, call: Callable[[Client], Any] = snapshot) -> Any:
        with seeing(stores):
            return call(self.client)


@engines
def test_a_copy_and_its_original_change_apart_from_each_other(filled: Client, engine: str) -> None:  # noqa: ARG001
    before, seen = snapshot(filled), Seen(filled)
    original, copy = state(), state().copy()
    assert seen.within(copy) == before
    seen.within(original, change_everything)
    changed = seen.within(original)
    same = set() if has(*TEXT_SEARCH) else {"index"}
    assert {what for what in before if changed[what] == before[what]} == same
    assert seen.within(copy) == before
    seen.within(copy, change_everything)
    assert seen.within(copy) == changed
    assert seen.within(original) == changed


@pytest.mark.usefixtures("no_coverage")
@engines
@pytest.mark.parametrize("write", [*WRITES, configure_text_search])
@pytest.mark.parametrize("other", [*WRITES, configure_text_search])
def test_each_change_is_the_writer_s_alone(
    filled: Client,
    write: Callable[[Client], None],
    other: Callable[[Client], None],
    engine: str,  # noqa: ARG001
) -> None:
    before, seen = snapshot(filled), Seen(filled)
    original, copy, untouched = state(), state().copy(), state().copy()
    seen.within(copy, write)
    written = seen.within(copy)
    assert (written != before) == (write in WRITES or has(*TEXT_SEARCH))
    assert seen.within(original) == before
    seen.within(original, other)
    assert seen.within(copy) == written
    assert seen.within(untouched) == before
    seen.within(untouched, other)
    assert seen.within(untouched) == seen.within(original)


@engines
def test_the_first_queries_after_the_first_write_build_nothing_anew(
    filled: Client,
    engine: str,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built: Counter[str] = Counter()

    def watch(kind: type[Any]) -> None:
        build = kind.__init__

        def counted_build(part: Any, *arguments: Any) -> None:
            built[kind.__name__] += 1
            build(part, *arguments)

        monkeypatch.setattr(kind, "__init__", counted_build)

    for kind in (Column, Graph, TextIndex):
        watch(kind)
    hashed: set[str] = set()
    position_of = listing.position_of

    def noted_position_of(key: str) -> Any:
        hashed.add(key)
        return position_of(key)

    monkeypatch.setattr(listing, "position_of", noted_position_of)
    seen, copy = Seen(filled), state().copy()
    seen.within(copy, overwrite)
    seen.within(copy)
    seen.within(state())
    assert built == {}
    assert len(hashed) < 8  # the last keys of pages


def test_writes_copy_as_long_as_another_index_has_the_vectors(
    filled: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies: list[VectorTable] = []
    copy_of_table = VectorTable.copy

    def noted_copy(table: VectorTable) -> VectorTable:
        copies.append(table)
        return copy_of_table(table)

    monkeypatch.setattr(VectorTable, "copy", noted_copy)
    seen, original = Seen(filled), state()

    copy, other = original.copy(), original.copy()
    assert copies == []
    seen.within(copy, delete)
    seen.within(copy, overwrite)
    assert len(copies) == 1
    del copy
    seen.within(original, overwrite)  # `other` has the vectors still
    seen.within(original, put)
    assert len(copies) == 2
    seen.within(other, overwrite)  # nobody else has them any more
    assert len(copies) == 2

    for write in WRITES:
        copy = original.copy()
        assert seen.within(copy) == seen.within(original)
        del copy
        seen.within(original, write)
    assert len(copies) == 2

    copy = original.copy()
    with pytest.raises(filled.exceptions.ValidationException):
        seen.within(copy, lambda client: client.put_vectors(**INDEX, vectors=[vector("a", [0, 0])]))
    seen.within(copy, lambda client: client.delete_vectors(**INDEX, keys=["unknown"]))
    assert len(copies) == 2


@engines
def test_an_ended_copy_is_gone_without_the_garbage_collector(filled: Client, engine: str) -> None:  # noqa: ARG001
    gc.disable()
    try:
        copy = state().copy()
        Seen(filled).within(copy, change_everything)
        gone: list[ref[Any]] = [ref(index_of(copy)), ref(index_of(copy).table)]
        del copy
        assert [reference() for reference in gone] == [None, None]
    finally:
        gc.enable()


def test_copies_of_copies(filled: Client) -> None:
    seen = Seen(filled)
    states = [state()]
    for _ in range(20):
        states.append(states[-1].copy())
    before = seen.within(states[0])
    assert len({id(index_of(stores).table) for stores in states}) == 1
    seen.within(states[10], change_everything)
    changed = seen.within(states[10])
    assert changed != before
    assert all(seen.within(stores) == before for stores in states if stores is not states[10])
    states = [states[10], states[10].copy()]
    seen.within(states[1], delete)
    assert seen.within(states[0]) == changed


@needs(*QUERY_PAGES)
def test_page_tokens_of_queries_work_in_a_copy(filled: Client) -> None:
    filled.put_vectors(**INDEX, vectors=[vector(f"{n}", [1, n]) for n in range(150)])
    request = {**INDEX, "queryVector": {"float32": [1, 0]}, "topK": 150}

    def first(client: Client) -> Any:
        return client.query_vectors(**request)["nextToken"]

    def following(token: str) -> Callable[[Client], Any]:
        return lambda client: [
            hit["key"] for hit in client.query_vectors(**request, nextToken=token)["vectors"]
        ]

    seen, original = Seen(filled), state()
    token = first(filled)
    expected = following(token)(filled)
    assert len(expected) == 50
    copy = original.copy()
    seen.within(copy, lambda client: client.delete_vectors(**INDEX, keys=expected))
    assert seen.within(copy, following(token)) == expected
    # From the copy on, each has its own.
    of_original = first(filled)
    assert seen.within(original, following(of_original)) == expected
    with pytest.raises(filled.exceptions.ValidationException, match="Invalid page token"):
        seen.within(copy, following(of_original))


@needs(*TEXT_SEARCH)
@pytest.mark.s3vectors(default_index_mode="ENHANCED")
def test_copies_may_search_a_metadata_key_in_different_languages(filled: Client) -> None:
    seen, original, copy = Seen(filled), state(), state().copy()
    seen.within(copy, configure_text_search)
    assert index_of(copy).table is index_of(original).table
    for _ in range(2):
        assert len(seen.within(copy, lambda client: text_query(client, "letters"))) == 8
        assert seen.within(original, lambda client: text_query(client, "letters")) == []
    seen.within(copy, overwrite)
    assert len(seen.within(copy, lambda client: text_query(client, "letters"))) == 8
    assert seen.within(original, lambda client: text_query(client, "letters")) == []


def test_the_copies_of_an_index_have_one_lock(filled: Client) -> None:
    copy = state().copy()
    lock = index_of(state()).lock
    Seen(filled).within(copy, overwrite)
    assert index_of(copy).lock is lock
    taken, go_on = Event(), Event()

    def hold() -> None:
        with lock:
            taken.set()
            go_on.wait(30)

    holder = Thread(target=hold)
    holder.start()
    assert taken.wait(30)
    done = Event()

    def write_there() -> None:
        with index_of(copy).lock:
            index_of(copy).delete(["b"])
        done.set()

    writer = Thread(target=write_there)
    writer.start()
    assert not done.wait(0.05)
    go_on.set()
    assert done.wait(30)
    holder.join()
    writer.join()


def test_mocks_that_search_in_different_ways_do_not_take_each_other_s_graphs(
    filled: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[int] = []
    build = Graph.__init__

    def counted_build(graph: Graph, dimension: int, m: int, ef_construction: int) -> None:
        built.append(m)
        build(graph, dimension, m, ef_construction)

    monkeypatch.setattr(Graph, "__init__", counted_build)

    def query() -> None:
        filled.query_vectors(**INDEX, queryVector={"float32": [1, 0]}, topK=1)

    for _ in range(3):
        query()
        with mock_s3vectors(search_engine="hnsw", hnsw_m=4):
            query()
            with mock_s3vectors(hnsw_m=8):
                query()
    assert built == [4, 8]
    # Only a few are kept: those that were used last.
    with mock_s3vectors(search_engine="hnsw"):
        for m in (8, 9, 10, 11, 9, 8):
            with mock_s3vectors(hnsw_m=m):
                query()
    assert built == [4, 8, 9, 10, 11, 8]
