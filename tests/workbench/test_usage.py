"""Usage in billable units, against figures that were added up by hand."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectionClosedError

from mock_s3vectors import limits, mock_s3vectors
from mock_s3vectors.workbench.usage import Usage, usage_of
from mock_s3vectors.world import World
from mock_s3vectors.world.metering import Amounts, Meter
from tests.support.helpers import (
    BUCKET,
    INDEX,
    ORIGIN,
    SETTINGS,
    keys_in_pages,
    pages_of,
    put_batches,
    vector,
)
from tests.support.mocks import index_named, world
from tests.support.shapes import QUERY_PAGES, TEXT_SEARCH, needs
from tests.support.text_search import searchable

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client, ClientAt, MakeIndex, Refused

LEAST = 131_072

# A vector of two numbers has 8 bytes, and metadata 4 even if it is empty.
BARE = vector("key-1")  # 5 + 8 + 4
BARE_BYTES = 17
# A number has 4 bytes, and each entry 8 and its key.
NUMBERED = vector("key-2", n=1)  # 5 + 8 + (4 + (8 + 1 + 4))
NUMBERED_BYTES = 30
# The text is not filterable.
BULKY = vector("ä", n=1, bulk="€uro")  # 2 + 8 + (4 + (8 + 1 + 4) + (8 + 4 + 6))
BULKY_BYTES, BULKY_QUERIED = 45, 27


@pytest.fixture
def index(make_index: MakeIndex) -> dict[str, str]:
    """The names of an index of two dimensions, with a non-filterable key."""
    return make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"]})


def usage() -> Usage:
    return usage_of(world())


def query(client: Client, **settings: Any) -> Any:
    return client.query_vectors(**INDEX, **{**ORIGIN, "topK": 1, **settings})["vectors"]


class TestPuts:
    def test_count_by_their_logical_bytes_and_128_kb_at_least(
        self, client: Client, index: dict[str, str]
    ) -> None:
        client.put_vectors(**index, vectors=[BARE, NUMBERED, BULKY])
        client.put_vectors(**index, vectors=[BARE])
        assert usage() == Usage(
            put_requests=2,
            put_bytes=2 * BARE_BYTES + NUMBERED_BYTES + BULKY_BYTES,
            billed_put_bytes=2 * LEAST,
            storage_bytes=BARE_BYTES + NUMBERED_BYTES + BULKY_BYTES,
        )

    @pytest.mark.parametrize(("excess", "billed"), [(-1, LEAST), (0, LEAST), (1, LEAST + 1)])
    def test_of_more_count_as_what_they_are(
        self, client: Client, index: dict[str, str], excess: int, billed: int
    ) -> None:
        # Each record has 4 bytes of key and 8 of vector, then 4 + (8 + 4 + its text).
        records = [vector(f"key{n}", bulk="x" * 40_000) for n in range(3)]
        last = vector("key3", bulk="x" * (131_072 - 3 * 40_028 - 28 + excess))
        client.put_vectors(**index, vectors=[*records, last])
        assert usage().put_bytes == LEAST + excess
        assert usage().billed_put_bytes == billed

    def test_of_all_kinds_of_metadata(self, client: Client, index: dict[str, str]) -> None:
        metadata = {"s": "four", "n": 1.5, "b": True, "l": ["a", "bc"], "m": [1, 2, 3]}
        client.put_vectors(**index, vectors=[vector("k", **metadata)])
        # An entry has 9, since its key is a letter, and its value: a number 4, a boolean 0, elements 4 more.
        expected = 1 + 8 + 4 + (9 + 4) + (9 + 4) + (9 + 0) + (9 + 5 + 6) + (9 + 3 * 8)
        assert usage().put_bytes == usage().storage_bytes == expected

    @pytest.mark.parametrize(
        "refused_call",
        [
            {"vectors": [vector("k"), vector("bad", [1])]},
            {"vectors": [vector("k"), vector("k")]},
            {"vectors": [vector("k")], "indexName": "unknown"},
        ],
        ids=["bad record", "duplicate keys", "no index"],
    )
    def test_that_are_refused_count_for_nothing(
        self, client: Client, index: dict[str, str], refused: Refused, refused_call: Any
    ) -> None:
        refused(client.put_vectors, **{**index, **refused_call})
        assert usage() == Usage()

    @pytest.mark.s3vectors(max_vectors_per_index=1)
    def test_beyond_the_quota_count_for_nothing(
        self, client: Client, index: dict[str, str], refused: Refused
    ) -> None:
        refused(client.put_vectors, **index, vectors=[BARE, NUMBERED])
        assert usage() == Usage()


class TestStorage:
    def test_is_what_is_there_now(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[BARE, NUMBERED, BULKY])
        client.put_vectors(**index, vectors=[vector("key-2")])
        assert usage().storage_bytes == 2 * BARE_BYTES + BULKY_BYTES
        client.delete_vectors(**index, keys=["key-1", "unknown"])
        assert usage().storage_bytes == BARE_BYTES + BULKY_BYTES
        client.delete_vectors(**index, keys=["ä", "key-2"])
        assert usage().storage_bytes == 0
        assert usage().delete_requests == 2

    def test_is_that_of_all_accounts_and_regions(self, client: Client, client_at: ClientAt) -> None:
        clients = [client, client_at("eu-west-1"), client_at("us-east-1", "210987654321")]
        for other in clients:
            if other is not client:
                other.create_vector_bucket(**BUCKET)
            for name in ("index-1", "index-2"):
                other.create_index(**BUCKET, indexName=name, **SETTINGS)
                other.put_vectors(**BUCKET, indexName=name, vectors=[BARE])
        assert usage().storage_bytes == 6 * BARE_BYTES
        clients[1].delete_index(**BUCKET, indexName="index-1")
        assert usage().storage_bytes == 5 * BARE_BYTES
        assert usage().put_requests == 6

    def test_agrees_with_every_row_after_many_writes(self, client: Client, index: dict[str, str]) -> None:
        for round_ in range(5):
            records = [vector(f"{n}", n=n, bulk="x" * (n * round_)) for n in range(round_, 60, round_ + 1)]
            client.put_vectors(**index, vectors=records)
            client.delete_vectors(**index, keys=[f"{n}" for n in range(0, 60, 7 + round_)])
        pages = list(pages_of(client.list_vectors, **index, returnMetadata=True))
        found = [entry for page in pages for entry in page["vectors"]]
        filterable = [len(entry["key"]) + 8 + 4 + (8 + 1 + 4) for entry in found]
        assert index_named().table.total_size.queried == sum(filterable)
        bulk = [8 + 4 + len(entry["metadata"]["bulk"]) for entry in found]
        assert usage().storage_bytes == sum(filterable) + sum(bulk)


class TestQueries:
    def test_process_all_that_is_in_the_index_but_non_filterable_metadata(
        self, client: Client, index: dict[str, str]
    ) -> None:
        query(client)
        assert usage() == Usage(query_requests=1)
        client.put_vectors(**index, vectors=[BARE, NUMBERED, BULKY])
        in_all = BARE_BYTES + NUMBERED_BYTES + BULKY_QUERIED
        assert len(query(client, filter={"n": 1}, topK=10)) == 2
        assert (usage().query_requests, usage().query_bytes) == (2, in_all)
        client.put_vectors(**index, vectors=[vector("ä")])  # 2 + 8 + 4
        query(client, returnMetadata=True)
        after = BARE_BYTES + NUMBERED_BYTES + 14
        assert (usage().query_requests, usage().query_bytes) == (3, in_all + after)
        client.delete_vectors(**index, keys=["key-1", "ä"])
        query(client)
        assert (usage().query_requests, usage().query_bytes) == (4, in_all + after + NUMBERED_BYTES)

    def test_process_other_indexes_not(self, client: Client, index: dict[str, str], make_index: Any) -> None:
        client.put_vectors(**make_index("other"), vectors=[BARE])
        client.put_vectors(**index, vectors=[NUMBERED])
        query(client)
        assert usage().query_bytes == NUMBERED_BYTES

    def test_that_are_refused_count_for_nothing(
        self, client: Client, index: dict[str, str], refused: Refused
    ) -> None:
        client.put_vectors(**index, vectors=[BARE])
        wrong: list[dict[str, Any]] = [
            {"filter": {}},
            {"filter": {"bulk": "x"}},
            {"queryVector": {"float32": [1]}},
        ]
        for settings in wrong:
            refused(client.query_vectors, **{**index, **ORIGIN, "topK": 1, **settings})
        assert (usage().query_requests, usage().query_bytes) == (0, 0)

    @needs(*QUERY_PAGES)
    def test_process_data_for_their_first_page_only(self, client: Client, index: dict[str, str]) -> None:
        put_batches(client, index, [vector(f"{n:03}") for n in range(250)])
        pages = keys_in_pages(client.query_vectors, **index, **ORIGIN, topK=250)
        assert [len(page) for page in pages] == [100, 100, 50]
        assert (usage().query_requests, usage().query_bytes) == (3, 250 * 15)

    @needs(*TEXT_SEARCH)
    def test_by_text_process_as_much(self, client: Client, make_index: MakeIndex) -> None:
        index = make_index(metadataConfiguration=searchable("text"))
        client.put_vectors(**index, vectors=[vector("k", text="red"), vector("l")])
        texts = [{"metadataKey": "text", "text": "red"}]
        found = client.query_vectors(**index, queryTexts=texts, topK=5)["vectors"]
        assert len(found) == 1
        assert usage().query_bytes == (13 + 8 + 4 + 3) + 13


def test_gets_and_lists_and_deletes_are_counted(
    client: Client, index: dict[str, str], refused: Refused
) -> None:
    client.put_vectors(**index, vectors=[BARE, NUMBERED, BULKY])
    for _ in range(2):
        client.get_vectors(**index, keys=["key-1", "unknown"])
    assert len(list(pages_of(client.list_vectors, **index, maxResults=1))) == 3
    client.delete_vectors(**index, keys=["unknown"])
    refused(client.get_vectors, **{**index, "indexName": "unknown"}, keys=["k"])
    refused(client.list_vectors, **index, nextToken="made up")
    refused(client.delete_vectors, **index, keys=["k", "k"])
    seen = usage()
    assert (seen.get_requests, seen.list_requests, seen.delete_requests) == (2, 3, 1)


class TestWorlds:
    def test_begin_from_zero_and_take_what_they_used_along(
        self, client: Client, index: dict[str, str]
    ) -> None:
        client.put_vectors(**index, vectors=[BARE])
        before = usage()
        with mock_s3vectors():
            assert usage() == Usage(storage_bytes=BARE_BYTES)
            client.put_vectors(**index, vectors=[NUMBERED])
            query(client)
            assert usage() == Usage(
                put_requests=1,
                put_bytes=NUMBERED_BYTES,
                billed_put_bytes=LEAST,
                query_requests=1,
                query_bytes=BARE_BYTES + NUMBERED_BYTES,
                storage_bytes=BARE_BYTES + NUMBERED_BYTES,
            )
        assert usage() == before

    def test_are_shared_on_request(self, client: Client, index: dict[str, str]) -> None:
        with mock_s3vectors(shared=True):
            client.put_vectors(**index, vectors=[BARE])
        assert usage().put_requests == 1

    def test_are_cleared_by_a_reset(
        self, client: Client, index: dict[str, str], s3vectors_mock: MockS3Vectors
    ) -> None:
        client.put_vectors(**index, vectors=[BARE])
        s3vectors_mock.reset()
        assert usage() == Usage()

    def test_have_used_nothing_at_first(self) -> None:
        assert usage_of(World()) == Usage()


@pytest.mark.usefixtures("index")
def test_a_lost_query_counts_if_it_was_made(client: Client) -> None:
    with mock_s3vectors(skip_retry_delays=True) as mock:
        with pytest.raises(ConnectionClosedError), mock.disconnect("QueryVectors"):
            query(client)
        assert mock.usage().query_requests == 0
        with mock.disconnect("QueryVectors", applied=True, times=1):
            query(client)
        assert mock.usage().query_requests == 2


def test_no_call_of_many_threads_is_lost(client: Client, index: dict[str, str]) -> None:
    threads, calls = 8, 25
    barrier = threading.Barrier(threads)

    def work(number: int) -> None:
        barrier.wait()
        for _ in range(calls):
            client.put_vectors(**index, vectors=[vector(f"{number}")])
            client.get_vectors(**index, keys=["0"])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    assert usage() == Usage(
        put_requests=threads * calls,
        put_bytes=threads * calls * 13,
        billed_put_bytes=threads * calls * LEAST,
        get_requests=threads * calls,
        storage_bytes=threads * 13,
    )


def test_a_meter_loses_nothing_whenever_threads_change() -> None:
    meter, threads, calls = Meter(), 4, 5_000

    def work(_: int) -> None:
        for _ in range(calls):
            meter.add(Amounts(get_requests=1, query_bytes=3))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(threads)))
    finally:
        sys.setswitchinterval(interval)
    assert meter.amounts == Amounts(get_requests=threads * calls, query_bytes=3 * threads * calls)


def test_128_kb_are_multiples_of_1024() -> None:
    assert limits.BILLED_PUT_BYTES == LEAST


def test_its_text_says_what_the_numbers_are() -> None:
    used = Usage(
        put_requests=2,
        put_bytes=1_234_567,
        billed_put_bytes=1_365_639,
        query_requests=1,
        query_bytes=987_654,
        get_requests=3,
        list_requests=1_000,
        storage_bytes=5_000,
    )
    assert str(used).splitlines() == [
        "PutVectors          2 requests  1,234,567 bytes",
        "                                1,365,639 bytes at 128 KB a request or more",
        "QueryVectors         1 request  987,654 bytes processed",
        "GetVectors          3 requests",
        "ListVectors     1,000 requests",
        "DeleteVectors       0 requests",
        "stored now                      5,000 bytes",
    ]
    assert repr(Usage(put_requests=1)).startswith("Usage(put_requests=1, put_bytes=0, ")
