"""QueryVectors with texts: in each language, words that only stemming or segmentation matches."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.helpers import keys_of, vector
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_oracle import float32
from tests.support.text_search import query_texts, searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex

pytestmark = [needs(*TEXT_SEARCH), pytest.mark.s3vectors(default_index_mode="ENHANCED")]

QUOTE = "\N{RIGHT SINGLE QUOTATION MARK}"

# A text; what finds it in its language only; what finds it with the standard analyzer only, as stop words
# do; and what finds it in neither.
LANGUAGES: dict[str, tuple[str, list[str], list[str], list[str]]] = {
    "en": (
        "The boats were running from the pirate's ponies",
        ["boat", "runs", "RUN", "pirate", "pony", "pirates"],
        ["the", "The from", "were"],
        ["bo", "ran", "ship", "s"],
    ),
    "fr": (
        f"Les chevaux d'un roi mangeaient de l{QUOTE}herbe d'été",
        ["cheval", "manger", "herbe", "herbes", "été", "l'herbe", f"d{QUOTE}été"],
        ["les", "DE", "d'un"],
        ["chien", "l'", "ete"],
    ),
    "es": ("Los gatos están corriendo", ["gato", "correr", "GATA"], ["los", "están"], ["perro", "el"]),
    "pt": ("Os meninos estavam correndo", ["menino", "correr"], ["os"], ["cachorro", "o"]),
    "it": ("L'acqua dei fiumi all'una", ["acqua", "fiume", "dell'acqua"], ["dei", "all'una"], ["mare"]),
    "de": ("Die Häuser im Wald", ["Haus", "hauses", "Wälder"], ["die", "im"], ["Maus", "der"]),
    "nl": (
        "De boeken van de lezers thuis, de bomen",
        ["boek", "lezer", "boom"],
        ["de", "van"],
        ["krant", "het"],
    ),
    # Neighbours only, where the standard analyzer finds each character by itself.
    "zh": ("我喜欢北京烤鸭", [], ["北鸭", "鸭烤", "我鸭"], ["天", "duck"]),
    # Half-width kana, which become the usual ones.
    "ja": ("東京都のカメラとビールです", ["ｶﾒﾗ", "カメ", "メ"], ["東都", "すで"], ["映画", "ビデオ", "ービ"]),
    "ko": ("한국어를 공부합니다", ["한국어", "국어", "공부"], [], ["한어", "영어", "부공"]),
}
CASES = [(language, *case) for language, case in LANGUAGES.items()]
# What both find.
BOTH = {
    "en": ["running", "BOATS"],
    "fr": ["chevaux", "Mangeaient", "d'été", f"l{QUOTE}herbe"],
    "es": ["gatos"],
    "pt": ["MENINOS"],
    "it": ["fiumi", "l'acqua"],
    "de": ["häuser", "WALD"],
    "nl": ["boeken"],
    "zh": ["北京", "北京烤鸭", "欢", "京烤"],
    "ja": ["東京", "京都", "カメラ", "東京タワー"],
    "ko": ["한국어를"],
}


def found(client: Client, index: dict[str, str], key: str, text: str) -> bool:
    return keys_of(client.query_vectors(**index, topK=1, queryTexts=query_texts((key, text)))["vectors"]) == [
        "k"
    ]


def configurations(language: str) -> Any:
    """The keys `in it`, in the language, and `standard`."""
    return searchable(f"in it:{language}", "standard")


@pytest.mark.parametrize(("language", "text", "in_it", "standard", "neither"), CASES, ids=LANGUAGES)
def test_each_language_finds_its_words(  # noqa: PLR0913, PLR0917 - a table's columns and two fixtures
    client: Client,
    make_index: MakeIndex,
    language: str,
    text: str,
    in_it: list[str],
    standard: list[str],
    neither: list[str],
) -> None:
    index = make_index(metadataConfiguration=configurations(language))
    client.put_vectors(**index, vectors=[vector("k", **{"in it": text, "standard": text})])
    asked = [*in_it, *standard, *neither, *BOTH[language]]
    assert [word for word in asked if found(client, index, "in it", word)] == [*in_it, *BOTH[language]]
    assert [word for word in asked if found(client, index, "standard", word)] == [*standard, *BOTH[language]]


@pytest.mark.parametrize("language", [*LANGUAGES, None])
def test_latin_words_are_found_in_any_language(
    client: Client, make_index: MakeIndex, language: str | None
) -> None:
    index = make_index(metadataConfiguration=searchable(f"plot:{language or ''}"))
    client.put_vectors(**index, vectors=[vector("k", plot="(Zürich), 2049: R2D2")])
    for text in ("zürich", "ZÜRICH!", "2049", "r2d2", "unknown r2d2"):
        assert found(client, index, "plot", text), text
    # German alone takes ü for u.
    assert found(client, index, "plot", "zurich") == (language == "de")
    for text in ("204", "R2", "D2"):
        assert not found(client, index, "plot", text), text


@pytest.mark.parametrize(
    ("language", "texts", "query", "expected"),
    [
        # Stop words do not count in the length: 2 words each.
        ("en", ["the boat in the sea", "boats at sea"], "the boat", log(1 + 0.5 / 2.5)),
        # Three characters and two pairs each; the query is two pairs, of which one is there.
        ("zh", ["北京市", "北京城"], "北京路", log(1 + 0.5 / 2.5)),
        ("ja", ["東京都", "東京人"], "東京", log(1 + 0.5 / 2.5)),
    ],
)
def test_scores_are_those_of_the_terms(  # noqa: PLR0913, PLR0917 - a table's columns and two fixtures
    client: Client, make_index: MakeIndex, language: str, texts: list[str], query: str, expected: float
) -> None:
    index = make_index(metadataConfiguration=configurations(language))
    records = [vector(f"{number}", **{"in it": text}) for number, text in enumerate(texts)]
    client.put_vectors(**index, vectors=records)
    # Nothing but stop words, and nothing but punctuation: no documents at all.
    client.put_vectors(**index, vectors=[vector("none", **{"in it": "..."})])
    entries = query_texts(("in it", query))
    response = client.query_vectors(**index, topK=9, queryTexts=entries, returnScores=True)
    assert [(hit["key"], hit["scores"]["bm25Scores"]) for hit in response["vectors"]] == [
        (key, [{"metadataKey": "in it", "score": float32(expected)}]) for key in "01"
    ]
