"""Searches work without the lock of their index: they run side by side, and delay no write."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.search import flat, hnsw
from mock_s3vectors.search.graph import Graph
from mock_s3vectors.world.resources import Index
from tests.support.helpers import vector
from tests.support.mocks import index_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.world.resources import Reader
    from tests.support.helpers import Client, MakeIndex

THREADS = 4


@pytest.fixture
def index(client: Client, make_index: MakeIndex) -> dict[str, str]:
    index = make_index()
    client.put_vectors(**index, vectors=[vector(f"key-{i}", [i, 0]) for i in range(5)])
    return index


@pytest.fixture
def query(client: Client, index: dict[str, str]) -> Callable[[], list[str]]:
    def find() -> list[str]:
        found = client.query_vectors(**index, topK=3, queryVector={"float32": [0, 0]})
        return [hit["key"] for hit in found["vectors"]]

    return find


def during_search(monkeypatch: pytest.MonkeyPatch, act: Callable[[], Any]) -> None:
    """Have every search call `act` before it looks at a row."""
    candidates = flat.FlatPlan.candidates

    def act_first(plan: flat.FlatPlan) -> Any:
        act()
        return candidates(plan)

    monkeypatch.setattr(flat.FlatPlan, "candidates", act_first)


def test_searches_run_side_by_side(query: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    all_inside = threading.Barrier(THREADS)
    during_search(monkeypatch, lambda: all_inside.wait(30))
    with ThreadPoolExecutor(THREADS) as pool:
        found = [pool.submit(query) for _ in range(THREADS)]
    assert [future.result() for future in found] == [["key-0", "key-1", "key-2"]] * THREADS


@pytest.mark.parametrize("change", ["put", "overwrite", "delete"])
def test_a_search_sees_the_vectors_as_they_were_when_it_began(
    client: Client,
    index: dict[str, str],
    query: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    searching, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        searching.set()
        assert go_on.wait(30)

    with monkeypatch.context() as patch, ThreadPoolExecutor(1) as pool:
        during_search(patch, wait)
        found = pool.submit(query)
        assert searching.wait(30)
        if change == "put":
            client.put_vectors(**index, vectors=[vector("near", [0, 0])])
        elif change == "overwrite":
            client.put_vectors(**index, vectors=[vector("key-0", [9, 0])])
        else:
            client.delete_vectors(**index, keys=["key-0"])
        go_on.set()
        assert found.result() == ["key-0", "key-1", "key-2"]
    after = {
        "put": ["key-0", "near", "key-1"],
        "overwrite": ["key-1", "key-2", "key-3"],
        "delete": ["key-1", "key-2", "key-3"],
    }
    assert query() == after[change]


def test_only_a_search_that_goes_on_makes_a_write_copy(
    client: Client, index: dict[str, str], query: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = index_named().table
    query()
    client.put_vectors(**index, vectors=[vector("near", [0, 0])])
    assert index_named().table is table
    with monkeypatch.context() as patch:
        during_search(patch, lambda: client.put_vectors(**index, vectors=[vector("nearer", [0, 0])]))
        assert query() == ["key-0", "near", "key-1"]
    own = index_named().table
    assert own is not table
    assert query() == ["key-0", "near", "nearer"]
    client.delete_vectors(**index, keys=["near", "nearer"])
    assert index_named().table is own
    assert query() == ["key-0", "key-1", "key-2"]


def test_a_search_that_fails_makes_no_write_copy(
    client: Client, index: dict[str, str], query: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise KeyboardInterrupt

    table = index_named().table
    with monkeypatch.context() as patch:
        during_search(patch, fail)
        with pytest.raises(KeyboardInterrupt):
            query()
    client.put_vectors(**index, vectors=[vector("near", [0, 0])])
    assert index_named().table is table


@pytest.mark.s3vectors(search_engine="hnsw")
def test_queries_and_writes_go_on_while_a_query_builds_a_graph(
    client: Client, index: dict[str, str], query: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hnsw, "ROWS_PER_NEIGHBOUR", 0)
    building, go_on, built = threading.Event(), threading.Event(), []
    add = Graph.add

    def add_later(graph: Graph, *arguments: Any) -> Any:
        building.set()
        assert go_on.wait(30)
        built.append(graph)
        return add(graph, *arguments)

    monkeypatch.setattr(Graph, "add", add_later)
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(query)
        assert building.wait(30)
        assert query() == ["key-0", "key-1", "key-2"]
        client.put_vectors(**index, vectors=[vector("near", [0, 0])])
        client.delete_vectors(**index, keys=["key-1"])
        assert query() == ["key-0", "near", "key-2"]
        go_on.set()
        assert found.result() == ["key-0", "key-1", "key-2"]
    assert query() == ["key-0", "near", "key-2"]
    client.delete_vectors(**index, keys=["key-0"])
    assert query() == ["near", "key-2", "key-3"]
    assert len(set(map(id, built))) == 1


def test_a_holder_that_goes_while_a_write_looks_for_others_hides_none(
    client: Client, index: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    original = index_named()
    copies = [original.copy()]
    with copies[0].lock:
        copies[0].delete(["key-0"])  # It has a table of its own now, and is still known to the first one.
    reader = original.reader()
    shares = Index._shares_with  # noqa: SLF001 - what a write asks of each holder

    def go_meanwhile(asked: Index, other: Index | Reader | None) -> bool:
        if other in copies:
            copies.clear()
        return shares(asked, other)

    monkeypatch.setattr(Index, "_shares_with", go_meanwhile)
    client.delete_vectors(**index, keys=["key-1"])
    assert not copies
    assert len(reader.table) == 5
    assert len(original.table) == 4
