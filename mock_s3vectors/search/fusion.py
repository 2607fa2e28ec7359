"""Reciprocal Rank Fusion: several rankings of the same rows become one score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors import choices

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


def fuse(rankings: Iterable[Sequence[int]], rows: int) -> NDArray[np.float64]:
    """Return the fused score of every row, shape (rows,); zero for rows in no ranking.

    Args:
        rankings: each a sequence of distinct row numbers, best first.
        rows: how many rows there are.
    """
    scores = np.zeros(rows)
    for ranking in rankings:
        ranks = np.arange(1, len(ranking) + 1)
        scores[np.asarray(ranking, np.intp)] += 1.0 / (choices.RRF_CONSTANT + ranks)
    return scores
