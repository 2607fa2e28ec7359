"""Encryption settings: what buckets and indexes keep of them, and which go together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.constraints import not_in_enum
from tests.support.helpers import SETTINGS, bucket_names, index_names
from tests.support.refusals import invalid
from tests.support.shapes import needs

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

# Before general availability indexes had no encryption of their own.
indexes_have_encryption = needs("CreateIndex.encryptionConfiguration")

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
OTHER_KEY = "arn:aws:kms:us-east-1:123456789012:key/66666666-7777-8888-9999-000000000000"
AES256 = {"sseType": "AES256"}
KMS = {"sseType": "aws:kms", "kmsKeyArn": KEY}
OTHER_KMS = {"sseType": "aws:kms", "kmsKeyArn": OTHER_KEY}


def unpaired(message: str) -> tuple[str, str, Any]:
    return invalid(message, [{"path": "EncryptionConfiguration", "message": message}])


KEY_WITH_AES256 = unpaired("kmsKeyArn must not be specified when sseType is AES256.")
KEY_MISSING = unpaired("kmsKeyArn must be specified when sseType is set to aws:kms")

ACCEPTED: list[tuple[Any, Any]] = [
    ({}, AES256),
    (AES256, AES256),
    (KMS, KMS),
]
REFUSED: list[tuple[Any, Any]] = [
    ({"sseType": "AES256", "kmsKeyArn": KEY}, KEY_WITH_AES256),
    ({"kmsKeyArn": KEY}, KEY_WITH_AES256),
    ({"sseType": "aws:kms"}, KEY_MISSING),
]


def create_bucket(client: Client, asked: Any = None) -> None:
    settings = {} if asked is None else {"encryptionConfiguration": asked}
    client.create_vector_bucket(vectorBucketName="encrypted", **settings)


def of_bucket(client: Client) -> Any:
    return client.get_vector_bucket(vectorBucketName="encrypted")["vectorBucket"]["encryptionConfiguration"]


def of_index(client: Client, index: dict[str, str]) -> Any:
    return client.get_index(**index)["index"]["encryptionConfiguration"]


class TestBucket:
    @pytest.mark.parametrize(("asked", "effective"), ACCEPTED, ids=str)
    def test_keeps_what_was_asked(self, s3vectors_client: Client, asked: Any, effective: Any) -> None:
        create_bucket(s3vectors_client, asked)
        assert of_bucket(s3vectors_client) == effective

    def test_has_aes256_by_default(self, s3vectors_client: Client) -> None:
        create_bucket(s3vectors_client)
        assert of_bucket(s3vectors_client) == AES256

    @pytest.mark.parametrize(("asked", "answer"), REFUSED, ids=str)
    def test_refuses(self, s3vectors_client: Client, refused: Refused, asked: Any, answer: Any) -> None:
        create = s3vectors_client.create_vector_bucket
        assert refused(create, vectorBucketName="encrypted", encryptionConfiguration=asked) == answer
        assert bucket_names(s3vectors_client) == []

    def test_refuses_an_unknown_type(self, s3vectors_client: Client, refused: Refused) -> None:
        answer = refused(
            s3vectors_client.create_vector_bucket,
            vectorBucketName="encrypted",
            encryptionConfiguration={"sseType": "none"},
        )
        assert answer == not_in_enum("/encryptionConfiguration/sseType", ["AES256", "aws:kms"]).refusal

    def test_does_not_change_when_it_is_created_again(
        self, s3vectors_client: Client, refused: Refused
    ) -> None:
        create_bucket(s3vectors_client, KMS)
        code, _, _ = refused(
            s3vectors_client.create_vector_bucket,
            vectorBucketName="encrypted",
            encryptionConfiguration=AES256,
        )
        assert (code, of_bucket(s3vectors_client)) == ("ConflictException", KMS)


@indexes_have_encryption
class TestIndex:
    @pytest.mark.parametrize(("asked", "effective"), ACCEPTED, ids=str)
    def test_has_its_own(self, client: Client, make_index: MakeIndex, asked: Any, effective: Any) -> None:
        assert of_index(client, make_index(encryptionConfiguration=asked)) == effective

    @pytest.mark.parametrize("inherited", [AES256, KMS], ids=str)
    def test_inherits_the_buckets(self, s3vectors_client: Client, inherited: Any) -> None:
        create_bucket(s3vectors_client, inherited)
        assert of_index(s3vectors_client, create_index(s3vectors_client)) == inherited

    @pytest.mark.parametrize(
        ("asked", "effective"), [(AES256, AES256), ({}, AES256), (OTHER_KMS, OTHER_KMS)], ids=str
    )
    def test_prefers_its_own(self, s3vectors_client: Client, asked: Any, effective: Any) -> None:
        create_bucket(s3vectors_client, KMS)
        index = create_index(s3vectors_client, encryptionConfiguration=asked)
        assert of_index(s3vectors_client, index) == effective
        assert of_bucket(s3vectors_client) == KMS

    @pytest.mark.parametrize(("asked", "answer"), REFUSED, ids=str)
    def test_refuses(self, client: Client, refused: Refused, asked: Any, answer: Any) -> None:
        assert refused(create_index, client=client, bucket="bucket", encryptionConfiguration=asked) == answer
        assert index_names(client) == []


def create_index(client: Client, bucket: str = "encrypted", **settings: Any) -> dict[str, str]:
    names = {"vectorBucketName": bucket, "indexName": "index"}
    client.create_index(**names, **SETTINGS, **settings)
    return names
