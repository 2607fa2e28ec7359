"""Search through a graph beside exact search, and building the graph beside faiss alone.

    pytest tests/benchmarks/test_hnsw.py --benchmark-only

These work with engines, without a client, whose own time is the same for both. The environment variable
HNSW_ROWS makes the vectors more or fewer; building a graph of 100,000 takes a minute or two.
"""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors.search import Flat, Hnsw, top_k
from mock_s3vectors.search.flat import load_faiss

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mock_s3vectors.search import Engine

ROWS, DIMENSION, K = int(os.environ.get("HNSW_ROWS", "20000")), 384, 10
METRIC, METHOD = "cosine", Hnsw()
QUERIES = 100


@cache
def vectors() -> NDArray[np.float32]:
    """Some 100 vectors around each of several centres."""
    rng = np.random.default_rng(7)
    rows = rng.standard_normal((max(1, ROWS // 100), DIMENSION), np.float32).repeat(100, axis=0)[:ROWS]
    return rng.permutation(rows + 0.3 * rng.standard_normal(rows.shape, np.float32))


@cache
def keys() -> list[str]:
    return [f"key-{row}" for row in range(ROWS)]


@cache
def queries() -> NDArray[np.float32]:
    rng = np.random.default_rng(8)
    near = vectors()[rng.integers(0, ROWS, QUERIES)]
    return near + 0.2 * rng.standard_normal(near.shape, np.float32)


def filled(method: Flat | Hnsw) -> Engine:
    engine = method.build(METRIC, DIMENSION)
    engine.write(np.arange(ROWS, dtype=np.intp), vectors())
    return engine


@cache
def warm(method: Flat | Hnsw) -> Engine:
    engine = filled(method)
    search(engine, 0)
    return engine


def search(engine: Engine, number: int) -> list[int]:
    plan = engine.plan(queries()[number], K, vectors(), None)
    return [row for row, _ in top_k(plan, METRIC, keys())]


def search_all(engine: Engine) -> list[list[int]]:
    return [search(engine, number) for number in range(QUERIES)]


@pytest.mark.parametrize("work", ["hnsw", "faiss alone, all cores"])
def test_building(benchmark: Any, work: str) -> None:
    benchmark.group = f"a graph of {ROWS:,} vectors, with the engine around it and without"
    faiss = load_faiss()
    units = vectors() / np.linalg.norm(vectors(), axis=1, keepdims=True)

    def build_alone() -> None:
        graph = faiss.IndexHNSWFlat(DIMENSION, METHOD.m)
        graph.hnsw.efConstruction = METHOD.ef_construction
        graph.add(units)

    def build(engine: Engine) -> None:
        search(engine, 0)

    if work == "hnsw":
        benchmark.pedantic(build, setup=lambda: ((filled(METHOD),), {}), rounds=2)
    else:
        benchmark.pedantic(build_alone, rounds=2)


@pytest.mark.parametrize("method", [Flat(), METHOD], ids=["flat", "hnsw"])
def test_one_query(benchmark: Any, method: Flat | Hnsw) -> None:
    benchmark.group = f"{QUERIES} queries, one after the other, among {ROWS:,} vectors"
    engine = warm(method)
    found = benchmark.pedantic(search_all, args=(engine,), rounds=10, warmup_rounds=1)
    hits = [len({*rows} & {*exact}) for rows, exact in zip(found, search_all(warm(Flat())), strict=True)]
    benchmark.extra_info["recall"] = sum(hits) / (K * QUERIES)


@pytest.mark.parametrize("threads", [1, 2])
def test_threads(benchmark: Any, threads: int) -> None:
    """Two threads at once do twice the work of one: at best in the same time."""
    benchmark.group = f"{QUERIES} queries through a graph of {ROWS:,} vectors, in each of so many threads"
    engine = warm(METHOD)

    def search_at_once() -> None:
        crowd = [threading.Thread(target=search_all, args=(engine,)) for _ in range(threads)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()

    benchmark.pedantic(search_at_once, rounds=20, warmup_rounds=1)


@pytest.mark.parametrize("meanwhile", ["nothing", "building"])
def test_scans_while_a_graph_is_built(benchmark: Any, meanwhile: str) -> None:
    benchmark.group = f"a query among {ROWS:,} vectors, exact, while another thread builds a graph, and not"
    engine = warm(Flat()) if meanwhile == "nothing" else filled(METHOD)
    builder = threading.Thread(target=search, args=(engine, 0))
    builder.start()
    if meanwhile == "nothing":
        builder.join()
    benchmark.pedantic(search, args=(engine, 1), rounds=20, warmup_rounds=1)
    builder.join()
