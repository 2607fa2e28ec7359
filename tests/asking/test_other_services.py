"""Facts are not refuted by things that they do not state, and that AWS or an account may have otherwise."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import inf, log
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest

from mock_s3vectors import choices
from mock_s3vectors.filtering import tree
from mock_s3vectors.parity import asking
from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.counting import mock_as_aws, unbounded
from mock_s3vectors.parity.facts import FACTS
from mock_s3vectors.parity.running import Run
from mock_s3vectors.parity.target import target_of_mock
from mock_s3vectors.permissions import deciding, targets
from tests.asking.conftest import PAUSES, PREFIX
from tests.support.shapes import TEXT_SEARCH, needs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_s3vectors.filtering.vocabulary import Vocabulary
    from mock_s3vectors.parity.fact import Fact
    from mock_s3vectors.parity.running import Outcome
    from mock_s3vectors.parity.target import Target

LISTS = ("Vector buckets", "Indexes", "Lists and pages", "Names and addressing", "Vectors")
ACCESS = ("Policies", "Permissions", "Tags", "Encryption")
RANKINGS = ("Filters", "Meaning of filters", "Full-text queries", "Hybrid queries", "Analysis of texts")


def about(*topics: str) -> list[Fact]:
    return [fact for fact in FACTS if fact.topic in topics]


def asked(facts: Sequence[Fact], target: Target) -> list[Outcome]:
    """The outcomes of facts, after which nothing is left."""
    run = Run(target, PREFIX, unbounded(facts), PAUSES)
    run.open()
    outcomes = [run.ask(fact) for fact in facts]
    assert run.close() == []
    return outcomes


def refuted(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the unexpected answers of facts that differ or that ended in a mistake."""
    return {
        outcome.fact.id: outcome.error or [each for each in outcome.comparisons if not each.holds]
        for outcome in outcomes
        if outcome.result == "differs" or outcome.error is not None
    }


def test_pages_without_entries() -> None:
    """AWS was seen to send one that has a token."""
    with mock_as_aws(empty_pages=True):
        assert refuted(asked(about(*LISTS), target_of_mock())) == {}


def test_refusals_that_have_a_field_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of most of them nobody has published whether they have one."""

    def with_fields(code: str, message: Any, *fields: tuple[str, str], status: int | None = None) -> Any:
        is_other = code == "ValidationException" and not fields
        return refusal(code, message, *([("member", "A reason")] if is_other else fields), status=status)

    monkeypatch.setattr(asking, "refusal", with_fields)
    with mock_as_aws():
        topics = ("Requests and errors", "Names and addressing", "Index modes", "Encryption", "Tags")
        assert refuted(asked(about(*topics), target_of_mock())) == {}


def test_another_partition() -> None:
    with mock_as_aws():
        target = replace(target_of_mock(), region="cn-north-1")
        assert refuted(asked(about("Names and addressing", *ACCESS), target)) == {}


@pytest.mark.parametrize(
    "region", ["us-east-1", "us-west-2", "cn-north-1", "cn-northwest-1", "us-gov-east-1"]
)
def test_the_other_region_is_of_the_same_partition(region: str) -> None:
    partition = boto3.Session().get_partition_for_region(region)
    met: list[str] = []
    with mock_as_aws():
        fact = replace(FACTS[0], ask=lambda ask: met.append(ask.other_region))
        asked([fact], replace(target_of_mock(), region=region))
    assert met != [region]
    assert boto3.Session().get_partition_for_region(met[0]) == partition


@pytest.mark.parametrize(
    "denied",
    [["*Policy", "TagResource", "CreateIndex"], ["*Tag*", "PutVectors", "GetVectors", "UpdateIndexMode"]],
)
def test_a_caller_of_few_rights(denied: list[str]) -> None:
    with mock_as_aws() as mock:
        user = mock.iam.user("reader").allow("*").deny(*denied)
        outcomes = asked(about(*ACCESS), replace(target_of_mock(), keys=dict(user)))
    assert refuted(outcomes) == {}
    results = Counter(outcome.result for outcome in outcomes)
    assert min(results["not asked"], results["holds"]) >= 10


def test_a_caller_whose_policies_allow_nothing_else() -> None:
    with mock_as_aws() as mock:
        user = mock.iam.user("reader").allow("*VectorBucket", "*Index", "ListVectorBuckets", "ListIndexes")
        outcomes = asked(about("Policies", "Vectors"), replace(target_of_mock(), keys=dict(user)))
    assert refuted(outcomes) == {}
    [reason] = [outcome.reason for outcome in outcomes if outcome.fact.id == "policy-kept"]
    assert reason.startswith(
        "PutVectorBucketPolicy is denied: User: arn:aws:iam::123456789012:user/reader is not"
    )


def test_policies_that_take_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new policy is not in force the first, the third and the eighth time that it is looked at."""
    looked_at: Counter[int] = Counter()
    kept = []

    def late(*place: Any) -> Any:
        target = targets.target_at(*place)
        if target.policy is None:
            return target
        kept.append(target.policy)  # so that no other gets its id
        looked_at[id(target.policy)] += 1
        is_late = looked_at[id(target.policy)] in {1, 3, 8}
        return target._replace(policy=None) if is_late else target

    monkeypatch.setattr(deciding, "target_at", late)
    monkeypatch.setattr(asking, "_SETTLES", 0.0)
    monkeypatch.setattr(asking, "_PAUSE", 0.0)
    with mock_as_aws():
        assert refuted(asked(about("Permissions"), target_of_mock())) == {}


