"""Cases on which we and the oracle of test_oracle.py differ on purpose, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.authorization.cases import ALLOW_ALL, Case, document
from tests.authorization.vocabulary import ABROAD, ANY_BUCKET, HOME, INDEX, session, user

ALLOWED, DENIED, EXPLICITLY = "Allowed", "ImplicitlyDenied", "ExplicitlyDenied"


@dataclass(frozen=True)
class Difference:
    """A case on which we and the oracle differ.

    Attributes:
        reason: why we decide as we do.
        ours: our outcome.
        theirs: the oracle's.
    """

    reason: str
    case: Case
    ours: str = ALLOWED
    theirs: str = DENIED


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    made = {"Effect": effect, "Action": "*", "Resource": "*", **elements}
    return {name: value for name, value in made.items() if value is not None}


def when(condition: dict[str, Any], **context: Any) -> Case:
    """Return the case of a user who may act on a condition. Names of keys have `_` for their colon."""
    return Case(
        user(),
        action="s3vectors:TagResource",
        context={key.replace("_", ":").lower(): value for key, value in context.items()},
        identity=(document(statement(Condition=condition)),),
    )


NOTHING = f"{ANY_BUCKET}/${{aws:PrincipalTag/absent}}/*"


def on(resource: str, **more: Any) -> Case:
    return Case(user(), identity=({**document(statement(Resource=resource)), **more},))


def of_bucket(*statements: dict[str, Any], caller: Any, identity: Any = ()) -> Case:
    return Case(caller, identity=identity, bucket=document(*statements))


DIFFERENCES = [
    # Principals
    Difference(
        "Block Public Access is always on: allowing everybody opens a bucket to nobody of another account",
        of_bucket(statement(Principal="*"), caller=user(ABROAD), identity=(ALLOW_ALL,)),
        ours=DENIED,
        theirs=ALLOWED,
    ),
    Difference(
        "NotPrincipal spares nobody whose account it does not name",
        of_bucket(statement("Deny", NotPrincipal={"AWS": user().arn}), caller=user(), identity=(ALLOW_ALL,)),
        ours=EXPLICITLY,
        theirs=ALLOWED,
    ),
    Difference(
        "a session policy does not limit what a bucket policy grants to the session itself",
        Case(
            session(),
            bucket=document(statement(Principal={"AWS": session().arn})),
            session=document(statement(Action="s3vectors:ListVectors")),
        ),
    ),
    Difference(
        "a role is its whole ARN, with the path",
        of_bucket(statement(Principal={"AWS": f"arn:aws:iam::{HOME}:role/team/reader"}), caller=session()),
        ours=DENIED,
        theirs=ALLOWED,
    ),
    # Resources
    Difference(
        "a wildcard stands for any characters of an ARN, also before its last slash",
        on(INDEX.replace("bucket", "b*t")),
    ),
    Difference("a wildcard may stand for colons", on("arn:aws:s3vectors:*/films/*")),
    Difference(
        "an ARN means only what it says, in the same case",
        on(INDEX.replace("us-east-1", "US-EAST-1")),
        DENIED,
        ALLOWED,
    ),
    Difference(
        "policies of the first version have no variables",
        on(f"{ANY_BUCKET}/${{aws:PrincipalTag/absent, 'films'}}/*", Version="2008-10-17"),
        ours=DENIED,
        theirs=ALLOWED,
    ),
    Difference(
        "a variable without a value matches nothing, so NotResource is everything else",
        Case(
            user(), identity=(document(statement(), statement("Deny", Resource=None, NotResource=NOTHING)),)
        ),
        ours=EXPLICITLY,
        theirs=ALLOWED,
    ),
    Difference(
        "NotResource is everything else, if the end of its ARN is left out too",
        Case(user(), identity=(document(statement(Resource=None, NotResource="arn:aws:s3")),)),
    ),
    Difference(
        "the end of an ARN may be left out, in bucket policies too",
        of_bucket(statement(Principal={"AWS": user().arn}, Resource="arn:aws:s3vectors"), caller=user()),
    ),
    # Conditions
    Difference(
        "IfExists is met by a request without the key, also after ForAnyValue",
        when({"ForAnyValue:StringEqualsIfExists": {"aws:TagKeys": "red"}}),
    ),
    Difference(
        "${*} is an asterisk wherever variables are",
        when({"StringEquals": {"aws:RequestedRegion": "${*}"}}, aws_RequestedRegion="*"),
    ),
    Difference(
        "a value is unlike a variable that has none",
        when(
            {"StringNotEquals": {"aws:RequestedRegion": "${aws:PrincipalTag/absent}"}},
            aws_RequestedRegion="us-east-1",
        ),
    ),
    Difference(
        "dates and seconds since the epoch are the same moments",
        when({"DateEquals": {"aws:EpochTime": "2026-01-01T00:00:00Z"}}, aws_EpochTime="1767225600"),
    ),
    Difference(
        "a date may be a year",
        when({"DateLessThan": {"aws:CurrentTime": "2027"}}, aws_CurrentTime="2026-01-01T00:00:00Z"),
    ),
    Difference(
        "a text that is no number is unlike all numbers",
        when({"NumericNotEquals": {"aws:RequestedRegion": "1"}}, aws_RequestedRegion="us-east-1"),
    ),
    Difference("* is every ARN", when({"ArnLike": {"aws:PrincipalArn": "*"}}, aws_PrincipalArn=user().arn)),
    Difference(
        "a variable may stand for a whole ARN",
        when(
            {"ArnEquals": {"aws:PrincipalArn": "${aws:ResourceTag/owner}"}},
            **{"aws_PrincipalArn": user().arn, "aws_ResourceTag/owner": user().arn},
        ),
    ),
    Difference("a key that has no values is absent", when({"Null": {"aws:TagKeys": "true"}}, aws_TagKeys=[])),
    Difference(
        "a number may have an exponent",
        when({"NumericEquals": {"aws:EpochTime": "1e3"}}, aws_EpochTime="1000"),
    ),
    Difference(
        "every address is in the range of all",
        when({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, aws_SourceIp="10.1.2.3"),
    ),
    Difference(
        "an address has several spellings",
        when({"IpAddress": {"aws:SourceIp": "2001:db8:0:0::1"}}, aws_SourceIp="2001:db8::1"),
    ),
    Difference(
        "an address of one version is none of the other",
        when({"NotIpAddress": {"aws:SourceIp": "2001:db8::1"}}, aws_SourceIp="10.1.2.3"),
    ),
    Difference(
        "bytes are Base64 in policies",
        when({"BinaryEquals": {"aws:PrincipalTag/bytes": "cmVk"}}, **{"aws_PrincipalTag/bytes": "red"}),
    ),
    Difference(
        "a condition without a set operator is met by any of several values",
        when({"StringEquals": {"aws:TagKeys": "red"}}, aws_TagKeys=["blue", "red"]),
    ),
]
