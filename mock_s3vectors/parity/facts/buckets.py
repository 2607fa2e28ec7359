"""Facts about vector buckets: how they are created, described, listed and deleted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import listed
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import ANYTHING

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Vector buckets")

EXISTS = refusal("ConflictException", "A vector bucket with the specified name already exists")
NOT_EMPTY = refusal("ConflictException", "The specified vector bucket is not empty")
NO_BUCKET = refusal("NotFoundException", "The specified vector bucket could not be found")
NO_POLICY = refusal("NotFoundException", "The specified vector bucket policy could not be found")
POLICY = (
    '{"Version": "2012-10-17", "Statement": '
    '{"Effect": "Deny", "Principal": "*", "Action": "s3vectors:PutVectors", "Resource": "*"}}'
)


def names_of(answer: dict[str, Any]) -> list[str]:
    """Return the names of an answer of ListVectorBuckets."""
    return [bucket["vectorBucketName"] for bucket in answer.get("vectorBuckets", [])]


@facts("create-bucket-answer", "documented", "CreateVectorBucket returns the ARN of the vector bucket.")
def _(ask: Asking) -> None:
    ask.needs("CreateVectorBucket>vectorBucketArn")
    name = ask.name()
    ask.expect({"vectorBucketArn": ask.arn(name)}, "CreateVectorBucket", vectorBucketName=name)


@facts("create-bucket-twice", "seen", "A vector bucket cannot be created twice, even with equal parameters.")
def _(ask: Asking) -> None:
    ask.expect(EXISTS, "CreateVectorBucket", vectorBucketName=ask.shared_bucket)


@facts(
    "create-bucket-twice-differently",
    "seen",
    "A vector bucket that exists is a conflict, and stays as it is, when other parameters come.",
)
def _(ask: Asking) -> None:
    ask.needs("CreateVectorBucket.tags")
    before = ask("GetVectorBucket", vectorBucketName=ask.shared_bucket)
    again = {"vectorBucketName": ask.shared_bucket, "tags": {"a": "b"}}
    ask.expect(EXISTS, "CreateVectorBucket", **again, encryptionConfiguration={"sseType": "AES256"})
    ask.expect(before, "GetVectorBucket", vectorBucketName=ask.shared_bucket)


@facts(
    "get-bucket",
    "seen",
    "GetVectorBucket shows name, ARN, time, encryption and default mode, and nothing else.",
)
def _(ask: Asking) -> None:
    ask.needs("GetVectorBucket>vectorBucket.defaultIndexMode")
    name = ask.shared_bucket
    described = {
        "vectorBucketName": name,
        "vectorBucketArn": ask.arn(name),
        "creationTime": ANYTHING,
        "encryptionConfiguration": {"sseType": "AES256"},
        "defaultIndexMode": "ENHANCED",
    }
    ask.expect({"vectorBucket": described}, "GetVectorBucket", vectorBucketName=name)


@facts("bucket-creation-time", "seen", "The creation time of a vector bucket is of whole seconds.")
def _(ask: Asking) -> None:
    found = ask.prepare("GetVectorBucket", vectorBucketName=ask.shared_bucket)["vectorBucket"]
    created = found["creationTime"]
    ask.compare("the microseconds", 0, created.microsecond)
    ask.compare("the zone", dt.timedelta(0), created.utcoffset())


@facts(
    "list-buckets-entries", "seen", "An entry of ListVectorBuckets has name, ARN and time, and nothing else."
)
def _(ask: Asking) -> None:
    name = ask.bucket()
    entry = {"vectorBucketName": name, "vectorBucketArn": ask.arn(name), "creationTime": ANYTHING}
    answer = listed(ask, "ListVectorBuckets", prefix=name)
    ask.compare("ListVectorBuckets", {"vectorBuckets": [entry]}, answer)


@facts("list-buckets-prefix", "seen", "`prefix` of ListVectorBuckets is how names begin.")
def _(ask: Asking) -> None:
    stem = ask.name()
    names = [f"{stem}-{end}" for end in ("mov", "movies", "music")]
    for name in names:
        ask.prepare("CreateVectorBucket", vectorBucketName=name)
    for prefix, found in (("mov", names[:2]), ("movies", names[1:2]), ("m.", []), ("movies-", []), ("M", [])):
        answer = listed(ask, "ListVectorBuckets", prefix=f"{stem}-{prefix}")
        ask.compare(f"the names that begin with {prefix}", found, sorted(names_of(answer)))


@facts(
    "list-buckets-order",
    "choice",
    "ListVectorBuckets goes by name, character by character.",
    choices=("list-order",),
)
def _(ask: Asking) -> None:
    stem = ask.name()
    for end in ("b10", "b-1", "a9", "b1"):
        ask.prepare("CreateVectorBucket", vectorBucketName=f"{stem}-{end}")
    found = names_of(listed(ask, "ListVectorBuckets", prefix=f"{stem}-"))
    ask.compare("the names", [f"{stem}-{end}" for end in ("a9", "b-1", "b1", "b10")], found)


@facts("delete-bucket", "documented", "A vector bucket that is deleted is gone, and its name free, at once.")
def _(ask: Asking) -> None:
    bucket = {"vectorBucketName": ask.bucket()}
    ask.expect({}, "DeleteVectorBucket", **bucket)
    ask.expect(NO_BUCKET, "GetVectorBucket", **bucket)
    ask.expect(NO_BUCKET, "DeleteVectorBucket", **bucket)
    ask.compare("created again", None, ask("CreateVectorBucket", **bucket).get("error"))


@facts("delete-bucket-with-indexes", "seen", "A vector bucket with an index cannot be deleted.")
def _(ask: Asking) -> None:
    bucket = {"vectorBucketName": ask.bucket()}
    index = ask.index(bucket["vectorBucketName"])
    ask.expect(NOT_EMPTY, "DeleteVectorBucket", **bucket)
    found = ask("GetIndex", **index).get("index", {})
    ask.compare("the index that is there", index["indexName"], found.get("indexName"))


@facts(
    "delete-bucket-with-policy",
    "documented",
    "The policy of a vector bucket goes with it: a new one of the same name has none.",
)
def _(ask: Asking) -> None:
    bucket = {"vectorBucketName": ask.bucket()}
    ask.prepare("PutVectorBucketPolicy", **bucket, policy=POLICY)
    ask.expect({}, "DeleteVectorBucket", **bucket)
    ask("CreateVectorBucket", **bucket)
    ask.compare("the policy", NO_POLICY, without_fields(ask("GetVectorBucketPolicy", **bucket)))
