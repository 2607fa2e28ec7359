"""Calls of real clients with credentials of their own, beside what an evaluator that is not ours decides."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import mock_s3vectors
from tests.authorization.cases import FOCUSES, Case, Maker
from tests.authorization.differences import ALLOWED, DENIED, EXPLICITLY
from tests.authorization.evaluator import told
from tests.authorization.vocabulary import BUCKET, HOME
from tests.support.helpers import SETTINGS
from tests.support.operations import IN_A_BUCKET, IN_AN_INDEX, OF_A_RESOURCE, OF_AN_EMPTY_BUCKET
from tests.support.permissions import client_of
from tests.support.shapes import TAGS, needs

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from mock_s3vectors.authorization import AccessRequest
    from tests.support.operations import Arguments

# The method of a client for each action, and the arguments that it needs besides an address.
OPERATIONS: Arguments = {
    "list_vector_buckets": {},
    **IN_A_BUCKET,
    "create_index": {"indexName": "plots", **SETTINGS},
    **OF_AN_EMPTY_BUCKET,
    **IN_AN_INDEX,
    **OF_A_RESOURCE,
}
METHODS = {f"s3vectors:{method.title().replace('_', '')}": method for method in OPERATIONS}
NAMES = {"vectorBucketName": "films"}


def arguments_of(case: Case) -> dict[str, Any]:
    method = METHODS[case.action]
    if method == "list_vector_buckets":
        return {}
    of_index = "indexArn" if method in IN_AN_INDEX else "vectorBucketArn"
    name = "resourceArn" if method in OF_A_RESOURCE else of_index
    return {name: BUCKET if method in IN_A_BUCKET else case.resource, **OPERATIONS[method]}


def tags_of(case: Case, prefix: str) -> dict[str, str]:
    return {
        key.removeprefix(prefix): str(value)
        for key, value in case.context.items()
        if key.startswith(prefix) and value != "*"
    }


def caller_of(case: Case, mock: MockS3Vectors) -> Any:
    """Return the caller of a case, with its policies and tags."""
    principal = case.principal
    if case.identity is None:
        return mock.credentials(principal.account)
    has: dict[str, Any] = {"policies": case.identity, "boundary": case.boundary}
    has |= {"tags": tags_of(case, "aws:principaltag/"), "account": principal.account}
    if principal.role_arn is None:
        return mock.iam.user(principal.arn.partition(":user")[2], **has)
    name = principal.role_arn.partition(":role/")[2]
    return mock.iam.role(name, session_name="nightly", session_policy=case.session, **has)


def call(case: Case) -> str:
    """Call as the caller of a case, and return the outcome."""
    with mock_s3vectors(account_id=HOME, authorization="enforce") as mock:
        owner = client_of(mock.credentials(HOME))
        owner.create_vector_bucket(**NAMES, tags=tags_of(case, "s3vectors:vectorbuckettag/"))
        owner.create_index(**NAMES, indexName="plots", **SETTINGS, tags=tags_of(case, "aws:resourcetag/"))
        if case.bucket is not None:
            owner.put_vector_bucket_policy(**NAMES, policy=json.dumps(case.bucket))
        client = client_of(caller_of(case, mock))
        try:
            getattr(client, METHODS[case.action])(**arguments_of(case))
        except ClientError as error:
            code, message = (error.response["Error"][name] for name in ("Code", "Message"))
            if code == "AccessDeniedException":
                return EXPLICITLY if " with an explicit deny in " in message else DENIED
        return ALLOWED


def is_possible(case: Case) -> bool:
    """Tell whether a call can be of a case. Services do not call; a list of buckets asks no bucket policy."""
    is_list = case.resource == "*"
    return case.action in METHODS and case.principal.kind != "service" and not (is_list and case.bucket)


@needs(*TAGS)
@pytest.mark.parametrize("focus", FOCUSES)
def test_calls_come_out_as_the_oracle_decides(focus: str, asked: list[AccessRequest]) -> None:
    make = Maker(focus, seed=0)
    outcomes, cases = [], []
    for case in filter(is_possible, (make.case() for _ in range(60))):
        outcomes.append(call(case))
        request = asked[-1]
        assert (request.principal.arn, request.action) == (case.principal.arn, case.action)
        assert request.resource == case.resource
        cases.append(replace(case, context=dict(request.context)))
    answers = zip(cases, outcomes, told(cases), strict=True)
    assert [(case, ours, theirs) for case, ours, theirs in answers if ours != theirs.get("result")] == []
