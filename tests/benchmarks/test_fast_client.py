"""The cost of mocked calls beside that of the same calls in a process that has no mock, with canned answers.

    pytest tests/benchmarks/test_fast_client.py --benchmark-only -s

The two take turns. The ratio of their medians is printed, and kept as `extra_info` of the JSON.
"""

from __future__ import annotations

import random
import sys
from statistics import median
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors import mock_s3vectors
from tests.benchmarks.floor_process import answer_of, floor_process, seconds_of
from tests.benchmarks.test_overhead import ADDRESS, fill, floats, records

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.benchmarks.floor_process import Call

FILTER = {"$and": [{"genre": "drama"}, {"year": {"$gte": 2000}}]}


def put(*, count: int, dimension: int) -> list[Call]:
    given = records(count, dimension)
    batches = [given[start : start + 500] for start in range(0, count, 500)]
    return [("put_vectors", {**ADDRESS, "vectors": batch}) for batch in batches]


def get() -> list[Call]:
    keys = [f"key-{number}" for number in random.Random(7).sample(range(500), 100)]
    return [("get_vectors", {**ADDRESS, "keys": keys, "returnData": True, "returnMetadata": True})]


def query(**settings: Any) -> list[Call]:
    vector = {"float32": floats(1, 384)[0]}
    return [
        ("query_vectors", {**ADDRESS, "topK": 10, "queryVector": vector, "returnDistance": True, **settings})
    ]


def listed(most: int, **settings: Any) -> list[Call]:
    return [("list_vectors", {**ADDRESS, "maxResults": most, **settings})]


# By name: the calls, how many vectors of which dimension they find, how many rounds are timed.
WORK: dict[str, tuple[Callable[[], list[Call]], int, int, int]] = {
    "put_vectors 500 x 1536": (lambda: put(count=500, dimension=1536), 0, 1536, 7),
    "put_vectors 10,000 x 384, 500 a batch": (lambda: put(count=10_000, dimension=384), 0, 384, 2),
    "get_vectors 100 x 1536": (get, 500, 1536, 20),
    "get_index": (lambda: [("get_index", dict(ADDRESS))], 0, 384, 1000),
    "query_vectors, 10 of 1,000 x 384": (query, 1_000, 384, 500),
    "query_vectors, 10 of 1,000 x 384, filtered": (lambda: query(filter=FILTER), 1_000, 384, 500),
    "list_vectors, 1,000 of 10,000 keys": (lambda: listed(1_000), 10_000, 384, 100),
    "list_vectors, 500 of 10,000 x 384": (lambda: listed(500, returnData=True), 10_000, 384, 20),
}


@pytest.mark.parametrize("name", WORK)
def test_beside_the_floor(benchmark: Any, name: str) -> None:
    make, count, dimension, rounds = WORK[name]
    calls = make()
    theirs: list[float] = []
    benchmark.group = name
    with mock_s3vectors():
        client = boto3.client("s3vectors", region_name="us-east-1")
        fill(client, count, dimension)
        with floor_process(calls, answer_of(client, calls[0])) as floor:
            floor()
            benchmark.pedantic(
                lambda: seconds_of(client, calls), setup=lambda: theirs.append(floor()), rounds=rounds
            )
    ratio = benchmark.stats.stats.median / median(theirs)
    benchmark.extra_info |= {"floor": median(theirs), "ratio": ratio}
    sys.stdout.write(f"\n{name}: {ratio:.2f} of the floor\n")
