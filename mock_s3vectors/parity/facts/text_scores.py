"""Facts about the scores of full-text queries: BM25."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import (
    index_of_texts,
    keys_of,
    members_of,
    scores,
    search_texts,
    text_index,
)
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.matchers import About

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Scores of texts")

BOATS = {"a": "red boat", "b": "Red, red boat: sea!", "c": "blue sea"}
# The weight of a term that so many of three records have.
TWO_OF_THREE, ONE_OF_THREE = log(1 + 1.5 / 2.5), log(1 + 2.5 / 1.5)


def near(numbers: dict[str, float]) -> Any:
    """Return scores up to the rounding of float32."""
    return {key: About(number, 1e-5) for key, number in numbers.items()}


@facts(
    "bm25-idf",
    "choice",
    "The weight of a term that n of N records have is ln(1 + (N - n + 0.5) / (n + 0.5)).",
    choices=("bm25-idf",),
)
def _(ask: Asking) -> None:
    # All texts are equally long, so that a term is worth its weight.
    index = index_of_texts(ask, {"a": "red boat", "b": "red sea", "c": "blue sea", "d": "red sky"})
    ask.compare("one of four", near({"a": log(1 + 3.5 / 1.5)}), scores(ask, index, "boat"))
    half = log(1 + 2.5 / 2.5)
    ask.compare("two of four", near({"b": half, "c": half}), scores(ask, index, "sea"))
    most = log(1 + 1.5 / 3.5)
    ask.compare("three of four", near({"a": most, "b": most, "d": most}), scores(ask, index, "red"))


@facts(
    "bm25-parameters",
    "choice",
    "BM25 has k1 = 1.2 and b = 0.75, by the ratios of scores.",
    choices=("bm25-parameters",),
)
def _(ask: Asking) -> None:
    # The average length is 2. Twice a term is worth 2 / (2 + k1) against 1 / (1 + k1) ...
    index = index_of_texts(
        ask, {"once": "red sea", "twice": "red red", "short": "red", "long": "sea sky red"}
    )
    found = scores(ask, index, "red")
    ratios = {key: found[key] / found["once"] for key in found} if "once" in found else found
    # ... and the length of a text changes k1 by 1 - b + b * length / 2.
    once, twice = 1 / 2.2, 2 / 3.2
    short, long = 1 / (1 + 1.2 * 0.625), 1 / (1 + 1.2 * 1.375)
    expected = {"once": 1.0, "twice": twice / once, "short": short / once, "long": long / once}
    ask.compare("the scores beside the first", near(expected), ratios)


@facts(
    "bm25-formula",
    "choice",
    "A term's part in a score is idf times tf (k1 + 1) / (tf + k1 (1 - b + b length / average)), and the "
    "parts are added up.",
    choices=("bm25-formula",),
)
def _(ask: Asking) -> None:
    # Eight words in three texts: k1 * (1 - b + b * length / average) is 0.975, 1.65 and 0.975.
    index = index_of_texts(ask, BOATS)
    one = TWO_OF_THREE * 2.2 / 1.975
    expected = {"b": TWO_OF_THREE * 4.4 / 3.65, "a": one}
    ask.compare("one term", near(expected), scores(ask, index, "red"))
    both = TWO_OF_THREE * 4.4 / 3.65 + TWO_OF_THREE * 2.2 / 2.65
    ask.compare("two terms", near({"b": both, "a": one, "c": one}), scores(ask, index, "sea red"))
    ask.compare("a rare term", near({"c": ONE_OF_THREE * 2.2 / 1.975}), scores(ask, index, "blue"))


@facts(
    "bm25-records",
    "choice",
    "N and the average length are those of all records with a term under the key, whatever the filter says.",
    choices=("bm25-records",),
)
def _(ask: Asking) -> None:
    index = index_of_texts(ask, BOATS)
    one = near({"a": TWO_OF_THREE * 2.2 / 1.975})
    ask.compare("with a filter", one, scores(ask, index, "red", filter={"text": "red boat"}))
    ask.put(index, ("d", [1, 1], {"other": "red"}), ("e", [1, 1], {"text": ""}), ("f", [1, 1]))
    ask.compare("with records of no term", one, scores(ask, index, "red", filter={"text": "red boat"}))


@facts(
    "bm25-repeated-terms",
    "choice",
    "A term that appears twice in the query counts once.",
    choices=("repeated-query-terms",),
)
def _(ask: Asking) -> None:
    index = index_of_texts(ask, BOATS)
    once = scores(ask, index, "red")
    ask.compare("the scores", near(once), scores(ask, index, "red Red RED red"))
    ask.compare("the keys", ["a", "b"], sorted(once))


@facts(
    "text-query-several",
    "choice",
    "Several `queryTexts` without a vector rank by the sum of their scores.",
    choices=("several-query-texts",),
)
def _(ask: Asking) -> None:
    index = text_index(ask, "plot", "title")
    records = {
        "both": {"plot": "red boat", "title": "red sea"},
        "plot": {"plot": "red sea", "title": "blue sky"},
        "none": {"plot": "blue sea", "title": "blue sky"},
        "twice": {"title": "red red"},
        "once": {"title": "red boat"},
    }
    ask.put(index, *((key, [1, 1], texts) for key, texts in records.items()))
    # All texts have two words. The best under one key comes after the one that has the term under both.
    of_plot = {"metadataKey": "plot", "score": About(log(1 + 1.5 / 2.5), 1e-5)}
    weight = log(1 + 2.5 / 3.5)
    of_once, of_twice = ({"metadataKey": "title", "score": About(weight * tf, 1e-5)} for tf in (1, 4.4 / 3.2))
    answer = search_texts(ask, index, {"plot": "red", "title": "red"}, returnScores=True)
    ask.compare("the hits", ["both", "twice", "once", "plot"], keys_of(answer))
    expected = {"both": [of_plot, of_once], "twice": [of_twice], "once": [of_once], "plot": [of_plot]}
    met = {key: sorted_scores(each) for key, each in members_of(answer, "scores").items()}
    ask.compare("the scores", expected, met)


def sorted_scores(shown: Any) -> Any:
    """Return the BM25 scores of a hit by metadata key; anything else stays as it is."""
    if not isinstance(shown, dict) or "bm25Scores" not in shown:
        return shown
    return sorted(shown["bm25Scores"], key=lambda entry: str(entry["metadataKey"]))
