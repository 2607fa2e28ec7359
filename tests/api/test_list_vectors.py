"""ListVectors: its order, its pages by count and by size, its segments; while others write, too."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import limits
from tests.support.constraints import out_of_range
from tests.support.helpers import (
    answer_of,
    keys_in_pages,
    keys_of,
    listed_keys,
    pages_of,
    put_batches,
    vector,
)
from tests.support.refusals import invalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.helpers import Client, MakeIndex, Refused

MEGABYTE = 1024 * 1024


def fill(client: Client, index: dict[str, str], keys: list[str]) -> None:
    put_batches(client, index, [vector(key) for key in keys])


def numbered(count: int, name: str = "key") -> list[str]:
    return [f"{name}-{number}" for number in range(count)]


def joined(lists: Iterable[list[str]]) -> list[str]:
    return list(chain.from_iterable(lists))


class TestEntries:
    @pytest.mark.parametrize(
        ("wanted", "members"),
        [
            ({}, {}),
            ({"returnData": False, "returnMetadata": False}, {}),
            ({"returnData": True}, {"data": {"float32": [0.5, 2.0]}}),
            ({"returnMetadata": True}, {"metadata": {"n": 1}}),
            (
                {"returnData": True, "returnMetadata": True},
                {"data": {"float32": [0.5, 2.0]}, "metadata": {"n": 1}},
            ),
        ],
        ids=["nothing", "explicitly nothing", "data", "metadata", "both"],
    )
    def test_have_the_key_and_what_is_wanted(
        self, client: Client, index: dict[str, str], wanted: Any, members: Any
    ) -> None:
        client.put_vectors(**index, vectors=[vector("k", [0.5, 2], n=1)])
        answer = answer_of(client.list_vectors, **index, **wanted)
        assert answer == {"vectors": [{"key": "k", **members}]}

    def test_of_bare_vectors_have_empty_metadata(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector("k")])
        assert client.list_vectors(**index, returnMetadata=True)["vectors"] == [{"key": "k", "metadata": {}}]

    def test_of_an_empty_index(self, client: Client, index: dict[str, str]) -> None:
        for settings in ({}, {"returnData": True, "returnMetadata": True}):
            assert answer_of(client.list_vectors, **index, **settings) == {"vectors": []}

    def test_have_each_its_own_data(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector(f"{n}", [n, -n], n=n) for n in range(20)])
        for found in client.list_vectors(**index, returnData=True, returnMetadata=True)["vectors"]:
            number = int(found["key"])
            assert found["data"]["float32"] == [number, -number]
            assert found["metadata"] == {"n": number}


class TestOrder:
    def test_is_by_hash_not_by_key_nor_by_time(self, client: Client, index: dict[str, str]) -> None:
        keys = numbered(100)
        fill(client, index, keys)
        order = listed_keys(client, index)
        assert sorted(order) == sorted(keys)
        assert order not in (keys, sorted(keys), keys[::-1])

    def test_is_the_same_whatever_happened_before(self, client: Client, make_index: MakeIndex) -> None:
        first, second = make_index("first"), make_index("second", dimension=2, metric="cosine")
        keys = numbered(100)
        fill(client, first, keys)
        order = listed_keys(client, first)
        fill(client, second, ["gone", *keys[::-1]])
        listed_keys(client, second)
        client.delete_vectors(**second, keys=["gone", *keys[10:20]])
        fill(client, second, keys[10:30])
        assert listed_keys(client, second) == order
        # It is the same in every process, too.
        assert order[:4] == ["key-13", "key-73", "key-39", "key-25"]


class TestPages:
    def test_have_500_vectors_by_default(self, client: Client, index: dict[str, str]) -> None:
        fill(client, index, numbered(1001))
        assert [len(page) for page in keys_in_pages(client.list_vectors, **index)] == [500, 500, 1]

    @pytest.mark.parametrize(
        ("most", "sizes"), [(1, [1] * 6), (2, [2, 2, 2]), (4, [4, 2]), (5, [5, 1]), (6, [6]), (1000, [6])]
    )
    def test_have_as_many_as_wanted_and_the_last_is_not_empty(
        self, client: Client, index: dict[str, str], most: int, sizes: list[int]
    ) -> None:
        fill(client, index, numbered(6))
        found = keys_in_pages(client.list_vectors, **index, maxResults=most)
        assert [len(page) for page in found] == sizes
        assert joined(found) == listed_keys(client, index)

    def test_have_1000_vectors_at_most(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        fill(client, index, numbered(1001))
        assert [len(page) for page in keys_in_pages(client.list_vectors, **index, maxResults=1000)] == [
            1000,
            1,
        ]
        assert (
            refused(client.list_vectors, **index, maxResults=1001)
            == out_of_range("/maxResults", 1, 1000).refusal
        )


class TestMegabyte:
    """A page ends with the vector by which it exceeds a megabyte of keys, data and metadata."""

    def test_is_a_megabyte(self) -> None:
        assert limits.LIST_PAGE_BYTES == MEGABYTE

    @pytest.mark.parametrize("wanted", [{}, {"returnData": True}], ids=["keys only", "with data"])
    @pytest.mark.parametrize(("count", "sizes"), [(32, [32]), (33, [33]), (34, [33, 1]), (67, [33, 33, 1])])
    def test_counts_what_is_stored(
        self, client: Client, make_index: MakeIndex, wanted: Any, count: int, sizes: list[int]
    ) -> None:
        # 8 bytes of key, 16,384 of data, 4 + 12 + 16,360 of metadata: 32 of them are a megabyte.
        index = make_index(dimension=4096, metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"]})
        for number in range(count):
            record = vector(f"key-{number:04}", [0.5] * 4096, bulk="x" * 16_360)
            client.put_vectors(**index, vectors=[record])
        found = keys_in_pages(client.list_vectors, **index, **wanted)
        assert [len(page) for page in found] == sizes
        assert len(set(joined(found))) == count

    def test_does_not_make_a_page_longer(self, client: Client, make_index: MakeIndex) -> None:
        index = make_index(dimension=4096)
        for number in range(70):
            client.put_vectors(**index, vectors=[vector(f"{number:04}", [0.5] * 4096)])
        assert [len(page) for page in keys_in_pages(client.list_vectors, **index, maxResults=30)] == [
            30,
            30,
            10,
        ]
        assert [len(page) for page in keys_in_pages(client.list_vectors, **index)] == [64, 6]

    def test_counts_a_vector_as_it_was_written_last(self, client: Client, make_index: MakeIndex) -> None:
        index = make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"]})
        large = [vector(f"{number}", bulk="x" * 40_000) for number in range(60)]
        for record in large:
            client.put_vectors(**index, vectors=[record])
        assert [len(page) for page in keys_in_pages(client.list_vectors, **index)] == [27, 27, 6]
        fill(client, index, [record["key"] for record in large[:50]])
        assert [len(page) for page in keys_in_pages(client.list_vectors, **index)] == [60]


class TestSegments:
    def test_are_disjoint_and_cover_all(self, client: Client, index: dict[str, str]) -> None:
        fill(client, index, numbered(300))
        whole = listed_keys(client, index)
        for count in range(1, 17):
            segments = [listed_keys(client, index, segmentCount=count, segmentIndex=n) for n in range(count)]
            # They are pieces of the whole list, and none of them is much smaller than the others.
            assert joined(segments) == whole
            assert min(map(len, segments)) > 300 / count / 3

    def test_have_pages_too(self, client: Client, index: dict[str, str]) -> None:
        fill(client, index, numbered(200))
        whole = listed_keys(client, index)
        found = [
            keys_in_pages(client.list_vectors, **index, segmentCount=3, segmentIndex=segment, maxResults=7)
            for segment in range(3)
        ]
        for segment in found:
            assert all(len(page) == 7 for page in segment[:-1])
            assert 1 <= len(segment[-1]) <= 7
        assert joined(map(joined, found)) == whole

    def test_of_few_vectors_may_be_empty(self, client: Client, index: dict[str, str]) -> None:
        fill(client, index, ["k"])
        sizes = [
            len(listed_keys(client, index, segmentCount=16, segmentIndex=segment)) for segment in range(16)
        ]
        assert sorted(sizes) == [0] * 15 + [1]

    def test_come_with_count_and_index(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        pair = invalid("Must specify both segmentCount and segmentIndex or neither")
        assert refused(client.list_vectors, **index, segmentCount=2) == pair
        assert refused(client.list_vectors, **index, segmentIndex=0) == pair
        beyond = invalid("segmentIndex must be less than segmentCount")
        for count, segment in ((1, 1), (2, 2), (2, 15), (15, 15)):
            answer = refused(client.list_vectors, **index, segmentCount=count, segmentIndex=segment)
            assert answer == beyond

    def test_are_16_at_most(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        answer = refused(client.list_vectors, **index, segmentCount=17, segmentIndex=0)
        assert answer == out_of_range("/segmentCount", 1, 16).refusal
        answer = refused(client.list_vectors, **index, segmentCount=16, segmentIndex=16)
        assert answer == out_of_range("/segmentIndex", 0, 15).refusal


class TestWhileOthersWrite:
    """A key that is there throughout is listed exactly once, whatever comes and goes between pages."""

    @staticmethod
    def pages(client: Client, index: dict[str, str], **settings: Any) -> Iterator[list[str]]:
        """The keys of one page after the other, each asked for when its turn comes."""
        for page in pages_of(client.list_vectors, **index, **settings):
            yield keys_of(page["vectors"])

    @pytest.mark.parametrize("settings", [{}, {"segmentCount": 2, "segmentIndex": 1}], ids=["all", "segment"])
    def test_nothing_is_listed_twice_or_skipped(
        self, client: Client, index: dict[str, str], settings: Any
    ) -> None:
        staying, leaving = numbered(40, "staying"), numbered(40, "leaving")
        fill(client, index, staying + leaving)
        due = [key for key in listed_keys(client, index, **settings) if key in staying]
        found: list[str] = []
        for number, page in enumerate(self.pages(client, index, **settings, maxResults=5)):
            assert len(page) <= 5
            found += page
            # Deleted is what stood on the page that was just read, its last key too, and what comes later.
            gone = [key for key in page if key in leaving] + leaving[number * 3 : number * 3 + 3]
            client.delete_vectors(**index, keys=sorted({*gone, "none"}))
            fill(client, index, [*numbered(6, f"new-{number}"), *staying[::4]])
        assert [key for key in found if key in staying] == due
        assert len(set(found)) == len(found)

    def test_the_last_key_of_a_page_may_be_gone(self, client: Client, index: dict[str, str]) -> None:
        fill(client, index, numbered(10))
        order = listed_keys(client, index)
        left = list(order)
        for page in self.pages(client, index, maxResults=2):
            assert page == left[:2]
            del left[:2]
            client.delete_vectors(**index, keys=page)
        assert left == []

    def test_everything_may_be_gone(self, client: Client, index: dict[str, str]) -> None:
        fill(client, index, numbered(10))
        first = client.list_vectors(**index, maxResults=5)
        client.delete_vectors(**index, keys=numbered(10))
        assert answer_of(client.list_vectors, **index, nextToken=first["nextToken"]) == {"vectors": []}

    def test_a_key_that_is_written_again_keeps_its_place(self, client: Client, index: dict[str, str]) -> None:
        fill(client, index, numbered(10))
        order = listed_keys(client, index)
        first = client.list_vectors(**index, maxResults=5)
        client.delete_vectors(**index, keys=order[2:7])
        fill(client, index, order[2:7])
        rest = client.list_vectors(**index, nextToken=first["nextToken"])
        assert keys_of(rest["vectors"]) == order[5:]
