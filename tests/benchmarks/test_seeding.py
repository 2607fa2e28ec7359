"""Seeding an index, against a copy and a check of the same array, and against puts of a client.

    pytest tests/benchmarks/test_seeding.py --benchmark-only

The last two tests hold the figures that users may rely on; each compares times of one run.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors.workbench.seeding import seed
from tests.benchmarks.work import ADDRESS
from tests.support.mocks import level

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ROWS, DIMENSION = 100_000, 384
# A client puts so many batches, and its time for all is computed from theirs.
BATCH, BATCHES = 500, 4

MOST_COPIES, LEAST_GAIN = 5, 20


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    return np.random.default_rng(7).standard_normal((ROWS, DIMENSION), np.float32)


def documents() -> list[dict[str, Any]]:
    return [{"text": f"text number {number}", "group": number % 100} for number in range(ROWS)]


def copy_and_check(vectors: NDArray[np.float32]) -> None:
    copy = np.array(vectors)
    assert np.isfinite(copy).all()
    assert copy.any(axis=1).all()


def seed_anew(vectors: Any, **more: Any) -> None:
    """Seed an index of a world that is empty."""
    here = level()
    here.world.clear()
    seed(here.world, here.config, "bucket", "index", vectors, **more)


def put(client: Any, vectors: NDArray[np.float32]) -> None:
    """Put a few batches, as a test would that has an array."""
    for start in range(0, BATCHES * BATCH, BATCH):
        batch = enumerate(vectors[start : start + BATCH], start)
        records = [{"key": str(number), "data": {"float32": row.tolist()}} for number, row in batch]
        client.put_vectors(**ADDRESS, vectors=records)


def shortest(call: Callable[[], None], rounds: int = 5) -> float:
    """The shortest of several times, in seconds."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return min(times)


@pytest.mark.usefixtures("mocked")
@pytest.mark.parametrize("work", ["copy and check", "seed", "seed with metadata", "seed from float64"])
def test_seeding(benchmark: Any, vectors: NDArray[np.float32], work: str) -> None:
    benchmark.group = f"seeding {ROWS:,} x {DIMENSION}, and a numpy copy and check of the same array"
    works: dict[str, Callable[[], None]] = {
        "copy and check": lambda: copy_and_check(vectors),
        "seed": lambda: seed_anew(vectors),
        "seed with metadata": lambda: seed_anew(vectors, metadata=documents()),
        "seed from float64": lambda: seed_anew(doubles),
    }
    doubles = vectors.astype(np.float64) if work == "seed from float64" else None
    benchmark.pedantic(works[work], rounds=10, warmup_rounds=2)


@pytest.mark.usefixtures("mocked")
def test_it_costs_at_most_a_few_copies(vectors: NDArray[np.float32]) -> None:
    shortest(lambda: seed_anew(vectors), rounds=1)  # whatever is imported once
    ratio = shortest(lambda: seed_anew(vectors)) / shortest(lambda: copy_and_check(vectors))
    assert ratio <= MOST_COPIES


def test_it_is_many_times_faster_than_a_client(mocked: Any, vectors: NDArray[np.float32]) -> None:
    seed_anew(vectors)
    seeding = shortest(lambda: seed_anew(vectors)) / ROWS
    putting = shortest(lambda: put(mocked, vectors), rounds=2) / (BATCHES * BATCH)
    assert putting >= LEAST_GAIN * seeding
