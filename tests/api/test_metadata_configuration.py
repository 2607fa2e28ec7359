"""Which metadata keys can be searched: at CreateIndex, by UpdateMetadataConfiguration, in GetIndex."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from tests.support.helpers import invalid, vector
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_search import searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = needs(*TEXT_SEARCH)

ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket/index/index"
INDEX = {"vectorBucketName": "bucket", "indexName": "index"}
SETTINGS = {"dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}
LANGUAGES = ["en", "fr", "es", "pt", "it", "de", "nl", "zh", "ja", "ko"]
LANGUAGE_RULE = f"satisfy enum value set: [{', '.join(LANGUAGES)}]"
TEN = [f"key-{number}" for number in range(10)]

NO_INDEX = ("NotFoundException", "The specified index could not be found", None)
DUPLICATES = invalid("textSearchConfigurations must not contain duplicate metadata keys")
TOO_MANY = invalid("A vector index must have at most 10 text search configurations")
CLASSIC = invalid("textSearchConfigurations cannot be specified when indexMode is CLASSIC")
ADD_OR_DELETE = invalid("Must specify either add or delete but not both")


def exists(key: str) -> tuple[str, str, Any]:
    return "ConflictException", f"A text search configuration for metadata key '{key}' already exists", None


def missing(key: str) -> tuple[str, str, Any]:
    text = f"The text search configuration for metadata key '{key}' could not be found"
    return "NotFoundException", text, None


def not_searchable(key: str) -> tuple[str, str, Any]:
    return invalid(f"Metadata key '{key}' is not configured for text search")


def violation(subject: str, path: str, rule: str) -> tuple[str, str, Any]:
    message = f"{subject} '{path}' failed to satisfy constraint: Member must {rule}"
    text = f"1 validation error detected. {message}"
    return "ValidationException", text, [{"path": path, "message": message}]


def active(*entries: str) -> dict[str, Any]:
    """What GetIndex shows of such a configuration."""
    configurations = searchable(*entries)["textSearchConfigurations"]
    return {"textSearchConfigurations": [{**entry, "status": "ACTIVE"} for entry in configurations]}


def shown(client: Client) -> Any:
    return client.get_index(**INDEX)["index"].get("metadataConfiguration")


def update(client: Client, address: Any = INDEX, **change: Any) -> Any:
    """What UpdateMetadataConfiguration returns besides the response's own description."""
    response = client.update_metadata_configuration(**address, **change)
    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    return response


def search(client: Client, key: str, text: str, **settings: Any) -> set[str]:
    query = {"queryTexts": [{"metadataKey": key, "text": text}], "topK": 99, **settings}
    return {hit["key"] for hit in client.query_vectors(**INDEX, **query)["vectors"]}


