"""`mock.iam.least_privilege`: the smallest policy with which calls can be made again."""

from __future__ import annotations

import random
from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError, mock_s3vectors
from tests.support.helpers import BUCKET, BUCKET_ARN, INDEX, INDEX_ARN, ORIGIN, OWNER, SETTINGS, vector
from tests.support.operations import IN_A_BUCKET, IN_AN_INDEX, OF_A_RESOURCE
from tests.support.permissions import OTHER, OWN, bucket_policy, client_of, outcome, policy, statement
from tests.support.shapes import TAGS, has, needs

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client

Calls = list[tuple[str, dict[str, Any]]]

QUERY = {**INDEX, **ORIGIN, "topK": 1}
NOTHING = {"Version": "2012-10-17", "Statement": []}


@pytest.fixture
def mock(s3vectors_mock: MockS3Vectors) -> MockS3Vectors:
    return s3vectors_mock


@pytest.fixture
def root(mock: MockS3Vectors) -> Client:
    return client_of(mock.credentials(OWN))


def perform(client: Client, calls: Calls) -> list[str | None]:
    """Make calls, and return the messages of denials."""
    return [outcome(getattr(client, operation), **call) for operation, call in calls]


def create(client: Client, names: dict[str, str] = INDEX) -> None:
    client.create_vector_bucket(vectorBucketName=names["vectorBucketName"])
    client.create_index(**names, **SETTINGS)


def test_actions_on_the_same_resources_share_a_statement(mock: MockS3Vectors, root: Client) -> None:
    create(root)
    create(root, {"vectorBucketName": "second", "indexName": "index"})
    mock.calls.clear()
    second = f"{OWNER}:bucket/second/index/index"
    for address in ({"indexArn": second}, INDEX):
        root.put_vectors(**address, vectors=[vector("a", year=1975)])
        root.get_vectors(**address, keys=["a"])
    root.query_vectors(**QUERY)
    root.list_vector_buckets()
    assert mock.iam.least_privilege() == policy(
        statement("Allow", ["ListVectorBuckets"], ["*"]),
        statement("Allow", ["QueryVectors"], [INDEX_ARN]),
        statement("Allow", ["GetVectors", "PutVectors"], [INDEX_ARN, second]),
    )
    # Also for some of them.
    assert mock.iam.least_privilege(mock.calls.of("QueryVectors")) == policy(
        statement("Allow", ["QueryVectors"], [INDEX_ARN])
    )
    shuffled = list(mock.calls)
    random.Random(1).shuffle(shuffled)
    assert mock.iam.least_privilege(shuffled) == mock.iam.least_privilege()
    assert mock.iam.least_privilege([]) == NOTHING


@pytest.mark.parametrize(
    ("more", "actions"),
    [
        ({}, ["QueryVectors"]),
        ({"returnDistance": True}, ["QueryVectors"]),
        ({"filter": {"year": 1975}}, ["GetVectors", "QueryVectors"]),
        ({"returnMetadata": True}, ["GetVectors", "QueryVectors"]),
    ],
)
def test_get_vectors_is_found_where_a_query_needs_it(
    mock: MockS3Vectors, root: Client, more: Any, actions: list[str]
) -> None:
    create(root)
    root.query_vectors(**QUERY, **more)
    found = mock.iam.least_privilege(mock.calls.of("QueryVectors"))
    assert found == policy(statement("Allow", actions, [INDEX_ARN]))


def test_denied_calls_are_left_out_and_failed_ones_count(mock: MockS3Vectors, root: Client) -> None:
    nobody = mock.iam.user("nobody")
    assert outcome(client_of(nobody).get_vector_bucket, **BUCKET) is not None
    with pytest.raises(root.exceptions.NotFoundException):
        root.delete_index(**INDEX)
    with pytest.raises(root.exceptions.ValidationException):
        root.get_index(vectorBucketName="Bucket", indexName="index")  # names nothing that could exist
    mock.fail("QueryVectors", 503)
    with pytest.raises(ClientError, match="503"):
        root.query_vectors(**QUERY)
    assert mock.iam.least_privilege() == policy(
        statement("Allow", ["DeleteIndex", "QueryVectors"], [INDEX_ARN]),
    )


def test_a_call_that_a_report_says_would_be_denied_counts() -> None:
    with mock_s3vectors(authorization="report") as mock:
        nobody = client_of(mock.iam.user("nobody"))
        nobody.list_vector_buckets()
        assert mock.iam.least_privilege() == policy(statement("Allow", ["ListVectorBuckets"], ["*"]))


