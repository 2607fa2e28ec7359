"""Facts about tags: what they may be, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.asking import SETTINGS
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.expecting import expect_accepted, expect_violation
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import ANYTHING

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Tags")

TOO_MANY = refusal("ValidationException", "Too many tags specified")
SYSTEM = refusal("ValidationException", "System tags cannot be added/updated by requester")
PATTERN = r"satisfy regular expression pattern: ^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"


def system_case(key: str) -> dict[str, Any]:
    """Return the refusal of a system tag in other letters."""
    text = f'Invalid System Tag: {key} must be prefixed with "aws:" in lowercase.'
    return refusal("ValidationException", text)


def numbered(count: int) -> dict[str, str]:
    """Return as many tags."""
    return {f"key-{number}": "value" for number in range(count)}


def both(ask: Asking) -> tuple[str, str]:
    """Return the ARNs of a new vector bucket, and of an index in it."""
    ask.needs("TagResource")
    index = ask.index(ask.bucket())
    return ask.arn(index["vectorBucketName"]), ask.arn(*index.values())


def new_index(ask: Asking) -> dict[str, Any]:
    """Return the parameters of an index to create."""
    return {"vectorBucketName": ask.shared_bucket, "indexName": ask.name(), **SETTINGS}


# --- what becomes of them -----------------------------------------------------------------------


@facts("tags-none", "documented", "A vector bucket or index without tags has an empty list of them.")
def _(ask: Asking) -> None:
    for arn in both(ask):
        ask.expect({"tags": {}}, "ListTagsForResource", resourceArn=arn)


@facts("tags-added", "documented", "TagResource adds tags, and replaces those with the same keys.")
def _(ask: Asking) -> None:
    for arn in both(ask):
        ask.expect({}, "TagResource", resourceArn=arn, tags={"a": "1", "b": "2"})
        ask.expect({}, "TagResource", resourceArn=arn, tags={"b": "3", "c": "4"})
        ask.expect({"tags": {"a": "1", "b": "3", "c": "4"}}, "ListTagsForResource", resourceArn=arn)


@facts("tags-removed", "documented", "UntagResource removes tags by their keys.")
def _(ask: Asking) -> None:
    for arn in both(ask):
        ask.prepare("TagResource", resourceArn=arn, tags={"a": "1", "b": "2", "c": "3"})
        ask.expect({}, "UntagResource", resourceArn=arn, tagKeys=["a", "c"])
        ask.expect({"tags": {"b": "2"}}, "ListTagsForResource", resourceArn=arn)


@facts(
    "tags-removed-that-are-missing",
    "choice",
    "UntagResource succeeds with keys that are not there, and minds the case of keys.",
    choices=("untag-missing",),
)
def _(ask: Asking) -> None:
    arn, _ = both(ask)
    ask.prepare("TagResource", resourceArn=arn, tags={"a": "1"})
    ask.expect({}, "UntagResource", resourceArn=arn, tagKeys=["b", "A"])
    ask.expect({"tags": {"a": "1"}}, "ListTagsForResource", resourceArn=arn)


@facts("tags-at-creation", "documented", "CreateVectorBucket and CreateIndex take tags.")
def _(ask: Asking) -> None:
    tags = {"a": "1", "b": ""}
    bucket, index = {"vectorBucketName": ask.name()}, new_index(ask)
    expect_accepted(ask, "CreateVectorBucket", **bucket, tags=tags)
    expect_accepted(ask, "CreateIndex", **index, tags=tags)
    for arn in (ask.arn(*bucket.values()), ask.arn(index["vectorBucketName"], index["indexName"])):
        ask.expect({"tags": tags}, "ListTagsForResource", resourceArn=arn)


@facts("tags-not-inherited", "documented", "An index does not inherit the tags of its vector bucket.")
def _(ask: Asking) -> None:
    index = ask.index(ask.bucket(tags={"a": "1"}))
    ask.expect({"tags": {}}, "ListTagsForResource", resourceArn=ask.arn(*index.values()))


@facts("tags-gone-with-their-index", "documented", "The tags of an index go with it.")
def _(ask: Asking) -> None:
    index = ask.index(tags={"a": "1"})
    ask.prepare("DeleteIndex", **index)
    ask.prepare("CreateIndex", **index, **SETTINGS)
    ask.expect({"tags": {}}, "ListTagsForResource", resourceArn=ask.arn(*index.values()))


@facts("tags-gone-with-their-bucket", "documented", "The tags of a vector bucket go with it.")
def _(ask: Asking) -> None:
    bucket = ask.bucket(tags={"a": "1"})
    ask.prepare("DeleteVectorBucket", vectorBucketName=bucket)
    ask.prepare("CreateVectorBucket", vectorBucketName=bucket)
    ask.expect({"tags": {}}, "ListTagsForResource", resourceArn=ask.arn(bucket))


# --- what they may be ---------------------------------------------------------------------------


@facts(
    "tags-accepted",
    "seen",
    "Tags may have empty values, values that begin with `aws:`, spaces at the beginning, and letters of any "
    "script.",
)
def _(ask: Asking) -> None:
    tags = {
        "empty": "",
        "value": "aws:value",
        "  leading": " x",
        "Ключ": "ไทย",
        "日本": "élève",
        "a+b-c=d._:/@": "0-9 +=._:/@",
    }
    index = new_index(ask)
    if expect_accepted(ask, "CreateIndex", **index, tags=tags):
        arn = ask.arn(index["vectorBucketName"], index["indexName"])
        ask.expect({"tags": tags}, "ListTagsForResource", resourceArn=arn)


@facts("tag-keys-refused", "seen", "The key of a tag has no emoji, tab, `!` or `#`.")
def _(ask: Asking) -> None:
    arn, _ = both(ask)
    for text in ("\N{ROCKET}", "a\tb", "a!", "#a"):
        expect_violation(ask, "/tags", PATTERN, "TagResource", resourceArn=arn, tags={text: "v"})


@facts("tag-values-refused", "seen", "The value of a tag has no emoji, tab, `!` or `#`.")
def _(ask: Asking) -> None:
    arn, _ = both(ask)
    for text in ("\N{ROCKET}", "a\tb", "a!", "#a"):
        expect_violation(ask, "/tags/k", PATTERN, "TagResource", resourceArn=arn, tags={"k": text})


@facts("tag-keys-refused-in-untag", "documented", "UntagResource refuses a key that no tag can have.")
def _(ask: Asking) -> None:
    arn, _ = both(ask)
    answer = without_fields(ask("UntagResource", resourceArn=arn, tagKeys=["a", "a!"]))
    ask.compare("UntagResource", refusal("ValidationException", ANYTHING), answer)


@facts("tag-lengths", "documented", "A tag has a key of 128 and a value of 256 characters at most.")
def _(ask: Asking) -> None:
    arn, _ = both(ask)
    ask.expect({}, "TagResource", resourceArn=arn, tags={"k" * 128: "v" * 256})
    rule, tags = "have length between 1 and 128, inclusive", {"k" * 129: ""}
    expect_violation(ask, "/tags", rule, "TagResource", length=129, resourceArn=arn, tags=tags)
    rule, tags = "have length between 0 and 256, inclusive", {"k": "v" * 257}
    expect_violation(ask, "/tags/k", rule, "TagResource", length=257, resourceArn=arn, tags=tags)


@facts("tags-too-many-at-creation", "seen", "An index cannot be created with more than 50 tags.")
def _(ask: Asking) -> None:
    ask.expect(TOO_MANY, "CreateIndex", **new_index(ask), tags=numbered(51))


@facts(
    "tags-too-many-of-a-bucket",
    "choice",
    "A vector bucket with more than 50 tags is refused in the words that were seen for an index.",
    choices=("too-many-tags-everywhere",),
)
def _(ask: Asking) -> None:
    ask.expect(TOO_MANY, "CreateVectorBucket", vectorBucketName=ask.name(), tags=numbered(51))


@facts(
    "tags-too-many",
    "choice",
    "TagResource refuses a tag beyond 50 in the words that were seen at CreateIndex.",
    choices=("too-many-tags-everywhere",),
)
def _(ask: Asking) -> None:
    index = new_index(ask)
    expect_accepted(ask, "CreateIndex", **index, tags=numbered(50))
    arn = ask.arn(index["vectorBucketName"], index["indexName"])
    ask.expect(TOO_MANY, "TagResource", resourceArn=arn, tags={"one": "more"})
    ask.expect({}, "TagResource", resourceArn=arn, tags={"key-7": "overwritten"})


@facts("tags-of-the-system-at-creation", "seen", "CreateIndex takes no tag whose key begins with `aws:`.")
def _(ask: Asking) -> None:
    ask.expect(SYSTEM, "CreateIndex", **new_index(ask), tags={"a": "b", "aws:owner": "me"})
    ask.expect(system_case("AWS:owner"), "CreateIndex", **new_index(ask), tags={"AWS:owner": "me"})


@facts(
    "tags-of-the-system",
    "choice",
    "CreateVectorBucket and TagResource refuse the tags of the system as CreateIndex does.",
    choices=("system-tags-everywhere",),
)
def _(ask: Asking) -> None:
    arn, _ = both(ask)
    for key, answer in (("aws:owner", SYSTEM), ("AWS:owner", system_case("AWS:owner"))):
        ask.expect(answer, "CreateVectorBucket", vectorBucketName=ask.name(), tags={key: "me"})
        ask.expect(answer, "TagResource", resourceArn=arn, tags={key: "me"})


@facts(
    "tags-refused-create-nothing", "documented", "A creation that is refused for its tags creates nothing."
)
def _(ask: Asking) -> None:
    name = ask.name()
    answer = ask("CreateVectorBucket", vectorBucketName=name, tags=numbered(51))
    ask.compare("CreateVectorBucket", refusal("ValidationException", ANYTHING), without_fields(answer))
    ask.expect({"vectorBuckets": []}, "ListVectorBuckets", prefix=name)
