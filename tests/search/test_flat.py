"""The flat engine finds exactly what float64 arithmetic over all rows finds."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors.search import Flat
from mock_s3vectors.search.flat import load_faiss

from .owner import METRICS, Owner, clustered, exact_ranking, owner_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

pytestmark = [pytest.mark.usefixtures("scanning"), pytest.mark.parametrize("metric", METRICS)]

HUGE = float(np.finfo(np.float32).max)


def assert_same(found: list[tuple[str, float]], expected: list[tuple[str, float]]) -> None:
    assert [key for key, _ in found] == [key for key, _ in expected]
    assert [d for _, d in found] == pytest.approx([d for _, d in expected], rel=1e-6, abs=1e-12)


def watched_scans(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passes over the rows, by their names, as they happen."""
    passes: list[str] = []
    for name in ("knn_L2sqr", "range_search_L2sqr"):
        real = getattr(load_faiss(), name)

        def watched(*arguments: Any, real: Any = real, name: str = name) -> None:
            passes.append(name)
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


def test_one_pass_is_the_rule_and_two_are_the_limit(metric: str, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = watched_scans(monkeypatch)
    rng = np.random.default_rng(11)
    rows = clustered(rng, 2000, 64, 0.3)
    owner = owner_of(rows, metric)
    owner.search(rows[0], 10)
    assert passes == ["knn_L2sqr"]
    assert owner.engine.plan(rows[0], 10, owner.living, None).candidates().size < 15
    passes.clear()
    owner.search(rows[0], 10, np.arange(2000) % 100 == 0)
    assert passes == []
    owner.put(owner.keys[:1000], np.tile(rows[0], (1000, 1)))
    owner.search(rows[0], 10)
    assert passes == ["knn_L2sqr", "range_search_L2sqr"]


def test_the_rows_are_not_copied(metric: str) -> None:
    owner = owner_of(np.random.default_rng(12).standard_normal((500, 32)), metric)
    before = owner.matrix.copy()
    owner.search(np.ones(32), 10)
    np.testing.assert_array_equal(owner.matrix, before)
    engine = Flat().build(metric, 32)
    tracemalloc.start()
    try:
        engine.write(np.arange(500), owner.matrix)
        engine.plan(owner.living[0], 10, owner.living, None).candidates()
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Only cosine search has rows of its own, those of unit length.
    assert (held >= owner.living.nbytes) == (metric == "cosine")
    assert held < owner.living.nbytes / 4 or metric == "cosine"


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
