"""Pages of names, and the tokens of all lists: for what they are good, and that nothing else is."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.constraints import out_of_range
from tests.support.helpers import BUCKET, INDEX_ARN, ORIGIN, SETTINGS, answer_of, keys_of, pages_of, vector
from tests.support.refusals import BAD_TOKEN
from tests.support.shapes import QUERY_PAGES, has, needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.helpers import Client, ClientAt, MakeIndex, Refused

QUERY = {**ORIGIN, "topK": 1000}


def numbered(count: int) -> list[str]:
    return [f"name-{number:03}" for number in range(count)]


class Names:
    """The two lists of names behind one face."""

    def __init__(self, client: Client, kind: str) -> None:
        self.kind = kind
        self._client = client
        self.call = {"buckets": client.list_vector_buckets, "indexes": client.list_indexes}[kind]
        self.fixed = {"buckets": {}, "indexes": {"vectorBucketName": "owner"}}[kind]
        self.members = {
            "buckets": ("vectorBuckets", "vectorBucketName"),
            "indexes": ("indexes", "indexName"),
        }[kind]
        if kind == "indexes":
            client.create_vector_bucket(vectorBucketName="owner")

    def create(self, *names: str) -> None:
        for name in names:
            if self.kind == "buckets":
                self._client.create_vector_bucket(vectorBucketName=name)
            else:
                self._client.create_index(**self.fixed, indexName=name, **SETTINGS)

    def delete(self, *names: str) -> None:
        for name in names:
            if self.kind == "buckets":
                self._client.delete_vector_bucket(vectorBucketName=name)
            else:
                self._client.delete_index(**self.fixed, indexName=name)

    def page(self, **settings: Any) -> tuple[list[str], str | None]:
        response = self.call(**self.fixed, **settings)
        return self._names(response), response.get("nextToken")

    def pages(self, **settings: Any) -> list[list[str]]:
        return [self._names(page) for page in pages_of(self.call, **self.fixed, **settings)]

    def _names(self, response: Any) -> list[str]:
        entries, name = self.members
        return [entry[name] for entry in response[entries]]


@pytest.fixture(params=["buckets", "indexes"])
def names(request: pytest.FixtureRequest, s3vectors_client: Client) -> Names:
    """The list of buckets, then the list of indexes; both empty."""
    return Names(s3vectors_client, request.param)


class TestNames:
    @pytest.mark.parametrize(
        ("most", "sizes"), [(1, [1] * 6), (2, [2, 2, 2]), (4, [4, 2]), (5, [5, 1]), (6, [6]), (500, [6])]
    )
    def test_come_in_pages_of_which_none_is_empty(self, names: Names, most: int, sizes: list[int]) -> None:
        names.create(*numbered(6))
        found = names.pages(maxResults=most)
        assert [len(page) for page in found] == sizes
        assert [name for page in found for name in page] == numbered(6)

    @pytest.mark.usefixtures("no_coverage")
    def test_come_in_pages_of_500_by_default_and_at_most(self, names: Names, refused: Refused) -> None:
        names.create(*numbered(501))
        assert [len(page) for page in names.pages()] == [500, 1]
        assert [len(page) for page in names.pages(maxResults=500)] == [500, 1]
        assert refused(names.page, maxResults=501) == out_of_range("/maxResults", 1, 500).refusal

    def test_of_a_prefix_come_in_pages(self, names: Names) -> None:
        names.create(*numbered(25), "another", "zzz")
        found = names.pages(prefix="name-01", maxResults=4)
        assert found == [numbered(25)[10:14], numbered(25)[14:18], numbered(25)[18:20]]

    def test_are_neither_repeated_nor_skipped_while_others_write(self, names: Names) -> None:
        names.create(*numbered(9))
        first, token = names.page(maxResults=3)
        assert first == ["name-000", "name-001", "name-002"]
        names.delete("name-001", "name-002", "name-004")
        names.create("name-0000", "name-0021", "name-0051")
        rest, token = names.page(maxResults=4, nextToken=token)
        assert rest == ["name-0021", "name-003", "name-005", "name-0051"]
        assert names.page(nextToken=token) == (["name-006", "name-007", "name-008"], None)

    def test_may_all_be_gone(self, names: Names) -> None:
        names.create(*numbered(4))
        _, token = names.page(maxResults=2)
        names.delete(*numbered(4))
        assert names.page(nextToken=token) == ([], None)

    def test_token_goes_with_its_prefix(self, names: Names, refused: Refused) -> None:
        names.create(*numbered(4))
        _, plain = names.page(maxResults=2)
        _, token = names.page(prefix="name", maxResults=2)
        for prefix in ("nam", "name-", "name-0"):
            assert refused(names.page, prefix=prefix, nextToken=token) == BAD_TOKEN
        assert refused(names.page, nextToken=token) == BAD_TOKEN
        assert refused(names.page, prefix="name", nextToken=plain) == BAD_TOKEN
        assert names.page(prefix="name", nextToken=token) == (numbered(4)[2:], None)


@pytest.fixture
def lists(client: Client, make_index: MakeIndex) -> dict[str, Callable[..., Any]]:
    """All lists by name, each with more than one page, in the bucket `bucket` and its index `index`."""
    index = make_index()
    make_index("index-2")
    client.create_vector_bucket(vectorBucketName="bucket-2")
    for start in (0, 60):
        records = [vector(f"{number}", [number, 0]) for number in range(start, start + 60)]
        client.put_vectors(**index, vectors=records)
    found = {
        "buckets": lambda **more: client.list_vector_buckets(maxResults=1, **more),
        "indexes": lambda **more: client.list_indexes(**{**BUCKET, "maxResults": 1, **more}),
        "vectors": lambda **more: client.list_vectors(**{**index, "maxResults": 1, **more}),
    }
    if has(*QUERY_PAGES):
        found["query"] = lambda **more: client.query_vectors(**{**index, **QUERY, **more})
    return found


class TestTokens:
    def test_go_with_their_list(self, lists: dict[str, Callable[..., Any]], refused: Refused) -> None:
        tokens = {name: call()["nextToken"] for name, call in lists.items()}
        for name, call in lists.items():
            call(nextToken=tokens[name])
            for other in tokens.keys() - {name}:
                assert refused(call, nextToken=tokens[other]) == BAD_TOKEN

    def test_are_not_to_be_made_up(self, lists: dict[str, Callable[..., Any]], refused: Refused) -> None:
        for call in lists.values():
            for token in ("x", "name-001", "====", "AAAAAAAAAAA=", "AAAAAAAAAAAA", "ä", " ", "\0", "{}"):
                assert refused(call, nextToken=token) == BAD_TOKEN

    @pytest.mark.usefixtures("no_coverage")
    def test_are_not_to_be_changed(self, lists: dict[str, Callable[..., Any]], refused: Refused) -> None:
        letters = string.ascii_letters + string.digits + "-_=+/"
        for call in lists.values():
            token = call()["nextToken"]
            changed = {token[:-1], token[1:], f"{token}A", f"{token}=", f"{token}\n", f" {token}", token * 2}
            changed |= {token[:place] + "?" + token[place + 1 :] for place in range(len(token))}
            # The end, where Base64 leaves bits over, in every way there is.
            for place in range(len(token) - 5, len(token)):
                changed |= {token[:place] + letter + token[place + 1 :] for letter in letters}
            for another in changed - {token}:
                assert refused(call, nextToken=another) == BAD_TOKEN
            call(nextToken=token)

    def test_work_again_and_again(self, lists: dict[str, Callable[..., Any]]) -> None:
        for call in lists.values():
            token = call()["nextToken"]
            pages = [answer_of(call, nextToken=token) for _ in range(3)]
            assert pages[0] == pages[1] == pages[2]

    def test_of_indexes_go_with_their_bucket(
        self, client: Client, lists: dict[str, Callable[..., Any]], refused: Refused
    ) -> None:
        token = lists["indexes"]()["nextToken"]
        assert refused(client.list_indexes, vectorBucketName="bucket-2", nextToken=token) == BAD_TOKEN

    @pytest.mark.parametrize("name", ["vectors", "query"])
    def test_of_vectors_go_with_their_index(
        self, lists: dict[str, Callable[..., Any]], refused: Refused, name: str
    ) -> None:
        if name not in lists:
            pytest.skip("botocore's model is older")
        token = lists[name]()["nextToken"]
        assert refused(lists[name], indexName="index-2", nextToken=token) == BAD_TOKEN

    def test_of_vectors_go_with_their_segment(
        self, lists: dict[str, Callable[..., Any]], refused: Refused
    ) -> None:
        call = lists["vectors"]
        whole = call()["nextToken"]
        token = call(segmentCount=4, segmentIndex=1)["nextToken"]
        for count, segment in ((4, 0), (4, 2), (2, 1), (3, 1)):
            settings = {"segmentCount": count, "segmentIndex": segment}
            assert refused(call, **settings, nextToken=token) == BAD_TOKEN
            assert refused(call, **settings, nextToken=whole) == BAD_TOKEN
        assert refused(call, nextToken=token) == BAD_TOKEN
        call(segmentCount=4, segmentIndex=1, nextToken=token)

    def test_of_vectors_do_not_mind_the_address(
        self, client: Client, lists: dict[str, Callable[..., Any]]
    ) -> None:
        token = lists["vectors"]()["nextToken"]
        by_arn = client.list_vectors(indexArn=INDEX_ARN, maxResults=1, nextToken=token)
        assert by_arn["vectors"] == lists["vectors"](nextToken=token)["vectors"]

    def test_of_buckets_go_with_their_region_and_account(
        self, lists: dict[str, Callable[..., Any]], client_at: ClientAt, refused: Refused
    ) -> None:
        token = lists["buckets"]()["nextToken"]
        for region, account in (("eu-west-1", "123456789012"), ("us-east-1", "210987654321")):
            assert refused(client_at(region, account).list_vector_buckets, nextToken=token) == BAD_TOKEN


class TestPaginators:
    def test_of_buckets(self, client: Client) -> None:
        for name in numbered(7):
            client.create_vector_bucket(vectorBucketName=name)
        found = self.pages_of(client, "list_vector_buckets", prefix="name", PaginationConfig={"PageSize": 3})
        names = [[bucket["vectorBucketName"] for bucket in page["vectorBuckets"]] for page in found]
        assert names == [numbered(7)[:3], numbered(7)[3:6], numbered(7)[6:]]

    def test_of_indexes(self, client: Client, make_index: MakeIndex) -> None:
        for name in numbered(6):
            make_index(name)
        settings = {"vectorBucketName": "bucket", "PaginationConfig": {"PageSize": 3}}
        found = self.pages_of(client, "list_indexes", **settings)
        names = [[index["indexName"] for index in page["indexes"]] for page in found]
        assert names == [numbered(6)[:3], numbered(6)[3:]]

    def test_of_vectors(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector(name) for name in numbered(70)])
        found = self.pages_of(client, "list_vectors", **index, PaginationConfig={"PageSize": 30})
        keys = [keys_of(page["vectors"]) for page in found]
        assert [len(page) for page in keys] == [30, 30, 10]
        assert {*keys[0], *keys[1], *keys[2]} == {*numbered(70)}
        few = client.get_paginator("list_vectors").paginate(**index, PaginationConfig={"MaxItems": 11})
        assert len(few.build_full_result()["vectors"]) == 11

    @needs(*QUERY_PAGES)
    def test_of_queries(self, client: Client, index: dict[str, str]) -> None:
        records = [vector(name, [number, 0]) for number, name in enumerate(numbered(250))]
        client.put_vectors(**index, vectors=records)
        found = self.pages_of(client, "query_vectors", **index, **QUERY)
        keys = [keys_of(page["vectors"]) for page in found]
        assert keys == [numbered(250)[:100], numbered(250)[100:200], numbered(250)[200:]]
        result = client.get_paginator("query_vectors").paginate(**index, **QUERY).build_full_result()
        assert keys_of(result["vectors"]) == numbered(250)
        assert result["distanceMetric"] == "euclidean"

    @staticmethod
    def pages_of(client: Client, operation: str, **settings: Any) -> list[Any]:
        return list(client.get_paginator(operation).paginate(**settings))
