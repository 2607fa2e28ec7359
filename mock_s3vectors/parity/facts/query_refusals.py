"""Facts about queries that are refused, and about their modes and tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.parity.answers import (
    expect_text,
    index_of_texts,
    keys_of,
    query,
    search_texts,
)
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.expecting import expect_violation
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import ANYTHING

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Refused queries")

INF, NAN = float("inf"), float("nan")
LONGEST_TOKEN = 4096
BAD_VECTOR = "Query vector contains invalid values or is invalid for this index"


# --- bad queries


@facts("query-wrong-length", "seen", "A query vector must have as many numbers as the index has dimensions.")
def _(ask: Asking) -> None:
    index = ask.index(dimension=4)
    reason = "Invalid input: vector must have length 4, but has length 2"
    ask.compare(
        "QueryVectors",
        refusal("ValidationException", BAD_VECTOR, ("vector", reason)),
        query(ask, index, [1, 2]),
    )


@facts("query-zero-cosine", "seen", "The zero vector is refused as a query with the cosine metric.")
def _(ask: Asking) -> None:
    index = ask.index(distanceMetric="cosine")
    reason = "Invalid input: cosine distance does not support vectors with zero norm"
    ask.compare(
        "QueryVectors",
        refusal("ValidationException", BAD_VECTOR, ("vector", reason)),
        query(ask, index, [0, 0]),
    )


@facts("query-zero-euclidean", "seen", "The zero vector is a query like any other with the euclidean metric.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 1]))
    ask.compare("the hits", ["a"], keys_of(query(ask, index, [0, 0])))


@facts("query-not-finite", "seen", "NaN, an infinity and a number beyond float32 are refused in a query.")
def _(ask: Asking) -> None:
    index = ask.index()
    for number in (NAN, INF, 1e39):
        answer = without_fields(query(ask, index, [1, number]))
        ask.compare(f"a query with {number}", refusal("ValidationException", BAD_VECTOR), answer)


@facts("query-no-numbers", "seen", "A query vector without numbers is refused.")
def _(ask: Asking) -> None:
    request = {"queryVector": {"float32": []}, "topK": 1}
    expect_text(ask, BAD_VECTOR, "QueryVectors", **ask.index(), **request)


@facts("query-before-data", "seen", "A bad query vector is refused whether or not the index has vectors.")
def _(ask: Asking) -> None:
    index = ask.index()
    empty = query(ask, index, [1, 2, 3])
    ask.compare("an empty index", refusal("ValidationException", BAD_VECTOR), without_fields(empty))
    ask.put(index, ("a", [1, 1]))
    ask.compare("an index with a vector", empty, query(ask, index, [1, 2, 3]))


@facts(
    "query-nothing",
    "documented",
    "A query has a `queryVector`, `queryTexts`, or both.",
)
def _(ask: Asking) -> None:
    ask.needs("QueryVectors.queryTexts")
    answer = ask("QueryVectors", **ask.index(), topK=1)
    ask.compare("QueryVectors", refusal("ValidationException", ANYTHING), without_fields(answer))


@facts(
    "query-nothing-text",
    "choice",
    "The refusal of a query for nothing reads `Must specify at least one of queryVector and queryTexts`.",
    choices=("nothing-to-query-text",),
)
def _(ask: Asking) -> None:
    ask.needs("QueryVectors.queryTexts")
    text = "Must specify at least one of queryVector and queryTexts"
    expect_text(ask, text, "QueryVectors", **ask.index(), topK=1)


# --- modes


@facts("query-mode-classic", "seen", "An ENHANCED index takes no query with the `queryMode` CLASSIC.")
def _(ask: Asking) -> None:
    ask.needs("QueryVectors.queryMode")
    request = {"queryVector": {"float32": [1, 1]}, "topK": 1, "queryMode": "CLASSIC"}
    text = "queryMode cannot be CLASSIC when indexMode is ENHANCED"
    expect_text(ask, text, "QueryVectors", **ask.index(), **request)


@facts(
    "query-mode-enhanced", "documented", "An ENHANCED index is searched the same with its `queryMode` given."
)
def _(ask: Asking) -> None:
    ask.needs("QueryVectors.queryMode")
    index = ask.index()
    ask.put(index, ("a", [1, 1], {"f": "red"}))
    found = query(ask, index, [1, 1], queryMode="ENHANCED", filter={"f": {"$startsWith": "r"}})
    ask.compare("the hits", ["a"], keys_of(found))


# --- tokens; those of the pages of a query by vector are among the facts about pages


@facts("query-token-length", "documented", "A token of QueryVectors has 4,096 characters at most.")
def _(ask: Asking) -> None:
    ask.needs("QueryVectors.nextToken", "QueryVectors>nextToken")
    index = ask.index()
    ask.put(index, *((f"{number}", [number, 0]) for number in range(101)))
    token = query(ask, index, [0, 0], topK=101).get("nextToken", "")
    ask.compare("whether a token fits", "it fits", "it fits" if 0 < len(token) <= LONGEST_TOKEN else token)
    request = {"queryVector": {"float32": [0, 0]}, "topK": 101, "nextToken": "x" * 4097}
    rule = "have length between 1 and 4096, inclusive"
    expect_violation(ask, "/nextToken", rule, "QueryVectors", length=4097, **index, **request)


@facts(
    "query-token-of-another-text",
    "choice",
    "A token that comes with another text is refused.",
    choices=("page-token-of-changed-request",),
)
def _(ask: Asking) -> None:
    index = index_of_texts(ask, {f"{number}": "red boat" for number in range(101)})
    token = search_texts(ask, index, {"text": "red"}, topK=101).get("nextToken", "none")
    request = {"topK": 101, "nextToken": token}
    for text, answer in (("red", 1), ("boat", refusal("ValidationException", "Invalid page token"))):
        met = without_fields(search_texts(ask, index, {"text": text}, **request))
        ask.compare(f"a page for {text!r}", answer, len(met["vectors"]) if "vectors" in met else met)
