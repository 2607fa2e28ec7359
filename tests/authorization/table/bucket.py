"""Bucket policies within one account: whom they name decides what else must allow."""

from tests.authorization.table.rows import (
    ABROAD,
    ALLOWED,
    BUCKET,
    BY_BUCKET,
    DENY_BUCKET,
    DENY_IDENTITY,
    HOME,
    NO_BOUNDARY,
    NO_IDENTITY,
    NO_SESSION,
    OTHER_USER,
    PUT,
    QUERY,
    ROLE,
    ROOT,
    SESSION,
    UNLIMITED,
    USER,
    Row,
    allow,
    deny,
    only,
    session_of,
    user,
)

ALL, PUTS = [allow("*")], [allow(PUT)]
TO_USER, TO_ROLE, TO_SESSION = ([allow("*", to=only(arn))] for arn in (USER.arn, ROLE, SESSION.arn))
TO_ACCOUNT, TO_ROOT = ([allow("*", to=only(name))] for name in (HOME, ROOT.arn))
TO_ALL = [allow("*", to="*")]
NO_ONE = f"arn:aws:iam::{HOME}:user/nobody"


def spared(*arns: str) -> list[dict[str, object]]:
    """Statements that allow an account everything, and deny it to all but these principals."""
    return [*TO_ALL, deny("*", NotPrincipal={"AWS": list(arns)})]


