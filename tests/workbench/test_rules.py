"""Rules: which calls they are about, what they do with them, and how often."""

from __future__ import annotations

import asyncio
import itertools
import math
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import boto3
import numpy as np
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError, current_mock, mock_s3vectors
from tests.support.helpers import BUCKET, INDEX, INDEX_ARN, ORIGIN, SETTINGS, vector
from tests.support.shapes import DISTANCE_METRIC, needs, service_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors
    from mock_s3vectors.workbench.call import Call
    from tests.support.helpers import Client, ClientAt, Refused, SetClock

TOO_MANY = "TooManyRequestsException"


def errors_of(operation: str) -> list[str]:
    """The codes that the model gives an operation."""
    return sorted(shape.name for shape in service_model().operation_model(operation).error_shapes)


ERRORS = sorted({code for name in service_model().operation_names for code in errors_of(name)})


@pytest.fixture
def mock(s3vectors_mock: MockS3Vectors) -> MockS3Vectors:
    return s3vectors_mock


@pytest.fixture
def once(mock: MockS3Vectors) -> Client:
    """A client that does not retry, with a bucket and an index."""
    assert mock is current_mock()
    client: Client = boto3.client(
        "s3vectors", region_name="us-east-1", config=Config(retries={"total_max_attempts": 1})
    )
    client.create_vector_bucket(**BUCKET)
    client.create_index(**INDEX, **SETTINGS)
    return client


def outcomes(call: Callable[[], Any], times: int) -> list[str]:
    """Make some calls, and return the outcome of each: `ok`, or the code of the error."""
    return [outcome(call) for _ in range(times)]


def outcome(call: Callable[[], Any]) -> str:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


# --- which calls ------------------------------------------------------------------------------


def test_an_operation(mock: MockS3Vectors, once: Client, refused: Refused) -> None:
    rule = mock.on("GetIndex").fail(TOO_MANY)
    assert refused(once.get_index, **INDEX) == (TOO_MANY, "Too many requests", None)
    once.get_vector_bucket(**BUCKET)
    assert rule.hits == 1


def test_several_operations_and_all_of_them(mock: MockS3Vectors, once: Client) -> None:
    calls = [
        lambda: once.get_index(**INDEX),
        lambda: once.get_vector_bucket(**BUCKET),
        once.list_vector_buckets,
    ]
    with mock.on(["GetIndex", "GetVectorBucket"]).fail(503) as rule:
        assert [outcomes(call, 1) for call in calls] == [["503"], ["503"], ["ok"]]
    with mock.on().fail(503):
        assert [outcomes(call, 1) for call in calls] == [["503"]] * 3
    assert rule.hits == 2


@pytest.mark.parametrize(
    ("members", "hit"),
    [
        ({"indexName": "index"}, True),
        ({"indexName": "other"}, False),
        ({"vectorBucketName": "bucket", "indexName": "index"}, True),
        ({"vectorBucketName": "other", "indexName": "index"}, False),
        ({"topK": 3}, True),
        ({"topK": 4}, False),
        ({"queryVector": {"float32": [0.5, 1.0]}}, True),
        ({"queryVector": {"float32": [0.5, 1.5]}}, False),
        ({"queryVector": ANY}, True),
        ({"filter": ANY}, False),
        ({"filter": None}, True),
        ({"topK": None}, False),
        ({"queryVector": {"float32": pytest.approx([0.5, 1.0001], abs=0.01)}}, True),
        ({"queryVector": {"float32": pytest.approx([0.5, 1.1], abs=0.01)}}, False),
        ({"topK": np.int64(3)}, True),
    ],
)
def test_members(mock: MockS3Vectors, once: Client, members: dict[str, Any], *, hit: bool) -> None:
    rule = mock.on("QueryVectors", **members).fail(503, optional=True)
    found = outcomes(lambda: once.query_vectors(**INDEX, topK=3, queryVector={"float32": [0.5, 1.0]}), 1)
    assert (found, rule.hits) == ((["503"], 1) if hit else (["ok"], 0))


def test_names_match_what_an_arn_names(mock: MockS3Vectors, once: Client) -> None:
    by_index = mock.on("GetIndex", indexName="index").fail(503, times=1)
    by_bucket = mock.on("GetIndex", vectorBucketName="bucket").fail(502, times=1)
    other = mock.on("GetIndex", indexName="other").fail(501, optional=True)
    assert outcomes(lambda: once.get_index(indexArn=INDEX_ARN), 3) == ["502", "503", "ok"]
    assert (by_index.hits, by_bucket.hits, other.hits) == (1, 1, 0)
    if "ListTagsForResource" in once.meta.method_to_api_mapping.values():
        tags = mock.on("ListTagsForResource", indexName="index", vectorBucketName="bucket").fail(503)
        assert outcomes(lambda: once.list_tags_for_resource(resourceArn=INDEX_ARN), 1) == ["503"]
        assert tags.hits == 1


