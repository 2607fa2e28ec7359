"""Exact search, beside one pass over the same numbers: the rows of the table of targets.

`ratios.py` says how a measurement looks, and how it is run.
"""

from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import blake2b
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.search import Flat, top_k
from mock_s3vectors.search.flat import load_faiss
from tests.benchmarks.ratios import (
    Figure,
    Row,
    at_least,
    at_most,
    by_turns,
    duration,
    ratio,
    ratio_of,
    scaled,
    seconds_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from mock_s3vectors.search import FlatEngine

METRICS = ["euclidean", "cosine"]
SHAPES = {"100,000 x 1536": (100_000, 1536), "1,000,000 x 384": (1_000_000, 384)}
ONE_PASS = "one pass `matrix @ query`"
THREADS, EACH = 8, 4


class Searches:
    """Rows of normal numbers, whose keys are in order, and searches for the 10 nearest."""

    def __init__(self, count: int, dimension: int) -> None:
        rng = np.random.default_rng(7)
        self.matrix = np.empty((count, dimension), np.float32)
        for start in range(0, count, 10_000):
            part = self.matrix[start : start + 10_000]
            part[:] = rng.standard_normal(part.shape, np.float32)
        self.query = rng.standard_normal(dimension, np.float32)
        self.keys = [f"key-{number:07}" for number in range(count)]
        load_faiss()

    def engine(self, metric: str) -> FlatEngine:
        """Return a new engine that has the rows."""
        engine = Flat().build(metric, self.query.size)
        engine.write(np.arange(len(self.keys)), self.matrix)
        return engine

    def of(
        self, engine: FlatEngine, metric: str, mask: NDArray[np.bool_] | None = None, k: int = 10
    ) -> list[tuple[int, float]]:
        """Search, from the plan to the exact distances."""
        return top_k(engine.plan(self.query, k, self.matrix, mask), metric, self.keys)

    def warm(self, metric: str, mask: NDArray[np.bool_] | None = None) -> Callable[[], object]:
        """Return a search by an engine that has the rows."""
        return partial(self.of, self.engine(metric), metric, mask)

    def first(self, metric: str) -> list[tuple[int, float]]:
        """Search for the first time."""
        return self.of(self.engine(metric), metric)

    def one_pass(self) -> NDArray[np.float32]:
        passed: NDArray[np.float32] = self.matrix @ self.query
        return passed


def flat_search(scale: float) -> Iterator[Row]:
    for shape, (count, dimension) in SHAPES.items():
        searches = Searches(scaled(count, scale), dimension)
        for metric in METRICS:
            figure = ratio(searches.warm(metric), searches.one_pass)
            yield Row(f"flat search, {shape}, {metric}", ONE_PASS, at_most(0.6), figure)
    yield from _more_of_a_million(searches)


def _more_of_a_million(searches: Searches) -> Iterator[Row]:
    count = len(searches.keys)
    for metric in METRICS:
        warm = searches.warm(metric)
        figure = ratio(partial(searches.first, metric), warm, rounds=5)
        yield Row(f"first flat search, {metric}", "a warm one", at_most(5), figure)
        for share, target in ((0.5, 1.2), (0.1, 1.2), (0.001, 0.3)):
            mask = np.random.default_rng(8).random(count) < share
            figure = ratio(searches.warm(metric, mask), warm, rounds=5)
            yield Row(f"flat search, {metric}, a mask of {share:.1%}", "without", at_most(target), figure)
    # The length of these rows differs, and their distances by less than inner products in float32 can tell.
    near = searches.matrix[:: max(1, count // 1000)]
    near[:] = searches.query * np.linspace(1, 2, len(near), dtype=np.float32)[:, np.newaxis]
    near[:, 0] += np.linspace(0, 1e-3, len(near), dtype=np.float32)
    figure = ratio(searches.warm("cosine"), searches.one_pass, rounds=5)
    yield Row("flat search, cosine, 1,000 near duplicates", ONE_PASS, None, figure)


def memory(scale: float) -> Iterator[Row]:
    count, dimension = SHAPES["1,000,000 x 384"]
    searches = Searches(scaled(count, scale), dimension)
    raw = searches.matrix.nbytes
    tracemalloc.start()
    warm = searches.warm("cosine")
    warm()
    warm()
    held, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    note = f"{held / 2**20:.3g} MiB, for a moment {most / 2**20:.3g} MiB, beyond {raw / 2**20:.4g} MiB"
    figure = Figure(1 + most / raw, 1 + held / raw, note)
    yield Row("memory after cosine queries", "the vectors' bytes", at_most(1.2), figure)


def threads(scale: float) -> Iterator[Row]:
    # What two cores can do just now: other tasks, or a shared memory, may leave less than twice.
    with ThreadPoolExecutor(THREADS) as pool:
        hash_some = partial(blake2b, bytes(2**20))
        figure = ratio_of(*by_turns(partial(_in_turn, hash_some), partial(_together, pool, hash_some)))
    yield Row(f"hashing in {THREADS} threads", "hashes a second of one", None, figure)
    for count, dimension in ((100_000, 1536), (10_000, 384)):
        searches = Searches(scaled(count, scale), dimension)
        search = searches.warm("cosine")
        with ThreadPoolExecutor(THREADS) as pool:
            alone, together = by_turns(partial(_in_turn, search), partial(_together, pool, search), rounds=6)
        work = f"flat search in {THREADS} threads, {len(searches.keys):,} x {dimension}"
        yield Row(work, "searches a second of one", at_least(1.6), ratio_of(alone, together))


def _in_turn(search: Callable[[], object]) -> None:
    for _ in range(THREADS * EACH):
        search()


def _together(pool: ThreadPoolExecutor, search: Callable[[], object]) -> None:
    for searched in [pool.submit(search) for _ in range(THREADS * EACH)]:
        searched.result()


def pages(scale: float) -> Iterator[Row]:
    count = scaled(100_000, scale)
    vectors = np.random.default_rng(7).standard_normal((count, 384), np.float32)
    with mock_s3vectors() as mock:
        for name, some in (("index", vectors), ("page", vectors[:100])):
            mock.seed("bucket", name, some, keys=[f"key-{number:07}" for number in range(len(some))])
        client: Any = boto3.client("s3vectors", region_name="us-east-1")
        query = partial(
            client.query_vectors,
            vectorBucketName="bucket",
            queryVector={"float32": vectors[0].tolist()},
            returnDistance=True,
        )
        query(indexName="index", topK=10)
        rounds = [_times_of_pages(partial(query, indexName="index", topK=10_000)) for _ in range(5)]
        alone = [seconds_of(partial(query, indexName="page", topK=100)) for _ in range(100)]
    first = median(times[0] for times in rounds)
    further = median(sum(times[1:]) for times in rounds)
    plain = median(alone) * (len(rounds[0]) - 1)
    note = f"{duration(first)}, further pages {duration(further)}, as many queries of 100 {duration(plain)}"
    ratio_of_all = 1 + (further - plain) / first
    work = f"{len(rounds[0])} pages of 10,000 of {count:,}, less as many queries of 100 vectors"
    yield Row(work, "the first page", at_most(2), Figure(ratio_of_all, ratio_of_all, note))


def _times_of_pages(query: Callable[..., Any]) -> list[float]:
    """Return how long each page of a query takes."""
    times: list[float] = []
    token: dict[str, str] | None = {}
    while token is not None:
        start = perf_counter()
        answer = query(**token)
        times.append(perf_counter() - start)
        token = {"nextToken": answer["nextToken"]} if "nextToken" in answer else None
    return times


MEASUREMENTS = {"flat": flat_search, "flat-memory": memory, "flat-threads": threads, "pages": pages}
