"""Decisions in words."""

from __future__ import annotations

from typing import Any

from mock_s3vectors.authorization import Policies, compile_policy, evaluate, explanation
from tests.authorization.table.rows import (
    ABROAD,
    BUCKET,
    GET,
    INDEX,
    OTHER_USER,
    PUT,
    QUERY,
    ROOT,
    USER,
    Row,
    allow,
    deny,
    only,
)

RIGHT = f"{QUERY} on {INDEX}"
NAMED = "the inline policy of user reader"
FIRST, SECOND, THIRD = (
    f"  the {place} statement of the bucket's policy does not:" for place in ("1st", "2nd", "3rd")
)


def words(row: Row) -> list[str]:
    return explanation(evaluate(row.policies, row.request), row.request, row.policies).splitlines()


def row(*identity: dict[str, Any], **more: Any) -> Row:
    return Row("", None, identity, **more)  # type: ignore[arg-type]  # no outcome is expected


def test_a_statement_that_allows() -> None:
    assert words(row(allow(PUT), allow(QUERY))) == [
        f"the 2nd statement of an identity-based policy allows {RIGHT}"
    ]


def test_a_statement_with_a_name_in_a_policy_with_one() -> None:
    document = {"Statement": [allow(PUT, Sid="Write"), allow(QUERY, Sid="Read")]}
    policies = Policies((compile_policy(document, "identity", name=NAMED),))
    request = row().request
    decision = evaluate(policies, request)
    assert explanation(decision, request) == f"statement 'Read' (the 2nd) of {NAMED} allows {RIGHT}"


def test_a_statement_that_denies() -> None:
    arn = "arn:aws:iam::111122223333:policy/guard"
    denied = row(allow("*"), *([allow(PUT)] * 9), deny("*"), arns={"identity": arn})
    assert words(denied) == [f"the 11th statement of an identity-based policy ({arn}) denies {RIGHT}"]


def test_the_root() -> None:
    root = Row("", None, None, caller=ROOT)  # type: ignore[arg-type]  # as above
    assert words(root) == [f"{ROOT.arn} may do all that no policy denies, so {RIGHT} is allowed"]


def test_statements_that_nearly_allow_are_told_the_closest_first() -> None:
    near = row(
        allow(PUT, on=BUCKET, when={"Bool": {"aws:SecureTransport": "true"}}),
        allow(PUT, on=BUCKET),
        deny(PUT),
        allow(GET),
        allow("*", on=[BUCKET]),
        bucket=[allow("*", to=only(ROOT.arn)), allow("*", to="*", when={"Null": {"aws:x": False}})],
    )
    assert words(near) == [
        f"no identity-based policy of {USER.arn} allows {RIGHT}",
        f"  the 4th statement of an identity-based policy does not: its Action is {GET}",
        f"  the 5th statement of an identity-based policy does not: its Resource is {BUCKET}",
        f"{FIRST} it names the account only, so an identity-based policy must allow it too",
    ]


def test_conditions_that_are_not_met() -> None:
    when = {"StringEquals": {"aws:username": ["a", "b"], "aws:SourceVpc": "vpc-1"}}
    near = row(allow("*", when=when), context={"aws:username": "c"})
    name = "its StringEquals of aws:username wants 'a' or 'b', and the request has 'c'"
    vpc = "its StringEquals of aws:SourceVpc wants 'vpc-1', and the request has no such key"
    assert words(near)[1] == f"  the 1st statement of an identity-based policy does not: {name}; {vpc}"


def test_what_the_bucket_lacks_across_accounts() -> None:
    bucket = [allow("*", to="*"), allow("*", NotPrincipal=only(ABROAD)), allow("*", to=only(ROOT.arn))]
    assert words(row(allow("*"), bucket=bucket, caller=OTHER_USER)) == [
        f"no statement of the bucket's policy for {OTHER_USER.arn} allows {RIGHT}",
        f"{FIRST} it is for everybody, and Block Public Access keeps other accounts out",
        f'{SECOND} its NotPrincipal is {{"AWS": "{ABROAD}"}}',
        f'{THIRD} its Principal is {{"AWS": "{ROOT.arn}"}}',
    ]


def test_what_a_limit_lacks() -> None:
    limited = row(allow("*"), boundary=[allow(NotAction=QUERY)])
    assert words(limited) == [
        f"no statement in the permissions boundary of {USER.arn} allows {RIGHT}",
        f"  the 1st statement of the permissions boundary does not: its NotAction is {QUERY}",
    ]
    limited = row(allow("*"), session=[allow(PUT)])
    assert words(limited)[0] == f"no statement in the session policy of {USER.arn} allows {RIGHT}"
