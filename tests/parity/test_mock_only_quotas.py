"""The quotas of vector buckets and indexes, and what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.support.helpers import SETTINGS, bucket_names, index_names

if TYPE_CHECKING:
    from tests.support.helpers import Client, ClientAt, MakeIndex, Refused

pytestmark = pytest.mark.mock_only("the quotas of AWS are 10,000 vector buckets, and as many indexes in each")


def quota(what: str, most: int) -> tuple[str, str, Any]:
    text = f"You have reached the maximum number of {what}: {most}"
    return "ServiceQuotaExceededException", text, None


class TestVectorBuckets:
    @pytest.mark.s3vectors(max_vector_buckets=2)
    def test_are_limited(self, client: Client, refused: Refused) -> None:
        client.create_vector_bucket(vectorBucketName="second")
        answer = quota("vector buckets in this Region", 2)
        assert refused(client.create_vector_bucket, vectorBucketName="third") == answer
        assert bucket_names(client) == ["bucket", "second"]
        client.delete_vector_bucket(vectorBucketName="second")
        client.create_vector_bucket(vectorBucketName="third")

    @pytest.mark.s3vectors(max_vector_buckets=1)
    def test_are_counted_by_region_and_account(
        self, client: Client, refused: Refused, client_at: ClientAt
    ) -> None:
        assert refused(client.create_vector_bucket, vectorBucketName="second")[0] == quota("", 1)[0]
        client_at("eu-west-1").create_vector_bucket(vectorBucketName="bucket")
        client_at("us-east-1", "210987654321").create_vector_bucket(vectorBucketName="bucket")

    @pytest.mark.s3vectors(max_vector_buckets=1)
    def test_a_name_that_exists_is_a_conflict_before_it_is_too_many(
        self, client: Client, refused: Refused
    ) -> None:
        assert refused(client.create_vector_bucket, vectorBucketName="bucket")[0] == "ConflictException"

    @pytest.mark.s3vectors(max_vector_buckets=0)
    def test_can_be_none_at_all(self, s3vectors_client: Client) -> None:
        with pytest.raises(ClientError) as refusal:
            s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
        metadata: Any = refusal.value.response["ResponseMetadata"]
        assert metadata["HTTPStatusCode"] == 402


class TestIndexes:
    @pytest.mark.s3vectors(max_indexes_per_vector_bucket=2)
    def test_are_limited(self, client: Client, make_index: MakeIndex, refused: Refused) -> None:
        first, _ = make_index("first"), make_index("second")
        assert refused(make_index, name="third") == quota("indexes in this vector bucket", 2)
        assert refused(make_index, name="second")[0] == "ConflictException"
        assert index_names(client) == ["first", "second"]
        client.delete_index(**first)
        make_index("third")

    @pytest.mark.s3vectors(max_indexes_per_vector_bucket=1)
    def test_are_counted_by_bucket(self, client: Client, make_index: MakeIndex) -> None:
        make_index()
        client.create_vector_bucket(vectorBucketName="second")
        client.create_index(vectorBucketName="second", indexName="index", **SETTINGS)
