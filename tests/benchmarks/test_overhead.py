"""The cost of a mocked call beside the same boto3 call answered by a handler that does nothing.

    pytest tests/benchmarks --benchmark-only

Each group has the mock, the floor (see `floor.py`) and, where it applies, moto. Read the ratios within a
group, from one run: the times themselves are those of the machine.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest

from mock_s3vectors import mock_s3vectors
from tests.benchmarks.floor import floor_of

if TYPE_CHECKING:
    from collections.abc import Callable

ADDRESS = {"vectorBucketName": "bucket", "indexName": "index"}


def floats(count: int, dimension: int) -> list[list[float]]:
    result: list[list[float]] = np.random.default_rng(7).standard_normal((count, dimension)).tolist()
    return result


def records(count: int, dimension: int) -> list[dict[str, Any]]:
    return [
        {"key": f"key-{i}", "data": {"float32": data}, "metadata": {"genre": "drama", "year": 1990 + i % 30}}
        for i, data in enumerate(floats(count, dimension))
    ]


def fill(client: Any, count: int, dimension: int) -> None:
    client.create_vector_bucket(vectorBucketName="bucket")
    client.create_index(**ADDRESS, dataType="float32", dimension=dimension, distanceMetric="cosine")
    for start in range(0, count, 500):
        client.put_vectors(**ADDRESS, vectors=records(count, dimension)[start : start + 500])


def put(client: Any) -> Callable[[], Any]:
    vectors = records(500, 1536)
    return lambda: client.put_vectors(**ADDRESS, vectors=vectors)


def get(client: Any) -> Callable[[], Any]:
    keys = [f"key-{i}" for i in random.Random(7).sample(range(500), 100)]
    return lambda: client.get_vectors(**ADDRESS, keys=keys, returnData=True)


def small(client: Any) -> Callable[[], Any]:
    return lambda: client.get_index(**ADDRESS)


def query(client: Any) -> Callable[[], Any]:
    vector = {"float32": floats(1, 384)[0]}
    return lambda: client.query_vectors(**ADDRESS, topK=10, queryVector=vector, returnDistance=True)


# name: the call, how many vectors of which dimension it finds, how many rounds to time
WORK: dict[str, tuple[Callable[[Any], Callable[[], Any]], int, int, int]] = {
    "put_vectors 500 x 1536": (put, 500, 1536, 5),
    "get_vectors 100 x 1536": (get, 500, 1536, 20),
    "get_index": (small, 0, 384, 1000),
    "query_vectors top 10 of 1000 x 384": (query, 1000, 384, 500),
}
MOTO_HAS = [name for name in WORK if not name.startswith("query")]


@pytest.mark.parametrize("name", WORK)
def test_mock(benchmark: Any, mocked: Any, name: str) -> None:
    make, count, dimension, rounds = WORK[name]
    fill(mocked, count, dimension)
    benchmark.group = name
    benchmark.pedantic(make(mocked), rounds=rounds, warmup_rounds=2)


@pytest.mark.parametrize("name", WORK)
def test_floor(benchmark: Any, mocked: Any, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, count, dimension, rounds = WORK[name]
    fill(mocked, count, dimension)
    benchmark.group = name
    benchmark.pedantic(make(floor_of(make(mocked), monkeypatch)), rounds=rounds, warmup_rounds=2)


@pytest.mark.parametrize("name", MOTO_HAS)
def test_moto(benchmark: Any, name: str) -> None:
    moto = pytest.importorskip("moto")
    make, count, dimension, rounds = WORK[name]
    with moto.mock_aws():
        client = boto3.client("s3vectors", region_name="us-east-1")
        fill(client, count, dimension)
        benchmark.group = name
        benchmark.pedantic(make(client), rounds=rounds, warmup_rounds=2)


def test_enter_and_leave(benchmark: Any) -> None:
    benchmark.group = "enter and leave"
    mock = mock_s3vectors()

    def enter_and_leave() -> None:
        with mock:
            pass

    benchmark.pedantic(enter_and_leave, rounds=1000, warmup_rounds=10)


def test_moto_enter_and_leave(benchmark: Any) -> None:
    moto = pytest.importorskip("moto")
    benchmark.group = "enter and leave"

    def enter_and_leave() -> None:
        with moto.mock_aws():
            pass

    benchmark.pedantic(enter_and_leave, rounds=200, warmup_rounds=10)
