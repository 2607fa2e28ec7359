"""Words for random policies and requests: principals, patterns, and condition keys with values that fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_s3vectors.authorization import Principal

if TYPE_CHECKING:
    from collections.abc import Sequence

# The account that owns the bucket, and another one.
HOME, ABROAD = "111122223333", "444455556666"
BUCKET = f"arn:aws:s3vectors:us-east-1:{HOME}:bucket/films"
INDEX = f"{BUCKET}/index/plots"
ANY_BUCKET = f"arn:aws:s3vectors:us-east-1:{HOME}:bucket"
SERVICE = "indexing.s3vectors.amazonaws.com"


def user(account: str = HOME, path_and_name: str = "ann") -> Principal:
    name = path_and_name.rpartition("/")[2]
    arn = f"arn:aws:iam::{account}:user/{path_and_name}"
    return Principal(arn, account, "user", name=name, unique_id="AIDAEXAMPLE")


def session(account: str = HOME, role: str = "reader") -> Principal:
    arn = f"arn:aws:sts::{account}:assumed-role/{role}/nightly"
    role_arn = f"arn:aws:iam::{account}:role/{role}"
    return Principal(arn, account, "session", role_arn=role_arn, unique_id="AROAEXAMPLE:nightly")


PRINCIPALS = (
    Principal(SERVICE, "", "service"),
    *(make(account) for account in (HOME, ABROAD) for make in (user, session, Principal.root)),
    user(path_and_name="team/ann"),
    session(role="writer"),
)
EVERYBODY = ("*", {"AWS": "*"})
PRINCIPAL_ELEMENTS: tuple[Any, ...] = (
    {"Service": SERVICE},
    *({"AWS": account} for account in (HOME, ABROAD)),
    *({"AWS": principal.arn} for principal in PRINCIPALS if principal.account),
    *({"AWS": principal.role_arn} for principal in PRINCIPALS if principal.role_arn),
    {"AWS": [user(ABROAD).arn, user().arn]},
    {"AWS": [HOME, ABROAD]},
    {"AWS": [user().arn, HOME], "Service": SERVICE},
    {"AWS": [session().arn, session().role_arn, HOME]},
)

# Parameters of creations that have condition keys of their own.
KEY = f"arn:aws:kms:us-east-1:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CREATION: dict[str, Any] = {
    "encryptionConfiguration": {"sseType": "aws:kms", "kmsKeyArn": KEY},
    "tags": {"team": "red"},
}

# The resources of each action. The oracle's data lacks two actions of later operations.
CREATIONS = ("CreateVectorBucket", "CreateIndex")
OF_BUCKETS = (
    *("CreateVectorBucket", "DeleteVectorBucket", "GetVectorBucket", "ListIndexes"),
    *("PutVectorBucketPolicy", "GetVectorBucketPolicy", "DeleteVectorBucketPolicy"),
)
OF_INDEXES = (
    *("CreateIndex", "GetIndex", "DeleteIndex"),
    *("PutVectors", "GetVectors", "ListVectors", "DeleteVectors", "QueryVectors"),
)
RESOURCES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(OF_BUCKETS, (BUCKET,)),
    **dict.fromkeys(OF_INDEXES, (INDEX,)),
    **dict.fromkeys(("TagResource", "UntagResource", "ListTagsForResource"), (BUCKET, INDEX)),
    "ListVectorBuckets": ("*",),
}

ACTION_PATTERNS = (
    *("*", "s3vectors:*", "S3Vectors:*", "s3vectors:Get*", "s3vectors:get*", "s3vectors:*Vectors", "s3:*"),
    *("s3vectors:?etVectors", "s3vectors:*Vector*", "s3vectors:*Bucket", "s3vectors:*et*ec*"),
    *("s3vectors:List*", "s3vectors:Put?ectors", "s3vectors:???Index", "s3vectors:Create*", "s3:GetVectors"),
    *("s3vectors:GetVectors", "s3vectors:querYvectors", "s3vectors:ListVectorBuckets", "s3vectors:Tag*"),
)
RESOURCE_PATTERNS = (
    *("*", BUCKET, INDEX, f"{BUCKET}/*", f"{BUCKET}*", f"{BUCKET}/index/*", f"{BUCKET}/index/plot?"),
    *("arn:aws:s3vectors:*:*:bucket/*", f"arn:aws:s3vectors:*:{HOME}:*", "arn:aws:s3vectors:us-*:*:*"),
    *("arn:*:s3vectors:us-east-?:1111*:bucket/f*s", f"arn:aws:s3vectors:us-east-1:{ABROAD}:bucket/films"),
    *(INDEX.replace("films", "Films"), "arn:aws:s3vectors:*:*:bucket/*/index/*", f"{BUCKET}/*/plots"),
    *("arn:aws:s3:::films", "arn:aws:s3vectors:us-west-2:*:*", f"{BUCKET}/index/${{*}}"),
    *(
        f"{ANY_BUCKET}/${{aws:PrincipalArn, 'none'}}/*",
        f"{ANY_BUCKET}/${{aws:PrincipalTag/absent, 'films'}}*",
    ),
)
# Two kinds that are not for NotResource. These match nothing for callers that lack the keys.
VARIABLE_RESOURCES = tuple(
    f"{ANY_BUCKET}/${{{key}}}*"
    for key in ("aws:PrincipalTag/word", "aws:username", "aws:PrincipalTag/absent")
)
# The rest of these is `*`, in policies and boundaries of identities.
INCOMPLETE_RESOURCES = (
    "arn:aws:s3vectors",
    "arn:aws:s3vectors:us-*",
    "arn:aws:s3",
    "arn:aws:s3vectors:us-east-1",
)


@dataclass(frozen=True)
class Family:
    """Operators that compare values alike.

    Attributes:
        operators: their names.
        keys: the condition keys that have such values.
        values: those of the keys.
        compared: those of the policies.
        only_positive: more of those, only for operators without `Not`.
    """

    operators: Sequence[str]
    keys: Sequence[str]
    values: Sequence[str]
    compared: Sequence[str]
    only_positive: Sequence[str] = ()


# A condition key with several values, which needs a set operator.
SEVERAL = "aws:TagKeys"
# Condition keys that only some actions have.
ONLY_OF: dict[str, tuple[str, ...]] = {
    "aws:RequestTag/word": (*CREATIONS, "TagResource"),
    "aws:TagKeys": (*CREATIONS, "TagResource", "UntagResource"),
    "s3vectors:sseType": CREATIONS,
    "s3vectors:kmsKeyArn": CREATIONS,
}

_COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
_DATE_OPERATORS = [f"Date{name}" for name in _COMPARISONS]
_DATES = (
    *("2026-01-01T00:00:00Z", "2026-01-01", "2026-06-30T12:00:00Z", "2026-06-30T14:00:00+02:00"),
    "2025-12-31",
)
_ADDRESSES = ("10.1.2.3", "10.1.2.4", "192.0.2.1", "2001:db8::1", "2001:db8::2")
_BLOCKS = ("10.0.0.0/8", "10.1.2.3/32", "192.0.2.0/24", "2001:db8::/32", "2001:db8::1/128", "10.1.2.2/31")
_ARNS = (INDEX, BUCKET, user().arn, user(ABROAD).arn, session().arn, f"arn:aws:iam::{HOME}:role/reader")

FAMILIES = (
    Family(
        ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
        ["aws:PrincipalTag/word", "aws:ResourceTag/word", "aws:RequestTag/word", "aws:TagKeys"],
        ["red", "Red", "blue", "films"],
        ["red", "Red", "blue", "films", "r*", "*e?", "${aws:PrincipalTag/absent, 'red'}"],
        ["${aws:PrincipalTag/word}", "${aws:username}", "${aws:PrincipalTag/absent}"],
    ),
    Family(
        ["StringLike", "StringNotLike"],
        ["s3vectors:VectorBucketTag/word", "s3vectors:sseType", "aws:TagKeys"],
        ["red", "Red", "blue", "films", "*"],
        ["red", "Red", "blue", "films", "r*", "*e?", "${*}", "${aws:PrincipalTag/absent, 'red'}"],
        ["${aws:PrincipalTag/word}", "${aws:username}", "${aws:PrincipalTag/absent}"],
    ),
    Family(
        [f"Numeric{name}" for name in _COMPARISONS],
        ["aws:PrincipalTag/number", "aws:EpochTime"],
        ["-1", "5", "7", "1767225600"],
        ["-1", "5", "5.0", "5.5", "7", "1767225600"],
    ),
    Family(_DATE_OPERATORS, ["aws:CurrentTime"], _DATES, _DATES),
    Family(_DATE_OPERATORS, ["aws:EpochTime"], ["1767225600", "1782820800"], ["1767225600", "1767225601"]),
    Family(
        ["Bool"],
        ["aws:SecureTransport", "aws:ViaAWSService", "aws:PrincipalTag/flag"],
        ["true", "false"],
        ["true", "false", "True"],
    ),
    Family(["IpAddress", "NotIpAddress"], ["aws:SourceIp"], _ADDRESSES, _BLOCKS, _ADDRESSES),
    Family(
        ["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
        ["aws:PrincipalArn", "s3vectors:kmsKeyArn"],
        _ARNS,
        [
            *(*_ARNS, "arn:*:iam::*:user/*", "arn:aws:s3vectors:*:*:bucket/*"),
            *(f"arn:aws:*::{HOME}:role/read??", f"arn:aws:iam::{HOME}:user/${{aws:username, 'ann'}}"),
        ],
    ),
)
