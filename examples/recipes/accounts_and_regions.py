"""Several accounts and Regions: a search that survives the loss of a Region, and a copy between accounts.

To run the tests::

    pytest examples/recipes/accounts_and_regions.py

With the mock, an access key id of 12 digits is the id of an account: `mock.credentials("111122223333")` gives
arguments for a client or a session in it. Each account has its own vector buckets in each Region.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

import boto3
import numpy as np
import pytest
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from mock_s3vectors import mock_s3vectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from types_boto3_s3vectors import S3VectorsClient
    from types_boto3_s3vectors.type_defs import PutInputVectorTypeDef

    from mock_s3vectors import MockS3Vectors

# --- the application

BUCKET, INDEX = "library", "pages"
BATCH = 500  # the most that PutVectors takes


class NoRegionError(Exception):
    """No Region has answered."""


def search(
    session: boto3.Session, regions: Sequence[str], embedding: Sequence[float], most: int = 3
) -> list[str]:
    """Return the keys of the nearest pages, from the first Region that answers.

    Raises:
        NoRegionError: none does.
    """
    for region in regions:
        client = session.client("s3vectors", region_name=region)
        try:
            answer = client.query_vectors(
                vectorBucketName=BUCKET, indexName=INDEX, topK=most, queryVector={"float32": embedding}
            )
        except (ClientError, BotoCoreError) as error:
            if not is_fault_of_region(error):
                raise
        else:
            return [vector["key"] for vector in answer["vectors"]]
    raise NoRegionError(", ".join(regions))


def is_fault_of_region(error: ClientError | BotoCoreError) -> bool:
    """Return whether the Region had a fault or could not be reached: then another one may answer."""
    if isinstance(error, ClientError):
        return error.response["ResponseMetadata"]["HTTPStatusCode"] >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(error, (NoConnectionError, HTTPClientError))


def copy_index(source: S3VectorsClient, target: S3VectorsClient) -> int:
    """Copy all vectors of an index to the index of the same name elsewhere; return how many there were."""
    batch: list[PutInputVectorTypeDef] = []
    count = 0
    pages = source.get_paginator("list_vectors").paginate(
        vectorBucketName=BUCKET, indexName=INDEX, returnData=True, returnMetadata=True
    )
    for page in pages:
        for vector in page["vectors"]:
            batch.append({"key": vector["key"], "data": vector["data"], "metadata": vector["metadata"]})
            if len(batch) == BATCH:
                count += put(target, batch)
                batch = []
    return count + put(target, batch)


def put(client: S3VectorsClient, batch: list[PutInputVectorTypeDef]) -> int:
    """Put a batch, unless it is empty; return its length."""
    if batch:
        client.put_vectors(vectorBucketName=BUCKET, indexName=INDEX, vectors=batch)
    return len(batch)


# --- its tests

STAGING, PRODUCTION = "111122223333", "444455556666"
HOME, ABROAD = "eu-central-1", "us-west-2"


@pytest.fixture
def mock() -> Iterator[MockS3Vectors]:
    with mock_s3vectors(skip_retry_delays=True) as mock:
        yield mock


@pytest.fixture
def staging(mock: MockS3Vectors) -> boto3.Session:
    return boto3.Session(**mock.credentials(STAGING), region_name=HOME)


@pytest.fixture
def production(mock: MockS3Vectors) -> boto3.Session:
    return boto3.Session(**mock.credentials(PRODUCTION), region_name=HOME)


# --- Regions


@pytest.fixture
def two_regions(mock: MockS3Vectors) -> None:
    for region in (HOME, ABROAD):
        mock.seed(BUCKET, INDEX, [[1, 0], [0, 1]], keys=["a", "b"], region=region, account=PRODUCTION)


@pytest.mark.usefixtures("two_regions")
def test_the_first_region_answers(mock: MockS3Vectors, production: boto3.Session) -> None:
    assert search(production, [HOME, ABROAD], [1, 0]) == ["a", "b"]
    mock.assert_called("QueryVectors", times=1, region=HOME, account=PRODUCTION)
    mock.assert_not_called(region=ABROAD)


@pytest.mark.usefixtures("two_regions")
@pytest.mark.parametrize("fault", ["error", "connection"])
def test_the_other_region_answers(mock: MockS3Vectors, production: boto3.Session, fault: str) -> None:
    if fault == "error":
        mock.fail("QueryVectors", 503, region=HOME)
    else:
        mock.disconnect("QueryVectors", "timeout", region=HOME)
    assert search(production, [HOME, ABROAD], [1, 0]) == ["a", "b"]
    mock.assert_called("QueryVectors", times=1, region=ABROAD)


@pytest.mark.usefixtures("two_regions")
def test_no_region_answers(mock: MockS3Vectors, production: boto3.Session) -> None:
    mock.fail("QueryVectors", "ServiceUnavailableException")
    with pytest.raises(NoRegionError, match="eu-central-1, us-west-2"):
        search(production, [HOME, ABROAD], [1, 0])


@pytest.mark.usefixtures("two_regions")
def test_a_mistake_is_not_made_twice(mock: MockS3Vectors, production: boto3.Session) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        search(production, [HOME, ABROAD], [1, 2, 3])
    mock.assert_not_called(region=ABROAD)


# --- accounts


def test_a_copy_into_another_account(
    mock: MockS3Vectors, staging: boto3.Session, production: boto3.Session
) -> None:
    vectors = np.random.default_rng(0).random((1_234, 8))
    metadata = [{"page": number} for number in range(len(vectors))]
    mock.seed(BUCKET, INDEX, vectors, metadata=metadata, region=HOME, account=STAGING)
    mock.seed(BUCKET, INDEX, np.empty((0, 8)), region=HOME, account=PRODUCTION)
    assert copy_index(staging.client("s3vectors"), production.client("s3vectors")) == 1_234

    source = mock.index(BUCKET, INDEX, account=STAGING)
    target = mock.index(BUCKET, INDEX, account=PRODUCTION)
    assert dict(target.metadata) == dict(source.metadata)
    assert all(np.array_equal(target[key].vector, source[key].vector) for key in source)
    mock.assert_called("PutVectors", times=3, account=PRODUCTION)
    mock.assert_not_called("PutVectors", account=STAGING)


def test_accounts_do_not_see_each_other(
    mock: MockS3Vectors, staging: boto3.Session, production: boto3.Session
) -> None:
    mock.seed(BUCKET, INDEX, [[1, 0]], region=HOME, account=STAGING)
    assert len(staging.client("s3vectors").list_vector_buckets()["vectorBuckets"]) == 1
    assert production.client("s3vectors").list_vector_buckets()["vectorBuckets"] == []


def test_another_account_needs_the_policy_of_the_bucket(
    mock: MockS3Vectors, staging: boto3.Session, production: boto3.Session
) -> None:
    mock.seed(BUCKET, INDEX, [[1, 0]], region=HOME, account=STAGING)
    arn = mock.index(BUCKET, INDEX, account=STAGING).arn
    with pytest.raises(ClientError, match="because no resource-based policy allows the s3vectors:GetIndex"):
        production.client("s3vectors").get_index(indexArn=arn)

    allowed = {"Effect": "Allow", "Action": "s3vectors:GetIndex", "Resource": arn}
    policy = {"Version": "2012-10-17", "Statement": {**allowed, "Principal": {"AWS": PRODUCTION}}}
    owner = staging.client("s3vectors")
    owner.put_vector_bucket_policy(vectorBucketName=BUCKET, policy=json.dumps(policy))
    assert production.client("s3vectors").get_index(indexArn=arn)["index"]["indexArn"] == arn
