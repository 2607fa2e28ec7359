"""Permissions boundaries and session policies: they limit what identity-based policies allow."""

from tests.authorization.table.rows import (
    ALLOWED,
    DENY_BOUNDARY,
    DENY_IDENTITY,
    DENY_SESSION,
    HOME,
    NO_BOUNDARY,
    NO_IDENTITY,
    NO_SESSION,
    PUT,
    QUERY,
    SESSION,
    UNLIMITED,
    Row,
    allow,
    by_arn,
    deny,
)

GUARD = f"arn:aws:iam::{HOME}:policy/guard"
ALL, QUERIES, PUTS = [allow("*")], [allow(QUERY)], [allow(PUT)]

ROWS = [
    Row("both the policy and the boundary allow", ALLOWED, QUERIES, boundary=ALL),
    Row("the boundary allows something else", NO_BOUNDARY, QUERIES, boundary=PUTS),
    Row("a boundary grants nothing", NO_IDENTITY, PUTS, boundary=ALL),
    Row("a boundary without a policy grants nothing", NO_IDENTITY, boundary=ALL),
    Row("neither allows", NO_IDENTITY, PUTS, boundary=PUTS),
    Row("the boundary denies", DENY_BOUNDARY, ALL, boundary=[*ALL, deny(QUERY)]),
    Row(
        "a boundary that denies is named",
        by_arn(DENY_BOUNDARY, GUARD),
        ALL,
        boundary=[*ALL, deny(QUERY)],
        arns={"boundary": GUARD},
    ),
    Row(
        "a boundary that does not allow is not named",
        NO_BOUNDARY,
        ALL,
        boundary=PUTS,
        arns={"boundary": GUARD},
    ),
    Row("both deny", DENY_IDENTITY, [deny(QUERY)], boundary=[deny(QUERY)]),
    Row("the boundary denies what nothing allows", DENY_BOUNDARY, boundary=[deny(QUERY)]),
    Row("both the policy and the session allow", ALLOWED, ALL, session=QUERIES, caller=SESSION),
    Row("the session policy allows something else", NO_SESSION, ALL, session=PUTS, caller=SESSION),
    Row("a session policy grants nothing", NO_IDENTITY, PUTS, session=ALL, caller=SESSION),
    Row("the session policy denies", DENY_SESSION, ALL, session=[*ALL, deny(QUERY)], caller=SESSION),
    Row("all three allow", ALLOWED, ALL, ALL, QUERIES, caller=SESSION),
    Row("the boundary is named before the session", NO_BOUNDARY, ALL, PUTS, PUTS, caller=SESSION),
    Row("the policy is named before both", NO_IDENTITY, PUTS, PUTS, PUTS, caller=SESSION),
    Row("the session is named when it alone lacks", NO_SESSION, ALL, ALL, PUTS, caller=SESSION),
    Row(
        "a denial of the boundary is named before that of the session",
        DENY_BOUNDARY,
        ALL,
        [deny("*")],
        [deny("*")],
        caller=SESSION,
    ),
    Row(
        "a denial of the session is named before what the boundary lacks",
        DENY_SESSION,
        ALL,
        PUTS,
        [deny("*")],
        caller=SESSION,
    ),
    Row("an unlimited identity with a boundary", NO_BOUNDARY, None, boundary=PUTS),
    Row("an unlimited identity within its boundary", UNLIMITED, None, boundary=QUERIES),
]
