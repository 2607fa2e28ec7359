"""Exact search beside one pass over the same numbers. `searching.py` has the sizes that targets are for.

pytest tests/benchmarks/test_search.py --benchmark-only
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.benchmarks.searching import METRICS, Searches

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT, DIMENSION = 100_000, 384


@pytest.fixture(scope="module")
def searches() -> Searches:
    return Searches(COUNT, DIMENSION)


@pytest.fixture(scope="module")
def small() -> Searches:
    return Searches(1000, DIMENSION)


@pytest.mark.parametrize("what", ["one pass", "first", "warm", "50 %", "10 %", "0.1 %", "10,000 wanted"])
@pytest.mark.parametrize("metric", METRICS)
def test_flat_search(benchmark: Any, searches: Searches, metric: str, what: str) -> None:
    benchmark.group = f"flat search, {COUNT:,} x {DIMENSION}, {metric}"
    order = np.random.default_rng(8).random(COUNT)
    works: dict[str, Callable[[], object]] = {
        "one pass": searches.one_pass,
        "first": partial(searches.first, metric),
        "warm": searches.warm(metric),
        "50 %": searches.warm(metric, order < 0.5),
        "10 %": searches.warm(metric, order < 0.1),
        "0.1 %": searches.warm(metric, order < 0.001),
        "10,000 wanted": partial(searches.of, searches.engine(metric), metric, k=10_000),
    }
    benchmark.pedantic(works[what], rounds=20, warmup_rounds=1)


@pytest.mark.parametrize("what", ["one pass", "search"])
@pytest.mark.parametrize("metric", METRICS)
def test_flat_search_of_few(benchmark: Any, small: Searches, metric: str, what: str) -> None:
    benchmark.group = f"flat search, 1,000 x {DIMENSION}, {metric}"
    work = small.one_pass if what == "one pass" else small.warm(metric)
    benchmark.pedantic(work, rounds=200, iterations=5, warmup_rounds=5)
