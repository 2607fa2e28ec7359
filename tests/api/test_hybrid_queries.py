"""QueryVectors with a vector and texts: rankings that are fused, and hits that are in only some of them."""

from __future__ import annotations

from itertools import permutations, product
from math import log
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.helpers import keys_of, pages_of, vector
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_oracle import float32
from tests.support.text_search import query_texts, searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex

pytestmark = [needs(*TEXT_SEARCH), pytest.mark.s3vectors(default_index_mode="ENHANCED")]

INF = float("inf")
ENGINES = pytest.mark.parametrize(
    "engine", ["flat", pytest.param("hnsw", marks=pytest.mark.s3vectors(search_engine="hnsw"))]
)


def search(
    client: Client, index: dict[str, str], data: Any, texts: dict[str, str], **settings: Any
) -> list[Any]:
    entries = query_texts(*texts.items())
    request = {"queryVector": {"float32": list(data)}, "queryTexts": entries, "topK": 10, **settings}
    hits: list[Any] = client.query_vectors(**index, **request)["vectors"]
    return hits


def scored(client: Client, index: dict[str, str], data: Any, texts: dict[str, str], **settings: Any) -> Any:
    """The hits with all scores and distances, but without the words that name them."""
    hits = search(client, index, data, texts, returnScores=True, returnDistance=True, **settings)
    described = []
    for hit in hits:
        scores = hit["scores"]
        assert ("distance" in hit) == ("vectorDistance" in scores)
        assert hit.get("distance") == scores.get("vectorDistance")
        assert set(scores) <= {"fused", "bm25Scores", "vectorDistance"}
        of_texts = [(entry["metadataKey"], entry["score"]) for entry in scores["bm25Scores"]]
        described.append((hit["key"], scores["fused"], of_texts, scores.get("vectorDistance")))
    return described


def fused(*ranks: int) -> float:
    return float32(sum(1 / (60 + rank) for rank in ranks))


@pytest.fixture
def index(make_index: MakeIndex) -> dict[str, str]:
    """An empty index whose keys `plot` and `title` can be searched."""
    return make_index(metadataConfiguration=searchable("plot", "title"))


@pytest.fixture
def boats(client: Client, index: dict[str, str]) -> dict[str, str]:
    """Plots of two words each; from a to d, they are farther and farther from the origin."""
    records = [
        vector("a", [0, 0], plot="blue sea"),
        vector("b", [1, 0], plot="red sea"),
        vector("c", [2, 0], title="red"),
        vector("d", [3, 0], plot="red red"),
    ]
    client.put_vectors(**index, vectors=records)
    return index


# Of the three plots, two have the term, and d has it twice: 2 * 2.2 / (2 + 1.2).
RED_ONCE, RED_TWICE = float32(log(1.6)), float32(log(1.6) * 1.375)
RED_TITLE = float32(log(1 + 0.5 / 1.5))


