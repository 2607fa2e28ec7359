"""Filters, and the upkeep of what is derived from rows: queries, writes and lists of few and of many vectors.

    pytest tests/benchmarks/test_filters.py --benchmark-only

The environment variable FILTER_ROWS changes how many are many; 1000000 take 5 GiB. Read the ratios within a
group, from one run.
"""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.filtering import Columns, compile_filter
from tests.support.mocks import index_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS, DIMENSION, BATCH = int(os.environ.get("FILTER_ROWS", "100000")), 384, 500
INDEXES = {"few": 1_000, "some": 10_000, "many": ROWS}

FILTERS: dict[str, Any] = {
    "equality, 50 %": {"half": True},
    "equality, 10 %": {"tenth": 3},
    "equality, 0.1 %": {"name": "name 7"},
    "range, 50 %": {"score": {"$lt": 0.5}},
    "range, 10 %": {"score": {"$gte": 0.2, "$lt": 0.3}},
    "range, 0.1 %": {"score": {"$gte": 0.2, "$lt": 0.201}},
    "in 20, 50 %": {"fortieth": {"$in": [*range(20)]}},
    "in 20, 10 %": {"tenth": {"$in": [3, *range(10, 29)]}},
    "in 20, 0.1 %": {"name": {"$in": ["name 7", *map("no name {}".format, range(19))]}},
    "and of 3, 50 %": {"$and": [{"half": True}, {"score": {"$gte": 0}}, {"name": {"$ne": "x"}}]},
    "and of 3, 10 %": {"$and": [{"half": True}, {"score": {"$lt": 0.2}}, {"name": {"$ne": "x"}}]},
    "and of 3, 0.1 %": {"$and": [{"half": True}, {"tenth": 3}, {"score": {"$lt": 0.02}}]},
    "array membership, 50 %": {"tags": "even"},
    "array membership, 10 %": {"tags": "tag 3"},
    "array membership, 0.1 %": {"tags": "rare 7"},
}


