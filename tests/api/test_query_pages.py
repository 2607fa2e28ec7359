"""QueryVectors over several pages: a hundred each, of a ranking that the first one froze."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.world import rankings
from mock_s3vectors.world.rankings import Hits
from tests.support.helpers import INDEX_ARN, ORIGIN, SetClock, keys_in_pages, keys_of, put_batches, vector
from tests.support.query_pages import SIZES
from tests.support.refusals import BAD_TOKEN, NO_INDEX
from tests.support.shapes import QUERY_PAGES, needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = needs(*QUERY_PAGES)

# A request and its distances to the vectors of `fill`: 0, 1, 4, 9, ...
REQUEST: dict[str, Any] = {**ORIGIN, "topK": 1000}


def fill(client: Client, index: dict[str, str], count: int) -> list[str]:
    """Writes vectors and returns their keys, nearest to the origin first."""
    records = [vector(f"{n:05}", [n, 0], n=n, even=n % 2 == 0) for n in range(count)]
    return put_batches(client, index, records)


@pytest.fixture
def first(client: Client, index: dict[str, str]) -> Any:
    """The first of three pages of 250 vectors."""
    fill(client, index, 250)
    return client.query_vectors(**index, **REQUEST)


@pytest.fixture
def proceed(client: Client, index: dict[str, str], first: Any) -> Any:
    """Asks for the page behind the first one, by the same request or a changed one."""

    def ask(**changed: Any) -> Any:
        return client.query_vectors(**{**index, **REQUEST, "nextToken": first["nextToken"], **changed})

    return ask


class TestPages:
    @SIZES
    def test_have_100_results_and_the_last_is_not_empty(
        self, client: Client, index: dict[str, str], count: int, top_k: int, sizes: list[int]
    ) -> None:
        names = fill(client, index, count)
        found = keys_in_pages(client.query_vectors, **index, **{**REQUEST, "topK": top_k})
        assert [len(page) for page in found] == sizes
        assert [key for page in found for key in page] == names[:top_k]

    @pytest.mark.usefixtures("no_coverage")
    def test_of_the_largest_query(self, client: Client, index: dict[str, str]) -> None:
        names = fill(client, index, 10_050)
        found = keys_in_pages(client.query_vectors, **index, **{**REQUEST, "topK": 10_000})
        assert [len(page) for page in found] == [100] * 100
        assert [key for page in found for key in page] == names[:10_000]

    def test_of_a_filtered_query(self, client: Client, index: dict[str, str]) -> None:
        names = fill(client, index, 500)
        found = keys_in_pages(client.query_vectors, **index, **{**REQUEST, "filter": {"even": False}})
        assert found == [names[1:200:2], names[201:400:2], names[401::2]]

    def test_show_what_each_request_wants_to_see(self, proceed: Any) -> None:
        assert proceed()["vectors"][0] == {"key": "00100"}
        shown = proceed(returnDistance=True, returnMetadata=True)["vectors"][0]
        assert shown == {"key": "00100", "distance": 10_000, "metadata": {"n": 100, "even": True}}
        assert proceed()["distanceMetric"] == "euclidean"

    def test_can_be_asked_for_again(self, first: Any, proceed: Any) -> None:
        second = proceed()
        third = proceed(nextToken=second["nextToken"])
        assert "nextToken" not in third
        assert keys_of(proceed(nextToken=first["nextToken"])["vectors"]) == keys_of(second["vectors"])
        assert keys_of(proceed(nextToken=second["nextToken"])["vectors"]) == keys_of(third["vectors"])


class TestFrozenRanking:
    @pytest.fixture
    def keep(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
        """Sets how many hits an index keeps in sum."""
        return lambda hits: monkeypatch.setattr(rankings, "_KEPT_HITS", hits)

    def test_outlives_every_write(self, client: Client, index: dict[str, str], proceed: Any) -> None:
        shown = {"returnDistance": True, "returnMetadata": True}
        before = proceed(**shown)["vectors"]
        client.put_vectors(**index, vectors=[vector("00000a", [0.5, 0])])  # would be the second
        client.put_vectors(**index, vectors=[vector("00150", [0, 0], n="new")])  # would be the first
        client.put_vectors(**index, vectors=[vector("00001", [120.5, 0])])  # would stand on this page
        client.delete_vectors(**index, keys=["00000", "00101", "00249"])
        second = proceed(**shown)
        assert second["vectors"] == before
        third = proceed(nextToken=second["nextToken"])
        assert keys_of(third["vectors"]) == [f"{n:05}" for n in range(200, 250)]
        # A new query sees it all.
        now = keys_in_pages(client.query_vectors, **index, **REQUEST)[0]
        assert now[:4] == ["00150", "00000a", "00002", "00003"]

    def test_outlives_the_deletion_of_all_vectors(
        self, client: Client, index: dict[str, str], proceed: Any
    ) -> None:
        client.delete_vectors(**index, keys=[f"{n:05}" for n in range(250)])
        assert keys_of(proceed()["vectors"]) == [f"{n:05}" for n in range(100, 200)]

    def test_ends_with_its_index(
        self, client: Client, index: dict[str, str], make_index: MakeIndex, proceed: Any, refused: Refused
    ) -> None:
        client.delete_index(**index)
        assert refused(proceed) == NO_INDEX
        make_index()
        fill(client, index, 250)
        assert refused(proceed) == BAD_TOKEN

    def test_ends_with_a_reset(
        self,
        client: Client,
        make_index: MakeIndex,
        s3vectors_mock: MockS3Vectors,
        proceed: Any,
        refused: Refused,
    ) -> None:
        s3vectors_mock.reset()
        client.create_vector_bucket(vectorBucketName="bucket")
        fill(client, make_index(), 250)
        assert refused(proceed) == BAD_TOKEN

    def test_ends_after_several_minutes(
        self,
        client: Client,
        index: dict[str, str],
        at: SetClock,
        refused: Refused,
    ) -> None:
        fill(client, index, 250)
        first = client.query_vectors(**index, **REQUEST)
        request = {**index, **REQUEST, "nextToken": first["nextToken"]}
        at(299.9)
        second = client.query_vectors(**request)
        later = {**request, "nextToken": second["nextToken"]}
        client.query_vectors(**later)
        # The second page does not prolong it.
        at(300)
        assert refused(client.query_vectors, **request) == BAD_TOKEN
        assert refused(client.query_vectors, **later) == BAD_TOKEN
        client.query_vectors(**index, **REQUEST)

    def test_holds_no_memory_when_it_has_ended(
        self, client: Client, index: dict[str, str], at: SetClock
    ) -> None:
        def held() -> list[Hits]:
            gc.collect()
            return [thing for thing in gc.get_objects() if isinstance(thing, Hits)]

        fill(client, index, 250)
        # Held, so that none of another test ends meanwhile.
        of_others = held()
        for _ in range(3):
            client.query_vectors(**index, **REQUEST)
        assert len(held()) == len(of_others) + 3
        at(300)
        client.query_vectors(**index, **REQUEST)
        assert len(held()) == len(of_others) + 1

    @pytest.mark.usefixtures("no_coverage")
    def test_makes_way_for_256_others(
        self, client: Client, index: dict[str, str], proceed: Any, refused: Refused
    ) -> None:
        for _ in range(255):
            last = client.query_vectors(**index, **REQUEST)
        proceed()
        client.query_vectors(**index, **REQUEST)
        assert refused(proceed) == BAD_TOKEN
        assert len(proceed(nextToken=last["nextToken"])["vectors"]) == 100

    def test_makes_way_for_others_of_many_hits(
        self, client: Client, index: dict[str, str], proceed: Any, refused: Refused, keep: Any
    ) -> None:
        keep(250 + 120 + 200)
        second = client.query_vectors(**index, **{**REQUEST, "topK": 120})
        client.query_vectors(**index, **{**REQUEST, "topK": 100})  # has no second page
        client.query_vectors(**index, **{**REQUEST, "topK": 200})
        proceed()
        client.query_vectors(**index, **{**REQUEST, "topK": 101})
        assert refused(proceed) == BAD_TOKEN
        assert len(proceed(topK=120, nextToken=second["nextToken"])["vectors"]) == 20

    def test_stays_until_the_next_however_many_hits_it_has(
        self, client: Client, index: dict[str, str], proceed: Any, refused: Refused, keep: Any
    ) -> None:
        keep(100)
        last = client.query_vectors(**index, **REQUEST)
        assert refused(proceed) == BAD_TOKEN
        assert len(proceed(nextToken=last["nextToken"])["vectors"]) == 100

    def test_makes_way_first_if_it_has_ended(
        self, client: Client, index: dict[str, str], at: SetClock, keep: Any
    ) -> None:
        keep(500)
        fill(client, index, 250)
        request = {**index, **REQUEST}
        client.query_vectors(**request)
        at(299)
        request["nextToken"] = client.query_vectors(**request)["nextToken"]
        at(300)
        client.query_vectors(**index, **REQUEST)
        assert len(client.query_vectors(**request)["vectors"]) == 100


class TestChangedRequests:
    @pytest.mark.parametrize(
        "changed",
        [
            {"queryVector": {"float32": [0, 1e-3]}},
            {"topK": 999},
            {"topK": 1001},
            {"filter": {"even": True}},
            {"queryMode": "ENHANCED"},
        ],
        ids=str,
    )
    def test_are_refused(self, proceed: Any, refused: Refused, changed: Any) -> None:
        assert refused(proceed, **changed) == BAD_TOKEN
        proceed()

    def test_of_a_filter_are_refused(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        fill(client, index, 250)
        request = {**index, **REQUEST}
        token = client.query_vectors(**request, filter={"n": {"$gte": 1}})["nextToken"]
        request["nextToken"] = token
        for document in ({"n": {"$gte": 2}}, {"n": {"$gt": 1}}, {"n": {"$gte": True}}, {"m": {"$gte": 1}}):
            code, _, _ = refused(client.query_vectors, **request, filter=document)
            assert code == "ValidationException"
        assert refused(client.query_vectors, **request) == BAD_TOKEN
        assert keys_of(client.query_vectors(**request, filter={"n": {"$gte": 1}})["vectors"])[0] == "00101"

    def test_of_what_is_shown_or_how_it_is_addressed_are_fine(
        self, client: Client, proceed: Any, first: Any
    ) -> None:
        assert "distance" not in first["vectors"][0]
        assert proceed(returnDistance=True)["vectors"][0]["distance"] == 10_000
        by_arn = client.query_vectors(indexArn=INDEX_ARN, **REQUEST, nextToken=first["nextToken"])
        assert keys_of(by_arn["vectors"]) == keys_of(proceed()["vectors"])
