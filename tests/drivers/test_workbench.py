"""The workbench works alike for every client, and for calls of `requests` with and without a signature."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError

from mock_s3vectors import current_mock, mock_s3vectors, s3vectors_server
from tests.support.drivers import KINDS, Driver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_s3vectors import MockS3Vectors, S3VectorsServer, Workbench

BUCKET = {"vectorBucketName": "films"}
INDEX = {**BUCKET, "indexName": "plots"}
NEW_INDEX = {**INDEX, "dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
QUERY = {**INDEX, "topK": 1, "queryVector": {"float32": [1.0, 2.0]}}
LIST = "ListVectorBuckets"
FAR = 5_000_000_000
ACCOUNT = "111122223333"


class Caller:
    """Calls by some library, each of them once: a call returns the answer, or the name of what went wrong."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def mock(self) -> MockS3Vectors | S3VectorsServer:
        return self._driver.mock(account_id=ACCOUNT)

    def begin(self, region: str = "us-east-1") -> None:
        """Make a client in the mock that is on."""
        config = self._driver.config(read_timeout=0.5, retries={"total_max_attempts": 1})
        keys: Any = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "testing"}
        self.client = self._driver.client(region=region, config=config, **keys)

    def call(self, operation: str, **parameters: Any) -> Any:
        try:
            answer = self._driver.perform(self.client, operation, parameters)
        except BotoCoreError as error:
            return type(error).__name__
        return answer.code if hasattr(answer, "code") else answer

    def close(self) -> None:
        self._driver.close()


class Requests(Caller):
    """`requests`, in this process or to a server, with a signature or without."""

    def __init__(self, *, signed: bool, served: bool) -> None:
        self._signed, self._served = signed, served

    def mock(self) -> MockS3Vectors | S3VectorsServer:
        self._on = (s3vectors_server if self._served else mock_s3vectors)(account_id=ACCOUNT)
        return self._on

    def begin(self, region: str = "us-east-1") -> None:
        aws = f"https://s3vectors.{region}.api.aws"
        self._url, self._region = getattr(self._on, "url", aws), region

    def call(self, operation: str, **parameters: Any) -> Any:
        request = AWSRequest("POST", f"{self._url}/{operation}", data=json.dumps(parameters))
        if self._signed:
            SigV4Auth(Credentials(ACCOUNT, "testing"), "s3vectors", self._region).add_auth(request)
        try:
            answer = requests.post(
                str(request.url), data=request.data, headers=dict(request.headers), timeout=0.5
            )
        except requests.RequestException as error:
            return type(error).__name__
        if answer.status_code >= 400:
            return answer.headers.get("x-amzn-errortype") or str(answer.status_code)
        return answer.json() if answer.content else {}

    def close(self) -> None:
        """Do nothing: each call closes its own connection."""


CALLERS: dict[str, Callable[[], Caller]] = {
    **{kind.name: lambda kind=kind: Caller(kind()) for kind in KINDS},  # type: ignore[misc] # has a default
    "requests": lambda: Requests(signed=False, served=False),
    "requests, signed": lambda: Requests(signed=True, served=False),
    "requests, server": lambda: Requests(signed=False, served=True),
    "requests, signed, server": lambda: Requests(signed=True, served=True),
}


@pytest.fixture(params=CALLERS)
def caller(request: pytest.FixtureRequest) -> Iterator[Caller]:
    made = CALLERS[request.param]()
    yield made
    made.close()


@pytest.fixture
def bench(caller: Caller) -> Iterator[Workbench]:
    """The workbench of a mock that is on, with a bucket, an index and a vector."""
    with caller.mock() as on:
        caller.begin()
        assert caller.call("CreateVectorBucket", **BUCKET) is not None
        caller.call("CreateIndex", **NEW_INDEX)
        caller.call("PutVectors", **INDEX, vectors=[{"key": "a", "data": {"float32": [1, 2]}}])
        on.mock.calls.clear()
        assert current_mock() is on.mock
        yield on.mock


