"""While a text search configuration is BUILDING: what is refused, what goes on, and when it ends."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import refusals
from tests.support.helpers import INDEX, ORIGIN, START, SetClock, keys_of, vector
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_search import add, delete, query_texts, search, searchable, states

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = [needs(*TEXT_SEARCH), pytest.mark.usefixtures("at")]

building_takes_a_minute = pytest.mark.s3vectors(text_build_seconds=60)


def not_served(key: str) -> tuple[str, str, Any]:
    return refusals.invalid(f"Text search on metadata key '{key}' is still building")


def in_the_way(key: str) -> tuple[str, str, Any]:
    return refusals.conflict(f"The text search configuration for metadata key '{key}' is still building")


@building_takes_a_minute
class TestBuilding:
    def test_ends_with_the_very_second(
        self, client: Client, make_index: MakeIndex, refused: Refused, at: SetClock
    ) -> None:
        make_index()
        client.put_vectors(**INDEX, vectors=[vector("k", t="a pear")])
        add(client, "t")
        # Floats this large are a quarter of a microsecond apart.
        for seconds in (0, 30, 59, 60 - 2**-20):
            at(seconds)
            assert states(client) == {"t": "BUILDING"}
            assert refused(partial(search, client, "t")) == not_served("t")
        for seconds in (60, 61, 1_000_000):
            at(seconds)
            assert states(client) == {"t": "ACTIVE"}
            assert search(client, "t") == ["k"]

    def test_is_shown_key_by_key(self, client: Client, make_index: MakeIndex, at: SetClock) -> None:
        make_index(metadataConfiguration=searchable("first"))
        assert states(client) == {"first": "ACTIVE"}
        add(client, "second", "third")
        assert states(client) == {"first": "ACTIVE", "second": "BUILDING", "third": "BUILDING"}
        at(60)
        add(client, "fourth")
        three = {"first": "ACTIVE", "second": "ACTIVE", "third": "ACTIVE"}
        assert states(client) == {**three, "fourth": "BUILDING"}
        at(119)
        assert states(client) == {**three, "fourth": "BUILDING"}
        at(120)
        assert states(client) == {**three, "fourth": "ACTIVE"}

    def test_is_not_for_a_new_index(self, client: Client, make_index: MakeIndex, refused: Refused) -> None:
        make_index()
        add(client, "t")
        client.delete_index(**INDEX)
        make_index(metadataConfiguration=searchable("t"))
        assert states(client) == {"t": "ACTIVE"}
        assert search(client, "t") == []
        delete(client, "t")
        add(client, "t")
        assert states(client) == {"t": "BUILDING"}
        assert refused(partial(search, client, "t")) == not_served("t")

    def test_leaves_other_keys_and_vectors_searchable(
        self, client: Client, make_index: MakeIndex, refused: Refused, at: SetClock
    ) -> None:
        make_index(metadataConfiguration=searchable("old"))
        client.put_vectors(**INDEX, vectors=[vector("a", [1, 0], old="a pear", new="fig")])
        client.put_vectors(**INDEX, vectors=[vector("b", [0, 0], old="fig", new="a pear")])
        add(client, "new")
        for settings in ({}, ORIGIN):
            for keys in (["new"], ["old", "new"], ["new", "old"]):
                assert refused(partial(search, client, *keys, **settings)) == not_served("new")
        assert search(client, "old") == ["a"]
        # Reciprocal ranks: 1/61 as first of the texts and 1/62 as second of the vectors, against 1/61.
        assert search(client, "old", **ORIGIN) == ["a", "b"]
        assert keys_of(client.query_vectors(**INDEX, **ORIGIN, topK=9)["vectors"]) == ["b", "a"]
        assert refused(partial(search, client, "other", "new")) == refusals.not_searchable("other")
        at(60)
        assert search(client, "new") == ["b"]
        assert search(client, "old", "new") == ["a", "b"]

    def test_takes_in_what_is_written_meanwhile(
        self, client: Client, make_index: MakeIndex, at: SetClock
    ) -> None:
        make_index()
        records = [vector(key, t="a pear") for key in ("deleted", "kept", "overwritten")]
        client.put_vectors(**INDEX, vectors=records)
        add(client, "t")
        at(59)
        client.put_vectors(**INDEX, vectors=[vector("new", t="a pear"), vector("overwritten", t="plum")])
        client.delete_vectors(**INDEX, keys=["deleted"])
        at(60)
        assert search(client, "t") == ["kept", "new"]
        assert search(client, "t", text="plum") == ["overwritten"]
        client.put_vectors(**INDEX, vectors=[vector("later", t="a pear"), vector("kept", t="plum")])
        assert search(client, "t") == ["later", "new"]

    def test_allows_no_update(
        self, client: Client, make_index: MakeIndex, refused: Refused, at: SetClock
    ) -> None:
        make_index(metadataConfiguration=searchable("old"))
        add(client, "new", "newer")
        at(59.5)
        for change in (add, delete):
            for key in ("another", "old", "new"):
                assert refused(partial(change, client, key)) == in_the_way("new")
        assert refused(partial(add, client)) == in_the_way("new")
        assert states(client) == {"old": "ACTIVE", "new": "BUILDING", "newer": "BUILDING"}
        # Refusals do not begin anything anew.
        at(60)
        assert states(client) == {"old": "ACTIVE", "new": "ACTIVE", "newer": "ACTIVE"}
        delete(client, "new")
        add(client, "another")
        assert states(client) == {"old": "ACTIVE", "newer": "ACTIVE", "another": "BUILDING"}
        assert refused(partial(add, client, "more")) == in_the_way("another")

    def test_that_an_update_does_not_start_is_none(
        self, client: Client, make_index: MakeIndex, refused: Refused
    ) -> None:
        make_index(metadataConfiguration=searchable("old", "older"))
        delete(client, "older")
        add(client)
        assert states(client) == {"old": "ACTIVE"}
        assert refused(partial(add, client, "new", "old")) == refusals.already_searchable("old")
        assert states(client) == {"old": "ACTIVE"}
        add(client, "new")

    def test_concerns_one_index(self, client: Client, make_index: MakeIndex) -> None:
        make_index()
        other = make_index("other", metadataConfiguration=searchable("t"))
        add(client, "t")
        query = {"queryTexts": query_texts(t="pear"), "topK": 1}
        assert client.query_vectors(**other, **query)["vectors"] == []
        client.update_metadata_configuration(**other, delete=searchable("t"))

    @pytest.mark.s3vectors(default_index_mode="CLASSIC")
    def test_goes_on_whatever_the_mode(
        self, client: Client, make_index: MakeIndex, refused: Refused, at: SetClock
    ) -> None:
        make_index()
        client.update_index_mode(**INDEX, indexMode="ENHANCED")
        add(client, "t")
        at(10)
        client.update_index_mode(**INDEX, indexMode="CLASSIC")
        assert refused(partial(search, client, "t")) == refusals.NO_TEXTS_WHEN_CLASSIC
        assert states(client) == {"t": "BUILDING"}
        client.update_index_mode(**INDEX, indexMode="ENHANCED")
        assert refused(partial(search, client, "t")) == not_served("t")
        at(60)
        assert states(client) == {"t": "ACTIVE"}
        assert search(client, "t") == []


def test_without_the_option_a_clock_that_goes_back_makes_no_difference(
    client: Client, make_index: MakeIndex, at: SetClock
) -> None:
    make_index(metadataConfiguration=searchable("old"))
    add(client, "new")
    client.put_vectors(**INDEX, vectors=[vector("k", new="a pear", old="a pear")])
    at(-2 * START)
    assert states(client) == {"old": "ACTIVE", "new": "ACTIVE"}
    assert search(client, "new", "old") == ["k"]
    add(client, "newer")
    assert states(client) == {"old": "ACTIVE", "new": "ACTIVE", "newer": "ACTIVE"}
