"""Permissions: which calls policies decide about, what each operation needs, and what a denial says."""

from __future__ import annotations

import re
import threading
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import NestedMockWarning, mock_s3vectors
from tests.support import refusals
from tests.support.helpers import BUCKET, BUCKET_ARN, INDEX, INDEX_ARN, ORIGIN, OWNER, SETTINGS
from tests.support.operations import IN_A_BUCKET, IN_AN_INDEX, OF_A_RESOURCE, OF_AN_EMPTY_BUCKET, each_of
from tests.support.permissions import (
    OTHER,
    OWN,
    bucket_policy,
    client_of,
    denial,
    no_policy,
    outcome,
    policy,
    statement,
)
from tests.support.shapes import TAGS, TEXT_SEARCH, needs
from tests.support.text_search import searchable

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client, ClientAt, MakeIndex, Refused


@pytest.fixture
def client(s3vectors_mock: MockS3Vectors) -> Client:
    """The root of the account, with a bucket; see `client_of`."""
    owner = client_of(s3vectors_mock.credentials(OWN))
    owner.create_vector_bucket(**BUCKET)
    return owner


@pytest.fixture
def client_at(s3vectors_mock: MockS3Vectors) -> ClientAt:
    """Clients in other Regions and accounts; see `client_of`."""
    return lambda region="us-east-1", account=OWN: client_of(s3vectors_mock.credentials(account), region)


# --- whose calls policies decide about ----------------------------------------------------------

MODES = (None, "off", "report", "enforce")
CALLERS = {
    "root": f"arn:aws:iam::{OWN}:root",
    "nobody": f"arn:aws:iam::{OWN}:user/nobody",
    "reader": f"arn:aws:iam::{OWN}:user/reader",
    "role": f"arn:aws:sts::{OWN}:assumed-role/reader/session",
    "other root": f"arn:aws:iam::{OTHER}:root",
    "other nobody": f"arn:aws:iam::{OTHER}:user/nobody",
    "other reader": f"arn:aws:iam::{OTHER}:user/reader",
}
NO_IDENTITY, NO_RESOURCE = no_policy("GetIndex"), no_policy("GetIndex", "resource-based policy")
DENIED = "with an explicit deny in a resource-based policy"
# What is said to each caller: by no policy of the bucket, by one that allows it, by one that denies all.
DECISIONS: dict[str, tuple[str | None, str | None, str | None]] = {
    "root": (None, None, DENIED),
    "nobody": (NO_IDENTITY, None, DENIED),
    "reader": (None, None, DENIED),
    "role": (None, None, DENIED),
    "other root": (NO_RESOURCE, None, DENIED),
    "other nobody": (NO_RESOURCE, NO_IDENTITY, DENIED),
    "other reader": (NO_RESOURCE, None, DENIED),
}
MAY_READ = policy(statement("Allow", "Get*"))


def identity(mock: MockS3Vectors, caller: str) -> Any:
    """The credentials of a caller."""
    account, name = (OTHER, caller.removeprefix("other ")) if caller.startswith("other") else (OWN, caller)
    if name == "root":
        return mock.credentials(account)
    if name == "role":
        return mock.iam.role("reader", MAY_READ)
    return mock.iam.user(name, MAY_READ if name == "reader" else None, account=account)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("mode", MODES)
def test_who_is_denied(mode: Any, caller: str) -> None:
    arn = CALLERS[caller]
    policies = (None, bucket_policy("Allow", {"AWS": arn}), bucket_policy("Deny", "*", "Get*"))
    with mock_s3vectors(authorization=mode) as mock:
        owner = client_of(mock.credentials(OWN))
        owner.create_vector_bucket(**BUCKET)
        owner.create_index(**INDEX, **SETTINGS)
        client = client_of(identity(mock, caller))
        for text, decided in zip(policies, DECISIONS[caller], strict=True):
            if text is not None:
                owner.put_vector_bucket_policy(**BUCKET, policy=text)
            is_obeyed = mode == "enforce" or (mode is None and caller != "root")
            message = denial(arn, "GetIndex", INDEX_ARN, decided) if decided else None
            assert outcome(client.get_index, indexArn=INDEX_ARN) == (message if is_obeyed else None)
            last = mock.calls.last
            assert last.caller == arn
            if is_obeyed or mode == "report":
                assert last.decision is not None
                assert last.decision.allowed is (decided is None)
                assert decided is None or last.decision.why == decided
            else:
                assert last.decision is None


