"""The stresses, each off by default: empty pages, races that end in a 500, indexes that are found late."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.world import Stores
from tests.support import refusals
from tests.support.helpers import (
    BUCKET,
    INDEX,
    INDEX_ARN,
    ORIGIN,
    SETTINGS,
    answer_of,
    bucket_names,
    index_names,
    keys_in_pages,
    keys_of,
    listed_keys,
    pages_of,
    put_batches,
    vector,
)
from tests.support.mocks import ACCOUNT, REGION, world
from tests.support.operations import IN_AN_INDEX, OF_A_RESOURCE, each_of
from tests.support.shapes import QUERY_PAGES, TAGS, needs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.helpers import Client, MakeIndex, Refused, SetClock

empty_pages = pytest.mark.s3vectors(empty_pages=True)
conflict_as_500 = pytest.mark.s3vectors(conflict_as_500=True)
index_delay = pytest.mark.s3vectors(index_delay=2.5)

NAMES = [f"name-{number}" for number in range(6)]
ITEMS = {"buckets": ("vectorBuckets", "vectorBucketName"), "indexes": ("indexes", "indexName")}


class List:
    """One of the three lists, and what is in it by name or key."""

    def __init__(self, client: Client, kind: str) -> None:
        self.kind = kind
        self.client = client
        self.call = getattr(client, {"buckets": "list_vector_buckets"}.get(kind, f"list_{kind}"))
        self.fixed = {"buckets": {}, "indexes": BUCKET, "vectors": INDEX}[kind]
        self.items, self.name = ITEMS.get(kind, ("vectors", "key"))
        if kind != "buckets":
            client.create_vector_bucket(**BUCKET)
        if kind == "vectors":
            client.create_index(**INDEX, **SETTINGS)

    def add(self, *names: str) -> None:
        if self.kind == "vectors":
            self.client.put_vectors(**INDEX, vectors=[vector(name) for name in names])
            return
        for name in names:
            if self.kind == "buckets":
                self.client.create_vector_bucket(vectorBucketName=name)
            else:
                self.client.create_index(**BUCKET, indexName=name, **SETTINGS)

    def remove(self, *names: str) -> None:
        for name in names:
            if self.kind == "vectors":
                self.client.delete_vectors(**INDEX, keys=[name])
            elif self.kind == "buckets":
                self.client.delete_vector_bucket(vectorBucketName=name)
            else:
                self.client.delete_index(**BUCKET, indexName=name)

    def names_on(self, page: Any) -> list[str]:
        return [item[self.name] for item in page[self.items]]

    def page(self, **settings: Any) -> tuple[list[str], str | None]:
        answer = self.call(**self.fixed, **settings)
        return self.names_on(answer), answer.get("nextToken")

    def pages(self, **settings: Any) -> Iterator[list[str]]:
        return map(self.names_on, pages_of(self.call, **self.fixed, **settings))


@pytest.fixture(params=["buckets", "indexes", "vectors"])
def one_list(request: pytest.FixtureRequest, s3vectors_client: Client) -> List:
    """Each of the lists, with nothing in it."""
    return List(s3vectors_client, request.param)


@empty_pages
class TestEmptyPages:
    @pytest.mark.parametrize(
        ("most", "sizes"),
        [(1, [0, 1] * 6), (2, [0, 2] * 3), (4, [0, 4, 0, 2]), (6, [0, 6]), (500, [0, 6])],
    )
    def test_come_first_and_after_every_page_with_something_in_it(
        self, one_list: List, most: int, sizes: list[int]
    ) -> None:
        one_list.add(*NAMES)
        found = list(one_list.pages(maxResults=most))
        assert [len(page) for page in found] == sizes
        assert sorted(chain(*found)) == NAMES

    def test_do_not_change_the_order(self, one_list: List) -> None:
        one_list.add(*NAMES)
        stressed = [*chain(*one_list.pages(maxResults=2))]
        with mock_s3vectors(empty_pages=False):
            assert [*chain(*one_list.pages(maxResults=2))] == stressed

    def test_are_not_in_a_list_with_nothing_in_it(self, one_list: List) -> None:
        assert one_list.page() == ([], None)

    def test_break_a_client_that_stops_at_an_empty_first_page(self, one_list: List) -> None:
        one_list.add(*NAMES)
        names, token = one_list.page()
        assert names == []
        assert token is not None

    def test_break_a_client_that_stops_at_an_empty_page_in_the_middle(self, one_list: List) -> None:
        one_list.add(*NAMES)
        _, token = one_list.page(maxResults=3)
        first, token = one_list.page(maxResults=3, nextToken=token)
        assert len(first) == 3
        names, token = one_list.page(maxResults=3, nextToken=token)
        assert names == []
        last, token = one_list.page(maxResults=3, nextToken=token)
        assert sorted(first + last) == NAMES
        assert token is None

    def test_are_the_same_every_time(self, one_list: List) -> None:
        one_list.add(*NAMES)
        seen = [one_list.page(maxResults=2) for _ in range(3)]
        assert seen[0] == seen[1] == seen[2]
        _, token = seen[0]
        again = [one_list.page(maxResults=2, nextToken=token) for _ in range(3)]
        assert again[0] == again[1] == again[2]

    def test_go_on_while_others_delete(self, one_list: List) -> None:
        one_list.add(*NAMES)
        order = [*chain(*one_list.pages())]
        left, found = list(order), list[str]()
        for page in one_list.pages(maxResults=1):
            found += page
            if page:
                # Gone is what was just listed, and the last one of what is not listed yet.
                one_list.remove(*{page[0], left[-1]})
                left = [name for name in left[1:] if name != left[-1]]
        assert found == order[:3]

    def test_end_when_all_is_gone(self, one_list: List) -> None:
        one_list.add(*NAMES)
        _, token = one_list.page(maxResults=2)
        _, after = one_list.page(maxResults=2, nextToken=token)
        one_list.remove(*NAMES)
        assert one_list.page(nextToken=token) == ([], None)
        assert one_list.page(nextToken=after) == ([], None)

    def test_have_tokens_that_every_mock_reads(self, one_list: List) -> None:
        one_list.add(*NAMES)
        order = [*chain(*one_list.pages())]
        _, of_an_empty_page = one_list.page(maxResults=2)
        _, of_a_page = one_list.page(maxResults=2, nextToken=of_an_empty_page)
        with mock_s3vectors(empty_pages=False):
            assert one_list.page(nextToken=of_an_empty_page) == (order, None)
            names, of_a_mock_without = one_list.page(maxResults=2, nextToken=of_a_page)
            assert names == order[2:4]
        assert one_list.page(nextToken=of_a_mock_without)[0] == []

    def test_have_tokens_for_their_own_list(self, one_list: List, refused: Refused) -> None:
        one_list.add(*NAMES)
        _, token = one_list.page()
        assert token is not None
        changed = {token[1:], token[:-1], f"{token}=", token * 2, f"A{token[1:]}" if token[0] != "A" else "B"}
        for another in changed:
            assert refused(one_list.page, nextToken=another) == refusals.BAD_TOKEN
        segment: dict[str, Any] = {"segmentCount": 2, "segmentIndex": 0}
        other = segment if one_list.kind == "vectors" else {"prefix": "name"}
        assert refused(one_list.page, nextToken=token, **other) == refusals.BAD_TOKEN

    def test_come_with_prefixes(self, s3vectors_client: Client) -> None:
        for kind in ("buckets", "indexes"):
            one_list = List(s3vectors_client, kind)
            one_list.add("another", *NAMES, "zzz")
            found = list(one_list.pages(prefix="name", maxResults=4))
            assert found == [[], NAMES[:4], [], NAMES[4:]]
            assert list(one_list.pages(prefix="nobody")) == [[]]

    def test_come_with_segments(self, client: Client, index: dict[str, str]) -> None:
        keys = put_batches(client, index, [vector(f"{number}") for number in range(100)])
        whole = listed_keys(client, index)
        segments = [
            keys_in_pages(client.list_vectors, **index, segmentCount=4, segmentIndex=segment, maxResults=9)
            for segment in range(4)
        ]
        assert [*chain(*chain(*segments))] == whole
        assert sorted(whole) == sorted(keys)
        for pages in segments:
            assert not any(pages[::2])
            assert all(pages[1::2])

    def test_come_with_pages_that_end_by_their_size(self, client: Client, make_index: MakeIndex) -> None:
        index = make_index(dimension=4096)
        for number in range(70):
            client.put_vectors(**index, vectors=[vector(f"{number:04}", [0.5] * 4096)])
        found = keys_in_pages(client.list_vectors, **index)
        assert [len(page) for page in found] == [0, 64, 0, 6]

    def test_do_not_disturb_botocore_s_paginators(self, one_list: List) -> None:
        one_list.add(*NAMES)
        operation = one_list.call.__name__
        pages = one_list.client.get_paginator(operation).paginate(
            **one_list.fixed, PaginationConfig={"PageSize": 1}
        )
        assert sorted(pages.search(f"{one_list.items}[].{one_list.name} || `[]`")) == NAMES
        few = one_list.client.get_paginator(operation).paginate(
            **one_list.fixed, PaginationConfig={"PageSize": 2, "MaxItems": 3}
        )
        assert len(few.build_full_result()[one_list.items]) == 3

    @needs(*QUERY_PAGES)
    def test_are_not_in_queries(self, client: Client, index: dict[str, str]) -> None:
        put_batches(client, index, [vector(f"{number}", [number, 0]) for number in range(150)])
        found = keys_in_pages(client.query_vectors, **index, **ORIGIN, topK=150)
        assert [len(page) for page in found] == [100, 50]


# Creates what the races are for.
CREATIONS: dict[str, dict[str, Any]] = {
    "create_vector_bucket": {"vectorBucketName": "raced-for"},
    "create_index": {**BUCKET, "indexName": "raced-for", **SETTINGS},
}
EXISTS = {
    "create_vector_bucket": refusals.conflict("A vector bucket with the specified name already exists"),
    "create_index": refusals.conflict("An index with the specified name already exists"),
}
creations = pytest.mark.parametrize("operation", CREATIONS)
RACERS = 5
FAILED = "InternalServerException", "Internal server error", None


def client_with_attempts(total: int | None) -> Client:
    """A client that calls so often at most; None for botocore's own number."""
    config = Config(retries={"total_max_attempts": total}) if total else None
    return boto3.client("s3vectors", region_name=REGION, config=config)