def complement_in_its_types(condition: Any, vocabulary: Vocabulary) -> Any:
    """The values of the types of a condition that it does not select."""
    inner = condition.condition
    table = vocabulary.nothing()
    if str in inner.kinds:
        table |= vocabulary.starting_with("")
    if float in inner.kinds:
        table |= vocabulary.compared(np.less_equal, inf)
    if bool in inner.kinds:
        table |= vocabulary.equal_to_any((True, False))
    return table & ~inner.table(vocabulary)


def equal_with_true_as_1(condition: Any, vocabulary: Vocabulary) -> Any:
    """The values that a condition selects if true is 1 and false is 0."""
    others = [
        bool(value) if isinstance(value, float) else float(value)
        for value in condition.values
        if value in {0, 1}
    ]
    return vocabulary.equal_to_any((*condition.values, *others))


def in_range_with_true_as_1(condition: Any, vocabulary: Vocabulary) -> Any:
    """The values in range if true is 1 and false is 0."""
    found = [value for value in (True, False) if condition.comparison(value, condition.number)]
    table = vocabulary.compared(condition.comparison, condition.number)
    return table | vocabulary.equal_to_any(tuple(found))


def test_choices_that_are_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """They refute no fact that was seen or is documented."""
    others: dict[str, Any] = {
        "NOT_EQUAL_MATCHES_ABSENT": False,
        "DEEPEST_FILTER": 20,
        "BM25_K1": 2.0,
        "BM25_B": 0.1,
        "RRF_CONSTANT": 1,
        "MISSING_DISTANCE": 0.0,
        "inverse_document_frequency": lambda records, containing: log(2.0 + records / max(containing, 1)),
        "query_terms": lambda terms: terms,
        "ranking_depth": lambda top_k: top_k,
        "text_score": lambda scores: np.max(scores, axis=0),
    }
    for name, value in others.items():
        monkeypatch.setattr(choices, name, value)
    for node, table in (
        (tree.Complement, complement_in_its_types),
        (tree.OneOf, equal_with_true_as_1),
        (tree.Compared, in_range_with_true_as_1),
    ):
        monkeypatch.setattr(node, "table", table)
    known = [fact for fact in about(*RANKINGS) if fact.source != "choice"]
    assert len(known) > 50
    with mock_as_aws():
        assert refuted(asked(known, target_of_mock())) == {}


@needs(*TEXT_SEARCH)
def test_what_is_accepted_and_is_refused_instead() -> None:
    """Facts by which something is accepted differ then, and are not only not asked."""
    accepted = {
        "dimensions-accepted": "CreateIndex",
        "float32-largest": "PutVectors",
        "metadata-keys": "PutVectors",
        "metadata-values": "PutVectors",
        "tags-accepted": "CreateIndex",
        "tags-at-creation": "CreateVectorBucket",
        "bucket-key-unchecked": "CreateVectorBucket",
        "bucket-encryption-aes256": "CreateVectorBucket",
        "index-aes256-in-a-kms-bucket": "CreateIndex",
        "create-index-by-arn": "CreateIndex",
        "empty-metadata-lists": "CreateIndex",
        "text-search-ten": "CreateIndex",
        "text-search-languages": "CreateIndex",
        "text-search-key-length": "CreateIndex",
    }
    facts = [fact for fact in FACTS if fact.id in accepted]
    with mock_as_aws() as mock:
        run = Run(target_of_mock(), PREFIX, unbounded(facts), PAUSES)
        run.open()
        results = {}
        for fact in facts:
            rule = mock.fail(accepted[fact.id], "ValidationException", "Refused")
            results[fact.id] = run.ask(fact).result
            rule.remove()
        assert run.close() == []
    assert results == dict.fromkeys(accepted, "differs")
