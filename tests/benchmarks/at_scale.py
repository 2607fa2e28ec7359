"""Rows of the table of targets about large indexes: the speed of memory, pages, a million vectors."""

from __future__ import annotations

import resource
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from operator import matmul
from time import perf_counter
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import orjson

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.search import Flat
from tests.benchmarks.ratios import (
    Figure,
    Row,
    at_most,
    by_turns,
    duration,
    ratio,
    ratio_of,
    scaled,
    seconds_of,
)
from tests.benchmarks.test_overhead import ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Matrix = NDArray[np.float32]

MILLION, DIMENSION, TOP = 1_000_000, 384, 10
SHAPES = ((100_000, 1536), (MILLION, DIMENSION))
GIB = 1 << 30


def matrix_of(count: int, dimension: int) -> Matrix:
    return np.random.default_rng(7).standard_normal((count, dimension), np.float32)


def question(dimension: int = DIMENSION) -> Matrix:
    return np.random.default_rng(8).standard_normal(dimension, np.float32)


def filled_engine(metric: str, matrix: Matrix) -> Any:
    engine = Flat().build(metric, matrix.shape[1])
    engine.write(np.arange(matrix.shape[0]), matrix)
    return engine


def flat_search(scale: float) -> Iterator[Row]:
    """Measure the search alone, without a client, beside the least that any exact search must read."""
    for full, dimension in SHAPES:
        count = scaled(full, scale)
        matrix, query = matrix_of(count, dimension), question(dimension)
        for metric in ("euclidean", "cosine"):
            engine = filled_engine(metric, matrix)
            search = partial(engine.candidates, query, TOP, matrix, None)
            figure = ratio(search, partial(matmul, matrix, query), rounds=9)
            yield Row(
                f"flat search, {metric}, {count:,} x {dimension}",
                "one pass `matrix @ query`",
                at_most(0.6),
                figure,
            )
            del engine, search  # before the next one takes as much memory


def client_of_s3vectors() -> Any:
    return boto3.client("s3vectors", region_name="us-east-1")


def ask(client: Any, **more: Any) -> Callable[[], Any]:
    """Return a query of the index, ready to be timed."""
    vector = {"float32": question().tolist()}
    request = {**ADDRESS, "topK": TOP, "queryVector": vector, "returnDistance": True, **more}
    return lambda: client.query_vectors(**request)


def first_query(scale: float) -> Iterator[Row]:
    """Measure the first query after seeding, which derives what it needs, beside the next ones."""
    count = scaled(MILLION, scale)
    matrix = matrix_of(count, DIMENSION)
    firsts, warm = [], []
    with mock_s3vectors():
        client = client_of_s3vectors()
    for _ in range(3):
        with mock_s3vectors() as mock:
            mock.seed("warm-up", "index", matrix[:1_000], distance_metric="cosine")
            ask(client, vectorBucketName="warm-up")()
            mock.seed("bucket", "index", matrix, distance_metric="cosine")
            firsts.append(seconds_of(ask(client)))
            warm += [seconds_of(ask(client)) for _ in range(5)]
    work = f"first query of {count:,} x {DIMENSION}, cosine"
    yield Row(work, "a warm one", at_most(5), ratio_of(firsts, warm))


def pages(scale: float) -> Iterator[Row]:
    """Measure all pages of a query beside the first one, and writing the same results as JSON."""
    count, top = scaled(100_000, scale), 10_000
    with mock_s3vectors() as mock:
        mock.seed("bucket", "index", matrix_of(count, DIMENSION))
        client = client_of_s3vectors()
        answers: list[Any] = []

        def all_pages() -> None:
            answers[:] = [ask(client, topK=top)()]
            while token := answers[-1].get("nextToken"):
                answers.append(ask(client, topK=top, nextToken=token)())

        def last_pages_again() -> None:
            """Ask as often for small pages, which is what the calls themselves cost."""
            for _ in answers:
                ask(client, topK=1)()

        def written() -> None:
            for answer in answers:
                orjson.dumps(answer["vectors"])

        all_pages()
        every, first, calls, writing = by_turns(
            all_pages, ask(client, topK=top), last_pages_again, written, rounds=5
        )
    work = f"all {len(answers)} pages of the top {top:,} of {count:,} x {DIMENSION}"
    yield Row(work, "the first page", None, ratio_of(every, first))
    yield Row(work, "as many queries for one vector", None, ratio_of(every, calls))
    bounds = [2 * one + rest for one, rest in zip(first, writing, strict=True)]
    yield Row(work, "2 x the first page, and its JSON", at_most(1), ratio_of(every, bounds))


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
        mock.seed("warm-up", "index", matrix_of(1_000, DIMENSION))
        ask(client, vectorBucketName="warm-up")()
        before = memory_now()
        keys_and_so_on = memory_of_rows(count)
        seed_in_pieces(mock, count)
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


def seed_in_pieces(mock: Any, count: int, **more: Any) -> None:
    """Seed rows without a copy of them all beside the index."""
    piece = 50_000
    for start in range(0, count, piece):
        rows = np.random.default_rng(start).standard_normal(
            (min(piece, count - start), DIMENSION), np.float32
        )
        keys = [str(number) for number in range(start, start + rows.shape[0])]
        metadata = [{"group": number % 10, "number": number} for number in range(start, start + len(keys))]
        mock.seed("bucket", "index", rows, keys=keys, metadata=metadata, **more)


def a_million(scale: float) -> Iterator[Row]:
    """Measure the life of one index of a million vectors, and how much memory it takes at most."""
    count = scaled(MILLION, scale)
    shape = f"{count:,} x {DIMENSION}"

    def report(work: str, seconds: float) -> Row:
        return Row(f"{work}, {shape}", "", None, Figure(seconds, seconds, duration(seconds)))

    with mock_s3vectors() as mock:
        client = client_of_s3vectors()
        yield report("seed with metadata", seconds_of(lambda: seed_in_pieces(mock, count)))
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
    for start in range(0, count, 500):
        keys = [str(number) for number in range(start, min(start + 500, count))]
        client.delete_vectors(**ADDRESS, keys=keys)


def a_million_hnsw(scale: float) -> Iterator[Row]:
    """Measure a graph of as many vectors as it can take in a minute or two; the rest is in proportion."""
    count = scaled(MILLION, scale)
    with mock_s3vectors(search_engine="hnsw") as mock:
        client = client_of_s3vectors()
        seed_in_pieces(mock, count)
        begun = perf_counter()
        ask(client)()
        built = perf_counter() - begun
        warm = min(seconds_of(ask(client)) for _ in range(5))
    shape = f"{count:,} x {DIMENSION}"
    yield Row(f"build the graph, HNSW, {shape}", "", None, Figure(built, built, duration(built)))
    yield Row(f"query, HNSW, {shape}", "", None, Figure(warm, warm, duration(warm)))
    figure = Figure(peak_memory() / GIB, peak_memory() / GIB, "GiB")
    yield Row(f"all this, HNSW, {shape}", "peak memory", at_most(6), figure)


MEASUREMENTS = {
    "flat": flat_search,
    "first-of-a-million": first_query,
    "pages": pages,
    "memory": memory,
    "million": a_million,
    "million-hnsw": a_million_hnsw,
}
