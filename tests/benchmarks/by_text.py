"""Rows of the table of targets about full-text search: indexing, and queries of common and rare words."""

from __future__ import annotations

from functools import partial
from statistics import median
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.search.text_index import TextIndex
from mock_s3vectors.search.words import words
from tests.benchmarks.floor_process import beside_floor
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
from tests.benchmarks.work import ADDRESS, client_of_s3vectors, make, texts, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.benchmarks.work import Call

TEXTS = 100_000
# What is asked for, by the ranks of words.
QUERIES = {
    "two rare words": (1_000, 10_000),
    "two common words": (0, 1),
    "three rarer words": (100, 1_000, 10_000),
    "the three commonest words": (0, 1, 2),
}


def queries(name: str, **more: Any) -> list[Call]:
    wanted = [{"metadataKey": "text", "text": " ".join(vocabulary()[rank] for rank in QUERIES[name])}]
    return [("query_vectors", {**ADDRESS, "topK": 10, "queryTexts": wanted, "returnScores": True, **more})]


def seed(mock: Any, count: int) -> None:
    numbers = [[number] for number in range(1, count + 1)]
    metadata = [{"text": text} for text in texts(count)]
    settings = {"non_filterable_metadata_keys": ["text"], "text_search": {"text": "en"}}
    mock.seed("bucket", "index", numbers, metadata=metadata, distance_metric="euclidean", **settings)


def building(scale: float) -> Iterator[Row]:
    count = scaled(TEXTS, scale)
    documents = texts(count)
    metadata = [{"text": text} for text in documents]

    def split() -> None:
        for text in documents:
            words(text)

    for language, name in ((None, "without a language"), ("en", "in English")):
        figure = ratio(partial(TextIndex, "text", language, metadata), split, rounds=3)
        yield Row(f"indexing {count:,} texts, {name}", "their words alone", at_most(2), figure)


def searching(scale: float) -> Iterator[Row]:
    count = scaled(TEXTS, scale)
    with mock_s3vectors() as mock:
        client = client_of_s3vectors()
        seed(mock, count)
        rare, common = (
            partial(make, client, queries(name)) for name in ("two rare words", "two common words")
        )
        figure = ratio(common, rare, rounds=50)
        yield Row(f"query of two common words, {count:,} texts", "two rare words", at_most(2), figure)
        for name, query in (("rare", rare), ("common", common)):
            figure = after_a_write(client, query)
            work = f"query of two {name} words after a write, {count:,} texts"
            yield Row(work, "a warm one", at_most(1.2), figure)
        yield meanwhile(count, rare)


def after_a_write(client: Any, query: Callable[[], Any]) -> Figure:
    firsts, warm = [], []
    for number, text in enumerate(texts(1_000)[:50]):
        record = {"key": f"new-{number}", "data": {"float32": [1]}, "metadata": {"text": text}}
        client.put_vectors(**ADDRESS, vectors=[record])
        firsts.append(seconds_of(query))
        warm.append(seconds_of(query))
    return ratio_of(firsts, warm)


def meanwhile(count: int, query: Callable[[], Any]) -> Row:
    """Measure queries while another thread indexes the texts of another index."""
    [alone] = by_turns(query, rounds=100)
    done = Event()
    metadata = [{"text": text} for text in texts(count)]

    def build() -> None:
        while not done.is_set():
            TextIndex("text", "en", metadata)

    thread = Thread(target=build)
    thread.start()
    try:
        [busy] = by_turns(query, rounds=100)
    finally:
        done.set()
        thread.join()
    note = f"{duration(median(busy))} to {duration(median(alone))}, at most {duration(max(busy))}"
    figure = Figure(median(busy) / median(alone), min(busy) / min(alone), note)
    return Row("query of another index while texts are indexed", "a quiet one", None, figure)


def beside_botocore(scale: float) -> Iterator[Row]:
    count = scaled(TEXTS, scale)
    with mock_s3vectors() as mock:
        client = client_of_s3vectors()
        seed(mock, count)
        by_both = queries("three rarer words", queryVector={"float32": [5.0]})
        works = {name: queries(name) for name in QUERIES} | {"three rarer words, and a vector": by_both}
        for name, calls in works.items():
            figure = ratio_of(*beside_floor(client, calls, 100))
            yield Row(f"query of {name}, {count:,} texts", "botocore with a canned answer", None, figure)


MEASUREMENTS = {"text-indexing": building, "text-queries": searching, "text-calls": beside_botocore}
