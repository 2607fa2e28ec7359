"""The gate: it counts each attempt, keeps to bounds, and lets nobody touch what is not the run's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.parity.bounds import FACTOR, SPARE, Bounds, bounds_of
from mock_s3vectors.parity.counting import count
from mock_s3vectors.parity.gate import Amount, BoundReachedError, Gate, GuardError
from mock_s3vectors.parity.running import Run
from mock_s3vectors.parity.target import target_of_mock
from tests.asking.conftest import FACTS, PAUSES, PREFIX, bounds, fact_of, names

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from mock_s3vectors.parity.asking import Asking

ENOUGH = Amount(1_000, 1_000)
FOREIGN_ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films"


@pytest.fixture
def client(s3vectors_mock: MockS3Vectors) -> Any:  # noqa: ARG001 - the service
    return target_of_mock().client(Gate(PREFIX, ENOUGH), parameter_validation=False)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("create_vector_bucket", {"vectorBucketName": "films"}),
        ("delete_vector_bucket", {"vectorBucketName": "films"}),
        ("delete_vector_bucket", {"vectorBucketArn": FOREIGN_ARN}),
        ("delete_index", {"vectorBucketName": "films", "indexName": "plots"}),
        ("delete_index", {"indexArn": f"{FOREIGN_ARN}/index/plots"}),
        ("put_vectors", {"vectorBucketName": PREFIX[:-1], "indexName": "plots", "vectors": []}),
        ("put_vector_bucket_policy", {"vectorBucketName": "films", "policy": "{}"}),
        ("tag_resource", {"resourceArn": FOREIGN_ARN, "tags": {}}),
        ("untag_resource", {"resourceArn": FOREIGN_ARN, "tagKeys": ["a"]}),
        ("list_vector_buckets", {}),
        ("list_vector_buckets", {"prefix": "parity-"}),
        ("list_vector_buckets", {"maxResults": 500}),
        # Perhaps the service minds none of these.
        ("list_vector_buckets", {"maxResults": 501}),
        ("list_vector_buckets", {"maxResults": 1.0}),
        ("list_vector_buckets", {"nextToken": 1}),
        ("list_vector_buckets", {"prefix": 1}),
        ("list_vector_buckets", {"prefix": None}),
        ("get_vector_bucket", {"vectorBucketName": "films"}),
        ("list_indexes", {"vectorBucketName": "films"}),
        ("query_vectors", {"indexArn": f"{FOREIGN_ARN}/index/plots"}),
        ("list_tags_for_resource", {"resourceArn": FOREIGN_ARN}),
    ],
)
def test_what_is_not_of_the_run(
    operation: str, parameters: Any, client: Any, s3vectors_mock: MockS3Vectors
) -> None:
    if not hasattr(client, operation):
        pytest.skip("this botocore has no tags")
    with pytest.raises(GuardError, match="not the run's"):
        getattr(client, operation)(**parameters)
    assert len(s3vectors_mock.calls) == 0


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("create_vector_bucket", {"vectorBucketName": f"{PREFIX}1"}),
        ("create_vector_bucket", {"vectorBucketName": "Films"}),
        ("delete_vector_bucket", {"vectorBucketName": "a" * 64}),
        ("delete_vector_bucket", {}),
        ("get_vector_bucket", {"vectorBucketName": f"{PREFIX}1"}),
        ("get_vector_bucket", {"vectorBucketName": 12}),
        ("list_indexes", {}),
        ("list_vector_buckets", {"prefix": f"{PREFIX}1"}),
        ("list_vector_buckets", {"prefix": f"{PREFIX}1", "maxResults": 0}),
    ],
)
def test_what_may_be_asked(
    operation: str, parameters: Any, client: Any, s3vectors_mock: MockS3Vectors
) -> None:
    try:
        getattr(client, operation)(**parameters)
    except GuardError:
        pytest.fail("it was refused")
    except Exception:  # noqa: BLE001, S110 - the service may refuse it, or botocore not read it
        pass
    assert len(s3vectors_mock.calls) <= 1


@pytest.mark.parametrize("body", [b"[]", b"{}x", b'{"maxResults": NaN}', b""])
def test_a_list_of_all_vector_buckets_whose_body_cannot_be_read(
    body: bytes, run: Run, s3vectors_mock: MockS3Vectors
) -> None:
    run.open()
    before = len(s3vectors_mock.calls)
    outcome = run.ask(fact_of(lambda ask: ask.raw("ListVectorBuckets", body)))
    assert isinstance(outcome.error, GuardError)
    assert len(s3vectors_mock.calls) == before


def test_a_raw_request_to_another_path(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    body = json.dumps({"vectorBucketName": "films"}).encode()
    run.open()
    outcome = run.ask(fact_of(lambda ask: ask.raw("GetIndex", body, path="/DeleteVectorBucket")))
    assert isinstance(outcome.error, GuardError)
    s3vectors_mock.assert_not_called("DeleteVectorBucket")


def test_each_attempt_counts(
    run: Run, s3vectors_mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    run.open()
    before = run.gate.passed
    s3vectors_mock.fail("PutVectors", "ServiceUnavailableException", times=2)
    assert run.ask(FACTS[0]).result == "holds"
    assert run.gate.passed - before == Amount(2 + 3 + 1, 3)


def test_a_fact_without_an_end(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    def ask(asking: Asking) -> None:
        index = asking.index()
        while True:
            asking("GetIndex", **index)

    run.open()
    outcome = run.ask(fact_of(ask))
    assert (outcome.result, outcome.reason) == (
        "not asked",
        "the upper bound of requests or vectors is reached",
    )
    assert outcome.error is None
    bound = bounds(FACTS).facts[FACTS[0].id]
    assert len(s3vectors_mock.calls) == 3 + bound.requests + 1
    assert run.ask(FACTS[1]).result == "holds"
    assert run.close() == []
    assert names(s3vectors_mock) == []


def test_too_many_vectors(run: Run) -> None:
    run.open()
    outcome = run.ask(fact_of(lambda ask: ask.put(ask.index(), *((f"{key}", [1, 2]) for key in range(41)))))
    assert outcome.reason == "the upper bound of requests or vectors is reached"


def test_the_bound_of_all_facts(s3vectors_mock: MockS3Vectors) -> None:
    few = Bounds(bounds(FACTS).facts, Amount(7, 10), Amount(100))
    run = Run(target_of_mock(), PREFIX, few, PAUSES)
    run.open()
    outcomes = [run.ask(fact) for fact in FACTS]
    assert [outcome.result for outcome in outcomes] == ["holds", "not asked", "not asked"]
    assert outcomes[2].reason == "the upper bound of requests is reached"
    assert run.close() == []
    assert names(s3vectors_mock) == []


def test_the_bound_of_cleaning_up(s3vectors_mock: MockS3Vectors) -> None:
    """A list has other tokens without an end."""
    few = Bounds(bounds(FACTS).facts, ENOUGH, Amount(9))
    run = Run(target_of_mock(), PREFIX, few, PAUSES)
    run.open()
    for number in range(20):
        s3vectors_mock.on("ListVectorBuckets").answer(
            {"vectorBuckets": [], "nextToken": f"t{number}"}, times=1, optional=True
        )
    (left,) = run.close()
    assert left.endswith("the upper bound of requests or vectors is reached")
    assert len(s3vectors_mock.calls) == 3 + 9
    assert names(s3vectors_mock) == []


def test_a_fact_is_bounded_by_what_it_takes_on_the_mock() -> None:
    counted = count(FACTS)
    assert counted.facts == {
        "index-is-new": Amount(FACTOR * 4 + SPARE, FACTOR),
        "list-order": Amount(FACTOR * 3 + SPARE, 0),
        "shared-index": Amount(FACTOR * 2 + SPARE, 0),
    }
    assert counted.asking == Amount(36 + 32 + 28 + SPARE, FACTOR)  # less than the bound of all
    assert counted.total == counted.asking + counted.cleaning


def test_all_facts_together_have_a_lower_bound() -> None:
    found = bounds_of({str(number): Amount(4, 10) for number in range(400)}, Amount(300))
    assert found.facts["7"] == Amount(FACTOR * 4 + SPARE, FACTOR * 10)
    assert found.asking == Amount(2 * 1_600 + 1_000, 2 * 4_000 + 500)
    assert found.total == found.asking + Amount(2 * 300 + 200)


def test_counting_does_not_leave_the_mock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3VECTORS", "http://127.0.0.1:9")
    assert count(FACTS[:1]).facts == {"index-is-new": Amount(FACTOR * 4 + SPARE, FACTOR)}


def test_bounds_of_nothing() -> None:
    assert bounds_of({}, Amount()).total == Amount(SPARE + 40, 0)


def test_an_exception_of_the_gate_is_not_repeated(client: Any) -> None:
    gate = Gate(PREFIX, Amount(0))
    closed = target_of_mock().client(gate)
    with pytest.raises(BoundReachedError):
        closed.get_vector_bucket(vectorBucketName=f"{PREFIX}1")
    assert gate.passed == Amount(0)
    assert client is not closed