class TestFusion:
    @ENGINES
    def test_adds_what_each_rank_is_worth(self, client: Client, boats: dict[str, str], engine: str) -> None:
        del engine
        assert scored(client, boats, [0, 0], {"plot": "red"}) == [
            ("b", fused(2, 2), [("plot", RED_ONCE)], 1),
            ("d", fused(4, 1), [("plot", RED_TWICE)], 9),
            ("a", fused(1), [], 0),
            ("c", fused(3), [], 4),
        ]

    def test_has_a_ranking_for_each_text(self, client: Client, boats: dict[str, str]) -> None:
        client.put_vectors(**boats, vectors=[vector("d", [3, 0], plot="red red", title="blue")])
        title = float32(log(2))
        assert scored(client, boats, [0, 0], {"title": "red", "plot": "red"}) == [
            ("c", fused(3, 1), [("title", title)], 4),
            ("b", fused(2, 2), [("plot", RED_ONCE)], 1),
            ("d", fused(4, 1), [("plot", RED_TWICE)], 9),
            ("a", fused(1), [], 0),
        ]
        assert scored(client, boats, [0, 0], {"plot": "red", "title": "blue"})[0] == (
            "d",
            fused(4, 1, 1),
            [("plot", RED_TWICE), ("title", title)],
            9,
        )

    def test_of_no_matching_text_is_the_vector_ranking(self, client: Client, boats: dict[str, str]) -> None:
        for texts in ({"plot": "green"}, {"title": "sea"}, {"plot": "!", "title": "..."}):
            assert scored(client, boats, [9, 0], texts) == [
                ("d", fused(1), [], 36),
                ("c", fused(2), [], 49),
                ("b", fused(3), [], 64),
                ("a", fused(4), [], 81),
            ]

    def test_of_cosine_distances(self, client: Client, make_index: MakeIndex) -> None:
        index = make_index(metric="cosine", metadataConfiguration=searchable("plot", "title"))
        records = [vector("a", [1, 0], plot="sea"), vector("b", [0, 2], plot="red"), vector("c", [-3, 0])]
        client.put_vectors(**index, vectors=records)
        assert scored(client, index, [5, 0], {"plot": "red"}) == [
            ("b", fused(2, 1), [("plot", float32(log(2)))], 1),
            ("a", fused(1), [], 0),
            ("c", fused(3), [], 2),
        ]

    def test_of_an_empty_index_is_empty(self, client: Client, index: dict[str, str]) -> None:
        assert search(client, index, [0, 0], {"plot": "red"}) == []

    def test_goes_by_key_where_scores_are_equal(self, client: Client, index: dict[str, str]) -> None:
        # Ranks by distance, plot and title; the longer a text, the higher the number. Added up in this
        # order, the last bits of 1/61 + 1/67 + 1/62 differ from those of 1/62 + 1/61 + 1/67.
        ranks = {"x": (1, 7, 2), "z": (2, 1, 7), "a": (3, 2, 1)}
        ranks |= {f"{n}": (n, n - 1, n - 1) for n in (4, 5, 6, 7)}
        assert 1 / 61 + 1 / 67 + 1 / 62 < 1 / 62 + 1 / 61 + 1 / 67
        records = [
            vector(key, [near, 0], plot="red" + " sea" * plot, title="red" + " sea" * title)
            for key, (near, plot, title) in ranks.items()
        ]
        client.put_vectors(**index, vectors=records)
        for order in (("plot", "title"), ("title", "plot")):
            found = scored(client, index, [0, 0], dict.fromkeys(order, "red"), topK=3)
            assert [hit[:2] for hit in found] == [
                ("a", fused(1, 2, 3)),
                ("x", fused(1, 2, 7)),
                ("z", fused(1, 2, 7)),
            ]
        # Likewise within a ranking.
        client.put_vectors(**index, vectors=[vector(key, plot="red", title="red") for key in "zxy"])
        client.delete_vectors(**index, keys=[*"a4567"])
        found = scored(client, index, [0, 0], {"title": "red"})
        assert [hit[:2] for hit in found] == [(key, fused(n, n)) for n, key in enumerate("xyz", 1)]

    def test_goes_by_key_where_equal_sums_round_apart(self, client: Client, index: dict[str, str]) -> None:
        # Added up in some of these orders, 1/77 + 1/82 + 1/137 is rounded up, in others down.
        for x, z in product(permutations((17, 22, 77)), repeat=2):
            if any(a == b for a, b in zip(x, z, strict=True)):
                continue
            orders = []
            for of_x, of_z in zip(x, z, strict=True):
                order = [f"{n:02}" for n in range(78)]
                for rank, key in sorted([(of_x, "x"), (of_z, "z")]):
                    order.insert(rank - 1, key)
                orders.append({key: rank for rank, key in enumerate(order, 1)})
            records = [
                vector(
                    key,
                    [orders[0][key], 0],
                    plot="red" + " sea" * orders[1][key],
                    title="red" + " sea" * orders[2][key],
                )
                for key in orders[0]
            ]
            client.put_vectors(**index, vectors=records)
            found = scored(client, index, [0, 0], {"plot": "red", "title": "red"}, topK=80)
            both = [hit[:2] for hit in found if hit[0] in "xz"]
            assert both == [("x", fused(17, 22, 77)), ("z", fused(17, 22, 77))], (x, z)

    @pytest.mark.parametrize("top_k", [1, 2, 3, 4, 5])
    def test_is_cut_at_top_k_afterwards(self, client: Client, boats: dict[str, str], top_k: int) -> None:
        assert keys_of(search(client, boats, [0, 0], {"plot": "red"}, topK=top_k)) == [*"bdac"][:top_k]

    def test_sees_every_write(self, client: Client, boats: dict[str, str]) -> None:
        assert keys_of(search(client, boats, [0, 0], {"plot": "red"})) == [*"bdac"]
        client.put_vectors(**boats, vectors=[vector("b", [4, 0]), vector("a", [3, 0], plot="red red red")])
        # c, a, d, b by distance; a, d by text, of equal scores but for their lengths.
        found = scored(client, boats, [0, 0], {"plot": "red"})
        assert [hit[:2] for hit in found] == [
            ("a", fused(2, 1)),
            ("d", fused(3, 2)),
            ("c", fused(1)),
            ("b", fused(4)),
        ]
        client.delete_vectors(**boats, keys=["a", "c"])
        found = scored(client, boats, [0, 0], {"plot": "red"})
        assert [hit[:2] for hit in found] == [("d", fused(1, 1)), ("b", fused(2))]