@pytest.mark.s3vectors(authorization="enforce")
def test_the_root_that_a_bucket_denies_everything_cannot_delete_the_policy(client: Client) -> None:
    everything = bucket_policy("Deny", "*")
    client.put_vector_bucket_policy(**BUCKET, policy=everything)
    denied = denial(CALLERS["root"], "DeleteVectorBucketPolicy", BUCKET_ARN, DENIED)
    assert outcome(client.delete_vector_bucket_policy, **BUCKET) == denied
    with mock_s3vectors(authorization="off"):
        assert client.get_vector_bucket_policy(**BUCKET)["policy"] == everything


def test_a_report_changes_nothing_of_what_calls_meet(refused: Refused) -> None:
    with mock_s3vectors(authorization="report") as mock:
        nobody = client_of(mock.iam.user("nobody"))
        call = {**BUCKET, "indexName": "in_dex", **SETTINGS}
        # The order in which an operation refuses is that of the operation.
        assert refused(nobody.create_index, **call) == refusals.NO_BUCKET
        assert mock.calls.last.decision is None
        assert refused(nobody.get_index, **INDEX) == refusals.NO_INDEX
        assert mock.calls.last.decision is not None


def test_a_denied_call_changes_nothing(client: Client, s3vectors_mock: MockS3Vectors) -> None:
    nobody = client_of(s3vectors_mock.iam.user("nobody"))
    message = denial(CALLERS["nobody"], "DeleteVectorBucket", BUCKET_ARN, no_policy("DeleteVectorBucket"))
    assert outcome(nobody.delete_vector_bucket, **BUCKET) == message
    assert client.get_vector_bucket(**BUCKET)["vectorBucket"]["vectorBucketArn"] == BUCKET_ARN


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_a_denial_names_arns_of_the_partition(
    s3vectors_mock: MockS3Vectors, region: str, partition: str
) -> None:
    nobody = client_of(s3vectors_mock.iam.user("nobody"), region)
    resource = f"arn:{partition}:s3vectors:{region}:{OWN}:bucket/bucket"
    who = f"arn:{partition}:iam::{OWN}:user/nobody"
    message = denial(who, "GetVectorBucket", resource, no_policy("GetVectorBucket"))
    assert outcome(nobody.get_vector_bucket, **BUCKET) == message


# --- what each operation needs ------------------------------------------------------------------

BY_NAME = [
    *each_of(IN_A_BUCKET, **BUCKET),
    *each_of(OF_AN_EMPTY_BUCKET, **BUCKET),
    *each_of(IN_AN_INDEX, **INDEX),
    *each_of(OF_A_RESOURCE, resourceArn=INDEX_ARN),
]
BY_ARN = [
    *each_of(IN_A_BUCKET, vectorBucketArn=BUCKET_ARN),
    *each_of(OF_AN_EMPTY_BUCKET, vectorBucketArn=BUCKET_ARN),
    *each_of(IN_AN_INDEX, indexArn=INDEX_ARN),
    *each_of(OF_A_RESOURCE, resourceArn=BUCKET_ARN),
]
ON_ALL = [
    *each_of({"create_vector_bucket": {"vectorBucketName": "another"}}),
    *each_of({"list_vector_buckets": {}}),
]


def resource_of(operation: str, call: dict[str, Any]) -> str:
    """The ARN of what a call needs a right on."""
    if operation == "list_vector_buckets":
        return "*"
    if operation == "create_vector_bucket":
        return f"{OWNER}:bucket/another"
    if operation == "create_index":
        return f"{BUCKET_ARN}/index/another"
    if "resourceArn" in call:
        return str(call["resourceArn"])
    return INDEX_ARN if "indexName" in call or "indexArn" in call else BUCKET_ARN


def action_of(operation: str) -> str:
    return operation.title().replace("_", "")


