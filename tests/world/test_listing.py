"""The listing order, while keys come and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors.world import listing
from mock_s3vectors.world.listing import Listing, position_of

if TYPE_CHECKING:
    import pytest


class Model:
    """A listing, and the set of keys that it should have."""

    def __init__(self, keys: set[str], listed: Listing | None = None) -> None:
        self.keys = keys
        self.listing = listed or Listing(keys)

    def copy(self) -> Model:
        return Model(set(self.keys), self.listing.copy())

    def toggle(self, keys: set[str]) -> None:
        """Deletes those that are there, and writes the others."""
        gone, new = keys & self.keys, keys - self.keys
        self.keys ^= keys
        self.listing.note(gone, present=False)
        self.listing.note(new, present=True)

    def check(self, after: str | None, segments: int) -> None:
        parts = [list(self.listing.keys(None, segment, segments)) for segment in range(segments)]
        order = sorted(self.keys, key=position_of)
        assert [key for part in parts for key in part] == order
        if after is not None:
            behind = [key for key in order if position_of(key) > position_of(after)]
            assert list(self.listing.keys(after)) == behind


KEYS = st.sets(st.sampled_from("abcdefghij"))


@given(KEYS, st.data())
def test_a_listing_and_its_copies_follow_the_writes(keys: set[str], data: st.DataObject) -> None:
    models = [Model(keys)]
    for _ in range(data.draw(st.integers(1, 12))):
        model = data.draw(st.sampled_from(models))
        step = data.draw(st.sampled_from(["toggle", "toggle", "check", "copy"]))
        if step == "toggle":
            model.toggle(data.draw(KEYS))
        elif step == "copy":
            models.append(model.copy())
        else:
            model.check(data.draw(st.sampled_from("abcdefghij") | st.none()), data.draw(st.integers(1, 4)))
    for model in models:
        model.check(None, 1)


class TestCost:
    def hashed(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        keys: list[str] = []

        def noted_position_of(key: str) -> Any:
            keys.append(key)
            return position_of(key)

        monkeypatch.setattr(listing, "position_of", noted_position_of)
        return keys

    def test_writes_hash_no_key_and_the_next_list_those_that_changed(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        listed = Listing(map(str, range(1000)))
        hashed = self.hashed(monkeypatch)
        listed.note(["new", "also new"], present=True)
        listed.note(["17", "also new"], present=False)
        assert hashed == []
        assert len(list(listed.keys())) == 1000
        assert hashed == ["new", "17"]
        assert len(list(listed.copy().keys())) == 1000
        assert hashed == ["new", "17"]

    def test_a_listing_that_changed_in_great_part_is_outgrown(self) -> None:
        listed = Listing(map(str, range(1000)))
        listed.note(map("new{}".format, range(250)), present=True)
        assert not listed.outgrown()
        listed.note(["17"], present=False)
        assert listed.outgrown()
