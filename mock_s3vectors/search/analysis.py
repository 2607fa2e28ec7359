"""Analysis: how the text of a record, and that of a query, become terms.

Words are Unicode's in lower case. A language adds its stop words and its stemmer;
Chinese, Japanese and Korean texts are cut into pairs of neighbouring characters. The table of
languages is in `choices`.

White space parts a text: each part is analysed by itself, and only once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import chain, pairwise
from typing import Any

from mock_s3vectors import choices
from mock_s3vectors.search.normal_forms import normalized
from mock_s3vectors.search.words import words

Terms = Callable[[str], list[str]]


# How many parts of texts are remembered, how long they may be, and of how many terms: most are shorter.
_MOST_PARTS = 1 << 16
_LONGEST_PART = 32
_MOST_TERMS = 8

# A narrow space joins words, as an underscore does.
_JOINING_SPACE = "\N{NARROW NO-BREAK SPACE}"


class _Memory(dict[str, list[str]]):
    """The terms of short parts of texts, by part; an unknown part is analysed."""

    def __init__(self, analyse: Terms) -> None:
        super().__init__()
        self._analyse = analyse

    def __missing__(self, part: str) -> list[str]:
        terms = self._analyse(part)
        if len(part) <= _LONGEST_PART and len(terms) <= _MOST_TERMS:
            if len(self) >= _MOST_PARTS:
                self.clear()  # The common ones are soon back.
            self[part] = terms
        return terms


class Analyzer:
    """The terms of texts, in order and with repetitions."""

    def __init__(self, of_record: Terms, of_query: Terms) -> None:
        """Take the functions that return the terms of a text, of a record and of a query."""
        self._memory = _Memory(of_record)
        self.of_query = of_query

    def of_record(self, text: str) -> list[str]:
        """Return the terms that a record is found by."""
        return list(chain.from_iterable(map(self._memory.__getitem__, _parts(text))))

    def known_parts(self) -> int:
        """Return how many parts of texts the analyzer remembers."""
        return len(self._memory)


def analyzer_of(language: str | None) -> Analyzer:
    """Return an analyzer for a language code of the service model; None asks for the standard one.

    A new one each time, because a stemmer must not be used by two threads at once: whoever asks for
    an analyzer uses it under a lock.
    """
    if language is None:
        return Analyzer(_words, _words)
    if language in choices.PAIRED:
        # So a query of one character finds a record. Choice: east-asian-single-characters.
        return Analyzer(_singles_and_pairs, _pairs)
    stemmed = _stemming(language)
    return Analyzer(stemmed, stemmed)


def _parts(text: str) -> list[str]:
    """Return the parts of a text between white space: no word and no normal form reaches across that."""
    return [text] if _JOINING_SPACE in text else text.split()


def _words(text: str) -> list[str]:
    lower = text.lower()
    if lower.isascii() and lower.isalnum():
        return [lower]  # For speed alone: most parts are such.
    return words(normalized(choices.NORMAL_FORM, lower))  # Choice: unicode-words.


def _stemming(language: str) -> Terms:
    """Words without stop words, stemmed."""
    # Not at the top: most mocks never search a text.
    import Stemmer  # type: ignore[import-not-found] # noqa: PLC0415 - the reason is above

    stem: Callable[[list[str]], list[str]] = Stemmer.Stemmer(choices.STEMMERS[language]).stemWords
    stop_words = choices.STOP_WORDS[language]
    apostrophe = " " if language in choices.ELIDING else "'"
    possessive = choices.POSSESSIVES.get(language, "")

    def terms(text: str) -> list[str]:
        # The typographic apostrophe is the plain one. Choice: typographic-apostrophes.
        plain = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("'", apostrophe)
        bare = (word.removesuffix(possessive) for word in _words(plain))
        return stem([word for word in bare if word not in stop_words])

    return terms


def _singles_and_pairs(text: str) -> list[str]:
    return [term for run in _runs(text) for term in (*run, *_paired(run))]


def _pairs(text: str) -> list[str]:
    return [term for run in _runs(text) for term in (_paired(run) if len(run) > 1 else run)]


def _paired(run: list[str]) -> list[str]:
    return [first + second for first, second in pairwise(run)]


def _runs(text: str) -> list[list[str]]:
    """Return the runs of East Asian characters; any other word is a run of its own. Choice: other-scripts."""
    runs: list[list[str]] = []
    for position, part in enumerate(_east_asian().split(normalized(choices.PAIRED_FORM, text))):
        runs += [list(part)] if position % 2 else [[word] for word in _words(part)]
    return runs


@cache
def _east_asian() -> Any:
    import regex  # noqa: PLC0415 - as above

    return regex.compile(r"([\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\u3006\u30fc]+)")
