"""The list of calls, and that it costs no call its answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.world import journal
from tests.support.helpers import vector
from tests.support.mocks import world

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex


def fill(client: Client, index: dict[str, str]) -> None:
    """Write 400 vectors, whose list is longer than the bodies that a journal keeps."""
    client.put_vectors(**index, vectors=[vector(f"{n}", [1, n], text="x" * 300) for n in range(400)])


def listed(client: Client, index: dict[str, str]) -> int:
    answer = client.list_vectors(**index, returnMetadata=True)
    return sum(len(entry["metadata"]["text"]) == 300 for entry in answer["vectors"])


def test_a_long_answer_is_whole(client: Client, index: dict[str, str]) -> None:
    fill(client, index)
    assert listed(client, index) == 400
    exchange = list(world().journal)[-1]
    assert exchange.operation == "ListVectors"
    assert exchange.response.status == 200


def test_a_long_answer_is_whole_over_http(client: Client, index: dict[str, str]) -> None:
    fill(client, index)
    with s3vectors_server() as server:
        keys: Any = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        through = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url, **keys)
        assert listed(through, index) == 400


def test_bodies_in_sum_are_bounded_and_the_newest_are_kept(
    client: Client, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "MOST_BYTES", 20_000)
    index = make_index()
    for n in range(20):
        client.put_vectors(**index, vectors=[vector(f"{n}", [1, n], text="x" * 2_000)])
    puts = [exchange for exchange in world().journal if exchange.operation == "PutVectors"]
    assert len(puts) == 20
    kept = [bool(exchange.request.body) for exchange in puts]
    assert kept == sorted(kept)
    assert 5 <= sum(kept) < 10
    assert [isinstance(exchange.params["vectors"], list) for exchange in puts] == kept
    assert repr(puts[0].params["vectors"]) == "<1 item>"
    assert json.loads(puts[-1].request.body)["vectors"][0]["key"] == "19"


def test_the_oldest_are_forgotten(client: Client) -> None:
    with mock_s3vectors(calls_kept=3):
        for name in ("one", "two", "three", "four"):
            client.create_vector_bucket(vectorBucketName=name)
        names = [exchange.params["vectorBucketName"] for exchange in world().journal]
        assert names == ["two", "three", "four"]


def test_calls_are_listed_whatever_becomes_of_them(client: Client) -> None:
    with mock_s3vectors():
        assert list(world().journal) == []
        client.list_vector_buckets()
        with pytest.raises(client.exceptions.NotFoundException):
            client.get_vector_bucket(vectorBucketName="missing")
        found, missing = world().journal
    assert (found.operation, found.error, found.response.status) == ("ListVectorBuckets", None, 200)
    assert (missing.operation, missing.response.status) == ("GetVectorBucket", 404)
    assert missing.error.code == "NotFoundException"
    assert missing.params == {"vectorBucketName": "missing"}
    assert (missing.caller.account, missing.caller.region) == ("123456789012", "us-east-1")
    assert missing.began > found.began - 1
    assert missing.seconds > 0
