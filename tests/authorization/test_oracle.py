"""Our decisions beside those of an evaluator that is not ours, the oracle."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.authorization.cases import FOCUSES, Case, Maker
from tests.authorization.differences import ALLOWED, DENIED, DIFFERENCES, EXPLICITLY
from tests.authorization.evaluator import told
from tests.authorization.vocabulary import CREATION
from tests.support.helpers import SETTINGS
from tests.support.shapes import TAGS, needs

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from mock_s3vectors.authorization import AccessRequest, Decision

# In which order we name kinds of policies of which several deny.
KINDS = ("identity", "resource", "boundary", "session")


def outcome(decision: Decision) -> str:
    if decision.allowed:
        return ALLOWED
    return EXPLICITLY if decision.why.startswith("with an explicit deny") else DENIED


def are_alike(ours: Decision, theirs: Any) -> bool:
    """Return whether both have the same outcome, for the same reason."""
    if outcome(ours) != theirs.get("result"):
        return False
    if ours.kind is None:  # an account's root, whom no policy has to allow
        return True
    deciding = theirs["kinds"][ours.kind]
    if ours.statement is None:
        return bool(deciding["result"] != ALLOWED)
    place = [ours.statement.policy_name, ours.statement.position]
    if ours.allowed:
        return place in deciding["allowing"]
    first = next(kind for kind in KINDS if theirs["kinds"][kind]["denying"])
    return ours.kind == first and place in deciding["denying"]


@pytest.mark.parametrize("focus", FOCUSES)
def test_the_oracle_decides_alike(focus: str) -> None:
    make = Maker(focus, seed=0)
    cases = [make.case() for _ in range(600)]
    answers = told(cases)
    assert [theirs for theirs in answers if "refused" in theirs or theirs["ignored"]] == []
    # Many of each, or the cases prove little.
    counts = Counter(theirs["result"] for theirs in answers)
    assert min(counts[result] for result in (ALLOWED, DENIED, EXPLICITLY)) > 50
    together = [(case, case.decide(), theirs) for case, theirs in zip(cases, answers, strict=True)]
    assert [(case, ours, theirs) for case, ours, theirs in together if not are_alike(ours, theirs)] == []


def test_we_differ_from_the_oracle_where_we_mean_to() -> None:
    answers = told(one.case for one in DIFFERENCES)
    seen = [
        (one.reason, outcome(one.case.decide()), theirs.get("result"))
        for one, theirs in zip(DIFFERENCES, answers, strict=True)
    ]
    assert seen == [(one.reason, one.ours, one.theirs) for one in DIFFERENCES]


def refer(request: Any, **_: Any) -> None:
    request.headers["Referer"] = "https://example.com"


@needs(*TAGS, "CreateIndex.encryptionConfiguration")
@pytest.mark.s3vectors(authorization="report")
def test_the_oracle_knows_the_condition_keys_of_a_call(
    s3vectors_mock: MockS3Vectors, asked: list[AccessRequest]
) -> None:
    iam = s3vectors_mock.iam
    callers = {"of-user": iam.user("ann", tags={"team": "red"}), "of-role": iam.role("reader")}
    for name, caller in callers.items():
        client = boto3.client("s3vectors", region_name="us-east-1", **caller)
        client.meta.events.register("before-sign", refer)
        client.create_vector_bucket(vectorBucketName=name)
        client.create_index(vectorBucketName=name, indexName="index", **SETTINGS, **CREATION)
    keys = {key for request in asked for key in request.context}
    assert {"aws:username", "aws:referer", "aws:tagkeys", "s3vectors:ssetype"} <= keys
    cases = [Case(one.principal, one.action, one.resource, dict(one.context)) for one in asked]
    assert [theirs.get("ignored") for theirs in told(cases)] == [[]] * len(cases)
