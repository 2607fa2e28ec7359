"""The cost of searching 100,000 texts beside the same boto3 call answered by a handler that does nothing.

    pytest tests/benchmarks --benchmark-only

The texts are 60 words each, drawn as Zipf has it: the first word stands in almost every text. Queries of
common words are compared with those of rare ones, and queries after a write with warm ones. Building is
compared with splitting the same texts into words, as the package does and as Python does; another index
answers meanwhile.
"""

from __future__ import annotations

import random
from functools import cache
from itertools import count
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.search.text_index import TextIndex
from mock_s3vectors.search.words import words
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
        call(client, "three rarer words")()  # builds the index
        yield client


# What is asked for, by the ranks of words.
QUERIES = {
    "two rare words": (1_000, 10_000),
    "two common words": (0, 1),
    "three rarer words": (100, 1_000, 10_000),
    "the three commonest words": (0, 1, 2),
}


def call(client: Any, name: str, **more: Any) -> Callable[[], Any]:
    words = [{"metadataKey": "text", "text": " ".join(vocabulary()[rank] for rank in QUERIES[name])}]
    return lambda: client.query_vectors(**ADDRESS, topK=10, queryTexts=words, returnScores=True, **more)


@needs(*TEXT_SEARCH)
@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("answered_by", ["mock", "floor"])
def test_queries(
    filled: Any, benchmark: Any, monkeypatch: pytest.MonkeyPatch, name: str, answered_by: str
) -> None:
    benchmark.group = f"query, {TEXTS:,} texts"
    client = filled if answered_by == "mock" else floor_of(call(filled, name), monkeypatch)
    benchmark.pedantic(call(client, name), rounds=100, warmup_rounds=2)


@needs(*TEXT_SEARCH)
@pytest.mark.parametrize("answered_by", ["mock", "floor"])
def test_hybrid_queries(
    filled: Any, benchmark: Any, monkeypatch: pytest.MonkeyPatch, answered_by: str
) -> None:
    benchmark.group = f"hybrid query, {TEXTS:,} texts"
    vector = {"queryVector": {"float32": [5.0]}}
    hybrid = call(filled, "three rarer words", **vector)
    client = filled if answered_by == "mock" else floor_of(hybrid, monkeypatch)
    benchmark.pedantic(call(client, "three rarer words", **vector), rounds=100, warmup_rounds=2)


@needs(*TEXT_SEARCH)
@pytest.mark.parametrize("name", ["two rare words", "two common words"])
@pytest.mark.parametrize("written", ["a new text", "another text", "nothing"])
def test_queries_after_a_write(filled: Any, benchmark: Any, name: str, written: str) -> None:
    benchmark.group = f"query of {name} after a write of ..., {TEXTS:,} texts"
    numbers = count()

    def write() -> None:
        key = {"a new text": f"{name}-{next(numbers)}", "another text": "key-77"}.get(written)
        if key:
            text = texts(TEXTS)[next(numbers)]
            record = {"key": key, "data": {"float32": [1]}, "metadata": {"text": text}}
            filled.put_vectors(**ADDRESS, vectors=[record])

    benchmark.pedantic(call(filled, name), setup=write, rounds=100, warmup_rounds=2)


@needs(*TEXT_SEARCH)
@pytest.mark.parametrize("meanwhile", ["building", "idle"])
def test_queries_of_another_index(filled: Any, benchmark: Any, meanwhile: str) -> None:
    """Their longest time tells how long one step of the building takes, together with Python's own 5 ms."""
    benchmark.group = "query of two rare words, while another thread indexes texts, or not"
    metadata = [{"text": text} for text in texts(TEXTS)]
    done = Event()

    def build() -> None:
        while not done.is_set():
            TextIndex("text", "en", metadata)

    thread = Thread(target=build, daemon=True)
    if meanwhile == "building":
        thread.start()
    try:
        benchmark.pedantic(call(filled, "two rare words"), rounds=300, warmup_rounds=2)
    finally:
        done.set()
    if meanwhile == "building":
        thread.join()


@pytest.mark.parametrize("built", ["without a language", "in English", "words alone", "str.split alone"])
def test_building(benchmark: Any, built: str) -> None:
    benchmark.group = f"building, {TEXTS:,} texts"
    documents = texts(TEXTS)
    metadata = [{"text": text} for text in documents]
    build: dict[str, Callable[[], Any]] = {
        "without a language": lambda: TextIndex("text", None, metadata),
        "in English": lambda: TextIndex("text", "en", metadata),
        "words alone": lambda: [words(text) for text in documents],
        "str.split alone": lambda: [text.split() for text in documents],
    }
    benchmark.pedantic(build[built], rounds=3)
