"""Facts about hybrid queries, by vector and by text: how rankings become one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import keys_of, members_of, search_texts, text_index
from mock_s3vectors.parity.comparing import refusal, without_fields
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import ANYTHING, About

if TYPE_CHECKING:
    from mock_s3vectors.parity.answers import Index
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Hybrid queries")


def boats(ask: Asking) -> Index:
    """Create an index of four vectors, from a to d farther from (0, 0); b and d are red, d more."""
    index = text_index(ask, "plot", "title")
    ask.put(
        index,
        ("a", [0, 0], {"plot": "blue sea"}),
        ("b", [10, 0], {"plot": "red sea"}),
        ("c", [20, 0], {"title": "red"}),
        ("d", [30, 0], {"plot": "red red"}),
    )
    return index


def search(ask: Asking, index: Index, texts: dict[str, str], x: float = 0, **settings: Any) -> dict[str, Any]:
    """Search by texts, and for the vectors near (x, 0)."""
    return search_texts(ask, index, texts, queryVector={"float32": [x, 0]}, **settings)


def fused(ask: Asking, index: Index, texts: dict[str, str], x: float = 0, **settings: Any) -> Any:
    """Search so, and return the fused score of each hit by key, in the order of the answer."""
    found = members_of(search(ask, index, texts, x, returnScores=True, **settings), "scores")
    return found if "error" in found else {key: (scores or {}).get("fused") for key, scores in found.items()}


def by_ranks(**ranks: tuple[int, ...]) -> Any:
    """Return fused scores by key, from the ranks that each has."""
    return {key: About(sum(1 / (60 + rank) for rank in each), 1e-7) for key, each in ranks.items()}


# --- fusion


@facts(
    "hybrid-query",
    "documented",
    "A hybrid query finds the vectors that are near, and the records that have the text.",
)
def _(ask: Asking) -> None:
    index = boats(ask)
    ask.compare("the hits", ["a", "b", "c", "d"], sorted(keys_of(search(ask, index, {"plot": "red"}))))
    # The first by vector, and the only one by text.
    ask.compare("the first hit", ["a"], keys_of(search(ask, index, {"plot": "blue"}, topK=1)))


@facts(
    "hybrid-fusion",
    "choice",
    "The score of a hybrid query is the sum of 1 / (60 + rank) over the rankings by vector and by text.",
    choices=("rank-fusion",),
)
def _(ask: Asking) -> None:
    index = boats(ask)
    found = fused(ask, index, {"plot": "red"})
    ask.compare("the scores", by_ranks(b=(2, 2), d=(4, 1), a=(1,), c=(3,)), found)
    ask.compare("the order", ["b", "d", "a", "c"], list(found))


@facts(
    "hybrid-fusion-of-texts",
    "documented",
    "Each of the `queryTexts` has a ranking of its own, which is fused with the others.",
)
def _(ask: Asking) -> None:
    index = boats(ask)
    # By vector, c is second after d, and a is last. By text, a is the only one of its plot, c of its title.
    found = keys_of(search(ask, index, {"plot": "blue"}, 26))
    ask.compare("the first hit of a text", ["a"], found[:1] if isinstance(found, list) else found)
    found = keys_of(search(ask, index, {"plot": "blue", "title": "red"}, 26))
    ask.compare("the first hits of two", ["c", "a"], found[:2] if isinstance(found, list) else found)


@facts(
    "hybrid-fusion-of-three",
    "choice",
    "With two texts, the score is the sum over three rankings.",
    choices=("rank-fusion",),
)
def _(ask: Asking) -> None:
    found = fused(ask, boats(ask), {"title": "red", "plot": "red"})
    ask.compare("the scores", by_ranks(c=(3, 1), b=(2, 2), d=(4, 1), a=(1,)), found)


@facts(
    "hybrid-no-text",
    "choice",
    "A text that no record has leaves the ranking by vector.",
    choices=("rank-fusion",),
)
def _(ask: Asking) -> None:
    found = fused(ask, boats(ask), {"plot": "green"}, 90)
    ask.compare("the scores", by_ranks(d=(1,), c=(2,), b=(3,), a=(4,)), found)
    ask.compare("the order", ["d", "c", "b", "a"], list(found))


@facts(
    "hybrid-equal-scores",
    "choice",
    "Hits of equal fused scores come in the order of their keys.",
    choices=("equal-scores",),
)
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    # z is first by vector and second by text, and a the other way round.
    ask.put(index, ("z", [0, 0], {"text": "red sea"}), ("a", [10, 0], {"text": "red"}))
    ask.compare("the hits", ["a", "z"], keys_of(search(ask, index, {"text": "red"})))


@facts(
    "hybrid-depth",
    "choice",
    "Each ranking of a hybrid query is as deep as `topK`, but at least 100.",
    choices=("ranking-depth", "missing-distance"),
)
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    keys = [f"{number:03}" for number in range(102)]
    texts = {"099": "red boat", "101": "red"}
    ask.put(index, *((key, [n, 0], {"text": texts.get(key, "sea")}) for n, key in enumerate(keys)))
    # By vector, 099 has rank 100, and 101 has rank 102; by text, they are second and first.
    found = fused(ask, index, {"text": "red"}, topK=3)
    expected = {**by_ranks(**{"099": (100, 2)}), **by_ranks(**{"000": (1,), "101": (1,)})}
    ask.compare("the scores of the first three", expected, found)
    answer = search(ask, index, {"text": "red"}, topK=3, returnDistance=True, returnScores=True)
    ask.compare("the distance of the deepest", None, members_of(answer, "distance").get("101"))
    scores = members_of(answer, "scores").get("101") or {}
    ask.compare("its scores", ["bm25Scores", "fused"], sorted(scores))
    found = fused(ask, index, {"text": "red"}, topK=102)
    deep = {key: found[key] for key in found if key in texts}
    ask.compare("the scores with a larger topK", by_ranks(**{"101": (102, 1), "099": (100, 2)}), deep)


# --- hits


@facts(
    "hybrid-members",
    "documented",
    "The scores of a hybrid hit are `fused`, `bm25Scores`, and `vectorDistance`, if they are asked for.",
)
def _(ask: Asking) -> None:
    index = boats(ask)
    # d is the first by vector and by text.
    bare = search(ask, index, {"plot": "red"}, 40, topK=1)
    ask.compare("a hit", [{"key": "d"}], bare.get("vectors", bare))
    near = About(100, 1)
    scores = {
        "fused": ANYTHING,
        "bm25Scores": [{"metadataKey": "plot", "score": ANYTHING}],
        "vectorDistance": near,
    }
    answer = search(ask, index, {"plot": "red"}, 40, topK=1, returnScores=True, returnDistance=True)
    expected = [{"key": "d", "distance": near, "scores": scores}]
    ask.compare("a hit with scores and distance", expected, answer.get("vectors", answer))


@facts(
    "hybrid-no-bm25-scores",
    "choice",
    "`bm25Scores` of a hit is an empty list where no key matched.",
    choices=("empty-bm25-scores",),
)
def _(ask: Asking) -> None:
    found = members_of(search(ask, boats(ask), {"plot": "red"}, returnScores=True), "scores")
    scores = found.get("a") or {}
    ask.compare("the scores of a hit without the text", [], scores.get("bm25Scores"))


@facts("hybrid-filter", "documented", "A filter restricts all rankings of a hybrid query.")
def _(ask: Asking) -> None:
    index = boats(ask)
    answer = search(ask, index, {"plot": "red"}, filter={"plot": {"$in": ["red red", "blue sea"]}})
    ask.compare("the hits", ["a", "d"], sorted(keys_of(answer)))


@facts(
    "hybrid-filter-ranks",
    "choice",
    "The ranks of a hybrid query are those among the matches of the filter.",
    choices=("rank-fusion",),
)
def _(ask: Asking) -> None:
    index = boats(ask)
    found = fused(ask, index, {"plot": "red"}, filter={"plot": {"$in": ["red red", "blue sea"]}})
    ask.compare("the scores", by_ranks(d=(2, 1), a=(1,)), found)


@facts("hybrid-top-k", "documented", "`topK` is how many hits of the fused ranking come at most.")
def _(ask: Asking) -> None:
    index = boats(ask)
    for top_k in (1, 3, 4, 9):
        found = keys_of(search(ask, index, {"plot": "red"}, topK=top_k))
        ask.compare(f"how many hits topK {top_k} has", min(top_k, 4), len(found))


@facts("hybrid-bad-vector", "documented", "A hybrid query with a vector of a wrong length is refused.")
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    answer = search_texts(ask, index, {"text": "red"}, queryVector={"float32": [1, 2, 3]})
    ask.compare("QueryVectors", refusal("ValidationException", ANYTHING), without_fields(answer))