ROWS = [
    # A user
    Row("the bucket's policy is enough for the user that it names", BY_BUCKET, bucket=TO_USER),
    Row("the user's policy is enough", ALLOWED, ALL, bucket=[allow("*", to=only(NO_ONE))]),
    Row("both allow", ALLOWED, ALL, bucket=TO_USER),
    Row("it names another user", NO_IDENTITY, bucket=[allow("*", to=only(NO_ONE))]),
    Row(
        "it names a user of the same name elsewhere",
        NO_IDENTITY,
        bucket=[allow("*", to=only(OTHER_USER.arn))],
    ),
    Row("it names one of several users", BY_BUCKET, bucket=[allow("*", to={"AWS": [NO_ONE, USER.arn]})]),
    Row(
        "a user with a path is another one",
        NO_IDENTITY,
        bucket=TO_USER,
        caller=user("reader", path="/team/"),
    ),
    Row("it allows another action", NO_IDENTITY, bucket=[allow(PUT, to=only(USER.arn))]),
    Row("it allows another resource", NO_IDENTITY, bucket=[allow("*", to=only(USER.arn), on=BUCKET)]),
    Row("a boundary does not limit what names the user", BY_BUCKET, boundary=PUTS, bucket=TO_USER),
    Row("a boundary limits the user's own policy", NO_BOUNDARY, ALL, boundary=PUTS, bucket=TO_ACCOUNT),
    Row(
        "a boundary that allows less than both",
        BY_BUCKET,
        ALL,
        boundary=PUTS,
        bucket=TO_USER,
    ),
    # The account
    Row("naming the account grants nothing", NO_IDENTITY, bucket=TO_ACCOUNT),
    Row("naming the account's root grants nothing to users", NO_IDENTITY, bucket=TO_ROOT),
    Row("naming the account leaves it to the identity's policies", ALLOWED, ALL, bucket=TO_ACCOUNT),
    Row("naming the account leaves sessions to their policies", NO_IDENTITY, bucket=TO_ROOT, caller=SESSION),
    Row("the root needs no policy", UNLIMITED, None, bucket=TO_USER, caller=ROOT),
    # A role and its sessions
    Row(
        "the bucket's policy is enough for the role that it names", BY_BUCKET, bucket=TO_ROLE, caller=SESSION
    ),
    Row(
        "the role of a path is named with it",
        BY_BUCKET,
        bucket=[allow("*", to=only(f"arn:aws:iam::{HOME}:role/team/app"))],
        caller=session_of("app", "run", path="/team/"),
    ),
    Row(
        "the role of a path is another one without it",
        NO_IDENTITY,
        bucket=TO_ROLE,
        caller=session_of("app", "run", path="/team/"),
    ),
    Row("a boundary limits what names the role", NO_BOUNDARY, boundary=PUTS, bucket=TO_ROLE, caller=SESSION),
    Row(
        "a session policy limits what names the role",
        NO_SESSION,
        session=PUTS,
        bucket=TO_ROLE,
        caller=SESSION,
    ),
    Row("both allow what names the role", BY_BUCKET, (), ALL, ALL, TO_ROLE, caller=SESSION),
    Row(
        "the bucket's policy is enough for the session that it names",
        BY_BUCKET,
        bucket=TO_SESSION,
        caller=SESSION,
    ),
    Row(
        "neither boundary nor session policy limits what names the session",
        BY_BUCKET,
        PUTS,
        PUTS,
        PUTS,
        TO_SESSION,
        caller=SESSION,
    ),
    Row("another session of the role", NO_IDENTITY, bucket=TO_SESSION, caller=session_of("app", "walk")),
    Row(
        "the closest statement counts, wherever it stands",
        BY_BUCKET,
        session=PUTS,
        bucket=[*TO_ACCOUNT, *TO_ROLE, *TO_SESSION],
        caller=SESSION,
    ),
    Row(
        "the closest statement counts, even the first",
        BY_BUCKET,
        session=PUTS,
        bucket=[*TO_SESSION, *TO_ROLE, *TO_ACCOUNT],
        caller=SESSION,
    ),
    # Everybody
    Row("everybody includes the user", BY_BUCKET, bucket=TO_ALL),
    Row("everybody, as an AWS principal", BY_BUCKET, bucket=[allow("*", to=only("*"))]),
    Row("everybody includes sessions", BY_BUCKET, bucket=TO_ALL, caller=SESSION),
    Row("no boundary limits what everybody may", BY_BUCKET, boundary=PUTS, bucket=TO_ALL),
    Row("no session policy limits it", BY_BUCKET, session=PUTS, bucket=TO_ALL, caller=SESSION),
    Row(
        "everybody on a condition",
        NO_IDENTITY,
        bucket=[allow("*", to="*", when={"ArnEquals": {"aws:PrincipalArn": ROLE}})],
    ),
    Row(
        "everybody on a condition that is met",
        BY_BUCKET,
        session=PUTS,
        bucket=[allow("*", to="*", when={"ArnEquals": {"aws:PrincipalArn": ROLE}})],
        caller=SESSION,
        context={"aws:principalarn": ROLE},
    ),
    # Others
    Row("a service is not the user", NO_IDENTITY, bucket=[allow("*", to={"Service": "s3.amazonaws.com"})]),
    Row("a federated principal is not the user", NO_IDENTITY, bucket=[allow("*", to={"Federated": "x.com"})]),
    Row("a canonical user is not the user", NO_IDENTITY, bucket=[allow("*", to={"CanonicalUser": "79a5"})]),
    Row("a user in the wrong place", NO_IDENTITY, bucket=[allow("*", to={"Service": USER.name})]),
    Row("an account of another number", NO_IDENTITY, bucket=[allow("*", to=only(ABROAD))]),
    # Denials
    Row("the bucket's policy denies the user", DENY_BUCKET, ALL, bucket=[deny("*", to=only(USER.arn))]),
    Row("it denies the account", DENY_BUCKET, ALL, bucket=[deny("*", to=only(HOME))]),
    Row("it denies the role", DENY_BUCKET, ALL, bucket=[deny("*", to=only(ROLE))], caller=SESSION),
    Row("it denies the session", DENY_BUCKET, ALL, bucket=[deny("*", to=only(SESSION.arn))], caller=SESSION),
    Row("it denies everybody", DENY_BUCKET, ALL, bucket=[deny("*", to="*")]),
    Row("it denies the root too", DENY_BUCKET, None, bucket=[deny("*", to="*")], caller=ROOT),
    Row(
        "it denies the root by its account", DENY_BUCKET, None, bucket=[deny("*", to=only(HOME))], caller=ROOT
    ),
    Row(
        "it denies a user, not the root", UNLIMITED, None, bucket=[deny("*", to=only(USER.arn))], caller=ROOT
    ),
    Row("it denies somebody else", ALLOWED, ALL, bucket=[deny("*", to=only(NO_ONE))]),
    Row("it denies what it allows", DENY_BUCKET, bucket=[*TO_USER, deny(QUERY, to="*")]),
    Row("both deny", DENY_IDENTITY, [deny("*")], bucket=[deny("*", to="*")]),
    Row(
        "the bucket's denial is named before the boundary's",
        DENY_BUCKET,
        ALL,
        [deny("*")],
        bucket=[deny("*", to="*")],
    ),
    # NotPrincipal
    Row("Deny spares a user named with the account", BY_BUCKET, bucket=spared(USER.arn, ROOT.arn)),
    Row("the account may be a number", BY_BUCKET, bucket=spared(USER.arn, HOME)),
    Row("Deny does not spare a user named alone", DENY_BUCKET, bucket=spared(USER.arn)),
    Row("Deny does not spare the users of an account", DENY_BUCKET, bucket=spared(ROOT.arn)),
    Row("Deny spares the root of an account", UNLIMITED, None, bucket=spared(ROOT.arn), caller=ROOT),
    Row(
        "Deny spares a session named with role and account",
        BY_BUCKET,
        bucket=spared(SESSION.arn, ROLE, ROOT.arn),
        caller=SESSION,
    ),
    Row(
        "Deny does not spare the sessions of a role",
        DENY_BUCKET,
        bucket=spared(ROLE, ROOT.arn),
        caller=SESSION,
    ),
    Row(
        "Deny does not spare a session without its role",
        DENY_BUCKET,
        bucket=spared(SESSION.arn, ROOT.arn),
        caller=SESSION,
    ),
    Row("Deny spares everybody", BY_BUCKET, bucket=spared("*")),
    Row("Deny spares nobody with a boundary", DENY_BUCKET, (), ALL, bucket=spared(USER.arn, ROOT.arn)),
    Row("Allow leaves out a user", NO_IDENTITY, bucket=[allow("*", NotPrincipal=only(USER.arn))]),
    Row(
        "Allow leaves out the users of an account", NO_IDENTITY, bucket=[allow("*", NotPrincipal=only(HOME))]
    ),
    Row("Allow means all others", BY_BUCKET, bucket=[allow("*", NotPrincipal=only(NO_ONE))]),
]
