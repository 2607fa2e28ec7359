"""How a fact is asked: what its hand offers, and when it counts as not asked."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

import botocore
import pytest

from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.matchers import ANYTHING, About, Matching, Of, OneOf
from tests.asking.conftest import fact_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors
    from mock_s3vectors.parity.asking import Asking
    from mock_s3vectors.parity.running import Outcome, Run

INDEX = {
    "vectorBucketName": "parity-00c0ffee-shared",
    "dataType": "float32",
    "dimension": 2,
    "distanceMetric": "euclidean",
}
UNKNOWN = f"botocore {botocore.__version__} does not know `{{}}`"


@pytest.fixture
def ask(run: Run) -> Callable[[Callable[[Asking], object]], Outcome]:
    run.open()
    return lambda function: run.ask(fact_of(function))


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda ask: ask("MakeCoffee"), "MakeCoffee"),
        (lambda ask: ask.raw("MakeCoffee", b"{}"), "MakeCoffee"),
        (lambda ask: ask("GetIndex", indexName="a", sugar=1), "sugar"),
        (lambda ask: ask("PutVectors", vectors=[{"key": "a", "colour": 1}]), "colour"),
        (lambda ask: ask.expect({"index": {"taste": 1}}, "GetIndex", **ask.index()), "taste"),
        (lambda ask: ask.needs("GetIndex", "GetIndex>index.taste"), "taste"),
        (lambda ask: ask.needs("PutVectors.vectors.colour"), "colour"),
    ],
)
def test_things_that_botocore_does_not_know(ask: Any, function: Any, name: str) -> None:
    outcome = ask(function)
    assert (outcome.result, outcome.reason, outcome.error) == ("not asked", UNKNOWN.format(name), None)


def test_a_member_of_an_answer_that_botocore_leaves_out(
    ask: Any, monkeypatch: pytest.MonkeyPatch, s3vectors_mock: MockS3Vectors
) -> None:
    monkeypatch.setattr("mock_s3vectors.parity.asking.unknown_members", lambda *_: iter(["taste"]))
    index: dict[str, Any] = {}

    def missing(asking: Asking) -> None:
        index.update(asking.index())
        answer = asking("GetIndex", **index)
        asking.compare("taste", "bitter", answer["index"]["taste"])

    def differs(asking: Asking) -> None:
        answer = asking("GetIndex", **asking.index())
        asking.compare("index", {**answer["index"], "taste": "bitter"}, answer["index"])

    for function in (missing, differs):
        assert ask(function).reason == UNKNOWN.format("taste")
    assert ask(lambda asking: asking.compare("another", 1, 2)).result == "differs"
    assert s3vectors_mock.calls


def test_who_asks(ask: Any) -> None:
    found = []
    ask(lambda asking: found.append((asking.partition, asking.region, asking.account, asking.arn("b", "i"))))
    arn = "arn:aws:s3vectors:us-east-1:123456789012:bucket/b/index/i"
    assert found == [("aws", "us-east-1", "123456789012", arn)]


def test_preparations_that_are_refused(ask: Any) -> None:
    outcome = ask(lambda asking: asking.index(asking.name()))
    text = "CreateIndex was refused: NotFoundException: The specified vector bucket could not be found"
    assert (outcome.result, outcome.reason, outcome.error) == ("not asked", text, None)


@pytest.mark.parametrize(
    ("ending", "result"),
    [
        ("because no identity-based policy allows the s3vectors:GetIndex action", "not asked"),
        ("because no service control policy allows the s3vectors:GetIndex action", "not asked"),
        ("with an explicit deny in an identity-based policy", "not asked"),
        ("with an explicit deny in a permissions boundary: arn:aws:iam::123456789012:policy/p", "not asked"),
        ("with an explicit deny in a resource control policy", "not asked"),
        ("with an explicit deny in a resource-based policy", "holds"),
        ("because no resource-based policy allows the s3vectors:GetIndex action", "holds"),
    ],
)
def test_a_caller_who_may_not_make_a_call(
    ask: Any, s3vectors_mock: MockS3Vectors, ending: str, result: str
) -> None:
    text = f"User: arn:aws:iam::123456789012:root is not authorized to perform: s3vectors:GetIndex {ending}"
    s3vectors_mock.fail("GetIndex", "AccessDeniedException", text)
    denial = refusal("AccessDeniedException", text)
    outcome = ask(lambda asking: asking.expect(denial, "GetIndex", **asking.index()))
    assert (outcome.result, outcome.error) == (result, None)
    assert outcome.reason == (f"GetIndex is denied: {text}" if result == "not asked" else "")


def test_a_quota_that_is_reached(ask: Any, s3vectors_mock: MockS3Vectors) -> None:
    s3vectors_mock.fail("CreateIndex", "ServiceQuotaExceededException", "No more.")
    refused = refusal("ConflictException", ANYTHING)
    outcome = ask(lambda asking: asking.expect(refused, "CreateIndex", **INDEX, indexName=asking.name()))
    assert (outcome.result, outcome.reason) == ("not asked", "CreateIndex is denied: No more.")


def test_a_service_that_fails(
    ask: Any, s3vectors_mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    s3vectors_mock.fail("GetIndex", 503)
    outcome = ask(lambda asking: asking.expect(refusal("503", ANYTHING), "GetIndex", **asking.index()))
    assert outcome.reason.startswith("GetIndex failed: 503")
    # Each try has four attempts.
    assert len(s3vectors_mock.calls.of("GetIndex")) == 2 * 4


def test_a_service_that_has_gone(
    run: Run, s3vectors_mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    run.open()
    gone = s3vectors_mock.disconnect("*")
    outcomes = [run.ask(fact_of(lambda asking: asking.bucket())) for _ in range(6)]
    assert {outcome.result for outcome in outcomes} == {"not asked"}
    assert outcomes[4].reason == "ConnectionClosedError"
    assert outcomes[5].reason == "the service did not answer any more (ConnectionClosedError)"
    gone.remove()
    assert run.close() == []


def test_a_difference_after_a_repeated_request(
    ask: Any, s3vectors_mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second request of the creation meets the bucket of the first one, whose answer got lost."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    lost = s3vectors_mock.disconnect("CreateVectorBucket", applied=True, times=1)

    def make(asking: Asking) -> None:
        answer = asking("CreateVectorBucket", vectorBucketName=asking.name())
        asking.compare("the error", "none", answer.get("error", "none"))

    assert ask(make).result == "holds"
    lost.remove()
    for after in (0, 2):
        s3vectors_mock.disconnect("CreateVectorBucket", applied=True, times=1, after=after)
    outcome = ask(make)
    assert outcome.result == "not asked"
    assert outcome.reason == "requests had to be repeated, so that a difference says nothing"
    assert [comparison.met for comparison in outcome.comparisons] == ["ConflictException"]


@pytest.mark.parametrize("fault", ["GetIndex", "CreateIndex"])
def test_an_answer_that_broke_off(ask: Any, s3vectors_mock: MockS3Vectors, fault: str) -> None:
    s3vectors_mock.disconnect(fault, kind="truncated", applied=True)
    outcome = ask(lambda asking: asking.compare("", {}, asking("GetIndex", **asking.index())))
    assert (outcome.result, outcome.comparisons) == ("not asked", ())


def test_a_fact_that_compares_nothing(ask: Any) -> None:
    outcome = ask(lambda asking: asking.name())
    assert str(outcome.error) == "the fact has compared nothing"


def test_what_takes_seconds(ask: Any, s3vectors_mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    for expected, calls in (([False, False, True], 3), ([False] * 4, 4)):
        answers, before = iter(expected), len(s3vectors_mock.calls.of("ListIndexes"))
        ask(lambda asking, answers=answers: asking.settled(lambda _: next(answers), "ListIndexes"))
        assert len(s3vectors_mock.calls.of("ListIndexes")) - before == calls
    assert pauses == [2.0] * (2 + 3)


def test_waiting(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    answers = iter([False, False, True])
    ask(lambda asking: asking.until("GetIndex", lambda _: next(answers), **asking.index()))
    assert pauses == [3.0, 3.0]


def test_waiting_in_vain(ask: Any, monkeypatch: pytest.MonkeyPatch, s3vectors_mock: MockS3Vectors) -> None:
    """The first fact waits, others do not, until one of them need not."""
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr("time.sleep", sleep)
    monkeypatch.setattr("time.monotonic", lambda: now)

    def calls(needed: float) -> int:
        """How many calls a fact makes whose answer comes after so many."""
        s3vectors_mock.calls.clear()

        def calls_so_far() -> int:
            return len(s3vectors_mock.calls.of("GetIndex"))

        ask(lambda asking: asking.until("GetIndex", lambda _: calls_so_far() >= needed, longest=6, **index))
        return calls_so_far()

    index: dict[str, Any] = {}
    ask(lambda asking: index.update(asking.index()))
    assert [calls(needed) for needed in (inf, inf, 1, 2, inf, 2)] == [3, 1, 1, 2, 3, 1]


def test_a_refusal_is_no_answer_to_wait_for(ask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_s3vectors.parity.asking.time.sleep", lambda _: None)
    absent = {"vectorBucketName": "parity-00c0ffee-no", "indexName": "none"}
    outcome = ask(
        lambda asking: asking.until("GetIndex", lambda answer: "index" in answer, longest=0, **absent)
    )
    text = "NotFoundException: The specified index could not be found"
    assert outcome.reason == f"GetIndex does not answer as awaited: {text}"


def test_a_request_changed_after_it_was_signed(ask: Any) -> None:
    def change(request: Any) -> None:
        request.body = b"no JSON"

    outcome = ask(
        lambda asking: asking.compare(
            "GetIndex", "SerializationException", asking.raw("GetIndex", b"{}", once_signed=change)["error"]
        )
    )
    assert outcome.result == "holds"


@pytest.mark.parametrize(
    ("matcher", "equal", "unequal", "shown"),
    [
        (ANYTHING, [0, "", {}], [None], "<any>"),
        (About(1.0, 0.1), [1.05, 0.95], [1.2, "1.0", True, None], "<1.0 within 0.1>"),
        (Matching("a+"), ["a", "aa"], ["ab", "", None, 1], "<text like a+>"),
        (Of(int), [1], [True, 1.0, None], "<int>"),
        (OneOf(1, "a"), [1, "a"], [2, None], "<one of 1, 'a'>"),
    ],
)
def test_matchers(matcher: Any, equal: list[Any], unequal: list[Any], shown: str) -> None:
    assert all(matcher == value and {"a": [matcher]} == {"a": [value]} for value in equal)
    assert not any(matcher == value for value in unequal)
    assert repr(matcher) == shown
