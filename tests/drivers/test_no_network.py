"""While a mock is on, no operation of s3vectors opens a connection, whether it is implemented or not."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import HTTPClientError

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.operations import OPERATIONS
from tests.activation.world import names
from tests.drivers.test_clients import KEYS

if TYPE_CHECKING:
    from tests.support.drivers import Driver

BUCKET = {"vectorBucketName": "bucket"}
INDEX = {**BUCKET, "indexName": "index"}
ARN = {"resourceArn": "arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket"}
NEW_INDEX: dict[str, Any] = {**INDEX, "dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
DATA = {"float32": [1.0, 2.0]}
POLICY = '{"Version": "2012-10-17", "Statement": []}'

# In an order in which all succeed.
OF_CLIENT: dict[str, dict[str, Any]] = {
    "create_vector_bucket": BUCKET,
    "create_index": NEW_INDEX,
    "get_vector_bucket": BUCKET,
    "list_vector_buckets": {},
    "get_index": INDEX,
    "list_indexes": BUCKET,
    "put_vectors": {**INDEX, "vectors": [{"key": "a", "data": DATA}]},
    "get_vectors": {**INDEX, "keys": ["a"]},
    "list_vectors": INDEX,
    "query_vectors": {**INDEX, "queryVector": DATA, "topK": 1},
    "delete_vectors": {**INDEX, "keys": ["a"]},
    "put_vector_bucket_policy": {
        **BUCKET,
        "policy": POLICY.replace(
            "[]", '[{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]'
        ),
    },
    "get_vector_bucket_policy": BUCKET,
    "delete_vector_bucket_policy": BUCKET,
    "tag_resource": {**ARN, "tags": {"a": "b"}},
    "list_tags_for_resource": ARN,
    "untag_resource": {**ARN, "tagKeys": ["a"]},
    "put_vector_bucket_default_index_mode": {**BUCKET, "defaultIndexMode": "ENHANCED"},
    "update_index_mode": {**INDEX, "indexMode": "ENHANCED"},
    "update_metadata_configuration": {
        **INDEX,
        "add": {"textSearchConfigurations": [{"metadataKey": "plot"}]},
    },
    "delete_index": INDEX,
    "delete_vector_bucket": BUCKET,
}


def refuse_sockets(patch: pytest.MonkeyPatch) -> None:
    """From now on no socket can be made, nor a name resolved."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was asked for")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        patch.setattr(socket, name, refuse)


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_sockets(monkeypatch)


def test_no_operation_opens_a_socket(in_process: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    config = in_process.config(retries={"total_max_attempts": 1})
    client = in_process.client(**KEYS, config=config)
    known = [operation for operation in OF_CLIENT if hasattr(client, operation)]
    assert len(known) == len(client.meta.service_model.operation_names)
    with monkeypatch.context() as patch:  # not sooner: event loops have sockets of their own
        refuse_sockets(patch)
        with mock_s3vectors():
            for operation in known:
                answer = getattr(client, operation)(**OF_CLIENT[operation])
                assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
        with pytest.raises(HTTPClientError, match="a socket was asked for"):
            client.list_vector_buckets()


def test_every_operation_of_the_model_is_tested(in_process: Driver) -> None:
    methods = in_process.client().meta.method_to_api_mapping
    assert {name for name, api in methods.items() if api in OPERATIONS} <= set(OF_CLIENT)
    assert set(methods.values()) <= set(OPERATIONS)


def test_an_operation_that_a_newer_botocore_brings(
    in_process: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = in_process.client()
    refuse_sockets(monkeypatch)
    monkeypatch.delitem(OPERATIONS, "ListVectorBuckets")
    with mock_s3vectors(), pytest.raises(UsageError, match="does not implement ListVectorBuckets"):
        names(client)
