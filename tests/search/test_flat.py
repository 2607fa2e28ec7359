"""The flat engine finds exactly what float64 arithmetic over all rows finds."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors.search import Flat, top_k
from mock_s3vectors.search.distances import exact_distances, unit_rows
from mock_s3vectors.search.flat import load_faiss

from .owner import METRICS, Owner, clustered, exact_ranking, owner_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = [pytest.mark.usefixtures("scanning"), pytest.mark.parametrize("metric", METRICS)]

HUGE = float(np.finfo(np.float32).max)


def assert_same(found: list[tuple[str, float]], expected: list[tuple[str, float]]) -> None:
    assert [key for key, _ in found] == [key for key, _ in expected]
    assert [d for _, d in found] == pytest.approx([d for _, d in expected], rel=1e-6, abs=1e-12)


def watched_scans(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The passes over rows, by the name of faiss's function and the number of rows, as they happen."""
    passes: list[tuple[str, int]] = []
    for name in ("fvec_L2sqr_ny", "fvec_inner_products_ny"):
        real = getattr(load_faiss(), name)

        def watched(*arguments: Any, real: Any = real, name: str = name) -> None:
            passes.append((name, arguments[-1]))
            real(*arguments)

        monkeypatch.setattr(load_faiss(), name, watched)
    return passes


@pytest.mark.parametrize("dimension", [1, 2, 65, 384])
@pytest.mark.parametrize("k", [1, 10, 99, 100, 600, 10_000])
def test_random_rows(metric: str, dimension: int, k: int) -> None:
    rng = np.random.default_rng(k)
    owner = owner_of(rng.standard_normal((700, dimension)), metric)
    query = rng.standard_normal(dimension)
    if metric == "cosine" and dimension == 1:
        assert [key for key, _ in owner.search(query, k)] == exact_ranking(
            owner_of(np.sign(owner.living), metric), np.sign(query), k
        )
    else:
        assert_same(owner.search(query, k), owner.oracle(query, k))


