"""User code under the decorator and the fixtures, in which mypy finds nothing to say."""

import unittest
from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import boto3
import pytest
from types_boto3_s3vectors import S3VectorsClient
from typing_extensions import assert_type

from mock_s3vectors import (
    Call,
    Calls,
    Checkpoint,
    Clock,
    Config,
    Decision,
    Description,
    IamIdentity,
    IndexView,
    KmsKey,
    MockS3Vectors,
    Rule,
    S3VectorsServer,
    StoredVector,
    Usage,
    VectorBucketView,
    Workbench,
    current_mock,
    mock_s3vectors,
    patch_client,
    s3vectors_server,
)
from mock_s3vectors.transfer import Deleted, delete_matching, delete_matching_async


@mock_s3vectors
def plain(client: S3VectorsClient, top_k: int = 3) -> list[str]:
    answer = client.query_vectors(
        vectorBucketName="bucket", indexName="index", topK=top_k, queryVector={"float32": [0.1]}
    )
    return [vector["key"] for vector in answer["vectors"]]


@mock_s3vectors(account_id="111122223333", search_engine="hnsw", hnsw_m=16)
async def coroutine(name: str) -> int:
    return len(name)


@mock_s3vectors(config=Config(max_vector_buckets=3))
def generator() -> Iterator[str]:
    yield "a"


@mock_s3vectors(default_index_mode="CLASSIC", text_build_seconds=0.5)
async def async_generator() -> AsyncIterator[str]:
    yield "a"


@mock_s3vectors
class TestPlain:
    answer: int = 42

    def test_it(self) -> None:
        assert_type(self.answer, int)


@mock_s3vectors()
class TestUnit(unittest.TestCase):
    def test_it(self) -> None:
        self.assertEqual(1, 1)  # noqa: PT009 - as users of unittest write it


@pytest.mark.s3vectors(search_engine="hnsw")
def test_fixtures(s3vectors_client: S3VectorsClient, s3vectors_mock: MockS3Vectors) -> None:
    s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
    other = boto3.client("s3vectors", "eu-west-1", **s3vectors_mock.credentials("111122223333"))
    patch_client(other)
    s3vectors_mock.reset()


assert_type(plain(boto3.client("s3vectors"), top_k=1), list[str])
assert_type(TestPlain().answer, int)
with mock_s3vectors() as mock:
    assert_type(mock, MockS3Vectors)
    assert_type(mock.config, Config)


async def inside() -> None:
    assert_type(await coroutine("a"), int)
    async with mock_s3vectors(max_vectors_per_index=3) as mock:
        assert_type(mock, MockS3Vectors)


def is_first(call: Call) -> bool:
    return call.attempt == 1 and call.params.get("topK", 0) > 3 and call.operation is not None


def throttle(mock: Workbench, times: int | None = None) -> Rule:
    mock.on("PutVectors", indexName="plots", when=is_first, region="us-east-1").fail(503, times=times)
    mock.on(["QueryVectors", "GetVectors"], topK=ANY).delay((0.1, 0.5), probability=0.5, seed=1)
    mock.on("QueryVectors").delay(lambda call: 0.1 * call.attempt, optional=True)
    mock.on("PutVectors").limit(requests=5, vectors=2500, per=1.0)
    mock.on("CreateIndex").disconnect("timeout", applied=True, after=1)
    mock.on("QueryVectors").answer({"vectors": [], "distanceMetric": "cosine"})
    mock.delay("*", 0.2, account="111122223333")
    mock.disconnect("GetIndex", vectorBucketName="films")
    mock.limit_as_on_aws().remove()
    return mock.fail("PutVectors", "TooManyRequestsException", "slow down", indexName="plots", topK=None)


@mock_s3vectors
def steered() -> None:
    mock = current_mock()
    assert_type(mock, Workbench)
    with throttle(mock) as rule:
        assert_type(rule, Rule)
        assert_type(rule.hits, int)
    assert_type(mock.rules, tuple[Rule, ...])
    assert_type(mock.calls, Calls)
    assert_type(mock.calls.of("PutVectors", indexName="plots"), Calls)
    assert_type(mock.calls.only("PutVectors"), Call)
    assert_type(mock.calls.last.error, str | None)
    assert_type([call.duration for call in mock.calls], list[float | None])
    mock.assert_called("PutVectors", times=2, indexName="plots")
    mock.assert_not_called("DeleteVectors")
    mock.clock.move_to(datetime(2027, 1, 31, tzinfo=timezone.utc))
    mock.clock.move_to("2027-01-31T12:00:00Z")
    assert_type(mock.clock, Clock)
    assert_type(mock.clock.now(), float)


def test_state(s3vectors_server: S3VectorsServer) -> None:
    mock = s3vectors_server.mock
    view = mock.seed("films", "plots", [[0.1, 0.2]], keys=["a"], metadata=[{"year": 1979}])
    assert_type(view, IndexView)
    assert_type(mock.seed("films", "plots", Path("films.jsonl"), region="eu-west-1"), IndexView)
    assert_type(mock.seed("films.npz", "films", "plots", distance_metric="euclidean"), IndexView)
    assert_type(mock.seed(Path("films.npz"), bucket="films", index="plots"), IndexView)
    assert_type(mock.seed(Path("films.db")), IndexView | tuple[IndexView, ...])
    assert_type(mock.index("films", "plots")["a"], StoredVector)
    assert_type(mock.bucket("films", region="eu-west-1"), VectorBucketView)
    assert_type(mock.usage(), Usage)
    assert_type(mock.describe(), Description)
    with mock.rollback():
        point = mock.checkpoint()
        assert_type(point, Checkpoint)
        assert_type(mock.restore(point), None)
    assert_type(mock.kms.key(region="eu-west-1").admit_indexing(admit=False).disable(), KmsKey)
    assert_type(mock.iam.user("reader").allow("GetVectors", on=view), IamIdentity)
    assert_type(mock.iam.role("batch", tags={"team": "films"}), IamIdentity)
    assert_type(mock.calls.last.decision, Decision | None)
    assert_type(mock.kms.key(arn="arn:aws:kms:us-east-1:123456789012:key/1").arn, str)
    mock.save("films.db")
    mock.load(Path("films.db"))


@mock_s3vectors(state="films.db")
@mock_s3vectors(state=Path("films.db"))
@mock_s3vectors(state=None)
def saved() -> None: ...


async def forget(client: S3VectorsClient, async_client: Any) -> None:
    outcome = delete_matching(
        client,
        vector_bucket_name="agent",
        index_name="memories",
        filter={"pinned": False},
        older_than={"created_at": timedelta(days=30), "used_at": "12h"},
        on_batch=lambda so_far: print(so_far.deleted),  # noqa: T201 - as users do
    )
    assert_type(outcome, Deleted)
    assert_type(
        (outcome.matched, outcome.deleted, outcome.changed, outcome.undated), tuple[int, int, int, int]
    )
    assert_type(outcome.sample, Mapping[str, dict[str, Any]])
    delete_matching(
        client, index_arn="arn", keys={"a"}, dry_run=True, now=datetime.now(timezone.utc), segments=16
    )
    arn = "arn:aws:s3vectors:us-east-1:123456789012:bucket/agent/index/memories"
    assert_type(await delete_matching_async(async_client, index_arn=arn, keys=["a"]), Deleted)


with s3vectors_server() as server:
    assert_type(server, S3VectorsServer)
    assert_type(server.mock, Workbench)
