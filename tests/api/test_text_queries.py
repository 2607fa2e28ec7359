"""QueryVectors with texts alone: what is found, how it is scored and ranked, and what is returned."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.helpers import answer_of, keys_of, vector
from tests.support.refusals import FILTERABLE_TOO_LARGE, NON_FILTERABLE, bad_record
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_oracle import float32
from tests.support.text_search import query_texts, searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = [needs(*TEXT_SEARCH), pytest.mark.s3vectors(default_index_mode="ENHANCED")]


def request(texts: dict[str, str], **settings: Any) -> dict[str, Any]:
    return {"queryTexts": query_texts(*texts.items()), "topK": 10, **settings}


def search(client: Client, index: dict[str, str], texts: dict[str, str], **settings: Any) -> Any:
    return client.query_vectors(**index, **request(texts, **settings))["vectors"]


def keys(client: Client, index: dict[str, str], text: str, key: str = "plot", **settings: Any) -> list[str]:
    return keys_of(search(client, index, {key: text}, **settings))


def scores(client: Client, index: dict[str, str], text: str, key: str = "plot", **settings: Any) -> Any:
    """(key, score), best first, for a query on one metadata key."""
    hits = search(client, index, {key: text}, returnScores=True, **settings)
    assert all([entry["metadataKey"] for entry in hit["scores"]["bm25Scores"]] == [key] for hit in hits)
    return [(hit["key"], hit["scores"]["bm25Scores"][0]["score"]) for hit in hits]


def of(**values: float) -> Any:
    """The same, expected."""
    return [(key, float32(value)) for key, value in values.items()]


@pytest.fixture
def index(make_index: MakeIndex) -> dict[str, str]:
    """An empty index whose keys `plot` and `title` can be searched."""
    return make_index(metadataConfiguration=searchable("plot", "title"))


@pytest.fixture
def boats(client: Client, index: dict[str, str]) -> dict[str, str]:
    """Three texts of 8 words: k1 * (1 - b + b * length / average) is 0.975, 1.65 and 0.975."""
    records = [
        vector("a", plot="red boat"),
        vector("b", plot="Red, red boat: sea!"),
        vector("c", plot="blue sea"),
        vector("d", title="red"),
        vector("e", plot=""),
        vector("f", plot="... -- !"),
        vector("g"),
    ]
    client.put_vectors(**index, vectors=records)
    return index


TWO_OF_THREE = log(1 + 1.5 / 2.5)
ONE_OF_THREE = log(1 + 2.5 / 1.5)


class TestScores:
    def test_of_a_term(self, client: Client, boats: dict[str, str]) -> None:
        expected = of(b=TWO_OF_THREE * 4.4 / 3.65, a=TWO_OF_THREE * 2.2 / 1.975)
        assert scores(client, boats, "red") == expected
        assert scores(client, boats, "«RED»?") == expected
        assert scores(client, boats, "blue") == of(c=ONE_OF_THREE * 2.2 / 1.975)

    def test_of_several_terms_are_added_up(self, client: Client, boats: dict[str, str]) -> None:
        both = TWO_OF_THREE * 4.4 / 3.65 + TWO_OF_THREE * 2.2 / 2.65
        one = TWO_OF_THREE * 2.2 / 1.975
        assert scores(client, boats, "sea red") == of(b=both, a=one, c=one)
        assert scores(client, boats, "blue sea submarine") == of(
            c=ONE_OF_THREE * 2.2 / 1.975 + one, b=TWO_OF_THREE * 2.2 / 2.65
        )

    def test_count_a_term_of_the_query_once(self, client: Client, boats: dict[str, str]) -> None:
        assert scores(client, boats, "red Red RED red") == scores(client, boats, "red")

    def test_of_terms_that_no_record_has_are_none(self, client: Client, boats: dict[str, str]) -> None:
        for text in ("green", "re", "reds", "bluesea", "!?", " "):
            assert scores(client, boats, text) == []

    def test_of_a_term_that_all_have_are_above_zero(self, client: Client, index: dict[str, str]) -> None:
        client.put_vectors(**index, vectors=[vector(key, plot=f"{key} boat") for key in "cba"])
        weight = log(1 + 0.5 / 3.5)
        assert scores(client, index, "boat") == of(a=weight, b=weight, c=weight)

    def test_are_of_one_metadata_key(self, client: Client, boats: dict[str, str]) -> None:
        assert scores(client, boats, "red", "title") == of(d=log(1 + 0.5 / 1.5))
        client.put_vectors(**boats, vectors=[vector("h", title="boat")])
        assert scores(client, boats, "red", "title") == of(d=log(2))
        assert scores(client, boats, "blue") == of(c=ONE_OF_THREE * 2.2 / 1.975)

    def test_that_are_equal_go_by_key(self, client: Client, index: dict[str, str]) -> None:
        names = [f"{number}" for number in range(30)]
        client.put_vectors(**index, vectors=[vector(key, plot="a red boat") for key in names[::-1]])
        client.put_vectors(**index, vectors=[vector("zz", plot="red red boat")])
        assert keys(client, index, "red", topK=100) == ["zz", *sorted(names)]
        assert keys(client, index, "red", topK=12) == ["zz", *sorted(names)[:11]]

    @pytest.mark.parametrize(
        "value", [42, 1.5, True, ["red", "boat"], [42]], ids=["whole", "float", "boolean", "texts", "numbers"]
    )
    def test_leave_out_what_is_no_text(self, client: Client, boats: dict[str, str], value: Any) -> None:
        before = scores(client, boats, "red sea")
        client.put_vectors(**boats, vectors=[vector("no text", plot=value)])
        assert scores(client, boats, "red sea") == before
        for text in ("42", "1.5", "true True", "red boat"):
            assert "no text" not in keys(client, boats, text)


class TestSeveralTexts:
    @pytest.fixture
    def found(self, client: Client, index: dict[str, str]) -> Any:
        """Asks for (key, scores by metadata key); all texts have two words, so that a term weighs its idf."""
        records = [
            vector("both", plot="red boat", title="red sea"),
            vector("plot", plot="red sea", title="blue sky"),
            vector("none", plot="blue sea", title="blue sky"),
            vector("title", title="red sky"),
            vector("twice", title="red boat"),
        ]
        client.put_vectors(**index, vectors=records)

        def ask(texts: dict[str, str], **settings: Any) -> Any:
            hits = search(client, index, texts, returnScores=True, **settings)
            return [
                (hit["key"], [tuple(entry.values()) for entry in hit["scores"]["bm25Scores"]]) for hit in hits
            ]

        return ask

    def test_are_ranked_by_the_sum_of_their_scores(self, found: Any) -> None:
        plot, title = float32(log(1 + 1.5 / 2.5)), float32(log(1 + 2.5 / 3.5))
        boat = float32(log(1 + 4.5 / 1.5))
        assert title > plot
        assert found({"plot": "red", "title": "red"}) == [
            ("both", [("plot", plot), ("title", title)]),
            ("title", [("title", title)]),
            ("twice", [("title", title)]),
            ("plot", [("plot", plot)]),
        ]
        # More than `both` has in sum.
        assert found({"title": "boat", "plot": "red"}, topK=2) == [
            ("twice", [("title", boat)]),
            ("both", [("plot", plot)]),
        ]

    def test_show_their_scores_in_the_order_of_the_request(self, found: Any) -> None:
        for order in (("plot", "title"), ("title", "plot")):
            [hit, *_] = found(dict.fromkeys(order, "red"))
            assert [name for name, _ in hit[1]] == [*order]

    def test_may_find_nothing(self, found: Any) -> None:
        assert found({"plot": "green", "title": "boats"}) == []
        assert found({"plot": "green", "title": "boat"}) == found({"title": "boat"})

    def test_may_be_ten(self, client: Client, make_index: MakeIndex) -> None:
        names = [f"key {number}" for number in range(10)]
        index = make_index("ten", metadataConfiguration=searchable(*names))
        client.put_vectors(**index, vectors=[vector(name, **{name: "red"}) for name in names])
        texts = dict.fromkeys(names, "red")
        assert keys_of(search(client, index, texts)) == names
        client.put_vectors(**index, vectors=[vector("all", **texts)])
        weight = float32(log(1 + 0.5 / 2.5))
        assert search(client, index, texts, topK=1, returnScores=True) == [
            {
                "key": "all",
                "scores": {"bm25Scores": [{"metadataKey": name, "score": weight} for name in names]},
            }
        ]


class TestFilter:
    def test_restricts_before_ranking_and_leaves_scores_alone(
        self, client: Client, boats: dict[str, str]
    ) -> None:
        one = of(a=TWO_OF_THREE * 2.2 / 1.975)
        assert scores(client, boats, "red", topK=1, filter={"plot": "red boat"}) == one
        client.put_vectors(**boats, vectors=[vector("b", plot="Red, red boat: sea!", n=2), vector("d", n=2)])
        assert scores(client, boats, "red", filter={"n": {"$exists": False}}) == one
        assert scores(client, boats, "red", topK=1, filter={"n": 2}) == of(b=TWO_OF_THREE * 4.4 / 3.65)
        assert scores(client, boats, "red", filter={"n": 1}) == []

    def test_must_not_name_a_key_that_is_searchable_only(
        self, client: Client, make_index: MakeIndex, refused: Refused
    ) -> None:
        index = make_index(
            metadataConfiguration={"nonFilterableMetadataKeys": ["plot"], **searchable("plot", "title")}
        )
        client.put_vectors(**index, vectors=[vector("a", plot="red boat", title="red")])
        assert keys(client, index, "boat") == ["a"]
        assert keys(client, index, "red", "title", filter={"title": "red"}) == ["a"]
        answer = refused(search, client=client, index=index, texts={"plot": "boat"}, filter={"plot": "red"})
        assert answer == NON_FILTERABLE


class TestSizeOfTexts:
    def test_counts_unless_the_key_is_non_filterable(
        self, client: Client, make_index: MakeIndex, refused: Refused
    ) -> None:
        index = make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["p"], **searchable("p", "t")})
        # 4 bytes, 8 for the entry, 1 for its key, and the text.
        client.put_vectors(**index, vectors=[vector("a", p="boat " * 7000, t="boat " * 407)])
        assert [keys(client, index, "boat", name) for name in "pt"] == [["a"], ["a"]]
        answer = refused(client.put_vectors, **index, vectors=[vector("b", t="boat " * 407 + "b")])
        assert answer == bad_record("b", "vectors[0].metadata", FILTERABLE_TOO_LARGE)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("distance", [False, True])
@pytest.mark.parametrize("metadata", [False, True])
@pytest.mark.parametrize("wanted", [False, True])
def test_what_is_returned(  # noqa: PLR0913, PLR0917 - a table's columns and two fixtures
    client: Client,
    make_index: MakeIndex,
    metric: str,
    distance: bool,  # noqa: FBT001 - a parameter of the test
    metadata: bool,  # noqa: FBT001
    wanted: bool,  # noqa: FBT001
) -> None:
    index = make_index(metric=metric, metadataConfiguration=searchable("plot"))
    client.put_vectors(**index, vectors=[vector("k", plot="red boat", n=1)])
    shown = {"returnDistance": distance, "returnMetadata": metadata, "returnScores": wanted}
    answer = answer_of(client.query_vectors, **index, **request({"plot": "red"}, **shown))
    expected: dict[str, Any] = {"key": "k"}
    if metadata:
        expected["metadata"] = {"plot": "red boat", "n": 1}
    if wanted:
        expected["scores"] = {"bm25Scores": [{"metadataKey": "plot", "score": float32(log(1 + 0.5 / 1.5))}]}
    # A search by text has no distance, whoever asks for it.
    assert answer == {"vectors": [expected], "distanceMetric": metric}


@pytest.mark.parametrize(
    "engine", ["flat", pytest.param("hnsw", marks=pytest.mark.s3vectors(search_engine="hnsw"))]
)
def test_every_write_shows_at_once(client: Client, index: dict[str, str], engine: str) -> None:
    del engine
    assert keys(client, index, "boat") == []
    client.put_vectors(**index, vectors=[vector("a", plot="red boat"), vector("b", plot="red sea")])
    assert scores(client, index, "boat") == of(a=log(2))
    # Overwritten with another text, and with one more.
    client.put_vectors(**index, vectors=[vector("a", plot="blue sky"), vector("c", plot="blue boat")])
    assert scores(client, index, "boat red") == of(b=log(1 + 2.5 / 1.5), c=log(1 + 2.5 / 1.5))
    # Without a text, without metadata, and with something else.
    client.put_vectors(**index, vectors=[vector("a", n=1), vector("b")])
    assert scores(client, index, "boat red blue") == of(c=2 * log(1 + 0.5 / 1.5))
    client.put_vectors(**index, vectors=[vector("c", plot=["blue boat"])])
    assert keys(client, index, "boat red blue") == []
    client.put_vectors(**index, vectors=[vector(key, plot="red boat") for key in "dab"])
    assert scores(client, index, "boat") == of(**dict.fromkeys("abd", log(1 + 0.5 / 3.5)))
    # Deleted: the first, the last, and all.
    client.delete_vectors(**index, keys=["a", "x"])
    assert scores(client, index, "boat") == of(**dict.fromkeys("bd", log(1 + 0.5 / 2.5)))
    client.put_vectors(**index, vectors=[vector("e", plot="blue sea")])
    assert scores(client, index, "boat") == of(**dict.fromkeys("bd", log(1.6)))
    client.delete_vectors(**index, keys=["e"])
    client.delete_vectors(**index, keys=["d"])
    assert scores(client, index, "boat") == of(b=log(1 + 0.5 / 1.5))
    client.delete_vectors(**index, keys=["b", "c"])
    assert keys(client, index, "boat") == []
    client.put_vectors(**index, vectors=[vector("a", plot="a boat")])
    assert scores(client, index, "boat") == of(a=log(1 + 0.5 / 1.5))


def test_records_that_are_overwritten_often_count_once(client: Client, index: dict[str, str]) -> None:
    for word in ("red", "blue", "green", "grey", "red"):
        client.put_vectors(**index, vectors=[vector(f"{n:03}", plot=f"{word} boat") for n in range(500)])
        weight = float32(log(1 + 0.5 / 500.5))
        assert scores(client, index, word, topK=2) == [("000", weight), ("001", weight)]
    assert [keys(client, index, word) for word in ("blue", "green", "grey")] == [[], [], []]


def test_a_text_of_marks_without_end_is_found_by_the_same_marks(
    client: Client, make_index: MakeIndex
) -> None:
    marks = {"metadataConfiguration": {"nonFilterableMetadataKeys": ["plot"], **searchable("plot")}}
    index = make_index(**marks)
    word = "x" + "\u0345\u0301\u0327" * 341
    records = [vector("same", plot=word), vector("longer", plot=word + "\u0345\u0301\u0327" * 6000)]
    client.put_vectors(**index, vectors=records)
    assert keys(client, index, word) == ["same"]