def documents(rows: int) -> list[dict[str, Any]]:
    """Metadata of which the filters select about the shares that their names say."""
    rng = np.random.default_rng(7)
    names, scores = rng.integers(0, 1000, rows).tolist(), rng.random(rows).tolist()
    return [
        {
            "half": row % 2 == 0,
            "tenth": row // 2 % 10,
            "fortieth": row % 40,
            "name": f"name {name}",
            "score": score,
            "tags": ["even" if row % 4 < 2 else "odd", f"tag {name % 10}", f"rare {name}"],
            "id": f"id {row}",
        }
        for row, name, score in zip(range(rows), names, scores, strict=True)
    ]


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A client of a mock with the three indexes."""
    rng = np.random.default_rng(7)
    with mock_s3vectors() as mock:
        for name, rows in INDEXES.items():
            vectors = rng.standard_normal((rows, DIMENSION), np.float32)
            keys = map("key-{}".format, range(rows))
            mock.seed(
                "bucket", name, vectors, keys=keys, metadata=documents(rows), distance_metric="euclidean"
            )
        yield boto3.client("s3vectors", region_name="us-east-1")


def address(index: str) -> dict[str, str]:
    return {"vectorBucketName": "bucket", "indexName": index}


def query(client: Any, index: str, document: Any = None) -> list[Any]:
    vector = {"float32": [0.5] * DIMENSION}
    settings = {} if document is None else {"filter": document}
    found: list[Any] = client.query_vectors(**address(index), topK=10, queryVector=vector, **settings)[
        "vectors"
    ]
    return found


def records(numbers: range, key: str = "key-{}") -> list[dict[str, Any]]:
    data = np.random.default_rng(7).standard_normal(DIMENSION).tolist()
    return [
        {"key": key.format(number), "data": {"float32": data}, "metadata": document}
        for number, document in zip(numbers, documents(len(numbers)), strict=True)
    ]


@pytest.mark.parametrize("name", ["unfiltered", *FILTERS])
def test_query(benchmark: Any, client: Any, name: str) -> None:
    benchmark.group = f"query, top 10 of {ROWS:,} x {DIMENSION}"
    found = benchmark.pedantic(query, (client, "many", FILTERS.get(name)), rounds=15, warmup_rounds=2)
    assert len(found) == 10


@pytest.mark.parametrize("name", FILTERS)
def test_mask(benchmark: Any, client: Any, name: str) -> None:
    """The share of the filter in a query."""
    benchmark.group = f"mask alone, of {ROWS:,} rows"
    table, compiled = index_named("many").vectors, compile_filter(FILTERS[name])
    query(client, "many", FILTERS[name])
    mask = benchmark.pedantic(table.mask, (compiled,), rounds=30, warmup_rounds=2)
    share = float(name.partition(", ")[2].split()[0]) / 100
    assert 0.8 * share < mask.mean() < 1.2 * share or ROWS < 100_000


@pytest.mark.parametrize("state", ["warm", "after a put"])
def test_query_after_a_put(benchmark: Any, client: Any, state: str) -> None:
    benchmark.group = f"filtered query of {ROWS:,}, and the first one after a put"
    document, numbers = FILTERS["and of 3, 10 %"], count(ROWS)
    query(client, "many", document)

    def put() -> None:
        number = next(numbers)
        client.put_vectors(**address("many"), vectors=records(range(number, number + 1)))

    set_up = put if state == "after a put" else None
    benchmark.pedantic(query, (client, "many", document), setup=set_up, rounds=20)


VALUES: dict[str, Callable[[int], Any]] = {
    "integers": int,
    "floats": lambda number: number / 7,
    "strings": "id {}".format,
}


@pytest.mark.parametrize("work", ["first filter", "values alone"])
@pytest.mark.parametrize("kind", VALUES)
def test_first_filter(benchmark: Any, kind: str, work: str) -> None:
    benchmark.group = f"first filter on {ROWS:,} distinct {kind}, and [m.get(key) for m in metadata]"
    order = np.random.default_rng(7).permutation(ROWS).tolist()
    metadata = [{"key": VALUES[kind](number), "other": 1} for number in order]
    compiled = compile_filter({"key": VALUES[kind](7)})
    works: dict[str, Callable[[], Any]] = {
        "first filter": lambda: compiled.mask(Columns(metadata)),
        "values alone": lambda: [document.get("key") for document in metadata],
    }
    benchmark.pedantic(works[work], rounds=5, warmup_rounds=1)


def warm(client: Any, index: str) -> None:
    client.list_vectors(**address(index), maxResults=1)
    for document in FILTERS.values():
        query(client, index, document)


@pytest.mark.parametrize("index", ["few", "many"])
@pytest.mark.parametrize("derived", ["nothing", "columns, listing and engine"])
@pytest.mark.parametrize("work", ["put new", "put old", "delete"])
def test_write(benchmark: Any, client: Any, work: str, derived: str, index: str) -> None:
    """Each write has the same vectors. Those of the index are as many before each as they were at first."""
    benchmark.group = f"{work}, {BATCH} of {INDEXES['few']:,} or {ROWS:,}; {derived} derived"
    rows, rng = index_named(index), np.random.default_rng(7)
    new = records(range(BATCH), "new-{}")
    data = np.ones((BATCH, DIMENSION), np.float32)

    def set_up() -> tuple[tuple[Any], dict[str, Any]]:
        keys = [f"key-{number}" for number in rng.choice(INDEXES[index], BATCH, replace=False).tolist()]
        rows.delete([record["key"] for record in new])
        rows.put(keys, data, documents(BATCH), [(2000, 2000)] * BATCH)
        if derived == "nothing":
            rows.vectors.forget_derived()
        else:
            warm(client, index)
        old = [{**record, "key": key} for record, key in zip(new, keys, strict=True)]
        return (new if work == "put new" else old,), {}

    def write(vectors: list[Any]) -> None:
        if work == "delete":
            client.delete_vectors(**address(index), keys=[record["key"] for record in vectors])
        else:
            client.put_vectors(**address(index), vectors=vectors)

    benchmark.pedantic(write, setup=set_up, rounds=10, warmup_rounds=1)


@pytest.mark.parametrize("index", ["some", "many"])
@pytest.mark.parametrize("page", ["first after a start", "one of the next", "one after a put"])
def test_page(benchmark: Any, client: Any, page: str, index: str) -> None:
    benchmark.group = f"list page of 1,000 of {INDEXES['some']:,} or {ROWS:,}, {page}"
    table, vector = index_named(index).vectors, records(range(1))
    token = client.list_vectors(**address(index), maxResults=1000)["nextToken"]

    def put() -> None:
        client.put_vectors(**address(index), vectors=vector)

    set_ups = {"first after a start": table.forget_derived, "one of the next": None, "one after a put": put}
    benchmark.pedantic(
        lambda: client.list_vectors(**address(index), maxResults=1000, nextToken=token),
        setup=set_ups[page],
        rounds=5 if page == "first after a start" else 20,
    )


@pytest.mark.parametrize("work", ["copy", "plain copy"])
def test_copy(benchmark: Any, client: Any, work: str) -> None:
    benchmark.group = f"copy of a table of {ROWS:,} x {DIMENSION} with all that is derived, and of its matrix"
    warm(client, "many")
    table = index_named("many").vectors
    benchmark.pedantic(table.copy if work == "copy" else table.matrix.copy, rounds=5, warmup_rounds=1)
