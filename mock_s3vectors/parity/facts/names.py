"""Facts about names: what those of vector buckets and indexes may be, and where they are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.parity.answers import listed
from mock_s3vectors.parity.asking import SETTINGS
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.expecting import broken, expect_violation
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Names and addressing")

BAD_BUCKET_NAME = refusal("ValidationException", "Invalid vector bucket name")
BAD_INDEX_NAME = refusal("ValidationException", "Invalid index name")
LENGTH = "have length between 3 and 63, inclusive"


def of_64_characters(name: str) -> str:
    """Return a name that is one character too long."""
    return f"{name}-".ljust(64, "0")


@facts(
    "bucket-name-characters",
    "seen",
    "A vector bucket's name has no capitals, underscores, dots, spaces or letters beyond a to z.",
)
def _(ask: Asking) -> None:
    for character in "A_. ä":
        ask.expect(BAD_BUCKET_NAME, "CreateVectorBucket", vectorBucketName=f"{ask.name()}{character}0")


@facts("bucket-name-ends", "documented", "A vector bucket's name begins and ends with a letter or a digit.")
def _(ask: Asking) -> None:
    for name in (f"-{ask.name()}", f"{ask.name()}-"):
        ask.expect(BAD_BUCKET_NAME, "CreateVectorBucket", vectorBucketName=name)


@facts("bucket-name-hyphens", "documented", "Hyphens may stand side by side in a vector bucket's name.")
def _(ask: Asking) -> None:
    name = f"{ask.name()}--0"
    ask("CreateVectorBucket", vectorBucketName=name)
    answer = ask("GetVectorBucket", vectorBucketName=name)
    ask.compare("the name", name, answer.get("vectorBucket", {}).get("vectorBucketName"))


@facts("bucket-name-too-long", "seen", "A vector bucket's name has 63 characters at most.")
def _(ask: Asking) -> None:
    name = of_64_characters(ask.name())
    expect_violation(ask, "/vectorBucketName", LENGTH, "CreateVectorBucket", length=64, vectorBucketName=name)


@facts("bucket-name-too-short", "seen", "A vector bucket's name has three characters at least.")
def _(ask: Asking) -> None:
    answer = ask.raw("CreateVectorBucket", b'{"vectorBucketName": "ab"}')
    ask.compare("CreateVectorBucket", broken("/vectorBucketName", LENGTH, length=2), without_fields(answer))


@facts(
    "index-name-characters",
    "documented",
    "An index's name has no capitals, underscores, spaces or letters beyond a to z.",
)
def _(ask: Asking) -> None:
    bucket = ask.shared_bucket
    for character in "A_ ä":
        name = f"{ask.name()}{character}0"
        ask.expect(BAD_INDEX_NAME, "CreateIndex", vectorBucketName=bucket, indexName=name, **SETTINGS)


@facts("index-name-ends", "documented", "An index's name begins and ends with a letter or a digit.")
def _(ask: Asking) -> None:
    bucket = ask.shared_bucket
    for name in (f"-{ask.name()}", f"{ask.name()}-", f"{ask.name()}."):
        ask.expect(BAD_INDEX_NAME, "CreateIndex", vectorBucketName=bucket, indexName=name, **SETTINGS)


@facts("index-name-dots", "documented", "An index's name may have dots between its ends.")
def _(ask: Asking) -> None:
    index = {"vectorBucketName": ask.shared_bucket, "indexName": f"{ask.name()}.v2.0"}
    ask("CreateIndex", **index, **SETTINGS)
    answer = ask("GetIndex", **index)
    ask.compare("the name", index["indexName"], answer.get("index", {}).get("indexName"))


@facts("index-name-too-long", "documented", "An index's name has 63 characters at most.")
def _(ask: Asking) -> None:
    index = {"vectorBucketName": ask.shared_bucket, "indexName": of_64_characters(ask.name())}
    expect_violation(ask, "/indexName", LENGTH, "CreateIndex", length=64, **index, **SETTINGS)


@facts("name-of-63-characters", "documented", "Names of vector buckets and indexes may have 63 characters.")
def _(ask: Asking) -> None:
    name = of_64_characters(ask.name())[:63]
    ask("CreateVectorBucket", vectorBucketName=name)
    ask("CreateIndex", vectorBucketName=name, indexName=name, **SETTINGS)
    found = listed(ask, "ListIndexes", vectorBucketName=name).get("indexes", [])
    ask.compare("the names", [name], [index["indexName"] for index in found])


@facts("index-name-checked-in-get-index", "seen", "GetIndex checks the characters of an index's name.")
def _(ask: Asking) -> None:
    index = {"vectorBucketName": ask.shared_bucket, "indexName": f"{ask.name()}_0"}
    ask.expect(BAD_INDEX_NAME, "GetIndex", **index)


@facts(
    "index-names-always-checked",
    "choice",
    "The characters of an index's name are checked by the other operations on an index too.",
    choices=("names-always-checked",),
)
def _(ask: Asking) -> None:
    index = {"vectorBucketName": ask.shared_bucket, "indexName": f"{ask.name()}_0"}
    ask.expect(BAD_INDEX_NAME, "DeleteIndex", **index)
    ask.expect(BAD_INDEX_NAME, "PutVectors", **index, vectors=[{"key": "a", "data": {"float32": [1, 2]}}])
    ask.expect(BAD_INDEX_NAME, "GetVectors", **index, keys=["a"])
    ask.expect(BAD_INDEX_NAME, "ListVectors", **index)
    ask.expect(BAD_INDEX_NAME, "DeleteVectors", **index, keys=["a"])
    ask.expect(BAD_INDEX_NAME, "QueryVectors", **index, queryVector={"float32": [1, 2]}, topK=1)


@facts(
    "bucket-names-always-checked",
    "choice",
    "The characters of a vector bucket's name are checked when it is looked up.",
    choices=("names-always-checked",),
)
def _(ask: Asking) -> None:
    bucket = {"vectorBucketName": f"{ask.name()}_0"}
    for operation in ("GetVectorBucket", "DeleteVectorBucket", "ListIndexes", "GetVectorBucketPolicy"):
        ask.expect(BAD_BUCKET_NAME, operation, **bucket)
    ask.expect(BAD_BUCKET_NAME, "CreateIndex", **bucket, indexName=ask.name(), **SETTINGS)
    ask.expect(BAD_BUCKET_NAME, "GetIndex", **bucket, indexName=ask.name())


@facts(
    "bucket-name-before-index-name",
    "choice",
    "Of two names with wrong characters, the refusal is about the vector bucket's.",
    choices=("names-always-checked",),
)
def _(ask: Asking) -> None:
    ask.expect(BAD_BUCKET_NAME, "GetIndex", vectorBucketName=f"{ask.name()}_0", indexName=f"{ask.name()}_0")


@facts("names-unique-in-bucket", "documented", "Indexes of two vector buckets may have the same name.")
def _(ask: Asking) -> None:
    first = ask.index(ask.bucket())
    second = {**first, "vectorBucketName": ask.bucket()}
    ask("CreateIndex", **second, **SETTINGS)
    for index in (first, second):
        found = listed(ask, "ListIndexes", vectorBucketName=index["vectorBucketName"]).get("indexes", [])
        ask.compare("the names", [index["indexName"]], [each["indexName"] for each in found])