class TestAtCreation:
    @pytest.mark.parametrize(
        "entries",
        [["k"], ["plain", "k:en", "last"], TEN[::-1], [f"in-{code}:{code}" for code in LANGUAGES]],
        ids=len,
    )
    def test_up_to_ten_are_shown_in_their_order_and_with_their_language(
        self, client: Client, make_index: MakeIndex, entries: list[str]
    ) -> None:
        make_index(metadataConfiguration=searchable(*entries))
        assert shown(client) == active(*entries)

    @pytest.mark.parametrize("others", [[], ["bulk"], ["bulk", "b"]], ids=str)
    def test_stand_beside_non_filterable_keys(
        self, client: Client, make_index: MakeIndex, others: list[str]
    ) -> None:
        apart = {"nonFilterableMetadataKeys": others}
        make_index(metadataConfiguration={**apart, **searchable("b:en", "a")})
        assert shown(client) == {**apart, **active("b:en", "a")}

    def test_nothing_is_shown_where_nothing_was_given(self, client: Client, make_index: MakeIndex) -> None:
        make_index()
        assert "metadataConfiguration" not in client.get_index(**INDEX)["index"]

    def test_a_key_may_be_non_filterable_and_searchable(
        self, client: Client, make_index: MakeIndex, refused: Refused
    ) -> None:
        make_index(
            metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"], **searchable("bulk", "open")}
        )
        client.put_vectors(**INDEX, vectors=[vector("k", bulk="one pear", open="two plums")])
        assert search(client, "bulk", "pear") == {"k"}
        assert search(client, "open", "plums", filter={"open": "two plums"}) == {"k"}
        answer = refused(search, client=client, key="bulk", text="pear", filter={"bulk": "one pear"})
        assert answer == invalid("Invalid use of non-filterable metadata in filter")

    def test_a_status_is_an_answer_and_nothing_to_ask_for(
        self, client: Client, make_index: MakeIndex
    ) -> None:
        asked = {"metadataKey": "k", "status": "BUILDING"}
        make_index(metadataConfiguration={"textSearchConfigurations": [asked]})
        assert shown(client) == active("k")
        update(client, add={"textSearchConfigurations": [{**asked, "metadataKey": "l"}]})
        assert shown(client) == active("k", "l")

    @pytest.mark.parametrize(
        ("entries", "wrong"),
        [
            ([*TEN, "k"], ("Value with length 11 at", "", "have length between 0 and 10, inclusive")),
            (["a:en", "b:xx"], ("Value at", "/1/language", LANGUAGE_RULE)),
            (
                ["k" * 64],
                ("Value with length 64 at", "/0/metadataKey", "have length between 1 and 63, inclusive"),
            ),
        ],
        ids=["eleven", "language", "long key"],
    )
    def test_what_the_model_forbids_is_refused(
        self, client: Client, refused: Refused, entries: list[str], wrong: tuple[str, str, str]
    ) -> None:
        subject, path, rule = wrong
        answer = violation(subject, f"/metadataConfiguration/textSearchConfigurations{path}", rule)
        create = {**INDEX, **SETTINGS, "metadataConfiguration": searchable(*entries)}
        assert refused(client.create_index, **create) == answer
        assert client.list_indexes(vectorBucketName="bucket")["indexes"] == []

    @pytest.mark.parametrize("entries", [["a", "b", "a"], ["a:en", "a:fr"]], ids=str)
    def test_a_key_has_one(self, client: Client, refused: Refused, entries: list[str]) -> None:
        create = {**INDEX, **SETTINGS, "metadataConfiguration": searchable(*entries)}
        assert refused(client.create_index, **create) == DUPLICATES
        assert client.list_indexes(vectorBucketName="bucket")["indexes"] == []

    @pytest.mark.s3vectors(default_index_mode="CLASSIC")
    def test_a_classic_index_has_none(self, client: Client, make_index: MakeIndex, refused: Refused) -> None:
        create = {**INDEX, **SETTINGS, "metadataConfiguration": searchable("k")}
        assert refused(client.create_index, **create) == CLASSIC
        assert client.list_indexes(vectorBucketName="bucket")["indexes"] == []
        make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["k"], **searchable()})
        assert client.get_index(**INDEX)["index"]["indexMode"] == "CLASSIC"
        client.delete_index(**INDEX)
        client.put_vector_bucket_default_index_mode(vectorBucketName="bucket", defaultIndexMode="ENHANCED")
        client.create_index(**create)
        assert shown(client) == active("k")


