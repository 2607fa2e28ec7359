"""Facts about the conditions and the resources of policies, by which a caller is denied something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.asking import SETTINGS
from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.denying import deny, expect_allowed, expect_denied, own_index
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Permissions")

EXISTS = refusal("ConflictException", "An index with the specified name already exists")


# --- conditions ---------------------------------------------------------------------------------


@facts(
    "condition-tags-of-an-index",
    "documented",
    "To conditions, `aws:ResourceTag` is a tag of an index itself, `s3vectors:VectorBucketTag` one of its "
    "vector bucket.",
)
def _(ask: Asking) -> None:
    bucket = ask.bucket(tags={"stage": "live"})
    index = ask.index(bucket, tags={"stage": "test"})
    arn = ask.arn(*index.values())
    tags = {"aws:ResourceTag/stage": "test", "s3vectors:VectorBucketTag/stage": "live"}
    deny(ask, bucket, "GetIndex", arn, StringEquals=tags)
    expect_denied(ask, arn, "GetIndex", **index)
    ask.prepare("TagResource", resourceArn=arn, tags={"stage": "live"})
    expect_allowed(ask, "GetIndex", **index)


@facts(
    "condition-request-tags", "documented", "To conditions, `aws:RequestTag` is a tag that a request gives."
)
def _(ask: Asking) -> None:
    ask.needs("TagResource")
    index, arn = own_index(ask)
    deny(ask, index["vectorBucketName"], "TagResource", arn, StringEquals={"aws:RequestTag/stage": "live"})
    expect_denied(ask, arn, "TagResource", resourceArn=arn, tags={"stage": "live"})
    expect_allowed(ask, "TagResource", resourceArn=arn, tags={"stage": "test"})


@facts(
    "condition-tag-keys",
    "documented",
    "To conditions, `aws:TagKeys` are the keys that a TagResource or an UntagResource gives.",
)
def _(ask: Asking) -> None:
    ask.needs("TagResource")
    index, arn = own_index(ask, tags={"stage": "test", "team": "blue"})
    actions = ["TagResource", "UntagResource"]
    condition = {"aws:TagKeys": "stage"}
    deny(ask, index["vectorBucketName"], actions, arn, **{"ForAnyValue:StringEquals": condition})
    expect_denied(ask, arn, "TagResource", resourceArn=arn, tags={"stage": "live"})
    expect_denied(ask, arn, "UntagResource", resourceArn=arn, tagKeys=["team", "stage"])
    expect_allowed(ask, "TagResource", resourceArn=arn, tags={"team": "green"})
    expect_allowed(ask, "UntagResource", resourceArn=arn, tagKeys=["team"])


@facts(
    "condition-tags-of-a-creation",
    "documented",
    "To conditions, `aws:RequestTag` of CreateIndex is a tag that the new index would have.",
)
def _(ask: Asking) -> None:
    ask.needs("CreateIndex.tags")
    bucket = ask.bucket()
    stage = {"aws:RequestTag/stage": "live"}
    deny(ask, bucket, "CreateIndex", f"{ask.arn(bucket)}/index/*", StringEquals=stage)
    index: dict[str, Any] = {"vectorBucketName": bucket, "indexName": ask.name(), **SETTINGS}
    arn = ask.arn(bucket, index["indexName"])
    expect_denied(ask, arn, "CreateIndex", **index, tags={"stage": "live"})
    other = {**index, "indexName": ask.name()}
    expect_allowed(ask, "CreateIndex", **other, tags={"stage": "test"})


@facts(
    "condition-encryption-given",
    "documented",
    "To conditions, `s3vectors:sseType` is the type of encryption that CreateIndex gives.",
)
def _(ask: Asking) -> None:
    ask.needs("CreateIndex.encryptionConfiguration")
    bucket = ask.bucket()
    index: dict[str, Any] = {"vectorBucketName": bucket, "indexName": ask.name(), **SETTINGS}
    encrypted = {"s3vectors:sseType": "AES256"}
    deny(ask, bucket, "CreateIndex", f"{ask.arn(bucket)}/index/*", StringEquals=encrypted)
    arn = ask.arn(bucket, index["indexName"])
    expect_denied(ask, arn, "CreateIndex", **index, encryptionConfiguration={"sseType": "AES256"})


@facts(
    "condition-global-keys",
    "documented",
    "Conditions may be about the caller's account, the Region of the request, and the time.",
)
def _(ask: Asking) -> None:
    index, arn = own_index(ask)
    conditions = {
        "StringEquals": {"aws:PrincipalAccount": ask.account, "aws:RequestedRegion": ask.region},
        "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"},
    }
    deny(ask, index["vectorBucketName"], "GetIndex", arn, **conditions)
    expect_denied(ask, arn, "GetIndex", **index)
    other, arn = own_index(ask)
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": ask.region}}
    deny(ask, other["vectorBucketName"], "GetIndex", arn, **elsewhere)
    expect_allowed(ask, "GetIndex", **other)


@facts("condition-keys-by-case", "documented", "The names of condition keys ignore case.")
def _(ask: Asking) -> None:
    index, arn = own_index(ask, tags={"stage": "test"})
    bucket = index["vectorBucketName"]
    deny(ask, bucket, "GetIndex", arn, StringEquals={"AWS:resourceTAG/Stage": "test"})
    expect_denied(ask, arn, "GetIndex", **index)


@facts(
    "condition-operators-by-case",
    "choice",
    "The names of condition operators ignore case.",
    choices=("policy-operator-case",),
)
def _(ask: Asking) -> None:
    index, arn = own_index(ask, tags={"stage": "test"})
    bucket = index["vectorBucketName"]
    deny(ask, bucket, "GetIndex", arn, stringequals={"aws:ResourceTag/stage": "test"})
    expect_denied(ask, arn, "GetIndex", **index)


@facts(
    "condition-several-values",
    "choice",
    "A condition about several values is met by one of them, and a negated one by all of them only.",
    choices=("policy-several-values",),
)
def _(ask: Asking) -> None:
    ask.needs("TagResource")
    index, arn = own_index(ask)
    bucket, both = index["vectorBucketName"], {"a": "1", "b": "2"}
    deny(ask, bucket, "TagResource", arn, StringEquals={"aws:TagKeys": "b"})
    expect_denied(ask, arn, "TagResource", resourceArn=arn, tags=both)
    other, arn = own_index(ask)
    deny(ask, other["vectorBucketName"], "TagResource", arn, StringNotEquals={"aws:TagKeys": "b"})
    expect_allowed(ask, "TagResource", resourceArn=arn, tags=both)
    expect_denied(ask, arn, "TagResource", resourceArn=arn, tags={"a": "1"})


@facts(
    "condition-tags-by-case",
    "choice",
    "Of two tags whose keys differ in case only, a condition sees the older one.",
    choices=("tag-keys-by-case",),
)
def _(ask: Asking) -> None:
    index, arn = own_index(ask, tags={"team": "green"})
    ask.prepare("TagResource", resourceArn=arn, tags={"Team": "blue"})
    deny(ask, index["vectorBucketName"], "GetIndex", arn, StringEquals={"aws:ResourceTag/TEAM": "green"})
    expect_denied(ask, arn, "GetIndex", **index)


@facts(
    "condition-tags-of-a-new-index",
    "choice",
    "An index that is being created has no tags yet; if its name is taken, those of the existing one count.",
    choices=("tags-of-new-resources",),
)
def _(ask: Asking) -> None:
    index, _ = own_index(ask, tags={"stage": "test"})
    bucket = index["vectorBucketName"]
    new = {**index, "indexName": ask.name()}
    deny(ask, bucket, "CreateIndex", f"{ask.arn(bucket)}/index/*", Null={"aws:ResourceTag/stage": "true"})
    expect_denied(ask, ask.arn(*new.values()), "CreateIndex", **new, **SETTINGS, tags={"stage": "test"})
    ask.expect(EXISTS, "CreateIndex", **index, **SETTINGS)


@facts(
    "condition-encryption",
    "choice",
    "`s3vectors:sseType` is what a creation asks for, and is absent if it asks for nothing.",
    choices=("encryption-keys",),
)
def _(ask: Asking) -> None:
    ask.needs("CreateIndex.encryptionConfiguration")
    bucket = ask.bucket()
    index: dict[str, Any] = {"vectorBucketName": bucket, "indexName": ask.name(), **SETTINGS}
    arn = ask.arn(bucket, index["indexName"])
    deny(ask, bucket, "CreateIndex", f"{ask.arn(bucket)}/index/*", Null={"s3vectors:sseType": "true"})
    expect_denied(ask, arn, "CreateIndex", **index)
    other = {**index, "indexName": ask.name()}
    expect_allowed(ask, "CreateIndex", **other, encryptionConfiguration={"sseType": "AES256"})


# --- resources ----------------------------------------------------------------------------------


@facts(
    "resource-variables",
    "choice",
    "A variable in a resource stands for its value after the fifth colon, and for itself before it.",
    choices=("policy-variable-places",),
)
def _(ask: Asking) -> None:
    variable = "${aws:RequestedRegion}"
    index, arn = own_index(ask)
    named = {**index, "indexName": f"{index['indexName']}-{ask.region}"}
    ask.prepare("CreateIndex", **named, **SETTINGS)
    deny(ask, index["vectorBucketName"], "GetIndex", f"{arn}-{variable}")
    expect_denied(ask, f"{arn}-{ask.region}", "GetIndex", **named)
    other, arn = own_index(ask)
    before = arn.replace(f":{ask.region}:", f":{variable}:")
    deny(ask, other["vectorBucketName"], "GetIndex", before)
    expect_allowed(ask, "GetIndex", **other)


@facts(
    "resource-with-fewer-parts",
    "choice",
    "A resource with fewer than the six parts of an ARN has any value for those that it lacks.",
    choices=("incomplete-arns",),
)
def _(ask: Asking) -> None:
    index, arn = own_index(ask)
    deny(ask, index["vectorBucketName"], "GetIndex", f"arn:{ask.partition}:s3vectors")
    expect_denied(ask, arn, "GetIndex", **index)
