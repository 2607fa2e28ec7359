"""Every client sees the same of S3 Vectors: answers, errors, pages, and calls that are made at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.operations import OPERATIONS
from tests.support.bulk import BULKY, BULKY_SETTINGS, at_the_limit
from tests.support.helpers import POLICY, put_batches, vector
from tests.support.life_cycle import (
    LATER,
    LIFE_CYCLE,
    TOO_LARGE,
    expected_of,
    seen_of,
    steps_for,
    vocabulary_of,
)
from tests.support.shapes import MODES, QUERY_PAGES, TAGS, TEXT_SEARCH, needs, service_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.drivers import Driver

BUCKET = {"vectorBucketName": "bucket"}
INDEX = {**BUCKET, "indexName": "index"}
ORIGIN = {"queryVector": {"float32": [0, 0]}}


@pytest.fixture
def client(driver: Driver) -> Iterator[Any]:
    with driver.mock(default_index_mode="ENHANCED", verify_signatures=True):
        yield driver.client()


def create_index(client: Any, name: str = "index", **settings: Any) -> None:
    described = {"dataType": "float32", "dimension": 2, "distanceMetric": "euclidean", **settings}
    client.create_index(**BUCKET, indexName=name, **described)


@pytest.fixture
def index(client: Any) -> dict[str, str]:
    """An empty index."""
    client.create_vector_bucket(**BUCKET)
    create_index(client)
    return INDEX


# --- the life of a bucket ---------------------------------------------------------------------------


@needs(*TAGS)
def test_the_life_cycle(driver: Driver, client: Any) -> None:
    steps = steps_for(vocabulary_of(service_model()))
    assert seen_of(steps, partial(driver.perform, client)) == expected_of(steps)


@needs(*MODES, *TEXT_SEARCH)
def test_the_life_cycle_has_all_operations_and_boto3_knows_them() -> None:
    assert {step.operation for step in LIFE_CYCLE} == set(OPERATIONS)
    assert vocabulary_of(service_model()) >= LATER
    assert steps_for(vocabulary_of(service_model())) == LIFE_CYCLE


def test_vectors_as_every_model_has_them(driver: Driver, client: Any, index: dict[str, str]) -> None:
    """Models that are older than tags cannot perform the life cycle."""
    answer = partial(driver.perform, client)
    records = [vector("a", (0.9, 0), year=1942, text="Casablanca"), vector("b", (3, 4), year=1960)]
    assert answer("PutVectors", {**index, "vectors": [*records, vector("c", (0, 0))]}) == {}
    # Stored as float32, and written as double.
    got = answer(
        "GetVectors", {**index, "keys": ["a", "missing"], "returnData": True, "returnMetadata": True}
    )
    assert got == {"vectors": [vector("a", (0.8999999761581421, 0.0), year=1942, text="Casablanca")]}
    listed = answer("ListVectors", index)
    assert sorted(record["key"] for record in listed["vectors"]) == ["a", "b", "c"]

    question = {**index, **ORIGIN, "topK": 3}
    found = answer("QueryVectors", {**question, "returnDistance": True, "returnMetadata": True})
    assert found["vectors"] == [
        {"key": "c", "distance": 0.0, "metadata": {}},
        {"key": "a", "distance": 0.809999942779541, "metadata": {"year": 1942, "text": "Casablanca"}},
        {"key": "b", "distance": 25.0, "metadata": {"year": 1960}},
    ]
    newer = answer("QueryVectors", {**question, "filter": {"year": {"$gt": 1950}}})
    assert newer["vectors"] == [{"key": "b"}]
    assert answer("DeleteVectors", {**index, "keys": ["c", "missing"]}) == {}
    left = answer("QueryVectors", question)
    assert left["vectors"] == [{"key": "a"}, {"key": "b"}]


def test_buckets_and_indexes_as_every_model_has_them(
    driver: Driver, client: Any, index: dict[str, str]
) -> None:
    answer = partial(driver.perform, client)
    (bucket,) = answer("ListVectorBuckets", {})["vectorBuckets"]
    arn = "arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket"
    assert (bucket["vectorBucketName"], bucket["vectorBucketArn"]) == ("bucket", arn)
    shown = answer("GetVectorBucket", BUCKET)["vectorBucket"]
    assert bucket.items() <= shown.items()
    assert shown["encryptionConfiguration"] == {"sseType": "AES256"}
    (listed,) = answer("ListIndexes", BUCKET)["indexes"]
    assert (listed["indexName"], listed["indexArn"]) == ("index", f"{arn}/index/index")
    described = answer("GetIndex", {"indexArn": f"{arn}/index/index"})["index"]
    assert listed.items() <= described.items()
    settings = {"dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}
    assert settings.items() <= described.items()
    assert answer("PutVectorBucketPolicy", {**BUCKET, "policy": POLICY}) == {}
    assert answer("GetVectorBucketPolicy", BUCKET) == {"policy": POLICY}
    assert answer("DeleteVectorBucketPolicy", BUCKET) == {}
    missing = answer("GetVectorBucketPolicy", BUCKET)
    assert (missing.code, missing.message) == (
        "NotFoundException",
        "The specified vector bucket policy could not be found",
    )
    assert answer("DeleteIndex", index) == {}
    assert answer("DeleteVectorBucket", BUCKET) == {}
    assert answer("ListVectorBuckets", {}) == {"vectorBuckets": []}


def test_response_metadata(client: Any) -> None:
    one, other = (client.list_vector_buckets()["ResponseMetadata"] for _ in range(2))
    assert one["HTTPStatusCode"] == 200
    assert one["RetryAttempts"] == 0
    assert one["HTTPHeaders"]["content-type"] == "application/json"
    assert one["RequestId"] == one["HTTPHeaders"]["x-amzn-requestid"]
    assert one["RequestId"] != other["RequestId"]


def test_responses_are_held_against_the_model(in_process: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """As conftest.py promises for every test."""
    monkeypatch.setitem(OPERATIONS, "ListVectorBuckets", lambda *_: {"nextToken": "next"})
    with (
        in_process.mock(),
        pytest.raises(AssertionError, match=r"ListVectorBuckets lacks \{'vectorBuckets'\}"),
    ):
        in_process.client().list_vector_buckets()


# --- errors -----------------------------------------------------------------------------------------


def test_errors_are_the_exceptions_of_the_client(driver: Driver, client: Any, index: dict[str, str]) -> None:
    exceptions = client.exceptions
    with pytest.raises(exceptions.NotFoundException) as missing:
        client.get_vector_bucket(vectorBucketName="missing")
    assert str(missing.value) == (
        "An error occurred (NotFoundException) when calling the GetVectorBucket operation: "
        "The specified vector bucket could not be found"
    )
    assert missing.value.response["message"] == "The specified vector bucket could not be found"
    metadata = missing.value.response["ResponseMetadata"]
    assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (404, 0)
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]
    assert metadata["HTTPHeaders"]["x-amzn-errortype"] == "NotFoundException"

    with pytest.raises(exceptions.ConflictException) as conflict:
        client.create_vector_bucket(**BUCKET)
    assert conflict.value.response["Error"] == {
        "Code": "ConflictException",
        "Message": "A vector bucket with the specified name already exists",
    }
    assert conflict.value.operation_name == "CreateVectorBucket"

    with pytest.raises(exceptions.ValidationException) as invalid:
        client.query_vectors(**index, queryVector={"float32": [1, 2]}, topK=1, filter={"$not": []})
    assert isinstance(invalid.value, exceptions.ClientError)
    assert str(invalid.value) == (
        "An error occurred (ValidationException) when calling the QueryVectors operation: Invalid filter"
    )
    response = invalid.value.response
    assert response["fieldList"] == [{"path": "filter", "message": "Invalid filter"}]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["ResponseMetadata"]["RetryAttempts"] == 0

    # Classes of one client catch what another raises only by ClientError, as with AWS.
    assert issubclass(driver.client().exceptions.NotFoundException, exceptions.ClientError)


def test_a_refused_record_is_named(driver: Driver, client: Any, index: dict[str, str]) -> None:
    refused = driver.perform(client, "PutVectors", {**index, "vectors": [vector("a", (1, 2, 3))]})
    text = "vector must have length 2, but has length 3"
    assert (refused.code, refused.message) == (
        "ValidationException",
        f"Invalid record for key 'a': {text}",
    )
    assert refused.fields == [{"path": "vectors[0]", "message": text}]


# --- pages ------------------------------------------------------------------------------------------

# By paginator: the list in a page, the name of its items, how many there are, and parameters.
PAGED: dict[str, tuple[str, str, int, dict[str, Any]]] = {
    "list_vector_buckets": ("vectorBuckets", "vectorBucketName", 5, {}),
    "list_indexes": ("indexes", "indexName", 5, BUCKET),
    "list_vectors": ("vectors", "key", 250, INDEX),
    "query_vectors": ("vectors", "key", 250, {**INDEX, **ORIGIN, "topK": 250}),
}


@pytest.fixture
def filled(client: Any, index: dict[str, str]) -> list[str]:
    """Five buckets; in one of them five indexes; in one of these 250 vectors, whose keys are returned."""
    for number in range(4):
        client.create_vector_bucket(vectorBucketName=f"bucket-{number}")
        create_index(client, f"index-{number}", distanceMetric="cosine")
    return put_batches(client, index, [vector(f"key-{number:03}", (number, 0)) for number in range(250)])


def pages(client: Any, operation: str, size: int | None = None) -> list[list[str]]:
    """The names on each page; all pages but the last have a token."""
    members, name, _, parameters = PAGED[operation]
    limit = {"PaginationConfig": {"PageSize": size}} if size else {}
    found = list(client.get_paginator(operation).paginate(**parameters, **limit))
    assert ["nextToken" in page for page in found] == [True] * (len(found) - 1) + [False]
    return [[item[name] for item in page[members]] for page in found]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("operation", ["list_vector_buckets", "list_indexes", "list_vectors"])
def test_paginators(client: Any, operation: str) -> None:
    members, name, count, parameters = PAGED[operation]
    complete = client.get_paginator(operation).paginate(**parameters).build_full_result()[members]
    listed = [item[name] for item in complete]
    assert len(set(listed)) == len(listed) == count
    assert pages(client, operation, 2) == [listed[start : start + 2] for start in range(0, count, 2)]


@pytest.mark.usefixtures("filled")
def test_pages_of_buckets_and_indexes_are_in_the_order_of_names(client: Any) -> None:
    assert pages(client, "list_vector_buckets", 2) == [
        ["bucket", "bucket-0"],
        ["bucket-1", "bucket-2"],
        ["bucket-3"],
    ]
    assert pages(client, "list_indexes", 3) == [["index", "index-0", "index-1"], ["index-2", "index-3"]]


@needs(*QUERY_PAGES)
def test_pages_of_hits(client: Any, filled: list[str]) -> None:
    assert pages(client, "query_vectors") == [filled[:100], filled[100:200], filled[200:]]
    paginator = client.get_paginator("query_vectors")
    complete = paginator.paginate(**PAGED["query_vectors"][3]).build_full_result()["vectors"]
    assert [hit["key"] for hit in complete] == filled


def test_pages_are_of_500_vectors(client: Any, index: dict[str, str]) -> None:
    keys = put_batches(client, index, [vector(f"{number}", (number, 0)) for number in range(1_200)])
    found = pages(client, "list_vectors")
    assert [len(page) for page in found] == [500, 500, 200]
    assert sorted(key for page in found for key in page) == sorted(keys)


def test_a_paginator_goes_on_where_another_ended(client: Any, filled: list[str]) -> None:
    paginator = client.get_paginator("list_vectors")
    listed = [record["key"] for record in paginator.paginate(**INDEX).build_full_result()["vectors"]]
    assert sorted(listed) == filled
    settings = {"MaxItems": 120, "PageSize": 50}
    first = paginator.paginate(**INDEX, PaginationConfig=settings).build_full_result()
    assert [record["key"] for record in first["vectors"]] == listed[:120]
    rest = paginator.paginate(**INDEX, PaginationConfig={"StartingToken": first["NextToken"]})
    assert list(rest.search("vectors[].key")) == listed[120:]


def test_all_paginators_are_tested(client: Any) -> None:
    known = set(client.meta.method_to_api_mapping)
    assert {operation for operation in known if client.can_paginate(operation)} <= set(PAGED)
    assert not client.can_paginate("create_vector_bucket")


# --- many calls, long calls, second calls -----------------------------------------------------------


def test_a_hundred_calls_at_once_are_answered_each_its_own(
    driver: Driver, client: Any, index: dict[str, str]
) -> None:
    keys = [f"v{number:02}" for number in range(100)]
    puts = [{**index, "vectors": [vector(key, (number, 0))]} for number, key in enumerate(keys)]
    stored = driver.at_once(client, "put_vectors", puts)
    assert [answer["ResponseMetadata"]["HTTPStatusCode"] for answer in stored] == [200] * 100
    queries = [
        {**index, "queryVector": {"float32": [number, 0]}, "topK": 1, "returnDistance": True}
        for number in range(100)
    ]
    found = driver.at_once(client, "query_vectors", queries)
    assert [answer["vectors"] for answer in found] == [[{"key": key, "distance": 0.0}] for key in keys]


def test_one_of_many_racing_calls_creates_the_bucket(driver: Driver, client: Any) -> None:
    outcomes = driver.at_once(client, "create_vector_bucket", [BUCKET] * 10)
    lost = [outcome for outcome in outcomes if isinstance(outcome, client.exceptions.ConflictException)]
    assert len(lost) == 9
    assert {outcome.response["Error"]["Message"] for outcome in lost} == {
        "A vector bucket with the specified name already exists"
    }
    assert [found["vectorBucketName"] for found in client.list_vector_buckets()["vectorBuckets"]] == [
        "bucket"
    ]


@pytest.mark.usefixtures("no_coverage")
@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")  # aiohttp, of aiobotocore
def test_a_body_of_20_mib_and_one_of_a_byte_more(driver: Driver, client: Any) -> None:
    client.create_vector_bucket(**BUCKET)
    create_index(client, BULKY["indexName"], **BULKY_SETTINGS)
    sizes: list[int] = []

    def note_size(params: dict[str, Any], **_: Any) -> None:
        sizes.append(len(params["body"]))

    client.meta.events.register("before-call.s3vectors.PutVectors", note_size)
    put = partial(driver.perform, client, "PutVectors")

    def measure(parameters: dict[str, Any]) -> int:
        # A fast client writes the same without spaces, but for bodies that may be too long.
        with mock_s3vectors(shared=True, fast_client=False):
            assert put(parameters) == {}
        return sizes[0]

    assert at_the_limit(measure, put, client) == [(TOO_LARGE, 0), ({}, 0)]
    assert sizes[1:] == [20_971_521, 20_971_520]