@pytest.mark.usefixtures("index")
class TestAdd:
    @pytest.mark.parametrize("address", [INDEX, {"indexArn": ARN}], ids=str)
    def test_returns_the_arn_and_finds_what_is_there(
        self, client: Client, refused: Refused, address: Any
    ) -> None:
        client.put_vectors(**INDEX, vectors=[vector("a", t="one pear"), vector("b", t="plum"), vector("c")])
        assert refused(search, client=client, key="t", text="pear") == not_searchable("t")
        assert update(client, address, add=searchable("t")) == {"indexArn": ARN}
        assert shown(client) == active("t")
        assert search(client, "t", "pear plum") == {"a", "b"}
        client.put_vectors(**INDEX, vectors=[vector("a", t="apple"), vector("c", t="pear")])
        assert search(client, "t", "pear") == {"c"}

    def test_puts_them_after_those_that_are_there(self, client: Client) -> None:
        for entries in (("m", "z:ja"), ("a:ko",), ("M",)):
            update(client, add=searchable(*entries))
        assert shown(client) == active("m", "z:ja", "a:ko", "M")

    @pytest.mark.parametrize("nothing", [{}, searchable()], ids=str)
    def test_of_nothing_changes_nothing(self, client: Client, nothing: Any) -> None:
        assert update(client, add=nothing) == {"indexArn": ARN}
        assert shown(client) is None
        update(client, add=searchable("k"))
        assert update(client, add=nothing) == {"indexArn": ARN}
        assert shown(client) == active("k")

    @pytest.mark.parametrize("again", ["b", "b:en"])
    def test_of_a_configured_key_is_a_conflict_for_all(
        self, client: Client, refused: Refused, again: str
    ) -> None:
        client.put_vectors(**INDEX, vectors=[vector("k", b="Pears", new="Pears")])
        update(client, add=searchable("a", "b"))
        assert refused(update, client=client, add=searchable("new:en", again, "a")) == exists("b")
        assert shown(client) == active("a", "b")
        assert search(client, "b", "pear") == set()
        assert search(client, "b", "pears") == {"k"}
        assert refused(search, client=client, key="new", text="pears") == not_searchable("new")

    def test_makes_ten_at_most(self, client: Client, refused: Refused) -> None:
        update(client, add=searchable(*TEN[:6]))
        assert refused(update, client=client, add=searchable(*TEN[6:], "eleventh")) == TOO_MANY
        assert shown(client) == active(*TEN[:6])
        update(client, add=searchable(*TEN[6:]))
        assert refused(update, client=client, add=searchable("eleventh")) == TOO_MANY
        assert refused(update, client=client, add=searchable(TEN[9])) == exists(TEN[9])
        assert update(client, add=searchable()) == {"indexArn": ARN}
        assert shown(client) == active(*TEN)
        update(client, delete=searchable(TEN[0]))
        update(client, add=searchable("eleventh"))
        assert shown(client) == active(*TEN[1:], "eleventh")
        update(client, delete=searchable(*TEN[1:], "eleventh"))
        update(client, add=searchable(*TEN))
        assert shown(client) == active(*TEN)

    def test_of_what_the_model_forbids(self, client: Client, refused: Refused) -> None:
        path = "/add/textSearchConfigurations"
        answer = refused(update, client=client, add=searchable(*TEN, "eleventh"))
        rule = "have length between 0 and 10, inclusive"
        assert answer == violation("Value with length 11 at", path, rule)
        answer = refused(update, client=client, add=searchable("a:EN"))
        assert answer == violation("Value at", f"{path}/0/language", LANGUAGE_RULE)
        answer = refused(update, client=client, add=searchable("b", "a:en", "a"))
        assert answer == DUPLICATES
        assert shown(client) is None


@pytest.mark.usefixtures("client")
class TestDelete:
    @pytest.mark.parametrize("address", [INDEX, {"indexArn": ARN}], ids=str)
    def test_leaves_the_data_and_the_other_keys(
        self, client: Client, make_index: MakeIndex, refused: Refused, address: Any
    ) -> None:
        make_index(metadataConfiguration=searchable("a", "b:en", "c"))
        client.put_vectors(**INDEX, vectors=[vector("k", a="pear", b="plums", c="fig")])
        assert search(client, "a", "pear") == {"k"}
        assert update(client, address, delete=searchable("a")) == {"indexArn": ARN}
        assert shown(client) == active("b:en", "c")
        assert refused(search, client=client, key="a", text="pear") == not_searchable("a")
        assert (search(client, "b", "plum"), search(client, "c", "fig")) == ({"k"}, {"k"})
        [record] = client.get_vectors(**INDEX, keys=["k"], returnMetadata=True)["vectors"]
        assert record["metadata"] == {"a": "pear", "b": "plums", "c": "fig"}

    @pytest.mark.parametrize(
        ("given", "left"),
        [
            ({}, None),
            ({"metadataConfiguration": {}}, {}),
            ({"metadataConfiguration": searchable()}, {}),
            ({"metadataConfiguration": searchable("k:en")}, {}),
            (
                {"metadataConfiguration": {"nonFilterableMetadataKeys": ["k"]}},
                {"nonFilterableMetadataKeys": ["k"]},
            ),
        ],
        ids=str,
    )
    def test_of_all_leaves_what_else_was_given_at_creation(
        self, client: Client, make_index: MakeIndex, given: Any, left: Any
    ) -> None:
        make_index(**given)
        if not given.get("metadataConfiguration", {}).get("textSearchConfigurations"):
            assert shown(client) == left
            update(client, add=searchable("k:en"))
        assert shown(client) == {**(left or {}), **active("k:en")}
        update(client, delete=searchable("k"))
        assert shown(client) == left

    @pytest.mark.parametrize("unknown", ["z", "A", "a "])
    def test_of_an_unconfigured_key_finds_none_of_them(
        self, client: Client, make_index: MakeIndex, refused: Refused, unknown: str
    ) -> None:
        make_index(metadataConfiguration=searchable("a", "b"))
        assert refused(update, client=client, delete=searchable("b", unknown, "y")) == missing(unknown)
        assert shown(client) == active("a", "b")
        client.put_vectors(**INDEX, vectors=[vector("k", b="pear")])
        assert search(client, "b", "pear") == {"k"}
        update(client, delete=searchable("b"))
        assert refused(update, client=client, delete=searchable("b")) == missing("b")

    def test_of_no_keys_named_changes_nothing(self, client: Client, make_index: MakeIndex) -> None:
        make_index(metadataConfiguration=searchable("a"))
        assert update(client, delete={}) == {"indexArn": ARN}
        assert shown(client) == active("a")

    def test_of_what_the_model_forbids(self, client: Client, make_index: MakeIndex, refused: Refused) -> None:
        make_index(metadataConfiguration=searchable("a"))
        careless = boto3.client(
            "s3vectors", region_name="us-east-1", config=Config(parameter_validation=False)
        )
        path = "/delete/textSearchConfigurations"
        rule = "have length between 1 and 10, inclusive"
        answer = refused(update, client=careless, delete=searchable())
        assert answer == violation("Value with length 0 at", path, rule)
        answer = refused(update, client=client, delete=searchable(*TEN, "eleventh"))
        assert answer == violation("Value with length 11 at", path, rule)
        assert refused(update, client=client, delete=searchable("a", "a")) == DUPLICATES
        assert shown(client) == active("a")

    def test_and_another_language_take_effect_on_what_is_there(
        self, client: Client, make_index: MakeIndex
    ) -> None:
        make_index(metadataConfiguration=searchable("t:en"))
        client.put_vectors(**INDEX, vectors=[vector("en", t="the libraries"), vector("fr", t="l'eau")])
        for language, found in [
            ("en", [set(), {"en"}, {"en"}, set()]),
            ("", [{"en"}, set(), {"en"}, set()]),
            ("fr", [{"en"}, set(), {"en"}, {"fr"}]),
            ("en", [set(), {"en"}, {"en"}, set()]),
        ]:
            update(client, delete=searchable("t"))
            update(client, add=searchable(f"t:{language}"))
            assert [search(client, "t", text) for text in ("the", "library", "libraries", "eau")] == found


