"""While a mock is on, no operation of s3vectors opens a connection, whether it is implemented or not."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.operations import OPERATIONS
from tests.activation.world import CLIENT, create, names
from tests.shapes import HAS_COMPLETE_MODEL

BUCKET = {"vectorBucketName": "bucket"}
INDEX = {**BUCKET, "indexName": "index"}
ARN = {"resourceArn": "arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket"}
NEW_INDEX: dict[str, Any] = {**INDEX, "dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
DATA = {"float32": [1.0, 2.0]}
POLICY = '{"Version": "2012-10-17", "Statement": []}'

# In an order in which all succeed.
IMPLEMENTED: dict[str, dict[str, Any]] = {
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
    "delete_index": INDEX,
    "delete_vector_bucket": BUCKET,
}
NOT_YET: dict[str, dict[str, Any]] = {
    "put_vector_bucket_default_index_mode": {**BUCKET, "defaultIndexMode": "ENHANCED"},
    "update_index_mode": {**INDEX, "indexMode": "ENHANCED"},
    "update_metadata_configuration": {
        **INDEX,
        "add": {"textSearchConfigurations": [{"metadataKey": "plot"}]},
    },
}


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was asked for")

    for name in ("socket", "create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.mark.usefixtures("no_sockets")
def test_no_operation_opens_a_socket() -> None:
    with mock_s3vectors():
        for operation, params in IMPLEMENTED.items():
            if hasattr(CLIENT, operation):
                answer = getattr(CLIENT, operation)(**params)
                assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_every_operation_of_the_model_is_tested() -> None:
    of_client = {name for name, api in CLIENT.meta.method_to_api_mapping.items() if api in OPERATIONS}
    assert of_client <= {*IMPLEMENTED, *NOT_YET}
    assert len(of_client) == len(CLIENT.meta.service_model.operation_names)
    assert {api for api, operate in OPERATIONS.items() if operate is None} == {
        "PutVectorBucketDefaultIndexMode",
        "UpdateIndexMode",
        "UpdateMetadataConfiguration",
    }


@pytest.mark.skipif(not HAS_COMPLETE_MODEL, reason="this botocore does not know these operations")
@pytest.mark.usefixtures("no_sockets")
@pytest.mark.parametrize("operation", NOT_YET)
def test_an_operation_that_is_not_implemented_yet(operation: str) -> None:
    api = CLIENT.meta.method_to_api_mapping[operation]
    with mock_s3vectors():
        create("bucket")
        CLIENT.create_index(**NEW_INDEX)
        with pytest.raises(UsageError) as refusal:
            getattr(CLIENT, operation)(**NOT_YET[operation])
    text = str(refusal.value)
    assert f"does not implement {api}, so it was not sent anywhere" in text
    assert "QueryVectors" in text


@pytest.mark.skipif(not HAS_COMPLETE_MODEL, reason="this botocore does not know full-text search")
@pytest.mark.usefixtures("no_sockets")
def test_full_text_search_is_not_implemented_yet() -> None:
    text = {"queryTexts": [{"metadataKey": "plot", "text": "ship"}]}
    keys = {"textSearchConfigurations": [{"metadataKey": "plot"}]}
    with mock_s3vectors():
        create("bucket")
        with pytest.raises(UsageError, match=r"textSearchConfigurations.*no full-text search yet"):
            CLIENT.create_index(**NEW_INDEX, metadataConfiguration=keys)
        CLIENT.create_index(**NEW_INDEX)
        for query in (text, {**text, "queryVector": DATA}):
            with pytest.raises(UsageError, match="queryTexts"):
                CLIENT.query_vectors(**INDEX, topK=1, **query)


@pytest.mark.usefixtures("no_sockets")
def test_an_operation_that_a_newer_botocore_brings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(OPERATIONS, "ListVectorBuckets")
    with mock_s3vectors(), pytest.raises(UsageError, match="does not implement ListVectorBuckets"):
        names()
