"""Facts about the analysis of texts: how a text becomes the words that find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.parity.answers import keys_of, scores, search_texts, text_index
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Analysis of texts")

QUOTE = "\N{RIGHT SINGLE QUOTATION MARK}"
ACUTE, DOT_BELOW = "\N{COMBINING ACUTE ACCENT}", "\N{COMBINING DOT BELOW}"


def expect_finds(
    ask: Asking, texts: dict[str, str], found: dict[str, list[str]], passed: dict[str, list[str]]
) -> None:
    """Put one record, and compare which queries find it.

    Args:
        ask: the hand of the fact.
        texts: those of the record, by metadata key; a key such as `text:en` has a language.
        found: the queries that find it, by the same keys.
        passed: those that do not.
    """
    index = text_index(ask, *texts)
    names = {key: key.partition(":")[0] for key in texts}
    ask.put(index, ("a", [1, 1], {names[key]: text for key, text in texts.items()}))
    for keys, queries in ((["a"], found), ([], passed)):
        for key, asked in queries.items():
            for text in asked:
                answer = search_texts(ask, index, {names[key]: text}, topK=1)
                ask.compare(f"{key}: the hits of {text!r}", keys, keys_of(answer))


# --- words


@facts(
    "analysis-words",
    "choice",
    "Words are those of Unicode, in lower case: letters and digits together, without the signs around them.",
    choices=("unicode-words",),
)
def _(ask: Asking) -> None:
    expect_finds(
        ask,
        {"text": "(Zürich), 2049: «R2D2»!"},
        {"text": ["zürich", "ZÜRICH!", "2049", "r2d2"]},
        {"text": ["zuri", "204", "R2"]},
    )


@facts(
    "analysis-no-language",
    "choice",
    "Without a language every word is a term: none is a stop word, and none is stemmed.",
    choices=("unicode-words",),
)
def _(ask: Asking) -> None:
    expect_finds(
        ask,
        {"text": "The boats were running"},
        {"text": ["the", "were", "boats", "Running"]},
        {"text": ["boat", "run"]},
    )


@facts(
    "analysis-other-values",
    "choice",
    "A value that is no string is not indexed.",
    choices=("unindexed-values",),
)
def _(ask: Asking) -> None:
    index = text_index(ask, "text")
    values = {"number": 42, "boolean": True, "strings": ["red", "boat"], "text": "red 42 true"}
    ask.put(index, *((key, [1, 1], {"text": value}) for key, value in values.items()))
    found = keys_of(search_texts(ask, index, {"text": "42 true red boat"}))
    ask.compare("the hits", ["text"], found)


@facts(
    "analysis-composed-letters",
    "choice",
    "A letter with its accent, and the two characters that it is made of, are the same.",
    choices=("composed-letters",),
)
def _(ask: Asking) -> None:
    texts = {"text": f"caf\N{LATIN SMALL LETTER E WITH ACUTE} re{ACUTE}sume{ACUTE}"}
    composed = "r\N{LATIN SMALL LETTER E WITH ACUTE}sum\N{LATIN SMALL LETTER E WITH ACUTE}"
    expect_finds(ask, texts, {"text": [f"cafe{ACUTE}", composed]}, {"text": ["cafe", "resume"]})


@facts(
    "analysis-combining-marks",
    "choice",
    "Marks on a letter come in an order of their own, but not across the joiner that parts more than 30.",
    choices=("combining-marks",),
)
def _(ask: Asking) -> None:
    few, many = f"a{ACUTE * 5}{DOT_BELOW}", f"b{ACUTE * 31}{DOT_BELOW}"
    expect_finds(
        ask,
        {"text": f"{few} {many}"},
        {"text": [f"a{DOT_BELOW}{ACUTE * 5}", many]},
        {"text": [f"b{DOT_BELOW}{ACUTE * 31}"]},
    )


# --- languages with stemmers

# For each language a text, and words that find it in other forms than its own.
FORMS = {
    "en": ("boats running ponies", ["boat", "runs", "pony"]),
    "fr": ("chevaux mangeaient", ["cheval", "manger"]),
    "es": ("gatos corriendo", ["gato", "correr"]),
    "pt": ("meninos correndo", ["menino", "correr"]),
    "it": ("ragazzi fiumi", ["ragazzo", "fiume"]),
    "de": ("Häuser Wald", ["Haus", "Wälder"]),
    "nl": ("boeken lezers gelopen", ["boek", "lezer", "loop"]),
}
# Words of which none is a term, and one that is.
STOP_WORDS = {
    "en": ("a am an and are as at be but by for had he in is it not of on or that the was we with", "very"),
    "fr": ("au avec ce dans de des du elle en est et il je la le les mais ne ou par pour qui sur un", "très"),
    "es": ("a al como con de del el en es están la las lo los no o para pero por que se son un y", "mucho"),
    "pt": (
        "a ao as com como da de do e ela eles era foi mas na não no o os para por que um uma",
        "muitos",
    ),
    "it": ("a che con da dei del di e ha i il in io la le lo ma non o per si sono tra un una", "molto"),
    "de": ("aber als am auf das dem der die ein er es hat ich im in ist mit nicht sie sind und war", "sehr"),
    "nl": ("aan als bij dat de die een en er het hij ik in is je met niet of om op te van voor", "veel"),
}


@facts("analysis-stemming", "documented", "In a language, a word is found in another of its forms.")
def _(ask: Asking) -> None:
    expect_finds(
        ask, {"text:en": "The boats were running"}, {"text:en": ["boat", "run"]}, {"text:en": ["ship"]}
    )


@facts("analysis-stopping", "documented", "In a language, a stop word such as `the` finds nothing.")
def _(ask: Asking) -> None:
    expect_finds(ask, {"text:en": "The boats were running"}, {"text:en": ["boats"]}, {"text:en": ["the"]})


@facts(
    "analysis-stemmers",
    "choice",
    "The stemmers are Snowball's (Dutch: that of Kraaij and Pohlmann).",
    choices=("stemmers",),
)
def _(ask: Asking) -> None:
    texts = {f"in-{code}:{code}": text for code, (text, _) in FORMS.items()}
    found = {f"in-{code}:{code}": words for code, (_, words) in FORMS.items()}
    expect_finds(ask, texts, found, {})


@facts(
    "analysis-stop-words",
    "choice",
    "Articles, conjunctions, common prepositions, pronouns, forms of `to be` and `to have` are stop words.",
    choices=("stop-words",),
)
def _(ask: Asking) -> None:
    texts = {f"in-{code}:{code}": " ".join(words) for code, words in STOP_WORDS.items()}
    passed = {f"in-{code}:{code}": [stop_words] for code, (stop_words, _) in STOP_WORDS.items()}
    found = {f"in-{code}:{code}": [word] for code, (_, word) in STOP_WORDS.items()}
    expect_finds(ask, texts, found, passed)


@facts(
    "analysis-only-stop-words",
    "choice",
    "A query of stop words alone finds nothing, and beside another word they change nothing.",
    choices=("terms-ored",),
)
def _(ask: Asking) -> None:
    index = text_index(ask, "text:en")
    ask.put(index, ("a", [1, 1], {"text": "the boat of the sea"}), ("b", [1, 1], {"text": "the sky"}))
    ask.compare("stop words", [], keys_of(search_texts(ask, index, {"text": "the of"})))
    ask.compare("the scores", scores(ask, index, "boat"), scores(ask, index, "the boat"))
    ask.compare("the hits", ["a"], keys_of(search_texts(ask, index, {"text": "the boat"})))


@facts(
    "analysis-apostrophes",
    "choice",
    "A typographic apostrophe is a plain one in a language with a stemmer, but not without a language.",
    choices=("typographic-apostrophes",),
)
def _(ask: Asking) -> None:
    text = f"o{QUOTE}clock"
    expect_finds(
        ask,
        {"text:en": text, "plain": text},
        {"text:en": ["o'clock", text], "plain": [text]},
        {"plain": ["o'clock"]},
    )


@facts(
    "analysis-elision",
    "choice",
    "An apostrophe ends a word in French and Italian.",
    choices=("eliding-languages",),
)
def _(ask: Asking) -> None:
    expect_finds(
        ask,
        {"french:fr": "l'herbe aujourd'hui", "italian:it": "l'acqua mezz'ora", "english:en": "o'clock"},
        {"french:fr": ["herbe", "hui"], "italian:it": ["acqua", "ora"], "english:en": ["o'clock"]},
        {"english:en": ["clock"]},
    )


@facts(
    "analysis-possessive",
    "choice",
    "The ending 's is no part of a word in English.",
    choices=("english-possessive",),
)
def _(ask: Asking) -> None:
    text = "it's the pirate's boat"
    expect_finds(
        ask,
        {"english:en": text, "plain": text},
        {"english:en": ["pirate"], "plain": ["pirate's"]},
        {"english:en": ["s", "it's"], "plain": ["pirate"]},
    )
