"""The beginning of programs for pytest: a client that is older than their mocks and has no credentials.

Each run of pytester imports this anew.
"""

from __future__ import annotations

from typing import Any

import boto3

CLIENT: Any = boto3.Session().client("s3vectors", region_name="us-east-1")


def create(*names: str) -> None:
    for name in names:
        CLIENT.create_vector_bucket(vectorBucketName=name)


def names() -> list[str]:
    return [bucket["vectorBucketName"] for bucket in CLIENT.list_vector_buckets()["vectorBuckets"]]


def account() -> str:
    create("whose-am-i")
    found = CLIENT.get_vector_bucket(vectorBucketName="whose-am-i")["vectorBucket"]["vectorBucketArn"]
    CLIENT.delete_vector_bucket(vectorBucketName="whose-am-i")
    return str(found.split(":")[4])
