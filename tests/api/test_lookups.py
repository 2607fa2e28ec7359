"""A call looks its store up once, and makes none: only CreateVectorBucket does."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from mock_s3vectors.world import Stores
from tests.support.helpers import POLICY, vector
from tests.support.mocks import world
from tests.support.shapes import needs

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

BUCKET = {"vectorBucketName": "bucket"}
INDEX = {**BUCKET, "indexName": "index"}
ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket"
SETTINGS = {"dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}

# Operations that look up a bucket or an index, and their arguments besides the address.
IN_A_BUCKET: dict[str, dict[str, Any]] = {
    "get_vector_bucket": {},
    "list_indexes": {},
    "create_index": {"indexName": "another", **SETTINGS},
    "put_vector_bucket_policy": {"policy": POLICY},
    "get_vector_bucket_policy": {},
    "delete_vector_bucket_policy": {},
    "put_vector_bucket_default_index_mode": {"defaultIndexMode": "ENHANCED"},
}
IN_AN_INDEX: dict[str, dict[str, Any]] = {
    "get_index": {},
    "put_vectors": {"vectors": [vector("key")]},
    "get_vectors": {"keys": ["key"]},
    "list_vectors": {},
    "query_vectors": {"queryVector": {"float32": [1, 2]}, "topK": 1},
    "delete_vectors": {"keys": ["key"]},
    "delete_index": {},
    "update_index_mode": {"indexMode": "ENHANCED"},
    "update_metadata_configuration": {"add": {"textSearchConfigurations": [{"metadataKey": "text"}]}},
}
OF_A_RESOURCE: dict[str, dict[str, Any]] = {
    "tag_resource": {"tags": {"key": "value"}},
    "list_tags_for_resource": {},
    "untag_resource": {"tagKeys": ["key"]},
}


# A bucket that is empty, and can be deleted.
EMPTY = {"vectorBucketName": "empty"}


def calls_at(bucket: dict[str, str], index: dict[str, str], empty: dict[str, str], *arns: str) -> list[Any]:
    """A parameter for each operation: its name and all its arguments."""
    groups: list[tuple[dict[str, dict[str, Any]], dict[str, str]]] = [
        (IN_A_BUCKET, bucket),
        (IN_AN_INDEX, index),
        ({"delete_vector_bucket": {}}, empty),
        *((OF_A_RESOURCE, {"resourceArn": arn}) for arn in arns),
    ]
    return [
        pytest.param(name, {**address, **arguments}, marks=needs(name.title().replace("_", "")))
        for operations, address in groups
        for name, arguments in operations.items()
    ]


def stores() -> Stores:
    return world().stores


@pytest.mark.parametrize(
    ("operation", "arguments"), calls_at(BUCKET, INDEX, EMPTY, ARN, f"{ARN}/index/index")
)
def test_a_reset_after_a_call_has_found_its_store(
    client: Client,
    make_index: MakeIndex,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    arguments: dict[str, Any],
) -> None:
    """The call goes on in the store that it has found; its changes are forgotten."""
    make_index()
    client.create_vector_bucket(**EMPTY)
    client.put_vector_bucket_policy(**BUCKET, policy=POLICY)
    look = Stores.at

    def look_and_reset(self: Stores, *place: str) -> Any:
        found = look(self, *place)
        self.clear()
        return found

    monkeypatch.setattr(Stores, "at", look_and_reset)
    getattr(client, operation)(**arguments)
    assert client.list_vector_buckets()["vectorBuckets"] == []


def test_resets_while_buckets_are_made_and_deleted(client: Client) -> None:
    """Each call is answered, or refused as the service refuses: nothing else is raised."""
    done = threading.Event()

    def reset() -> None:
        while not done.is_set():
            stores().clear()

    def come_and_go() -> None:
        for _ in range(50):
            for call in client.create_vector_bucket, client.get_vector_bucket, client.delete_vector_bucket:
                with suppress(ClientError):
                    call(**EMPTY)

    resetter = threading.Thread(target=reset)
    resetter.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            for job in [pool.submit(come_and_go) for _ in range(4)]:
                job.result()
    finally:
        done.set()
        resetter.join()


PLACES = [("us-east-1", "999900001111"), ("eu-west-1", "123456789012")]
GONE = ["arn:aws:s3vectors:{}:{}:bucket/bucket".format(*place) for place in PLACES]


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        call
        for arn in GONE
        for call in calls_at(
            {"vectorBucketArn": arn},
            {"indexArn": f"{arn}/index/index"},
            {"vectorBucketArn": arn},
            arn,
            f"{arn}/index/index",
        )
    ],
)
def test_a_look_in_another_account_or_region_leaves_nothing(
    client: Client, refused: Refused, operation: str, arguments: dict[str, Any]
) -> None:
    code, *_ = refused(getattr(client, operation), **arguments)
    assert code == "NotFoundException"
    assert list(stores()._stores) == [("123456789012", "us-east-1")]


def test_a_list_in_another_region_leaves_nothing(client: Client) -> None:
    elsewhere: Client = boto3.client("s3vectors", region_name="eu-west-1")
    assert elsewhere.list_vector_buckets()["vectorBuckets"] == []
    assert list(stores()._stores) == [("123456789012", "us-east-1")]
    elsewhere.create_vector_bucket(**BUCKET)
    assert list(stores()._stores) == [("123456789012", "us-east-1"), ("123456789012", "eu-west-1")]
    assert len(client.list_vector_buckets()["vectorBuckets"]) == 1
