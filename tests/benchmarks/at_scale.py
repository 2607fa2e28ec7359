"""Rows of the table of targets about the memory of large indexes, and the life of a million vectors."""

from __future__ import annotations

import resource
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors import mock_s3vectors
from tests.benchmarks.ratios import Figure, Row, at_most, duration, scaled, seconds_of
from tests.benchmarks.work import (
    ADDRESS,
    BATCH,
    client_of_s3vectors,
    make,
    normal,
    querying,
    seed_in_pieces,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MILLION, DIMENSION = 1_000_000, 384
GIB = 1 << 30


def ask(client: Any, **more: Any) -> Callable[[], Any]:
    """Return a query of the index, ready to be timed."""
    return partial(make, client, querying(DIMENSION, **more))


def peak_memory() -> int:
    """Return the most bytes that this process has had in memory so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def memory_now() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - it is no file on a disk
        return int(statm.read().split()[1]) * resource.getpagesize()


def memory(scale: float) -> Iterator[Row]:
    """Measure what an index holds after cosine queries, beyond what the process had before."""
    count = scaled(MILLION, scale)
    with mock_s3vectors() as mock:
        client = client_of_s3vectors()
        mock.seed("warm-up", "index", normal(1_000, DIMENSION))
        ask(client, vectorBucketName="warm-up")()
        before = memory_now()
        keys_and_so_on = memory_of_rows(count)
        seed_in_pieces(mock, count, DIMENSION)
        for _ in range(3):
            ask(client)()
        held = memory_now() - before - keys_and_so_on
    raw = count * DIMENSION * 4
    note = f"{held / GIB:.2f} GiB, without {keys_and_so_on / GIB:.2f} GiB that rows of one number take"
    figure = Figure(held / raw, held / raw, note)
    yield Row(
        f"memory of {count:,} x {DIMENSION} after cosine queries", "float32 alone", at_most(1.2), figure
    )


def memory_of_rows(count: int) -> int:
    """Return how many bytes as many rows of one number take: keys, metadata and places, mostly."""
    with mock_s3vectors() as mock:
        before = memory_now()
        mock.seed("narrow", "index", np.ones((count, 1), np.float32), distance_metric="euclidean")
        return memory_now() - before


def a_million(scale: float) -> Iterator[Row]:
    """Measure the life of one index of a million vectors, and how much memory it takes at most."""
    count = scaled(MILLION, scale)
    shape = f"{count:,} x {DIMENSION}"

    def report(work: str, seconds: float) -> Row:
        return Row(f"{work}, {shape}", "", None, Figure(seconds, seconds, duration(seconds)))

    with mock_s3vectors() as mock:
        client = client_of_s3vectors()
        yield report("seed with metadata", seconds_of(lambda: seed_in_pieces(mock, count, DIMENSION)))
        yield report("first query, flat", seconds_of(ask(client)))
        yield report("query, flat", min(seconds_of(ask(client)) for _ in range(5)))
        tenth = ask(client, filter={"group": 3})
        yield report("first filtered query, one in ten matches", seconds_of(tenth))
        yield report("filtered query, one in ten matches", min(seconds_of(tenth) for _ in range(5)))
        yield report("list in 4 segments, in 4 threads", seconds_of(lambda: list_in_segments(client)))
        yield report("delete all", seconds_of(lambda: delete_all(client, count)))
    figure = Figure(peak_memory() / GIB, peak_memory() / GIB, "GiB")
    yield Row(f"all this, {shape}", "peak memory", at_most(6), figure)


def list_in_segments(client: Any) -> int:
    def segment(number: int) -> int:
        pages = client.get_paginator("list_vectors").paginate(
            **ADDRESS, segmentCount=4, segmentIndex=number, PaginationConfig={"PageSize": 1_000}
        )
        return sum(len(page["vectors"]) for page in pages)

    with ThreadPoolExecutor(4) as pool:
        return sum(pool.map(segment, range(4)))


def delete_all(client: Any, count: int) -> None:
    for start in range(0, count, BATCH):
        keys = [str(number) for number in range(start, min(start + BATCH, count))]
        client.delete_vectors(**ADDRESS, keys=keys)


def a_million_hnsw(scale: float) -> Iterator[Row]:
    """Measure a graph of as many vectors as it can take in a minute or two; the rest is in proportion."""
    count = scaled(MILLION, scale)
    with mock_s3vectors(search_engine="hnsw") as mock:
        client = client_of_s3vectors()
        seed_in_pieces(mock, count, DIMENSION)
        built = seconds_of(ask(client))
        warm = min(seconds_of(ask(client)) for _ in range(5))
    shape = f"{count:,} x {DIMENSION}"
    yield Row(f"build the graph, HNSW, {shape}", "", None, Figure(built, built, duration(built)))
    yield Row(f"query, HNSW, {shape}", "", None, Figure(warm, warm, duration(warm)))
    figure = Figure(peak_memory() / GIB, peak_memory() / GIB, "GiB")
    yield Row(f"all this, HNSW, {shape}", "peak memory", at_most(6), figure)


MEASUREMENTS = {
    "memory": memory,
    "million": a_million,
    "million-hnsw": a_million_hnsw,
}
