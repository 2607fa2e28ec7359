"""Questions of Browse about vectors: pages of them, those that a filter matches, and single ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors.mocking.stack import STACK
from tests.support.helpers import BUCKET_ARN, INDEX_ARN, vector

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors
    from tests.server.wire import Answer
    from tests.support.helpers import Client, MakeIndex


def put_many(client: Client, address: dict[str, str], count: int) -> None:
    client.put_vectors(
        **address, vectors=[vector(f"key-{row}", (row, -row), row=row) for row in range(count)]
    )


def keys(page: dict[str, Any]) -> list[str]:
    return [row["key"] for row in page["vectors"]]


def test_pages_of_vectors(ask: Callable[..., Any], client: Client, index: dict[str, str]) -> None:
    put_many(client, index, 60)
    page = ask("/vectors", {"index": INDEX_ARN})
    assert keys(page) == [f"key-{row}" for row in range(25)]
    assert (page["start"], page["total"], page["count"]) == (0, 60, 60)
    assert page["vectors"][7] == {
        "key": "key-7",
        "bytes": 5 + 8 + 4 + 8 + 3 + 4,
        "metadata": '{"row":7}',
        "isCut": False,
    }
    assert keys(ask("/vectors", {"index": INDEX_ARN, "start": 50, "limit": 100})) == [
        f"key-{row}" for row in range(50, 60)
    ]
    assert keys(ask("/vectors", {"index": INDEX_ARN, "start": 60})) == []


def test_the_last_vector_moves_into_the_place_of_a_deleted_one(
    ask: Callable[..., Any], client: Client, index: dict[str, str]
) -> None:
    put_many(client, index, 4)
    client.delete_vectors(**index, keys=["key-1"])
    assert keys(ask("/vectors", {"index": INDEX_ARN})) == ["key-0", "key-3", "key-2"]


def test_pages_of_the_vectors_that_a_filter_matches(
    ask: Callable[..., Any], client: Client, index: dict[str, str]
) -> None:
    put_many(client, index, 60)
    asked = {"index": INDEX_ARN, "filter": {"row": {"$gte": 30}}, "limit": 20}
    page = ask("/vectors", asked)
    assert (page["total"], page["count"]) == (30, 60)
    assert keys(page) == [f"key-{row}" for row in range(30, 50)]
    assert keys(ask("/vectors", {**asked, "start": 20})) == [f"key-{row}" for row in range(50, 60)]
    none = ask("/vectors", {**asked, "filter": {"other": 1}})
    assert (none["total"], none["vectors"]) == (0, [])


@pytest.mark.parametrize(
    ("filter_", "text"),
    [
        (None, "Invalid filter"),
        ({"row": {"$foo": 1}}, "Invalid filter"),
        ({"text": "a"}, "Invalid use of non-filterable metadata in filter"),
    ],
)
def test_a_filter_is_refused_as_by_a_query(
    answer: Callable[..., Answer], make_index: MakeIndex, filter_: Any, text: str
) -> None:
    make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
    refused = answer("/vectors", {"index": INDEX_ARN, "filter": filter_})
    assert refused.error == (400, "ValidationException", text)


def test_long_metadata_is_cut_in_a_list_alone(
    ask: Callable[..., Any], client: Client, make_index: MakeIndex
) -> None:
    address = make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
    client.put_vectors(**address, vectors=[vector("a", text="€" * 10_000)])
    (row,) = ask("/vectors", {"index": INDEX_ARN})["vectors"]
    assert row["isCut"]
    assert row["metadata"] == f'{{"text":"{"€" * 151}'
    (entry,) = ask("/vector", index=INDEX_ARN, key="a")["metadata"]
    assert json.loads(entry["json"]) == "€" * 10_000


def test_a_vector(ask: Callable[..., Any], client: Client, make_index: MakeIndex) -> None:
    address = make_index(dimension=3, metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
    metadata = {
        "year": 9007199254740993,
        "share": 0.1,
        "seen": False,
        "tags": ["a"],
        "years": [1],
        "text": "x",
    }
    client.put_vectors(**address, vectors=[vector("clé/1 +", (0.9, 0.0, -1.5), **metadata)])
    shown = ask("/vector", index=INDEX_ARN, key="clé/1 +")
    assert shown["key"] == "clé/1 +"
    assert shown["norm"] == pytest.approx(np.linalg.norm([0.9, 0.0, -1.5]))
    assert np.array_equal(np.array(shown["data"], np.float32), np.array([0.9, 0.0, -1.5], np.float32))
    assert shown["data"][0] == 0.9, "the fewest digits that give the same float32 back"
    assert [
        (entry["name"], entry["type"], entry["filterable"], entry["json"]) for entry in shown["metadata"]
    ] == [
        ("year", "number", True, "9007199254740993"),
        ("share", "number", True, "0.1"),
        ("seen", "boolean", True, "false"),
        ("tags", "array of strings", True, '["a"]'),
        ("years", "array of numbers", True, "[1]"),
        ("text", "string", False, '"x"'),
    ]


def test_whoever_looks_leaves_no_trace(
    ask: Callable[..., Any], client: Client, index: dict[str, str], s3vectors_mock: MockS3Vectors
) -> None:
    put_many(client, index, 30)
    level = STACK.level_of(s3vectors_mock)
    assert level is not None
    (found,) = level.world.stores.at("123456789012", "us-east-1").indexes()
    table, calls, usage = found.table, len(s3vectors_mock.calls), s3vectors_mock.usage()
    s3vectors_mock.fail(["ListIndexes", "GetIndex", "ListVectors", "GetVectors", "PutVectors"], 500)
    for path in ("/server", "/places", "/buckets", "/indexes"):
        ask(path)
    ask("/bucket", arn=BUCKET_ARN)
    ask("/index", arn=INDEX_ARN)
    ask("/vectors", {"index": INDEX_ARN, "filter": {"row": 1}})
    ask("/vector", index=INDEX_ARN, key="key-1")
    assert (len(s3vectors_mock.calls), s3vectors_mock.usage()) == (calls, usage)
    s3vectors_mock.rules[0].remove()
    put_many(client, index, 31)
    assert found.table is table, "somebody has made the writer copy the table"
