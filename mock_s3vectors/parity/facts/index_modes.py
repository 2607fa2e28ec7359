"""Facts about the modes of indexes, as vector buckets have them that are new today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.expecting import expect_violation
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Index modes")

NO_CLASSIC_INDEX = refusal(
    "ValidationException",
    "indexMode cannot be set to CLASSIC because the vector bucket does not support CLASSIC mode",
)
NO_CLASSIC_DEFAULT = refusal(
    "ValidationException",
    "defaultIndexMode cannot be set to CLASSIC because this vector bucket does not support CLASSIC mode",
)
NO_BUCKET = refusal("NotFoundException", "The specified vector bucket could not be found")
NO_INDEX = refusal("NotFoundException", "The specified index could not be found")
MODES = "satisfy enum value set: [CLASSIC, ENHANCED]"


@facts("new-bucket-mode", "seen", "A new vector bucket has ENHANCED as its default mode.")
def _(ask: Asking) -> None:
    ask.needs("GetVectorBucket>vectorBucket.defaultIndexMode")
    found = ask("GetVectorBucket", vectorBucketName=ask.bucket()).get("vectorBucket", {})
    ask.compare("defaultIndexMode", "ENHANCED", found.get("defaultIndexMode"))


@facts("new-index-mode", "documented", "A new index has the default mode of its vector bucket.")
def _(ask: Asking) -> None:
    ask.needs("GetIndex>index.indexMode")
    bucket = ask("GetVectorBucket", vectorBucketName=ask.shared_bucket).get("vectorBucket", {})
    index = ask("GetIndex", **ask.index()).get("index", {})
    ask.compare("indexMode", bucket.get("defaultIndexMode"), index.get("indexMode"))


@facts("default-mode-classic", "seen", "CLASSIC cannot be the default mode of a new vector bucket.")
def _(ask: Asking) -> None:
    bucket = {"vectorBucketName": ask.bucket()}
    ask.expect(NO_CLASSIC_DEFAULT, "PutVectorBucketDefaultIndexMode", **bucket, defaultIndexMode="CLASSIC")
    found = ask("GetVectorBucket", **bucket).get("vectorBucket", {})
    ask.compare("defaultIndexMode", "ENHANCED", found.get("defaultIndexMode"))


@facts("default-mode-again", "documented", "The default mode can be set to the one that it has.")
def _(ask: Asking) -> None:
    bucket = {"vectorBucketName": ask.bucket(), "defaultIndexMode": "ENHANCED"}
    ask.expect({}, "PutVectorBucketDefaultIndexMode", **bucket)
    ask.expect({}, "PutVectorBucketDefaultIndexMode", **bucket)


@facts("default-mode-unknown", "documented", "A default mode is CLASSIC or ENHANCED, in capitals.")
def _(ask: Asking) -> None:
    for mode in ("HYBRID", "enhanced"):
        expect_violation(
            ask,
            "/defaultIndexMode",
            MODES,
            "PutVectorBucketDefaultIndexMode",
            vectorBucketName=ask.shared_bucket,
            defaultIndexMode=mode,
        )


@facts("default-mode-of-an-unknown-bucket", "documented", "Only a vector bucket that exists has a mode.")
def _(ask: Asking) -> None:
    bucket = {"vectorBucketName": ask.name(), "defaultIndexMode": "ENHANCED"}
    ask.expect(NO_BUCKET, "PutVectorBucketDefaultIndexMode", **bucket)


@facts("index-mode-classic", "seen", "An index in a new vector bucket cannot become CLASSIC.")
def _(ask: Asking) -> None:
    ask.needs("UpdateIndexMode")
    index = ask.index()
    ask.expect(NO_CLASSIC_INDEX, "UpdateIndexMode", **index, indexMode="CLASSIC")
    ask.compare("indexMode", "ENHANCED", ask("GetIndex", **index).get("index", {}).get("indexMode"))


@facts("index-mode-again", "documented", "An index can be set to ENHANCED again and again.")
def _(ask: Asking) -> None:
    ask.needs("UpdateIndexMode")
    index = ask.index()
    ask.expect({}, "UpdateIndexMode", **index, indexMode="ENHANCED")
    ask.expect({}, "UpdateIndexMode", **index, indexMode="ENHANCED")


@facts("index-mode-keeps-vectors", "documented", "The mode of an index is set in place: its vectors stay.")
def _(ask: Asking) -> None:
    ask.needs("UpdateIndexMode")
    index = ask.index()
    ask.put(index, ("a", [1, 2], {"n": 1}))
    ask.prepare("UpdateIndexMode", **index, indexMode="ENHANCED")
    found = ask("GetVectors", **index, keys=["a"], returnMetadata=True)
    ask.compare("the vectors", {"vectors": [{"key": "a", "metadata": {"n": 1}}]}, found)


@facts("index-mode-unknown", "documented", "The mode of an index is CLASSIC or ENHANCED, in capitals.")
def _(ask: Asking) -> None:
    ask.needs("UpdateIndexMode")
    index = ask.index()
    for mode in ("HYBRID", "enhanced"):
        expect_violation(ask, "/indexMode", MODES, "UpdateIndexMode", **index, indexMode=mode)


@facts("mode-of-an-unknown-index", "documented", "Only an index that exists has a mode.")
def _(ask: Asking) -> None:
    index = {"vectorBucketName": ask.shared_bucket, "indexName": ask.name()}
    ask.expect(NO_INDEX, "UpdateIndexMode", **index, indexMode="ENHANCED")
