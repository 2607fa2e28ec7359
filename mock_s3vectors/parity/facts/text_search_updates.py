"""Facts about UpdateMetadataConfiguration: keys that are added to text search, and deleted from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.parity.answers import (
    configuration_of,
    keys_of,
    needs_text_search,
    raw_json,
    search_texts,
    searchable,
    states,
    text_index,
    wait_until_active,
)
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.expecting import broken, compare_own_text, expect_own_text, expect_violation
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import ANYTHING

if TYPE_CHECKING:
    from mock_s3vectors.parity.answers import Index
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Updates of text search")

UPDATE = "UpdateMetadataConfiguration"
TEN = [f"key-{number}" for number in range(10)]


def arn_of(ask: Asking, index: Index) -> str:
    """Return the ARN of an index."""
    return ask.arn(index["vectorBucketName"], index["indexName"])


def add(ask: Asking, index: Index, *keys: str) -> None:
    """Add text search configurations, and wait until they are ACTIVE."""
    ask.prepare(UPDATE, **index, add=searchable(*keys))
    wait_until_active(ask, index)


# --- add


@facts(
    "text-search-update-returns", "documented", "UpdateMetadataConfiguration returns the ARN of the index."
)
def _(ask: Asking) -> None:
    needs_text_search(ask)
    index = ask.index()
    ask.expect({"indexArn": arn_of(ask, index)}, UPDATE, **index, add=searchable("text"))


@facts("text-search-add", "documented", "A configuration that is added finds the vectors that are there.")
def _(ask: Asking) -> None:
    needs_text_search(ask)
    index = ask.index()
    ask.put(index, ("a", [1, 1], {"text": "red boat"}), ("b", [1, 1], {"text": "blue sea"}))
    add(ask, index, "text:en")
    ask.compare("the hits", ["a"], keys_of(search_texts(ask, index, {"text": "boats"})))
    shown = [{"metadataKey": "text", "language": "en", "status": "ACTIVE"}]
    ask.compare("the configuration", {"textSearchConfigurations": shown}, configuration_of(ask, index))


@facts(
    "text-search-add-at-once",
    "choice",
    "Configurations that are added to an index of few vectors are ACTIVE at once.",
    choices=("text-build-seconds",),
)
def _(ask: Asking) -> None:
    needs_text_search(ask)
    index = ask.index()
    ask.put(index, ("a", [1, 1], {"text": "red boat"}))
    ask.prepare(UPDATE, **index, add=searchable("text"))
    ask.compare("the states", {"text": "ACTIVE"}, states(ask, index))


@facts(
    "text-search-update-while-building",
    "choice",
    "An update while a key is BUILDING is a ConflictException, which names the key.",
    choices=("update-while-building",),
)
def _(ask: Asking) -> None:
    needs_text_search(ask)
    index = ask.index()
    ask.put(index, ("a", [1, 1], {"first": "red boat"}))
    ask.prepare(UPDATE, **index, add=searchable("first"))
    answer = ask(UPDATE, **index, add=searchable("second"))
    if "error" in answer:
        text = "The text search configuration for metadata key 'first' is still building"
        compare_own_text(ask, refusal("ConflictException", text), UPDATE, answer)
    else:
        ask.compare("the status of the first key", "ACTIVE", states(ask, index).get("first"))


@facts(
    "text-search-add-configured",
    "choice",
    "Adding a configured key is a ConflictException, which names the key.",
    choices=("add-configured-key",),
)
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    text = "A text search configuration for metadata key 'text' already exists"
    expect_own_text(ask, "ConflictException", text, UPDATE, **index, add=searchable("text:en"))


@facts(
    "text-search-too-many",
    "choice",
    "More than ten configurations in all are a ValidationException, which names the limit.",
    choices=("too-many-text-searches",),
)
def _(ask: Asking) -> None:
    index = text_index(ask, *TEN)
    text = "A vector index must have at most 10 text search configurations"
    expect_own_text(ask, "ValidationException", text, UPDATE, **index, add=searchable("eleventh"))


# --- delete


@facts(
    "text-search-delete", "documented", "A key that is deleted is not searched any more, and keeps its texts."
)
def _(ask: Asking) -> None:
    index = text_index(ask, "gone", "kept")
    ask.put(index, ("a", [1, 1], {"gone": "pear", "kept": "plum"}))
    ask.prepare(UPDATE, **index, delete=searchable("gone"))
    ask.compare("the states", {"kept": "ACTIVE"}, states(ask, index))
    answer = search_texts(ask, index, {"gone": "pear"})
    ask.compare("a query for it", refusal("ValidationException", ANYTHING), without_fields(answer))
    ask.compare("a query for the other", ["a"], keys_of(search_texts(ask, index, {"kept": "plum"})))
    found = ask("GetVectors", **index, keys=["a"], returnMetadata=True)
    ask.compare(
        "the metadata", {"vectors": [{"key": "a", "metadata": {"gone": "pear", "kept": "plum"}}]}, found
    )


@facts("text-search-delete-none", "documented", "UpdateMetadataConfiguration deletes 1 to 10 keys.")
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    path = "/delete/textSearchConfigurations"
    rule = "have length between 1 and 10, inclusive"
    answer = raw_json(ask, UPDATE, **index, delete={"textSearchConfigurations": []})
    ask.compare(UPDATE, broken(path, rule, length=0), without_fields(answer))
    request = {**index, "delete": searchable(*TEN, "eleventh")}
    expect_violation(ask, path, rule, UPDATE, length=11, **request)


@facts(
    "text-search-delete-unconfigured",
    "choice",
    "Deleting a key that is not configured is a NotFoundException, which names the key.",
    choices=("delete-unconfigured-key",),
)
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    text = "The text search configuration for metadata key 'other' could not be found"
    expect_own_text(ask, "NotFoundException", text, UPDATE, **index, delete=searchable("other"))


# --- any update


@facts("text-search-add-or-delete", "documented", "An update has one of `add` and `delete`, not both.")
def _(ask: Asking) -> None:
    index = text_index(ask, "a")
    for changes in ({}, {"add": searchable("b"), "delete": searchable("a")}):
        answer = without_fields(ask(UPDATE, **index, **changes))
        ask.compare(f"with {sorted(changes)}", refusal("ValidationException", ANYTHING), answer)
    ask.compare("the states", {"a": "ACTIVE"}, states(ask, index))


@facts(
    "text-search-add-or-delete-text",
    "choice",
    "The refusal of both or neither of `add` and `delete` reads `Must specify either add or delete but not "
    "both`.",
    choices=("add-or-delete-text",),
)
def _(ask: Asking) -> None:
    index = text_index(ask, "a")
    for changes in ({}, {"add": searchable("b"), "delete": searchable("a")}):
        text = "Must specify either add or delete but not both"
        expect_own_text(ask, "ValidationException", text, UPDATE, **index, **changes)


@facts(
    "text-search-empty-update",
    "choice",
    "An `add` or `delete` without any key changes nothing, and is no error.",
    choices=("empty-update",),
)
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    for name in ("add", "delete"):
        ask.expect({"indexArn": arn_of(ask, index)}, UPDATE, **index, **{name: {}})
    ask.compare("the states", {"text": "ACTIVE"}, states(ask, index))


@facts(
    "text-search-whole-update",
    "choice",
    "All of an update is done, or nothing.",
    choices=("whole-update",),
)
def _(ask: Asking) -> None:
    index = text_index(ask, "a", "b")
    for name, keys in (("add", ["c", "b"]), ("delete", ["a", "c"])):
        answer = ask(UPDATE, **index, **{name: searchable(*keys)})
        ask.compare(f"whether {name} is refused", ANYTHING, answer.get("error"))
        ask.compare(f"the keys after {name}", ["a", "b"], sorted(states(ask, index)))


@facts(
    "text-search-update-unknown-index",
    "documented",
    "UpdateMetadataConfiguration of an unknown index is a NotFoundException.",
)
def _(ask: Asking) -> None:
    needs_text_search(ask)
    index = {"vectorBucketName": ask.shared_bucket, "indexName": ask.name()}
    ask.expect(refusal("NotFoundException", ANYTHING), UPDATE, **index, add=searchable("text"))