class TestFilter:
    def test_restricts_before_ranking(self, client: Client, boats: dict[str, str]) -> None:
        # The scores of texts are those without the filter.
        assert scored(client, boats, [0, 0], {"plot": "red"}, filter={"plot": {"$ne": "red sea"}}) == [
            ("d", fused(3, 1), [("plot", RED_TWICE)], 9),
            ("a", fused(1), [], 0),
            ("c", fused(2), [], 4),
        ]
        assert scored(client, boats, [0, 0], {"title": "red"}, filter={"plot": {"$exists": False}}) == [
            ("c", fused(1, 1), [("title", RED_TITLE)], 4)
        ]
        assert search(client, boats, [0, 0], {"plot": "red"}, filter={"plot": "green"}) == []

    def test_of_far_records_begins_at_the_first_rank(self, client: Client, index: dict[str, str]) -> None:
        records = [vector(f"{n:03}", [n, 0], n=n, plot="red" + " sea" * n) for n in range(250)]
        client.put_vectors(**index, vectors=records)
        found = scored(client, index, [0, 0], {"plot": "red"}, filter={"n": {"$gte": 240}}, topK=3)
        assert [hit[:2] for hit in found] == [(f"{239 + n}", fused(n, n)) for n in (1, 2, 3)]


class TestMembers:
    @pytest.mark.parametrize(
        ("distance", "metadata", "scores"), list(product([False, True], repeat=3)), ids=str
    )
    def test_are_those_asked_for(
        self,
        client: Client,
        boats: dict[str, str],
        distance: bool,  # noqa: FBT001 - a parameter of the test
        metadata: bool,  # noqa: FBT001
        scores: bool,  # noqa: FBT001
    ) -> None:
        text = {"metadataKey": "plot", "score": RED_ONCE}
        everything: list[dict[str, Any]] = [
            {
                "key": "b",
                "distance": 1,
                "metadata": {"plot": "red sea"},
                "scores": {"fused": fused(2, 2), "bm25Scores": [text], "vectorDistance": 1},
            },
            {
                "key": "c",
                "distance": 4,
                "metadata": {"title": "red"},
                "scores": {"fused": fused(3), "bm25Scores": [], "vectorDistance": 4},
            },
        ]
        members = {"key": True, "distance": distance, "metadata": metadata, "scores": scores}
        expected = [{name: hit[name] for name, wanted in members.items() if wanted} for hit in everything]
        shown = {"returnDistance": distance, "returnMetadata": metadata, "returnScores": scores}
        found = search(client, boats, [0, 0], {"plot": "red"}, **shown)
        assert [found[0], found[3]] == expected

    def test_beyond_float32_are_infinite(self, client: Client, index: dict[str, str]) -> None:
        records = [vector("far", [3e38, 0], plot="red"), vector("near", [1, 0]), vector("here", [-3e38, 0])]
        client.put_vectors(**index, vectors=records)
        assert scored(client, index, [-3e38, 0], {"plot": "red"}) == [
            ("far", fused(3, 1), [("plot", RED_TITLE)], INF),
            ("here", fused(1), [], 0),
            ("near", fused(2), [], INF),
        ]


