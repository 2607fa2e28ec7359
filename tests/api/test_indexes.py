"""Indexes: how they are created, described, listed and deleted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.constraints import Violation, not_in_enum, out_of_range
from tests.support.helpers import INDEX, INDEX_ARN, SETTINGS, SetClock, answer_of, index_names, vector
from tests.support.refusals import NO_INDEX, conflict
from tests.support.shapes import MODES, TAGS, find, needs

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused


NOW = dt.datetime(2026, 10, 1, 12, tzinfo=dt.timezone.utc)

# Before full-text search a metadata configuration had nothing else.
KEYS_ARE_OPTIONAL = pytest.mark.skipif(
    "nonFilterableMetadataKeys" in find("CreateIndex.metadataConfiguration").required_members,
    reason="botocore's model requires keys that are not filterable",
)


class TestCreate:
    @needs("CreateIndex>indexArn")
    def test_returns_the_arn(self, client: Client) -> None:
        assert answer_of(client.create_index, **INDEX, **SETTINGS) == {"indexArn": INDEX_ARN}

    @pytest.mark.parametrize("changed", [{}, {"dimension": 3}, {"distanceMetric": "cosine"}])
    @pytest.mark.usefixtures("index")
    def test_is_not_idempotent(self, client: Client, refused: Refused, changed: Any) -> None:
        assert refused(client.create_index, **INDEX, **{**SETTINGS, **changed}) == conflict(
            "An index with the specified name already exists"
        )

    def test_that_is_refused_leaves_the_index_as_it_is(
        self, client: Client, index: dict[str, str], refused: Refused
    ) -> None:
        client.put_vectors(**index, vectors=[vector("k")])
        before = client.get_index(**index)["index"]
        refused(client.create_index, **INDEX, **SETTINGS)
        assert client.get_index(**index)["index"] == before
        assert client.list_vectors(**index)["vectors"] == [{"key": "k"}]

    @pytest.mark.parametrize("dimension", [1, 4096])
    def test_takes_all_dimensions(self, client: Client, make_index: MakeIndex, dimension: int) -> None:
        index = make_index(dimension=dimension)
        client.put_vectors(**index, vectors=[vector("k", [0.5] * dimension)])
        assert client.get_index(**index)["index"]["dimension"] == dimension

    @pytest.mark.parametrize(
        ("changed", "violation"),
        [
            ({"dimension": 4097}, out_of_range("/dimension", 1, 4096)),
            ({"dataType": "float64"}, not_in_enum("/dataType", ["float32"])),
            ({"distanceMetric": "dotproduct"}, not_in_enum("/distanceMetric", ["euclidean", "cosine"])),
        ],
        ids=["dimension", "dataType", "distanceMetric"],
    )
    def test_refuses_other_settings(
        self, client: Client, refused: Refused, changed: Any, violation: Violation
    ) -> None:
        assert refused(client.create_index, **INDEX, **{**SETTINGS, **changed}) == violation.refusal
        assert index_names(client) == []


@needs("GetIndex>index.encryptionConfiguration", *MODES, *TAGS)
class TestGet:
    @pytest.mark.parametrize("metric", ["euclidean", "cosine"])
    def test_describes_all_of_it(self, s3vectors_client: Client, set_clock: SetClock, metric: str) -> None:
        set_clock(NOW.timestamp() + 0.75)
        s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
        s3vectors_client.create_index(
            **INDEX, **{**SETTINGS, "dimension": 7, "distanceMetric": metric}, tags={"not": "shown"}
        )
        assert answer_of(s3vectors_client.get_index, **INDEX) == {
            "index": {
                "vectorBucketName": "bucket",
                "indexName": "index",
                "indexArn": INDEX_ARN,
                "creationTime": NOW,
                "dataType": "float32",
                "dimension": 7,
                "distanceMetric": metric,
                "encryptionConfiguration": {"sseType": "AES256"},
                "indexMode": "ENHANCED",
            }
        }

    @pytest.mark.parametrize(
        "configuration",
        [
            {"nonFilterableMetadataKeys": ["text", "a.b"]},
            pytest.param({"nonFilterableMetadataKeys": []}, marks=KEYS_ARE_OPTIONAL),
            pytest.param({}, marks=KEYS_ARE_OPTIONAL),
        ],
        ids=str,
    )
    def test_shows_a_metadata_configuration_that_was_given(
        self, client: Client, make_index: MakeIndex, configuration: Any
    ) -> None:
        index = make_index(metadataConfiguration=configuration)
        assert client.get_index(**index)["index"]["metadataConfiguration"] == configuration


class TestList:
    def test_of_nothing(self, client: Client) -> None:
        assert answer_of(client.list_indexes, vectorBucketName="bucket") == {"indexes": []}

    def test_entries_have_names_arn_and_time(
        self, client: Client, make_index: MakeIndex, set_clock: SetClock
    ) -> None:
        set_clock(NOW.timestamp())
        make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
        entry = {**INDEX, "indexArn": INDEX_ARN, "creationTime": NOW}
        assert answer_of(client.list_indexes, vectorBucketName="bucket") == {"indexes": [entry]}

    def test_is_in_lexicographic_order(self, client: Client, make_index: MakeIndex) -> None:
        for name in ("i10", "i.1", "i-1", "i21", "a99", "i100"):
            make_index(name)
        assert index_names(client) == ["a99", "i-1", "i.1", "i10", "i100", "i21"]

    def test_prefix_is_how_names_start(self, client: Client, make_index: MakeIndex) -> None:
        for name in ("en.text", "en-text", "den.text", "en.title", "entext"):
            make_index(name)
        assert index_names(client, prefix="en.") == ["en.text", "en.title"]
        assert index_names(client, prefix="en.text") == ["en.text"]
        assert index_names(client, prefix="EN") == []

    def test_is_of_one_bucket(self, client: Client, make_index: MakeIndex) -> None:
        make_index()
        client.create_vector_bucket(vectorBucketName="bucket-2")
        assert index_names(client, "bucket-2") == []


class TestDelete:
    def test_takes_the_vectors_along(self, client: Client, make_index: MakeIndex) -> None:
        index = make_index()
        client.put_vectors(**index, vectors=[vector("k")])
        assert answer_of(client.delete_index, **index) == {}
        assert index_names(client) == []
        make_index(dimension=3, metric="cosine")
        assert client.list_vectors(**index)["vectors"] == []
        assert client.get_index(**index)["index"]["dimension"] == 3

    def test_leaves_the_other_indexes(self, client: Client, make_index: MakeIndex) -> None:
        index, _ = make_index(), make_index("other")
        client.delete_index(**index)
        assert index_names(client) == ["other"]

    def test_of_what_is_gone(self, client: Client, index: dict[str, str], refused: Refused) -> None:
        client.delete_index(**index)
        assert refused(client.delete_index, **index) == NO_INDEX
        assert refused(client.get_index, **index) == NO_INDEX