@pytest.mark.parametrize("share", [0.0, 0.002, 0.02, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("k", [1, 10, 500])
def test_masks_of_all_densities(metric: str, share: float, k: int) -> None:
    rng = np.random.default_rng(3)
    owner = owner_of(clustered(rng, 1001, 48, 0.3), metric)
    mask = rng.random(1001) < share
    for query in rng.standard_normal((5, 48)):
        found = owner.search(query, k, mask)
        assert_same(found, owner.oracle(query, k, mask))
        assert len(found) == min(k, mask.sum())


def test_no_rows(metric: str) -> None:
    owner = owner_of(np.ones((1, 3)), metric)
    owner.delete(list(owner.keys))
    assert owner.search(np.ones(3), 5) == []
    assert owner.search(np.ones(3), 5, np.zeros(0, bool)) == []


def test_identical_rows_come_by_key(metric: str) -> None:
    rng = np.random.default_rng(4)
    rows = np.concatenate([np.tile(rng.standard_normal(20), (500, 1)), rng.standard_normal((200, 20))])
    owner = owner_of(rng.permutation(rows), metric)
    same = [key for key in owner.keys if (owner.living[owner.row_of[key]] == np.float32(rows[0])).all()]
    assert len(same) == 500
    for query in (rows[0], rows[0] + 1e-3):
        assert [key for key, _ in owner.search(query, 10)] == sorted(same)[:10]
        assert [key for key, _ in owner.search(query, 480)] == sorted(same)[:480]


def test_rows_that_tie_by_arithmetic_come_by_key(metric: str) -> None:
    rng = np.random.default_rng(5)
    row = rng.integers(1, 9, 30)
    if metric == "cosine":
        rows, query = np.arange(1, 401)[:, np.newaxis] * row, row + rng.integers(0, 3, 30)
    else:
        rows, query = np.array([rng.permutation(row) for _ in range(400)]), np.full(30, 2)
    owner = owner_of(rows, metric)
    assert [key for key, _ in owner.search(query, 10)] == sorted(owner.keys)[:10]


def test_rows_that_only_float64_tells_apart(metric: str) -> None:
    # The distances differ by less than float32 can see. What is added is a power of two, so exact.
    rng = np.random.default_rng(6)
    order = rng.permutation(300)
    rows = np.zeros((300, 64))
    rows[:, 0] = 1
    rows[:, 1:40] = rng.choice([-1, 1], (300, 39)) * 0.5
    rows[:, 40] = np.sqrt(order * 2.0**-30)
    query = np.zeros(64)
    query[0] = 1
    owner = owner_of(rows, metric)
    nearest = [owner.keys[row] for row in np.argsort(order)]
    assert [key for key, _ in owner.search(query, 10)] == nearest[:10]


def test_rows_nearer_than_unit_rows_can_tell(metric: str) -> None:
    rng = np.random.default_rng(7)
    direction = rng.standard_normal(32)
    rows = direction + 2e-7 * rng.standard_normal((400, 32))
    owner = owner_of(rows, metric)
    query = direction + 1e-3 * rng.standard_normal(32)
    found = owner.search(query, 10)
    assert [key for key, _ in found] == [key for key, _ in owner.oracle(query, 10)]


def test_near_duplicates_keep_their_order(metric: str) -> None:
    angles = np.linspace(0, 0.9e-6, 200)
    owner = owner_of(np.stack([np.ones(200), angles], axis=1), metric)
    assert [key for key, _ in owner.search([1, 0], 10)] == owner.keys[:10]


@pytest.mark.parametrize("scale", [1e-45, 1e-40, 1e-30, 1e-23, 1e19, 1e30, 2e36])
def test_extreme_rows(metric: str, scale: float) -> None:
    rng = np.random.default_rng(8)
    rows = rng.integers(-30, 30, (300, 8)) + np.eye(8)[rng.integers(0, 8, 300)] * 99
    owner = owner_of(rows * scale, metric)
    for query in rng.integers(-30, 30, (5, 8)) * scale:
        found = owner.search(query, 10)
        expected = owner.oracle(query, 10)
        assert [key for key, _ in found] == [key for key, _ in expected]
        for (_, distance), (_, truth) in zip(found, expected, strict=True):
            assert distance == pytest.approx(truth if truth < HUGE else np.inf, rel=1e-6, abs=1e-12)


def test_some_rows_overflow(metric: str) -> None:
    # Eight rows within float32's reach, or twenty, or all but a few; k on either side of them.
    rng = np.random.default_rng(9)
    for near in (8, 20, 150):
        rows = rng.integers(-9, 9, (200, 4)) + 0.5
        rows[near:] *= 2.0**100
        owner = owner_of(rng.permutation(rows), metric)
        query = rng.integers(-9, 9, 4) + 0.25
        for k in (1, 8, 10, 20, 30, 120, 150, 170, 200):
            assert [key for key, _ in owner.search(query, k)] == [key for key, _ in owner.oracle(query, k)]


def test_many_rows_far_from_the_origin(metric: str) -> None:
    # From 10,000 rows on faiss may expand the square, and far from the origin that cancels.
    rng = np.random.default_rng(10)
    owner = owner_of(100 + rng.standard_normal((12_000, 16)), metric)
    for query in 100 + rng.standard_normal((5, 16)):
        assert_same(owner.search(query, 50), owner.oracle(query, 50))
        assert_same(owner.search(query, 1000), owner.oracle(query, 1000))


def test_one_pass_is_the_rule(metric: str, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = watched_scans(monkeypatch)
    compared = "fvec_L2sqr_ny" if metric == "euclidean" else "fvec_inner_products_ny"
    rng = np.random.default_rng(11)
    rows = clustered(rng, 2000, 64, 0.3)
    owner = owner_of(rows, metric)
    owner.search(rows[0], 10)
    assert passes == [(compared, 2000)]
    assert owner.engine.plan(rows[0], 10, owner.living, None).candidates().size < 15
    for allowed_of_2000, compared_rows in ((1000, 2000), (200, 200), (20, None)):
        passes.clear()
        owner.search(rows[0], 10, np.arange(2000) % (2000 // allowed_of_2000) == 0)
        assert passes == ([] if compared_rows is None else [(compared, compared_rows)])


def test_a_crowd_is_looked_at_twice(metric: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Inner products cannot tell these apart, so only those of the crowd are compared by L2.
    rng = np.random.default_rng(17)
    rows = rng.standard_normal((2000, 64))
    rows[:500] = rows[0] + 1e-4 * rng.standard_normal((500, 64))
    owner = owner_of(rows, metric)
    passes = watched_scans(monkeypatch)
    query = owner.living[0]
    found = owner.search(query, 10)
    assert_same(found, owner.oracle(query, 10))
    looks = [("fvec_L2sqr_ny", 2000)]
    if metric == "cosine":
        looks = [("fvec_inner_products_ny", 2000), ("fvec_L2sqr_ny", 500)]
    assert passes == looks
    assert owner.engine.plan(query, 10, owner.living, None).candidates().size < 20


def test_the_rows_are_not_copied(metric: str) -> None:
    rng = np.random.default_rng(12)
    rows = rng.standard_normal(768) + 1e-5 * rng.standard_normal((4000, 768))
    owner = owner_of(rows, metric)
    before = owner.matrix.copy()
    owner.search(rows[0], 10)
    np.testing.assert_array_equal(owner.matrix, before)
    engine = Flat().build(metric, 768)
    tracemalloc.start()
    try:
        engine.write(np.arange(4000), owner.matrix)
        held, _ = tracemalloc.get_traced_memory()
        for mask in (None, np.arange(4000) % 20 == 0):
            top_k(engine.plan(owner.living[0], 10, owner.living, mask), metric, owner.keys)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Only cosine search has anything of its own: one number for each row.
    assert held < 4000 * 4 + 10_000
    assert most < owner.living.nbytes / 2


@given(data=st.data())
def test_near_duplicates_of_all_lengths(metric: str, data: st.DataObject) -> None:
    # The same as if all rows were candidates: to the bit, and ties by key.
    dimension = data.draw(st.sampled_from([1, 2, 3, 8, 65, 384, 1536, 4096]), "dimension")
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1), "seed"))
    count = 150 if dimension > 1000 else 400
    spread = data.draw(st.sampled_from([0.0, 1e-7, 1e-6, 1e-4, 1e-2, 1.0]), "spread")
    longest = data.draw(st.sampled_from([0.0, 0.01, 3.0, 12.0, 25.0, 35.0]), "exponent of the lengths")
    centre = rng.standard_normal(dimension) + 0.1
    rows = centre + spread * rng.standard_normal((count, dimension))
    parallel = rng.random(count) < 0.3
    rows[parallel] = rows[rng.integers(0, count)] * 2.0 ** rng.integers(-3, 4, (parallel.sum(), 1))
    rows *= 10.0 ** rng.uniform(-longest, longest, (count, 1))
    rows = rows.astype(np.float32)
    rows[~rows.any(axis=1), 0] = 1
    owner = owner_of(rows, metric)
    k = data.draw(st.integers(1, count), "k")
    query = owner.living[0] if rng.random() < 0.3 else centre.astype(np.float32)
    share = data.draw(st.sampled_from([None, 0.05, 0.3, 0.9]), "share that is allowed")
    mask = None if share is None else rng.random(count) < share
    assert owner.search(query, k, mask) == ranking_of_all(owner, query, k, mask)


@pytest.mark.parametrize("square", [2.0**-80, 2.0**126])
def test_lengths_at_the_edge_of_what_float32_can_tell(metric: str, square: float) -> None:
    rng = np.random.default_rng(18)
    rows = unit_rows(rng.standard_normal((600, 48)).astype(np.float32)) * np.sqrt(square)
    owner = owner_of(rows * 2.0 ** rng.uniform(-3, 3, (600, 1)), metric)
    for query in rng.standard_normal((5, 48)).astype(np.float32):
        assert owner.search(query, 10) == ranking_of_all(owner, query, 10)


def ranking_of_all(
    owner: Owner, query: NDArray[np.float32], k: int, mask: NDArray[np.bool_] | None = None
) -> list[tuple[str, float]]:
    """The ranking by the exact distance of every allowed row."""
    allowed = np.arange(len(owner.keys)) if mask is None else np.flatnonzero(mask)
    distances = exact_distances(owner.metric, query.astype(np.float64), owner.living[allowed])
    ranked = sorted(zip(distances.tolist(), [owner.keys[row] for row in allowed], strict=True))
    with np.errstate(over="ignore", under="ignore"):
        return [(key, float(np.float32(distance))) for distance, key in ranked[:k]]


operations = st.lists(
    st.tuples(st.sampled_from(["put", "put", "delete", "search", "copy"]), st.integers(0, 2**32 - 1)),
    max_size=12,
)


@given(operations=operations)
def test_any_history(metric: str, operations: list[tuple[str, int]]) -> None:
    owner = Owner(Flat().build(metric, 4), metric, 4)
    owners = [owner]
    for what, seed in operations:
        if what == "copy":
            owners.insert(0, owners[0].copy())
        else:
            step(owners[0], what, np.random.default_rng(seed))
    for owner in owners:
        step(owner, "search", np.random.default_rng(0))


def step(owner: Owner, what: str, rng: np.random.Generator) -> None:
    """One step in the life of some hundred rows of small whole numbers, among which ties abound."""
    some = [f"{i:03}" for i in rng.permutation(150)[: rng.integers(1, 90)]]
    if what == "put":
        owner.put(some, small(rng, len(some)))
    elif what == "delete":
        owner.delete([key for key in some if key in owner.row_of])
    else:
        count, query = len(owner.keys), small(rng, 1)[0]
        k = int(rng.integers(1, 60))
        for mask in (None, rng.random(count) < rng.random()):
            found = owner.search(query, k, mask)
            assert [key for key, _ in found] == exact_ranking(owner, query, k, mask)


def small(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    vectors = rng.integers(-2, 3, (count, 4)).astype(np.float32)
    vectors[:, 0] += np.where(vectors.any(axis=1), 0, 1)
    return vectors
