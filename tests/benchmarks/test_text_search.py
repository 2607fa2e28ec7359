"""The cost of searching 100,000 texts beside the same boto3 call answered by a handler that does nothing.

    pytest tests/benchmarks --benchmark-only

The texts are 60 words each, drawn as Zipf has it: the first word stands in almost every text. Building
is compared with splitting the same texts at spaces and counting.
"""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.search.text_index import TextIndex
from tests.benchmarks.floor import floor_of
from tests.support.shapes import TEXT_SEARCH, needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ADDRESS = {"vectorBucketName": "bucket", "indexName": "index"}
TEXTS, WORDS = 100_000, 60


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
    ranks = np.minimum(np.random.default_rng(7).zipf(1.2, (count, WORDS)), len(vocabulary())) - 1
    return [" ".join(vocabulary()[rank] for rank in row) for row in ranks.tolist()]


@pytest.fixture(scope="module")
def filled() -> Iterator[Any]:
    """A client of a mock that is on, with all texts in it."""
    with mock_s3vectors():
        client: Any = boto3.client("s3vectors", region_name="us-east-1")
        client.create_vector_bucket(vectorBucketName="bucket")
        searchable = {
            "nonFilterableMetadataKeys": ["text"],
            "textSearchConfigurations": [{"metadataKey": "text", "language": "en"}],
        }
        vectors = {"dataType": "float32", "dimension": 1, "distanceMetric": "euclidean"}
        client.create_index(**ADDRESS, **vectors, metadataConfiguration=searchable)
        for start in range(0, TEXTS, 500):
            records = [
                {"key": f"key-{number}", "data": {"float32": [number]}, "metadata": {"text": text}}
                for number, text in enumerate(texts(TEXTS)[start : start + 500], start)
            ]
            client.put_vectors(**ADDRESS, vectors=records)
        call(client, "rarer words")()  # builds the index
        yield client


# What is asked for, by the ranks of words.
QUERIES = {"rarer words": (100, 1_000, 10_000), "the commonest words": (0, 1, 2)}


def call(client: Any, name: str, **more: Any) -> Callable[[], Any]:
    words = [{"metadataKey": "text", "text": " ".join(vocabulary()[rank] for rank in QUERIES[name])}]
    return lambda: client.query_vectors(**ADDRESS, topK=10, queryTexts=words, returnScores=True, **more)


@needs(*TEXT_SEARCH)
@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("answered_by", ["mock", "floor"])
def test_queries(
    filled: Any, benchmark: Any, monkeypatch: pytest.MonkeyPatch, name: str, answered_by: str
) -> None:
    benchmark.group = f"query of {name}, {TEXTS:,} texts"
    client = filled if answered_by == "mock" else floor_of(call(filled, name), monkeypatch)
    benchmark.pedantic(call(client, name), rounds=100, warmup_rounds=2)


@needs(*TEXT_SEARCH)
@pytest.mark.parametrize("answered_by", ["mock", "floor"])
def test_hybrid_queries(
    filled: Any, benchmark: Any, monkeypatch: pytest.MonkeyPatch, answered_by: str
) -> None:
    benchmark.group = f"hybrid query, {TEXTS:,} texts"
    vector = {"queryVector": {"float32": [5.0]}}
    hybrid = call(filled, "rarer words", **vector)
    client = filled if answered_by == "mock" else floor_of(hybrid, monkeypatch)
    benchmark.pedantic(call(client, "rarer words", **vector), rounds=100, warmup_rounds=2)


@pytest.mark.parametrize("built", ["without a language", "in English", "words split and counted"])
def test_building(benchmark: Any, built: str) -> None:
    benchmark.group = "building, 10,000 texts"
    documents = texts(10_000)
    metadata = [{"text": text} for text in documents]
    build: dict[str, Callable[[], Any]] = {
        "without a language": lambda: TextIndex("text", None, metadata),
        "in English": lambda: TextIndex("text", "en", metadata),
        "words split and counted": lambda: [Counter(text.split()) for text in documents],
    }
    benchmark.pedantic(build[built], rounds=3)
