"""QueryVectors on one page: distances, order, what is returned, modes, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.support import refusals
from tests.support.constraints import out_of_range
from tests.support.helpers import (
    BUCKET,
    CLASSIC_UNTIL,
    ENHANCED_SINCE,
    INDEX,
    SETTINGS,
    SetClock,
    answer_of,
    keys_of,
    mode_of,
    vector,
)
from tests.support.shapes import MODES, TEXT_SEARCH, needs

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused


INF, NAN = float("inf"), float("nan")


def query(client: Client, index: dict[str, str], data: Any = (0, 0), top_k: int = 10, **settings: Any) -> Any:
    vectors = {"queryVector": {"float32": list(data)}, "topK": top_k}
    return client.query_vectors(**index, **vectors, **settings)["vectors"]


def distances(client: Client, index: dict[str, str], data: Any = (0, 0)) -> dict[str, float]:
    """Distances by key, nearest first."""
    return {hit["key"]: hit["distance"] for hit in query(client, index, data, returnDistance=True)}


class TestDistances:
    def test_euclidean_is_squared(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector("a", [3, 4]), vector("b", [0, 0]), vector("c", [-1, 0])])
        assert distances(client, index) == {"b": 0, "c": 1, "a": 25}
        assert list(distances(client, index)) == ["b", "c", "a"]

    def test_cosine_is_one_minus_cos(self, client: Client, make_index: MakeIndex) -> None:
        index = make_index(metric="cosine")
        records = {"same": [5, 0], "right": [0, 0.1], "opposite": [-3, 0], "half": [1, 3**0.5]}
        client.put_vectors(**index, vectors=[vector(key, data) for key, data in records.items()])
        found = distances(client, index, [2, 0])
        assert found == {"same": 0, "half": pytest.approx(0.5, abs=1e-7), "right": 1, "opposite": 2}
        assert list(found) == ["same", "half", "right", "opposite"]

    @pytest.mark.parametrize("metric", ["euclidean", "cosine"])
    def test_are_float32(self, client: Client, make_index: MakeIndex, metric: str) -> None:
        index = make_index(metric=metric)
        client.put_vectors(**index, vectors=[vector("a", [0.1, 0.7]), vector("b", [-0.3, 0.2])])
        for distance in distances(client, index, [0.9, 0.4]).values():
            assert distance == float(np.float32(distance))

    @pytest.mark.parametrize("metric", ["euclidean", "cosine"])
    def test_to_itself_is_zero(self, client: Client, make_index: MakeIndex, metric: str) -> None:
        index = make_index(dimension=3, metric=metric)
        client.put_vectors(**index, vectors=[vector("k", [0.9, 0.1, 1 / 3])])
        assert distances(client, index, [0.9, 0.1, 1 / 3]) == {"k": 0}

    def test_beyond_float32_are_infinite(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector("far", [3e38, 0]), vector("near", [1, 0])])
        assert distances(client, index, [-3e38, 0]) == {"near": INF, "far": INF}
        assert list(distances(client, index, [-3e38, 0])) == ["near", "far"]

    def test_of_the_smallest_numbers(self, client: Client, make_index: MakeIndex) -> None:
        index = make_index(metric="cosine")
        client.put_vectors(**index, vectors=[vector("k", [1.5e-45, 0]), vector("l", [0, 1])])
        assert distances(client, index, [1.5e-45, 0]) == {"k": 0, "l": 1}

    @pytest.mark.parametrize("metric", ["euclidean", "cosine"])
    def test_that_are_equal_go_by_key(self, client: Client, make_index: MakeIndex, metric: str) -> None:
        index = make_index(metric=metric)
        names = [f"{number}" for number in range(30)]
        client.put_vectors(**index, vectors=[vector(key, [0.6, 0.7]) for key in names[::-1]])
        client.put_vectors(**index, vectors=[vector("0nearer", [1, 0.001])])
        assert keys_of(query(client, index, [1, 0], 31)) == ["0nearer", *sorted(names)]
        assert keys_of(query(client, index, [1, 0], 12)) == ["0nearer", *sorted(names)[:11]]


class TestHits:
    @pytest.mark.parametrize(
        ("wanted", "members"),
        [
            ({}, ()),
            ({"returnDistance": False, "returnMetadata": False}, ()),
            ({"returnDistance": True}, ("distance",)),
            ({"returnMetadata": True}, ("metadata",)),
            ({"returnDistance": True, "returnMetadata": True}, ("distance", "metadata")),
        ],
        ids=["nothing", "explicitly nothing", "distance", "metadata", "both"],
    )
    def test_have_the_key_and_what_is_wanted(
        self, client: Client, index: dict[str, str], wanted: Any, members: Any
    ) -> None:
        client.put_vectors(**index, vectors=[vector("a", [0, 1], n=1), vector("b", [0, 2])])
        everything = [
            {"key": "a", "distance": 1.0, "metadata": {"n": 1}},
            {"key": "b", "distance": 4.0, "metadata": {}},
        ]
        expected = [{name: hit[name] for name in ("key", *members)} for hit in everything]
        assert query(client, index, **wanted) == expected

    @needs(*TEXT_SEARCH)
    def test_of_a_vector_search_have_no_scores(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector("k")])
        assert query(client, index, returnScores=True) == [{"key": "k"}]

    @needs("QueryVectors>distanceMetric")
    @pytest.mark.parametrize("metric", ["euclidean", "cosine"])
    def test_come_with_the_metric(self, client: Client, make_index: MakeIndex, metric: str) -> None:
        request = {**make_index(metric=metric), "queryVector": {"float32": [1, 0]}, "topK": 1}
        assert answer_of(client.query_vectors, **request) == {"vectors": [], "distanceMetric": metric}

    def test_are_what_is_there_now(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector(key, [ord(key), 0]) for key in "abcdef"])
        assert keys_of(query(client, index)) == [*"abcdef"]
        client.put_vectors(**index, vectors=[vector("f", [1, 0], n=1), vector("g", [98.5, 0])])
        assert keys_of(query(client, index)) == [*"fabgcde"]
        client.delete_vectors(**index, keys=["a", "d", "f"])
        assert keys_of(query(client, index)) == [*"bgce"]
        client.delete_vectors(**index, keys=[*"bgce"])
        assert query(client, index) == []
        client.put_vectors(**index, vectors=[vector("h", [2, 0])])
        assert distances(client, index) == {"h": 4}

    def test_share_nothing_with_the_index(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector("k", tags=["a"])])
        query(client, index, returnMetadata=True)[0]["metadata"]["tags"].append("b")
        assert query(client, index, returnMetadata=True)[0]["metadata"] == {"tags": ["a"]}


class TestTopK:
    def test_is_how_many_come_at_most(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector(f"{n:02}", [n, 0]) for n in range(50)])
        for top_k in (1, 2, 49, 50, 51, 100, 10_000):
            assert keys_of(query(client, index, top_k=top_k)) == [f"{n:02}" for n in range(50)][:top_k]

    def test_is_10_000_at_most(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        assert query(client, index, top_k=10_000) == []
        answer = refused(query, client=client, index=index, top_k=10_001)
        assert answer == out_of_range("/topK", 1, 10_000).refusal


class TestFilter:
    def test_restricts_before_ranking(self, client: Client, index: dict[str, str]) -> None:
        records = [vector(f"{n:02}", [n, 0], even=n % 2 == 0, n=n) for n in range(60)]
        client.put_vectors(**index, vectors=records)
        found = query(client, index, top_k=5, filter={"even": False})
        assert keys_of(found) == ["01", "03", "05", "07", "09"]
        # Far behind the nearest ten without a filter.
        found = query(client, index, top_k=10, filter={"n": {"$gte": 57}}, returnMetadata=True)
        assert [hit["metadata"]["n"] for hit in found] == [57, 58, 59]
        assert query(client, index, top_k=10, filter={"n": 99}) == []

    def test_sees_metadata_as_written_last(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector(key, color="red") for key in "abcd"])
        assert keys_of(query(client, index, filter={"color": "red"})) == [*"abcd"]
        client.put_vectors(**index, vectors=[vector("b", color="blue"), vector("c")])
        client.delete_vectors(**index, keys=["a"])
        assert keys_of(query(client, index, filter={"color": "red"})) == ["d"]
        assert keys_of(query(client, index, filter={"color": "blue"})) == ["b"]
        assert keys_of(query(client, index, filter={"color": {"$exists": False}})) == ["c"]
        client.delete_vectors(**index, keys=["b"])
        assert keys_of(query(client, index, filter={"color": "blue"})) == []
        assert keys_of(query(client, index, filter={"color": {"$ne": "red"}})) == ["c"]
        client.delete_vectors(**index, keys=["c", "d"])
        assert query(client, index, filter={"color": {"$ne": "green"}}) == []

    def test_of_none_is_none(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector("k")])
        assert keys_of(query(client, index, filter=None)) == ["k"]


class TestQueryVector:
    @pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
    @pytest.mark.parametrize(
        ("metric", "data", "reason"),
        [
            ("euclidean", [], refusals.wrong_dimension(4, 0)),
            ("cosine", [1, 2], refusals.wrong_dimension(4, 2)),
            ("euclidean", [1, 2, 3, 4, 5], refusals.wrong_dimension(4, 5)),
            ("cosine", [0, 0, 0, 0], refusals.ZERO_NORM),
            ("cosine", [0, -0.0, 1e-46, 0], refusals.ZERO_NORM),
            ("euclidean", [1, 2, 3, 1e39], refusals.NOT_FINITE),
            ("cosine", [1, 2, 3, -1e39], refusals.NOT_FINITE),
            *(
                (metric, [1, 2, 3, number], refusals.NOT_FINITE)
                for metric in ("euclidean", "cosine")
                for number in (NAN, INF, -INF)
            ),
        ],
        ids=str,
    )
    def test_is_refused(  # noqa: PLR0913, PLR0917 - a table's columns and three fixtures
        self,
        client: Client,
        make_index: MakeIndex,
        refused: Refused,
        metric: str,
        data: Any,
        reason: str,
        filled: bool,  # noqa: FBT001 - a parameter of the test
    ) -> None:
        index = make_index(dimension=4, metric=metric)
        if filled:
            client.put_vectors(**index, vectors=[vector("k", [1, 2, 3, 4])])
        answer = refused(query, client=client, index=index, data=data)
        assert answer == refusals.bad_query_vector(reason)

    def test_may_be_zero_where_distance_is_euclidean(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector("k", [0, 0])])
        assert distances(client, index, [1e-46, 0]) == {"k": 0}

    @needs(*TEXT_SEARCH)
    def test_or_texts_must_be_given(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        assert refused(client.query_vectors, **index, topK=1) == refusals.NOTHING_ASKED


@needs(*MODES)
class TestMode:
    @pytest.fixture
    def classic(self, s3vectors_client: Client, set_clock: SetClock) -> dict[str, str]:
        """A CLASSIC index with a vector in it."""
        set_clock(CLASSIC_UNTIL)
        return self.index_of_today(s3vectors_client, "CLASSIC")

    @pytest.fixture
    def enhanced(self, s3vectors_client: Client, set_clock: SetClock) -> dict[str, str]:
        """The same, ENHANCED."""
        set_clock(ENHANCED_SINCE)
        return self.index_of_today(s3vectors_client, "ENHANCED")

    @staticmethod
    def index_of_today(client: Client, mode: str) -> dict[str, str]:
        client.create_vector_bucket(**BUCKET)
        client.create_index(**INDEX, **SETTINGS)
        assert mode_of(client) == mode
        client.put_vectors(**INDEX, vectors=[vector("k", name="kay")])
        return INDEX

    def test_classic_is_not_for_enhanced_indexes(
        self, s3vectors_client: Client, enhanced: dict[str, str], refused: Refused
    ) -> None:
        answer = refused(query, client=s3vectors_client, index=enhanced, queryMode="CLASSIC")
        assert answer == refusals.NO_CLASSIC_QUERY
        assert keys_of(query(s3vectors_client, enhanced, queryMode="ENHANCED")) == ["k"]

    def test_of_classic_indexes_is_free(self, s3vectors_client: Client, classic: dict[str, str]) -> None:
        for mode in ("CLASSIC", "ENHANCED"):
            assert keys_of(query(s3vectors_client, classic, queryMode=mode)) == ["k"]

    def test_is_the_indexs_by_default(self, s3vectors_client: Client, enhanced: dict[str, str]) -> None:
        assert keys_of(query(s3vectors_client, enhanced, filter={"name": {"$startsWith": "k"}})) == ["k"]

    def test_enhanced_on_a_classic_index_is_for_that_query(
        self, s3vectors_client: Client, classic: dict[str, str], refused: Refused
    ) -> None:
        starts = {"name": {"$startsWith": "k"}}
        found = query(s3vectors_client, classic, queryMode="ENHANCED", filter=starts)
        assert keys_of(found) == ["k"]
        assert (
            refused(query, client=s3vectors_client, index=classic, filter=starts) == refusals.INVALID_FILTER
        )
        settings = {"queryMode": "CLASSIC", "filter": starts}
        assert refused(query, client=s3vectors_client, index=classic, **settings) == refusals.INVALID_FILTER
        assert mode_of(s3vectors_client) == "CLASSIC"

    def test_counts_constraints_only_when_enhanced(
        self, s3vectors_client: Client, classic: dict[str, str], refused: Refused
    ) -> None:
        many = {"name": {"$in": ["kay", *range(100)]}}
        assert keys_of(query(s3vectors_client, classic, filter=many)) == ["k"]
        assert keys_of(query(s3vectors_client, classic, filter=many, queryMode="CLASSIC")) == ["k"]
        settings = {"queryMode": "ENHANCED", "filter": many}
        answer = refused(query, client=s3vectors_client, index=classic, **settings)
        assert answer == refusals.TOO_MANY_CONSTRAINTS
