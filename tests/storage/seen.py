"""A world with one of everything, and all that clients see of a world."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3

from mock_s3vectors import MockS3Vectors, current_mock
from tests.support.helpers import POLICY, listed_keys, vector
from tests.support.mocks import world
from tests.support.shapes import MODES, TAGS, TEXT_SEARCH, has

if TYPE_CHECKING:
    from pathlib import Path

KMS = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PLACES = [("123456789012", "us-east-1"), ("123456789012", "eu-west-1"), ("111122223333", "us-east-1")]
ADDRESS = {"vectorBucketName": "films", "indexName": "plots.en"}
ENCRYPTIONS = [None, {"sseType": "AES256"}, {"sseType": "aws:kms", "kmsKeyArn": KMS}]
TAGGED: dict[str, Any] = {"tags": {"team": "Suche", "größe": "groß"}} if has(*TAGS) else {}

# Metadata as the service accepts it, in an order that is not that of the alphabet.
ODD: dict[str, Any] = {
    "z": 2**63 - 1,
    "a": -(2**63),
    "more than 2**53": 2**53 + 1,
    "unsigned": 2**64 - 1,
    "whole": 1.0,
    "zero": -0.0,
    "small": 5e-324,
    "large": 1.7976931348623157e308,
    "tenth": 0.1,
    "$gt": True,
    "": "",
    "line\n\0\U0001f600": "\u2028\x1f",
    "texts": ["b", "a", ""],
    "numbers": [2, 1.5, 2**60],
}


@lru_cache
def client_at(account: str, region: str) -> Any:
    return boto3.client("s3vectors", region_name=region, **MockS3Vectors().credentials(account))


def fill() -> None:
    """Make one of everything in the mock that is on."""
    for number, (account, region) in enumerate(PLACES):
        client = client_at(account, region)
        encryption = {"encryptionConfiguration": ENCRYPTIONS[number]} if ENCRYPTIONS[number] else {}
        client.create_vector_bucket(vectorBucketName="films", **encryption, **(TAGGED if not number else {}))
        client.create_index(
            **ADDRESS,
            dataType="float32",
            dimension=2 + number,
            distanceMetric=("euclidean", "cosine", "euclidean")[number],
            metadataConfiguration={
                "nonFilterableMetadataKeys": ["text"],
                **(
                    {
                        "textSearchConfigurations": [
                            {"metadataKey": "text", "language": "en"},
                            {"metadataKey": "plot"},
                        ]
                    }
                    if has(*TEXT_SEARCH) and number
                    else {}
                ),
            },
            **TAGGED,
        )
        data = [0.1, 1e-45, 3.4e38, -7.0][: 2 + number]
        client.put_vectors(**ADDRESS, vectors=[vector(f"{number} {key}", data, **ODD) for key in "bca"])
        client.put_vectors(**ADDRESS, vectors=[vector("\0 ü\n", data)])
    client = client_at(*PLACES[0])
    client.put_vector_bucket_policy(vectorBucketName="films", policy=POLICY)
    client.create_vector_bucket(vectorBucketName="empty")
    if has(*MODES):
        client.put_vector_bucket_default_index_mode(vectorBucketName="empty", defaultIndexMode="ENHANCED")
    mock = current_mock()
    reader = mock.iam.role(
        "reader",
        session_policy=statement("*"),
        boundary=statement("s3vectors:*"),
        tags={"team": "x"},
    )
    reader.allow("Get*")
    mock.iam.user("/a/writer", account="111122223333").allow("PutVectors").deny("GetVectors")
    key = mock.kms.key(arn=KMS)
    key.admit_indexing(admit=False)
    mock.kms.key(arn=f"{KMS[:-1]}c", usage="SIGN_VERIFY").schedule_deletion()


def statement(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}


def seen() -> str:
    """All that clients see of the mock that is on, and identities and keys: a text, so that 1 is not 1.0."""
    found: dict[str, Any] = {f"{account} {region}": _seen_at(account, region) for account, region in PLACES}
    here = world()
    identities = here.identities.all()
    found["identities"] = [repr(identity) for identity in identities]
    found["keys"] = [repr(key) for key in here.keys.all()]
    return json.dumps(found, indent=1, default=str)


def _seen_at(account: str, region: str) -> Any:
    client = client_at(account, region)
    return [
        _seen_bucket(client, bucket["vectorBucketName"])
        for bucket in client.list_vector_buckets()["vectorBuckets"]
    ]


def _seen_bucket(client: Any, name: str) -> Any:
    bucket = client.get_vector_bucket(vectorBucketName=name)["vectorBucket"]
    indexes = client.list_indexes(vectorBucketName=name)["indexes"]
    return {
        "bucket": bucket,
        "tags": _tags(client, bucket["vectorBucketArn"]),
        "policy": _policy(client, name),
        "indexes": [_seen_index(client, name, index["indexName"]) for index in indexes],
    }


def _policy(client: Any, name: str) -> str | None:
    try:
        return str(client.get_vector_bucket_policy(vectorBucketName=name)["policy"])
    except client.exceptions.NotFoundException:
        return None


def _tags(client: Any, arn: str) -> Any:
    return client.list_tags_for_resource(resourceArn=arn)["tags"] if has(*TAGS) else None


def _seen_index(client: Any, bucket: str, name: str) -> Any:
    address = {"vectorBucketName": bucket, "indexName": name}
    index = client.get_index(**address)["index"]
    keys = listed_keys(client, address)
    vectors = []
    for key in keys:
        wanted = {"keys": [key], "returnData": True, "returnMetadata": True}
        vectors += client.get_vectors(**address, **wanted)["vectors"]
    return {"index": index, "tags": _tags(client, index["indexArn"]), "vectors": vectors}


def files_in(folder: Path) -> list[str]:
    """The names in a folder, where nothing must be left behind."""
    return sorted(path.name for path in folder.iterdir())
