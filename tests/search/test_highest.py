"""The best rows by score: order, ties, and which rows are ranked at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mock_s3vectors.search import highest


def best(scores: list[float], k: int, keys: str = "abcdefgh", found: Any = None) -> list[int]:
    """With one-letter keys; all rows are ranked unless told otherwise."""
    ranked = np.ones(len(scores), bool) if found is None else np.array(found, bool)
    return highest(np.array(scores, np.float64), k, list(keys[: len(scores)]), ranked)


def test_the_best_come_first() -> None:
    assert best([1, 3, 2, 4], 4) == [3, 1, 2, 0]
    assert best([1, 3, 2, 4], 2) == [3, 1]
    assert best([1, 3, 2, 4], 1) == [3]


def test_nothing_is_ranked() -> None:
    assert best([], 5) == []
    assert best([1, 2], 5, found=[0, 0]) == []


@pytest.mark.parametrize("k", [2, 3, 4, 10_000])
def test_k_may_exceed_the_ranked_rows_and_all_rows(k: int) -> None:
    assert best([7, 2, 5], k, found=[0, 1, 1]) == [2, 1]


@pytest.mark.parametrize(("k", "expected"), [(1, [3]), (2, [3, 1]), (3, [3, 1, 4]), (9, [3, 1, 4, 2, 0])])
def test_equal_scores_go_by_key(k: int, expected: list[int]) -> None:
    # Row 3 is the best; the others tie.
    assert best([1, 1, 1, 2, 1], k, "yaxzb") == expected


def test_keys_go_by_their_characters() -> None:
    keys = ["b", "a", "B", "é", "aa", "10", "9", "😀", "\uffff"]
    rows = highest(np.ones(9), 9, keys, np.ones(9, bool))
    assert [keys[row] for row in rows] == ["10", "9", "B", "a", "aa", "b", "é", "\uffff", "😀"]


def test_only_rows_that_are_found_are_ranked() -> None:
    scores: list[float] = [5, 4, 3, 0, 1]
    assert best(scores, 2, found=[0, 0, 1, 1, 1]) == [2, 4]
    assert best(scores, 1, found=[0, 1, 1, 1, 1]) == [1]
    assert best(scores, 5, found=[0, 0, 0, 1, 0]) == [3]


def test_rows_are_plain_numbers() -> None:
    assert all(type(row) is int for row in best([0.1, 1 / 3], 2))


@pytest.mark.parametrize("size", [1e-12, 1e-3, 1.0, 1e6])
def test_what_float32_cannot_tell_apart_keeps_its_order(size: float) -> None:
    assert best([size, size * (1 + 2**-30)], 2) == [1, 0]
    assert best([size, size * (1 + 2**-30)], 1) == [1]


@pytest.mark.parametrize("size", [1e-12, 1e-3, 1.0, 1e6])
def test_what_differs_by_rounding_alone_ties(size: float) -> None:
    sums = [(0.1 + 0.2 + 0.3) * size, (0.3 + 0.2 + 0.1) * size]
    assert sums[0] > sums[1]
    for k in (1, 2):
        assert best(sums, k, "ba") == [1, 0][:k]
        assert best(sums[::-1], k, "ba") == [1, 0][:k]
        assert best([*sums, 9 * size], k + 1, "bac") == [2, 1, 0][: k + 1]


def test_arguments_stay_as_they_are() -> None:
    scores, found = np.array([1.0, 0.1, 0.0]), np.array([True, False, True])
    keys = ["c", "b", "a"]
    assert highest(scores, 1, keys, found) == [0]
    assert scores.tolist() == [1, 0.1, 0]
    assert found.tolist() == [True, False, True]
    assert keys == ["c", "b", "a"]


def test_only_the_keys_in_question_are_read() -> None:
    read: list[int] = []

    class Keys(list[str]):
        def __getitem__(self, row: Any) -> Any:
            read.append(row)
            return super().__getitem__(row)

    scores = np.random.default_rng(0).permutation(5000).astype(np.float64)
    rows = highest(scores, 10, Keys(str(row) for row in range(5000)), np.ones(5000, bool))
    assert scores[rows].tolist() == list(range(4999, 4989, -1))
    assert len(read) == 10


@pytest.mark.parametrize("seed", range(20))
def test_against_sorting(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 300))
    scores = rng.integers(0, 6, count).astype(np.float64)
    keys = [f"{number:03}" for number in rng.permutation(count)]
    for found in (np.ones(count, bool), scores > 0, rng.random(count) < 0.7):
        ranked = sorted((-scores[row], keys[row], row) for row in range(count) if found[row])
        for k in (1, 2, count // 2 + 1, count, count + 1):
            assert highest(scores, k, keys, found) == [row for _, _, row in ranked[:k]]


@pytest.mark.parametrize("values", [3, 500, 1_000_000])
@pytest.mark.parametrize("k", [1, 7, 60, 1_000, 4_000])
def test_the_best_of_many(values: int, k: int) -> None:
    scores = np.random.default_rng(k).integers(0, values, 3_001) / values
    keys = [f"{row * 7919 % 3_001:04}" for row in range(3_001)]
    found = scores > 0
    ranked = sorted(np.flatnonzero(found).tolist(), key=lambda row: (-scores[row], keys[row]))
    assert highest(scores, k, keys, found) == ranked[:k]
