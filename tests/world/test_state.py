"""A copy of the state has everything in it, and goes its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors
from tests.support.helpers import POLICY, vector
from tests.support.mocks import index_named, world
from tests.support.shapes import QUERY_PAGES, TAGS, has, needs

if TYPE_CHECKING:
    from tests.support.helpers import Client

INDEX = {"vectorBucketName": "bucket", "indexName": "index"}
ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket"


@pytest.fixture
def filled(client: Client) -> Client:
    """A client of a state with something of everything, all that is derived built already."""
    client.create_index(**INDEX, dataType="float32", dimension=2, distanceMetric="cosine")
    client.put_vectors(**INDEX, vectors=[vector(key, [ord(key), 1], letter=key) for key in "abc"])
    client.put_vector_bucket_policy(vectorBucketName="bucket", policy=POLICY)
    if has(*TAGS):
        for arn in (ARN, f"{ARN}/index/index"):
            client.tag_resource(resourceArn=arn, tags={"old": "tag"})
    snapshot(client)
    return client


def snapshot(client: Client) -> Any:
    """All that a client sees."""
    shown = {"returnData": True, "returnMetadata": True}
    query = {"queryVector": {"float32": [1, 0]}, "topK": 9, "returnDistance": True}
    tags = {}
    if has(*TAGS):
        tags = {
            arn: client.list_tags_for_resource(resourceArn=arn)["tags"] for arn in (ARN, f"{ARN}/index/index")
        }
    return {
        "buckets": client.list_vector_buckets()["vectorBuckets"],
        "indexes": client.list_indexes(vectorBucketName="bucket")["indexes"],
        "vectors": client.list_vectors(**INDEX, **shown)["vectors"],
        "nearest": client.query_vectors(**INDEX, **query)["vectors"],
        "filtered": client.query_vectors(**INDEX, **query, filter={"letter": {"$ne": "b"}})["vectors"],
        "policy": client.get_vector_bucket_policy(vectorBucketName="bucket")["policy"],
        "tags": tags,
    }


def change_everything(client: Client) -> None:
    client.put_vectors(**INDEX, vectors=[vector("b", [1, 9], letter="z"), vector("new", [2, 2])])
    client.delete_vectors(**INDEX, keys=["a"])
    client.create_vector_bucket(vectorBucketName="another")
    client.create_index(
        vectorBucketName="bucket",
        indexName="another",
        dataType="float32",
        dimension=2,
        distanceMetric="cosine",
    )
    client.put_vector_bucket_policy(vectorBucketName="bucket", policy=POLICY.replace("Allow", "Deny"))
    if has(*TAGS):
        for arn in (ARN, f"{ARN}/index/index"):
            client.tag_resource(resourceArn=arn, tags={"new": "tag"})


def test_a_branch_does_not_follow_the_original(filled: Client) -> None:
    before, branch = snapshot(filled), world().branch()
    change_everything(filled)
    assert snapshot(filled) != before
    with mock_s3vectors().block(branch):
        assert snapshot(filled) == before


def test_the_original_does_not_follow_a_branch(filled: Client) -> None:
    before = snapshot(filled)
    with mock_s3vectors():
        change_everything(filled)
        changed = snapshot(filled)
    assert snapshot(filled) == before
    assert all(changed[what] != before[what] for what in before if before[what])


@needs(*QUERY_PAGES)
def test_a_copy_knows_no_page_tokens_of_queries(filled: Client) -> None:
    filled.put_vectors(**INDEX, vectors=[vector(f"{n}", [1, n]) for n in range(150)])
    request = {**INDEX, "queryVector": {"float32": [1, 0]}, "topK": 150}
    request["nextToken"] = filled.query_vectors(**request)["nextToken"]
    with mock_s3vectors(), pytest.raises(filled.exceptions.ValidationException, match="Invalid page token"):
        filled.query_vectors(**request)


def test_the_search_engine_is_the_one_of_the_innermost_mock(filled: Client) -> None:
    def engine() -> Any:
        filled.query_vectors(**INDEX, queryVector={"float32": [1, 0]}, topK=1)
        return index_named().vectors._engine

    flat = engine()
    assert engine() is flat
    with mock_s3vectors(search_engine="hnsw", hnsw_m=4):
        graph = engine()
        assert type(graph) is not type(flat)
        with mock_s3vectors(hnsw_m=8):
            denser = engine()
            assert denser is not graph
            assert type(denser) is type(graph)
    assert type(engine()) is type(flat)