def test_fail(caller: Caller, bench: Workbench) -> None:
    rule = bench.on("GetIndex", indexName="plots", account=ACCOUNT, region="us-east-1").fail(
        "TooManyRequestsException", times=2
    )
    other = bench.fail("GetIndex", 502, indexName="others", optional=True)
    found = [caller.call("GetIndex", **INDEX) for _ in range(3)]
    assert found[:2] == ["TooManyRequestsException"] * 2
    assert found[2]["index"]["indexName"] == "plots"
    assert caller.call("GetIndex", **BUCKET, indexName="others") == "502"
    assert (rule.hits, other.hits) == (2, 1)
    assert [(call.status, call.error) for call in bench.calls] == [
        *[(429, "TooManyRequestsException")] * 2,
        (200, None),
        (502, "502"),
    ]


def test_the_newest_rule_that_matches_decides(caller: Caller, bench: Workbench) -> None:
    bench.fail(LIST, "AccessDeniedException")
    bench.delay(LIST, 0.01)
    with bench.on(LIST).answer({"vectorBuckets": []}, times=1) as answering:
        assert caller.call(LIST) == {"vectorBuckets": []}
        assert caller.call(LIST) == "AccessDeniedException"
    first, second = bench.calls
    assert (first.rule, first.delay, second.delay) == (answering, 0, 0.01)


def test_limit_by_the_clock_of_the_mock(caller: Caller, bench: Workbench) -> None:
    bench.clock.freeze()
    bench.on("QueryVectors").limit(requests=2, per=60)
    found = [caller.call("QueryVectors", **QUERY) for _ in range(3)]
    assert [found[0]["vectors"][0]["key"], found[2]] == ["a", "TooManyRequestsException"]
    bench.clock.shift(60)
    assert caller.call("QueryVectors", **QUERY) == found[0]


def test_disconnect(caller: Caller, bench: Workbench) -> None:
    bench.disconnect("CreateVectorBucket", "reset", applied=True, times=1)
    bench.disconnect("CreateVectorBucket", "reset", vectorBucketName="not-made")
    names = {"vectorBucketName": "made"}
    lost = caller.call("CreateVectorBucket", **names)
    assert lost in ("ConnectionClosedError", "EndpointConnectionError", "ConnectionError")
    assert caller.call("CreateVectorBucket", **names) == "ConflictException"
    assert caller.call("CreateVectorBucket", vectorBucketName="not-made") == lost
    assert [call.error for call in bench.calls] == ["reset", "ConflictException", "reset"]
    assert bench.bucket("made").name == "made"
    assert caller.call("GetVectorBucket", vectorBucketName="not-made") == "NotFoundException"


def test_answer(caller: Caller, bench: Workbench) -> None:
    given = {"vectors": [{"key": "given", "metadata": {"n": 1}}]}
    bench.on("ListVectors", maxResults=1).answer(given)
    assert caller.call("ListVectors", **INDEX, maxResults=1) == given
    assert caller.call("ListVectors", **INDEX) == {"vectors": [{"key": "a"}]}


def test_calls(caller: Caller, bench: Workbench) -> None:
    caller.call("GetIndex", **INDEX)
    caller.call("GetVectorBucket", vectorBucketName="none")
    call = bench.calls.only("GetIndex", indexName="plots")
    assert (call.operation, call.params, call.region, call.account, call.attempt) == (
        "GetIndex",
        INDEX,
        "us-east-1",
        ACCOUNT,
        1,
    )
    assert call.caller == f"arn:aws:iam::{ACCOUNT}:root"
    assert (bench.calls.last.status, bench.calls.last.error) == (404, "NotFoundException")
    bench.assert_called("GetIndex", times=1, **INDEX)
    bench.assert_not_called("PutVectors")
    with pytest.raises(AssertionError, match="indexName: expected 'others', was 'plots'"):
        bench.assert_called("GetIndex", indexName="others")
    bench.calls.clear()
    assert len(bench.calls) == 0


