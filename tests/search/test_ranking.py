"""The promises of top_k with any engine: order, length, float32 distances, few readings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mock_s3vectors.search import Flat, top_k
from mock_s3vectors.search.ranking import kth_lowest

from .owner import METRICS, Owner, owner_of


def test_rows_and_distances() -> None:
    rows = np.array([[3, 4], [0, 1], [0, 0.9]], np.float32)
    engine = Flat().build("euclidean", 2)
    engine.write(np.arange(3), rows)
    found = top_k(engine.plan(np.zeros(2, np.float32), 3, rows, None), "euclidean", ["a", "b", "c"])
    assert found == [(2, float(np.float32(np.float32(0.9).astype(float) ** 2))), (1, 1.0), (0, 25.0)]
    assert all(type(row) is int and type(distance) is float for row, distance in found)


@pytest.mark.parametrize("metric", METRICS)
def test_distances_are_float32_numbers(metric: str) -> None:
    rng = np.random.default_rng(0)
    owner = owner_of(rng.standard_normal((50, 8)), metric)
    for _, distance in owner.search(rng.standard_normal(8), 50):
        assert float(np.float32(distance)) == distance


def test_what_float32_cannot_hold_is_infinite_but_in_order() -> None:
    owner = Owner(Flat().build("euclidean", 1), "euclidean", 1)
    owner.put(["far", "farther", "near", "nearer"], [[2e38], [3e38], [1e18], [-1e-40]])
    found = owner.search([0], 4)
    assert [key for key, _ in found] == ["nearer", "near", "far", "farther"]
    assert [distance for _, distance in found] == [0, float(np.float32(1e36)), np.inf, np.inf]


def test_keys_order_by_their_characters() -> None:
    owner = Owner(Flat().build("euclidean", 1), "euclidean", 1)
    keys = ["b", "a", "B", "é", "aa", "10", "9", "\U0001f600", "￿"]
    owner.put(keys, np.ones((len(keys), 1)))
    assert [key for key, _ in owner.search([0], 99)] == sorted(keys, key=lambda key: key.encode())


def test_equal_distances_in_float32_keep_their_true_order() -> None:
    owner = Owner(Flat().build("euclidean", 2), "euclidean", 2)
    owner.put(["a", "b"], [[1, 2**-14], [1, 0]])
    found = owner.search([0, 0], 2)
    assert [key for key, _ in found] == ["b", "a"]
    assert found[0][1] == found[1][1]


@pytest.mark.parametrize("metric", METRICS)
def test_only_the_keys_in_question_are_read(metric: str) -> None:
    read: list[Any] = []

    class Keys(list[str]):
        def __getitem__(self, row: Any) -> Any:
            read.append(row)
            return super().__getitem__(row)

    rng = np.random.default_rng(1)
    owner = owner_of(rng.standard_normal((3000, 16)), metric)
    query = rng.standard_normal(16).astype(np.float32)
    top_k(owner.engine.plan(query, 10, owner.living, None), metric, Keys(owner.keys))
    assert len(read) == 10


@pytest.mark.parametrize("count", [1, 63, 64, 5000, 100_000])
@pytest.mark.parametrize("unknown", [0.0, 0.5, 0.999])
def test_the_kth_lowest(count: int, unknown: float) -> None:
    rng = np.random.default_rng(count)
    values = rng.random(count).astype(np.float32)
    values[:: max(1, count // 64)] -= 1  # the lowest, at any regular distance
    values[rng.random(count) < unknown] = np.nan
    ascending = np.sort(values)
    for k in {1, 2, 10, 24, count // 64, count} & set(range(1, count + 1)):
        with np.errstate(all="raise"):
            lowest = kth_lowest(values, k)
        assert lowest == ascending[k - 1] or (np.isnan(lowest) and np.isnan(ascending[k - 1]))


def test_more_rows_than_a_block_holds() -> None:
    rng = np.random.default_rng(2)
    owner = owner_of(rng.standard_normal((700, 1000)), "cosine")
    query = rng.standard_normal(1000)
    assert [key for key, _ in owner.search(query, 700)] == [key for key, _ in owner.oracle(query, 700)]
