"""Bucket policies are kept and given back; nobody is held to them yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.helpers import Client, Refused

NAME = {"vectorBucketName": "bucket"}
STATEMENT: dict[str, Any] = {
    "Sid": "Zugriff für alle",
    "Effect": "Allow",
    "Principal": {"AWS": ["arn:aws:iam::123456789012:root"]},
    "Action": "s3vectors:*",
    "Resource": "*",
}
POLICY = {"Version": "2012-10-17", "Statement": [STATEMENT]}
NO_POLICY = ("NotFoundException", "The specified vector bucket policy could not be found", None)
MALFORMED = ("ValidationException", "The specified policy is not a valid JSON policy document", None)


def put(client: Client, policy: Any) -> Any:
    response = client.put_vector_bucket_policy(**NAME, policy=json.dumps(policy))
    del response["ResponseMetadata"]
    return response


def stored(client: Client) -> Any:
    return json.loads(client.get_vector_bucket_policy(**NAME)["policy"])


@pytest.mark.parametrize(
    "policy",
    [
        POLICY,
        {"Statement": STATEMENT},
        {**POLICY, "Statement": [STATEMENT, {**STATEMENT, "Effect": "Deny"}]},
        {"Statement": [{**STATEMENT, "Resource": "arn:aws:s3vectors:us-east-1:123456789012:bucket/another"}]},
    ],
    ids=["one statement", "no list", "two statements", "another bucket's resource"],
)
def test_a_policy_comes_back_as_it_was_put(client: Client, policy: Any) -> None:
    assert put(client, policy) == {}
    assert stored(client) == policy


def test_a_bucket_without_policy(client: Client, refused: Refused) -> None:
    assert refused(client.get_vector_bucket_policy, **NAME) == NO_POLICY


def test_a_second_policy_replaces_the_first(client: Client) -> None:
    put(client, POLICY)
    put(client, {"Statement": [{"Effect": "Deny"}]})
    assert stored(client) == {"Statement": [{"Effect": "Deny"}]}


def test_delete_forgets_the_policy(client: Client, refused: Refused) -> None:
    put(client, POLICY)
    response = client.delete_vector_bucket_policy(**NAME)
    assert list(response) == ["ResponseMetadata"]
    assert refused(client.get_vector_bucket_policy, **NAME) == NO_POLICY


def test_delete_without_a_policy_succeeds(client: Client) -> None:
    client.delete_vector_bucket_policy(**NAME)


def test_each_bucket_has_its_own(client: Client, refused: Refused) -> None:
    client.create_vector_bucket(vectorBucketName="bucket-2")
    put(client, POLICY)
    assert refused(client.get_vector_bucket_policy, vectorBucketName="bucket-2") == NO_POLICY


def test_what_is_no_policy_is_refused_and_changes_nothing(client: Client, refused: Refused) -> None:
    put(client, POLICY)
    for text in (
        "",
        "no JSON",
        "null",
        "[]",
        '"Statement"',
        "{}",
        '{"Version": "2012-10-17"}',
        '{"Statement": []}',
        '{"Statement": "Allow"}',
        '{"Statement": ["Allow"]}',
        '{"Statement": [{"Effect": "Allow"}, null]}',
        '{"Statement": [{"Effect": "Allow"}]',
    ):
        assert refused(client.put_vector_bucket_policy, **NAME, policy=text) == MALFORMED
    assert stored(client) == POLICY
