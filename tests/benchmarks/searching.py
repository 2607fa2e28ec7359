"""Rows of the table of targets about exact search, beside one pass over the same numbers."""

from __future__ import annotations

from functools import partial
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.search import Flat, top_k
from mock_s3vectors.search.flat import load_faiss
from tests.benchmarks.ratios import Figure, Row, at_most, duration, ratio, scaled, seconds_of
from tests.benchmarks.work import client_of_s3vectors, normal, querying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from mock_s3vectors.search import FlatEngine

METRICS = ["euclidean", "cosine"]
SHAPES = {"100,000 x 1536": (100_000, 1536), "1,000,000 x 384": (1_000_000, 384)}
ONE_PASS = "one pass `matrix @ query`"


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

    def of(self, engine: FlatEngine, metric: str) -> list[tuple[int, float]]:
        """Search, from the plan to the exact distances."""
        return top_k(engine.plan(self.query, 10, self.matrix, None), metric, self.keys)

    def warm(self, metric: str) -> Callable[[], object]:
        """Return a search by an engine that has the rows."""
        return partial(self.of, self.engine(metric), metric)

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
    # The length of these rows differs, and their distances by less than inner products in float32 can tell.
    near = searches.matrix[:: max(1, count // 1000)]
    near[:] = searches.query * np.linspace(1, 2, len(near), dtype=np.float32)[:, np.newaxis]
    near[:, 0] += np.linspace(0, 1e-3, len(near), dtype=np.float32)
    figure = ratio(searches.warm("cosine"), searches.one_pass, rounds=5)
    yield Row("flat search, cosine, 1,000 near duplicates", ONE_PASS, None, figure)


def pages(scale: float) -> Iterator[Row]:
    count = scaled(100_000, scale)
    vectors = normal(count, 384)
    with mock_s3vectors() as mock:
        for name, some in (("index", vectors), ("page", vectors[:100])):
            mock.seed("bucket", name, some, keys=[f"key-{number:07}" for number in range(len(some))])
        client = client_of_s3vectors()
        [(_, query)] = querying(384)
        client.query_vectors(**query)
        rounds = [
            _times_of_pages(partial(client.query_vectors, **query | {"topK": 10_000})) for _ in range(5)
        ]
        page = partial(client.query_vectors, **query | {"indexName": "page", "topK": 100})
        alone = [seconds_of(page) for _ in range(100)]
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


MEASUREMENTS = {"flat": flat_search, "pages": pages}