@pytest.mark.parametrize(("operation", "call"), [*BY_NAME, *BY_ARN, *ON_ALL])
def test_each_operation_needs_its_own_right_on_its_resource(
    client: Client, make_index: MakeIndex, s3vectors_mock: MockS3Vectors, operation: str, call: Any
) -> None:
    action, resource = action_of(operation), resource_of(operation, call)
    user = s3vectors_mock.iam.user("user")
    user.allow(action, on="arn:aws:s3vectors:us-east-1:123456789012:bucket/elsewhere")
    user.allow(*(other for other in ("Get*", "List*", "Put*", "Delete*") if action[:3] != other[:3]))
    perform = getattr(client_of(user), operation)
    message = denial(user.arn, action, resource, no_policy(action))
    # Denied wins over missing. Then it exists.
    assert outcome(perform, **call) == message
    if resource.startswith(BUCKET_ARN) and operation != "delete_vector_bucket":
        make_index()
        client.put_vector_bucket_policy(**BUCKET, policy=bucket_policy("Allow", {"AWS": OTHER}))
    assert outcome(perform, **call) == message
    user.allow(action, on=resource)
    assert outcome(perform, **call) is None


@pytest.mark.parametrize(("operation", "call"), [*BY_NAME, *BY_ARN])
def test_a_right_on_what_is_missing_lets_the_call_say_so(
    s3vectors_mock: MockS3Vectors, operation: str, call: Any
) -> None:
    user = client_of(s3vectors_mock.iam.user("user", policy(statement("Allow", "*"))))
    with pytest.raises(ClientError, match="NotFoundException"):
        getattr(user, operation)(**call)


@pytest.mark.parametrize(
    ("operation", "call", "refusal"),
    [
        ("get_vector_bucket", {}, refusals.BAD_BUCKET_ADDRESS),
        ("get_index", BUCKET, refusals.BAD_INDEX_ADDRESS),
        ("get_vector_bucket", {"vectorBucketName": "Bucket"}, refusals.BAD_BUCKET_NAME),
        ("create_vector_bucket", {"vectorBucketName": "Bucket"}, refusals.BAD_BUCKET_NAME),
        ("create_index", {**BUCKET, "indexName": "in_dex", **SETTINGS}, refusals.BAD_INDEX_NAME),
    ],
)
def test_names_are_checked_before_policies_are_asked(
    s3vectors_mock: MockS3Vectors, refused: Refused, operation: str, call: Any, refusal: Any
) -> None:
    nobody = client_of(s3vectors_mock.iam.user("nobody"))
    assert refused(getattr(nobody, operation), **call) == refusal


TAGGED = {"tags": {"team": "blue"}}


@needs(*TAGS)
@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("create_vector_bucket", {"vectorBucketName": "another"}),
        ("create_index", {**BUCKET, "indexName": "another", **SETTINGS}),
    ],
)
@pytest.mark.usefixtures("client")
def test_a_creation_with_tags_needs_to_tag_as_well(
    s3vectors_mock: MockS3Vectors, operation: str, call: Any
) -> None:
    action, resource = action_of(operation), resource_of(operation, call)
    creator = s3vectors_mock.iam.user("creator").allow(action)
    create = getattr(client_of(creator), operation)
    assert outcome(create, **call, **TAGGED) == denial(
        creator.arn, "TagResource", resource, no_policy("TagResource")
    )
    creator.allow("TagResource", on=resource)
    assert outcome(create, **call, **TAGGED) is None
    # The right itself is named first.
    creator.deny(action).deny("TagResource")
    explicit = "with an explicit deny in an identity-based policy"
    assert outcome(create, **call, **TAGGED) == denial(creator.arn, action, resource, explicit)


QUERY = {**ORIGIN, "topK": 1}


@pytest.mark.parametrize(
    ("operation", "more", "needs_get"),
    [
        ("query_vectors", {}, False),
        ("query_vectors", {"returnDistance": True}, False),
        ("query_vectors", {"returnMetadata": False}, False),
        ("query_vectors", {"returnMetadata": True}, True),
        ("query_vectors", {"filter": {"year": 1975}}, True),
        ("list_vectors", {}, False),
        ("list_vectors", {"returnData": False, "returnMetadata": False}, False),
        ("list_vectors", {"returnData": True}, True),
        ("list_vectors", {"returnMetadata": True}, True),
        ("list_vectors", {"segmentCount": 1, "segmentIndex": 0, "maxResults": 1}, False),
    ],
)
def test_reading_more_than_keys_needs_to_get_vectors(
    make_index: MakeIndex, s3vectors_mock: MockS3Vectors, operation: str, more: Any, *, needs_get: bool
) -> None:
    index = make_index()
    reader = s3vectors_mock.iam.user("reader").allow("QueryVectors", "ListVectors", on=INDEX_ARN)
    call = {**index, **(QUERY if operation == "query_vectors" else {}), **more}
    denied = denial(reader.arn, "GetVectors", INDEX_ARN, no_policy("GetVectors")) if needs_get else None
    perform = getattr(client_of(reader), operation)
    assert outcome(perform, **call) == denied
    reader.allow("GetVectors", on=INDEX_ARN)
    assert outcome(perform, **call) is None


