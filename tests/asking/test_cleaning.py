"""All that a run makes is removed, whatever the service answers; and what is left is named."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.matchers import ANYTHING
from mock_s3vectors.parity.running import Run
from mock_s3vectors.parity.session import clean_up
from mock_s3vectors.parity.target import target_of_mock
from tests.asking.conftest import FACTS, PAUSES, PREFIX, bounds, fact_of, names
from tests.support.shapes import has

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors

SHARED = f"{PREFIX}shared"
INDEX = {"dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}


def asked(run: Run) -> list[str]:
    """The results of all facts, after which the run has ended."""
    run.open()
    return [run.ask(fact).result for fact in FACTS]


def test_after_each_fact_and_in_the_end(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    run.open()
    assert names(s3vectors_mock) == [SHARED]
    for fact in reversed(FACTS):
        assert run.ask(fact).result == "holds"
        assert names(s3vectors_mock) == [SHARED]
    assert run.close() == []
    # Each once: those of facts, and the shared bucket.
    assert len(s3vectors_mock.calls.of("DeleteIndex")) == 2
    assert len(s3vectors_mock.calls.of("DeleteVectorBucket")) == 4
    assert names(s3vectors_mock) == []


def fail(operation: str, code: str | int, times: int = 3) -> Any:
    return lambda mock: mock.fail(operation, code, times=times)


def lose(operation: str, **options: Any) -> Any:
    return lambda mock: mock.disconnect(operation, times=1, **options)


FAULTS = {
    "a bucket is made, and the answer gets lost": lose("CreateVectorBucket", applied=True, after=1),
    "so does that of the shared bucket": lose("CreateVectorBucket", applied=True),
    "so does that of an index": lose("CreateIndex", kind="timeout", applied=True),
    "deletions get lost": lose("DeleteVectorBucket", applied=True),
    "deletions are not carried out": lose("DeleteIndex", kind="empty"),
    "throttling": lambda mock: mock.fail(
        ["DeleteIndex", "DeleteVectorBucket", "ListVectorBuckets"],
        "TooManyRequestsException",
        times=5,
        after=1,
    ),
    "the service fails for a while": fail("DeleteVectorBucket", "InternalServerException"),
    "an answer without a body": fail("DeleteVectorBucket", 502),
    "no service for a while": lambda mock: mock.fail(
        "ListVectorBuckets", "ServiceUnavailableException", times=7, after=2
    ),
    "deleting a bucket conflicts": lambda mock: mock.fail("DeleteVectorBucket", "ConflictException", times=3),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults(name: str, run: Run, s3vectors_mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    FAULTS[name](s3vectors_mock)
    assert asked(run) == ["holds"] * 3
    assert run.close() == []
    assert names(s3vectors_mock) == []


def test_a_fact_that_raises(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    def ask(asking: Any) -> None:
        asking.index(asking.bucket())
        raise LookupError("a mistake")

    run.open()
    outcome = run.ask(fact_of(ask))
    assert (outcome.result, outcome.reason) == ("not asked", "LookupError: a mistake")
    assert isinstance(outcome.error, LookupError)
    assert names(s3vectors_mock) == [SHARED]
    assert run.close() == []


@pytest.mark.parametrize("options", [{"empty_pages": True}, {"conflict_as_500": True}])
def test_stresses(options: Any) -> None:
    with mock_s3vectors(**options) as mock:
        run = Run(target_of_mock(), PREFIX, bounds(FACTS), PAUSES)
        run.open()
        run.gate.made.clear()  # so that only listing finds it
        assert run.close() == []
        assert names(mock) == []


def test_other_buckets_stay(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    client = boto3.client("s3vectors", region_name="us-east-1")
    others = ["parity-00c0ffee", "parity-00c0ffe0-shared", "films"]
    for name in others:
        client.create_vector_bucket(vectorBucketName=name)
    asked(run)
    # A service that ignores the prefix of a list.
    listed = client.list_vector_buckets()["vectorBuckets"]
    s3vectors_mock.on("ListVectorBuckets").answer({"vectorBuckets": listed}, times=1)
    assert run.close() == []
    assert names(s3vectors_mock) == sorted(others)


def test_indexes_that_nobody_knows_of(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    run.open()
    client = boto3.client("s3vectors", region_name="us-east-1")
    for number in range(3):
        client.create_index(vectorBucketName=SHARED, indexName=f"index-{number}", **INDEX)  # type: ignore[arg-type] # mypy takes all for texts
    assert run.close() == []
    assert names(s3vectors_mock) == []


def test_somebody_who_may_not_list_makes_nothing(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    s3vectors_mock.fail("ListVectorBuckets", "AccessDeniedException", "No.")
    text = "An error occurred (AccessDeniedException) when calling the ListVectorBuckets operation"
    with pytest.raises(UsageError, match=re.escape(f"No fact can be asked: {text}")):
        run.open()
    assert run.close() == []
    assert len(s3vectors_mock.calls) == 1


def test_a_list_that_is_refused(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    run.open()
    s3vectors_mock.fail("ListVectorBuckets", "AccessDeniedException", "No.")
    left = run.close()
    assert names(s3vectors_mock) == []
    text = "ListVectorBuckets: AccessDeniedException: No."
    assert left == [f"The vector buckets could not be listed, so there may be more of them: {text}"]


def test_a_list_without_an_end(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    s3vectors_mock.on("ListVectorBuckets").answer({"vectorBuckets": [], "nextToken": "t"})
    run.open()
    (left,) = run.close()
    assert left.endswith("list_vector_buckets has no end: a token came twice")


def test_a_bucket_that_cannot_be_removed(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    denied = s3vectors_mock.fail("DeleteVectorBucket", "AccessDeniedException", "No.")
    run.open()
    text = "DeleteVectorBucket: AccessDeniedException: No."
    assert run.close() == [f"The vector bucket {SHARED} is left: {text}"]
    denied.remove()
    assert clean_up(target_of_mock(), "parity-00c0ffee") == (1, [])
    assert names(s3vectors_mock) == []


def test_what_is_denied_is_named(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    s3vectors_mock.fail(["DeleteVectorBucket", "DeleteVectorBucketPolicy"], "AccessDeniedException", "No.")
    run.open()
    text = "DeleteVectorBucket: AccessDeniedException: No."
    assert run.close() == [f"The vector bucket {SHARED} is left: {text}"]


def test_too_many_buckets_that_cannot_be_removed(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    """The run ends before it has littered the account."""
    s3vectors_mock.fail("DeleteVectorBucket", "AccessDeniedException", "No.")
    run.open()
    outcomes = [run.ask(FACTS[0]) for _ in range(12)]
    assert [outcome.result for outcome in outcomes] == ["holds"] * 10 + ["not asked"] * 2
    assert outcomes[-1].reason == "too many vector buckets could not be deleted"
    assert len(run.close()) == 11


def test_a_policy_that_forbids_deletion() -> None:
    """Only the policy itself may still be deleted."""
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3vectors:Delete*Bucket", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    with mock_s3vectors(authorization="enforce") as mock:
        run = Run(target_of_mock(), PREFIX, bounds(FACTS), PAUSES)
        run.open()
        client = boto3.client("s3vectors", region_name="us-east-1")
        client.put_vector_bucket_policy(vectorBucketName=SHARED, policy=policy)
        assert run.close() == []
        assert names(mock) == []


def test_a_bucket_that_cannot_be_removed_for_a_while(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    name = f"{PREFIX}001-1"
    # The second attempt comes after its policy was deleted.
    s3vectors_mock.fail("DeleteVectorBucket", "AccessDeniedException", times=2)
    assert asked(run) == ["holds"] * 3
    assert names(s3vectors_mock) == sorted([name, SHARED])
    assert len(s3vectors_mock.calls.of("DeleteVectorBucket", vectorBucketName=name)) == 2
    assert run.close() == []
    assert names(s3vectors_mock) == []


def test_an_answer_that_botocore_cannot_read(
    run: Run, s3vectors_mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.open()
    run.ask(FACTS[0])
    monkeypatch.setattr("botocore.parsers.RestJSONParser.parse", lambda *_: [].get)  # type: ignore[attr-defined] # as it meets a list
    assert [sentence.split(":")[0] for sentence in run.close()] == [
        f"The vector bucket {SHARED} is left",
        "The vector buckets could not be listed, so there may be more of them",
    ]
    with pytest.raises(UsageError, match="No fact can be asked: AttributeError: "):
        run.open()
    assert names(s3vectors_mock) == []


@pytest.mark.skipif(
    not has("CreateIndex>indexArn"), reason="the answers of this botocore have nothing to lose"
)
def test_half_an_answer(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    s3vectors_mock.disconnect("CreateIndex", kind="truncated", applied=True, times=1)
    first, *others = asked(run)
    assert first in {"not asked", "holds"}  # an older botocore sees it, and sends the request again
    assert others == ["holds", "holds"]
    assert run.close() == []
    assert names(s3vectors_mock) == []


def test_a_list_that_broke_off(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    """Botocore takes it for one without an entry."""
    run.open()
    s3vectors_mock.disconnect("ListVectorBuckets", kind="truncated", applied=True, times=2)
    run.gate.made.clear()
    assert run.close() == []
    assert names(s3vectors_mock) == []


def test_a_service_that_has_gone(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    run.open()
    s3vectors_mock.disconnect("*", "reset")
    left = run.close()
    assert [sentence.split(":")[0] for sentence in left] == [
        f"The vector bucket {SHARED} is left",
        "The vector buckets could not be listed, so there may be more of them",
    ]
    # It is tried again a few times, but not for each call.
    assert len(s3vectors_mock.calls) == 3 + len(PAUSES) + 1 + 1


@pytest.mark.parametrize("name", ["abc", "parity-1", "parity-00C0FFEE", "", "parity-00c0ffee-shared"])
def test_prefixes_of_no_run(name: str, s3vectors_mock: MockS3Vectors) -> None:
    with pytest.raises(RuntimeError, match="runs have prefixes such as parity-1a2b3c4d"):
        clean_up(target_of_mock(), name)
    assert len(s3vectors_mock.calls) == 0


def test_a_name_that_should_have_been_refused(run: Run, s3vectors_mock: MockS3Vectors) -> None:
    arn = "arn:aws:s3vectors:us-east-1:123456789012:bucket/aBc"
    answer = {"vectorBucketArn": arn} if has("CreateVectorBucket>vectorBucketArn") else {}
    s3vectors_mock.on("CreateVectorBucket", vectorBucketName="aBc").answer(answer)
    refused = refusal("ValidationException", ANYTHING)
    fact = fact_of(lambda ask: ask.expect(refused, "CreateVectorBucket", vectorBucketName="aBc"))
    run.open()
    assert run.ask(fact).result == "differs"
    assert run.close() == [
        (
            "The vector bucket 'aBc', whose name should have been refused, was made and is left: remove it "
            "yourself."
        )
    ]
