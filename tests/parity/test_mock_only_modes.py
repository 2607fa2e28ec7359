"""Modes of vector buckets that are older than the 30th of September 2026, and the day itself."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.world import clock
from tests.support import refusals
from tests.support.helpers import (
    BUCKET,
    BUCKET_ARN,
    CLASSIC_UNTIL,
    ENHANCED_SINCE,
    INDEX,
    INDEX_ARN,
    ORIGIN,
    SETTINGS,
    SetClock,
    answer_of,
    default_of,
    mode_of,
    vector,
)
from tests.support.shapes import MODES, needs

if TYPE_CHECKING:
    from tests.support.helpers import Client, ClientAt, MakeIndex, Refused

pytestmark = [
    pytest.mark.mock_only("AWS makes no vector bucket any more that supports CLASSIC"),
    needs(*MODES),
]

# In vector buckets as they were before that day.
in_an_old_bucket = pytest.mark.s3vectors(default_index_mode="CLASSIC")

FIRST_DAY = dt.datetime(2026, 9, 30, tzinfo=dt.timezone.utc)
NO_CLASSIC_DEFAULT = refusals.invalid(
    "defaultIndexMode cannot be set to CLASSIC because this vector bucket does not support CLASSIC mode"
)


class TestFirstDay:
    """The mock's clock decides: the 30th of September 2026 is the first day of ENHANCED."""

    @pytest.mark.parametrize(("seconds", "mode"), [(0, "ENHANCED"), (-0.001, "CLASSIC")])
    def test_of_a_bucket_and_its_indexes(
        self, s3vectors_client: Client, set_clock: SetClock, seconds: float, mode: str
    ) -> None:
        set_clock(FIRST_DAY.timestamp() + seconds)
        s3vectors_client.create_vector_bucket(**BUCKET)
        assert default_of(s3vectors_client) == mode
        # An index takes the bucket's default, however late it is created.
        set_clock(FIRST_DAY.timestamp() + 10_000_000)
        s3vectors_client.create_index(**INDEX, **SETTINGS)
        assert mode_of(s3vectors_client) == mode

    def test_day_is_the_one_that_the_package_knows(self) -> None:
        assert FIRST_DAY.timestamp() == clock.ENHANCED_SINCE == ENHANCED_SINCE


class TestDefaultOfABucket:
    @in_an_old_bucket
    @pytest.mark.parametrize("address", [BUCKET, {"vectorBucketArn": BUCKET_ARN}], ids=str)
    def test_can_be_changed_there_and_back(self, client: Client, address: Any) -> None:
        for mode in ("ENHANCED", "ENHANCED", "CLASSIC", "CLASSIC", "ENHANCED"):
            put = client.put_vector_bucket_default_index_mode
            assert answer_of(put, **address, defaultIndexMode=mode) == {}
            assert default_of(client) == mode

    def test_can_be_classic_wherever_the_bucket_is_old(
        self, s3vectors_client: Client, refused: Refused, set_clock: SetClock
    ) -> None:
        client = s3vectors_client
        for name, now in (("old", CLASSIC_UNTIL), ("new", ENHANCED_SINCE)):
            set_clock(now)
            client.create_vector_bucket(vectorBucketName=name)
        put = client.put_vector_bucket_default_index_mode
        for now in (ENHANCED_SINCE + 10_000_000, CLASSIC_UNTIL):
            set_clock(now)
            put(vectorBucketName="old", defaultIndexMode="ENHANCED")
            put(vectorBucketName="old", defaultIndexMode="CLASSIC")
            answer = refused(put, vectorBucketName="new", defaultIndexMode="CLASSIC")
            assert answer == NO_CLASSIC_DEFAULT
        assert (default_of(client, "old"), default_of(client, "new")) == ("CLASSIC", "ENHANCED")
        # A new bucket of an old name is new.
        set_clock(ENHANCED_SINCE)
        client.delete_vector_bucket(vectorBucketName="old")
        client.create_vector_bucket(vectorBucketName="old")
        answer = refused(put, vectorBucketName="old", defaultIndexMode="CLASSIC")
        assert answer == NO_CLASSIC_DEFAULT

    @in_an_old_bucket
    def test_is_what_indexes_get_that_are_created_from_then_on(
        self, client: Client, make_index: MakeIndex
    ) -> None:
        put = client.put_vector_bucket_default_index_mode
        make_index("first")
        put(**BUCKET, defaultIndexMode="ENHANCED")
        make_index("second")
        put(**BUCKET, defaultIndexMode="CLASSIC")
        make_index("third")
        modes = [mode_of(client, name) for name in ("first", "second", "third")]
        assert modes == ["CLASSIC", "ENHANCED", "CLASSIC"]

    @in_an_old_bucket
    def test_is_changed_in_that_bucket_alone(self, client: Client, client_at: ClientAt) -> None:
        there = client_at("eu-west-1")
        there.create_vector_bucket(**BUCKET)
        client.create_vector_bucket(vectorBucketName="second")
        client.put_vector_bucket_default_index_mode(**BUCKET, defaultIndexMode="ENHANCED")
        assert (default_of(client, "second"), default_of(there)) == ("CLASSIC", "CLASSIC")
        there.put_vector_bucket_default_index_mode(vectorBucketArn=BUCKET_ARN, defaultIndexMode="CLASSIC")
        assert default_of(client) == "CLASSIC"


class TestModeOfAnIndex:
    @in_an_old_bucket
    @pytest.mark.parametrize("address", [INDEX, {"indexArn": INDEX_ARN}], ids=str)
    def test_can_be_changed_in_place_there_and_back(
        self, client: Client, make_index: MakeIndex, address: Any
    ) -> None:
        make_index(metadataConfiguration={"nonFilterableMetadataKeys": ["bulk"]}, tags={"a": "b"})
        client.put_vectors(**INDEX, vectors=[vector("a", [3, 4], n=1), vector("b", [0, 1])])
        before = client.get_index(**INDEX)["index"]
        assert before["indexMode"] == "CLASSIC"
        for mode in ("ENHANCED", "ENHANCED", "CLASSIC", "CLASSIC", "ENHANCED"):
            assert answer_of(client.update_index_mode, **address, indexMode=mode) == {}
            assert client.get_index(**INDEX)["index"] == {**before, "indexMode": mode}
            shown = {"returnMetadata": True, "returnDistance": True}
            query = {**ORIGIN, "topK": 9, **shown}
            assert client.query_vectors(**INDEX, **query)["vectors"] == [
                {"key": "b", "distance": 1.0, "metadata": {}},
                {"key": "a", "distance": 25.0, "metadata": {"n": 1}},
            ]
        tags = client.list_tags_for_resource(resourceArn=INDEX_ARN)["tags"]
        assert tags == {"a": "b"}

    @in_an_old_bucket
    def test_has_nothing_to_do_with_the_buckets_default(self, client: Client, make_index: MakeIndex) -> None:
        make_index()
        make_index("other")
        client.update_index_mode(**INDEX, indexMode="ENHANCED")
        assert (mode_of(client, "other"), default_of(client)) == ("CLASSIC", "CLASSIC")
        client.put_vector_bucket_default_index_mode(**BUCKET, defaultIndexMode="ENHANCED")
        client.update_index_mode(**INDEX, indexMode="CLASSIC")
        assert (mode_of(client), default_of(client)) == ("CLASSIC", "ENHANCED")
