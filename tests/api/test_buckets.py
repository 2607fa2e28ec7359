"""Vector buckets: how they are created, described, listed and deleted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.helpers import (
    BUCKET,
    BUCKET_ARN,
    INDEX,
    POLICY,
    SETTINGS,
    SetClock,
    answer_of,
    bucket_names,
    index_names,
)
from tests.support.refusals import NO_BUCKET, NO_POLICY, conflict
from tests.support.shapes import MODES, TAGS, needs

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused


FIRST_DAY = dt.datetime(2026, 9, 30, tzinfo=dt.timezone.utc)


def described(client: Client, name: str = "bucket") -> Any:
    return client.get_vector_bucket(vectorBucketName=name)["vectorBucket"]


class TestCreate:
    @needs("CreateVectorBucket>vectorBucketArn")
    def test_returns_the_arn(self, s3vectors_client: Client) -> None:
        created = answer_of(s3vectors_client.create_vector_bucket, **BUCKET)
        assert created == {"vectorBucketArn": BUCKET_ARN}

    @pytest.mark.parametrize(
        "settings", [{}, {"encryptionConfiguration": {"sseType": "AES256"}}], ids=["same", "other"]
    )
    def test_is_not_idempotent(self, client: Client, refused: Refused, settings: Any) -> None:
        assert refused(client.create_vector_bucket, **BUCKET, **settings) == conflict(
            "A vector bucket with the specified name already exists"
        )

    def test_that_is_refused_leaves_the_bucket_as_it_is(self, client: Client, refused: Refused) -> None:
        client.create_index(**INDEX, **SETTINGS)
        refused(client.create_vector_bucket, **BUCKET)
        assert index_names(client) == ["index"]

    def test_time_is_whole_seconds(self, s3vectors_client: Client, set_clock: SetClock) -> None:
        set_clock(1_800_000_000.9)
        s3vectors_client.create_vector_bucket(**BUCKET)
        assert described(s3vectors_client)["creationTime"].timestamp() == 1_800_000_000


class TestGet:
    @needs(*MODES, *TAGS)
    def test_describes_all_of_it(self, s3vectors_client: Client, set_clock: SetClock) -> None:
        set_clock(FIRST_DAY.timestamp())
        s3vectors_client.create_vector_bucket(**BUCKET, tags={"not": "shown"})
        assert answer_of(s3vectors_client.get_vector_bucket, **BUCKET) == {
            "vectorBucket": {
                "vectorBucketName": "bucket",
                "vectorBucketArn": BUCKET_ARN,
                "creationTime": FIRST_DAY,
                "encryptionConfiguration": {"sseType": "AES256"},
                "defaultIndexMode": "ENHANCED",
            }
        }


class TestList:
    def test_of_nothing(self, s3vectors_client: Client) -> None:
        assert answer_of(s3vectors_client.list_vector_buckets) == {"vectorBuckets": []}

    def test_entries_have_name_arn_and_time(self, s3vectors_client: Client, set_clock: SetClock) -> None:
        set_clock(FIRST_DAY.timestamp())
        s3vectors_client.create_vector_bucket(**BUCKET)
        entry = {"vectorBucketName": "bucket", "vectorBucketArn": BUCKET_ARN, "creationTime": FIRST_DAY}
        assert answer_of(s3vectors_client.list_vector_buckets) == {"vectorBuckets": [entry]}

    def test_is_in_lexicographic_order(self, s3vectors_client: Client) -> None:
        for name in ("b10", "b-1", "b21", "a99", "b100", "0ab"):
            s3vectors_client.create_vector_bucket(vectorBucketName=name)
        assert bucket_names(s3vectors_client) == ["0ab", "a99", "b-1", "b10", "b100", "b21"]

    def test_prefix_is_how_names_start(self, s3vectors_client: Client) -> None:
        for name in ("movies", "my-movies", "mov", "movie-2", "music"):
            s3vectors_client.create_vector_bucket(vectorBucketName=name)
        assert bucket_names(s3vectors_client, prefix="mov") == ["mov", "movie-2", "movies"]
        assert bucket_names(s3vectors_client, prefix="movies") == ["movies"]
        assert bucket_names(s3vectors_client, prefix="m.") == []
        assert bucket_names(s3vectors_client, prefix="MOV") == []


class TestDelete:
    def test_returns_nothing_and_frees_the_name(self, client: Client, refused: Refused) -> None:
        assert answer_of(client.delete_vector_bucket, **BUCKET) == {}
        assert bucket_names(client) == []
        assert refused(client.get_vector_bucket, **BUCKET) == NO_BUCKET
        client.create_vector_bucket(**BUCKET)
        assert bucket_names(client) == ["bucket"]

    def test_refuses_a_bucket_with_indexes(
        self, client: Client, make_index: MakeIndex, refused: Refused
    ) -> None:
        index = make_index()
        assert refused(client.delete_vector_bucket, **BUCKET) == conflict(
            "The specified vector bucket is not empty"
        )
        client.delete_index(**index)
        client.delete_vector_bucket(**BUCKET)
        assert bucket_names(client) == []

    def test_takes_everything_of_the_bucket_along(self, client: Client, refused: Refused) -> None:
        client.put_vector_bucket_policy(**BUCKET, policy=POLICY)
        client.delete_vector_bucket(**BUCKET)
        client.create_vector_bucket(**BUCKET)
        assert refused(client.get_vector_bucket_policy, **BUCKET) == NO_POLICY
