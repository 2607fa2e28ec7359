"""Facts about queries by vector: distances, order, members of the answer, and how many hits come."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import (
    distances,
    keys_of,
    members_of,
    query,
    raw_json,
)
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.expecting import expect_own_text
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import ANYTHING, About

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Queries")

INF, NAN = float("inf"), float("nan")


def in_float32(number: Any) -> Any:
    """Return a number as float32 holds it; anything else stays as it is."""
    return struct.unpack("<f", struct.pack("<f", number))[0] if isinstance(number, float) else number


# --- distances


@facts(
    "query-cosine", "seen", "The cosine distance is 1 - cos: 0 for the same direction, 2 for the opposite."
)
def _(ask: Asking) -> None:
    index = ask.index(distanceMetric="cosine")
    ask.put(index, ("same", [5, 0]), ("right", [0, 3]), ("opposite", [-5, 0]))
    expected = {"same": About(0, 0.01), "right": About(1, 0.02), "opposite": About(2, 0.01)}
    ask.compare("the distances", expected, distances(ask, index, [2, 0]))


@facts("query-euclidean", "seen", "The euclidean distance is squared: it is 25 from (3, 4) to (0, 0).")
def _(ask: Asking) -> None:
    index = ask.index(distanceMetric="euclidean")
    ask.put(index, ("a", [3, 4]), ("b", [0, 0]))
    expected = {"b": About(0, 0.01), "a": About(25, 0.05)}
    ask.compare("the distances", expected, distances(ask, index, [0, 0]))


@facts("query-float32", "documented", "A distance is a float32, written as a double.")
def _(ask: Asking) -> None:
    index = ask.index(distanceMetric="cosine")
    ask.put(index, ("a", [0.1, 0.7]), ("b", [-0.3, 0.2]), ("c", [0.5, 0.4]))
    found = distances(ask, index, [0.9, 0.4])
    ask.compare("the hits", ["a", "b", "c"], sorted(found))
    ask.compare("the distances", {key: in_float32(number) for key, number in found.items()}, found)


@facts("query-order", "documented", "Hits come by distance, the nearest first.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, *((key, [place, 0]) for key, place in {"a": 30, "b": 0, "c": 20, "d": 10}.items()))
    ask.compare("the hits", ["b", "d", "c", "a"], keys_of(query(ask, index, [0, 0])))
    ask.compare("those of another query", ["a", "c", "d", "b"], keys_of(query(ask, index, [30, 0])))


@facts(
    "query-equal-distances",
    "choice",
    "Hits at equal distances come in the order of their keys.",
    choices=("equal-distances",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    keys = [f"{number:02}" for number in range(20)]
    ask.put(index, *((key, [6, 7]) for key in keys[::-1]), ("near", [1, 0]))
    ask.compare("the hits", ["near", *keys], keys_of(query(ask, index, [1, 0], topK=30)))
    ask.compare("the first of them", ["near", *keys[:5]], keys_of(query(ask, index, [1, 0], topK=6)))


@facts(
    "query-infinite-distance",
    "choice",
    "A squared distance beyond float32 is `Infinity`.",
    choices=("infinite-distances",),
)
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("far", [3e38, 0]), ("near", [-3e38, 0]))
    ask.compare("the distances", {"near": 0.0, "far": INF}, distances(ask, index, [-3e38, 0]))


# --- hits


@facts("query-members", "seen", "A hit has its key alone, unless distance or metadata are asked for.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [1, 1], {"n": 1}), ("b", [4, 5]))
    everything: list[dict[str, Any]] = [
        {"key": "a", "distance": About(0, 0.01), "metadata": {"n": 1}},
        {"key": "b", "distance": About(25, 0.05), "metadata": {}},
    ]
    for names in ((), ("distance",), ("metadata",), ("distance", "metadata")):
        expected = [{name: hit[name] for name in ("key", *names)} for hit in everything]
        wanted = {f"return{name.capitalize()}": True for name in names}
        answer = query(ask, index, [1, 1], **wanted)
        ask.compare(f"the hits with {list(wanted)}", expected, answer.get("vectors", answer))


@facts("query-all-metadata", "documented", "A hit's metadata has the non-filterable keys too.")
def _(ask: Asking) -> None:
    index = ask.index(metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"]})
    ask.put(index, ("a", [1, 1], {"n": 1, "bulk": "text"}))
    found = members_of(query(ask, index, [1, 1], returnMetadata=True), "metadata")
    ask.compare("the metadata", {"a": {"n": 1, "bulk": "text"}}, found)


@facts("query-metric", "seen", "The answer tells the metric, even if nobody asked and nothing was found.")
def _(ask: Asking) -> None:
    ask.needs("QueryVectors>distanceMetric")
    for metric in ("euclidean", "cosine"):
        index = ask.index(distanceMetric=metric)
        request = {"queryVector": {"float32": [1, 0]}, "topK": 1}
        ask.expect({"vectors": [], "distanceMetric": metric}, "QueryVectors", **index, **request)


@facts("query-no-scores", "documented", "A query by vector alone has no scores, even if they are asked for.")
def _(ask: Asking) -> None:
    ask.needs("QueryVectors.returnScores", "QueryVectors>vectors.scores")
    index = ask.index()
    ask.put(index, ("a", [1, 1]))
    answer = query(ask, index, [1, 1], returnScores=True)
    ask.compare("the hits", [{"key": "a"}], answer.get("vectors", answer))


@facts("query-sees-writes", "documented", "A query sees all writes and deletions before it.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, ("a", [10, 0]), ("b", [20, 0]))
    ask.put(index, ("a", [30, 0]), ("c", [25, 0]))
    ask.compare("after two writes", ["b", "c", "a"], keys_of(query(ask, index, [0, 0])))
    ask.prepare("DeleteVectors", **index, keys=["b"])
    ask.compare("after a deletion", ["c", "a"], keys_of(query(ask, index, [0, 0])))


# --- how many


@facts("query-top-k", "documented", "`topK` is how many hits come at most.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, *((key, [place, 0]) for place, key in enumerate("abcde")))
    for top_k in (1, 3, 5, 9, 10_000):
        found = keys_of(query(ask, index, [0, 0], topK=top_k))
        ask.compare(f"how many hits topK {top_k} has", min(top_k, 5), len(found))


@facts(
    "query-top-k-10001",
    "choice",
    "A `topK` over 10,000 is refused as any number out of range is.",
    choices=("top-k-text",),
)
def _(ask: Asking) -> None:
    text = (
        "1 validation error detected. Value at '/topK' failed to satisfy constraint: "
        "Member must be between 1 and 10000, inclusive"
    )
    request = {"queryVector": {"float32": [1, 1]}, "topK": 10_001}
    expect_own_text(ask, "ValidationException", text, "QueryVectors", **ask.index(), **request)


@facts("query-top-k-0", "documented", "A `topK` of 0 is refused.")
def _(ask: Asking) -> None:
    request = {"queryVector": {"float32": [1, 1]}, "topK": 0}
    answer = raw_json(ask, "QueryVectors", **ask.index(), **request)
    ask.compare("QueryVectors", refusal("ValidationException", ANYTHING), without_fields(answer))


@facts("query-empty-index", "seen", "A query of an empty index finds nothing.")
def _(ask: Asking) -> None:
    ask.compare("the hits", [], keys_of(query(ask, ask.index(), [1, 1])))


@facts(
    "query-filter-first",
    "seen",
    "A filter comes before the ranking, so `topK` counts among its matches only.",
)
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, *((f"{number:02}", [number, 0], {"n": number}) for number in range(30)))
    answer = query(ask, index, [0, 0], topK=2, filter={"n": {"$gte": 27}})
    ask.compare("the hits", ["27", "28"], keys_of(answer))


@facts("query-filter-fewer", "seen", "Fewer than `topK` hits come if a filter matches fewer, perhaps none.")
def _(ask: Asking) -> None:
    index = ask.index()
    ask.put(index, *((key, [1, 0], {"f": key}) for key in "abc"))
    ask.compare("the hits", ["b"], keys_of(query(ask, index, [0, 0], filter={"f": "b"})))
    ask.compare("the hits of another filter", [], keys_of(query(ask, index, [0, 0], filter={"f": "d"})))
