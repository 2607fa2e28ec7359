"""Many threads at once that configure, search and write texts: nobody sees what never was."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors.world import Index
from tests.support.helpers import START, vector
from tests.support.mocks import index_named
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_search import INDEX, add, delete, search, states

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.helpers import Client, MakeIndex

pytestmark = needs(*TEXT_SEARCH)


@pytest.mark.s3vectors(default_index_mode="CLASSIC")
class TestThreads:
    @pytest.fixture(autouse=True)
    def restless_threads(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Have Python change threads as often as it can, and no moment be the same as another."""
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        ticks = count(START)
        monkeypatch.setattr(time, "time", lambda: next(ticks))
        yield
        sys.setswitchinterval(interval)

    @pytest.fixture
    def slow_update(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let other threads go on between an update's checks and what follows."""
        configure = Index.configure_text_search

        def dawdling(index: Index, searches: Any) -> None:
            time.sleep(0.0005)
            configure(index, searches)

        monkeypatch.setattr(Index, "configure_text_search", dawdling)

    @pytest.mark.parametrize("change", [add, delete])
    def test_that_get_an_index_during_an_update_see_it_before_or_after(
        self, client: Client, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch, change: Any
    ) -> None:
        make_index()
        client.update_index_mode(**INDEX, indexMode="ENHANCED")
        add(client, "old")
        ticks, changes = (
            count(START + 1_000),
            iter([partial(change, client, "new" if change is add else "old")]),
        )

        def tick() -> float:
            now = next(ticks)
            for update in changes:
                update()
            return now

        before = client.get_index(**INDEX)["index"]
        monkeypatch.setattr(time, "time", tick)
        during, after = (client.get_index(**INDEX)["index"] for _ in range(2))
        assert before != after
        assert during in (before, after)

    def test_that_search_wait_for_an_update(
        self, client: Client, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Or else a search that began before would leave a text index of the former language behind."""
        make_index()
        client.update_index_mode(**INDEX, indexMode="ENHANCED")
        state = index_named()
        configure, could_search = Index.configure_text_search, []

        def spying(index: Index, searches: Any) -> None:
            with ThreadPoolExecutor(1) as pool:
                could_search.append(pool.submit(state.lock.acquire, blocking=False).result())
            configure(index, searches)

        monkeypatch.setattr(Index, "configure_text_search", spying)
        add(client, "t")
        assert could_search == [False]

    @pytest.mark.usefixtures("slow_update")
    def test_that_add_the_same_key_have_one_winner(self, client: Client, make_index: MakeIndex) -> None:
        make_index()
        client.update_index_mode(**INDEX, indexMode="ENHANCED")
        there = "A text search configuration for metadata key 't' already exists"
        for _ in range(5):
            outcomes = self.together([lambda _: add(client, "t")] * 8)
            assert sorted(outcomes) == sorted([["done"], *[[there]] * 7])
            delete(client, "t")

    @pytest.mark.usefixtures("slow_update")
    def test_that_add_keys_of_their_own_all_add_them(self, client: Client, make_index: MakeIndex) -> None:
        make_index()
        client.update_index_mode(**INDEX, indexMode="ENHANCED")
        keys = list("abcdefgh")
        for _ in range(5):
            outcomes = self.together([partial(lambda key, _: add(client, key), key) for key in keys])
            assert outcomes == [["done"]] * 8
            assert states(client) == dict.fromkeys(keys, "ACTIVE")
            delete(client, *keys)

    def test_that_update_search_and_write_see_nothing_half_done(
        self, client: Client, make_index: MakeIndex
    ) -> None:
        make_index()
        client.update_index_mode(**INDEX, indexMode="ENHANCED")
        client.put_vectors(**INDEX, vectors=[vector("always", t="a pear", u="a pear")])
        jobs: list[Callable[[int], Any]] = [
            lambda _: add(client, "t", "u"),
            lambda _: delete(client, "u", "t"),
            lambda n: client.update_index_mode(**INDEX, indexMode=["CLASSIC", "ENHANCED"][n % 2]),
            lambda n: client.put_vectors(**INDEX, vectors=[vector(f"k{n % 3}", t="a pear")]),
            lambda n: client.delete_vectors(**INDEX, keys=[f"k{n % 2}"]),
            lambda _: self.check_found(search(client, "t")),
            lambda _: self.check_found(search(client, "u", "t", queryVector={"float32": [0, 0]})),
            lambda _: self.check_states(states(client)),
        ]
        seen = map(set, self.together(jobs, rounds=60))
        classic = "textSearchConfigurations cannot be specified when indexMode is CLASSIC"
        no_texts = "queryTexts cannot be specified when indexMode is CLASSIC"
        no_text, no_other = (f"Metadata key '{key}' is not configured for text search" for key in "tu")
        there = "A text search configuration for metadata key 't' already exists"
        gone = "The text search configuration for metadata key 'u' could not be found"
        allowed = [{there, classic}, {gone, classic}, set(), set(), set()]
        allowed += [{no_texts, no_text}, {no_texts, no_other}, set()]
        for outcomes, fine in zip(seen, allowed, strict=True):
            assert outcomes <= {"done", *fine}

        client.update_index_mode(**INDEX, indexMode="ENHANCED")
        if not states(client):
            add(client, "t", "u")
        listed = client.list_vectors(**INDEX)["vectors"]
        assert search(client, "t") == sorted(entry["key"] for entry in listed)

    @staticmethod
    def together(jobs: list[Callable[[int], Any]], rounds: int = 1) -> list[list[str]]:
        """Starts all jobs at the same moment; returns what became of them: "done", or why not."""
        barrier = Barrier(len(jobs))

        def outcome(job: Callable[[int], Any], number: int) -> str:
            try:
                job(number)
            except ClientError as refusal:
                return str(refusal.response["Error"]["Message"])
            return "done"

        def run(job: Callable[[int], Any]) -> list[str]:
            barrier.wait()
            return [outcome(job, number) for number in range(rounds)]

        with ThreadPoolExecutor(len(jobs)) as pool:
            return list(pool.map(run, jobs))

    @staticmethod
    def check_found(keys: list[str]) -> None:
        assert "always" in keys
        assert set(keys) <= {"always", "k0", "k1", "k2"}

    @staticmethod
    def check_states(seen: dict[str, str]) -> None:
        assert seen in ({}, {"t": "ACTIVE", "u": "ACTIVE"})
