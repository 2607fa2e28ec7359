"""The metadata keys that can be searched: at CreateIndex, by UpdateMetadataConfiguration, in GetIndex."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support import refusals
from tests.support.constraints import Violation, not_in_enum, wrong_length
from tests.support.helpers import INDEX, INDEX_ARN, SETTINGS, answer_of, index_names, vector
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_search import search, searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = needs(*TEXT_SEARCH)

LANGUAGES = ["en", "fr", "es", "pt", "it", "de", "nl", "zh", "ja", "ko"]
# Where CreateIndex is given them.
CREATED = "/metadataConfiguration/textSearchConfigurations"
TEN = [f"key-{number}" for number in range(10)]

DUPLICATES = refusals.invalid("textSearchConfigurations must not contain duplicate metadata keys")
TOO_MANY = refusals.invalid("A vector index must have at most 10 text search configurations")
CLASSIC = refusals.invalid("textSearchConfigurations cannot be specified when indexMode is CLASSIC")
ADD_OR_DELETE = refusals.invalid("Must specify either add or delete but not both")


def missing(key: str) -> refusals.Refusal:
    return refusals.not_found(f"The text search configuration for metadata key '{key}'")


def active(*entries: str) -> dict[str, Any]:
    """Return what GetIndex shows of such a configuration."""
    configurations = searchable(*entries)["textSearchConfigurations"]
    return {"textSearchConfigurations": [{**entry, "status": "ACTIVE"} for entry in configurations]}


def shown(client: Client) -> Any:
    return client.get_index(**INDEX)["index"].get("metadataConfiguration")


def update(client: Client, address: Any = INDEX, **change: Any) -> Any:
    return answer_of(client.update_metadata_configuration, **address, **change)


def matches(client: Client, key: str, text: str, **settings: Any) -> set[str]:
    return {*search(client, key, text=text, **settings)}


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
        assert matches(client, "bulk", "pear") == {"k"}
        assert matches(client, "open", "plums", filter={"open": "two plums"}) == {"k"}
        answer = refused(matches, client=client, key="bulk", text="pear", filter={"bulk": "one pear"})
        assert answer == refusals.NON_FILTERABLE

    def test_a_status_is_an_answer_and_nothing_to_ask_for(
        self, client: Client, make_index: MakeIndex
    ) -> None:
        asked = {"metadataKey": "k", "status": "BUILDING"}
        make_index(metadataConfiguration={"textSearchConfigurations": [asked]})
        assert shown(client) == active("k")
        update(client, add={"textSearchConfigurations": [{**asked, "metadataKey": "l"}]})
        assert shown(client) == active("k", "l")

    @pytest.mark.parametrize(
        ("entries", "violation"),
        [
            ([*TEN, "k"], wrong_length(CREATED, 11, 0, 10)),
            (["a:en", "b:xx"], not_in_enum(f"{CREATED}/1/language", LANGUAGES)),
            (["k" * 64], wrong_length(f"{CREATED}/0/metadataKey", 64, 1, 63)),
        ],
        ids=["eleven", "language", "long key"],
    )
    def test_what_the_model_forbids_is_refused(
        self, client: Client, refused: Refused, entries: list[str], violation: Violation
    ) -> None:
        create = {**INDEX, **SETTINGS, "metadataConfiguration": searchable(*entries)}
        assert refused(client.create_index, **create) == violation.refusal
        assert index_names(client) == []

    @pytest.mark.parametrize("entries", [["a", "b", "a"], ["a:en", "a:fr"]], ids=str)
    def test_a_key_has_one(self, client: Client, refused: Refused, entries: list[str]) -> None:
        create = {**INDEX, **SETTINGS, "metadataConfiguration": searchable(*entries)}
        assert refused(client.create_index, **create) == DUPLICATES
        assert index_names(client) == []

    @pytest.mark.s3vectors(default_index_mode="CLASSIC")
    def test_a_classic_index_has_none(self, client: Client, make_index: MakeIndex, refused: Refused) -> None:
        create = {**INDEX, **SETTINGS, "metadataConfiguration": searchable("k")}
        assert refused(client.create_index, **create) == CLASSIC
        assert index_names(client) == []
        make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["k"], **searchable()})
        assert client.get_index(**INDEX)["index"]["indexMode"] == "CLASSIC"
        client.delete_index(**INDEX)
        client.put_vector_bucket_default_index_mode(vectorBucketName="bucket", defaultIndexMode="ENHANCED")
        client.create_index(**create)
        assert shown(client) == active("k")


@pytest.mark.usefixtures("index")
class TestAdd:
    @pytest.mark.parametrize("address", [INDEX, {"indexArn": INDEX_ARN}], ids=str)
    def test_returns_the_arn_and_finds_what_is_there(
        self, client: Client, refused: Refused, address: Any
    ) -> None:
        client.put_vectors(**INDEX, vectors=[vector("a", t="one pear"), vector("b", t="plum"), vector("c")])
        assert refused(matches, client=client, key="t", text="pear") == refusals.not_searchable("t")
        assert update(client, address, add=searchable("t")) == {"indexArn": INDEX_ARN}
        assert shown(client) == active("t")
        assert matches(client, "t", "pear plum") == {"a", "b"}
        client.put_vectors(**INDEX, vectors=[vector("a", t="apple"), vector("c", t="pear")])
        assert matches(client, "t", "pear") == {"c"}

    def test_puts_them_after_those_that_are_there(self, client: Client) -> None:
        for entries in (("m", "z:ja"), ("a:ko",), ("M",)):
            update(client, add=searchable(*entries))
        assert shown(client) == active("m", "z:ja", "a:ko", "M")

    @pytest.mark.parametrize("nothing", [{}, searchable()], ids=str)
    def test_of_nothing_changes_nothing(self, client: Client, nothing: Any) -> None:
        assert update(client, add=nothing) == {"indexArn": INDEX_ARN}
        assert shown(client) is None
        update(client, add=searchable("k"))
        assert update(client, add=nothing) == {"indexArn": INDEX_ARN}
        assert shown(client) == active("k")

    @pytest.mark.parametrize("again", ["b", "b:en"])
    def test_of_a_configured_key_is_a_conflict_for_all(
        self, client: Client, refused: Refused, again: str
    ) -> None:
        client.put_vectors(**INDEX, vectors=[vector("k", b="Pears", new="Pears")])
        update(client, add=searchable("a", "b"))
        assert refused(
            update, client=client, add=searchable("new:en", again, "a")
        ) == refusals.already_searchable("b")
        assert shown(client) == active("a", "b")
        assert matches(client, "b", "pear") == set()
        assert matches(client, "b", "pears") == {"k"}
        assert refused(matches, client=client, key="new", text="pears") == refusals.not_searchable("new")

    def test_makes_ten_at_most(self, client: Client, refused: Refused) -> None:
        update(client, add=searchable(*TEN[:6]))
        assert refused(update, client=client, add=searchable(*TEN[6:], "eleventh")) == TOO_MANY
        assert shown(client) == active(*TEN[:6])
        update(client, add=searchable(*TEN[6:]))
        assert refused(update, client=client, add=searchable("eleventh")) == TOO_MANY
        assert refused(update, client=client, add=searchable(TEN[9])) == refusals.already_searchable(TEN[9])
        assert update(client, add=searchable()) == {"indexArn": INDEX_ARN}
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
        assert answer == wrong_length(path, 11, 0, 10).refusal
        answer = refused(update, client=client, add=searchable("a:EN"))
        assert answer == not_in_enum(f"{path}/0/language", LANGUAGES).refusal
        answer = refused(update, client=client, add=searchable("b", "a:en", "a"))
        assert answer == DUPLICATES
        assert shown(client) is None


@pytest.mark.usefixtures("client")
class TestDelete:
    @pytest.mark.parametrize("address", [INDEX, {"indexArn": INDEX_ARN}], ids=str)
    def test_leaves_the_data_and_the_other_keys(
        self, client: Client, make_index: MakeIndex, refused: Refused, address: Any
    ) -> None:
        make_index(metadataConfiguration=searchable("a", "b:en", "c"))
        client.put_vectors(**INDEX, vectors=[vector("k", a="pear", b="plums", c="fig")])
        assert matches(client, "a", "pear") == {"k"}
        assert update(client, address, delete=searchable("a")) == {"indexArn": INDEX_ARN}
        assert shown(client) == active("b:en", "c")
        assert refused(matches, client=client, key="a", text="pear") == refusals.not_searchable("a")
        assert (matches(client, "b", "plum"), matches(client, "c", "fig")) == ({"k"}, {"k"})
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
        assert matches(client, "b", "pear") == {"k"}
        update(client, delete=searchable("b"))
        assert refused(update, client=client, delete=searchable("b")) == missing("b")

    def test_of_no_keys_named_changes_nothing(self, client: Client, make_index: MakeIndex) -> None:
        make_index(metadataConfiguration=searchable("a"))
        assert update(client, delete={}) == {"indexArn": INDEX_ARN}
        assert shown(client) == active("a")

    def test_of_what_the_model_forbids(
        self, client: Client, unchecked_client: Client, make_index: MakeIndex, refused: Refused
    ) -> None:
        make_index(metadataConfiguration=searchable("a"))
        path = "/delete/textSearchConfigurations"
        answer = refused(update, client=unchecked_client, delete=searchable())
        assert answer == wrong_length(path, 0, 1, 10).refusal
        answer = refused(update, client=client, delete=searchable(*TEN, "eleventh"))
        assert answer == wrong_length(path, 11, 1, 10).refusal
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
            assert [matches(client, "t", text) for text in ("the", "library", "libraries", "eau")] == found


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

        for wrong in (
            {},
            {"indexName": "index"},
            {"vectorBucketName": "bucket"},
            {**INDEX, "indexArn": INDEX_ARN},
        ):
            assert answer(**wrong) == refusals.BAD_INDEX_ADDRESS
        assert answer(**{**INDEX, "indexName": "nothing"}) == refusals.NO_INDEX
        assert answer(**{**INDEX, "vectorBucketName": "nowhere"}) == refusals.NO_INDEX
        assert answer(indexArn=INDEX_ARN.replace("/index/index", "/index/nothing")) == refusals.NO_INDEX
        assert answer(indexArn=INDEX_ARN.replace("us-east-1", "us-east-2")) == refusals.NO_INDEX
        assert answer(**{**INDEX, "indexName": "in_dex"}) == refusals.BAD_INDEX_NAME
        assert shown(client) == active("k")
