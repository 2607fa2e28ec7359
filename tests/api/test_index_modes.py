"""Index modes: which one a bucket gives its indexes, and what changes with the mode of an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support import refusals
from tests.support.constraints import not_in_enum
from tests.support.helpers import (
    BUCKET,
    BUCKET_ARN,
    INDEX,
    INDEX_ARN,
    ORIGIN,
    answer_of,
    default_of,
    keys_of,
    mode_of,
    vector,
)
from tests.support.shapes import MODES, TEXT_SEARCH, needs
from tests.support.text_search import query_texts, searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = needs(*MODES)

# In buckets as they were before the 30th of September 2026.
in_an_old_bucket = pytest.mark.s3vectors(default_index_mode="CLASSIC")

NO_CLASSIC_DEFAULT = refusals.invalid(
    "defaultIndexMode cannot be set to CLASSIC because this vector bucket does not support CLASSIC mode"
)


def no_such_mode(path: str) -> tuple[str, str, Any]:
    return not_in_enum(path, ["CLASSIC", "ENHANCED"]).refusal


class TestDefaultOfABucket:
    def test_is_never_classic_in_a_new_bucket(self, client: Client, refused: Refused) -> None:
        put = client.put_vector_bucket_default_index_mode
        assert refused(put, **BUCKET, defaultIndexMode="CLASSIC") == NO_CLASSIC_DEFAULT
        assert refused(put, vectorBucketArn=BUCKET_ARN, defaultIndexMode="CLASSIC") == NO_CLASSIC_DEFAULT
        assert default_of(client) == "ENHANCED"
        assert answer_of(put, **BUCKET, defaultIndexMode="ENHANCED") == {}
        assert refused(put, **BUCKET, defaultIndexMode="CLASSIC") == NO_CLASSIC_DEFAULT

    def test_of_another_value_is_refused_first(self, client: Client, refused: Refused) -> None:
        for name in ("bucket", "nowhere"):
            for mode in ("HYBRID", "classic", ""):
                put = client.put_vector_bucket_default_index_mode
                answer = refused(put, vectorBucketName=name, defaultIndexMode=mode)
                assert answer == no_such_mode("/defaultIndexMode")

    @pytest.mark.parametrize("mode", ["CLASSIC", "ENHANCED"])
    @pytest.mark.usefixtures("client")
    def test_needs_one_address_that_leads_to_a_bucket(
        self, s3vectors_client: Client, refused: Refused, mode: str
    ) -> None:
        def answer(**address: str) -> tuple[str, str, Any]:
            put = s3vectors_client.put_vector_bucket_default_index_mode
            return refused(put, **address, defaultIndexMode=mode)

        assert answer() == refusals.BAD_BUCKET_ADDRESS
        assert answer(**BUCKET, vectorBucketArn=BUCKET_ARN) == refusals.BAD_BUCKET_ADDRESS
        assert answer(vectorBucketName="nowhere") == refusals.NO_BUCKET
        assert (
            answer(vectorBucketArn=BUCKET_ARN.replace("bucket/bucket", "bucket/nowhere"))
            == refusals.NO_BUCKET
        )
        assert answer(vectorBucketArn=BUCKET_ARN.replace("us-east-1", "us-west-2")) == refusals.NO_BUCKET
        assert answer(vectorBucketName="Bucket") == refusals.BAD_BUCKET_NAME


class TestModeOfAnIndex:
    @pytest.mark.usefixtures("index")
    def test_is_never_classic_in_a_new_bucket(self, client: Client, refused: Refused) -> None:
        assert refused(client.update_index_mode, **INDEX, indexMode="CLASSIC") == refusals.NO_CLASSIC_INDEX
        answer = refused(client.update_index_mode, indexArn=INDEX_ARN, indexMode="CLASSIC")
        assert answer == refusals.NO_CLASSIC_INDEX
        assert mode_of(client) == "ENHANCED"
        assert answer_of(client.update_index_mode, **INDEX, indexMode="ENHANCED") == {}
        assert mode_of(client) == "ENHANCED"

    @pytest.mark.usefixtures("index")
    def test_of_another_value_is_refused_first(self, client: Client, refused: Refused) -> None:
        for name in ("index", "nothing"):
            for mode in ("HYBRID", "enhanced", ""):
                answer = refused(client.update_index_mode, **BUCKET, indexName=name, indexMode=mode)
                assert answer == no_such_mode("/indexMode")

    @pytest.mark.parametrize("mode", ["CLASSIC", "ENHANCED"])
    @pytest.mark.usefixtures("index")
    def test_needs_one_address_that_leads_to_an_index(
        self, client: Client, refused: Refused, mode: str
    ) -> None:
        def answer(**address: str) -> tuple[str, str, Any]:
            return refused(client.update_index_mode, **address, indexMode=mode)

        for address in ({}, BUCKET, {"indexName": "index"}, {**INDEX, "indexArn": INDEX_ARN}):
            assert answer(**address) == refusals.BAD_INDEX_ADDRESS
        assert answer(**BUCKET, indexArn=INDEX_ARN) == refusals.BAD_INDEX_ADDRESS
        assert answer(**BUCKET, indexName="nothing") == refusals.NO_INDEX
        assert answer(vectorBucketName="nowhere", indexName="index") == refusals.NO_INDEX
        assert answer(indexArn=f"{BUCKET_ARN}/index/nothing") == refusals.NO_INDEX
        assert answer(**BUCKET, indexName="in_dex") == refusals.BAD_INDEX_NAME
        client.delete_index(**INDEX)
        assert answer(**INDEX) == refusals.NO_INDEX


@in_an_old_bucket
class TestQueries:
    """A query may ask what the mode allows that the index has now, or that the query asks for."""

    @pytest.fixture
    def filled(self, client: Client, make_index: MakeIndex) -> Client:
        make_index()
        client.put_vectors(**INDEX, vectors=[vector("apple", [1, 0], n=1, t="apple"), vector("none", [2, 0])])
        return client

    @staticmethod
    def found(client: Client, **settings: Any) -> list[str]:
        return keys_of(client.query_vectors(**INDEX, **ORIGIN, topK=9, **settings)["vectors"])

    def test_follow_the_mode_in_both_directions(self, filled: Client, refused: Refused) -> None:
        starts = {"filter": {"t": {"$startsWith": "app"}}}
        many = {"filter": {"n": {"$in": list(range(101))}}}
        most = {"filter": {"n": {"$in": list(range(100))}}}
        for _ in range(2):
            for mode in ({}, {"queryMode": "CLASSIC"}):
                assert refused(self.found, client=filled, **starts, **mode) == refusals.INVALID_FILTER
                assert self.found(filled, **many, **mode) == ["apple"]
            assert self.found(filled, **starts, queryMode="ENHANCED") == ["apple"]
            assert self.found(filled, **most, queryMode="ENHANCED") == ["apple"]
            assert (
                refused(self.found, client=filled, **many, queryMode="ENHANCED")
                == refusals.TOO_MANY_CONSTRAINTS
            )

            filled.update_index_mode(**INDEX, indexMode="ENHANCED")
            for mode in ({}, {"queryMode": "ENHANCED"}):
                assert self.found(filled, **starts, **mode) == ["apple"]
                assert self.found(filled, **most, **mode) == ["apple"]
                assert refused(self.found, client=filled, **many, **mode) == refusals.TOO_MANY_CONSTRAINTS
            for settings in ({}, starts, many):
                answer = refused(self.found, client=filled, **settings, queryMode="CLASSIC")
                assert answer == refusals.NO_CLASSIC_QUERY
            filled.update_index_mode(**INDEX, indexMode="CLASSIC")

    @needs(*TEXT_SEARCH)
    def test_for_text_are_kept_waiting_while_the_index_is_classic(
        self, filled: Client, refused: Refused
    ) -> None:
        configuration = searchable("t:en")
        shown = {"textSearchConfigurations": [{"metadataKey": "t", "language": "en", "status": "ACTIVE"}]}
        query = {**INDEX, "queryTexts": query_texts(t="apples"), "topK": 9}
        filled.update_index_mode(**INDEX, indexMode="ENHANCED")
        filled.update_metadata_configuration(**INDEX, add=configuration)
        assert keys_of(filled.query_vectors(**query)["vectors"]) == ["apple"]

        filled.update_index_mode(**INDEX, indexMode="CLASSIC")
        for settings in ({}, {"queryMode": "ENHANCED"}, ORIGIN):
            assert refused(filled.query_vectors, **query, **settings) == refusals.NO_TEXTS_WHEN_CLASSIC
        assert filled.get_index(**INDEX)["index"]["metadataConfiguration"] == shown
        filled.put_vectors(**INDEX, vectors=[vector("two", [1, 1], t="apples and apples")])

        filled.update_index_mode(**INDEX, indexMode="ENHANCED")
        assert keys_of(filled.query_vectors(**query)["vectors"]) == ["two", "apple"]
        assert filled.get_index(**INDEX)["index"]["metadataConfiguration"] == shown
