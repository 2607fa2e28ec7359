"""Reciprocal rank fusion, against sums by hand."""

from __future__ import annotations

import numpy as np
import pytest

from mock_s3vectors.search import fuse, highest


def test_each_ranking_adds_one_in_sixty_and_the_rank() -> None:
    scores = fuse([[2, 0, 1], [1, 2], [3]], 5)
    assert scores.tolist() == pytest.approx(
        [
            1 / 62,  # second in the first
            1 / 63 + 1 / 61,  # third in the first, first in the second
            1 / 61 + 1 / 62,
            1 / 61,
            0,
        ],
        rel=1e-15,
    )
    assert scores[4] == 0
    assert scores.dtype == np.float64


def test_deep_ranks_still_count() -> None:
    scores = fuse([range(1000)], 1000)
    assert scores[0] == 1 / 61
    assert scores[99] == 1 / 160
    assert scores[999] == 1 / 1060


@pytest.mark.parametrize("rankings", [[], [[]], [[], []]])
def test_rankings_of_nothing(rankings: list[list[int]]) -> None:
    assert fuse(rankings, 3).tolist() == [0, 0, 0]
    assert fuse(rankings, 0).tolist() == []


def test_an_empty_ranking_changes_nothing() -> None:
    assert fuse([[], [1, 0], []], 2).tolist() == fuse([[1, 0]], 2).tolist() == [1 / 62, 1 / 61]


def test_rankings_may_come_one_by_one_and_stay_as_they_are() -> None:
    rankings = [[1, 0], [0]]
    assert fuse(iter(rankings), 2).tolist() == [1 / 62 + 1 / 61, 1 / 61]
    assert rankings == [[1, 0], [0]]


def test_two_middle_places_beat_one_first() -> None:
    keys = ["a", "b", "c"]
    # b is twice second, 2/62; a and c are first once and not at all otherwise, 1/61: they tie.
    scores = fuse([[2, 1], [0, 1]], 3)
    assert highest(scores, 3, keys, scores > 0) == [1, 0, 2]
    assert scores.tolist() == [1 / 61, 2 / 62, 1 / 61]


def test_the_same_ranks_in_another_order_tie() -> None:
    # Rows 0, 1, 2 are first, second and seventh, each elsewhere; the others fill the ranks between.
    scores = fuse(
        [[0, 1, 3, 4, 5, 6, 2], [2, 0, 7, 8, 9, 10, 1], [1, 2, 11, 12, 13, 14, 0]],
        15,
    )
    assert len({*scores[:3].tolist()}) == 2  # the sums differ in their last bit
    keys = ["b", "a", "c"] + ["filler"] * 12
    rows = highest(scores, 3, keys, np.ones(15, bool))
    assert [keys[row] for row in rows] == ["a", "b", "c"]
    assert scores[:3].tolist() == pytest.approx([1 / 61 + 1 / 62 + 1 / 67] * 3, rel=1e-15)
