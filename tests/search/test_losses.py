"""The stress of recall: which shares it leaves, and that it depends on nothing else than it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mock_s3vectors.search import Losses

KEYS = [f"key-{number}" for number in range(2000)]
QUERY = np.array([1, 2], np.float32)


def mask_of(matching: int | None) -> Any:
    return None if matching is None else np.arange(len(KEYS)) < matching


def shares(recall: float, matching: int | None, queries: int = 400) -> float:
    """The share of rows that are left, on average."""
    losses, mask = Losses(recall, 0), mask_of(matching)
    vectors = np.random.default_rng(1).standard_normal((queries, 2)).astype(np.float32)
    left = [int(losses.rows_found(mask, KEYS, query, 50).sum()) for query in vectors]
    return sum(left) / queries / (matching or len(KEYS))


@pytest.mark.parametrize(
    ("matching", "share"), [(None, 0.91), (2000, 0.91), (500, 0.91), (135, 0.72), (50, 0.61), (5, 1.0)]
)
def test_the_shares_of_a_recorded_run(matching: int | None, share: float) -> None:
    assert Losses(0.91, 0).share_found(matching) == pytest.approx(share)
    assert shares(0.91, matching) == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize(
    ("recall", "matching", "share"),
    [
        (0.9, None, 0.9),
        (0.9, 1000, 0.9),
        (0.9, 135, 0.6929),
        (0.9, 50, 0.5757),
        (0.9, 16, 0.7566),
        (0.9, 1, 1.0),
        (0.9, 0, 1.0),
        (0.99, 50, 0.9487),
        (0.5, None, 0.5),
        (0.5, 50, 0.0264),
        (1.0, 50, 1.0),
        (1e-300, 50, 0.0),
        (1e-300, 5, 1.0),
    ],
)
def test_other_shares(recall: float, matching: int | None, share: float) -> None:
    assert Losses(recall, 0).share_found(matching) == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize("matching", [None, 0, 3, 50, 135, 2000])
def test_only_rows_that_the_filter_allows_are_left(matching: int | None) -> None:
    left = Losses(0.7, 0).rows_found(mask_of(matching), KEYS, QUERY, 10)
    assert left.shape == (len(KEYS),)
    assert left.dtype == bool
    if matching is not None:
        assert not left[matching:].any()


def test_a_row_depends_on_its_key_not_on_its_place() -> None:
    losses, order = Losses(0.7, 0), np.random.default_rng(2).permutation(len(KEYS))
    left = losses.rows_found(None, KEYS, QUERY, 10)
    shuffled = losses.rows_found(None, [KEYS[place] for place in order], QUERY, 10)
    assert shuffled.tolist() == left[order].tolist()


def test_seed_and_query_decide() -> None:
    left = Losses(0.7, 0).rows_found(None, KEYS, QUERY, 10)
    others = [
        Losses(0.7, 1).rows_found(None, KEYS, QUERY, 10),
        Losses(0.7, 2**32 - 1).rows_found(None, KEYS, QUERY, 10),
        Losses(0.7, 0).rows_found(None, KEYS, QUERY + np.float32(1e-6), 10),
    ]
    for other in others:  # independent of the first: both have 0.49 of the rows
        assert (left & other).sum() == pytest.approx(0.49 * len(KEYS), rel=0.1)
    assert (left == Losses(0.7, 0).rows_found(None, KEYS, QUERY.copy(), 10)).all()


def test_a_smaller_share_is_part_of_a_larger_one() -> None:
    few, many = (Losses(recall, 0).rows_found(None, KEYS, QUERY, 10) for recall in (0.3, 0.6))
    assert few.sum() < many.sum()
    assert not (few & ~many).any()


@pytest.mark.parametrize("k", [1, 10, 1999, 2000, 10_000])
def test_without_a_filter_as_many_are_left_as_are_wanted(k: int) -> None:
    left = Losses(1e-9, 0).rows_found(None, KEYS, QUERY, k)
    assert left.sum() == min(k, len(KEYS))
    assert Losses(1e-9, 0).rows_found(None, [], QUERY, k).tolist() == []


def test_keys_of_all_kinds() -> None:
    keys = ["ä", "日本", "😀", "\0", " ", "a" * 1024]
    assert Losses(0.5, 7).rows_found(None, keys, QUERY, 2).tolist() == [True, True, True, False, True, False]
