"""Rows and calls of the tests of advice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3

from tests.support.helpers import INDEX, ORIGIN, SETTINGS, vector

if TYPE_CHECKING:
    import pytest

    from tests.support.helpers import Client

ROWS = [
    vector("a", genre="drama", year=2001, seen=True, tags=["x", "y"]),
    vector("b", genre="comedy", year=2020, seen=False, ratings=[1, 2], mixed="a"),
    vector("c", mixed=3),
]


def new_client(**settings: Any) -> Client:
    return boto3.client("s3vectors", region_name="us-east-1", **settings)


def make_index(client: Client, name: str = "index", **settings: Any) -> dict[str, str]:
    """Creates an index, and its bucket if that is missing."""
    address = {**INDEX, "indexName": name}
    if not client.list_vector_buckets()["vectorBuckets"]:
        client.create_vector_bucket(vectorBucketName="bucket")
    client.create_index(**address, **SETTINGS, **settings)
    return address


def query(client: Client, matching: Any, **settings: Any) -> list[str]:
    request = {**INDEX, **ORIGIN, "topK": 3, "filter": matching, **settings}
    return [hit["key"] for hit in client.query_vectors(**request)["vectors"]]


def text_of(warned: pytest.WarningsRecorder) -> str:
    """The text of the only warning."""
    [warning] = warned
    return str(warning.message)
