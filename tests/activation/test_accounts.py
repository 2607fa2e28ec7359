"""Accounts, Regions, and ARNs that name others than the client's."""

from __future__ import annotations

from typing import Any

import pytest

from mock_s3vectors import UsageError, mock_s3vectors
from tests.activation.world import CLIENT, account_of, arn, create, names, new_client
from tests.support.helpers import POLICY

OTHER, THIRD = "111122223333", "444455556666"
ONE_INDEX: Any = {"indexName": "index", "dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}


def test_the_default_account() -> None:
    with mock_s3vectors():
        assert account_of(CLIENT) == "123456789012"


def test_credentials_of_an_account() -> None:
    with mock_s3vectors(account_id=OTHER) as mock:
        credentials = mock.credentials(THIRD)
        assert credentials == {"aws_access_key_id": THIRD, "aws_secret_access_key": "testing"}
        assert account_of(new_client(**credentials)) == THIRD
        assert account_of(CLIENT) == OTHER
        assert (
            account_of(new_client(aws_access_key_id="777788889999", aws_secret_access_key="x"))
            == "777788889999"
        )


@pytest.mark.parametrize("key", ["11112222333", "1111222233334", "AKIA11112222", "11112222333x"])
def test_a_key_that_is_no_account_id_is_an_ordinary_key(key: str) -> None:
    with mock_s3vectors(account_id=OTHER):
        assert account_of(new_client(aws_access_key_id=key, aws_secret_access_key="x")) == OTHER


@pytest.mark.parametrize("wrong", ["123", "12345678901x", 123456789012, None, ""])
def test_credentials_of_a_wrong_account_id(wrong: Any) -> None:
    with pytest.raises(UsageError, match="is not an account id: give 12 digits as a string"):
        mock_s3vectors().credentials(wrong)


def test_state_is_per_account_and_region() -> None:
    with mock_s3vectors() as mock:
        clients = [
            new_client(region, **mock.credentials(account))
            for account in (OTHER, THIRD)
            for region in ("us-east-1", "eu-west-1")
        ]
        for number, client in enumerate(clients):
            create("everywhere", f"only-{number}", client=client)
        assert [names(client) for client in clients] == [["everywhere", f"only-{i}"] for i in range(4)]
        clients[0].delete_vector_bucket(vectorBucketName="everywhere")
        assert [len(names(client)) for client in clients] == [1, 2, 2, 2]


def test_an_arn_is_looked_up_in_the_account_and_region_that_it_names() -> None:
    with mock_s3vectors() as mock:
        there = new_client("eu-west-1", **mock.credentials(OTHER))
        create("bucket", client=there)
        bucket = arn("bucket", there)
        assert bucket == f"arn:aws:s3vectors:eu-west-1:{OTHER}:bucket/bucket"
        there.put_vector_bucket_policy(vectorBucketName="bucket", policy=POLICY)
        CLIENT.create_index(vectorBucketArn=bucket, **ONE_INDEX)
        index = f"{bucket}/index/index"
        CLIENT.put_vectors(indexArn=index, vectors=[{"key": "a", "data": {"float32": [1, 2]}}])
        assert [key["key"] for key in there.list_vectors(indexArn=index)["vectors"]] == ["a"]
        assert names() == []
        with pytest.raises(CLIENT.exceptions.NotFoundException):
            CLIENT.get_vector_bucket(vectorBucketName="bucket")


@pytest.mark.parametrize("part", [1, 3, 4])
def test_an_arn_of_another_partition_region_or_account_finds_nothing(part: int) -> None:
    with mock_s3vectors(authorization="off"):
        create("bucket")
        parts = arn("bucket").split(":")
        parts[part] = {1: "aws-cn", 3: "eu-west-1", 4: OTHER}[part]
        with pytest.raises(CLIENT.exceptions.NotFoundException):
            CLIENT.get_vector_bucket(vectorBucketArn=":".join(parts))
