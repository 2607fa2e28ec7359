"""The sizes of QueryVectors' pages, which queries of all kinds share."""

from __future__ import annotations

import pytest

# How many vectors there are, how many are asked for, and how many each page has of them.
SIZES = pytest.mark.parametrize(
    ("count", "top_k", "sizes"),
    [
        (99, 1000, [99]),
        (100, 1000, [100]),
        (101, 1000, [100, 1]),
        (200, 1000, [100, 100]),
        (250, 1000, [100, 100, 50]),
        (250, 100, [100]),
        (250, 101, [100, 1]),
        (250, 200, [100, 100]),
    ],
)
