"""Facts about text search configurations: at CreateIndex, and in GetIndex."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import (
    configuration_of,
    expect_text_index,
    keys_of,
    needs_text_search,
    search_texts,
    searchable,
    states,
    text_index,
    wait_until_active,
)
from mock_s3vectors.parity.asking import SETTINGS
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.expecting import compare_own_text, expect_violation
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import ANYTHING

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Text search configurations")

UPDATE = "UpdateMetadataConfiguration"
TEN = [f"key-{number}" for number in range(10)]
CREATED = "/metadataConfiguration/textSearchConfigurations"


def creation(ask: Asking, *keys: str) -> dict[str, Any]:
    """Return the parameters of CreateIndex for an index whose keys can be searched."""
    needs_text_search(ask)
    names = {"vectorBucketName": ask.shared_bucket, "indexName": ask.name()}
    return {**names, **SETTINGS, "metadataConfiguration": searchable(*keys)}


@facts(
    "text-search-shown", "documented", "GetIndex shows text search configurations: key, language and status."
)
def _(ask: Asking) -> None:
    index = text_index(ask, "plain", "english:en")
    shown = configuration_of(ask, index).get("textSearchConfigurations", [])
    expected = [
        {"metadataKey": "english", "language": "en", "status": "ACTIVE"},
        {"metadataKey": "plain", "status": "ACTIVE"},
    ]
    ask.compare("the configurations", expected, sorted(shown, key=lambda entry: str(entry["metadataKey"])))


@facts(
    "text-search-at-creation",
    "choice",
    "Configurations of CreateIndex are ACTIVE at once.",
    choices=("text-search-at-creation",),
)
def _(ask: Asking) -> None:
    needs_text_search(ask)
    index = ask.index(metadataConfiguration=searchable("text"))
    ask.compare("the states", {"text": "ACTIVE"}, states(ask, index))


@facts("text-search-ten", "documented", "An index may have ten text search configurations at its creation.")
def _(ask: Asking) -> None:
    request = creation(ask, *TEN, "eleventh")
    rule = "have length between 0 and 10, inclusive"
    expect_violation(ask, CREATED, rule, "CreateIndex", length=11, **request)
    shown = expect_text_index(ask, *TEN)
    ask.compare("the keys", TEN, [entry["metadataKey"] for entry in shown])


@facts("text-search-languages", "documented", "A configuration may have one of ten languages, and no other.")
def _(ask: Asking) -> None:
    languages = ["en", "fr", "es", "pt", "it", "de", "nl", "zh", "ja", "ko"]
    shown = expect_text_index(ask, *(f"in-{language}:{language}" for language in languages))
    ask.compare("the languages", sorted(languages), sorted(str(entry.get("language")) for entry in shown))
    request = creation(ask, "text:xx")
    answer = without_fields(ask("CreateIndex", **request))
    ask.compare("CreateIndex", refusal("ValidationException", ANYTHING), answer)


@facts("text-search-key-length", "documented", "A key for text search has 1 to 63 characters.")
def _(ask: Asking) -> None:
    request = creation(ask, "k" * 64)
    path, rule = f"{CREATED}/0/metadataKey", "have length between 1 and 63, inclusive"
    expect_violation(ask, path, rule, "CreateIndex", length=64, **request)
    shown = expect_text_index(ask, "k" * 63)
    ask.compare("the keys", ["k" * 63], [entry["metadataKey"] for entry in shown])


@facts("text-search-key-once", "documented", "A key has one text search configuration at most.")
def _(ask: Asking) -> None:
    request = creation(ask, "a:en", "b", "a:fr")
    ask.compare(
        "CreateIndex",
        refusal("ValidationException", ANYTHING),
        without_fields(ask("CreateIndex", **request)),
    )


@facts(
    "text-search-key-once-text",
    "choice",
    "The refusal of a key twice in one list reads `textSearchConfigurations must not contain duplicate "
    "metadata keys`.",
    choices=("duplicate-text-search-text",),
)
def _(ask: Asking) -> None:
    text = "textSearchConfigurations must not contain duplicate metadata keys"
    answer = ask("CreateIndex", **creation(ask, "a", "a"))
    compare_own_text(ask, refusal("ValidationException", text), "CreateIndex", answer)


@facts("text-search-non-filterable", "documented", "A non-filterable key can be searched for text.")
def _(ask: Asking) -> None:
    apart = {"nonFilterableMetadataKeys": ["bulk"]}
    index = text_index(ask, "bulk", metadataConfiguration=apart)
    ask.put(index, ("a", [1, 1], {"bulk": "pear " * 2000}), ("b", [1, 1], {"bulk": "plum"}))
    ask.compare("the hits", ["a"], keys_of(search_texts(ask, index, {"bulk": "pear"})))


@facts(
    "text-search-counts-as-filterable", "documented", "A text that is searched counts as filterable metadata."
)
def _(ask: Asking) -> None:
    index = text_index(ask, "f")
    vectors = [{"key": "a", "data": {"float32": [1, 1]}, "metadata": {"f": "x" * 2036}}]
    text = "Invalid record for key 'a': Filterable metadata must have at most 2048 bytes"
    answer = without_fields(ask("PutVectors", **index, vectors=vectors))
    ask.compare("PutVectors", refusal("ValidationException", text), answer)


@facts(
    "text-search-sent-status",
    "choice",
    "A `status` that is sent is ignored.",
    choices=("sent-status",),
)
def _(ask: Asking) -> None:
    configuration = {"metadataKey": "text", "status": "BUILDING"}
    request = creation(ask, "text")
    request["metadataConfiguration"] = {"textSearchConfigurations": [configuration]}
    answer = ask("CreateIndex", **request)
    ask.compare("whether it is refused", None, answer.get("error"))
    if "error" not in answer:
        index = {name: request[name] for name in ("vectorBucketName", "indexName")}
        wait_until_active(ask, index)
        ask.compare("the states", {"text": "ACTIVE"}, states(ask, index))


@facts(
    "text-search-shown-configuration",
    "choice",
    "An index without a metadata configuration shows one while keys are configured for text search.",
    choices=("shown-metadata-configuration",),
)
def _(ask: Asking) -> None:
    needs_text_search(ask)
    index = ask.index()
    ask.compare("at first", None, configuration_of(ask, index))
    ask.prepare(UPDATE, **index, add=searchable("text"))
    wait_until_active(ask, index)
    shown = {"textSearchConfigurations": [{"metadataKey": "text", "status": "ACTIVE"}]}
    ask.compare("with a key", shown, configuration_of(ask, index))
    ask.prepare(UPDATE, **index, delete=searchable("text"))
    ask.compare("without it", None, configuration_of(ask, index))
