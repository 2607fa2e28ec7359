"""The HNSW engine: recall of the graph, its housekeeping, and when it is not asked at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given

from mock_s3vectors.search import Hnsw, HnswEngine
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
    graph = owner.engine.graph
    return graph and graph.index


def links(owner: Owner) -> bytes:
    faiss = load_faiss()
    return bytes(faiss.vector_to_array(graph_of(owner).hnsw.neighbors).tobytes())


@pytest.mark.parametrize("dimension", [64, 384])
@pytest.mark.parametrize("noise", [0.2, 1e-3, None])
def test_recall(metric: str, dimension: int, noise: float | None, walker: Walker) -> None:
    rng = np.random.default_rng(0)
    if noise is None:
        rows = rng.standard_normal((1500, dimension)).astype(np.float32)
        queries = rows[:50] + 0.3 * rng.standard_normal((50, dimension)).astype(np.float32)
    else:
        rows = clustered(rng, 1550, dimension, noise)
        rows, queries = rows[:1500], rows[1500:]
    owner = owner_of(rows, metric, walker(metric, dimension))
    assert recall(owner, queries, 10) >= 0.95
    assert graph_of(owner).ntotal == 1500


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.5, 0.1, 0.01, 0.001])
def test_recall_with_masks(metric: str, share: float, walking: None) -> None:  # noqa: ARG001
    rng = np.random.default_rng(1)
    owner = owner_of(clustered(rng, 2000, 64, 0.3), metric, Hnsw().build(metric, 64))
    mask = rng.random(2000) < share
    queries = near(rng, owner, 20)
    assert recall(owner, queries, 10, mask) >= 0.95
    allowed = {key for key, may in zip(owner.keys, mask, strict=True) if may}
    for query in queries:
        found = {key for key, _ in owner.search(query, 10, mask)}
        assert found <= allowed
        assert len(found) == min(10, len(allowed))


def test_filtered_walks_go_farther(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(2)
    owner = owner_of(rng.standard_normal((2500, 64)), metric, walker(metric, 64))
    mask = rng.random(2500) < 0.06
    assert recall(owner, near(rng, owner, 50), 10, mask) >= 0.98


def test_recall_after_overwrites_and_deletes(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(3)
    rows = clustered(rng, 2000 + 6 * 350, 64, 0.3)
    owner = owner_of(rows[:2000], metric, walker(metric, 64))
    tombstones = []
    for round_ in range(6):
        keys = [owner.keys[i] for i in rng.permutation(len(owner.keys))]
        owner.delete(keys[:200])
        fresh = [f"{round_}-{i}" for i in range(150)]
        owner.put(keys[200:400] + fresh, rows[2000 + 350 * round_ :][:350])
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


def copies(rng: np.random.Generator, points: int, count: int, dimension: int, jitter: float = 0.0) -> Any:
    """So many copies of so many points, in any order; jitter moves each of them a little."""
    rows = np.repeat(rng.standard_normal((points, dimension)), count, axis=0)
    return rng.permutation(rows + jitter * rng.standard_normal(rows.shape)).astype(np.float32)


@pytest.mark.parametrize("jitter", [0.0, 1e-6, 1e-3])
@pytest.mark.parametrize("order", ["copies first", "copies last"])
def test_rows_beside_thousands_of_copies_find_themselves(metric: str, jitter: float, order: str) -> None:
    rng = np.random.default_rng(14)
    parts = [copies(rng, 1, 2000, 32, jitter), rng.standard_normal((1000, 32))]
    owner = owner_of(np.concatenate(parts if order == "copies first" else parts[::-1]), metric)
    spread = (owner.keys[2000:] if order == "copies first" else owner.keys[:1000])[::10]
    owner.engine = Hnsw().build(metric, 32)
    owner.engine.write(np.arange(3000), owner.matrix)
    queries = [owner.living[owner.row_of[key]] for key in spread]
    found = [owner.search(query, 1)[0][0] for query in queries]
    assert sum(map(str.__eq__, found, spread)) >= 0.98 * len(spread)
    assert recall(owner, queries, 10) >= 0.95
    assert graph_of(owner).ntotal == (3000 if jitter else 1001)


@pytest.mark.parametrize("jitter", [0.0, 1e-6, 1e-4])
@pytest.mark.parametrize("k", [10, 60, 150])
def test_points_of_many_copies(metric: str, jitter: float, k: int) -> None:
    rng = np.random.default_rng(15)
    rows = copies(rng, 600 if not jitter else 60, 8 if not jitter else 80, 24, jitter)
    owner = owner_of(rows, metric, Hnsw(ef_construction=100).build(metric, 24))
    assert recall(owner, rows[:40], k) >= 0.95
    some = rng.random(len(rows)) < 0.5
    assert recall(owner, rows[:40], k, some) >= 0.95


@pytest.mark.parametrize("size", [40, 200, 1000])
@pytest.mark.parametrize("tightness", [1e-6, 1e-3, 0.1])
def test_filters_that_exclude_the_clusters_near_the_query(metric: str, size: int, tightness: float) -> None:
    rng = np.random.default_rng(16)
    centres = rng.standard_normal((4000 // size, 32))
    cluster = rng.permutation(np.arange(4000) % len(centres))
    rows = centres[cluster] + tightness * rng.standard_normal((4000, 32))
    owner = owner_of(rows, metric, Hnsw(ef_construction=100).build(metric, 32))
    queries = centres[::2][:30] + tightness * rng.standard_normal((len(centres[::2][:30]), 32))
    assert recall(owner, queries, 10, cluster % 2 == 1) >= 0.95
    # The query's own half of each cluster.
    side = (rows - centres[cluster])[:, 0] > 0
    assert recall(owner, rows[side][:30], 10, ~side) >= 0.95


@pytest.mark.parametrize("size", [100, 1000])
@pytest.mark.parametrize("tightness", [1e-3, 0.05])
def test_queries_far_from_all_clusters(metric: str, size: int, tightness: float) -> None:
    rng = np.random.default_rng(21)
    owner = owner_of(copies(rng, 5000 // size, size, 32, tightness), metric, Hnsw().build(metric, 32))
    assert recall(owner, rng.standard_normal((60, 32)), 10) >= 0.95


def test_equal_rows_share_a_node_and_are_found_by_key(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(17)
    rows = copies(rng, 300, 3, 16)
    owner = owner_of(rows, metric, walker(metric, 16))
    for query in rows[:20]:
        twins = sorted(key for key in owner.keys if (owner.living[owner.row_of[key]] == query).all())
        assert len(twins) == 3
        assert [key for key, _ in owner.search(query, 3)] == twins
        assert [key for key, _ in owner.search(query, 2)] == twins[:2]
        mask = np.array([key != twins[0] for key in owner.keys])
        assert [key for key, _ in owner.search(query, 2, mask)] == twins[1:]
    assert graph_of(owner).ntotal == 300
    # One of three is gone, another becomes something else, and comes back.
    query = rows[0]
    owner.delete([key for key, _ in owner.search(query, 1)])
    (left, _), (other, _) = owner.search(query, 2)
    owner.put([other], -query[np.newaxis])
    assert owner.search(query, 2)[0][0] == left
    assert owner.search(query, 2)[1][0] != other
    assert owner.search(-query, 1)[0][0] == other
    owner.put([other], query[np.newaxis])
    assert {key for key, _ in owner.search(query, 2)} == {left, other}
    assert graph_of(owner).ntotal == 301


def test_a_vector_that_comes_back_takes_its_node_again(metric: str, walker: Walker) -> None:
    rows = np.random.default_rng(18).standard_normal((200, 8)).astype(np.float32)
    owner = owner_of(rows, metric, walker(metric, 8))
    owner.search(rows[0], 5)
    for _ in range(120):
        owner.put(owner.keys[:1], -rows[:1])
        assert owner.search(-rows[0], 1)[0][0] == owner.keys[0]
        assert owner.search(rows[0], 1)[0][0] != owner.keys[0]
        owner.put(owner.keys[:1], rows[:1])
        assert owner.search(rows[0], 1)[0][0] == owner.keys[0]
    assert graph_of(owner).ntotal == 201


def test_zeros_of_either_sign_and_parallel_rows_are_the_same(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(19)
    rows = rng.integers(1, 100, (200, 8)).astype(np.float32)
    rows[:, 3] = 0
    negative = rows.copy()
    negative[:, 3] = -0.0
    owner = owner_of(np.concatenate([rows, negative, rows * 4]), metric, walker(metric, 8))
    owner.search(rows[0], 5)
    assert graph_of(owner).ntotal == (200 if metric == "cosine" else 400)


@pytest.mark.parametrize("has_linked", [False, True])
def test_a_query_that_is_interrupted_while_it_links_leaves_nothing_torn(
    metric: str,
    has_linked: bool,  # noqa: FBT001 - a parameter of the test
    walker: Walker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(20)
    owner = owner_of(rng.standard_normal((300, 8)), metric, walker(metric, 8))
    graph = load_faiss().IndexHNSWFlat
    add = graph.add

    def interrupted(index: Any, rows: Any) -> None:
        if has_linked:
            add(index, rows)
        raise KeyboardInterrupt

    for _ in range(2):  # the first time with no graph, then with one
        monkeypatch.setattr(graph, "add", interrupted)
        with pytest.raises(KeyboardInterrupt):
            owner.search(np.ones(8), 5)
        monkeypatch.setattr(graph, "add", add)
        newest = list(zip(owner.keys, owner.living, strict=True))[-20:]
        assert [owner.search(row, 1)[0][0] for _, row in newest] == [key for key, _ in newest]
        assert recall(owner, near(rng, owner, 20), 10) >= 0.95
        assert graph_of(owner).ntotal == len(owner.keys)
        owner.put([f"new{n}" for n in range(20)], rng.standard_normal((20, 8)))


def test_an_empty_engine_finds_nothing(metric: str) -> None:
    owner = Owner(Hnsw().build(metric, 4), metric, 4)
    assert owner.search(np.ones(4), 5) == []
    owner.put(["only"], np.ones((1, 4)))
    owner.delete(["only"])
    assert owner.search(np.ones(4), 5) == []


def test_identical_rows_come_by_key(metric: str, walking: None) -> None:  # noqa: ARG001
    rng = np.random.default_rng(7)
    rows = np.concatenate([np.tile(rng.standard_normal(20), (500, 1)), rng.standard_normal((500, 20))])
    owner = owner_of(rows, metric, Hnsw().build(metric, 20))
    for query in (rows[0], rows[0] + 0.01):
        assert [key for key, _ in owner.search(query, 10)] == sorted(owner.keys[:500])[:10]


@pytest.mark.parametrize("scale", [1e-45, 1e-23, 1e30])
def test_rows_that_float32_cannot_compare_are_scanned(metric: str, scale: float, walking: None) -> None:  # noqa: ARG001
    rng = np.random.default_rng(8)
    rows = rng.integers(-30, 30, (500, 8)) + np.eye(8)[rng.integers(0, 8, 500)] * 99
    owner = owner_of(rows * scale, metric, Hnsw().build(metric, 8))
    for query in rng.integers(-30, 30, (5, 8)) * scale:
        assert len(owner.search(query, 10)) == 10
        if metric == "euclidean":
            assert [key for key, _ in owner.search(query, 10)] == [key for key, _ in owner.oracle(query, 10)]


def test_every_k_is_served_in_full(metric: str, walking: None) -> None:  # noqa: ARG001
    rng = np.random.default_rng(9)
    owner = owner_of(clustered(rng, 2000, 16, 0.01), metric, Hnsw(m=4, ef_search=10).build(metric, 16))
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
        for _ in range(2):
            rng = np.random.default_rng(10)
            owner = owner_of(rng.standard_normal((800, 16)), metric, walker(metric, 16))
            owner.search(np.ones(16), 5)
            owner.put(owner.keys[:300], rng.standard_normal((300, 16)))
            owner.search(np.ones(16), 5)
            graphs.add(links(owner))
        assert len(graphs) == 1
        assert faiss.omp_get_max_threads() == 4
    finally:
        faiss.omp_set_num_threads(threads)


@pytest.mark.parametrize("outdated", [False, True])
def test_a_copy_links_as_its_original_does(metric: str, outdated: bool, walking: None) -> None:  # noqa: ARG001, FBT001
    rng = np.random.default_rng(21)
    rows = np.concatenate([rng.standard_normal((600, 16)), copies(rng, 20, 5, 16)])
    owner = owner_of(rows, metric, Hnsw(m=8, ef_construction=40).build(metric, 16))
    query = rng.standard_normal(16)
    before = owner.search(query, 10)
    if outdated:
        owner.put(owner.keys[:20], rng.standard_normal((20, 16)))
        owner.delete(owner.keys[50:70])
    linked, copy = links(owner), owner.copy()
    later = rng.standard_normal((100, 16))

    def change(changed: Owner) -> list[tuple[str, float]]:
        changed.put([*changed.keys[100:150], *(f"new{n}" for n in range(50))], later)
        changed.delete(changed.keys[200:300])
        return changed.search(query, 10)

    found = change(copy)
    assert links(owner) == linked
    assert graph_of(copy).ntotal > graph_of(owner).ntotal
    if not outdated:
        assert owner.search(query, 10) == before
    assert recall(copy, near(rng, copy, 20), 10) >= 0.95
    assert change(owner) == found
    assert links(owner) == links(copy)


def test_few_rows_wait_for_a_shared_graph(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(22)
    owner = owner_of(rng.standard_normal((400, 8)), metric, walker(metric, 8))
    before = owner.search(np.ones(8), 5)
    linked, copy = links(owner), owner.copy()
    assert copy.search(np.ones(8), 5) == before
    # Twelve rows are new or have other vectors, and the row that moves into a hole has its node.
    new = rng.standard_normal((12, 8)).astype(np.float32)
    names = [*copy.keys[:6], *(f"new{n}" for n in range(6))]
    mask = np.arange(400) % 2 == 0
    masked = owner.search(owner.living[0], 5, mask)
    copy.put(names[:6], new[:6])
    assert copy.search(new[0], 1)[0][0] == names[0]
    assert owner.search(owner.living[0], 5, mask) == masked
    copy.put(names[6:], new[6:])
    last, of_last = copy.keys[399], copy.living[399].copy()
    assert copy.search(of_last, 1)[0][0] == last
    assert copy.search(of_last, 1, np.arange(406) != 399)[0][0] != last
    copy.delete(copy.keys[100:120])
    for name, values in zip(names, new, strict=True):
        assert copy.search(values, 1)[0][0] == name
        allowed = np.array([key != name for key in copy.keys])
        assert copy.search(values, 1, allowed)[0][0] != name
    for some in (None, rng.random(len(copy.keys)) < 0.5):
        assert recall(copy, [*new, *near(rng, copy, 20)], 10, some) >= 0.95
    assert graph_of(copy) is graph_of(owner)
    assert links(owner) == linked
    assert owner.search(np.ones(8), 5) == before
    assert owner.search(owner.living[0], 5, mask) == masked
    # More than twenty do not wait, and are linked in a graph of the copy's own.
    copy.put([f"more{n}" for n in range(9)], rng.standard_normal((9, 8)))
    assert recall(copy, near(rng, copy, 20), 10) >= 0.95
    assert graph_of(copy).ntotal == 421
    assert links(owner) == linked
    # From then on, none waits there; the original does not know that it is alone.
    copy.put(["last"], rng.standard_normal((1, 8)))
    copy.search(np.ones(8), 5)
    assert graph_of(copy).ntotal == 422
    owner.put(["last"], rng.standard_normal((1, 8)))
    assert owner.search(owner.living[-1], 1)[0][0] == "last"
    assert graph_of(owner).ntotal == 400


def test_a_copy_does_not_see_what_its_original_deletes(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(26)
    owner = owner_of(rng.standard_normal((400, 8)), metric, walker(metric, 8))
    query, mask = owner.living[5].copy(), np.arange(400) < 200
    before = owner.search(query, 3), owner.search(query, 3, mask)
    copy = owner.copy()
    owner.delete(owner.keys[:20])
    assert (copy.search(query, 3), copy.search(query, 3, mask)) == before


def test_a_copy_and_its_original_link_the_same_vectors_in_another_order(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(24)
    owner = owner_of(rng.standard_normal((400, 8)), metric, walker(metric, 8))
    owner.search(np.ones(8), 5)
    copy, new = owner.copy(), rng.standard_normal((60, 8)).astype(np.float32)
    names = [f"new{n}" for n in range(60)]
    for linking, order in ((copy, 1), (owner, -1)):
        linking.put(names[::order], new[::order])
        assert [linking.search(values, 1)[0][0] for values in new] == names
    assert [copy.search(values, 1)[0][0] for values in new] == names


def test_a_shared_graph_of_tombstones_is_left_to_the_others(metric: str, walker: Walker) -> None:
    rng = np.random.default_rng(23)
    owner = owner_of(rng.standard_normal((400, 8)), metric, walker(metric, 8))
    before = owner.search(np.ones(8), 5)
    copy = owner.copy()
    copy.delete(copy.keys[:201])
    assert recall(copy, near(rng, copy, 20), 10) >= 0.95
    assert graph_of(copy).ntotal == 199
    assert graph_of(owner).ntotal == 400
    assert owner.search(np.ones(8), 5) == before


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
    owner = owner_of(rng.standard_normal((400, 8)), metric, Hnsw().build(metric, 8))
    for _ in range(5):
        owner.put(owner.keys[:50], rng.standard_normal((50, 8)))
        owner.delete(owner.keys[20:80])
        query = rng.standard_normal(8)
        assert [key for key, _ in owner.search(query, 10)] == [key for key, _ in owner.oracle(query, 10)]
    assert graph_of(owner) is None


def test_scans_where_a_walk_would_see_most_rows(metric: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(11)
    rows = rng.standard_normal((4000, 8))
    owner = owner_of(rows, metric, Hnsw(m=8, ef_construction=20, ef_search=20).build(metric, 8))
    half = np.arange(4000) < 2000
    owner.search(rows[0], 10, np.arange(4000) < 200)
    owner.search(rows[0], 1000)
    assert graph_of(owner) is None
    owner.search(rows[0], 10)
    assert graph_of(owner).ntotal == 4000
    asked: list[int] = []
    monkeypatch.setattr(HnswEngine, "walk", lambda *arguments: asked.append(arguments[2]))
    owner.search(rows[0], 10, half)
    assert asked == [10]
    owner.search(rows[0], 10, np.arange(4000) < 200)
    owner.search(rows[0], 10, np.zeros(4000, bool))
    assert asked == [10]


@pytest.mark.parametrize("own", [0.2, 0.0])
@given(operations=operations)
def test_any_history(
    metric: str,
    operations: list[tuple[str, int]],
    walking: None,  # noqa: ARG001
    own: float,
) -> None:
    owner = Owner(Hnsw().build(metric, 4), metric, 4)
    others: list[tuple[Owner, list[str], Any]] = []
    for what, seed in [*operations, ("search", 0)]:
        rng = np.random.default_rng(seed)
        some = [f"{i:03}" for i in rng.permutation(150)[: rng.integers(1, 90)]]
        if what == "put":
            # Small whole numbers, with a little of their own so that no two rows tie, or many of them equal.
            owner.put(some, small(rng, len(some)) + own * rng.random((len(some), 4)))
        elif what == "delete":
            owner.delete([key for key in some if key in owner.row_of])
        elif what == "copy":
            others.append((owner, owner.keys[:], owner.living.copy()))
            owner = owner.copy()
        elif owner.keys:
            mask = rng.random(len(owner.keys)) < rng.random()
            assert recall(owner, rng.standard_normal((3, 4)), 5) > 0.7
            assert recall(owner, rng.standard_normal((3, 4)), 5, mask) > 0.7 or not mask.any()
    for other, keys, living in others:
        assert other.keys == keys
        np.testing.assert_array_equal(other.living, living)
        assert not keys or recall(other, np.ones((1, 4)), 5) > 0.5
