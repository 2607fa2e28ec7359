"""Facts about addresses: which names and ARNs an operation takes, and where an ARN leads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import listed
from mock_s3vectors.parity.asking import SETTINGS
from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.expecting import expect_accepted, expect_own_text, expect_violation
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import Matching

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Names and addressing")

NOT_BOTH = refusal(
    "ValidationException", "Must specify either vectorBucketName or vectorBucketArn but not both"
)
NO_ADDRESS = refusal(
    "ValidationException", "Must specify either indexArn or both vectorBucketName and indexName"
)
NO_BUCKET = refusal("NotFoundException", "The specified vector bucket could not be found")
NO_INDEX = refusal("NotFoundException", "The specified index could not be found")
NO_RESOURCE = "The specified resource could not be found"

# Operations, and their parameters beside the address.
OF_BUCKETS: dict[str, dict[str, Any]] = {
    "GetVectorBucket": {},
    "DeleteVectorBucket": {},
    "ListIndexes": {},
    "CreateIndex": {
        "indexName": "index",
        "dataType": "float32",
        "dimension": 2,
        "distanceMetric": "euclidean",
    },
    "GetVectorBucketPolicy": {},
    "DeleteVectorBucketPolicy": {},
    "PutVectorBucketPolicy": {
        "policy": json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3vectors:PutVectors",
                    "Resource": "*",
                },
            }
        )
    },
}
OF_INDEXES: dict[str, dict[str, Any]] = {
    "GetIndex": {},
    "DeleteIndex": {},
    "PutVectors": {"vectors": [{"key": "a", "data": {"float32": [1, 2]}}]},
    "GetVectors": {"keys": ["a"]},
    "ListVectors": {},
    "QueryVectors": {"queryVector": {"float32": [1, 2]}, "topK": 1},
    "DeleteVectors": {"keys": ["a"]},
}
OF_TAGS: dict[str, dict[str, Any]] = {
    "TagResource": {"tags": {"a": "b"}},
    "UntagResource": {"tagKeys": ["a"]},
    "ListTagsForResource": {},
}
BUCKET_PATTERN = "arn:aws[-a-z0-9]*:s3vectors:[a-z0-9-]+:[0-9]{12}:bucket/[a-z0-9][a-z0-9-.]{1,61}[a-z0-9]"
INDEX_PATTERN = f"{BUCKET_PATTERN}/index/[a-z0-9][a-z0-9-.]{{1,61}}[a-z0-9]"


@facts("bucket-arn", "documented", "The ARN of a vector bucket has its Region, its account and its name.")
def _(ask: Asking) -> None:
    found = ask("GetVectorBucket", vectorBucketName=ask.shared_bucket).get("vectorBucket", {})
    form = f"arn:aws[-a-z]*:s3vectors:{ask.client.meta.region_name}:[0-9]{{12}}:bucket/{ask.shared_bucket}"
    ask.compare("vectorBucketArn", Matching(form), found.get("vectorBucketArn"))


@facts("index-arn", "documented", "The ARN of an index is that of its vector bucket, with its own name.")
def _(ask: Asking) -> None:
    index = ask.index()
    arn = ask("GetIndex", **index).get("index", {}).get("indexArn")
    ask.compare("indexArn", ask.arn(*index.values()), arn)


@facts("bucket-by-arn", "documented", "Operations on vector buckets take an ARN instead of a name.")
def _(ask: Asking) -> None:
    name = ask.bucket()
    arn = ask.arn(name)
    found = ask("GetVectorBucket", vectorBucketArn=arn).get("vectorBucket", {})
    ask.compare("the name", name, found.get("vectorBucketName"))
    ask.expect({"indexes": []}, "ListIndexes", vectorBucketArn=arn)
    ask.expect({}, "DeleteVectorBucket", vectorBucketArn=arn)


@facts("create-index-by-arn", "documented", "CreateIndex takes the ARN of the vector bucket.")
def _(ask: Asking) -> None:
    ask.needs("CreateIndex.vectorBucketArn")
    arn, name = ask.arn(ask.shared_bucket), ask.name()
    if expect_accepted(ask, "CreateIndex", vectorBucketArn=arn, indexName=name, **SETTINGS):
        found = ask("GetIndex", vectorBucketName=ask.shared_bucket, indexName=name).get("index", {})
        ask.compare("the ARN of the index", ask.arn(ask.shared_bucket, name), found.get("indexArn"))


@facts("index-by-arn", "documented", "Operations on indexes and vectors take an ARN instead of two names.")
def _(ask: Asking) -> None:
    index = ask.index()
    arn = ask.arn(*index.values())
    ask.expect({}, "PutVectors", indexArn=arn, **OF_INDEXES["PutVectors"])
    ask.compare("ListVectors", {"vectors": [{"key": "a"}]}, listed(ask, "ListVectors", indexArn=arn))
    ask.expect({"vectors": [{"key": "a"}]}, "GetVectors", indexArn=arn, keys=["a"])
    ask.expect({}, "DeleteIndex", indexArn=arn)


@facts("bucket-name-and-arn", "seen", "An operation on a vector bucket takes its name or its ARN, not both.")
def _(ask: Asking) -> None:
    address = {
        "vectorBucketName": ask.shared_bucket,
        "vectorBucketArn": ask.arn(ask.shared_bucket),
    }
    for operation in ("GetVectorBucket", "ListIndexes", "GetVectorBucketPolicy"):
        ask.expect(NOT_BOTH, operation, **address)


@facts(
    "no-bucket-name-and-no-arn",
    "choice",
    "An operation on a vector bucket without name and ARN is refused as one with both.",
    choices=("neither-name-nor-arn-text",),
)
def _(ask: Asking) -> None:
    for operation in ("GetVectorBucket", "ListIndexes"):
        expect_own_text(ask, "ValidationException", NOT_BOTH["message"], operation)


@facts(
    "half-an-index-address",
    "seen",
    "An operation on an index takes both names or the ARN, and refuses all else with one text.",
)
def _(ask: Asking) -> None:
    index = ask.index()
    arn = ask.arn(*index.values())
    bucket, name = {"vectorBucketName": index["vectorBucketName"]}, {"indexName": index["indexName"]}
    for address in ({}, bucket, name, {**index, "indexArn": arn}, {**bucket, "indexArn": arn}):
        ask.expect(NO_ADDRESS, "GetIndex", **address)
    ask.expect(NO_ADDRESS, "GetVectors", **name, indexArn=arn, keys=["a"])


@facts(
    "unknown-bucket",
    "seen",
    "Operations on a vector bucket, and CreateIndex, say that an unknown one could not be found.",
)
def _(ask: Asking) -> None:
    for operation, parameters in OF_BUCKETS.items():
        ask.expect(NO_BUCKET, operation, vectorBucketName=ask.name(), **parameters)


@facts("unknown-bucket-arn", "seen", "The ARN of an unknown vector bucket is answered as its name is.")
def _(ask: Asking) -> None:
    arn = ask.arn(ask.name())
    for operation in ("GetVectorBucket", "ListIndexes"):
        ask.expect(NO_BUCKET, operation, vectorBucketArn=arn)


@facts("unknown-index", "seen", "Every operation on an index says that an unknown one could not be found.")
def _(ask: Asking) -> None:
    index = {"vectorBucketName": ask.shared_bucket, "indexName": ask.name()}
    for operation, parameters in OF_INDEXES.items():
        ask.expect(NO_INDEX, operation, **index, **parameters)


@facts(
    "unknown-bucket-of-an-index",
    "seen",
    "If the vector bucket is unknown, operations on an index say that the index could not be found.",
)
def _(ask: Asking) -> None:
    index = {"vectorBucketName": ask.name(), "indexName": ask.name()}
    for operation, parameters in OF_INDEXES.items():
        ask.expect(NO_INDEX, operation, **index, **parameters)


@facts("unknown-index-arn", "seen", "The ARN of an unknown index is answered as its names are.")
def _(ask: Asking) -> None:
    arn = ask.arn(ask.shared_bucket, ask.name())
    ask.expect(NO_INDEX, "GetIndex", indexArn=arn)
    ask.expect(NO_INDEX, "ListVectors", indexArn=arn)


@facts(
    "unknown-resource",
    "choice",
    "Operations on tags say that a resource that is not there could not be found.",
    choices=("unknown-resource-text",),
)
def _(ask: Asking) -> None:
    arn = ask.arn(ask.shared_bucket, ask.name())
    for operation, parameters in OF_TAGS.items():
        given = {"resourceArn": arn, **parameters}
        expect_own_text(ask, "NotFoundException", NO_RESOURCE, operation, **given)


@facts(
    "text-that-is-no-arn",
    "documented",
    "A text that is not the ARN of a vector bucket, or of an index, breaks the constraint of its member.",
    choices=("no-arn-without-pattern",),
)
def _(ask: Asking) -> None:
    # Models that have these have the patterns too.
    ask.needs("UpdateMetadataConfiguration")
    bucket = ask.arn(ask.shared_bucket)
    rule = "satisfy regular expression pattern: ^{}$"
    for arn in (ask.shared_bucket, f"{bucket}/index/index", "arn:aws:s3:::bucket"):
        of_buckets = rule.format(BUCKET_PATTERN)
        expect_violation(ask, "/vectorBucketArn", of_buckets, "GetVectorBucket", vectorBucketArn=arn)
    for arn in ("index", bucket):
        expect_violation(ask, "/indexArn", rule.format(INDEX_PATTERN), "GetIndex", indexArn=arn)


@facts(
    "no-arn-for-tags",
    "choice",
    "To operations on tags, a text that is no ARN names a resource that could not be found.",
    choices=("no-arn-in-tag-operations",),
)
def _(ask: Asking) -> None:
    for arn in (ask.shared_bucket, "arn:aws:s3:::bucket"):
        expect_own_text(ask, "NotFoundException", NO_RESOURCE, "ListTagsForResource", resourceArn=arn)


@facts(
    "arn-of-another-region",
    "choice",
    "An ARN is looked up in the Region that it names, not in that of the client.",
    choices=("arn-elsewhere",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    arn = ask.arn(*index.values())
    here, there = f":{ask.region}:", f":{ask.other_region}:"
    ask.expect(NO_INDEX, "GetIndex", indexArn=arn.replace(here, there))
    bucket = ask.arn(ask.shared_bucket)
    ask.expect(NO_BUCKET, "GetVectorBucket", vectorBucketArn=bucket.replace(here, there))


@facts(
    "arn-of-another-partition",
    "choice",
    "An ARN with another partition than its Region's leads to nothing.",
    choices=("arn-elsewhere",),
)
def _(ask: Asking) -> None:
    here, there = f"arn:{ask.partition}:", "arn:aws:" if ask.partition != "aws" else "arn:aws-cn:"
    arn = ask.arn(ask.shared_bucket).replace(here, there)
    ask.expect(NO_BUCKET, "GetVectorBucket", vectorBucketArn=arn)
