"""Policy variables in resources and in the values of conditions."""

from tests.authorization.table.rows import (
    ALLOWED,
    BUCKET,
    DENY_IDENTITY,
    HOME,
    INDEX,
    NO_IDENTITY,
    SESSION,
    Row,
    allow,
    deny,
)

NAMED = {"aws:username": "plots"}
TEAM = {"aws:principaltag/team": "films"}
OF_NAME = f"{BUCKET}/index/${{aws:username}}"
OF_TEAM = "arn:aws:s3vectors:*:*:bucket/${aws:PrincipalTag/team}/*"
WITH_DEFAULT = f"{BUCKET}/index/${{aws:PrincipalTag/index, 'plots'}}"
ODD = f"{BUCKET}/index/a*b?c$d"


def tagged(value: str) -> dict[str, dict[str, str]]:
    return {"StringEquals": {"aws:ResourceTag/team": value}}


ROWS = [
    # In resources
    Row("a variable stands for the value of a key", ALLOWED, [allow("*", on=OF_NAME)], context=NAMED),
    Row(
        "a variable stands for no other value",
        NO_IDENTITY,
        [allow("*", on=OF_NAME)],
        context={"aws:username": "credits"},
    ),
    Row("a variable beside wildcards", ALLOWED, [allow("*", on=OF_TEAM)], context=TEAM),
    Row(
        "names of variables ignore case",
        ALLOWED,
        [allow("*", on=OF_NAME.replace("username", "UserName"))],
        context=NAMED,
    ),
    Row(
        "a variable without a value is in no resource", NO_IDENTITY, [allow("*", on=OF_NAME)], caller=SESSION
    ),
    Row(
        "a variable without a value beside a resource without variables",
        ALLOWED,
        [allow("*", on=[OF_NAME, INDEX])],
    ),
    Row(
        "NotResource with a variable without a value is every resource",
        DENY_IDENTITY,
        [allow("*"), deny("*", on=None, NotResource=OF_NAME)],
    ),
    Row("a default stands in for an absent key", ALLOWED, [allow("*", on=WITH_DEFAULT)]),
    Row(
        "a value wins over the default",
        NO_IDENTITY,
        [allow("*", on=WITH_DEFAULT)],
        context={"aws:principaltag/index": "credits"},
    ),
    Row(
        "a key with several values is no variable",
        NO_IDENTITY,
        [allow("*", on=f"{BUCKET}/index/${{aws:TagKeys}}")],
        context={"aws:tagkeys": ["plots"]},
    ),
    Row(
        "wildcards in a value stand for themselves",
        NO_IDENTITY,
        [allow("*", on=OF_NAME)],
        context={"aws:username": "*"},
    ),
    Row(
        "${*}, ${?} and ${$} are characters",
        ALLOWED,
        [allow("*", on=f"{BUCKET}/index/a${{*}}b${{?}}c${{$}}d")],
        on=ODD,
    ),
    Row("${*} is no wildcard", NO_IDENTITY, [allow("*", on=f"{BUCKET}/index/${{*}}")]),
    Row("${?} is no wildcard", NO_IDENTITY, [allow("*", on=f"{BUCKET}/index/plot${{?}}")]),
    Row(
        "variables are no account",
        NO_IDENTITY,
        [allow("*", on="arn:aws:s3vectors:us-east-1:${aws:PrincipalAccount}:*")],
        context={"aws:principalaccount": HOME},
    ),
    Row(
        "the first version has no variables",
        NO_IDENTITY,
        [allow("*", on=OF_NAME)],
        context=NAMED,
        version="2008-10-17",
    ),
    Row(
        "in the first version, a variable is its own text",
        ALLOWED,
        [allow("*", on=OF_NAME)],
        on=OF_NAME,
        version="2008-10-17",
    ),
    # In conditions
    Row(
        "a variable in a condition",
        ALLOWED,
        [allow("*", when=tagged("${aws:PrincipalTag/team}"))],
        context={**TEAM, "aws:resourcetag/team": "films"},
    ),
    Row(
        "a variable of another value in a condition",
        NO_IDENTITY,
        [allow("*", when=tagged("${aws:PrincipalTag/team}"))],
        context={**TEAM, "aws:resourcetag/team": "books"},
    ),
    Row(
        "no value equals a variable without one",
        NO_IDENTITY,
        [allow("*", when=tagged("${aws:PrincipalTag/team}"))],
        context={"aws:resourcetag/team": "films"},
    ),
    Row(
        "every value differs from a variable without one",
        DENY_IDENTITY,
        [
            allow("*"),
            deny("*", when={"StringNotEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}),
        ],
        context={"aws:resourcetag/team": "films"},
    ),
    Row(
        "a default in a condition",
        ALLOWED,
        [allow("*", when=tagged("${aws:PrincipalTag/team, 'all'}"))],
        context={"aws:resourcetag/team": "all"},
    ),
    Row(
        "a variable in a pattern",
        ALLOWED,
        [allow("*", when={"StringLike": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}-?"}})],
        context={**TEAM, "aws:resourcetag/team": "films-1"},
    ),
    Row(
        "a variable, whatever the case",
        ALLOWED,
        [allow("*", when={"StringEqualsIgnoreCase": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}})],
        context={**TEAM, "aws:resourcetag/team": "Films"},
    ),
    Row(
        "a variable for a whole ARN",
        ALLOWED,
        [allow("*", when={"ArnEquals": {"aws:PrincipalArn": "${aws:ResourceTag/owner}"}})],
        context={"aws:principalarn": SESSION.arn, "aws:resourcetag/owner": SESSION.arn},
    ),
    Row(
        "a variable that is no ARN",
        NO_IDENTITY,
        [allow("*", when={"ArnEquals": {"aws:PrincipalArn": "${aws:ResourceTag/owner}"}})],
        context={"aws:principalarn": SESSION.arn, "aws:resourcetag/owner": "me"},
    ),
    Row(
        "a variable for a truth value",
        ALLOWED,
        [allow("*", when={"Bool": {"aws:SecureTransport": "${aws:ResourceTag/secure}"}})],
        context={"aws:securetransport": "true", "aws:resourcetag/secure": "True"},
    ),
]
