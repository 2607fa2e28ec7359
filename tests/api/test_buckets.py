from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.world import clock
from tests.support.helpers import POLICY, answer_of
from tests.support.shapes import MODES, TAGS, needs

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused


ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket"
ENHANCED_SINCE = dt.datetime(2026, 9, 30, tzinfo=dt.timezone.utc)


def described(client: Client, name: str = "bucket") -> Any:
    return client.get_vector_bucket(vectorBucketName=name)["vectorBucket"]


class TestCreate:
    @needs("CreateVectorBucket>vectorBucketArn")
    def test_returns_the_arn(self, s3vectors_client: Client) -> None:
        created = answer_of(s3vectors_client.create_vector_bucket, vectorBucketName="bucket")
        assert created == {"vectorBucketArn": ARN}

    @pytest.mark.parametrize(
        "settings", [{}, {"encryptionConfiguration": {"sseType": "AES256"}}], ids=["same", "other"]
    )
    def test_is_not_idempotent(self, client: Client, refused: Refused, settings: Any) -> None:
        assert refused(client.create_vector_bucket, vectorBucketName="bucket", **settings) == (
            "ConflictException",
            "A vector bucket with the specified name already exists",
            None,
        )

    def test_that_is_refused_leaves_the_bucket_as_it_is(self, client: Client, refused: Refused) -> None:
        client.create_index(
            vectorBucketName="bucket",
            indexName="index",
            dataType="float32",
            dimension=1,
            distanceMetric="cosine",
        )
        refused(client.create_vector_bucket, vectorBucketName="bucket")
        assert len(client.list_indexes(vectorBucketName="bucket")["indexes"]) == 1

    def test_time_is_whole_seconds(self, s3vectors_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(time, "time", lambda: 1_800_000_000.9)
        s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
        assert described(s3vectors_client)["creationTime"].timestamp() == 1_800_000_000


@needs(*MODES)
class TestMode:
    """The mock's clock decides: the 30th of September 2026 is the first day of ENHANCED."""

    @pytest.mark.parametrize(("seconds", "mode"), [(0, "ENHANCED"), (-0.001, "CLASSIC")])
    def test_of_a_bucket_and_its_indexes(
        self, s3vectors_client: Client, monkeypatch: pytest.MonkeyPatch, seconds: float, mode: str
    ) -> None:
        monkeypatch.setattr(time, "time", lambda: ENHANCED_SINCE.timestamp() + seconds)
        s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
        assert described(s3vectors_client)["defaultIndexMode"] == mode
        # An index takes the bucket's default, however late it is created.
        monkeypatch.setattr(time, "time", lambda: ENHANCED_SINCE.timestamp() + 10_000_000)
        names = {"vectorBucketName": "bucket", "indexName": "index"}
        s3vectors_client.create_index(**names, dataType="float32", dimension=1, distanceMetric="cosine")
        assert s3vectors_client.get_index(**names)["index"]["indexMode"] == mode

    def test_day_is_the_one_that_the_package_knows(self) -> None:
        assert ENHANCED_SINCE.timestamp() == clock.ENHANCED_SINCE


class TestGet:
    @needs(*MODES, *TAGS)
    def test_describes_all_of_it(self, s3vectors_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(time, "time", ENHANCED_SINCE.timestamp)
        s3vectors_client.create_vector_bucket(vectorBucketName="bucket", tags={"not": "shown"})
        assert answer_of(s3vectors_client.get_vector_bucket, vectorBucketName="bucket") == {
            "vectorBucket": {
                "vectorBucketName": "bucket",
                "vectorBucketArn": ARN,
                "creationTime": ENHANCED_SINCE,
                "encryptionConfiguration": {"sseType": "AES256"},
                "defaultIndexMode": "ENHANCED",
            }
        }


class TestList:
    def test_of_nothing(self, s3vectors_client: Client) -> None:
        assert answer_of(s3vectors_client.list_vector_buckets) == {"vectorBuckets": []}

    def test_entries_have_name_arn_and_time(
        self, s3vectors_client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(time, "time", ENHANCED_SINCE.timestamp)
        s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
        entry = {"vectorBucketName": "bucket", "vectorBucketArn": ARN, "creationTime": ENHANCED_SINCE}
        assert answer_of(s3vectors_client.list_vector_buckets) == {"vectorBuckets": [entry]}

    def test_is_in_lexicographic_order(self, s3vectors_client: Client) -> None:
        for name in ("b10", "b-1", "b21", "a99", "b100", "0ab"):
            s3vectors_client.create_vector_bucket(vectorBucketName=name)
        assert names(s3vectors_client) == ["0ab", "a99", "b-1", "b10", "b100", "b21"]

    def test_prefix_is_how_names_start(self, s3vectors_client: Client) -> None:
        for name in ("movies", "my-movies", "mov", "movie-2", "music"):
            s3vectors_client.create_vector_bucket(vectorBucketName=name)
        assert names(s3vectors_client, prefix="mov") == ["mov", "movie-2", "movies"]
        assert names(s3vectors_client, prefix="movies") == ["movies"]
        assert names(s3vectors_client, prefix="m.") == []
        assert names(s3vectors_client, prefix="MOV") == []


def names(client: Client, **settings: str) -> list[str]:
    return [entry["vectorBucketName"] for entry in client.list_vector_buckets(**settings)["vectorBuckets"]]


class TestDelete:
    def test_returns_nothing_and_frees_the_name(self, client: Client, refused: Refused) -> None:
        assert answer_of(client.delete_vector_bucket, vectorBucketName="bucket") == {}
        assert client.list_vector_buckets()["vectorBuckets"] == []
        assert refused(client.get_vector_bucket, vectorBucketName="bucket")[0] == "NotFoundException"
        client.create_vector_bucket(vectorBucketName="bucket")
        assert names(client) == ["bucket"]

    def test_refuses_a_bucket_with_indexes(
        self, client: Client, make_index: MakeIndex, refused: Refused
    ) -> None:
        index = make_index()
        assert refused(client.delete_vector_bucket, vectorBucketName="bucket") == (
            "ConflictException",
            "The specified vector bucket is not empty",
            None,
        )
        client.delete_index(**index)
        client.delete_vector_bucket(vectorBucketName="bucket")
        assert names(client) == []

    def test_takes_everything_of_the_bucket_along(self, client: Client, refused: Refused) -> None:
        client.put_vector_bucket_policy(vectorBucketName="bucket", policy=POLICY)
        client.delete_vector_bucket(vectorBucketName="bucket")
        client.create_vector_bucket(vectorBucketName="bucket")
        assert refused(client.get_vector_bucket_policy, vectorBucketName="bucket")[0] == "NotFoundException"
