"""An index, its records and texts, and calls of a client, which several benchmarks share."""

from __future__ import annotations

import random
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    # The method of a client of s3vectors, and its parameters.
    Call = tuple[str, dict[str, Any]]

ADDRESS = {"vectorBucketName": "bucket", "indexName": "index"}
FILTER = {"$and": [{"genre": "drama"}, {"year": {"$gte": 2000}}]}
BATCH, WORDS = 500, 60


def client_of_s3vectors() -> Any:
    return boto3.client("s3vectors", region_name="us-east-1")


def normal(count: int, dimension: int, seed: int = 7) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((count, dimension), np.float32)


def records(count: int, dimension: int) -> list[dict[str, Any]]:
    """Return records with two metadata keys; their numbers have all the digits of a float."""
    floats = np.random.default_rng(7).standard_normal((count, dimension)).tolist()
    return [
        {"key": f"key-{i}", "data": {"float32": data}, "metadata": {"genre": "drama", "year": 1990 + i % 30}}
        for i, data in enumerate(floats)
    ]


def fill(client: Any, count: int, dimension: int) -> None:
    client.create_vector_bucket(vectorBucketName="bucket")
    client.create_index(**ADDRESS, dataType="float32", dimension=dimension, distanceMetric="cosine")
    vectors = records(count, dimension)
    for start in range(0, count, BATCH):
        client.put_vectors(**ADDRESS, vectors=vectors[start : start + BATCH])


def seed_in_pieces(mock: Any, count: int, dimension: int, **more: Any) -> None:
    """Seed rows without a copy of them all beside the index. Their keys are their numbers."""
    piece = 50_000
    for start in range(0, count, piece):
        numbers = range(start, min(start + piece, count))
        metadata = [{"group": number % 10, "number": number} for number in numbers]
        rows = normal(len(numbers), dimension, seed=start)
        mock.seed("bucket", "index", rows, keys=map(str, numbers), metadata=metadata, **more)


def putting(dimension: int) -> list[Call]:
    return [("put_vectors", {**ADDRESS, "vectors": records(BATCH, dimension)})]


def getting() -> list[Call]:
    keys = [f"key-{number}" for number in random.Random(7).sample(range(500), 100)]
    return [("get_vectors", {**ADDRESS, "keys": keys, "returnData": True, "returnMetadata": True})]


def small() -> list[Call]:
    return [("get_index", dict(ADDRESS))]


def querying(dimension: int, **settings: Any) -> list[Call]:
    vector = {"float32": normal(1, dimension, seed=8)[0].tolist()}
    given = {"topK": 10, "queryVector": vector, "returnDistance": True, **settings}
    return [("query_vectors", {**ADDRESS, **given})]


def listing(most: int, **settings: Any) -> list[Call]:
    return [("list_vectors", {**ADDRESS, "maxResults": most, **settings})]


def make(client: Any, calls: Sequence[Call]) -> Any:
    """Make calls, and return the answer to the last one."""
    return [getattr(client, method)(**parameters) for method, parameters in calls][-1]


@cache
def vocabulary() -> list[str]:
    """Words, the commonest first."""
    letters = random.Random(7)
    return [
        "".join(letters.choices("abcdefghijklmnopqrstuvwxyz", k=letters.randint(3, 10)))
        for _ in range(50_000)
    ]


@cache
def texts(count: int) -> list[str]:
    """Return texts of 60 words each, drawn as Zipf has it: the first word stands in almost every text."""
    ranks = np.minimum(np.random.default_rng(7).zipf(1.2, (count, WORDS)), len(vocabulary())) - 1
    return [" ".join(vocabulary()[rank] for rank in row) for row in ranks.tolist()]
