"""Across accounts: the bucket's policy and the identity's policies must both allow."""

from __future__ import annotations

from typing import Any

from mock_s3vectors.authorization import Principal
from tests.authorization.table.rows import (
    ABROAD,
    BY_BOTH,
    BY_BUCKET,
    DENY_BOUNDARY,
    DENY_BUCKET,
    DENY_IDENTITY,
    HOME,
    NO_BOUNDARY,
    NO_BUCKET,
    NO_IDENTITY,
    NO_SESSION,
    OTHER_ROLE,
    OTHER_ROOT,
    OTHER_SESSION,
    OTHER_USER,
    PUT,
    QUERY,
    ROOT,
    Outcome,
    Row,
    allow,
    deny,
    only,
)

ALL, PUTS = [allow("*")], [allow(PUT)]
TO_ACCOUNT, TO_USER = [allow("*", to=only(ABROAD))], [allow("*", to=only(OTHER_USER.arn))]
TO_ROLE, TO_SESSION = [allow("*", to=only(OTHER_ROLE))], [allow("*", to=only(OTHER_SESSION.arn))]
SERVICE = Principal("indexing.s3vectors.amazonaws.com", "", "service")
TO_SERVICE = [allow("*", to={"Service": SERVICE.arn})]
GUARD = f"arn:aws:iam::{ABROAD}:policy/guard"


def visit(name: str, outcome: Outcome, identity: Any = (), boundary: Any = None, **more: Any) -> Row:
    return Row(name, outcome, identity, boundary, **{"caller": OTHER_USER, **more})


def serve(name: str, outcome: Outcome, bucket: Any) -> Row:
    return Row(name, outcome, None, bucket=bucket, caller=SERVICE)


def fixed(outcome: Outcome, operator: str, key: str, value: Any, has: str) -> Row:
    """Everybody may, on a condition that a visitor with a policy of their own meets."""
    when = {operator: {key: value}}
    name = f"everybody abroad, on {operator} of {key} {value}"
    return visit(name, outcome, ALL, bucket=[allow("*", to="*", when=when)], context={key.lower(): has})