@needs(*TEXT_SEARCH)
def test_a_query_by_text_needs_to_get_vectors(make_index: MakeIndex, s3vectors_mock: MockS3Vectors) -> None:
    make_index(metadataConfiguration=searchable("text"))
    reader = s3vectors_mock.iam.user("reader").allow("QueryVectors", on=INDEX_ARN)
    query = {"queryTexts": [{"metadataKey": "text", "text": "word"}], "topK": 1}
    message = denial(reader.arn, "GetVectors", INDEX_ARN, no_policy("GetVectors"))
    assert outcome(client_of(reader).query_vectors, **INDEX, **query) == message


# --- accounts and Regions -----------------------------------------------------------------------


def test_calls_across_accounts_in_both_directions(client_at: ClientAt, s3vectors_mock: MockS3Vectors) -> None:
    places = {account: f"arn:aws:s3vectors:us-east-1:{account}:bucket/bucket" for account in (OWN, OTHER)}
    for account, other in ((OWN, OTHER), (OTHER, OWN)):
        owner, visitor = client_at(account=account), s3vectors_mock.iam.user("visitor", account=other)
        owner.create_vector_bucket(**BUCKET)
        arn = places[account]
        call = client_of(visitor).get_vector_bucket
        lacks = no_policy("GetVectorBucket", "resource-based policy")
        assert outcome(call, vectorBucketArn=arn) == denial(visitor.arn, "GetVectorBucket", arn, lacks)
        owner.put_vector_bucket_policy(**BUCKET, policy=bucket_policy("Allow", {"AWS": other}))
        # The bucket lets the account decide.
        assert outcome(call, vectorBucketArn=arn) == denial(visitor.arn, "GetVectorBucket", arn, lacks)
        visitor.allow("GetVectorBucket", on=arn)
        assert outcome(call, vectorBucketArn=arn) is None
        # By name, it is the visitor's own account.
        own = denial(visitor.arn, "GetVectorBucket", places[other], no_policy("GetVectorBucket"))
        assert outcome(call, **BUCKET) == own


def test_a_policy_counts_for_its_own_bucket_in_its_own_region(
    client: Client, client_at: ClientAt, s3vectors_mock: MockS3Vectors
) -> None:
    nobody = s3vectors_mock.iam.user("nobody")
    client.put_vector_bucket_policy(**BUCKET, policy=bucket_policy("Allow", {"AWS": nobody.arn}))
    client.create_vector_bucket(vectorBucketName="second")
    client_at("eu-west-1").create_vector_bucket(**BUCKET)
    for arn in (f"{OWNER}:bucket/second", BUCKET_ARN.replace("us-east-1", "eu-west-1")):
        message = denial(nobody.arn, "GetVectorBucket", arn, no_policy("GetVectorBucket"))
        assert outcome(client_of(nobody).get_vector_bucket, vectorBucketArn=arn) == message
    assert outcome(client_of(nobody).get_vector_bucket, vectorBucketArn=BUCKET_ARN) is None


def test_a_bucket_of_another_partition_is_another_bucket(
    client: Client, s3vectors_mock: MockS3Vectors
) -> None:
    nobody = s3vectors_mock.iam.user("nobody")
    client.put_vector_bucket_policy(**BUCKET, policy=bucket_policy("Allow", {"AWS": nobody.arn}))
    arn = BUCKET_ARN.replace("arn:aws:", "arn:aws-cn:")
    message = denial(nobody.arn, "GetVectorBucket", arn, no_policy("GetVectorBucket"))
    assert outcome(client_of(nobody).get_vector_bucket, vectorBucketArn=arn) == message


# --- mocks within mocks, indexes that come later, writers beside readers ------------------------


