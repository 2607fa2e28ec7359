"""Rows are linked without a lock: meanwhile others scan, and copies of the engine have the graph as well."""

from __future__ import annotations

import gc
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors.search import Hnsw, HnswEngine, linking, top_k
from mock_s3vectors.search.flat import load_faiss
from mock_s3vectors.search.graph import Graph

from .owner import METRICS, Owner, owner_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_s3vectors.search import Plan

DIMENSION = 8
QUERY = np.ones(DIMENSION, np.float32)

pytestmark = [pytest.mark.parametrize("metric", METRICS), pytest.mark.usefixtures("walking")]


@pytest.fixture
def owner(metric: str) -> Owner:
    rows = np.random.default_rng(0).standard_normal((300, DIMENSION))
    return owner_of(rows, metric, Hnsw(m=8, ef_construction=40).build(metric, DIMENSION))


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ways by which a graph was made: begun, or copied."""
    done: list[str] = []
    begin, copy = Graph.__init__, Graph.copy

    def counted(graph: Graph, *settings: int) -> None:
        done.append("begun")
        begin(graph, *settings)

    def counted_copy(graph: Graph) -> Graph:
        done.append("copied")
        return copy(graph)

    monkeypatch.setattr(Graph, "__init__", counted)
    monkeypatch.setattr(Graph, "copy", counted_copy)
    return done


def plan_of(owner: Owner, query: Any = QUERY, k: int = 5) -> Plan:
    return owner.engine.plan(np.asarray(query, np.float32), k, owner.living, None)


def carried_out(owner: Owner, plan: Plan) -> list[tuple[str, float]]:
    return [(owner.keys[row], distance) for row, distance in top_k(plan, owner.metric, owner.keys)]


def is_linking(plan: Plan) -> bool:
    return isinstance(getattr(plan, "ways", None), linking.Linking)


def engine_of(owner: Owner) -> HnswEngine:
    assert isinstance(owner.engine, HnswEngine)
    return owner.engine


@contextmanager
def held_up(monkeypatch: pytest.MonkeyPatch, call: Callable[[], Any]) -> Iterator[Any]:
    """Calls in another thread, which stops in the middle of linking until the block ends."""
    inside, go_on = threading.Event(), threading.Event()
    add = Graph.add

    def add_later(*arguments: Any) -> Any:
        inside.set()
        assert go_on.wait(30)
        return add(*arguments)

    with ThreadPoolExecutor(1) as pool, monkeypatch.context() as patch:
        patch.setattr(Graph, "add", add_later)
        outcome = pool.submit(call)
        try:
            assert inside.wait(30)
            yield outcome
        finally:
            go_on.set()


@pytest.mark.parametrize("has_graph", [False, True])
def test_others_scan_meanwhile(
    owner: Owner,
    has_graph: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
    builds: list[str],
) -> None:
    if has_graph:
        owner.search(QUERY, 5)
        owner.put(owner.keys[:50], -owner.living[:50])
    plan = plan_of(owner)
    assert is_linking(plan)
    with held_up(monkeypatch, lambda: carried_out(owner, plan)) as outcome:
        exact = owner.oracle(QUERY, 5)
        for _ in range(2):
            assert [key for key, _ in owner.search(QUERY, 5)] == [key for key, _ in exact]
        assert engine_of(owner).graph is None
    assert {key for key, _ in outcome.result()} <= {key for key, _ in owner.oracle(QUERY, 8)}
    assert not is_linking(plan_of(owner))
    assert owner.search(QUERY, 5) == outcome.result()
    assert engine_of(owner).graph is not None
    assert builds == ["begun"]


def test_a_copy_that_is_changed_meanwhile_has_the_finished_graph(
    owner: Owner, monkeypatch: pytest.MonkeyPatch, builds: list[str]
) -> None:
    owner.put(owner.keys[200:210], owner.living[100:110])  # ten vectors twice
    twin_of = dict(zip(owner.keys[100:110], owner.keys[200:210], strict=True))
    plan = plan_of(owner)
    with held_up(monkeypatch, lambda: carried_out(owner, plan)):
        copy = owner.copy()
        copy.put([*copy.keys[:4], "new-0", "new-1"], 3 * np.eye(6, DIMENSION))
        copy.delete([*copy.keys[20:25], copy.keys[100], copy.keys[-1]])
        again = copy.copy()
        again.delete(again.keys[:2])
        assert not is_linking(plan_of(copy))
    for changed in (copy, again, owner):
        assert not is_linking(plan_of(changed))
        for key, row in zip(changed.keys, changed.living.copy(), strict=True):
            found = [key for key, _ in changed.search(row, 2)]
            assert key in found or twin_of.get(key) in found
        for twins in twin_of.items():
            if twins[0] in changed.row_of:
                row = changed.living[changed.row_of[twins[0]]]
                assert {key for key, _ in changed.search(row, 2)} == {*twins}
    graphs = {id(engine_of(each).graph) for each in (copy, again, owner)}
    assert len(graphs) == 1
    assert builds == ["begun"]
    # They share it: who links more does so in a graph of its own.
    copy.put([f"more-{n}" for n in range(30)], np.random.default_rng(1).standard_normal((30, DIMENSION)))
    assert copy.search(copy.living[-1], 1)[0][0] == "more-29"
    assert engine_of(copy).graph is not engine_of(owner).graph
    assert builds == ["begun", "copied"]


def test_a_plan_that_is_dropped_lets_the_next_one_link(owner: Owner, builds: list[str]) -> None:
    plan = plan_of(owner)
    assert is_linking(plan)
    assert not is_linking(plan_of(owner))
    owner.copy()
    del plan
    gc.collect()
    owner.delete(owner.keys[:1])
    assert is_linking(plan_of(owner))
    gc.collect()
    assert owner.search(QUERY, 5)
    assert engine_of(owner).graph is not None
    assert builds == ["begun"] * 3


def test_an_interruption_lets_the_next_one_link(
    owner: Owner, builds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    plan = plan_of(owner)  # it lives on, as one does that a traceback refers to
    with monkeypatch.context() as patch:
        patch.setattr(Graph, "choose_starts", interrupt)
        with pytest.raises(KeyboardInterrupt):
            plan.candidates()
    assert is_linking(plan_of(owner))
    assert builds == ["begun"] * 2


@pytest.mark.parametrize("many", [True, False])
def test_many_rows_are_linked_by_all_cores(
    owner: Owner,
    many: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faiss = load_faiss()
    add, seen = faiss.IndexHNSWFlat.add, set()

    def watched(graph: Any, rows: Any) -> None:
        seen.add((faiss.omp_get_max_threads(), threading.current_thread() is threading.main_thread()))
        add(graph, rows)

    monkeypatch.setattr(faiss.IndexHNSWFlat, "add", watched)
    monkeypatch.setattr(linking, "MANY", 300 if many else 301)
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(3)
    try:
        found = owner.search(QUERY, 5)
        assert faiss.omp_get_max_threads() == 3
    finally:
        faiss.omp_set_num_threads(threads)
    assert seen == {(3, False) if many else (1, True)}
    assert {key for key, _ in found} <= {key for key, _ in owner.oracle(QUERY, 8)}


@pytest.mark.parametrize("slow", [True, False])
def test_the_log_tells_how_far_a_slow_linking_is(
    owner: Owner,
    slow: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(linking, "blocks", lambda *_: [slice(0, 100), slice(100, 200), slice(200, 300)])
    if slow:
        monkeypatch.setattr(linking, "_SILENCE", -1.0)
    with caplog.at_level(logging.INFO, "mock_s3vectors"):
        owner.search(QUERY, 5)
        owner.search(QUERY, 5)
    lines = [f"linked {count} of 300 vectors in 0 s" for count in (100, 200, 300)]
    assert caplog.messages == (lines if slow else [])


def test_a_failure_of_all_cores_is_that_of_the_query(owner: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(linking, "MANY", 100)
    monkeypatch.setattr(linking, "cores", lambda: 2)
    with monkeypatch.context() as patch:
        patch.setattr(load_faiss().IndexHNSWFlat, "add", fail)
        with pytest.raises(MemoryError):
            owner.search(QUERY, 5)
    assert len(owner.search(QUERY, 5)) == 5
    assert engine_of(owner).graph is not None
