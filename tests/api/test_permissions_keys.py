"""Condition keys: the values that policies see of a call, its caller and its resource."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors
from tests.support.helpers import BUCKET, BUCKET_ARN, INDEX, INDEX_ARN, SETTINGS, START
from tests.support.permissions import OTHER, OWN, bucket_policy, client_of, outcome, policy, statement
from tests.support.shapes import TAGS, needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client

pytestmark = needs(*TAGS)

TAGS_OF_BUCKET = {"Team": "red", "bucket-only": "yes"}
TAGS_OF_INDEX = {"Team": "blue", "stage": "test"}
PRINCIPAL_TAGS = {"Role": "search"}


@pytest.fixture
def mock() -> Iterator[MockS3Vectors]:
    with mock_s3vectors() as mock:
        mock.clock.move_to(START)
        mock.clock.freeze()
        owner = client_of(mock.credentials(OWN))
        owner.create_vector_bucket(**BUCKET, tags=TAGS_OF_BUCKET)
        owner.create_index(**INDEX, **SETTINGS, tags=TAGS_OF_INDEX)
        yield mock


@pytest.fixture
def owner(mock: MockS3Vectors) -> Client:
    return client_of(mock.credentials(OWN))


def may(identity: Any, operation: str, **call: Any) -> bool:
    return outcome(getattr(client_of(identity), operation), **call) is None


KIND = pytest.mark.parametrize("kind", ["user", "role"])
# For a user and for a session of a role: the values of the keys; None for a key that the call does not have.
VALUES: dict[str, tuple[str | None, str | None]] = {
    "aws:CurrentTime": ("2027-01-15T08:00:00Z",) * 2,
    "aws:EpochTime": ("1800000000",) * 2,
    "aws:MultiFactorAuthPresent": (None, "false"),
    "aws:PrincipalAccount": (OWN,) * 2,
    "aws:PrincipalArn": (f"arn:aws:iam::{OWN}:user/team/reader", f"arn:aws:iam::{OWN}:role/team/reader"),
    "aws:PrincipalIsAWSService": ("false",) * 2,
    "aws:PrincipalOrgID": (None, None),
    "aws:PrincipalTag/Role": ("search",) * 2,
    "aws:PrincipalTag/role": ("search",) * 2,
    "aws:PrincipalType": ("User", "AssumedRole"),
    "aws:Referer": (None, None),
    "aws:RequestedRegion": ("us-east-1",) * 2,
    "AWS:REQUESTEDREGION": ("us-east-1",) * 2,
    "aws:ResourceAccount": (OWN,) * 2,
    "aws:ResourceTag/Team": ("blue",) * 2,
    "aws:ResourceTag/team": ("blue",) * 2,
    "aws:ResourceTag/stage": ("test",) * 2,
    "aws:ResourceTag/bucket-only": (None, None),
    "aws:RequestTag/Team": (None, None),
    "aws:SecureTransport": ("true",) * 2,
    "aws:SourceIp": ("127.0.0.1",) * 2,
    "aws:TagKeys": (None, None),
    "aws:TokenIssueTime": (None, "2027-01-15T08:00:00Z"),
    "aws:username": ("reader", None),
    "aws:ViaAWSService": ("false",) * 2,
    "s3vectors:VectorBucketTag/Team": ("red",) * 2,
    "s3vectors:VectorBucketTag/TEAM": ("red",) * 2,
    "s3vectors:VectorBucketTag/stage": (None, None),
    "s3vectors:sseType": (None, None),
    "s3vectors:kmsKeyArn": (None, None),
    "unknown:Key/with/slashes": (None, None),
}


@KIND
@pytest.mark.parametrize("key", VALUES)
def test_the_value_of_each_key(mock: MockS3Vectors, key: str, kind: str) -> None:
    value = VALUES[key][kind == "role"]
    when = {"Null": {key: "true"}} if value is None else {"StringEquals": {key: value}}
    never = {"Null": {key: "false"}} if value is None else {"StringNotEquals": {key: value}}
    make = getattr(mock.iam, kind)
    reader = make("/team/reader", policy(statement("Allow", "GetIndex", Condition=when)), tags=PRINCIPAL_TAGS)
    assert may(reader, "get_index", **INDEX)
    other = make("other", policy(statement("Allow", "GetIndex", Condition=never)), tags=PRINCIPAL_TAGS)
    if key not in ("aws:PrincipalArn", "aws:username"):  # another one is another one
        assert not may(other, "get_index", **INDEX)


@KIND
def test_the_user_id_and_the_user_agent(mock: MockS3Vectors, kind: str) -> None:
    reader = getattr(mock.iam, kind)("reader")
    own = {"StringEquals": {"aws:userid": reader.unique_id}, "StringLike": {"aws:UserAgent": "Boto3/*"}}
    assert may(reader.allow("GetIndex", when=own), "get_index", **INDEX)
    assert (":session" in reader.unique_id) is (kind == "role")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("aws:PrincipalArn", f"arn:aws:iam::{OTHER}:root"),
        ("aws:PrincipalType", "Account"),
        ("aws:userid", OTHER),
        ("aws:PrincipalAccount", OTHER),
        ("aws:ResourceAccount", OWN),
    ],
)
def test_the_values_for_the_root_of_another_account(
    mock: MockS3Vectors, owner: Client, key: str, value: str
) -> None:
    text = bucket_policy("Allow", {"AWS": OTHER}).replace(
        '"Resource"', f'"Condition": {{"StringEquals": {{"{key}": "{value}"}}}}, "Resource"'
    )
    other = mock.credentials(OTHER)
    assert not may(other, "get_index", indexArn=INDEX_ARN)
    owner.put_vector_bucket_policy(**BUCKET, policy=text)
    assert may(other, "get_index", indexArn=INDEX_ARN)
    owner.put_vector_bucket_policy(**BUCKET, policy=text.replace(f'"{value}"}}', '"something else"}'))
    assert not may(other, "get_index", indexArn=INDEX_ARN)


def test_the_tags_of_a_bucket_are_its_own_by_both_keys(mock: MockS3Vectors) -> None:
    both = {"aws:ResourceTag/Team": "red", "s3vectors:VectorBucketTag/Team": "red"}
    reader = mock.iam.user("reader").allow("GetVectorBucket", when={"StringEquals": both})
    assert may(reader, "get_vector_bucket", **BUCKET)


def test_a_list_of_buckets_has_no_tags(mock: MockS3Vectors) -> None:
    keys = ("aws:ResourceTag/Team", "s3vectors:VectorBucketTag/Team", "aws:TagKeys")
    lister = mock.iam.user("lister").allow("ListVectorBuckets", when={"Null": dict.fromkeys(keys, "true")})
    assert may(lister, "list_vector_buckets")


def test_tags_count_as_they_are_now(mock: MockS3Vectors, owner: Client) -> None:
    reader = mock.iam.user("reader")
    reader.allow("GetIndex", when={"StringEquals": {"aws:ResourceTag/Team": "blue"}})
    owner.tag_resource(resourceArn=INDEX_ARN, tags={"Team": "green"})
    assert not may(reader, "get_index", **INDEX)
    owner.untag_resource(resourceArn=INDEX_ARN, tagKeys=["Team"])
    owner.tag_resource(resourceArn=INDEX_ARN, tags={"team": "blue"})
    assert may(reader, "get_index", **INDEX)


def test_of_two_tags_that_differ_in_case_the_older_one_counts(mock: MockS3Vectors, owner: Client) -> None:
    owner.tag_resource(resourceArn=INDEX_ARN, tags={"team": "green"})
    reader = mock.iam.user("reader")
    reader.allow("GetIndex", when={"StringEquals": {"aws:ResourceTag/TEAM": "blue"}})
    assert may(reader, "get_index", **INDEX)


# --- keys of what a call asks for ---------------------------------------------------------------

KEY = f"arn:aws:kms:us-east-1:{OWN}:key/0d1c2b3a-1111-2222-3333-444455556666"
ENCRYPTED = {"encryptionConfiguration": {"sseType": "aws:kms", "kmsKeyArn": KEY}}
CREATIONS = [
    ("create_vector_bucket", {"vectorBucketName": "another"}),
    ("create_index", {**BUCKET, "indexName": "another", **SETTINGS}),
]


@pytest.mark.parametrize(("operation", "call"), CREATIONS)
def test_a_creation_has_the_encryption_that_it_asks_for(
    mock: MockS3Vectors, operation: str, call: Any
) -> None:
    wanted = {"StringEquals": {"s3vectors:sseType": "aws:kms", "s3vectors:kmsKeyArn": KEY}}
    creator = mock.iam.user("creator").allow("Create*", when=wanted)
    assert not may(creator, operation, **call)
    assert not may(creator, operation, **call, encryptionConfiguration={"sseType": "AES256"})
    assert may(creator, operation, **call, **ENCRYPTED)


@pytest.mark.parametrize(("operation", "call"), CREATIONS)
def test_a_creation_has_the_tags_that_it_asks_for(mock: MockS3Vectors, operation: str, call: Any) -> None:
    wanted = {
        "StringEquals": {"aws:RequestTag/team": "blue"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "stage"]},
        "Null": {"aws:ResourceTag/Team": "true"},
    }
    creator = mock.iam.user("creator").allow("Create*", "TagResource", when=wanted)
    assert not may(creator, operation, **call)
    assert not may(creator, operation, **call, tags={"Team": "red"})
    # The names of keys ignore case, and their values do not: those of aws:TagKeys are keys of tags.
    assert not may(creator, operation, **call, tags={"team": "blue"})
    assert not may(creator, operation, **call, tags={"Team": "blue", "other": ""})
    assert may(creator, operation, **call, tags={"Team": "blue", "stage": "test"})


def test_a_right_to_tag_at_creation_has_no_keys_of_encryption(mock: MockS3Vectors) -> None:
    creator = mock.iam.user("creator").allow("CreateVectorBucket")
    creator.allow("TagResource", when={"Null": {"s3vectors:sseType": "true", "aws:RequestTag/a": "false"}})
    assert may(creator, "create_vector_bucket", vectorBucketName="another", tags={"a": "b"}, **ENCRYPTED)


def test_a_new_index_has_the_tags_of_its_bucket(mock: MockS3Vectors) -> None:
    creator = mock.iam.user("creator")
    creator.allow("CreateIndex", when={"StringEquals": {"s3vectors:VectorBucketTag/Team": "red"}})
    assert may(creator, "create_index", **BUCKET, indexName="another", **SETTINGS)


def test_tagging_has_the_tags_of_the_request_and_those_that_are_there(mock: MockS3Vectors) -> None:
    own = {"aws:RequestTag/stage": "live", "aws:ResourceTag/stage": "test", "aws:TagKeys": "stage"}
    tagger = mock.iam.user("tagger").allow("TagResource", when={"StringEquals": own})
    assert may(tagger, "tag_resource", resourceArn=INDEX_ARN, tags={"stage": "live"})
    assert not may(tagger, "tag_resource", resourceArn=INDEX_ARN, tags={"stage": "live"})
    assert not may(tagger, "tag_resource", resourceArn=BUCKET_ARN, tags={"stage": "live"})


def test_untagging_has_the_keys_and_no_values(mock: MockS3Vectors) -> None:
    when = {
        "ForAllValues:StringEquals": {"aws:TagKeys": ["stage"]},
        "Null": {"aws:TagKeys": "false", "aws:RequestTag/stage": "true"},
    }
    tagger = mock.iam.user("tagger").allow("UntagResource", when=when)
    assert not may(tagger, "untag_resource", resourceArn=INDEX_ARN, tagKeys=["stage", "Team"])
    assert may(tagger, "untag_resource", resourceArn=INDEX_ARN, tagKeys=["stage"])


# --- where a call comes from --------------------------------------------------------------------


def test_a_call_by_http_is_not_secure(mock: MockS3Vectors) -> None:
    reader = mock.iam.user("reader").allow("GetIndex")
    reader.deny("*", when={"Bool": {"aws:SecureTransport": "false"}})
    assert may(reader, "get_index", **INDEX)
    plain = client_of({**reader, "endpoint_url": "http://s3vectors.us-east-1.api.aws"})
    assert outcome(plain.get_index, **INDEX) is not None


def test_the_time_is_that_of_the_clock(mock: MockS3Vectors) -> None:
    end = datetime.fromtimestamp(START + 60, timezone.utc).isoformat()
    reader = mock.iam.user("reader").allow("GetIndex", when={"DateLessThan": {"aws:CurrentTime": end}})
    assert may(reader, "get_index", **INDEX)
    mock.clock.shift(61)
    assert not may(reader, "get_index", **INDEX)


def test_sessions_of_before_can_be_denied(mock: MockS3Vectors) -> None:
    early = mock.iam.role("early")
    mock.clock.shift(60)
    late = mock.iam.role("late")
    revoked = datetime.fromtimestamp(START + 30, timezone.utc).isoformat()
    for session in (early, late):
        session.allow("GetIndex").deny("*", when={"DateLessThan": {"aws:TokenIssueTime": revoked}})
    assert not may(early, "get_index", **INDEX)
    assert may(late, "get_index", **INDEX)


def test_a_variable_stands_for_a_tag(mock: MockS3Vectors) -> None:
    same = {"StringEquals": {"aws:ResourceTag/Team": "${aws:PrincipalTag/team}"}}
    for color, is_allowed in (("blue", True), ("red", False)):
        reader = mock.iam.user(color, tags={"Team": color}).allow("GetIndex", when=same)
        assert may(reader, "get_index", **INDEX) is is_allowed
