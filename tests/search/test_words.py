"""Words are those of Unicode's annex 29: against examples, and against another implementation."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase, digits

import pytest
import regex
from hypothesis import example, given
from hypothesis import strategies as st
from uniseg.wordbreak import words as segments

from mock_s3vectors.search.words import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\n", []),
        ("... -- !?", []),
        ("The quick (brown) fox", ["The", "quick", "brown", "fox"]),
        ("can't, won\N{RIGHT SINGLE QUOTATION MARK}t", ["can't", "won\N{RIGHT SINGLE QUOTATION MARK}t"]),
        ("'apple' 'pear", ["apple", "pear"]),
        ("l'eau d'\u00e9t\u00e9", ["l'eau", "d'\u00e9t\u00e9"]),
        ("3.14 1,000.5 1. 2", ["3.14", "1,000.5", "1", "2"]),
        ("3.x x.3 a.b U.S.A.", ["3", "x", "x", "3", "a.b", "U.S.A"]),
        ("a1b2", ["a1b2"]),
        ("snake_case __init__ ___ _ a_ _1", ["snake_case", "__init__", "a_", "_1"]),
        ("user@example.com", ["user", "example.com"]),
        ("e-mail", ["e", "mail"]),
        ("C++ C# .NET", ["C", "C", "NET"]),
        ("cafe\u0301s cafe\u00ad\u200ds", ["cafe\u0301s", "cafe\u00ad\u200ds"]),
        ("\u6771\u4eac\u3068", ["\u6771", "\u4eac", "\u3068"]),  # ideographs and hiragana: one by one
        ("\u30c7\u30fc\u30bf_a", ["\u30c7\u30fc\u30bf_a"]),  # katakana stay together
        ("\ud55c\uad6d\uc5b4\ub97c a", ["\ud55c\uad6d\uc5b4\ub97c", "a"]),  # so do the syllables of Korean
        ("\u05e6\u05d4\"\u05dc \u05d2'", ['\u05e6\u05d4"\u05dc', "\u05d2'"]),  # marks within Hebrew
        ("\U0001f468\u200d\U0001f469 \U0001f1e9\U0001f1ea family", ["family"]),
        ("a\u202fb", ["a\u202fb"]),  # a narrow space joins, as an underscore does
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


ALPHABETS = {
    "latin": "abz019_ \n\t'.,:;-!()\u00c0\u00e9\u00df\u2019\u201d\u00aa\u00b2\u00bd\u202f",
    "marks": ["a", "1", "_", " ", "'", ".", "e\u0301", "o\u0308", "x\u00ad", "y\u200d", "\u0301"],
    "Hebrew and Arabic": "ab \"'._\u05d0\u05d1\u05d2\u05b7\u0660\u0661\u0639",
    "East Asian": "ab 1_.\u30ab\u30bf\u3072\u3089\u6f22\u5b57\ud55c\uad6d\uff71\u3002\u3001\u30fc",
    "South Asian": ["a", "1", ".", " ", "\u0e2a", "\u0e27", "\u0e31", "\u0915\u094d\u0937\u093f", "\u0928"],
    "emoji": ["a", "1", " ", ".", "\U0001f469", "\U0001f468\u200d\U0001f467", "\U0001f1e9", "\u2764\ufe0f"],
}


@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS)
@given(data=st.data())
def test_words_are_those_of_another_implementation(alphabet: str | list[str], data: st.DataObject) -> None:
    text = "".join(data.draw(st.lists(st.sampled_from(alphabet), max_size=15)))
    assert words(text) == [segment for segment in segments(text) if regex.search(r"[\p{L}\p{N}]", segment)]


OTHERS = str.maketrans(
    ascii_lowercase + digits, ascii_uppercase + "".join(chr(0x660 + digit) for digit in range(10))
)


@example("it's a_ b.c 3,4 e\u0301 x: (y) z!")
@given(st.text(st.sampled_from(ALPHABETS["latin"])) | st.text())
def test_the_short_cut_for_plain_words_finds_the_same(text: str) -> None:
    # Capitals and other digits have the same properties, and the short cut knows none of them.
    assert [word.translate(OTHERS) for word in words(text.lower())] == words(text.lower().translate(OTHERS))


LONG = [*"_'\u202f\u0301", "_\u0301", "a'", "1.", '\u05d0"', "a_"]


@pytest.mark.parametrize("unit", LONG, ids=ascii)
def test_a_long_text_takes_no_more_than_its_length(unit: str) -> None:
    # Were it the square of the length, this would take minutes.
    found = words(unit * (40_000 // len(unit)))
    assert len(found) == (1 if unit[0].isalnum() else 0)
