"""Facts about indexes: how they are created, described, listed and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import listed
from mock_s3vectors.parity.asking import SETTINGS
from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.expecting import expect_accepted, expect_violation
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import ANYTHING

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Indexes")

EXISTS = refusal("ConflictException", "An index with the specified name already exists")
NO_INDEX = refusal("NotFoundException", "The specified index could not be found")


def names_of(answer: dict[str, Any]) -> list[str]:
    """Return the names of an answer of ListIndexes."""
    return [index["indexName"] for index in answer.get("indexes", [])]


def new_names(ask: Asking) -> dict[str, Any]:
    """Return the names of an index that is not there yet."""
    return {"vectorBucketName": ask.shared_bucket, "indexName": ask.name()}


@facts("create-index-answer", "documented", "CreateIndex returns the ARN of the index.")
def _(ask: Asking) -> None:
    ask.needs("CreateIndex>indexArn")
    index = new_names(ask)
    ask.expect({"indexArn": ask.arn(*index.values())}, "CreateIndex", **index, **SETTINGS)


@facts("create-index-twice", "seen", "An index cannot be created twice, even with equal parameters.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.expect(EXISTS, "CreateIndex", **index, **SETTINGS)


@facts(
    "create-index-twice-differently",
    "seen",
    "An index that exists is a conflict, and stays as it is, when other parameters come.",
)
def _(ask: Asking) -> None:
    index = ask.index()
    before = ask("GetIndex", **index)
    ask.expect(EXISTS, "CreateIndex", **index, **{**SETTINGS, "dimension": 3})
    ask.expect(EXISTS, "CreateIndex", **index, **{**SETTINGS, "distanceMetric": "cosine"})
    ask.expect(before, "GetIndex", **index)


@facts("dimension-too-large", "seen", "An index has 4,096 dimensions at most.")
def _(ask: Asking) -> None:
    rule = "be between 1 and 4096, inclusive"
    settings = {**SETTINGS, "dimension": 4097}
    expect_violation(ask, "/dimension", rule, "CreateIndex", **new_names(ask), **settings)


@facts("data-type-unknown", "seen", "The only data type is float32.")
def _(ask: Asking) -> None:
    rule = "satisfy enum value set: [float32]"
    settings = {**SETTINGS, "dataType": "float64"}
    expect_violation(ask, "/dataType", rule, "CreateIndex", **new_names(ask), **settings)


@facts("distance-metric-unknown", "seen", "The distance metrics are euclidean and cosine.")
def _(ask: Asking) -> None:
    rule = "satisfy enum value set: [euclidean, cosine]"
    for metric in ("dotproduct", "Cosine"):
        settings = {**SETTINGS, "distanceMetric": metric}
        expect_violation(ask, "/distanceMetric", rule, "CreateIndex", **new_names(ask), **settings)


@facts("dimensions-accepted", "documented", "An index may have one dimension, and 4,096.")
def _(ask: Asking) -> None:
    for dimension in (1, 4096):
        index = new_names(ask)
        if expect_accepted(ask, "CreateIndex", **index, **{**SETTINGS, "dimension": dimension}):
            found = ask("GetIndex", **index).get("index", {})
            ask.compare("the dimension", dimension, found.get("dimension"))


@facts(
    "get-index",
    "seen",
    "GetIndex shows names, ARN, time, settings, encryption and mode; and no metadata configuration that "
    "was not given.",
)
def _(ask: Asking) -> None:
    ask.needs("GetIndex>index.encryptionConfiguration", "GetIndex>index.indexMode")
    index = ask.index(dimension=7, distanceMetric="cosine")
    described = {
        **index,
        "indexArn": ask.arn(*index.values()),
        "creationTime": ANYTHING,
        "dataType": "float32",
        "dimension": 7,
        "distanceMetric": "cosine",
        "encryptionConfiguration": {"sseType": "AES256"},
        "indexMode": "ENHANCED",
    }
    ask.expect({"index": described}, "GetIndex", **index)


@facts("index-creation-time", "seen", "The creation time of an index is of whole seconds.")
def _(ask: Asking) -> None:
    created = ask.prepare("GetIndex", **ask.index())["index"]["creationTime"]
    ask.compare("the microseconds", 0, created.microsecond)


@facts(
    "get-index-metadata-configuration",
    "seen",
    "GetIndex shows the keys that CreateIndex was told are not filterable.",
)
def _(ask: Asking) -> None:
    keys = ["a.b", "text"]
    index = ask.index(metadataConfiguration={"nonFilterableMetadataKeys": keys[::-1]})
    found = ask("GetIndex", **index).get("index", {}).get("metadataConfiguration", {})
    ask.compare("the keys", keys, sorted(found.get("nonFilterableMetadataKeys", [])))


@facts(
    "get-index-empty-metadata-configuration",
    "choice",
    "GetIndex shows a metadata configuration that was given, even an empty one.",
    choices=("shown-metadata-configuration",),
)
def _(ask: Asking) -> None:
    ask.needs("UpdateMetadataConfiguration")
    given: list[dict[str, Any]] = [{}, {"nonFilterableMetadataKeys": []}]
    for configuration in given:
        found = ask("GetIndex", **ask.index(metadataConfiguration=configuration)).get("index", {})
        ask.compare("metadataConfiguration", configuration, found.get("metadataConfiguration"))


@facts("empty-metadata-lists", "documented", "The lists of a metadata configuration may be empty.")
def _(ask: Asking) -> None:
    ask.needs("UpdateMetadataConfiguration")
    configuration: dict[str, Any] = {"nonFilterableMetadataKeys": [], "textSearchConfigurations": []}
    expect_accepted(ask, "CreateIndex", **new_names(ask), **SETTINGS, metadataConfiguration=configuration)


@facts("non-filterable-keys-limit", "documented", "An index has ten keys that are not filterable at most.")
def _(ask: Asking) -> None:
    keys = [f"key-{number}" for number in range(11)]
    # The least number was 1 before text search.
    ask.needs("UpdateMetadataConfiguration")
    expect_violation(
        ask,
        "/metadataConfiguration/nonFilterableMetadataKeys",
        "have length between 0 and 10, inclusive",
        "CreateIndex",
        length=11,
        **new_names(ask),
        **SETTINGS,
        metadataConfiguration={"nonFilterableMetadataKeys": keys},
    )


@facts("non-filterable-key-length", "documented", "A key that is not filterable has 63 characters at most.")
def _(ask: Asking) -> None:
    expect_violation(
        ask,
        "/metadataConfiguration/nonFilterableMetadataKeys/1",
        "have length between 1 and 63, inclusive",
        "CreateIndex",
        length=64,
        **new_names(ask),
        **SETTINGS,
        metadataConfiguration={"nonFilterableMetadataKeys": ["k" * 63, "k" * 64]},
    )


@facts("list-indexes-entries", "seen", "An entry of ListIndexes has names, ARN and time, and nothing else.")
def _(ask: Asking) -> None:
    index = ask.index(metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
    entry = {**index, "indexArn": ask.arn(*index.values()), "creationTime": ANYTHING}
    bucket = {"vectorBucketName": index["vectorBucketName"]}
    answer = listed(ask, "ListIndexes", **bucket, prefix=index["indexName"])
    ask.compare("ListIndexes", {"indexes": [entry]}, answer)


@facts("list-no-indexes", "seen", "ListIndexes of an empty vector bucket is an empty list.")
def _(ask: Asking) -> None:
    ask.expect({"indexes": []}, "ListIndexes", vectorBucketName=ask.bucket())


@facts("list-indexes-prefix", "seen", "`prefix` of ListIndexes is how names begin.")
def _(ask: Asking) -> None:
    index = ask.index()
    bucket, name = {"vectorBucketName": index["vectorBucketName"]}, index["indexName"]
    for what, prefix, times in (
        ("its beginning", name[:-1], 1),
        ("its end", name[1:], 0),
        ("a pattern", f"{name[:-1]}.", 0),
    ):
        found = names_of(listed(ask, "ListIndexes", **bucket, prefix=prefix))
        ask.compare(what, times, found.count(name))


@facts(
    "list-indexes-order",
    "choice",
    "ListIndexes goes by name, character by character.",
    choices=("list-order",),
)
def _(ask: Asking) -> None:
    bucket, stem = {"vectorBucketName": ask.shared_bucket}, ask.name()
    for end in ("i10", "i.1", "i-1", "i1"):
        ask.prepare("CreateIndex", **bucket, indexName=f"{stem}-{end}", **SETTINGS)
    found = names_of(listed(ask, "ListIndexes", **bucket, prefix=f"{stem}-"))
    ask.compare("the names", [f"{stem}-{end}" for end in ("i-1", "i.1", "i1", "i10")], found)


@facts("delete-index-with-vectors", "seen", "An index with vectors in it can be deleted.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 2]))
    ask.expect({}, "DeleteIndex", **index)
    ask.expect(NO_INDEX, "GetIndex", **index)


@facts("delete-index-twice", "seen", "An index that is gone cannot be deleted again.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.prepare("DeleteIndex", **index)
    ask.expect(NO_INDEX, "DeleteIndex", **index)


@facts(
    "delete-index-and-create-again",
    "documented",
    "The name of a deleted index is free at once, and a new index of this name is empty.",
)
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 2]))
    ask.prepare("DeleteIndex", **index)
    ask("CreateIndex", **index, **{**SETTINGS, "dimension": 3})
    ask.expect({"vectors": []}, "ListVectors", **index)
    ask.compare("the dimension", 3, ask("GetIndex", **index).get("index", {}).get("dimension"))
