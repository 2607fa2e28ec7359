"""Rows of the table of targets about filters, and about the upkeep of all that is derived from rows."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.filtering import Columns, compile_filter
from tests.benchmarks.ratios import Row, at_most, by_turns, ratio, ratio_of, scaled, seconds_of
from tests.benchmarks.work import ADDRESS, BATCH, client_of_s3vectors, normal, querying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MILLION, DIMENSION = 1_000_000, 384

# By what they do: filters that half the vectors match, a tenth, and one in a thousand.
FILTERS: dict[str, tuple[Any, Any, Any]] = {
    "equality": ({"half": True}, {"tenth": 3}, {"name": "name 7"}),
    "range": (
        {"score": {"$lt": 0.5}},
        {"score": {"$gte": 0.2, "$lt": 0.3}},
        {"score": {"$gte": 0.2, "$lt": 0.201}},
    ),
    "$in of 20": (
        {"fortieth": {"$in": [*range(20)]}},
        {"tenth": {"$in": [3, *range(10, 29)]}},
        {"name": {"$in": ["name 7", *map("no name {}".format, range(19))]}},
    ),
    "$and of 3": (
        {"$and": [{"half": True}, {"score": {"$gte": 0}}, {"name": {"$ne": "x"}}]},
        {"$and": [{"half": True}, {"score": {"$lt": 0.2}}, {"name": {"$ne": "x"}}]},
        {"$and": [{"half": True}, {"tenth": 3}, {"score": {"$lt": 0.02}}]},
    ),
    "array membership": ({"tags": "even"}, {"tags": "tag 3"}, {"tags": "rare 7"}),
}
SHARES = {"50 %": 1.2, "10 %": 1.2, "0.1 %": 0.3}


def documents(rows: int) -> list[dict[str, Any]]:
    """Return metadata of which the filters select about these shares."""
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


def seed(mock: Any, rows: int, name: str = "index") -> None:
    keys, metadata = map("key-{}".format, range(rows)), documents(rows)
    mock.seed("bucket", name, normal(rows, DIMENSION), keys=keys, metadata=metadata)


def ask(client: Any, name: str = "index", **more: Any) -> Callable[[], Any]:
    [(_, query)] = querying(DIMENSION, **more)
    return partial(client.query_vectors, **query | {"indexName": name})


def filtered_queries(scale: float) -> Iterator[Row]:
    count = scaled(MILLION, scale)
    with mock_s3vectors() as mock:
        seed(mock, count)
        client = client_of_s3vectors()
        plain = ask(client)
        for kind, filters in FILTERS.items():
            works = [ask(client, filter=document) for document in filters]
            unfiltered, *times = by_turns(plain, *works, rounds=7, warmup=2)
            for (share, bound), of in zip(SHARES.items(), times, strict=True):
                work = f"query of {count:,} x {DIMENSION}, {kind}, {share} match"
                yield Row(work, "unfiltered", at_most(bound), ratio_of(of, unfiltered))


def after_a_put(scale: float) -> Iterator[Row]:
    count = scaled(100_000, scale)
    with mock_s3vectors() as mock:
        seed(mock, count)
        client = client_of_s3vectors()
        query = ask(client, filter=FILTERS["$and of 3"][1])
        query()
        firsts, warm = [], []
        for number in range(20):
            client.put_vectors(**ADDRESS, vectors=records(f"new-{number}-{{}}", documents(1)))
            firsts.append(seconds_of(query))
            warm.append(seconds_of(query))
    work = f"first filtered query after a put into {count:,} x {DIMENSION}"
    yield Row(work, "a warm one", at_most(1.5), ratio_of(firsts, warm))


def first_filters(scale: float) -> Iterator[Row]:
    count = scaled(MILLION, scale)
    order = np.random.default_rng(7).permutation(count).tolist()
    kinds: dict[str, Callable[[int], Any]] = {
        "integers": int,
        "floats": lambda number: number / 7,
        "strings": "id {}".format,
    }
    for kind, value in kinds.items():
        metadata = [{"key": value(number), "other": 1} for number in order]
        compiled = compile_filter({"key": value(7)})
        figure = ratio(partial(first_filter, compiled, metadata), partial(values_alone, metadata), rounds=5)
        work = f"first filter on {count:,} distinct {kind}"
        bound = None if kind == "strings" else at_most(3)
        yield Row(work, "`[m.get(key) for m in metadata]`", bound, figure)
        del metadata


def first_filter(compiled: Any, metadata: list[dict[str, Any]]) -> Any:
    return compiled.mask(Columns(metadata))


def values_alone(metadata: list[dict[str, Any]]) -> list[Any]:
    return [document.get("key") for document in metadata]


def records(keys: str, metadata: list[dict[str, Any]]) -> list[dict[str, Any]]:
    data = {"float32": normal(1, DIMENSION)[0].tolist()}
    return [
        {"key": keys.format(number), "data": data, "metadata": document}
        for number, document in enumerate(metadata)
    ]


def writes(scale: float) -> Iterator[Row]:
    """Measure writes into an index of many vectors beside one of few; both have derived all they can."""
    sizes = {"few": 1_000, "many": max(1_000, scaled(MILLION, scale))}
    times: dict[str, dict[str, list[float]]] = {}
    new, old = records("new-{}", documents(BATCH)), records("key-{}", documents(BATCH))
    with mock_s3vectors() as mock:
        client = client_of_s3vectors()
        for name, size in sizes.items():
            seed(mock, size, name)
        for turn in range(10):
            for name in sizes:
                address = ADDRESS | {"indexName": name}
                keys = [record["key"] for record in new]
                put = partial(client.put_vectors, **address)
                works: dict[str, Callable[[], Any]] = {
                    "put": partial(put, vectors=new),
                    "overwrite": partial(put, vectors=old),
                    "delete": partial(client.delete_vectors, **address, keys=keys),
                }
                for work, write in works.items():
                    derive(client, name)
                    seconds = seconds_of(write)
                    if turn:
                        times.setdefault(work, {}).setdefault(name, []).append(seconds)
    for work, by_index in times.items():
        title = f"{work} {BATCH} vectors, {sizes['many']:,} x {DIMENSION} stored"
        yield Row(
            title, f"{sizes['few']:,} stored", at_most(1.3), ratio_of(by_index["many"], by_index["few"])
        )


def derive(client: Any, name: str) -> None:
    """Have an index derive its listing, its columns and its engine."""
    client.list_vectors(**ADDRESS | {"indexName": name}, maxResults=1)
    for _, document, _ in FILTERS.values():
        ask(client, name, filter=document)()


MEASUREMENTS = {
    "filters": filtered_queries,
    "after-a-put": after_a_put,
    "first-filter": first_filters,
    "writes": writes,
}
