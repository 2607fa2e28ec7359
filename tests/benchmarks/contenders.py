"""The work that `compare.py` runs in each environment: the same for each tool, timed.

    python tests/benchmarks/contenders.py TOOL COUNT DIMENSION DATA

It prints a line of JSON. It needs the tool alone, so it imports nothing else of the tests. Each tool is used
as its documentation shows, with lists of Python floats, as they come from an embedding service. The import of
the tool, and all that it loads for its first calls, is timed by itself, as "start".
"""

from __future__ import annotations

import json
import random
import sys
from array import array
from functools import partial
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BATCH, TOP, QUERIES = 500, 10, 50
GROUPS, SPREAD = 100, 0.5
GENRES = ("drama", "comedy", "crime", "family", "horror")
# The filter of the filtered query: one vector in ten.
GENRE, SINCE = "crime", 2010


class Contender(Protocol):
    """A tool with one collection in it."""

    # Whether it can query.
    queries: bool

    def create(self, dimension: int) -> None:
        """Make an empty collection for vectors of this dimension, compared by the cosine."""

    def add(self, first: int, vectors: list[list[float]]) -> None:
        """Store vectors, the first of which has this number, with their metadata."""

    def query(self, vector: list[float], *, filtered: bool) -> list[int]:
        """Return the numbers of the nearest vectors, the nearest first; the tool returns metadata too."""

    def delete(self, numbers: list[int]) -> None:
        """Delete vectors by number."""


