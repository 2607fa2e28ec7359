"""The HNSW engine: recall of the graph, its housekeeping, and when it is not asked at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from mock_s3vectors.search import HnswEngine
from mock_s3vectors.search.flat import load_faiss

from .owner import METRICS, Owner, clustered, owner_of, recall
from .test_flat import operations, small

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Walker = Callable[..., HnswEngine]

pytestmark = pytest.mark.parametrize("metric", METRICS)


def near(rng: np.random.Generator, owner: Owner, count: int) -> NDArray[np.float32]:
    """Queries such as an application asks: somewhere near a row."""
    rows = owner.living[rng.integers(0, len(owner.keys), count)]
    noise = 0.3 * rng.standard_normal(rows.shape) * rows.std()
    queries: NDArray[np.float32] = (rows + noise).astype(np.float32)
    return queries


def graph_of(owner: Owner) -> Any:
    assert isinstance(owner.engine, HnswEngine)
    return owner.engine._graph


def links(owner: Owner) -> bytes:
    faiss = load_faiss()
    return bytes(faiss.vector_to_array(graph_of(owner).hnsw.neighbors).tobytes())


@pytest.mark.parametrize("dimension", [64, 384])
@pytest.mark.parametrize("noise", [0.2, 1e-3, None])
def test_recall(metric: str, dimension: int, noise: float | None, walker: Walker) -> None:
    rng = np.random.default_rng(0)
    if noise is None:
        rows = rng.standard_normal((3000, dimension)).astype(np.float32)
        queries = rows[:100] + 0.3 * rng.standard_normal((100, dimension)).astype(np.float32)
    else:
        rows = clustered(rng, 3100, dimension, noise)
        rows, queries = rows[:3000], rows[3000:]
    owner = owner_of(rows, metric, walker(metric, dimension))
    assert recall(owner, queries, 10) >= 0.95
    assert graph_of(owner).ntotal == 3000


@pytest.mark.parametrize("share", [0.5, 0.1, 0.01, 0.001])
def test_recall_with_masks(metric: str, share: float, walking: None) -> None:  # noqa: ARG001
    rng = np.random.default_rng(1)
    owner = owner_of(clustered(rng, 4000, 64, 0.3), metric, HnswEngine(metric, 64))
    mask = rng.random(4000) < share
    queries = near(rng, owner, 50)
    assert recall(owner, queries, 10, mask) >= 0.95
    allowed = {key for key, may in zip(owner.keys, mask, strict=True) if may}
    for query in queries:
        found = {key for key, _ in owner.search(query, 10, mask)}
        assert found <= allowed
        assert len(found) == min(10, len(allowed))


def test_filtered_walks_go_farther(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(2)
    owner = owner_of(rng.standard_normal((4000, 128)), metric, walker(metric, 128))
    mask = rng.random(4000) < 0.06
    assert recall(owner, near(rng, owner, 100), 10, mask) >= 0.98


def test_recall_after_overwrites_and_deletes(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(3)
    rows = clustered(rng, 4000, 64, 0.3)
    owner = owner_of(rows[:2000], metric, walker(metric, 64))
    tombstones = []
    for round_ in range(6):
        keys = [owner.keys[i] for i in rng.permutation(len(owner.keys))]
        owner.delete(keys[:200])
        fresh = [f"{round_}-{i}" for i in range(150)]
        owner.put(keys[200:400] + fresh, rows[rng.integers(0, 4000, 350)])
        assert recall(owner, near(rng, owner, 20), 10) >= 0.95
        tombstones.append(graph_of(owner).ntotal - len(owner.keys))
    assert max(tombstones) > 1000
    assert 0 in tombstones


def test_overwritten_and_deleted_rows_are_gone(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(4)
    rows = clustered(rng, 1000, 16, 0.3)
    owner = owner_of(rows, metric, walker(metric, 16))
    target = owner.keys[123]
    assert owner.search(rows[123], 1)[0][0] == target
    owner.put([target], -rows[123:124])
    assert owner.search(rows[123], 1)[0][0] != target
    assert owner.search(-rows[123], 1)[0][0] == target
    moved = owner.keys[-1]
    last = owner.living[-1].copy()
    owner.delete([target])
    assert owner.row_of[moved] == 123
    assert owner.search(-rows[123], 1)[0][0] != target
    assert owner.search(last, 1)[0][0] == moved
    owner.delete([owner.keys[-1]])
    owner.put(["new"], -rows[123:124])
    assert owner.search(-rows[123], 1)[0][0] == "new"


def test_linking_waits_for_a_search_and_does_the_last_version_only(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(5)
    owner = owner_of(rng.standard_normal((200, 8)), metric, walker(metric, 8))
    owner.put(owner.keys[:50], rng.standard_normal((50, 8)))
    assert graph_of(owner) is None
    owner.search(np.ones(8), 5)
    assert graph_of(owner).ntotal == 200
    owner.search(np.ones(8), 5)
    assert graph_of(owner).ntotal == 200
    owner.put(owner.keys[:50], rng.standard_normal((50, 8)))
    owner.search(np.ones(8), 5)
    assert graph_of(owner).ntotal == 250


def test_the_graph_is_rebuilt_when_tombstones_outnumber_the_living(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(6)
    owner = owner_of(rng.standard_normal((400, 8)), metric, walker(metric, 8))
    owner.search(np.ones(8), 5)
    owner.delete(owner.keys[:200])
    owner.search(np.ones(8), 5)
    assert graph_of(owner).ntotal == 400
    owner.delete(owner.keys[:1])
    owner.search(np.ones(8), 5)
    assert graph_of(owner).ntotal == 199
    for _ in range(9):
        owner.put(owner.keys[:100], rng.standard_normal((100, 8)))
        assert recall(owner, rng.standard_normal((5, 8)), 5) >= 0.9
        assert graph_of(owner).ntotal <= 2 * 199


def test_identical_rows_come_by_key(metric: str, walking: None) -> None:  # noqa: ARG001
    rng = np.random.default_rng(7)
    rows = np.concatenate([np.tile(rng.standard_normal(20), (500, 1)), rng.standard_normal((500, 20))])
    owner = owner_of(rows, metric, HnswEngine(metric, 20))
    for query in (rows[0], rows[0] + 0.01):
        assert [key for key, _ in owner.search(query, 10)] == sorted(owner.keys[:500])[:10]


@pytest.mark.parametrize("scale", [1e-45, 1e-23, 1e30])
def test_rows_that_float32_cannot_compare_are_scanned(metric: str, scale: float, walking: None) -> None:  # noqa: ARG001
    rng = np.random.default_rng(8)
    rows = rng.integers(-30, 30, (500, 8)) + np.eye(8)[rng.integers(0, 8, 500)] * 99
    owner = owner_of(rows * scale, metric, HnswEngine(metric, 8))
    for query in rng.integers(-30, 30, (5, 8)) * scale:
        assert len(owner.search(query, 10)) == 10
        if metric == "euclidean":
            assert [key for key, _ in owner.search(query, 10)] == [key for key, _ in owner.oracle(query, 10)]


def test_every_k_is_served_in_full(metric: str, walking: None) -> None:  # noqa: ARG001
    rng = np.random.default_rng(9)
    owner = owner_of(clustered(rng, 2000, 16, 0.01), metric, HnswEngine(metric, 16, m=4, ef_search=10))
    for k in (1, 10, 500, 1900, 1990, 2000, 10_000):
        assert len({key for key, _ in owner.search(np.ones(16), k)}) == min(k, 2000)
        mask = rng.random(2000) < 0.3
        assert len({key for key, _ in owner.search(np.ones(16), k, mask)}) == min(k, mask.sum())


def test_the_same_calls_build_the_same_graph(metric: str, walker: Walker) -> None:
    faiss = load_faiss()
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(4)
    try:
        graphs = set()
        for _ in range(3):
            rng = np.random.default_rng(10)
            owner = owner_of(rng.standard_normal((3000, 16)), metric, walker(metric, 16))
            owner.search(np.ones(16), 5)
            owner.put(owner.keys[:500], rng.standard_normal((500, 16)))
            owner.search(np.ones(16), 5)
            graphs.add(links(owner))
        assert len(graphs) == 1
        assert faiss.omp_get_max_threads() == 4
    finally:
        faiss.omp_set_num_threads(threads)


def test_rows_are_linked_by_one_thread(metric: str, walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    faiss = load_faiss()
    add, threads = faiss.IndexHNSWFlat.add, []

    def watched(graph: Any, rows: Any) -> None:
        threads.append(faiss.omp_get_max_threads())
        add(graph, rows)

    monkeypatch.setattr(faiss.IndexHNSWFlat, "add", watched)
    owner = owner_of(np.random.default_rng(12).standard_normal((100, 4)), metric, walker(metric, 4))
    owner.search(np.ones(4), 5)
    assert set(threads) == {1}


def test_scans_after_overwrites_and_deletes(metric: str, scanning: None) -> None:  # noqa: ARG001
    rng = np.random.default_rng(13)
    owner = owner_of(rng.standard_normal((400, 8)), metric, HnswEngine(metric, 8))
    for _ in range(5):
        owner.put(owner.keys[:50], rng.standard_normal((50, 8)))
        owner.delete(owner.keys[20:80])
        query = rng.standard_normal(8)
        assert [key for key, _ in owner.search(query, 10)] == [key for key, _ in owner.oracle(query, 10)]
    assert graph_of(owner) is None


def test_scans_where_a_walk_would_see_most_rows(metric: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(11)
    rows = rng.standard_normal((4000, 8))
    owner = owner_of(rows, metric, HnswEngine(metric, 8, m=8, ef_construction=20, ef_search=20))
    half = np.arange(4000) < 2000
    owner.search(rows[0], 10, np.arange(4000) < 200)
    owner.search(rows[0], 1000)
    assert graph_of(owner) is None
    owner.search(rows[0], 10)
    assert graph_of(owner).ntotal == 4000
    asked: list[int] = []
    monkeypatch.setattr(HnswEngine, "_walk", lambda *arguments: asked.append(arguments[2]))
    owner.search(rows[0], 10, half)
    assert asked == [10]
    owner.search(rows[0], 10, np.arange(4000) < 200)
    owner.search(rows[0], 10, np.zeros(4000, bool))
    assert asked == [10]


@given(operations=operations)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history(metric: str, operations: list[tuple[str, int]], walking: None) -> None:  # noqa: ARG001
    owner = Owner(HnswEngine(metric, 4), metric, 4)
    for what, seed in [*operations, ("search", 0)]:
        rng = np.random.default_rng(seed)
        some = [f"{i:03}" for i in rng.permutation(150)[: rng.integers(1, 90)]]
        if what == "put":
            # Small whole numbers with a little of their own, so that no two rows tie.
            owner.put(some, small(rng, len(some)) + 0.2 * rng.random((len(some), 4)))
        elif what == "delete":
            owner.delete([key for key in some if key in owner.row_of])
        elif owner.keys:
            mask = rng.random(len(owner.keys)) < rng.random()
            assert recall(owner, rng.standard_normal((3, 4)), 5) > 0.7
            assert recall(owner, rng.standard_normal((3, 4)), 5, mask) > 0.7 or not mask.any()
