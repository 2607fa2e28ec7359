"""Mocks within a mock of many vectors: entering and leaving them, and the first write in each; checkpoints.

    pytest tests/benchmarks/test_savepoints.py --benchmark-only

The vectors have texts, and an HNSW graph that is built already, which takes minutes for so many. The
environment variable SAVEPOINT_ROWS makes them fewer.
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest

from mock_s3vectors import mock_s3vectors
from tests.benchmarks.work import ADDRESS, texts, vocabulary
from tests.support.shapes import TEXT_SEARCH, has, needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

ROWS, DIMENSION, M = int(os.environ.get("SAVEPOINT_ROWS", "100000")), 384, 32


def vectors() -> NDArray[np.float32]:
    """Some 100 vectors around each of several centres."""
    rng = np.random.default_rng(7)
    rows = rng.standard_normal((max(1, ROWS // 100), DIMENSION), np.float32).repeat(100, axis=0)[:ROWS]
    return rng.permutation(rows + 0.3 * rng.standard_normal(rows.shape, np.float32))


def record(number: int, values: NDArray[np.float32], text: str) -> dict[str, Any]:
    metadata = {"text": text, "group": number % 100}
    return {"key": f"key-{number}", "data": {"float32": values.tolist()}, "metadata": metadata}


@pytest.fixture(scope="module")
def filled() -> Iterator[Any]:
    """A client of a mock that is on, with all vectors in it and all derived parts built."""
    # The effort at building a graph changes none of the sizes.
    with mock_s3vectors(search_engine="hnsw", hnsw_m=M, hnsw_ef_construction=40):
        client: Any = boto3.client("s3vectors", region_name="us-east-1")
        client.create_vector_bucket(vectorBucketName="bucket")
        searchable = {
            "nonFilterableMetadataKeys": ["text"],
            "textSearchConfigurations": [{"metadataKey": "text", "language": "en"}],
        }
        client.create_index(
            **ADDRESS,
            dataType="float32",
            dimension=DIMENSION,
            distanceMetric="cosine",
            **({"metadataConfiguration": searchable} if has(*TEXT_SEARCH) else {}),
        )
        records = map(record, range(ROWS), vectors(), texts(ROWS))
        while batch := list(islice(records, 500)):
            client.put_vectors(**ADDRESS, vectors=batch)
        client.list_vectors(**ADDRESS, maxResults=1)
        for query in QUERIES.values():
            query(client)
        yield client


def by_text(client: Any) -> Any:
    words = " ".join(vocabulary()[rank] for rank in (100, 1_000, 10_000))
    return client.query_vectors(**ADDRESS, topK=10, queryTexts=[{"metadataKey": "text", "text": words}])


def by_vector(client: Any, **more: Any) -> Any:
    query = {"float32": np.arange(DIMENSION).tolist()}
    return client.query_vectors(**ADDRESS, topK=10, queryVector=query, **more)


def by_filter(client: Any) -> Any:
    return by_vector(client, filter={"group": 3})


QUERIES: dict[str, Callable[[Any], Any]] = {
    "vector": by_vector,
    "filter": by_filter,
    **({"text": by_text} if has(*TEXT_SEARCH) else {}),
}


def write(client: Any, number: int = 5) -> None:
    """Overwrite a vector with another."""
    values = np.random.default_rng().standard_normal(DIMENSION).astype(np.float32)
    client.put_vectors(**ADDRESS, vectors=[record(number, values, "some other text")])


class Nested:
    """A mock within the filled one; each call ends the last and begins another."""

    def __init__(self) -> None:
        self.mocks = ExitStack()

    def again(self) -> None:
        self.mocks.close()
        self.mocks.enter_context(mock_s3vectors())


@pytest.fixture
def nested() -> Iterator[Nested]:
    nested = Nested()
    with nested.mocks:
        yield nested


@pytest.mark.parametrize("world", ["empty", "filled"])
def test_entering_and_leaving(benchmark: Any, request: pytest.FixtureRequest, world: str) -> None:
    """In either world, there is a mock around."""
    benchmark.group = f"entering and leaving a mock in a world of {ROWS:,} vectors, and in an empty one"
    if world == "filled":
        request.getfixturevalue("filled")

    def enter_and_leave() -> None:
        with mock_s3vectors():
            pass

    with mock_s3vectors():
        benchmark.pedantic(enter_and_leave, rounds=200, iterations=10, warmup_rounds=5)


@pytest.mark.parametrize("world", ["empty", "filled"])
@pytest.mark.parametrize("step", ["checkpoint", "restore"])
def test_checkpoints(benchmark: Any, request: pytest.FixtureRequest, step: str, world: str) -> None:
    benchmark.group = f"{step} in a world of {ROWS:,} vectors, and in an empty one"
    if world == "filled":
        request.getfixturevalue("filled")
    with mock_s3vectors() as mock:
        point = mock.checkpoint()
        work: Any = mock.checkpoint if step == "checkpoint" else partial(mock.restore, point)
        benchmark.pedantic(work, rounds=200, iterations=10, warmup_rounds=5)


@pytest.mark.parametrize("indexes", [1, 100, 5_000])
@pytest.mark.parametrize("step", ["checkpoint", "restore"])
def test_checkpoints_of_many_indexes(benchmark: Any, step: str, indexes: int) -> None:
    benchmark.group = f"{step}, by the number of indexes"
    with mock_s3vectors() as mock:
        for number in range(indexes):
            mock.seed("films", f"plots-{number}", [[1.0, 2.0]])
        point = mock.checkpoint()
        work: Any = mock.checkpoint if step == "checkpoint" else partial(mock.restore, point)
        benchmark.pedantic(work, rounds=20, warmup_rounds=2)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("after", ["nothing", "a restore"])
def test_query_after_a_restore(benchmark: Any, filled: Any, query: str, after: str) -> None:
    benchmark.group = f"query by {query} among {ROWS:,} vectors, and the same after a restore"
    with mock_s3vectors() as mock:
        point = mock.checkpoint()

        def setup() -> None:
            if after == "a restore":
                write(filled)
                mock.restore(point)

        benchmark.pedantic(lambda: QUERIES[query](filled), setup=setup, rounds=10, warmup_rounds=1)


@pytest.mark.parametrize("work", ["first write", "plain copy"])
def test_first_write(benchmark: Any, filled: Any, nested: Nested, work: str) -> None:
    benchmark.group = (
        f"first write in a mock within one of {ROWS:,} vectors, and a plain copy of as many bytes"
    )
    if work == "first write":
        benchmark.pedantic(lambda: write(filled), setup=nested.again, rounds=10, warmup_rounds=1)
        return
    # The vectors, these at unit length, and the graph's own, with its links.
    matrices = [np.ones((ROWS, DIMENSION), np.float32) for _ in range(3)]
    links = np.ones((ROWS, 2 * M + 2), np.int32)
    keys = [f"key-{number}" for number in range(ROWS)]
    rows = {key: number for number, key in enumerate(keys)}

    def copy() -> Any:
        """Keys, metadata, sizes, listing and values of texts in lists; rows, nodes and terms by name."""
        return (
            [matrix.copy() for matrix in matrices],
            links.copy(),
            [keys[:] for _ in range(5)],
            [dict(rows) for _ in range(3)],
        )

    benchmark.pedantic(copy, rounds=10, warmup_rounds=1)


@needs(*TEXT_SEARCH)
@pytest.mark.parametrize("query", ["vector", "filter", "text"])
@pytest.mark.parametrize("after", ["the first write", "a second write"])
def test_first_query(benchmark: Any, filled: Any, nested: Nested, query: str, after: str) -> None:
    benchmark.group = f"query by {query} among {ROWS:,} vectors, after a first write and after a second one"

    def setup() -> None:
        nested.again()
        write(filled)
        if after == "a second write":
            QUERIES[query](filled)
            write(filled, number=6)

    benchmark.pedantic(lambda: QUERIES[query](filled), setup=setup, rounds=10, warmup_rounds=1)
