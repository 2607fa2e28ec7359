from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.helpers import Client, Refused


def test_create_returns_the_arn(s3vectors_client: Client) -> None:
    created = s3vectors_client.create_vector_bucket(vectorBucketName="movies")
    assert created["vectorBucketArn"] == "arn:aws:s3vectors:us-east-1:123456789012:bucket/movies"


def test_create_is_not_idempotent(client: Client, refused: Refused) -> None:
    assert refused(client.create_vector_bucket, vectorBucketName="bucket") == (
        "ConflictException",
        "A vector bucket with the specified name already exists",
        None,
    )


def test_creation_time_is_whole_seconds(client: Client) -> None:
    created = client.get_vector_bucket(vectorBucketName="bucket")["vectorBucket"]["creationTime"]
    assert created.microsecond == 0
    age = dt.datetime.now(tz=dt.timezone.utc) - created
    assert dt.timedelta(0) <= age < dt.timedelta(minutes=1)