def outcome(call: Callable[..., Any], **arguments: Any) -> tuple[str, int, int]:
    """The code of the answer, its status, and how often the client tried again."""
    try:
        answer, code = call(**arguments), "done"
    except ClientError as refusal:
        answer, code = refusal.response, refusal.response["Error"]["Code"]
    metadata = answer["ResponseMetadata"]
    return code, metadata["HTTPStatusCode"], metadata["RetryAttempts"]


def race(client: Client, operation: str, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """Has calls begin while the store is locked, and go on when all of them have begun; their outcomes."""
    begun = threading.Semaphore(0)
    moment = Stores.moment

    def told(stores: Stores) -> int:
        number = moment(stores)
        begun.release()
        return number

    monkeypatch.setattr(Stores, "moment", told)
    call, arguments = getattr(client, operation), CREATIONS[operation]
    with ThreadPoolExecutor(RACERS) as pool:
        with world().stores.made_at(ACCOUNT, REGION).lock:
            running = [pool.submit(outcome, call, **arguments) for _ in range(RACERS)]
            assert all(begun.acquire(timeout=30) for _ in range(RACERS))
        outcomes = [future.result() for future in running]
    monkeypatch.setattr(Stores, "moment", moment)
    return outcomes


@creations
class TestCreationRaces:
    @conflict_as_500
    def test_have_losers_that_get_a_500(
        self,
        client: Client,  # noqa: ARG002 - makes the bucket
        at: SetClock,  # noqa: ARG002 - the world's clock stands still
        operation: str,
        refused: Refused,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        impatient = client_with_attempts(1)
        outcomes = race(impatient, operation, monkeypatch)
        assert Counter(outcomes) == {
            ("done", 200, 0): 1,
            ("InternalServerException", 500, 0): RACERS - 1,
        }
        # Whoever comes later meets the usual refusal.
        assert refused(getattr(impatient, operation), **CREATIONS[operation]) == EXISTS[operation]

    @conflict_as_500
    def test_have_losers_with_the_text_of_aws(
        self,
        client: Client,
        operation: str,
        refused: Refused,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        # The winner creates after this call has begun, and before it looks.
        moment = Stores.moment
        create, arguments = getattr(client_with_attempts(1), operation), CREATIONS[operation]

        def overtaken(stores: Stores) -> int:
            number = moment(stores)
            with monkeypatch.context() as inner:
                inner.setattr(Stores, "moment", moment)
                getattr(client, operation)(**arguments)
            return number

        monkeypatch.setattr(Stores, "moment", overtaken)
        assert refused(create, **arguments) == FAILED

    @conflict_as_500
    def test_end_in_a_conflict_for_a_client_that_retries(
        self,
        client: Client,  # noqa: ARG002 - makes the bucket
        operation: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(time, "sleep", lambda _: None)
        outcomes = race(client_with_attempts(None), operation, monkeypatch)
        assert Counter(outcomes) == {("done", 200, 0): 1, ("ConflictException", 409, 1): RACERS - 1}

    def test_have_losers_that_get_a_conflict_by_default(
        self,
        client: Client,  # noqa: ARG002 - makes the bucket
        operation: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        outcomes = race(client_with_attempts(1), operation, monkeypatch)
        assert Counter(outcomes) == {("done", 200, 0): 1, ("ConflictException", 409, 0): RACERS - 1}

    @conflict_as_500
    def test_are_over_when_the_winner_s_is_dropped(self, client: Client, operation: str) -> None:
        create, arguments = getattr(client, operation), CREATIONS[operation]
        with mock_s3vectors():
            create(**arguments)
        create(**arguments)
        with mock_s3vectors():
            assert outcome(create, **arguments) == ("ConflictException", 409, 0)


@index_delay
class TestIndexDelay:
    @pytest.fixture
    def new(self, at: SetClock, index: dict[str, str]) -> dict[str, str]:  # noqa: ARG002 - first the clock
        """The names of an index that was created at 0."""
        return index

    @pytest.mark.parametrize(("operation", "arguments"), each_of(IN_AN_INDEX, **INDEX))
    @pytest.mark.usefixtures("new")
    def test_hides_an_index_until_it_is_over(
        self, client: Client, at: SetClock, refused: Refused, operation: str, arguments: Any
    ) -> None:
        call = getattr(client, operation)
        for seconds in (0, 2.4):
            at(seconds)
            assert refused(call, **arguments) == refusals.NO_INDEX
        at(2.5)
        call(**arguments)

    @pytest.mark.parametrize(("operation", "arguments"), each_of(OF_A_RESOURCE, resourceArn=INDEX_ARN))
    @pytest.mark.usefixtures("new")
    def test_hides_its_tags(
        self, client: Client, at: SetClock, refused: Refused, operation: str, arguments: Any
    ) -> None:
        call = getattr(client, operation)
        assert refused(call, **arguments) == refusals.NO_RESOURCE
        at(2.5)
        call(**arguments)

    def test_hides_it_by_its_arn(
        self, client: Client, new: dict[str, str], at: SetClock, refused: Refused
    ) -> None:
        assert refused(client.get_index, indexArn=INDEX_ARN) == refusals.NO_INDEX
        at(3)
        found = client.get_index(indexArn=INDEX_ARN)["index"]
        assert found["indexName"] == new["indexName"]
        assert found["creationTime"].timestamp() == 1_800_000_000

    def test_leaves_it_out_of_the_list(self, client: Client, at: SetClock, make_index: MakeIndex) -> None:
        for created, name in enumerate(("name-c", "name-a", "name-d", "name-b")):
            at(created)
            make_index(name)
        seen = []
        for seconds in (2, 2.5, 3.5, 4.5, 5.5):
            at(seconds)
            pages = pages_of(client.list_indexes, **BUCKET, prefix="name-", maxResults=1)
            seen.append([[entry["indexName"] for entry in page["indexes"]] for page in pages])
        assert seen == [
            [[]],
            [["name-c"]],
            [["name-a"], ["name-c"]],
            [["name-a"], ["name-c"], ["name-d"]],
            [["name-a"], ["name-b"], ["name-c"], ["name-d"]],
        ]

    @pytest.mark.usefixtures("new")
    def test_leaves_its_name_taken_and_its_bucket_full(self, client: Client, refused: Refused) -> None:
        assert refused(client.create_index, **INDEX, **SETTINGS) == EXISTS["create_index"]
        assert refused(client.delete_vector_bucket, **BUCKET) == refusals.conflict(
            "The specified vector bucket is not empty"
        )
        assert index_names(client) == []
        assert bucket_names(client) == ["bucket"]

    @pytest.mark.parametrize("delay", [0, 100])
    def test_is_an_index_s_own_in_every_branch(
        self, client: Client, new: dict[str, str], at: SetClock, refused: Refused, delay: float
    ) -> None:
        at(1)
        with mock_s3vectors(index_delay=delay):
            assert refused(client.get_index, **new) == refusals.NO_INDEX
            assert index_names(client) == []
            at(2.5)
            assert answer_of(client.get_index, **new)["index"]["indexName"] == "index"
            assert index_names(client) == ["index"]
            at(1)
        assert refused(client.get_index, **new) == refusals.NO_INDEX

    def test_does_not_hold_for_indexes_from_before(self, client: Client, at: SetClock) -> None:
        at(0)
        with mock_s3vectors(index_delay=0):
            client.create_index(**INDEX, **SETTINGS)
            with mock_s3vectors(index_delay=10):
                client.get_index(**INDEX)
                client.create_index(**BUCKET, indexName="new", **SETTINGS)
                assert index_names(client) == ["index"]

    def test_begins_anew_with_a_new_index(
        self, client: Client, new: dict[str, str], at: SetClock, refused: Refused
    ) -> None:
        at(10)
        client.put_vectors(**new, vectors=[vector("key")])
        client.delete_index(**new)
        client.create_index(**new, **SETTINGS)
        at(12.4)
        assert refused(client.list_vectors, **new) == refusals.NO_INDEX
        at(12.5)
        assert keys_of(client.list_vectors(**new)["vectors"]) == []

    @needs(*TAGS)
    def test_keeps_the_tags_of_the_creation(self, client: Client, at: SetClock) -> None:
        at(0)
        client.create_index(**INDEX, **SETTINGS, tags={"team": "search"})
        at(5)
        assert client.list_tags_for_resource(resourceArn=INDEX_ARN)["tags"] == {"team": "search"}
