"""QueryVectors with texts: what is refused and with which words, and what is not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ParamValidationError

from tests.support.helpers import invalid, vector
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_search import searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = [needs(*TEXT_SEARCH), pytest.mark.s3vectors(default_index_mode="ENHANCED")]

CLASSIC = pytest.mark.s3vectors(default_index_mode="CLASSIC")
VECTOR = {"queryVector": {"float32": [1, 0]}}
# A search by text and a hybrid one are refused alike, and so they are while the index is empty.
KINDS = pytest.mark.parametrize("more", [{}, VECTOR], ids=["text", "hybrid"])
FILLED = pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])


def texts(*pairs: tuple[str, str], **by_key: str) -> Any:
    return [{"metadataKey": key, "text": text} for key, text in (*pairs, *by_key.items())]


def violated(violation: tuple[str, str]) -> tuple[str, str, Any]:
    """The refusal of what breaks a constraint of the model: its path and text."""
    path, text = violation
    return invalid(f"1 validation error detected. {text}", [{"path": path, "message": text}])


def bad_length(length: int, path: str, most: int) -> tuple[str, str]:
    subject = f"Value with length {length} at '{path}' failed to satisfy constraint"
    return path, f"{subject}: Member must have length between 1 and {most}, inclusive"


def null(path: str) -> tuple[str, str]:
    return path, f"Value at '{path}' failed to satisfy constraint: Member must not be null"


@pytest.fixture
def unchecked(client: Client) -> Client:
    """A client that sends whatever it is given; the mock is on, and `bucket` is there."""
    del client
    config = Config(parameter_validation=False)
    return boto3.client("s3vectors", region_name="us-east-1", config=config)


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
        expected = invalid("Must specify at least one of queryVector and queryTexts")
        assert refusal() == expected
        assert refusal(filter={"n": 1}, queryMode="ENHANCED", returnScores=True) == expected

    @KINDS
    @pytest.mark.parametrize("key", ["sky", "Plot", "plot ", "$plot"])
    def test_a_key_that_is_not_searchable(self, refusal: Any, key: str, more: Any) -> None:
        expected = invalid(f"Metadata key '{key}' is not configured for text search")
        assert refusal(queryTexts=texts((key, "red")), **more) == expected
        assert refusal(queryTexts=texts(("plot", "red"), (key, "red")), **more) == expected

    @KINDS
    def test_a_key_twice(self, refusal: Any, more: Any) -> None:
        expected = invalid("queryTexts must not contain duplicate metadata keys")
        assert refusal(queryTexts=texts(("plot", "red"), ("plot", "sea")), **more) == expected
        entries = texts(("plot", "red"), ("title", "red"), ("plot", "red"))
        assert refusal(queryTexts=entries, **more) == expected

    @KINDS
    def test_classic_mode(self, refusal: Any, more: Any) -> None:
        expected = invalid("queryMode cannot be CLASSIC when indexMode is ENHANCED")
        assert refusal(queryTexts=texts(plot="red"), queryMode="CLASSIC", **more) == expected

    @KINDS
    def test_a_bad_filter(self, refusal: Any, more: Any) -> None:
        expected = invalid("Invalid filter", [{"path": "filter", "message": "Invalid filter"}])
        assert refusal(queryTexts=texts(plot="red"), filter={}, **more) == expected

    @KINDS
    def test_too_many_results(self, refusal: Any, more: Any) -> None:
        text = "Value at '/topK' failed to satisfy constraint: Member must be between 1 and 10000, inclusive"
        assert refusal(queryTexts=texts(plot="red"), topK=10_001, **more) == violated(("/topK", text))

    @KINDS
    def test_a_token_of_nobody(self, refusal: Any, more: Any) -> None:
        assert refusal(queryTexts=texts(plot="red"), nextToken="x", **more) == invalid("Invalid page token")

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ([1], "vector must have length 2, but has length 1"),
            ([], "vector must have length 2, but has length 0"),
            ([0, 0], "cosine distance does not support vectors with zero norm"),
            ([1, 1e39], "vector contains NaNs or Infs"),
        ],
        ids=["short", "empty", "zero", "infinite"],
    )
    def test_a_bad_vector_with_good_texts(self, refusal: Any, data: Any, reason: str) -> None:
        assert refusal(queryTexts=texts(plot="red"), queryVector={"float32": data}) == invalid(
            "Query vector contains invalid values or is invalid for this index",
            [{"path": "vector", "message": f"Invalid input: {reason}"}],
        )

    @KINDS
    def test_eleven_texts(self, refusal: Any, more: Any) -> None:
        entries = texts(*((f"key {number}", "red") for number in range(11)))
        assert refusal(queryTexts=entries, **more) == violated(bad_length(11, "/queryTexts", 10))

    @KINDS
    @pytest.mark.parametrize("character", ["x", "ж", "京", "\N{ROCKET}", " "])
    def test_long_texts(self, refusal: Any, character: str, more: Any) -> None:
        expected = violated(bad_length(1025, "/queryTexts/1/text", 1024))
        entries = texts(plot="red", title=character * 1025)
        assert refusal(queryTexts=entries, **more) == expected

    @pytest.mark.parametrize("character", ["k", "ж", "\N{ROCKET}"])
    def test_long_keys(self, refusal: Any, character: str) -> None:
        expected = violated(bad_length(64, "/queryTexts/0/metadataKey", 63))
        assert refusal(queryTexts=texts((character * 64, "red"))) == expected

    def test_everything_at_once(self, refusal: Any) -> None:
        entries = texts(("k" * 64, "x" * 1025), ("plot", "red"), ("plot", "x" * 2000))
        assert refusal(queryTexts=entries, filter={}, queryMode="CLASSIC") == violated(
            bad_length(1025, "/queryTexts/0/text", 1024)
        )


@pytest.mark.parametrize(
    ("entries", "expected", "of_botocore"),
    [
        ([], violated(bad_length(0, "/queryTexts", 10)), "queryTexts, value: 0, valid min length: 1"),
        (texts(plot=""), violated(bad_length(0, "/queryTexts/0/text", 1024)), "text, value: 0"),
        (texts(("", "red")), violated(bad_length(0, "/queryTexts/0/metadataKey", 63)), "metadataKey, value"),
        ([{"metadataKey": "plot"}], violated(null("/queryTexts/0/text")), 'queryTexts[0]: "text"'),
        ([{"text": "red"}], violated(null("/queryTexts/0/metadataKey")), 'queryTexts[0]: "metadataKey"'),
        (
            [*texts(plot="red"), {}],
            violated(null("/queryTexts/1/text")),
            'queryTexts[1]: "text"',
        ),
        ([{"metadataKey": "plot", "text": 1}], ("SerializationException", "", None), "queryTexts[0].text"),
        ([{"metadataKey": ["plot"], "text": "red"}], ("SerializationException", "", None), "metadataKey"),
    ],
    ids=["no texts", "empty text", "empty key", "no text", "no key", "nothing", "number", "list"],
)
def test_what_botocore_refuses_is_refused_without_it(  # noqa: PLR0913, PLR0917 - a table's columns
    client: Client,
    unchecked: Client,
    index: dict[str, str],
    refused: Refused,
    entries: Any,
    expected: Any,
    of_botocore: str,
) -> None:
    with pytest.raises(ParamValidationError) as refusal:
        client.query_vectors(**index, topK=1, queryTexts=entries)
    assert of_botocore in str(refusal.value)
    code, message, fields = refused(unchecked.query_vectors, **index, topK=1, queryTexts=entries)
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
        expected = invalid("queryTexts cannot be specified when indexMode is CLASSIC")
        for entries in (texts(plot="red"), texts(("plot", "red"), ("plot", "red"))):
            request = {**classic, "topK": 1, "queryTexts": entries, **more, **mode}
            assert refused(client.query_vectors, **request) == expected

    @CLASSIC
    def test_is_searched_while_it_is_enhanced(
        self, client: Client, classic: dict[str, str], refused: Refused
    ) -> None:
        client.put_vectors(**classic, vectors=[vector("k", plot="red")])
        request = {**classic, "topK": 1, "queryTexts": texts(plot="red")}
        client.update_index_mode(**classic, indexMode="ENHANCED")
        expected = invalid("Metadata key 'plot' is not configured for text search")
        assert refused(client.query_vectors, **request) == expected
        client.update_metadata_configuration(**classic, add=searchable("plot"))
        assert client.query_vectors(**request)["vectors"] == [{"key": "k"}]
        client.update_index_mode(**classic, indexMode="CLASSIC")
        expected = invalid("queryTexts cannot be specified when indexMode is CLASSIC")
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
    expected = invalid("Text search on metadata key 'sky' is still building")
    for entries in (texts(sky="red"), texts(plot="red", sky="red")):
        assert refused(client.query_vectors, **request, queryTexts=entries) == expected
    assert client.query_vectors(**request, queryTexts=texts(plot="red"))["vectors"] == [{"key": "k"}]
    now += 59.5
    assert refused(client.query_vectors, **request, queryTexts=texts(sky="red")) == expected
    now += 0.5
    assert client.query_vectors(**request, queryTexts=texts(sky="red"))["vectors"] == [{"key": "k"}]


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
                response = client.query_vectors(**index, topK=1, queryTexts=texts(plot=text), **more)
                expected = [{"key": "k"}] if more or text.startswith("red") else []
                assert response["vectors"] == expected, character

    @pytest.mark.parametrize(
        "key",
        ["$eq", "$and", "a.b", "\N{ROCKET}", " ", "k" * 63, "\N{ROCKET}" * 63, "ключ", "'", "\x00", "/0"],
    )
    def test_odd_keys(self, client: Client, make_index: MakeIndex, refused: Refused, key: str) -> None:
        index = make_index("odd", metadataConfiguration=searchable(key))
        client.put_vectors(**index, vectors=[{**vector("k"), "metadata": {key: "red"}}, vector("l", a="red")])
        request = {**index, "topK": 9, "queryTexts": texts((key, "red"))}
        [hit] = client.query_vectors(**request, returnScores=True)["vectors"]
        assert (hit["key"], hit["scores"]["bm25Scores"][0]["metadataKey"]) == ("k", key)
        request["queryTexts"] = texts(("other", "red"))
        expected = invalid("Metadata key 'other' is not configured for text search")
        assert refused(client.query_vectors, **request) == expected

    def test_ten_texts_of_the_longest(self, client: Client, make_index: MakeIndex) -> None:
        names = [f"{number}" * 63 for number in range(10)]
        index = make_index(metadataConfiguration=searchable(*names))
        client.put_vectors(**index, vectors=[vector("k", **{names[9]: "red"})])
        entries = texts(*((name, "red " * 256) for name in names))
        assert client.query_vectors(**index, topK=1, queryTexts=entries)["vectors"] == [{"key": "k"}]
