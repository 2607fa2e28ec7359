"""Each choice of the registry is asked by a fact, or says why no client can ask."""

from __future__ import annotations

import re
from collections import Counter
from typing import get_args

import pytest

from mock_s3vectors.choices.registry import CHOICES
from mock_s3vectors.parity.fact import Fact, Source
from mock_s3vectors.parity.facts import FACTS

ASKED = {name for fact in FACTS for name in fact.choices}


def test_every_choice_is_asked_or_says_why_not() -> None:
    assert [each.id for each in CHOICES if each.id not in ASKED and not each.unasked] == []


def test_no_choice_that_is_asked_says_why_it_is_not() -> None:
    assert [each.id for each in CHOICES if each.id in ASKED and each.unasked] == []


def test_facts_are_about_choices_that_there_are() -> None:
    assert ASKED - {each.id for each in CHOICES} == set()


@pytest.mark.parametrize("attribute", ["id", "sentence"])
def test_no_two_facts_share(attribute: str) -> None:
    counts = Counter(getattr(fact, attribute) for fact in FACTS)
    assert [value for value, count in counts.items() if count > 1] == []


def test_facts_are_complete() -> None:
    assert [fact.id for fact in FACTS if not is_complete(fact)] == []
    assert len(FACTS) >= 150


def is_complete(fact: Fact) -> bool:
    has_id = re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", fact.id)
    has_sentence = re.fullmatch(r"[A-Z`].*\.", fact.sentence)
    return bool(has_id and has_sentence) and fact.source in get_args(Source) and fact.topic != ""


def test_a_fact_about_a_choice_says_so() -> None:
    assert [fact.id for fact in FACTS if fact.source == "choice" and not fact.choices] == []


def test_reasons_are_sentences() -> None:
    reasons = [each.unasked for each in CHOICES if each.unasked]
    assert [text for text in reasons if not re.fullmatch(r"[A-Z`].*\.", text)] == []