def test_seed_and_views(caller: Caller, bench: Workbench) -> None:
    view = bench.seed(
        "seeded", "of-arrays", np.eye(3, dtype=np.float32), keys=["x", "y", "z"], account=ACCOUNT
    )
    assert (len(view), [*view.keys]) == (3, ["x", "y", "z"])
    found = caller.call(
        "QueryVectors",
        vectorBucketName="seeded",
        indexName="of-arrays",
        topK=1,
        queryVector={"float32": [0.0, 1.0, 0.1]},
    )
    assert found["vectors"] == [{"key": "y"}]
    assert len(bench.calls) == 1
    caller.call("DeleteVectors", vectorBucketName="seeded", indexName="of-arrays", keys=["x"])
    assert len(bench.index("seeded", "of-arrays")) == 2
    assert len(view) == 3
    assert "of-arrays" in str(bench.describe())


def test_usage(caller: Caller, bench: Workbench) -> None:
    before = bench.usage()
    caller.call("QueryVectors", **QUERY)
    after = bench.usage()
    assert (before.put_requests, before.query_requests, after.query_requests) == (1, 0, 1)
    assert after.storage_bytes == before.storage_bytes > 0


def test_the_clock(caller: Caller, bench: Workbench) -> None:
    bench.clock.freeze()
    bench.clock.move_to(FAR)
    caller.call("CreateVectorBucket", vectorBucketName="later")
    created = caller.call("GetVectorBucket", vectorBucketName="later")["vectorBucket"]["creationTime"]
    assert getattr(created, "timestamp", lambda: created)() == FAR
    assert bench.calls.last.time == FAR
    bench.clock.follow()
    caller.call(LIST)
    assert bench.calls.last.time < FAR


def test_an_inner_mock_undoes_all_of_it(caller: Caller, bench: Workbench) -> None:
    def look() -> Any:
        return bench.rules, len(bench.calls), bench.clock.now() > FAR, len(bench.index("films", "plots"))

    before = look()
    with mock_s3vectors() as inner:
        rule = inner.fail("GetIndex", "AccessDeniedException")
        inner.clock.move_to(FAR)
        inner.seed("films", "plots", [[1, 1]], keys=["b"])
        assert caller.call("GetIndex", **INDEX) == "AccessDeniedException"
        assert rule.hits == 1
        assert current_mock() is inner
    assert look() == before
    assert caller.call("GetIndex", **INDEX)["index"]["indexName"] == "plots"


def test_a_rule_that_never_fired(caller: Caller) -> None:
    with pytest.raises(AssertionError) as failure, caller.mock() as on:  # noqa: PT012 - its end raises
        caller.begin()
        on.mock.fail("GetIndex", 503, indexName="plot")
        caller.call("GetIndex", **INDEX)
    assert str(failure.value).startswith(
        "mock.on('GetIndex', indexName='plot').fail(503) never fired. If that is fine, add optional=True. "
        "1 call reached the mock. The nearest:\n  GetIndex => 404 NotFoundException in us-east-1, "
    )
    assert str(failure.value).endswith("\n    indexName: expected 'plot', was 'plots'")


def test_client_errors_of_many_calls_at_once(driver: Driver) -> None:
    """Of calls under gather, or in threads, as many fail as the rule says."""
    with driver.mock() as on:
        config = driver.config(retries={"total_max_attempts": 1})
        client = driver.client(config=config)
        rule = on.mock.fail(LIST, "TooManyRequestsException", times=7, after=3)
        found = driver.at_once(client, "list_vector_buckets", [{}] * 20)
        assert len([answer for answer in found if isinstance(answer, ClientError)]) == 7
        assert (rule.hits, len(on.mock.calls)) == (7, 20)


def test_tidying_up_in_a_block_of_a_rule(driver: Driver) -> None:
    with driver.mock() as on:
        client = driver.client()
        with on.mock.on(LIST).answer({"vectorBuckets": []}):
            client.create_vector_bucket(**BUCKET)
            assert client.list_vector_buckets()["vectorBuckets"] == []
        assert len(client.list_vector_buckets()["vectorBuckets"]) == 1