def test_calls_into_other_accounts_and_regions(mock: MockS3Vectors, root: Client) -> None:
    there = client_of(mock.credentials(OTHER), "eu-west-1")
    there.create_vector_bucket(**BUCKET)
    there.put_vector_bucket_policy(**BUCKET, policy=bucket_policy("Allow", {"AWS": OWN}))
    mock.calls.clear()
    arn = f"arn:aws:s3vectors:eu-west-1:{OTHER}:bucket/bucket"
    root.get_vector_bucket(vectorBucketArn=arn)
    found = mock.iam.least_privilege()
    assert found == policy(statement("Allow", ["GetVectorBucket"], [arn]))
    call = client_of(mock.iam.user("visitor", found)).get_vector_bucket
    assert outcome(call, vectorBucketArn=arn) is None


@needs(*TAGS)
def test_calls_whose_parameters_were_not_kept_count_as_they_were(mock: MockS3Vectors, root: Client) -> None:
    create(root)
    mock.calls.clear()
    with suppress(ClientError):  # too many constraints
        root.query_vectors(**QUERY, filter={"$or": [{"year": number} for number in range(9_000)]})
    with suppress(ClientError):  # too many tags
        root.create_index(
            **BUCKET, indexName="tagged", **SETTINGS, tags={f"{n}": "v" * 250 for n in range(300)}
        )
    assert "<" in repr(mock.calls[0].params["filter"])
    assert mock.iam.least_privilege() == policy(
        statement("Allow", ["GetVectors", "QueryVectors"], [INDEX_ARN]),
        statement("Allow", ["CreateIndex", "TagResource"], [f"{BUCKET_ARN}/index/tagged"]),
    )


def test_it_refuses_to_guess_when_calls_were_dropped() -> None:
    with mock_s3vectors(calls_kept=1) as mock:
        root = client_of(mock.credentials(OWN))
        root.list_vector_buckets()
        root.list_vector_buckets()
        dropped = "iam.least_privilege.. cannot be answered: 1 older call was dropped"
        with pytest.raises(UsageError, match=dropped):
            mock.iam.least_privilege()
        with pytest.raises(UsageError, match=dropped):
            mock.iam.least_privilege(mock.calls.of("ListVectorBuckets"))
        some = mock.iam.least_privilege([mock.calls.last])
        assert some == policy(statement("Allow", ["ListVectorBuckets"], ["*"]))
        with pytest.raises(UsageError, match=r"give calls, such as mock\.calls"):
            mock.iam.least_privilege(["ListVectorBuckets"])  # type: ignore[list-item] # on purpose
        with pytest.raises(UsageError, match=r"give calls, such as mock\.calls"):
            mock.iam.least_privilege(mock.calls.last)  # type: ignore[arg-type] # on purpose


# --- there and back -----------------------------------------------------------------------------


def everything() -> Calls:
    """Calls of all operations that the model has, in an order in which they succeed."""
    index_calls = {**IN_AN_INDEX}
    delete_index = index_calls.pop("delete_index")
    calls: Calls = [
        ("list_vector_buckets", {}),
        ("create_vector_bucket", {**BUCKET, "tags": {"a": "b"}}),
        ("create_index", {**INDEX, **SETTINGS, "tags": {"a": "b"}}),
        *((operation, {**INDEX, **call}) for operation, call in index_calls.items()),
        ("query_vectors", {**QUERY, "returnMetadata": True}),
        ("list_vectors", {**INDEX, "returnData": True}),
        *((operation, {"resourceArn": BUCKET_ARN, **call}) for operation, call in OF_A_RESOURCE.items()),
        ("delete_index", {**INDEX, **delete_index}),
        *((operation, {**BUCKET, **call}) for operation, call in IN_A_BUCKET.items()),
        ("delete_index", {**BUCKET, "indexName": "another"}),
        ("delete_vector_bucket", BUCKET),
    ]
    return [(name, call) for name, call in calls if has(name.title().replace("_", ""))]


@pytest.mark.usefixtures("no_coverage")
@needs(*TAGS)
def test_with_the_policy_all_calls_can_be_made_and_without_any_action_they_cannot(
    mock: MockS3Vectors, root: Client
) -> None:
    calls = everything()
    assert not any(perform(root, calls))
    found = mock.iam.least_privilege()
    assert not any(perform(client_of(mock.iam.user("all", found)), calls))
    for place, shared in enumerate(found["Statement"]):
        for action in shared["Action"]:
            less = deepcopy(found)
            less["Statement"][place]["Action"].remove(action)
            if not less["Statement"][place]["Action"]:
                del less["Statement"][place]
            user = mock.iam.user(f"user-{place}-{action[10:]}", less)
            with mock_s3vectors():
                denials = [
                    denied for name, call in calls if (denied := _first_denial(client_of(user), name, call))
                ]
            assert denials
            assert all(f" perform: {action} on " in denied for denied in denials)


def _first_denial(client: Client, operation: str, call: dict[str, Any]) -> str | None:
    """Make a call that may fail since one before it was denied."""
    try:
        getattr(client, operation)(**call)
    except client.exceptions.AccessDeniedException as error:
        return str(error)
    except ClientError:
        return None
    return None