class TestUpdate:
    @pytest.mark.parametrize(
        "arguments",
        [{}, {"add": searchable("a"), "delete": searchable("b")}, {"add": {}, "delete": {}}],
        ids=str,
    )
    def test_is_to_add_or_to_delete(
        self, client: Client, make_index: MakeIndex, refused: Refused, arguments: Any
    ) -> None:
        make_index(metadataConfiguration=searchable("b"))
        assert refused(update, client=client, **arguments) == ADD_OR_DELETE
        assert shown(client) == active("b")

    @pytest.mark.s3vectors(default_index_mode="CLASSIC")
    def test_is_for_enhanced_indexes(self, client: Client, make_index: MakeIndex, refused: Refused) -> None:
        make_index()
        assert refused(update, client=client, add=searchable("a")) == CLASSIC
        assert refused(update, client=client, delete=searchable("a")) == CLASSIC
        client.update_index_mode(**INDEX, indexMode="ENHANCED")
        update(client, add=searchable("a"))
        client.update_index_mode(**INDEX, indexMode="CLASSIC")
        assert refused(update, client=client, delete=searchable("a")) == CLASSIC
        assert shown(client) == active("a")
        client.update_index_mode(**INDEX, indexMode="ENHANCED")
        update(client, delete=searchable("a"))
        assert shown(client) is None

    @pytest.mark.parametrize("change", ["add", "delete"])
    def test_needs_one_address_that_leads_to_an_index(
        self, client: Client, make_index: MakeIndex, refused: Refused, change: str
    ) -> None:
        make_index(metadataConfiguration=searchable("k"))

        def answer(**address: str) -> tuple[str, str, Any]:
            return refused(client.update_metadata_configuration, **address, **{change: searchable("k")})

        bad = invalid("Must specify either indexArn or both vectorBucketName and indexName")
        for wrong in ({}, {"indexName": "index"}, {"vectorBucketName": "bucket"}, {**INDEX, "indexArn": ARN}):
            assert answer(**wrong) == bad
        assert answer(**{**INDEX, "indexName": "nothing"}) == NO_INDEX
        assert answer(**{**INDEX, "vectorBucketName": "nowhere"}) == NO_INDEX
        assert answer(indexArn=ARN.replace("/index/index", "/index/nothing")) == NO_INDEX
        assert answer(indexArn=ARN.replace("us-east-1", "us-east-2")) == NO_INDEX
        assert answer(**{**INDEX, "indexName": "in_dex"}) == invalid("Invalid index name")
        assert shown(client) == active("k")