ROWS = [
    visit("neither allows", NO_BUCKET),
    visit("only the identity's policy allows", NO_BUCKET, ALL),
    visit("the bucket's policy names somebody else", NO_BUCKET, ALL, bucket=[allow("*", to=only(ROOT.arn))]),
    visit("the bucket's policy allows the account alone", NO_BUCKET, bucket=TO_ACCOUNT),
    visit("the account and the identity's policy", BY_BOTH, ALL, bucket=TO_ACCOUNT),
    visit("the account by its root", BY_BOTH, ALL, bucket=[allow("*", to=only(OTHER_ROOT.arn))]),
    visit("the bucket's policy names the user alone", NO_IDENTITY, bucket=TO_USER),
    visit("the user and the identity's policy", BY_BOTH, ALL, bucket=TO_USER),
    visit("the bucket's policy names the role alone", NO_IDENTITY, bucket=TO_ROLE, caller=OTHER_SESSION),
    visit("the role and its policy", BY_BOTH, ALL, bucket=TO_ROLE, caller=OTHER_SESSION),
    visit(
        "the bucket's policy names the session alone", NO_IDENTITY, bucket=TO_SESSION, caller=OTHER_SESSION
    ),
    visit("the session and its policy", BY_BOTH, ALL, bucket=TO_SESSION, caller=OTHER_SESSION),
    visit("they allow different things", NO_IDENTITY, PUTS, bucket=[allow(QUERY, to=only(OTHER_USER.arn))]),
    visit("the root of another account is nobody", NO_BUCKET, None, caller=OTHER_ROOT),
    visit(
        "the root of an account that the policy names", BY_BUCKET, None, bucket=TO_ACCOUNT, caller=OTHER_ROOT
    ),
    visit("the root is not a user of its account", NO_BUCKET, None, bucket=TO_USER, caller=OTHER_ROOT),
    visit("the boundary limits across accounts", NO_BOUNDARY, ALL, PUTS, bucket=TO_USER),
    visit(
        "the session policy limits across accounts",
        NO_SESSION,
        ALL,
        session=PUTS,
        bucket=TO_SESSION,
        caller=OTHER_SESSION,
    ),
    visit("all allow", BY_BOTH, ALL, ALL, session=ALL, bucket=TO_ROLE, caller=OTHER_SESSION),
    visit("the identity's policy denies", DENY_IDENTITY, [*ALL, deny(QUERY)], bucket=TO_USER),
    visit("the bucket's policy denies", DENY_BUCKET, ALL, bucket=[*TO_USER, deny("*", to="*")]),
    visit("both deny", DENY_IDENTITY, [deny("*")], bucket=[deny("*", to="*")]),
    visit("the boundary denies", DENY_BOUNDARY, ALL, [deny("*")], bucket=TO_USER),
    visit(
        "no policy of another account is named",
        DENY_IDENTITY,
        [deny("*")],
        bucket=TO_USER,
        arns={"identity": GUARD},
    ),
    visit(
        "Deny spares a visitor named with the account",
        BY_BOTH,
        ALL,
        bucket=[
            *TO_USER,
            deny("*", NotPrincipal={"AWS": [OTHER_USER.arn, OTHER_ROOT.arn]}),
        ],
    ),
    visit(
        "Deny does not spare a visitor named alone",
        DENY_BUCKET,
        ALL,
        bucket=[
            *TO_USER,
            deny("*", NotPrincipal=only(OTHER_USER.arn)),
        ],
    ),
    # Services
    serve("a service that the bucket's policy names", BY_BUCKET, TO_SERVICE),
    serve("another service", NO_BUCKET, [allow("*", to={"Service": "s3.amazonaws.com"})]),
    serve("a service is in no account", NO_BUCKET, [allow("*", to={"AWS": [HOME, ABROAD]})]),
    serve(
        "Deny spares a service", BY_BUCKET, [*TO_SERVICE, deny("*", NotPrincipal={"Service": SERVICE.arn})]
    ),
    serve("Deny does not spare a service", DENY_BUCKET, [*TO_SERVICE, deny("*", NotPrincipal=only(HOME))]),
    # Everybody
    visit("everybody is nobody abroad", NO_BUCKET, ALL, bucket=[allow("*", to="*")]),
    visit(
        "everybody as an AWS principal is nobody abroad", NO_BUCKET, ALL, bucket=[allow("*", to=only("*"))]
    ),
    visit("all others are nobody abroad", NO_BUCKET, ALL, bucket=[allow("*", NotPrincipal=only(ROOT.arn))]),
    visit(
        "everybody beside the account", BY_BOTH, ALL, bucket=[allow("*", to={"AWS": ["*", ABROAD]}), *TO_USER]
    ),
    visit("everybody is denied abroad", DENY_BUCKET, ALL, bucket=[*TO_USER, deny("*", to="*")]),
    fixed(BY_BOTH, "StringEquals", "aws:PrincipalAccount", ABROAD, ABROAD),
    fixed(BY_BOTH, "ArnEquals", "aws:PrincipalArn", OTHER_USER.arn, OTHER_USER.arn),
    fixed(BY_BOTH, "IpAddress", "aws:SourceIp", "203.0.113.0/24", "203.0.113.7"),
    fixed(NO_BUCKET, "IpAddress", "aws:SourceIp", "0.0.0.0/0", "203.0.113.7"),
    fixed(NO_BUCKET, "IpAddress", "aws:SourceIp", ["203.0.113.0/24", "::/0"], "203.0.113.7"),
    fixed(NO_BUCKET, "StringLike", "aws:PrincipalArn", "arn:aws:iam::*:user/*", OTHER_USER.arn),
    fixed(NO_BUCKET, "StringEquals", "aws:PrincipalArn", "${aws:PrincipalArn}", OTHER_USER.arn),
    fixed(NO_BUCKET, "StringNotEquals", "aws:PrincipalAccount", "000000000000", ABROAD),
    fixed(NO_BUCKET, "StringEqualsIfExists", "aws:PrincipalAccount", ABROAD, ABROAD),
    fixed(NO_BUCKET, "StringEquals", "aws:SourceIp", "here", "here"),
    fixed(NO_BUCKET, "Bool", "aws:SecureTransport", "true", "true"),
    fixed(NO_BUCKET, "Null", "aws:PrincipalAccount", "false", ABROAD),
]
