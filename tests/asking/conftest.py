"""Three facts that tests ask, and services that answer them."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

import mock_s3vectors.parity.facts as all_facts
from mock_s3vectors.parity import counting
from mock_s3vectors.parity.bounds import Bounds, bounds_of
from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.fact import Fact, Facts
from mock_s3vectors.parity.gate import Amount
from mock_s3vectors.parity.running import Run
from mock_s3vectors.parity.target import target_of_mock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mock_s3vectors import MockS3Vectors
    from mock_s3vectors.parity.asking import Asking
    from mock_s3vectors.workbench.workbench import Workbench

ACCOUNT = "123456789012"
PREFIX = "parity-00c0ffee-"
# No test needs to wait.
PAUSES = (0.0,) * 7

made = Facts("Films")


@made("index-is-new", "seen", "The name of an index is free once.")
def _(ask: Asking) -> None:
    index = ask.index(ask.bucket())
    ask.put(index, ("a", [1, 2]))
    text = "An index with the specified name already exists"
    settings = {"dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}
    ask.expect(refusal("ConflictException", text), "CreateIndex", **index, **settings)


@made("list-order", "choice", "Buckets are listed by name.", choices=("list-order",))
def _(ask: Asking) -> None:
    names = [ask.bucket(), ask.bucket()]
    answer = ask("ListVectorBuckets", prefix=ask.prefix)
    ask.compare("the names", names, [entry["vectorBucketName"] for entry in answer["vectorBuckets"]])


@made("shared-index", "documented", "An index has an ARN.")
def _(ask: Asking) -> None:
    index = ask.index()
    answer = ask("GetIndex", **index)
    ask.compare("indexArn", ask.arn(*index.values()), answer["index"]["indexArn"])


FACTS = made.all()


def fact_of(ask: Callable[[Asking], object]) -> Fact:
    """A fact that is asked by a function, under the id of one that has a bound."""
    return Fact(FACTS[0].id, "Films", "It holds.", "seen", lambda asking: (ask(asking), None)[1])


def bounds(facts: Sequence[Fact]) -> Bounds:
    """Bounds without counting, which would meet the faults of a test in the same process."""
    return bounds_of({fact.id: Amount(10, 10) for fact in facts}, Amount(100))


def names(mock: Workbench) -> list[str]:
    """The vector buckets that there are, with no index in them."""
    rows = [row.split() for row in str(mock.describe()).splitlines() if row.startswith(ACCOUNT)]
    assert {row[3] for row in rows} <= {"-"}
    return [row[2] for row in rows]


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """A script that runs tests in the background has them ignore Ctrl+C; a program would ignore it, too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def facts(monkeypatch: pytest.MonkeyPatch) -> tuple[Fact, ...]:
    """The facts of this file, in the place of those of the package."""
    monkeypatch.setattr(all_facts, "FACTS", FACTS)
    monkeypatch.setattr(counting, "count", bounds)
    return FACTS


@pytest.fixture
def run(s3vectors_mock: MockS3Vectors) -> Run:  # noqa: ARG001 - the service
    """A run that is not open yet."""
    return Run(target_of_mock(), PREFIX, bounds(FACTS), PAUSES)
