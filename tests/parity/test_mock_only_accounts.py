"""Accounts, Regions and partitions: what is in each, and where an ARN of another leads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.helpers import INDEX, POLICY, SETTINGS, bucket_names, index_names, vector

if TYPE_CHECKING:
    from tests.support.helpers import Client, ClientAt, MakeIndex

pytestmark = pytest.mark.mock_only("a run has one account, and one Region of it")


class TestRegionsAndAccounts:
    @pytest.mark.parametrize("where", [{"region": "eu-west-1"}, {"account": "210987654321"}], ids=str)
    def test_have_buckets_of_their_own(self, client: Client, client_at: ClientAt, where: Any) -> None:
        other = client_at(**where)
        assert bucket_names(other) == []
        other.create_vector_bucket(vectorBucketName="bucket")
        other.create_vector_bucket(vectorBucketName="second")
        assert (bucket_names(other), bucket_names(client)) == (["bucket", "second"], ["bucket"])

    def test_buckets_have_indexes_of_their_own(self, client: Client, make_index: MakeIndex) -> None:
        first = make_index()
        client.create_vector_bucket(vectorBucketName="second")
        second = {**first, "vectorBucketName": "second"}
        client.create_index(**second, **SETTINGS)
        client.put_vectors(**first, vectors=[vector("k")])
        assert client.list_vectors(**second)["vectors"] == []

    @pytest.mark.parametrize(
        ("region", "partition"),
        [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
    )
    def test_stand_in_the_arn(self, client_at: ClientAt, region: str, partition: str) -> None:
        there = client_at(region, "111122223333")
        there.create_vector_bucket(vectorBucketName="bucket")
        there.create_index(**INDEX, **SETTINGS)
        bucket = there.get_vector_bucket(vectorBucketName="bucket")["vectorBucket"]["vectorBucketArn"]
        assert bucket == f"arn:{partition}:s3vectors:{region}:111122223333:bucket/bucket"
        index = there.get_index(**INDEX)["index"]["indexArn"]
        assert index == f"{bucket}/index/index"

    @pytest.mark.parametrize("where", [("eu-west-1",), ("us-east-1", "210987654321")], ids=str)
    def test_an_arn_leads_to_its_own(self, client: Client, client_at: ClientAt, where: Any) -> None:
        there = client_at(*where)
        there.create_vector_bucket(vectorBucketName="bucket")
        there.put_vector_bucket_policy(vectorBucketName="bucket", policy=POLICY)
        arn = there.get_vector_bucket(vectorBucketName="bucket")["vectorBucket"]["vectorBucketArn"]
        client.create_index(vectorBucketArn=arn, indexName="index", **SETTINGS)
        client.put_vectors(indexArn=f"{arn}/index/index", vectors=[vector("k")])
        assert there.list_vectors(**INDEX)["vectors"] == [{"key": "k"}]
        assert index_names(client) == []
        client.delete_index(indexArn=f"{arn}/index/index")
        client.delete_vector_bucket(vectorBucketArn=arn)
        assert bucket_names(there) == []
