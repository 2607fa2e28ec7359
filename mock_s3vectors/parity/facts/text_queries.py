"""Facts about full-text queries: the records that they find, and refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.parity.answers import (
    index_of_texts,
    keys_of,
    needs_text_search,
    put_texts,
    query_texts,
    raw_json,
    scores,
    search_texts,
    searchable,
    states,
    text_index,
)
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.expecting import broken, compare_own_text, expect_own_text, expect_violation
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import ANYTHING

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Full-text queries")

BOATS = {"a": "red boat", "b": "Red, red boat: sea!", "c": "blue sea"}

# --- hits


@facts(
    "text-query", "documented", "A query by text finds the records with its words, the highest score first."
)
def _(ask: Asking) -> None:
    index = index_of_texts(ask, {"a": "red boat by the sea", "b": "blue sea", "c": "red red"})
    ask.compare("the hits", ["c", "a"], keys_of(search_texts(ask, index, {"text": "red"})))
    found = scores(ask, index, "red sea")
    ask.compare("the keys", ["a", "b", "c"], sorted(found))
    ask.compare("the scores", sorted(found.values(), reverse=True), list(found.values()))


@facts(
    "text-query-members",
    "documented",
    "A hit of a text has `bm25Scores` by metadata key, if asked for scores.",
)
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    ask.put(index, ("a", [1, 1], {"text": "red", "n": 1}))
    score = [{"metadataKey": "text", "score": ANYTHING}]
    for wanted, members in (
        ({}, {}),
        ({"returnScores": True}, {"scores": {"bm25Scores": score}}),
        ({"returnMetadata": True}, {"metadata": {"text": "red", "n": 1}}),
    ):
        answer = search_texts(ask, index, {"text": "red"}, **wanted)
        ask.compare(
            f"the hits with {sorted(wanted)}", [{"key": "a", **members}], answer.get("vectors", answer)
        )


@facts(
    "text-query-distance",
    "choice",
    "A hit of a query without a vector has no `distance`, even if it is asked for.",
    choices=("missing-distance",),
)
def _(ask: Asking) -> None:
    index = index_of_texts(ask, {"a": "red"})
    answer = search_texts(ask, index, {"text": "red"}, returnDistance=True)
    ask.compare("the hits", [{"key": "a"}], answer.get("vectors", answer))


@facts("text-query-metric", "documented", "The answer to a query by text tells the metric of the index.")
def _(ask: Asking) -> None:
    index = text_index(ask, "text", distanceMetric="cosine")
    answer = search_texts(ask, index, {"text": "red"})
    ask.compare("QueryVectors", {"vectors": [], "distanceMetric": "cosine"}, answer)


@facts("text-query-written-last", "documented", "A query by text sees all writes and deletions before it.")
def _(ask: Asking) -> None:
    index = index_of_texts(ask, {"a": "red boat", "b": "red sea"})
    ask.compare("at first", ["a"], keys_of(search_texts(ask, index, {"text": "boat"})))
    put_texts(ask, index, {"a": "blue sky", "c": "a boat"})
    ask.compare("after a write", ["c"], keys_of(search_texts(ask, index, {"text": "boat"})))
    ask.prepare("DeleteVectors", **index, keys=["c"])
    ask.compare("after a deletion", [], keys_of(search_texts(ask, index, {"text": "boat"})))


@facts("text-query-filter", "documented", "A filter restricts the records that a query by text finds.")
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    ask.put(index, *((key, [1, 1], {"text": "red boat", "n": n}) for n, key in enumerate("abc")))
    answer = search_texts(ask, index, {"text": "red"}, topK=1, filter={"n": {"$gte": 2}})
    ask.compare("the hits", ["c"], keys_of(answer))


@facts(
    "text-query-filter-non-filterable",
    "documented",
    "A filter must not read a non-filterable key, searched or not.",
)
def _(ask: Asking) -> None:
    index = text_index(ask, "bulk", metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"]})
    request = {"queryTexts": query_texts({"bulk": "red"}), "topK": 1, "filter": {"bulk": "red"}}
    answer = without_fields(ask("QueryVectors", **index, **request))
    ask.compare("QueryVectors", refusal("ValidationException", ANYTHING), answer)


@facts("text-query-top-k", "documented", "`topK` is how many hits of a text come at most.")
def _(ask: Asking) -> None:
    index = index_of_texts(ask, {"a": "red", "b": "red sea", "c": "red sea sky", "d": "blue"})
    for top_k in (1, 2, 3, 100):
        found = keys_of(search_texts(ask, index, {"text": "red"}, topK=top_k))
        ask.compare(f"how many hits topK {top_k} has", min(top_k, 3), len(found))
        ask.compare(f"others of topK {top_k}", set(), {*found} - {*"abc"})


@facts(
    "text-query-pages",
    "documented",
    "A query by text returns 100 hits a page, and a token while there are more.",
)
def _(ask: Asking) -> None:
    index = index_of_texts(ask, {f"{number:03}": "red sea" for number in range(105)})
    first = search_texts(ask, index, {"text": "red"}, topK=103)
    ask.compare("how many hits the first page has", 100, len(keys_of(first)))
    token = first.get("nextToken", "none")
    rest = search_texts(ask, index, {"text": "red"}, topK=103, nextToken=token)
    ask.compare("how many hits the second page has", 3, len(keys_of(rest)))
    ask.compare("how many there are in all", 103, len({*keys_of(first), *keys_of(rest)}))
    ask.compare("the token of the second page", None, rest.get("nextToken"))


@facts(
    "text-query-any-term",
    "choice",
    "A record with any term of the query is found, and a record with none is not.",
    choices=("terms-ored",),
)
def _(ask: Asking) -> None:
    index = index_of_texts(ask, BOATS)
    for text, keys in (
        ("red blue", ["a", "b", "c"]),
        ("sea submarine", ["b", "c"]),
        ("green", []),
        ("!?", []),
    ):
        found = keys_of(search_texts(ask, index, {"text": text}))
        ask.compare(f"the hits of {text!r}", keys, sorted(found))


@facts(
    "text-query-equal-scores",
    "choice",
    "Hits of equal scores come in the order of their keys.",
    choices=("equal-scores",),
)
def _(ask: Asking) -> None:
    keys = [f"{number:02}" for number in range(20)]
    index = index_of_texts(ask, {"best": "red red boat", **dict.fromkeys(keys[::-1], "a red boat")})
    found = keys_of(search_texts(ask, index, {"text": "red"}, topK=30))
    ask.compare("the hits", ["best", *keys], found)
    found = keys_of(search_texts(ask, index, {"text": "red"}, topK=6))
    ask.compare("the first of them", ["best", *keys[:5]], found)


# --- bad queries


@facts("text-query-key-twice", "documented", "A metadata key is in one of the `queryTexts` at most.")
def _(ask: Asking) -> None:
    texts = [{"metadataKey": "text", "text": "red"}, {"metadataKey": "text", "text": "sea"}]
    answer = without_fields(ask("QueryVectors", **text_index(ask, "text"), queryTexts=texts, topK=1))
    ask.compare("QueryVectors", refusal("ValidationException", ANYTHING), answer)


@facts(
    "text-query-key-twice-text",
    "choice",
    "The refusal of a key twice reads `queryTexts must not contain duplicate metadata keys`.",
    choices=("duplicate-query-texts-text",),
)
def _(ask: Asking) -> None:
    text = "queryTexts must not contain duplicate metadata keys"
    texts = [{"metadataKey": "text", "text": "red"}, {"metadataKey": "text", "text": "sea"}]
    request = {"queryTexts": texts, "topK": 1}
    expect_own_text(ask, "ValidationException", text, "QueryVectors", **text_index(ask, "text"), **request)


@facts("text-query-unconfigured", "documented", "A key that is not configured for text search is refused.")
def _(ask: Asking) -> None:
    needs_text_search(ask)
    answer = without_fields(search_texts(ask, ask.index(), {"other": "red"}))
    ask.compare("QueryVectors", refusal("ValidationException", ANYTHING), answer)


@facts(
    "text-query-unconfigured-text",
    "choice",
    "The refusal of a key reads `Metadata key 'other' is not configured for text search`.",
    choices=("key-not-searchable-text",),
)
def _(ask: Asking) -> None:
    answer = search_texts(ask, text_index(ask, "text"), {"text": "red", "other": "red"})
    text = "Metadata key 'other' is not configured for text search"
    compare_own_text(ask, refusal("ValidationException", text), "QueryVectors", answer)


@facts(
    "text-query-building",
    "choice",
    "A query for a key that is BUILDING is a ValidationException, which names the key.",
    choices=("key-still-building",),
)
def _(ask: Asking) -> None:
    needs_text_search(ask)
    index = ask.index()
    put_texts(ask, index, {"a": "red boat"})
    ask.prepare("UpdateMetadataConfiguration", **index, add=searchable("text"))
    answer = search_texts(ask, index, {"text": "red"})
    if "error" in answer:
        text = "Text search on metadata key 'text' is still building"
        compare_own_text(ask, refusal("ValidationException", text), "QueryVectors", answer)
    else:
        ask.compare("the hits", ["a"], keys_of(answer))
        ask.compare("the states", {"text": "ACTIVE"}, states(ask, index))


@facts("text-query-long", "documented", "A text of a query has 1,024 characters at most.")
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    ask.compare("1,024 characters", [], keys_of(search_texts(ask, index, {"text": "ä" * 1024})))
    request = {"queryTexts": query_texts({"text": "ä" * 1025}), "topK": 1}
    rule = "have length between 1 and 1024, inclusive"
    expect_violation(ask, "/queryTexts/0/text", rule, "QueryVectors", length=1025, **index, **request)


@facts("text-query-eleven", "documented", "A query has ten `queryTexts` at most.")
def _(ask: Asking) -> None:
    texts = {f"key-{number}": "red" for number in range(11)}
    index = text_index(ask, *list(texts)[:10])
    ten = dict(list(texts.items())[:10])
    ask.compare("ten", [], keys_of(search_texts(ask, index, ten)))
    rule = "have length between 1 and 10, inclusive"
    request = {"queryTexts": query_texts(texts), "topK": 1}
    expect_violation(ask, "/queryTexts", rule, "QueryVectors", length=11, **index, **request)


@facts("text-query-empty", "documented", "A query has one of the `queryTexts` at least, of one character.")
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    answer = raw_json(ask, "QueryVectors", **index, queryTexts=[], topK=1)
    rule = "have length between 1 and 10, inclusive"
    ask.compare("no text", broken("/queryTexts", rule, length=0), without_fields(answer))
    answer = raw_json(ask, "QueryVectors", **index, queryTexts=query_texts({"text": ""}), topK=1)
    rule = "have length between 1 and 1024, inclusive"
    ask.compare("an empty one", broken("/queryTexts/0/text", rule, length=0), without_fields(answer))


@facts(
    "text-query-classic-mode",
    "documented",
    "A query by text cannot ask an ENHANCED index for CLASSIC mode either.",
)
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    request = {"queryTexts": query_texts({"text": "red"}), "topK": 1, "queryMode": "CLASSIC"}
    answer = without_fields(ask("QueryVectors", **index, **request))
    ask.compare("QueryVectors", refusal("ValidationException", ANYTHING), answer)
