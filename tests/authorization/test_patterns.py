"""Patterns beside a naive matcher, and the time that they take."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors.authorization.patterns import pattern, pieces_of
from mock_s3vectors.authorization.variables import text_test
from tests.support.linear import TIMES, assert_linear

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = st.text("ab/:", max_size=12)


def matches(own: str, text: str) -> bool:
    return pattern(pieces_of(own))(text)


def matches_naively(own: str, text: str) -> bool:
    """Tries every way in which a pattern may stand for a text."""
    if not own:
        return not text
    if own[0] == "*":
        return any(matches_naively(own[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and own[0] in ("?", text[0]) and matches_naively(own[1:], text[1:])


def all_texts(characters: str, longest: int) -> Iterator[str]:
    for length in range(longest + 1):
        yield from map("".join, product(characters, repeat=length))


def test_short_patterns_mean_what_a_naive_matcher_finds() -> None:
    texts = list(all_texts("ab", 4))
    for own in all_texts("a*?", 5):
        found = [text for text in texts if matches(own, text)]
        assert (own, found) == (own, [text for text in texts if matches_naively(own, text)])


@given(st.text("ab*?", max_size=10), st.text("ab", max_size=12))
def test_a_pattern_means_what_a_naive_matcher_finds(own: str, text: str) -> None:
    assert matches(own, text) == matches_naively(own, text)


@given(TEXTS, TEXTS, TEXTS)
def test_a_pattern_matches_texts_made_from_it(first: str, middle: str, last: str) -> None:
    text = f"{first}{middle}{last}"
    assert matches(f"{first}*{last}", text)
    assert matches(f"*{middle}*", text)
    assert matches(f"{first}{'?' * len(middle)}{last}", text)
    assert matches(f"*{'?' * len(text)}*", text)
    assert not matches(f"*{'?' * len(text)}?", text)


@given(TEXTS, TEXTS)
def test_a_text_without_wildcards_matches_itself_alone(own: str, text: str) -> None:
    assert matches(own, text) == (own == text)


@given(st.text("ab*?${} é", max_size=20), st.text("ab*?$", max_size=8))
def test_a_variable_stands_for_any_text_as_it_is(value: str, around: str) -> None:
    test = text_test(f"x${{aws:x}}{around.replace('$', '${$}')}", variables=True, wildcards=True)
    literal = around.replace("*", "a").replace("?", "b")
    assert test(f"x{value}{literal}", {"aws:x": value})
    assert not test(f"x{value}{literal}", {})


LONG = 2_000


@pytest.mark.parametrize(
    "own",
    ["*a*a*a*a*b", "*a?a*a?a*b", "a*" * 50 + "b", "?*" * 50 + "b", "*" * 50 + "b", "*?*?*b", "*aaaaab*b"],
)
def test_matching_takes_time_in_proportion_to_the_text(own: str) -> None:
    test = pattern(pieces_of(own))
    assert_linear(test, "a" * LONG, "a" * LONG * TIMES)


@pytest.mark.parametrize("part", ["*a", "a?", "?*", "*ab", "*?a"])
def test_matching_takes_time_in_proportion_to_the_pattern(part: str) -> None:
    def match(own: str) -> bool:
        return pattern(pieces_of(own))("a" * 300)

    assert_linear(match, part * LONG + "b", part * LONG * TIMES + "b")