def test_regions_accounts_and_functions(mock: MockS3Vectors, client_at: ClientAt) -> None:
    europe, other = client_at("eu-west-1"), client_at(account="111122223333")
    here = client_at()
    with mock.on("ListVectorBuckets", region="eu-west-1").fail(500):
        pass_or_fail = [outcomes(client.list_vector_buckets, 1) for client in (here, other)]
        assert pass_or_fail == [["ok"], ["ok"]]
        with pytest.raises(ClientError):
            europe.list_vector_buckets()
    with mock.on("ListVectorBuckets", account="111122223333").fail("AccessDeniedException"):
        assert [outcomes(client.list_vector_buckets, 1) for client in (here, europe, other)] == [
            ["ok"],
            ["ok"],
            ["AccessDeniedException"],
        ]
    with mock.on(when=lambda call: str(call.operation).startswith("List") and call.attempt == 1).fail(
        TOO_MANY
    ) as rule:
        here.list_vector_buckets()  # the second attempt passes
    assert rule.hits == 1


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda mock: mock.on("put_vectors"),
            "'put_vectors' is not an operation of Amazon S3 Vectors in the installed botocore",
        ),
        (lambda mock: mock.on("put_vectors"), " Did you mean 'PutVectors'? Operations: CreateIndex, "),
        (lambda mock: mock.on(["GetIndex", "Nothing"]), "'Nothing' is not an operation of Amazon S3 Vectors"),
        (lambda mock: mock.on([]), 'No operation is given: give a name, several in a list, or "*" for all.'),
        (lambda mock: mock.on(3), 'operation=3: give a name, several in a list, or "*" for all.'),
        (
            lambda mock: mock.on("GetIndex", indexname="a"),
            (
                "GetIndex has no member 'indexname'. Did you mean 'indexName'? "
                "Members: indexArn, indexName, vectorBucketName."
            ),
        ),
        (
            lambda mock: mock.on(["GetIndex", "QueryVectors"], topK=3),
            "GetIndex has no member 'topK'. Members: indexArn, indexName, vectorBucketName.",
        ),
        (lambda mock: mock.on(topKK=3), "No operation has a member 'topKK'. Did you mean 'topK'? Members: "),
        (
            lambda mock: mock.on("GetIndex", when=3),
            "when=3: give a function that takes the call, not async, or None.",
        ),
        (
            lambda mock: mock.on("GetIndex", when=asyncio.sleep),
            ": give a function that takes the call, not async",
        ),
        (lambda mock: mock.on("GetIndex", region=3), "region=3: give a str, or None for any."),
        (lambda mock: mock.on("GetIndex", account=111), "account=111: give a str, or None for any."),
    ],
)
def test_calls_that_cannot_be(mock: MockS3Vectors, make: Callable[[Any], Any], text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        make(mock)
    assert text in str(refusal.value)


# --- fail -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ERRORS)
def test_every_error_of_the_model_with_its_status(mock: MockS3Vectors, once: Client, code: str) -> None:
    model = once.meta.service_model
    operation = next(
        name
        for name in model.operation_names
        if code in [shape.name for shape in model.operation_model(name).error_shapes]
    )
    mock.on(operation).fail(code, "a text")
    method = next(name for name, api in once.meta.method_to_api_mapping.items() if api == operation)
    arguments = {
        "create_index": {**INDEX, **SETTINGS},
        "create_vector_bucket": BUCKET,
        "delete_index": INDEX,
        "delete_vector_bucket": BUCKET,
        "delete_vectors": {**INDEX, "keys": ["a"]},
    }[method]
    with pytest.raises(getattr(once.exceptions, code)) as error:
        getattr(once, method)(**arguments)
    status = model.shape_for(code).metadata.get("error", {}).get("httpStatusCode", 400)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert error.value.response["Error"]["Message"] == "a text"


@pytest.mark.parametrize(
    ("operation", "code", "text"),
    [
        ("GetIndex", "NotFoundException", "The specified index could not be found"),
        ("GetVectorBucket", "NotFoundException", "The specified vector bucket could not be found"),
        (
            "GetVectorBucketPolicy",
            "NotFoundException",
            "The specified vector bucket policy could not be found",
        ),
        ("CreateIndex", "ConflictException", "An index with the specified name already exists"),
        ("GetIndex", "ServiceUnavailableException", "Currently unable to handle the request"),
        ("GetIndex", "InternalServerException", "Internal server error"),
        ("GetIndex", "SerializationException", ""),
        ("GetIndex", TOO_MANY, "Too many requests"),
        (
            "PutVectors",
            "ServiceQuotaExceededException",
            "You have reached the maximum number of vectors in this index: 2000000000",
        ),
    ],
)
def test_the_usual_texts(mock: MockS3Vectors, once: Client, operation: str, code: str, text: str) -> None:
    mock.on(operation).fail(code)
    calls: dict[str, Callable[[], Any]] = {
        "GetIndex": lambda: once.get_index(**INDEX),
        "GetVectorBucket": lambda: once.get_vector_bucket(**BUCKET),
        "GetVectorBucketPolicy": lambda: once.get_vector_bucket_policy(**BUCKET),
        "CreateIndex": lambda: once.create_index(**INDEX, **SETTINGS),
        "PutVectors": lambda: once.put_vectors(**INDEX, vectors=[vector("a")]),
    }
    with pytest.raises(ClientError) as error:
        calls[operation]()
    assert error.value.response["Error"] == {"Code": code, "Message": text}


def test_a_failed_call_changes_nothing(mock: MockS3Vectors, once: Client) -> None:
    with mock.fail("PutVectors", TOO_MANY):
        assert outcomes(lambda: once.put_vectors(**INDEX, vectors=[vector("a")]), 1) == [TOO_MANY]
    assert once.list_vectors(**INDEX)["vectors"] == []


def test_a_status_without_a_body(mock: MockS3Vectors, once: Client) -> None:
    mock.on("GetIndex").fail(502)
    with pytest.raises(ClientError) as error:
        once.get_index(**INDEX)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 502
    assert error.value.response["ResponseMetadata"]["HTTPHeaders"] == {"content-length": "0"}
    (call,) = mock.calls.of("GetIndex")
    assert (call.status, call.error, call.request_id) == (502, "502", None)


def test_every_operation_that_has_an_error_can_fail_with_it(mock: MockS3Vectors, once: Client) -> None:
    rule = mock.on().fail("ConflictException")
    assert outcomes(lambda: once.get_index(**INDEX), 1) == ["ok"]
    assert outcomes(lambda: once.create_vector_bucket(vectorBucketName="new"), 1) == ["ConflictException"]
    assert rule.hits == 1


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda mock: mock.on("GetIndex").fail("TooManyRequests"),
            (
                "'TooManyRequests' is not an error of GetIndex. Did you mean 'TooManyRequestsException'? "
                f"Errors: {', '.join(errors_of('GetIndex'))}, SerializationException, or a status from 500 "
                "to 599."
            ),
        ),
        (
            lambda mock: mock.on("GetIndex").fail("ConflictException"),
            "'ConflictException' is not an error of GetIndex.",
        ),
        # All codes end alike, which makes none of them near.
        (
            lambda mock: mock.on("GetIndex").fail("TeapotException"),
            "'TeapotException' is not an error of GetIndex. Errors: AccessDeniedException, ",
        ),
        # Other services of AWS throttle with this code.
        (
            lambda mock: mock.on("GetIndex").fail("ThrottlingException"),
            "'ThrottlingException' is not an error of GetIndex. Did you mean 'TooManyRequestsException'?",
        ),
        (lambda mock: mock.on().fail("Nothing"), "'Nothing' is not an error of Amazon S3 Vectors. Errors: "),
        (lambda mock: mock.on().fail(404), "fail(404): without a body, a status must be from 500 to 599."),
        (
            lambda mock: mock.on().fail("600"),
            "fail('600'): without a body, a status must be from 500 to 599.",
        ),
        (
            lambda mock: mock.on().fail(None),
            "fail(None): give the code of an error, or a status from 500 to 599.",
        ),
        (
            lambda mock: mock.on().fail(503, "text"),
            "fail(503, message=...): an error that is only a status has no message.",
        ),
        (lambda mock: mock.on().fail(TOO_MANY, 3), "message=3: give a str, or None for the usual text."),
        (
            lambda mock: mock.fail("GetIndex", TOO_MANY, times=0),
            "times=0: give a whole number, 1 or more, or None",
        ),
        (lambda mock: mock.fail("GetIndex", TOO_MANY, times=True), "times=True: give a whole number"),
        (lambda mock: mock.fail("GetIndex", TOO_MANY, after=-1), "after=-1: give a whole number, 0 or more."),
        (
            lambda mock: mock.fail("GetIndex", TOO_MANY, probability=0),
            "probability=0: give a number above 0, up to 1.",
        ),
        (lambda mock: mock.fail("GetIndex", TOO_MANY, seed=[]), "seed=[]: give an int, or None"),
        (
            lambda mock: mock.fail("GetIndex", TOO_MANY, optional="no"),
            "optional='no': must be True or False.",
        ),
        (
            lambda mock: mock.on("GetIndex").fail(TOO_MANY, time=2),
            (
                "fail() has no argument 'time'. Did you mean 'times'? It takes times, after, probability, "
                "seed, "
                "optional."
            ),
        ),
        (lambda mock: mock.fail("GetIndex", TOO_MANY, indexNam="a"), "GetIndex has no member 'indexNam'."),
    ],
)
def test_failures_that_cannot_be(mock: MockS3Vectors, make: Callable[[Any], Any], text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        make(mock)
    assert text in str(refusal.value)
    assert mock.rules == ()


# --- how often --------------------------------------------------------------------------------


def test_times_and_after(mock: MockS3Vectors, once: Client) -> None:
    rule = mock.fail("GetIndex", TOO_MANY, times=2, after=1)
    assert outcomes(lambda: once.get_index(**INDEX), 5) == ["ok", TOO_MANY, TOO_MANY, "ok", "ok"]
    assert rule.hits == 2


def test_retries_of_botocore_are_calls_too(
    mock: MockS3Vectors, client: Client, index: dict[str, str]
) -> None:
    mock.fail("GetIndex", TOO_MANY, times=2)
    assert client.get_index(**index)["ResponseMetadata"]["RetryAttempts"] == 2
    assert [(call.attempt, call.status) for call in mock.calls.of("GetIndex")] == [
        (1, 429),
        (2, 429),
        (3, 200),
    ]


def test_probability_with_a_seed(mock: MockS3Vectors, once: Client) -> None:
    seen = []
    for seed in (7, 7, 8):
        with mock.fail("GetIndex", TOO_MANY, probability=0.5, seed=seed) as rule:
            seen.append(outcomes(lambda: once.get_index(**INDEX), 40))
        assert rule.hits == seen[-1].count(TOO_MANY)
    first, again, other = seen
    assert first == again != other
    assert 5 < first.count(TOO_MANY) < 35


def test_the_newest_rule_wins_and_what_is_removed_is_gone(mock: MockS3Vectors, once: Client) -> None:
    older = mock.fail("GetIndex", TOO_MANY)
    newer = mock.fail("GetIndex", 503)
    assert outcomes(lambda: once.get_index(**INDEX), 1) == ["503"]
    assert mock.calls.last.rule is newer
    assert mock.rules == (newer, older)
    newer.remove()
    newer.remove()
    assert outcomes(lambda: once.get_index(**INDEX), 1) == [TOO_MANY]
    assert (older.hits, newer.hits) == (1, 1)
    assert list(mock.rules) == [older]


def test_a_rule_is_removed_at_the_end_of_its_block(mock: MockS3Vectors, once: Client) -> None:
    with mock.fail("GetIndex", TOO_MANY):
        assert outcomes(lambda: once.get_index(**INDEX), 1) == [TOO_MANY]
    assert outcomes(lambda: once.get_index(**INDEX), 1) == ["ok"]
    assert mock.rules == ()


# --- delay ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.25, 0.25),
        (0, 0.0),
        (lambda: 0.5, 0.5),
        (lambda call: 0.1 * call.params["topK"], 0.3),
        (itertools.repeat(0.75).__next__, 0.75),
        ((0.5, 0.5), 0.5),
    ],
)
def test_delays(
    mock: MockS3Vectors, once: Client, monkeypatch: pytest.MonkeyPatch, seconds: Any, expected: float
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    mock.delay("QueryVectors", seconds)
    once.query_vectors(**INDEX, **ORIGIN, topK=3)
    assert mock.calls.last.delay == pytest.approx(expected)
    assert slept == pytest.approx([expected] if expected else [])


def test_delays_add_up_and_go_on_to_older_rules(
    mock: MockS3Vectors, once: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    never = mock.delay("GetIndex", 100, optional=True)
    failure = mock.fail("GetIndex", TOO_MANY)
    mock.delay("GetIndex", 0.25)
    mock.delay(["GetIndex", "GetVectors"], 0.5)
    assert outcomes(lambda: once.get_index(**INDEX), 1) == [TOO_MANY]
    call = mock.calls.last
    assert (call.delay, slept, call.rule, never.hits) == (0.75, [0.75], failure, 0)


def test_random_delays(mock: MockS3Vectors, once: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    for _ in range(2):
        with mock.delay("GetIndex", (0.2, 0.3), seed=1):
            outcomes(lambda: once.get_index(**INDEX), 5)
    assert slept[:5] == slept[5:]
    assert all(0.2 <= seconds <= 0.3 for seconds in slept)
    assert len(set(slept)) == 5


@pytest.mark.parametrize(
    "seconds", [-1, "1", None, True, (1,), (2, 1), (0, "1"), float("nan"), [0.1, 0.2, 0.3]]
)
def test_delays_that_cannot_be(mock: MockS3Vectors, seconds: Any) -> None:
    with pytest.raises(UsageError) as refusal:
        mock.delay("GetIndex", seconds)
    assert str(refusal.value) == (
        f"delay({seconds!r}): give seconds, 0 or more; the least and the most of them, (0.1, 0.5); or a "
        "function that returns them."
    )


def test_a_function_that_returns_no_seconds(mock: MockS3Vectors, once: Client) -> None:
    mock.delay("GetIndex", lambda: "soon")  # type: ignore[arg-type, return-value] # on purpose
    with pytest.raises(
        UsageError, match=r"^The function of delay\(\) returned 'soon': it must return seconds\.$"
    ):
        once.get_index(**INDEX)


# --- limit ------------------------------------------------------------------------------------


def test_requests_within_a_window_of_the_clock(mock: MockS3Vectors, once: Client) -> None:
    mock.clock.freeze()
    rule = mock.on("PutVectors").limit(requests=2, per=10)

    def put() -> None:
        once.put_vectors(**INDEX, vectors=[vector("a")])

    assert outcomes(put, 3) == ["ok", "ok", TOO_MANY]
    mock.clock.shift(5)
    assert outcomes(put, 1) == [TOO_MANY]
    mock.clock.shift(5)
    assert outcomes(put, 3) == ["ok", "ok", TOO_MANY]
    mock.clock.shift(-3600)
    assert outcomes(put, 3) == ["ok", "ok", TOO_MANY]
    assert rule.hits == 4


def test_vectors_within_a_window(mock: MockS3Vectors, once: Client) -> None:
    mock.clock.freeze()
    mock.on(["PutVectors", "DeleteVectors"]).limit(vectors=10)
    four = [vector(f"{n}") for n in range(4)]

    def put() -> None:
        once.put_vectors(**INDEX, vectors=four)

    assert outcomes(put, 3) == ["ok", "ok", TOO_MANY]
    assert outcomes(lambda: once.delete_vectors(**INDEX, keys=["0", "1"]), 2) == ["ok", TOO_MANY]
    mock.clock.shift(1)
    assert outcomes(put, 1) == ["ok"]


def test_each_index_has_a_rate_of_its_own(mock: MockS3Vectors, once: Client) -> None:
    mock.clock.freeze()
    once.create_index(**BUCKET, indexName="second", **SETTINGS)
    mock.on("GetIndex").limit(requests=1)
    assert outcomes(lambda: once.get_index(**INDEX), 2) == ["ok", TOO_MANY]
    assert outcomes(lambda: once.get_index(indexArn=INDEX_ARN), 1) == [TOO_MANY]
    assert outcomes(lambda: once.get_index(**BUCKET, indexName="second"), 2) == ["ok", TOO_MANY]


def test_calls_within_a_limit_go_on_to_older_rules(mock: MockS3Vectors, once: Client) -> None:
    mock.fail("GetIndex", 503, after=1)
    mock.on("GetIndex").limit(requests=5, per=60)
    assert outcomes(lambda: once.get_index(**INDEX), 7) == ["ok", *["503"] * 4, TOO_MANY, TOO_MANY]


def test_the_rates_of_aws(mock: MockS3Vectors, once: Client) -> None:
    mock.clock.freeze()
    rule = mock.limit_as_on_aws()
    batch = [vector(f"{n}") for n in range(500)]
    found = outcomes(lambda: once.put_vectors(**INDEX, vectors=batch), 37)
    # One writer of 6,026 vectors a second was let pass on AWS; eight of 18,078 in all were not.
    assert found == ["ok"] * 12 + [TOO_MANY] * 25
    mock.clock.shift(1)
    assert outcomes(lambda: once.put_vectors(**INDEX, vectors=batch), 1) == ["ok"]
    mock.clock.shift(1)
    assert outcomes(lambda: once.delete_vectors(**INDEX, keys=["none"]), 1001) == ["ok"] * 1000 + [TOO_MANY]
    assert rule.hits == 26


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, "limit() was given neither requests nor vectors: give one of them, or both."),
        ({"requests": -1}, "limit(requests=-1): give a whole number, 0 or more."),
        ({"vectors": 1.5}, "limit(vectors=1.5): give a whole number, 0 or more."),
        ({"requests": 1, "per": 0}, "limit(per=0): give a number of seconds, more than 0."),
    ],
)
def test_limits_that_cannot_be(mock: MockS3Vectors, arguments: Any, text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        mock.on("PutVectors").limit(**arguments)
    assert str(refusal.value) == text


def test_a_limit_of_nothing_refuses_all(mock: MockS3Vectors, once: Client) -> None:
    mock.on("GetIndex").limit(requests=0)
    assert outcomes(lambda: once.get_index(**INDEX), 1) == [TOO_MANY]


# --- answer -----------------------------------------------------------------------------------


def test_an_answer_of_the_test(mock: MockS3Vectors, once: Client) -> None:
    given = {"vectors": [{"key": "a", "data": {"float32": [0.5]}, "metadata": {"n": 1}}]}
    rule = mock.on("ListVectors").answer(given, times=1)
    answer = once.list_vectors(**INDEX)
    del answer["ResponseMetadata"]
    assert answer == given
    assert once.list_vectors(**INDEX)["vectors"] == []
    assert rule.hits == 1


def test_an_answer_with_a_time(mock: MockS3Vectors, once: Client) -> None:
    described = once.get_vector_bucket(**BUCKET)
    described["vectorBucket"]["vectorBucketName"] = "other"
    mock.on("GetVectorBucket").answer(described)
    assert once.get_vector_bucket(**BUCKET)["vectorBucket"] == described["vectorBucket"]


@needs(*DISTANCE_METRIC)
@pytest.mark.parametrize("distance", [Decimal("0.5"), np.float64(0.5), math.inf])
def test_an_answer_with_numbers_that_json_lacks(
    mock: MockS3Vectors, once: Client, distance: float | Decimal
) -> None:
    hit = {"key": "a", "distance": distance}
    mock.on("QueryVectors").answer({"vectors": [hit], "distanceMetric": "cosine"})
    answer = once.query_vectors(**INDEX, **ORIGIN, topK=1)
    assert answer["vectors"] == [{"key": "a", "distance": float(distance)}]


def test_an_answer_with_the_last_time(mock: MockS3Vectors, once: Client) -> None:
    described = once.get_vector_bucket(**BUCKET)["vectorBucket"]
    mock.on("GetVectorBucket").answer({"vectorBucket": {**described, "creationTime": datetime.max}})  # noqa: DTZ901 - a rule takes it as UTC
    answer = once.get_vector_bucket(**BUCKET)["vectorBucket"]
    assert answer["creationTime"].isoformat() == "9999-12-31T23:59:59+00:00"


def test_an_answered_call_is_not_carried_out(mock: MockS3Vectors, once: Client) -> None:
    with mock.on("PutVectors").answer({}):
        once.put_vectors(**INDEX, vectors=[vector("a")])
    assert once.list_vectors(**INDEX)["vectors"] == []


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda mock: mock.on("GetIndex").answer({"index": {"indexName": 3}}),
            "answer() was given what GetIndex cannot answer:\n",
        ),
        (
            lambda mock: mock.on("QueryVectors").answer({"vectors": [], "x": 1}),
            'Unknown parameter in input: "x"',
        ),
        (lambda mock: mock.on("QueryVectors").answer({}), 'Missing required parameter in input: "vectors"'),
        (
            lambda mock: mock.on("QueryVectors").answer([]),
            "answer([]): give the members of the operation's output",
        ),
        (lambda mock: mock.on().answer({}), "answer() needs to know whose answer it is: name the operation"),
        *(
            (
                lambda mock, metadata=metadata: mock.on("GetVectors").answer(
                    {"vectors": [{"key": "a", "metadata": metadata}]}
                ),
                "answer() was given what cannot be sent as JSON: ",
            )
            for metadata in ({1: 2}, {"n": 2**70}, {"text": "\ud800"})
        ),
    ],
)
def test_answers_that_cannot_be(mock: MockS3Vectors, make: Callable[[Any], Any], text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        make(mock)
    assert text in str(refusal.value)


# --- disconnect -------------------------------------------------------------------------------


def test_an_answer_that_is_lost_after_the_write(
    mock: MockS3Vectors, client: Client, refused: Refused
) -> None:
    mock.on("CreateIndex").disconnect("timeout", applied=True, times=1)
    # botocore tries again, and finds what its first attempt made.
    text = "An index with the specified name already exists"
    assert refused(client.create_index, **INDEX, **SETTINGS) == ("ConflictException", text, None)
    first, second = mock.calls.of("CreateIndex")
    assert (first.attempt, first.status, first.error) == (1, None, "timeout")
    assert (second.attempt, second.status, second.error) == (2, 409, "ConflictException")


def test_a_call_that_is_lost_before_the_write(mock: MockS3Vectors, client: Client) -> None:
    mock.disconnect("CreateIndex", times=1)
    client.create_index(**INDEX, **SETTINGS)
    assert [call.error for call in mock.calls.of("CreateIndex")] == ["reset", None]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (
            ("rest",),
            (
                "disconnect('rest'): there is no such kind. Did you mean 'reset'? "
                "Kinds: reset, timeout, empty, truncated, malformed."
            ),
        ),
        (
            (None,),
            "disconnect(None): there is no such kind. Kinds: reset, timeout, empty, truncated, malformed.",
        ),
    ],
)
def test_disconnects_that_cannot_be(mock: MockS3Vectors, arguments: Any, text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        mock.on("GetIndex").disconnect(*arguments)
    assert str(refusal.value) == text


def test_selected_calls_show_how_they_were_selected(mock: MockS3Vectors) -> None:
    on = mock.on(["PutVectors", "DeleteVectors"], region="eu-west-1", indexName="plots")
    assert repr(on) == "mock.on(['PutVectors', 'DeleteVectors'], region='eu-west-1', indexName='plots')"
    assert repr(mock.on()) == "mock.on('*')"


# --- rules that never fired -------------------------------------------------------------------


def test_a_rule_that_never_fired(client: Client) -> None:
    with pytest.raises(AssertionError) as failure, mock_s3vectors() as mock:  # noqa: PT012 - its end raises
        client.list_vector_buckets()
        mock.on("QueryVectors", topK=5).fail(TOO_MANY)
    assert str(failure.value).startswith(
        "mock.on('QueryVectors', topK=5).fail('TooManyRequestsException') never fired. If that is fine, add "
        "optional=True. 1 call reached the mock. The nearest:\n  ListVectorBuckets => 200 in us-east-1, "
    )
    assert str(failure.value).endswith(
        "\n    operation: expected QueryVectors, was ListVectorBuckets\n    topK: expected 5, was absent"
    )


def test_the_function_of_a_rule_that_never_fired_is_asked_no_more(client: Client) -> None:
    asked = []

    def is_meant(call: Call) -> bool:
        asked.append(call)
        return not client.list_vector_buckets()["vectorBuckets"]

    with pytest.raises(AssertionError) as failure, mock_s3vectors() as mock:  # noqa: PT012 - its end raises
        mock.on("ListIndexes", when=is_meant).fail(TOO_MANY)
        client.list_indexes(**BUCKET)
    assert len(asked) == 1
    assert "    when: is_meant did not return true" in str(failure.value)


def test_rules_of_many_threads(mock: MockS3Vectors) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(16) as pool:
            rules = list(pool.map(lambda _: mock.fail("GetIndex", TOO_MANY, optional=True), range(1_000)))
            assert set(mock.rules) == set(rules)
            list(pool.map(lambda rule: rule.remove(), rules))
    finally:
        sys.setswitchinterval(interval)
    assert mock.rules == ()


def test_rules_that_need_not_fire(once: Client) -> None:
    with mock_s3vectors() as mock:
        mock.fail("QueryVectors", TOO_MANY, optional=True)
        mock.fail("QueryVectors", TOO_MANY).remove()
        mock.fail("GetIndex", TOO_MANY)
        mock.on("GetIndex").limit(requests=10)
        mock.fail("GetIndex", 503, probability=0.001, seed=1)
        outcomes(lambda: once.get_index(**INDEX), 1)


def test_a_limit_that_saw_no_call_has_never_fired() -> None:
    with (
        pytest.raises(AssertionError, match=r"limit\(requests=10, per=1.0\) never fired"),
        mock_s3vectors() as mock,
    ):
        mock.on("GetIndex").limit(requests=10)


def test_a_rule_that_let_all_calls_pass(once: Client) -> None:
    with pytest.raises(AssertionError) as failure, mock_s3vectors() as mock:  # noqa: PT012 - its end raises
        mock.fail("GetIndex", TOO_MANY, after=2)
        outcomes(lambda: once.get_index(**INDEX), 2)
    assert str(failure.value) == (
        "mock.on('GetIndex').fail('TooManyRequestsException', after=2) never fired. It let 2 calls pass. "
        "If that is fine, add optional=True."
    )


def test_all_of_them_are_named() -> None:
    with pytest.raises(AssertionError) as failure, mock_s3vectors() as mock:  # noqa: PT012 - its end raises
        mock.fail("GetIndex", TOO_MANY)
        mock.delay("QueryVectors", 1)
    text = str(failure.value)
    assert text.count("never fired") == 2
    assert "No call reached the mock." in text


def test_another_exception_says_enough() -> None:
    def fail(mock: MockS3Vectors) -> None:
        mock.fail("GetIndex", TOO_MANY)
        raise KeyError("the test's own")

    with pytest.raises(KeyError, match="the test's own"), mock_s3vectors() as mock:
        fail(mock)
    with pytest.raises(KeyError, match="the test's own"):
        mock_s3vectors()(lambda: fail(current_mock()))()  # type: ignore[arg-type] # either mock


def test_a_decorated_function_fails() -> None:
    @mock_s3vectors
    def forgets() -> None:
        current_mock().fail("GetIndex", TOO_MANY)

    with pytest.raises(AssertionError, match="never fired"):
        forgets()


def test_the_end_of_a_block_of_a_rule(mock: MockS3Vectors) -> None:
    with pytest.raises(AssertionError, match="never fired"), mock.fail("GetIndex", TOO_MANY):
        pass
    with pytest.raises(KeyError), mock.fail("GetIndex", TOO_MANY):
        raise KeyError
    with mock.fail("GetIndex", TOO_MANY, optional=True):
        pass


def test_the_end_of_a_block_that_outlives_its_mock() -> None:
    mock = mock_s3vectors()
    mock.start()
    with pytest.raises(AssertionError, match="never fired"), mock.fail("GetIndex", TOO_MANY):
        mock.stop()


def test_stop_puts_everything_back_before_it_complains() -> None:
    mock = mock_s3vectors()
    mock.start()
    mock.fail("GetIndex", TOO_MANY)
    with pytest.raises(AssertionError, match="never fired"):
        mock.stop()
    with pytest.raises(UsageError, match="not started"):
        mock.stop()
    with mock:
        assert mock.rules == ()


# --- mocks inside mocks -----------------------------------------------------------------------


def test_what_inner_rules_do_not_match_falls_to_outer_ones(mock: MockS3Vectors, once: Client) -> None:
    outer = mock.fail("GetIndex", TOO_MANY)
    with mock_s3vectors() as inner:
        with inner.fail("GetVectorBucket", 503):
            assert outcomes(lambda: once.get_vector_bucket(**BUCKET), 1) == ["503"]
            assert outcomes(lambda: once.get_index(**INDEX), 1) == [TOO_MANY]
        inner.fail("GetIndex", 502)
        assert outcomes(lambda: once.get_index(**INDEX), 1) == ["502"]
        assert current_mock() is inner
        # A rule of the outer mock that is made now holds too, behind those of the inner one.
        mock.fail("ListVectorBuckets", 501)
        assert outcomes(once.list_vector_buckets, 1) == ["501"]
    assert outcomes(lambda: once.get_index(**INDEX), 1) == [TOO_MANY]
    assert outer.hits == 2


def test_a_shared_mock_takes_its_rules_with_it(mock: MockS3Vectors, once: Client) -> None:
    with mock_s3vectors(shared=True) as inner:
        inner.fail("GetIndex", TOO_MANY)
        inner.clock.move_to(5_000_000_000)
        assert outcomes(lambda: once.get_index(**INDEX), 1) == [TOO_MANY]
        assert mock.clock.now() > 4_999_999_999
    assert outcomes(lambda: once.get_index(**INDEX), 1) == ["ok"]
    assert mock.clock.now() < 4_999_999_999


def test_a_mock_that_is_off() -> None:
    mock = mock_s3vectors()
    for use in (lambda: mock.on("GetIndex"), lambda: mock.clock, lambda: mock.rules, mock.usage):
        with pytest.raises(
            UsageError, match=r"was used on a mock that is off: use it on the mock that is on"
        ):
            use()
    with pytest.raises(UsageError, match=r"^current_mock\(\) was called while no mock is on: "):
        current_mock()


def test_no_random_numbers_of_the_process(mock: MockS3Vectors, once: Client) -> None:
    state = random.getstate()
    mock.fail("GetIndex", TOO_MANY, probability=0.5)
    outcomes(lambda: once.get_index(**INDEX), 3)
    assert random.getstate() == state


def test_a_bug_in_a_function_of_the_test_surfaces(mock: MockS3Vectors, once: Client) -> None:
    def broken(call: Any) -> Any:
        return call.nothing

    mock.on("GetIndex", when=broken).fail(TOO_MANY, optional=True)
    with pytest.raises(AttributeError, match="nothing"):
        once.get_index(**INDEX)


def test_the_clock_of_the_fixture(mock: MockS3Vectors, at: SetClock) -> None:
    at(5)
    assert mock.clock.now() == 1_800_000_005.25