def test_an_inner_mock_begins_with_policies_and_identities_and_undoes_its_own(
    client: Client, s3vectors_mock: MockS3Vectors
) -> None:
    nobody = s3vectors_mock.iam.user("nobody")
    call = client_of(nobody).get_vector_bucket
    client.put_vector_bucket_policy(**BUCKET, policy=bucket_policy("Allow", {"AWS": nobody.arn}))
    with mock_s3vectors():
        assert outcome(call, **BUCKET) is None
        client.put_vector_bucket_policy(**BUCKET, policy=bucket_policy("Deny", {"AWS": nobody.arn}))
        assert outcome(call, **BUCKET) == denial(nobody.arn, "GetVectorBucket", BUCKET_ARN, DENIED)
    assert outcome(call, **BUCKET) is None


def test_a_denial_warns_of_a_bucket_whose_policy_went_with_an_inner_mock(
    client_at: ClientAt, s3vectors_mock: MockS3Vectors
) -> None:
    there = client_at(account=OTHER)
    arn = f"arn:aws:s3vectors:us-east-1:{OTHER}:bucket/bucket"
    with mock_s3vectors():
        there.create_vector_bucket(**BUCKET)
        there.put_vector_bucket_policy(**BUCKET, policy=bucket_policy("Allow", {"AWS": OWN}))
    call = client_of(s3vectors_mock.credentials(OWN)).get_index
    lacks = no_policy("GetIndex", "resource-based policy")
    with pytest.warns(NestedMockWarning, match="bucket"):
        message = outcome(call, indexArn=f"{arn}/index/index")
    assert message == denial(CALLERS["root"], "GetIndex", f"{arn}/index/index", lacks)


@pytest.mark.usefixtures("client")
def test_an_index_is_made_again_without_a_warning_of_the_one_that_went(s3vectors_mock: MockS3Vectors) -> None:
    create = client_of(s3vectors_mock.iam.user("creator").allow("CreateIndex")).create_index
    with mock_s3vectors():
        create(**INDEX, **SETTINGS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        create(**INDEX, **SETTINGS)


@needs(*TAGS)
def test_the_tags_of_an_index_that_is_not_found_yet_do_not_count() -> None:
    with mock_s3vectors(index_delay=5) as mock:
        owner = client_of(mock.credentials(OWN))
        owner.create_vector_bucket(**BUCKET)
        owner.create_index(**INDEX, **SETTINGS, **TAGGED)
        blue = {"StringEquals": {"aws:ResourceTag/team": "blue"}}
        reader = mock.iam.user("reader").allow("GetIndex", when=blue)
        call = client_of(reader).get_index
        assert outcome(call, **INDEX) == denial(reader.arn, "GetIndex", INDEX_ARN, NO_IDENTITY)
        mock.clock.shift(5)
        assert outcome(call, **INDEX) is None


@needs(*TAGS)
def test_policies_and_tags_are_read_while_others_write(
    client: Client, index: dict[str, str], s3vectors_mock: MockS3Vectors
) -> None:
    reader = s3vectors_mock.iam.user("reader")
    # Each of these denies or allows by one tag, so a reader that saw half a change would raise.
    reader.allow("GetIndex", when={"StringEquals": {"aws:ResourceTag/team": "blue"}})
    allow, deny = (bucket_policy(effect, {"AWS": reader.arn}, "GetIndex") for effect in ("Allow", "Deny"))
    done = threading.Event()

    def write() -> None:
        for number in range(30):
            client.put_vector_bucket_policy(**BUCKET, policy=(allow, deny)[number % 2])
            client.tag_resource(resourceArn=INDEX_ARN, tags={"team": ("blue", "red")[number % 2]})
            with suppress(client.exceptions.NotFoundException):
                client.delete_vector_bucket_policy(**BUCKET)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    call, seen = client_of(reader).get_index, set()
    while not done.is_set():
        seen.add(outcome(call, **index))
    writer.join()
    assert seen <= {None, *(denial(reader.arn, "GetIndex", INDEX_ARN, why) for why in (NO_IDENTITY, DENIED))}


def test_a_denial_is_an_error_of_its_own_class(client: Client, s3vectors_mock: MockS3Vectors) -> None:
    nobody = client_of(s3vectors_mock.iam.user("nobody"))
    with pytest.raises(nobody.exceptions.AccessDeniedException) as caught:
        nobody.list_vector_buckets()
    text = denial(CALLERS["nobody"], "ListVectorBuckets", "*", no_policy("ListVectorBuckets"))
    prefix = "An error occurred (AccessDeniedException) when calling the ListVectorBuckets operation: "
    assert re.fullmatch(re.escape(prefix + text), str(caught.value))
    assert client.list_vector_buckets()["vectorBuckets"]
