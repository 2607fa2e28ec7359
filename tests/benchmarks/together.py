"""Rows of the table of targets about many threads that query one index, in process and over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np

from mock_s3vectors import mock_s3vectors
from tests.benchmarks.ratios import Row, at_least, by_turns, ratio_of, scaled
from tests.benchmarks.test_overhead import ADDRESS, fill
from tests.benchmarks.test_server import SERVE, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

THREADS, CALLS, ROUNDS = 8, 200, 7
# How many vectors are searched: a call is mostly botocore's work, or mostly the search.
SIZES = (1_000, 100_000)
DIMENSION = 384


def queries(client: Any, threads: int, calls: int) -> Callable[[], None]:
    """Return a work: so many queries, shared by so many threads."""
    vectors = np.random.default_rng(7).standard_normal((calls, DIMENSION)).tolist()

    def ask(vector: list[float]) -> None:
        client.query_vectors(**ADDRESS, topK=10, queryVector={"float32": vector}, returnDistance=True)

    def all_of_them() -> None:
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(ask, vectors):
                pass

    return all_of_them


def gains(client: Any, place: str, count: int, calls: int) -> Row:
    one, many = by_turns(queries(client, 1, calls), queries(client, THREADS, calls), rounds=ROUNDS)
    work = f"{calls} queries of {count:,} x {DIMENSION} {place}, {THREADS} threads"
    return Row(work, "one thread", at_least(1.6), ratio_of(one, many))


def in_process(scale: float) -> Iterator[Row]:
    for size in SIZES:
        count = scaled(size, scale)
        with mock_s3vectors() as mock:
            vectors = np.random.default_rng(8).standard_normal((count, DIMENSION), np.float32)
            mock.seed("bucket", "index", vectors)
            client = boto3.client("s3vectors", region_name="us-east-1")
            yield gains(client, "in process", count, CALLS)


def over_http(scale: float) -> Iterator[Row]:
    count = scaled(SIZES[0], scale)
    with running(*SERVE) as client:
        fill(client, count, DIMENSION)
        yield gains(client, "over HTTP", count, CALLS)


MEASUREMENTS = {"threads": in_process, "http": over_http}
