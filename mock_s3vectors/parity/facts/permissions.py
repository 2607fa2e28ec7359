"""Facts about permissions that a caller can ask alone: a bucket's policy denies the caller something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.asking import SETTINGS
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.denying import deny, expect_allowed, expect_denied, own_index
from mock_s3vectors.parity.expecting import broken
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Permissions")

QUERY: dict[str, Any] = {"queryVector": {"float32": [1, 2]}, "topK": 1}
BAD_INDEX_NAME = refusal("ValidationException", "Invalid index name")


# --- denials ------------------------------------------------------------------------------------


@facts("denied-explicitly", "documented", "A denial by the policy of a vector bucket says so.")
def _(ask: Asking) -> None:
    index, arn = own_index(ask)
    deny(ask, index["vectorBucketName"], "GetIndex", arn)
    expect_denied(ask, arn, "GetIndex", **index)
    expect_denied(ask, arn, "GetIndex", indexArn=arn)
    expect_allowed(ask, "ListVectors", **index)


@facts("denied-by-wildcard", "documented", "An action and a resource of a policy may have wildcards.")
def _(ask: Asking) -> None:
    index, arn = own_index(ask)
    deny(ask, index["vectorBucketName"], "Get?ndex", f"{arn[:-1]}*")
    expect_denied(ask, arn, "GetIndex", **index)


@facts(
    "denied-resource-of-vectors",
    "documented",
    "The resource of operations on vectors is their index, not its vector bucket.",
)
def _(ask: Asking) -> None:
    index, _ = own_index(ask)
    deny(ask, index["vectorBucketName"], "*Vectors", ask.arn(index["vectorBucketName"]))
    expect_allowed(ask, "ListVectors", **index)
    expect_allowed(ask, "GetVectors", **index, keys=["a"])
    expect_allowed(ask, "DeleteVectors", **index, keys=["a"])


@facts(
    "denied-resource-of-create-index",
    "documented",
    "The resource of CreateIndex is the index that it would create.",
)
def _(ask: Asking) -> None:
    bucket = ask.bucket()
    index: dict[str, Any] = {"vectorBucketName": bucket, "indexName": ask.name()}
    arn = ask.arn(*index.values())
    deny(ask, bucket, "CreateIndex", arn)
    expect_denied(ask, arn, "CreateIndex", **index, **SETTINGS)
    expect_allowed(ask, "CreateIndex", **{**index, "indexName": ask.name()}, **SETTINGS)


@facts(
    "denied-before-missing",
    "choice",
    "A call that is denied is denied even if its index does not exist, but not before its form is checked.",
    choices=("denied-before-missing",),
)
def _(ask: Asking) -> None:
    bucket = ask.bucket()
    index: dict[str, Any] = {"vectorBucketName": bucket, "indexName": ask.name()}
    arn = ask.arn(*index.values())
    deny(ask, bucket, "GetVectors", f"{ask.arn(bucket)}/index/*")
    expect_denied(ask, arn, "GetVectors", **index, keys=["a"])
    answer = ask("GetVectors", **index, keys=["k" * 1025])
    rule = "have length between 1 and 1024, inclusive"
    ask.compare("GetVectors", broken("/keys/0", rule, length=1025), without_fields(answer))
    bad = {"vectorBucketName": bucket, "indexName": f"{ask.name()}_0"}
    ask.expect(BAD_INDEX_NAME, "GetVectors", **bad, keys=["a"])


@facts("actions-of-an-index", "documented", "The right to an operation on an index has its name.")
def _(ask: Asking) -> None:
    index, arn = own_index(ask)
    operations: dict[str, dict[str, Any]] = {
        "GetIndex": {},
        "PutVectors": {"vectors": [{"key": "a", "data": {"float32": [1, 2]}}]},
        "GetVectors": {"keys": ["a"]},
        "ListVectors": {},
        "QueryVectors": QUERY,
        "DeleteVectors": {"keys": ["a"]},
    }
    deny(ask, index["vectorBucketName"], [*operations], arn)
    for operation, parameters in operations.items():
        expect_denied(ask, arn, operation, **index, **parameters)


@facts(
    "actions-of-modes",
    "documented",
    "The rights to UpdateIndexMode and PutVectorBucketDefaultIndexMode have their names.",
)
def _(ask: Asking) -> None:
    ask.needs("UpdateIndexMode")
    index, arn = own_index(ask)
    bucket = index["vectorBucketName"]
    deny(ask, bucket, ["UpdateIndexMode", "PutVectorBucketDefaultIndexMode"], "*")
    expect_denied(ask, arn, "UpdateIndexMode", **index, indexMode="ENHANCED")
    mode = {"vectorBucketName": bucket, "defaultIndexMode": "ENHANCED"}
    expect_denied(ask, ask.arn(bucket), "PutVectorBucketDefaultIndexMode", **mode)


@facts(
    "action-of-metadata-configurations",
    "choice",
    "The right to UpdateMetadataConfiguration has its name.",
    choices=("metadata-configuration-action",),
)
def _(ask: Asking) -> None:
    operation = "UpdateMetadataConfiguration"
    ask.needs(operation)
    index, arn = own_index(ask)
    deny(ask, index["vectorBucketName"], operation, arn)
    add = {"textSearchConfigurations": [{"metadataKey": "text"}]}
    expect_denied(ask, arn, operation, **index, add=add)


@facts(
    "actions-of-tags",
    "documented",
    "The resource of operations on tags is the vector bucket or the index that has them.",
)
def _(ask: Asking) -> None:
    ask.needs("TagResource")
    index, arn = own_index(ask)
    bucket = ask.arn(index["vectorBucketName"])
    deny(ask, index["vectorBucketName"], ["TagResource", "UntagResource", "ListTagsForResource"], arn)
    expect_denied(ask, arn, "TagResource", resourceArn=arn, tags={"a": "b"})
    expect_denied(ask, arn, "UntagResource", resourceArn=arn, tagKeys=["a"])
    expect_denied(ask, arn, "ListTagsForResource", resourceArn=arn)
    expect_allowed(ask, "TagResource", resourceArn=bucket, tags={"a": "b"})
    expect_allowed(ask, "ListTagsForResource", resourceArn=bucket)


# --- extra rights -------------------------------------------------------------------------------


@facts(
    "query-needs-get-vectors",
    "seen",
    "QueryVectors with returnMetadata or a filter needs the right to GetVectors, and a denial names that.",
)
def _(ask: Asking) -> None:
    index, arn = own_index(ask)
    deny(ask, index["vectorBucketName"], "GetVectors", arn)
    expect_allowed(ask, "QueryVectors", **index, **QUERY, returnDistance=True)
    given: list[dict[str, Any]] = [{"returnMetadata": True}, {"filter": {"a": 1}}]
    for more in given:
        expect_denied(ask, arn, "QueryVectors", action="GetVectors", **index, **QUERY, **more)


@facts(
    "text-query-needs-get-vectors",
    "documented",
    "QueryVectors with queryTexts needs the right to GetVectors.",
)
def _(ask: Asking) -> None:
    ask.needs("QueryVectors.queryTexts")
    configuration = {"textSearchConfigurations": [{"metadataKey": "text"}]}
    index, arn = own_index(ask, metadataConfiguration=configuration)
    deny(ask, index["vectorBucketName"], "GetVectors", arn)
    query = {"queryTexts": [{"metadataKey": "text", "text": "words"}], "topK": 1}
    expect_denied(ask, arn, "QueryVectors", action="GetVectors", **index, **query)


@facts(
    "list-needs-get-vectors",
    "documented",
    "ListVectors with returnData or returnMetadata needs the right to GetVectors.",
)
def _(ask: Asking) -> None:
    index, arn = own_index(ask)
    deny(ask, index["vectorBucketName"], "GetVectors", arn)
    expect_allowed(ask, "ListVectors", **index)
    for member in ("returnData", "returnMetadata"):
        expect_denied(ask, arn, "ListVectors", action="GetVectors", **index, **{member: True})


@facts("create-needs-tag-resource", "documented", "CreateIndex with tags needs the right to TagResource.")
def _(ask: Asking) -> None:
    ask.needs("CreateIndex.tags")
    bucket = ask.bucket()
    index: dict[str, Any] = {"vectorBucketName": bucket, "indexName": ask.name(), **SETTINGS}
    arn = ask.arn(bucket, index["indexName"])
    deny(ask, bucket, "TagResource", f"{ask.arn(bucket)}/index/*")
    expect_denied(ask, arn, "CreateIndex", action="TagResource", **index, tags={"a": "b"})
    expect_allowed(ask, "CreateIndex", **{**index, "indexName": ask.name()})
