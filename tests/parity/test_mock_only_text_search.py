"""Text search configurations that are BUILDING for a minute by the mock's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.parity.counting import unbounded
from mock_s3vectors.parity.facts import text_queries, text_search_updates
from mock_s3vectors.parity.running import Run, new_prefix
from mock_s3vectors.parity.target import target_of_mock
from tests.support import refusals
from tests.support.helpers import INDEX, SetClock, vector
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_search import add, search, states

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = [
    pytest.mark.mock_only("whether AWS builds long enough to be asked is chance"),
    pytest.mark.s3vectors(text_build_seconds=60),
    needs(*TEXT_SEARCH),
]

FACTS = {fact.id: fact for fact in (*text_queries.facts.all(), *text_search_updates.facts.all())}


@pytest.fixture
def run(client: Client) -> Iterator[Run]:
    """A run in a mock that takes a minute to build."""
    del client
    run = Run(target_of_mock(), new_prefix(), unbounded(tuple(FACTS.values())))
    run.open()
    yield run
    assert run.close() == []


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ("text-search-update-while-building", "ConflictException"),
        ("text-query-building", "ValidationException"),
    ],
)
def test_a_fact_about_building_is_asked_while_a_key_is_built(run: Run, fact: str, code: str) -> None:
    outcome = run.ask(FACTS[fact])
    assert outcome.result == "holds"
    refusal: Any = outcome.comparisons[0].met
    assert refusal["error"] == code


def test_the_fact_that_nothing_takes_time_differs(run: Run) -> None:
    outcome = run.ask(FACTS["text-search-add-at-once"])
    assert outcome.result == "differs"
    assert [each.met for each in outcome.comparisons] == [{"text": "BUILDING"}]


def test_a_key_is_active_after_it_was_building(client: Client, make_index: MakeIndex, at: SetClock) -> None:
    make_index()
    add(client, "t")
    assert states(client) == {"t": "BUILDING"}
    at(59)
    assert states(client) == {"t": "BUILDING"}
    at(60)
    assert states(client) == {"t": "ACTIVE"}


def test_a_key_that_is_building_is_not_searched(
    client: Client, make_index: MakeIndex, refused: Refused, at: SetClock
) -> None:
    make_index()
    client.put_vectors(**INDEX, vectors=[vector("before", t="a pear")])
    add(client, "t")
    client.put_vectors(**INDEX, vectors=[vector("meanwhile", t="a pear")])
    answer = refusals.invalid("Text search on metadata key 't' is still building")
    assert refused(lambda: search(client, "t")) == answer
    at(60)
    assert search(client, "t") == ["before", "meanwhile"]
