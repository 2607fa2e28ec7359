"""Texts of nothing but combining marks: analysed in linear time, and others as ever."""

from __future__ import annotations

import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors.search.analysis import analyzer_of
from mock_s3vectors.search.normal_forms import normalized, stream_safe
from tests.support.linear import TIMES, assert_linear

JOINER = "\u034f"
CEDILLA, ACUTE, IOTA = "\u0327", "\u0301", "\u0345"  # in canonical order: 202, 230, 240
FORMS = pytest.mark.parametrize("form", ["NFC", "NFKC"])


def are_marks(character: str) -> list[bool]:
    """Tell for each character of its NFKD whether it is a mark."""
    return [unicodedata.combining(part) != 0 for part in unicodedata.normalize("NFKD", character)]


def by_the_annex(text: str) -> str:
    """Run the Stream-Safe Text Process step by step, as UAX 15 writes it."""
    safe, marks = "", 0
    for character in text:
        found = are_marks(character)
        initial = found.index(False) if False in found else len(found)
        trailing = found[::-1].index(False) if False in found else len(found)
        if marks + initial > 30:
            safe += JOINER
            marks = 0
        safe += character
        marks = marks + len(found) if False not in found else trailing
    return safe


# Letters that decompose to marks or not, marks of several classes, and what decomposes to two marks.
CHARACTERS = (
    f"aé\u1f82\u1fa7 ガ\u3310漢\U0001d160{CEDILLA}{ACUTE}{IOTA}\u0344\u0f73\u0f75\uff9e\u3099{JOINER}"
)
MARKS = st.text(st.sampled_from(f"{CEDILLA}{ACUTE}{IOTA}\u0344\u0f73\uff9e"), min_size=12, max_size=80)


@given(st.lists(st.text(st.sampled_from(CHARACTERS), max_size=5) | MARKS, max_size=5).map("".join))
def test_joiners_stand_where_the_annex_has_them(text: str) -> None:
    assert stream_safe(text) == by_the_annex(text)
    assert stream_safe(stream_safe(text)) == stream_safe(text)


@pytest.mark.usefixtures("no_coverage")
def test_every_mark_is_known_as_one() -> None:
    letter = "\u1f82"  # and three marks behind it: no letter has more
    for character in map(chr, range(0x110000)):
        found = are_marks(character)
        if all(found):
            assert len(found) <= 2
            # So many may be 31 marks with those of the letter; so many are 31 at least without them.
            for text in letter + character * 14, character * 31:
                assert stream_safe(text) == by_the_annex(text), ascii(character)
            assert JOINER in stream_safe(character * 31), ascii(character)
        else:
            assert found[::-1].index(False) <= 3
            assert not found[0]


@FORMS
@pytest.mark.parametrize("text", ["", "a", "é" * 50, "a" + IOTA * 30, ACUTE * 30 + "e" + CEDILLA * 30])
def test_texts_with_fewer_marks_are_normalised_as_ever(form: Literal["NFC", "NFKC"], text: str) -> None:
    assert stream_safe(text) == text
    assert normalized(form, text) == unicodedata.normalize(form, text)


@FORMS
def test_marks_are_parted_before_they_are_sorted(form: Literal["NFC", "NFKC"]) -> None:
    assert normalized(form, "x" + (IOTA + CEDILLA) * 31) == (
        "x" + CEDILLA * 15 + IOTA * 15 + JOINER + CEDILLA * 15 + IOTA * 15 + JOINER + CEDILLA + IOTA
    )


@pytest.mark.parametrize("language", [None, "en", "ja"])
def test_marks_stay_with_their_word_and_records_with_them_are_found(language: str | None) -> None:
    analyzer = analyzer_of(language)
    word = "x" + (IOTA + CEDILLA) * 200
    terms = analyzer.of_record(f"A {word} b")
    assert terms == [*analyzer.of_record("A"), *analyzer.of_query(word), "b"]
    assert len(analyzer.of_query(word)) == 1


# Units to repeat: an analysis might take the square of the length of such a text.
UNITS = {
    "marks": IOTA + ACUTE + CEDILLA,
    "marks that decompose to two": "\u0f75\u0f73",
    "letters with marks": "e" + ACUTE,
    "katakana with marks of half width": "\uff76\uff9e",
    "underscores": "_",
    "underscores with marks": "_" + ACUTE,
    "apostrophes": "'",
    "words with apostrophes": "a'",
    "words with dots": "a.",
    "joiners": "\u200d",
    "soft hyphens": "\u00ad",
    "capital sigmas": "\u03a3",
    "sigmas behind soft hyphens": "\u00ad\u03a3",
    "capitals that grow": "\u0130",
    "Hebrew letters with geresh": "\u05d0'",
    "jamo": "\u1100\u1161\u11a8",
    "leading jamo": "\u1100",
    "ideographs": "\u6f22",
    "ideographs with marks": "\u6f22" + ACUTE,
    "letters of Thai": "\u0e01\u0e34",
    "phrases of one character": "\ufdfa",
    "one word": "running",
    "words": "running ",
}
# Texts of a few long runs.
RUNS = {
    "marks in descending order": (IOTA * 500 + ACUTE * 500 + CEDILLA * 500) * 2,
    "an underscore before marks": "_" + ACUTE * 3000,
    "a Hebrew letter before marks and apostrophes": "\u05d0" + "\u00ad" * 1500 + "'" * 1500,
    "a letter before soft hyphens and sigmas": "a" + "\u00ad" * 1500 + "\u03a3" * 1500,
}


@pytest.mark.parametrize("language", [None, "en", "pt", "ja"])
@pytest.mark.parametrize("unit", [*UNITS.values(), *RUNS.values()], ids=[*UNITS, *RUNS])
def test_analysis_takes_time_linear_in_the_length(unit: str, language: str | None) -> None:
    analyse = analyzer_of(language).of_record
    text = unit * max(1, 3000 // len(unit))
    assert_linear(analyse, text, _longer(text, unit))


def _longer(text: str, unit: str) -> str:
    """Return a text eight times as long, of more units or, for RUNS, of longer runs."""
    return "".join(character * TIMES for character in text) if unit in RUNS.values() else text * TIMES