def metadata_of(number: int) -> dict[str, Any]:
    return {"genre": GENRES[number % len(GENRES)], "year": 1990 + number // len(GENRES) % 40}


def matches(number: int) -> bool:
    metadata = metadata_of(number)
    return bool(metadata["genre"] == GENRE and metadata["year"] >= SINCE)


class S3Vectors:
    """boto3, and the mock that answers it."""

    address = {"vectorBucketName": "bucket", "indexName": "index"}  # noqa: RUF012 - nobody changes it

    def __init__(self, mock: Any, *, queries: bool) -> None:
        import boto3

        mock.start()
        self.queries = queries
        self.client: Any = boto3.client(
            "s3vectors",
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        self.client.create_vector_bucket(vectorBucketName="bucket")

    def create(self, dimension: int) -> None:
        shape = {"dataType": "float32", "dimension": dimension, "distanceMetric": "cosine"}
        self.client.create_index(**self.address, **shape)

    def add(self, first: int, vectors: list[list[float]]) -> None:
        records = [
            {"key": str(number), "data": {"float32": vector}, "metadata": metadata_of(number)}
            for number, vector in enumerate(vectors, first)
        ]
        self.client.put_vectors(**self.address, vectors=records)

    def query(self, vector: list[float], *, filtered: bool) -> list[int]:
        both = {"$and": [{"genre": GENRE}, {"year": {"$gte": SINCE}}]}
        condition = {"filter": both} if filtered else {}
        found = self.client.query_vectors(
            **self.address,
            topK=TOP,
            queryVector={"float32": vector},
            returnDistance=True,
            returnMetadata=True,
            **condition,
        )
        return [int(hit["key"]) for hit in found["vectors"]]

    def delete(self, numbers: list[int]) -> None:
        self.client.delete_vectors(**self.address, keys=[str(number) for number in numbers])


class Qdrant:
    """qdrant-client in its local mode."""

    queries = True

    def __init__(self) -> None:
        from qdrant_client import QdrantClient, models

        self.models = models
        self.client = QdrantClient(":memory:")
        crime = models.FieldCondition(key="genre", match=models.MatchValue(value=GENRE))
        recent = models.FieldCondition(key="year", range=models.Range(gte=SINCE))
        self.condition = models.Filter(must=[crime, recent])

    def create(self, dimension: int) -> None:
        shape = self.models.VectorParams(size=dimension, distance=self.models.Distance.COSINE)
        self.client.create_collection("index", vectors_config=shape)

    def add(self, first: int, vectors: list[list[float]]) -> None:
        points = [
            self.models.PointStruct(id=number, vector=vector, payload=metadata_of(number))
            for number, vector in enumerate(vectors, first)
        ]
        self.client.upsert("index", points=points)

    def query(self, vector: list[float], *, filtered: bool) -> list[int]:
        condition = self.condition if filtered else None
        found = self.client.query_points("index", query=vector, limit=TOP, query_filter=condition)
        return [point.id for point in found.points]

    def delete(self, numbers: list[int]) -> None:
        self.client.delete("index", points_selector=numbers)


class Chroma:
    """chromadb's ephemeral client."""

    queries = True

    def __init__(self) -> None:
        import chromadb
        from chromadb.config import Settings

        self.client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
        self.condition = {"$and": [{"genre": GENRE}, {"year": {"$gte": SINCE}}]}

    def create(self, dimension: int) -> None:
        # It learns the dimension from the first vectors. Without a function it embeds nothing itself.
        del dimension
        shape: Any = {"hnsw": {"space": "cosine"}}
        self.collection = self.client.create_collection("index", configuration=shape, embedding_function=None)

    def add(self, first: int, vectors: list[list[float]]) -> None:
        numbers = range(first, first + len(vectors))
        self.collection.add(
            ids=[str(number) for number in numbers],
            embeddings=vectors,
            metadatas=[metadata_of(number) for number in numbers],
        )

    def query(self, vector: list[float], *, filtered: bool) -> list[int]:
        condition = {"where": self.condition} if filtered else {}
        found = self.collection.query(
            query_embeddings=[vector], n_results=TOP, include=["metadatas", "distances"], **condition
        )
        return [int(key) for key in found["ids"][0]]

    def delete(self, numbers: list[int]) -> None:
        self.collection.delete(ids=[str(number) for number in numbers])


def our_mock() -> Contender:
    from mock_s3vectors import mock_s3vectors

    return S3Vectors(mock_s3vectors(), queries=True)


def motos_mock() -> Contender:
    from moto import mock_aws

    return S3Vectors(mock_aws(), queries=False)


TOOLS: dict[str, Callable[[], Contender]] = {
    "mock_s3vectors": our_mock,
    "moto": motos_mock,
    "qdrant-client": Qdrant,
    "chromadb": Chroma,
}


def vectors_of(data: str, count: int, dimension: int) -> list[list[float]]:
    """Return the same vectors for every tool; float32 holds all their numbers.

    Args:
        data: "grouped", around common centres as embeddings are, or "scattered", without any order, which
            graphs of neighbours find hardest.
        count: how many.
        dimension: of how many numbers.
    """
    drawn = random.Random(7)
    centres = [[drawn.gauss(0, 1) for _ in range(dimension)] for _ in range(GROUPS)]
    if data == "scattered":
        centres = [[0.0] * dimension]
    return [
        array("f", [drawn.gauss(value, SPREAD) for value in drawn.choice(centres)]).tolist()
        for _ in range(count)
    ]


def batches(count: int) -> Iterator[range]:
    for start in range(0, count, BATCH):
        yield range(start, min(start + BATCH, count))


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def begin(tool: str, vector: list[float]) -> Contender:
    """Return a tool that has done each thing once, so that all it needs is loaded."""
    contender = TOOLS[tool]()
    contender.create(len(vector))
    contender.add(0, [vector])
    if contender.queries:
        contender.query(vector, filtered=False)
        contender.query(vector, filtered=True)
    contender.delete([0])
    return contender


def load(contender: Contender, vectors: list[list[float]]) -> None:
    for batch in batches(len(vectors)):
        contender.add(batch.start, vectors[batch.start : batch.stop])


def delete(contender: Contender, count: int) -> None:
    for batch in batches(count):
        contender.delete([*batch])


def measure(tool: str, count: int, dimension: int, data: str) -> dict[str, Any]:
    """Return the times of all works in seconds, those of queries for one query, and what queries found."""
    drawn = vectors_of(data, count + QUERIES, dimension)
    vectors, questions = drawn[:count], drawn[count:]
    begun = perf_counter()
    contender = begin(tool, vectors[0])
    times = {"start": perf_counter() - begun, "load": seconds(lambda: load(contender, vectors))}
    found: dict[str, list[list[int]]] = {}
    for work in ("query", "filtered query") if contender.queries else ():
        ask = partial(contender.query, filtered=work == "filtered query")
        found[work] = [ask(question) for question in questions]
        times[work] = median(seconds(partial(ask, question)) for question in questions)
    if not all(matches(number) for hits in found.get("filtered query", ()) for number in hits):
        raise AssertionError(f"{tool} found vectors that do not match the filter")
    times["delete"] = seconds(lambda: delete(contender, count))
    return {"times": times, "found": found}


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))  # noqa: T201 - what it is for
