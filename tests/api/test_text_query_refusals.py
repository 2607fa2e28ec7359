"""QueryVectors with texts: what is refused and with which words, and what is not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ParamValidationError

from tests.support import refusals
from tests.support.constraints import null, out_of_range, wrong_length
from tests.support.helpers import vector
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_search import query_texts, searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = [needs(*TEXT_SEARCH), pytest.mark.s3vectors(default_index_mode="ENHANCED")]

CLASSIC = pytest.mark.s3vectors(default_index_mode="CLASSIC")
VECTOR = {"queryVector": {"float32": [1, 0]}}
# A search by text and a hybrid one are refused alike, and so they are while the index is empty.
KINDS = pytest.mark.parametrize("more", [{}, VECTOR], ids=["text", "hybrid"])
FILLED = pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])


@pytest.fixture
def index(make_index: MakeIndex) -> dict[str, str]:
    """An empty index whose keys `plot` and `title` can be searched."""
    return make_index(metric="cosine", metadataConfiguration=searchable("plot", "title"))


@pytest.fixture
def refusal(client: Client, index: dict[str, str], refused: Refused, filled: bool) -> Any:  # noqa: FBT001
    """Queries the index, empty or filled, and returns the refusal."""
    if filled:
        client.put_vectors(**index, vectors=[vector("k", plot="red", title="red", sky="red")])

    def ask(**request: Any) -> tuple[str, str, Any]:
        return refused(client.query_vectors, **index, **{"topK": 1, **request})

    return ask


@FILLED
class TestRefused:
    def test_neither_vector_nor_texts(self, refusal: Any) -> None:
        expected = refusals.NOTHING_ASKED
        assert refusal() == expected
        assert refusal(filter={"n": 1}, queryMode="ENHANCED", returnScores=True) == expected

    def test_a_bad_filter_is_named_before_a_missing_vector_and_missing_texts(self, refusal: Any) -> None:
        assert refusal(filter={}) == refusals.INVALID_FILTER

    @KINDS
    @pytest.mark.parametrize("key", ["sky", "Plot", "plot ", "$plot"])
    def test_a_key_that_is_not_searchable(self, refusal: Any, key: str, more: Any) -> None:
        expected = refusals.not_searchable(key)
        assert refusal(queryTexts=query_texts((key, "red")), **more) == expected
        assert refusal(queryTexts=query_texts(("plot", "red"), (key, "red")), **more) == expected

    @KINDS
    def test_a_key_twice(self, refusal: Any, more: Any) -> None:
        expected = refusals.invalid("queryTexts must not contain duplicate metadata keys")
        assert refusal(queryTexts=query_texts(("plot", "red"), ("plot", "sea")), **more) == expected
        entries = query_texts(("plot", "red"), ("title", "red"), ("plot", "red"))
        assert refusal(queryTexts=entries, **more) == expected

    @KINDS
    def test_classic_mode(self, refusal: Any, more: Any) -> None:
        expected = refusals.NO_CLASSIC_QUERY
        assert refusal(queryTexts=query_texts(plot="red"), queryMode="CLASSIC", **more) == expected

    @KINDS
    def test_a_bad_filter(self, refusal: Any, more: Any) -> None:
        expected = refusals.INVALID_FILTER
        assert refusal(queryTexts=query_texts(plot="red"), filter={}, **more) == expected

    @KINDS
    def test_too_many_results(self, refusal: Any, more: Any) -> None:
        expected = out_of_range("/topK", 1, 10_000).refusal
        assert refusal(queryTexts=query_texts(plot="red"), topK=10_001, **more) == expected

    @KINDS
    def test_a_token_of_nobody(self, refusal: Any, more: Any) -> None:
        assert refusal(queryTexts=query_texts(plot="red"), nextToken="x", **more) == refusals.BAD_TOKEN

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ([1], refusals.wrong_dimension(2, 1)),
            ([], refusals.wrong_dimension(2, 0)),
            ([0, 0], refusals.ZERO_NORM),
            ([1, 1e39], refusals.NOT_FINITE),
        ],
        ids=["short", "empty", "zero", "infinite"],
    )
    def test_a_bad_vector_with_good_texts(self, refusal: Any, data: Any, reason: str) -> None:
        assert refusal(
            queryTexts=query_texts(plot="red"), queryVector={"float32": data}
        ) == refusals.bad_query_vector(reason)

    @KINDS
    def test_eleven_texts(self, refusal: Any, more: Any) -> None:
        entries = query_texts(*((f"key {number}", "red") for number in range(11)))
        assert refusal(queryTexts=entries, **more) == wrong_length("/queryTexts", 11, 1, 10).refusal

    @KINDS
    @pytest.mark.parametrize("character", ["x", "ж", "京", "\N{ROCKET}", " "])
    def test_long_texts(self, refusal: Any, character: str, more: Any) -> None:
        expected = wrong_length("/queryTexts/1/text", 1025, 1, 1024).refusal
        entries = query_texts(plot="red", title=character * 1025)
        assert refusal(queryTexts=entries, **more) == expected

    @pytest.mark.parametrize("character", ["k", "ж", "\N{ROCKET}"])
    def test_long_keys(self, refusal: Any, character: str) -> None:
        expected = wrong_length("/queryTexts/0/metadataKey", 64, 1, 63).refusal
        assert refusal(queryTexts=query_texts((character * 64, "red"))) == expected

    def test_everything_at_once(self, refusal: Any) -> None:
        entries = query_texts(("k" * 64, "x" * 1025), ("plot", "red"), ("plot", "x" * 2000))
        assert (
            refusal(queryTexts=entries, filter={}, queryMode="CLASSIC")
            == wrong_length("/queryTexts/0/text", 1025, 1, 1024).refusal
        )


@pytest.mark.parametrize(
    ("entries", "expected", "of_botocore"),
    [
        ([], wrong_length("/queryTexts", 0, 1, 10).refusal, "queryTexts, value: 0, valid min length: 1"),
        (query_texts(plot=""), wrong_length("/queryTexts/0/text", 0, 1, 1024).refusal, "text, value: 0"),
        (
            query_texts(("", "red")),
            wrong_length("/queryTexts/0/metadataKey", 0, 1, 63).refusal,
            "metadataKey, value",
        ),
        ([{"metadataKey": "plot"}], null("/queryTexts/0/text").refusal, 'queryTexts[0]: "text"'),
        ([{"text": "red"}], null("/queryTexts/0/metadataKey").refusal, 'queryTexts[0]: "metadataKey"'),
        (
            [*query_texts(plot="red"), {}],
            null("/queryTexts/1/text").refusal,
            'queryTexts[1]: "text"',
        ),
        ([{"metadataKey": "plot", "text": 1}], refusals.NOT_DESERIALIZABLE, "queryTexts[0].text"),
        ([{"metadataKey": ["plot"], "text": "red"}], refusals.NOT_DESERIALIZABLE, "metadataKey"),
    ],
    ids=["no texts", "empty text", "empty key", "no text", "no key", "nothing", "number", "list"],
)
def test_what_botocore_refuses_is_refused_without_it(  # noqa: PLR0913, PLR0917 - a table's columns
    client: Client,
    unchecked_client: Client,
    index: dict[str, str],
    refused: Refused,
    entries: Any,
    expected: Any,
    of_botocore: str,
) -> None:
    with pytest.raises(ParamValidationError) as refusal:
        client.query_vectors(**index, topK=1, queryTexts=entries)
    assert of_botocore in str(refusal.value)
    code, message, fields = refused(unchecked_client.query_vectors, **index, topK=1, queryTexts=entries)
    assert (code, message or "", fields) == expected


class TestClassicIndex:
    @pytest.fixture
    def classic(self, make_index: MakeIndex) -> dict[str, str]:
        """An index without any configuration, in an old bucket."""
        return make_index()

    @CLASSIC
    @KINDS
    @FILLED
    @pytest.mark.parametrize("mode", [{}, {"queryMode": "CLASSIC"}, {"queryMode": "ENHANCED"}], ids=str)
    def test_has_no_text_search(  # noqa: PLR0913, PLR0917 - a table's columns and three fixtures
        self,
        client: Client,
        classic: dict[str, str],
        refused: Refused,
        more: Any,
        filled: bool,  # noqa: FBT001 - a parameter of the test
        mode: Any,
    ) -> None:
        if filled:
            client.put_vectors(**classic, vectors=[vector("k", plot="red")])
        expected = refusals.NO_TEXTS_WHEN_CLASSIC
        for entries in (query_texts(plot="red"), query_texts(("plot", "red"), ("plot", "red"))):
            request = {**classic, "topK": 1, "queryTexts": entries, **more, **mode}
            assert refused(client.query_vectors, **request) == expected

    @CLASSIC
    def test_is_searched_while_it_is_enhanced(
        self, client: Client, classic: dict[str, str], refused: Refused
    ) -> None:
        client.put_vectors(**classic, vectors=[vector("k", plot="red")])
        request = {**classic, "topK": 1, "queryTexts": query_texts(plot="red")}
        client.update_index_mode(**classic, indexMode="ENHANCED")
        expected = refusals.invalid("Metadata key 'plot' is not configured for text search")
        assert refused(client.query_vectors, **request) == expected
        client.update_metadata_configuration(**classic, add=searchable("plot"))
        assert client.query_vectors(**request)["vectors"] == [{"key": "k"}]
        client.update_index_mode(**classic, indexMode="CLASSIC")
        expected = refusals.NO_TEXTS_WHEN_CLASSIC
        assert refused(client.query_vectors, **request) == expected
        client.update_index_mode(**classic, indexMode="ENHANCED")
        assert client.query_vectors(**request)["vectors"] == [{"key": "k"}]


@pytest.mark.s3vectors(text_build_seconds=60)
@KINDS
def test_a_key_is_refused_while_it_is_building(
    client: Client, index: dict[str, str], refused: Refused, monkeypatch: pytest.MonkeyPatch, more: Any
) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    client.put_vectors(**index, vectors=[vector("k", sky="red", plot="red")])
    client.update_metadata_configuration(**index, add=searchable("sky"))
    request = {**index, "topK": 1, **more}
    expected = refusals.invalid("Text search on metadata key 'sky' is still building")
    for entries in (query_texts(sky="red"), query_texts(plot="red", sky="red")):
        assert refused(client.query_vectors, **request, queryTexts=entries) == expected
    assert client.query_vectors(**request, queryTexts=query_texts(plot="red"))["vectors"] == [{"key": "k"}]
    now += 59.5
    assert refused(client.query_vectors, **request, queryTexts=query_texts(sky="red")) == expected
    now += 0.5
    assert client.query_vectors(**request, queryTexts=query_texts(sky="red"))["vectors"] == [{"key": "k"}]


SCRIPTS = ["x", "ж", "ñ", "京", "ひ", "ﾒ", "한", "א", "ع", "ก", "\N{ROCKET}", "\U00020000", "'", " ", "\x00"]


class TestFine:
    @KINDS
    @pytest.mark.parametrize("language", ["en", "fr", "es", "pt", "it", "de", "nl", "zh", "ja", "ko", None])
    def test_texts_of_1024_characters(
        self, client: Client, make_index: MakeIndex, language: str | None, more: Any
    ) -> None:
        index = make_index(metadataConfiguration=searchable(f"plot:{language or ''}"))
        client.put_vectors(**index, vectors=[vector("k", plot="red"), vector("l", plot="sea")])
        for character in SCRIPTS:
            for text in (character * 1024, "red " + character * 1020):
                response = client.query_vectors(**index, topK=1, queryTexts=query_texts(plot=text), **more)
                expected = [{"key": "k"}] if more or text.startswith("red") else []
                assert response["vectors"] == expected, character

    @pytest.mark.parametrize(
        "key",
        ["$eq", "$and", "a.b", "\N{ROCKET}", " ", "k" * 63, "\N{ROCKET}" * 63, "ключ", "'", "\x00", "/0"],
    )
    def test_odd_keys(self, client: Client, make_index: MakeIndex, refused: Refused, key: str) -> None:
        index = make_index("odd", metadataConfiguration=searchable(key))
        client.put_vectors(**index, vectors=[{**vector("k"), "metadata": {key: "red"}}, vector("l", a="red")])
        request = {**index, "topK": 9, "queryTexts": query_texts((key, "red"))}
        [hit] = client.query_vectors(**request, returnScores=True)["vectors"]
        assert (hit["key"], hit["scores"]["bm25Scores"][0]["metadataKey"]) == ("k", key)
        request["queryTexts"] = query_texts(("other", "red"))
        expected = refusals.not_searchable("other")
        assert refused(client.query_vectors, **request) == expected

    def test_ten_texts_of_the_longest(self, client: Client, make_index: MakeIndex) -> None:
        names = [f"{number}" * 63 for number in range(10)]
        index = make_index(metadataConfiguration=searchable(*names))
        client.put_vectors(**index, vectors=[vector("k", **{names[9]: "red"})])
        entries = query_texts(*((name, "red " * 256) for name in names))
        assert client.query_vectors(**index, topK=1, queryTexts=entries)["vectors"] == [{"key": "k"}]