class TestDepth:
    """Of 150 vectors, the n-th by distance is the n-th last by its text."""

    @pytest.fixture
    def deep(self, client: Client, index: dict[str, str]) -> dict[str, str]:
        records = [
            vector(f"{n:03}", [n, 0], plot="red" + " sea" * (150 - n), side="far" if n > 100 else "near")
            for n in range(1, 151)
        ]
        client.put_vectors(**index, vectors=records)
        return index

    @pytest.mark.parametrize(
        ("top_k", "depth"),
        [(1, 100), (10, 100), (99, 100), (100, 100), (101, 101), (120, 120), (150, 150), (1000, 1000)],
    )
    def test_is_a_hundred_or_top_k(
        self, client: Client, deep: dict[str, str], top_k: int, depth: int
    ) -> None:
        request = {
            "queryVector": {"float32": [0, 0]},
            "queryTexts": [{"metadataKey": "plot", "text": "red"}],
            "topK": top_k,
            "returnDistance": True,
            "returnScores": True,
        }
        hits = [hit for page in pages_of(client.query_vectors, **deep, **request) for hit in page["vectors"]]
        ranks = {n: sorted(rank for rank in (n, 151 - n) if rank <= depth) for n in range(1, 151)}
        expected = sorted(ranks, key=lambda n: (-sum(1 / (60 + rank) for rank in ranks[n]), n))[:top_k]
        assert keys_of(hits) == [f"{n:03}" for n in expected]
        for n, hit in zip(expected, hits, strict=True):
            assert hit["scores"]["fused"] == fused(*ranks[n])
            # Whoever stands too deep in a text ranking matches nevertheless.
            assert [entry["metadataKey"] for entry in hit["scores"]["bm25Scores"]] == ["plot"]
            distances = hit.get("distance"), hit["scores"].get("vectorDistance")
            assert distances == ((n * n, n * n) if n <= depth else (None, None))

    def test_is_measured_among_what_the_filter_allows(self, client: Client, deep: dict[str, str]) -> None:
        found = scored(client, deep, [0, 0], {"plot": "red"}, filter={"side": "far"}, topK=1)
        # 101 is first by distance and last of 50 by text; 150 is the other way round.
        [(key, score, _, distance)] = found
        assert (key, score, distance) == ("101", fused(1, 50), 101 * 101)
        # Two hundred of another sort in front do not matter.
        records = [vector(f"-{n}", [0, 0], plot="red", side="other") for n in range(200)]
        client.put_vectors(**deep, vectors=records)
        found = scored(client, deep, [0, 0], {"plot": "red"}, filter={"side": "far"}, topK=1)
        assert [found[0][0], found[0][1], found[0][3]] == ["101", fused(1, 50), 101 * 101]

    def test_of_what_only_a_text_finds(self, client: Client, deep: dict[str, str]) -> None:
        client.put_vectors(**deep, vectors=[vector("only", [500, 0], title="lighthouse")])
        hits = search(
            client,
            deep,
            [0, 0],
            {"title": "lighthouse"},
            topK=2,
            returnMetadata=True,
            returnDistance=True,
            returnScores=True,
        )
        assert keys_of(hits) == ["001", "only"]
        text = {"metadataKey": "title", "score": RED_TITLE}
        assert hits[1] == {
            "key": "only",
            "metadata": {"title": "lighthouse"},
            "scores": {"fused": fused(1), "bm25Scores": [text]},
        }
