"""Bucket policies are kept and given back as they were put, and refused unless they are policies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.helpers import BUCKET, answer_of
from tests.support.refusals import NO_BUCKET, NO_POLICY, invalid

if TYPE_CHECKING:
    from tests.support.helpers import Client, Refused

STATEMENT: dict[str, Any] = {
    "Sid": "Zugriff für alle",
    "Effect": "Allow",
    "Principal": {"AWS": ["arn:aws:iam::123456789012:root"]},
    "Action": "s3vectors:*",
    "Resource": "*",
}
POLICY = {"Version": "2012-10-17", "Statement": [STATEMENT]}


def malformed(fault: str) -> tuple[str, str, Any]:
    return invalid(f"The specified policy is not a valid JSON policy document: {fault}")


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in STATEMENT.items() if name not in names}


def put(client: Client, policy: Any) -> Any:
    return answer_of(client.put_vector_bucket_policy, **BUCKET, policy=json.dumps(policy))


def stored(client: Client) -> Any:
    return json.loads(client.get_vector_bucket_policy(**BUCKET)["policy"])


@pytest.mark.parametrize(
    "policy",
    [
        POLICY,
        {"Statement": STATEMENT},
        {**POLICY, "Statement": [STATEMENT, {**STATEMENT, "Effect": "Deny"}]},
        {"Statement": [{**STATEMENT, "Resource": "arn:aws:s3vectors:us-east-1:123456789012:bucket/another"}]},
        {"Id": "mine", "Statement": [{**STATEMENT, "Principal": {"AWS": "123456789012"}}]},
        {"Statement": {**STATEMENT, "Principal": "*", "Action": ["s3vectors:GetVectors", "*"]}},
        {"Statement": {**without("Principal"), "NotPrincipal": {"AWS": ["123456789012"], "Service": "x"}}},
        {"Statement": {**without("Action", "Resource"), "NotAction": "s3vectors:*", "NotResource": ["*"]}},
        {"Statement": {**STATEMENT, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}},
    ],
    ids=[
        "one statement",
        "no list",
        "two statements",
        "another bucket's resource",
        "an account id",
        "everybody",
        "NotPrincipal",
        "NotAction and NotResource",
        "a condition",
    ],
)
def test_a_policy_comes_back_as_it_was_put(client: Client, policy: Any) -> None:
    assert put(client, policy) == {}
    assert stored(client) == policy


def test_a_bucket_without_policy(client: Client, refused: Refused) -> None:
    assert refused(client.get_vector_bucket_policy, **BUCKET) == NO_POLICY


def test_a_second_policy_replaces_the_first(client: Client) -> None:
    put(client, POLICY)
    put(client, {"Statement": [{**STATEMENT, "Effect": "Deny"}]})
    assert stored(client) == {"Statement": [{**STATEMENT, "Effect": "Deny"}]}


def test_delete_forgets_the_policy(client: Client, refused: Refused) -> None:
    put(client, POLICY)
    assert answer_of(client.delete_vector_bucket_policy, **BUCKET) == {}
    assert refused(client.get_vector_bucket_policy, **BUCKET) == NO_POLICY


def test_delete_without_a_policy_succeeds(client: Client) -> None:
    client.delete_vector_bucket_policy(**BUCKET)


def test_each_bucket_has_its_own(client: Client, refused: Refused) -> None:
    client.create_vector_bucket(vectorBucketName="bucket-2")
    put(client, POLICY)
    assert refused(client.get_vector_bucket_policy, vectorBucketName="bucket-2") == NO_POLICY


NO_ONES: list[Any] = [None, 1, [], ["*"], {}, {"AWS": []}, {"AWS": [1]}, {"AWS": None}, {"AWS": {}}]
NO_NAMES: list[Any] = [None, True, [], {}, ["*", 1]]
NO_JSON = "it is not JSON"
NO_STATEMENT = "Statement must be an object or an array of objects, which is not empty"
NO_EFFECT = "Statement must have an Effect, which is Allow or Deny"
NO_PRINCIPAL = "Statement must have either Principal or NotPrincipal"
BAD_PRINCIPAL = "a string or an object of strings and arrays of strings, which are not empty"
BAD_NAMES = "a string or an array of strings, which is not empty"
BAD_VALUES = "a string, a number, a boolean or an array of them, which is not empty"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", NO_JSON),
        ("no JSON", NO_JSON),
        (json.dumps(POLICY)[:-1], NO_JSON),
        ("null", NO_STATEMENT),
        ("[]", NO_STATEMENT),
        ('"Statement"', NO_STATEMENT),
        ("{}", NO_STATEMENT),
        ('{"Version": "2012-10-17"}', NO_STATEMENT),
        ('{"Statement": []}', NO_STATEMENT),
        ('{"Statement": "Allow"}', NO_STATEMENT),
        ('{"Statement": ["Allow"]}', "Statement[0] must be an object"),
        (json.dumps({"Statement": [STATEMENT, None]}), "Statement[1] must be an object"),
    ],
)
def test_what_is_no_policy_is_refused_and_changes_nothing(
    client: Client, refused: Refused, text: str, fault: str
) -> None:
    put(client, POLICY)
    assert refused(client.put_vector_bucket_policy, **BUCKET, policy=text) == malformed(fault)
    assert stored(client) == POLICY


def test_a_missing_bucket_is_named_before_a_malformed_policy(client: Client, refused: Refused) -> None:
    missing = {"vectorBucketName": "missing"}
    assert refused(client.put_vector_bucket_policy, **missing, policy="no JSON") == NO_BUCKET


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ({}, NO_EFFECT),
        (without("Effect"), NO_EFFECT),
        ({**STATEMENT, "Effect": "allow"}, NO_EFFECT),
        ({**STATEMENT, "Effect": ["Allow"]}, NO_EFFECT),
        (without("Principal"), NO_PRINCIPAL),
        ({**STATEMENT, "NotPrincipal": "*"}, NO_PRINCIPAL),
        (without("Action"), "Statement must have either Action or NotAction"),
        ({**STATEMENT, "NotAction": "*"}, "Statement must have either Action or NotAction"),
        (without("Resource"), "Statement must have either Resource or NotResource"),
        ({**STATEMENT, "NotResource": "*"}, "Statement must have either Resource or NotResource"),
        *(
            ({**STATEMENT, "Principal": value}, f"Statement.Principal must be {BAD_PRINCIPAL}")
            for value in NO_ONES
        ),
        ({**without("Principal"), "NotPrincipal": []}, f"Statement.NotPrincipal must be {BAD_PRINCIPAL}"),
        *(
            ({**without(name), given: value}, f"Statement.{given} must be {BAD_NAMES}")
            for name in ("Action", "Resource")
            for given in (name, f"Not{name}")
            for value in NO_NAMES
        ),
    ],
    ids=str,
)
def test_a_statement_that_lacks_an_element_is_refused_and_changes_nothing(
    client: Client, refused: Refused, statement: Any, fault: str
) -> None:
    put(client, POLICY)
    policy = json.dumps({"Statement": statement})
    assert refused(client.put_vector_bucket_policy, **BUCKET, policy=policy) == malformed(fault)
    second = json.dumps({"Statement": [STATEMENT, statement]})
    fault = fault.replace("Statement", "Statement[1]", 1)
    assert refused(client.put_vector_bucket_policy, **BUCKET, policy=second) == malformed(fault)
    assert stored(client) == POLICY


@pytest.mark.parametrize(
    ("elements", "fault"),
    [
        ({"Sid": 1}, ".Sid must be a string"),
        ({"Conditions": {}}, ".Conditions is no element of a statement"),
        (
            {"Action": "GetVectors"},
            ".Action must be * or a service, a colon and an action: GetVectors is neither",
        ),
        ({"Resource": "films"}, ".Resource must be * or an ARN: films is neither"),
        ({"Resource": "arn:a:b:c:d:${aws:x"}, ".Resource has a malformed variable: ${aws:x"),
        ({"Principal": "me"}, ".Principal must be *, or an object with AWS principals, services or others"),
        ({"Condition": {"StringIs": {}}}, ".Condition.StringIs is no condition operator"),
        (
            {"Condition": {"Null": {"aws:username": None}}},
            f".Condition.Null.aws:username must be {BAD_VALUES}",
        ),
        (
            {"Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "here"]}}},
            ".Condition.IpAddress.aws:SourceIp must be an IP address or a range of them",
        ),
    ],
)
def test_an_element_with_a_fault_is_refused_and_changes_nothing(
    client: Client, refused: Refused, elements: dict[str, Any], fault: str
) -> None:
    put(client, POLICY)
    policy = json.dumps({**POLICY, "Statement": [STATEMENT, {**STATEMENT, **elements}]})
    fault = f"Statement[1]{fault}"
    assert refused(client.put_vector_bucket_policy, **BUCKET, policy=policy) == malformed(fault)
    assert stored(client) == POLICY


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (json.dumps({**POLICY, "Version": "2012-10-18"}), "Version must be 2008-10-17 or 2012-10-17"),
        (json.dumps({**POLICY, "Name": "mine"}), "Name is no element of a policy"),
        ('{"Statement": [{"Effect": "Allow", "Effect": "Deny"}]}', "Statement[0].Effect is given twice"),
        ("[" * 100_000, "it is nested too deeply"),
    ],
    ids=["version", "element", "twice", "deep"],
)
def test_a_policy_with_a_fault_is_refused_and_changes_nothing(
    client: Client, refused: Refused, text: str, fault: str
) -> None:
    put(client, POLICY)
    assert refused(client.put_vector_bucket_policy, **BUCKET, policy=text) == malformed(fault)
    assert stored(client) == POLICY
