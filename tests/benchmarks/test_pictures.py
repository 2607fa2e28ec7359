"""An index in two dimensions: principal components, and the question of the page for them.

    pytest tests/benchmarks/test_pictures.py --benchmark-only

The last test holds that a picture of a million vectors costs what one of ten thousand does.
"""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.serving.page.picturing import PICTURING
from mock_s3vectors.serving.page.projection import project
from mock_s3vectors.workbench.seeding import seed
from tests.support.mocks import level

if TYPE_CHECKING:
    from numpy.typing import NDArray

ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films/index/plots"
# Rows of a larger matrix are in no cache.
MOST_TIMES = 3


def vectors(rows: int, dimension: int) -> NDArray[np.float32]:
    return np.random.default_rng(7).standard_normal((rows, dimension), np.float32)


def ask(**asked: Any) -> Any:
    return PICTURING[0].answer(level(), {"index": ARN, **asked})


@pytest.mark.parametrize("dimension", [64, 1536, 4096])
def test_principal_components_of_5_000_vectors(benchmark: Any, dimension: int) -> None:
    narrow = vectors(5_000, dimension)
    benchmark.pedantic(
        project, setup=lambda: ((narrow.astype(np.float64), len(narrow)), {}), rounds=5, warmup_rounds=1
    )


@pytest.mark.parametrize("asked", [{}, {"key": "7"}], ids=["alone", "with hits"])
def test_a_picture_of_5_000_vectors(benchmark: Any, asked: dict[str, Any]) -> None:
    with mock_s3vectors():
        here = level()
        metadata = [{"genre": f"genre {number % 7}"} for number in range(5_000)]
        seed(here.world, here.config, "films", "plots", vectors(5_000, 1536), metadata=metadata)
        benchmark.pedantic(ask, kwargs={"colour": "genre", **asked}, rounds=5, warmup_rounds=1)


def test_a_million_vectors_cost_what_ten_thousand_do() -> None:
    def best(rows: int) -> float:
        with mock_s3vectors():
            here = level()
            seed(here.world, here.config, "films", "plots", vectors(rows, 64))
            return min(timed() for _ in range(7))

    def timed() -> float:
        start = process_time()
        ask()
        return process_time() - start

    assert best(1_000_000) < MOST_TIMES * best(10_000)
