"""The rights that calls need."""

from __future__ import annotations

from typing import Any

import pytest

from mock_s3vectors.authorization import NEEDS, needs_of
from mock_s3vectors.operations import OPERATIONS

ALONE = sorted(set(OPERATIONS) - {"CreateVectorBucket", "CreateIndex", "ListVectors", "QueryVectors"})
TAGS = {"tags": {"team": "films"}}


def test_every_operation_has_its_needs() -> None:
    assert set(NEEDS) == set(OPERATIONS)


@pytest.mark.parametrize("operation", ALONE)
def test_most_calls_need_the_right_of_their_operation(operation: str) -> None:
    assert needs_of(operation, {**TAGS, "returnMetadata": True}) == (f"s3vectors:{operation}",)


@pytest.mark.parametrize(
    ("operation", "params", "also"),
    [
        ("CreateVectorBucket", {}, None),
        ("CreateVectorBucket", {"tags": {}}, None),
        ("CreateVectorBucket", TAGS, "TagResource"),
        ("CreateIndex", {}, None),
        ("CreateIndex", TAGS, "TagResource"),
        ("ListVectors", {}, None),
        ("ListVectors", {"returnData": False, "returnMetadata": False, "maxResults": 5}, None),
        ("ListVectors", {"returnData": True}, "GetVectors"),
        ("ListVectors", {"returnMetadata": True}, "GetVectors"),
        ("QueryVectors", {}, None),
        ("QueryVectors", {"returnDistance": True, "returnScores": True, "returnMetadata": False}, None),
        ("QueryVectors", {"returnMetadata": True}, "GetVectors"),
        ("QueryVectors", {"filter": {"genre": "drama"}}, "GetVectors"),
        ("QueryVectors", {"filter": {}}, "GetVectors"),
        ("QueryVectors", {"queryTexts": {"title": "x"}}, "GetVectors"),
    ],
)
def test_some_calls_need_a_second_right(operation: str, params: dict[str, Any], also: str | None) -> None:
    expected = [operation, *([also] if also else [])]
    assert needs_of(operation, params) == tuple(f"s3vectors:{name}" for name in expected)
