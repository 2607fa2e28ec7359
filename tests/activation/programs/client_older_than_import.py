"""A client that is older than the import of mock_s3vectors: refused, until `patch_client` has been called."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS: Any = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
session = boto3.Session()
client: Any = session.client("s3vectors", **KEYS)

import mock_s3vectors

sent: list[str] = []


class Body(BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def send(request: Any) -> AWSResponse:
    """Take the place of the network."""
    sent.append(request.url)
    headers: Any = {}
    return AWSResponse(request.url, 200, headers, Body(b"{}"))


client._endpoint.http_session.send = send  # noqa: SLF001 - botocore's
with mock_s3vectors.mock_s3vectors():
    try:
        client.create_vector_bucket(vectorBucketName="bucket")
    except mock_s3vectors.UsageError:
        stopped = True
    assert stopped
    assert not sent
    mock_s3vectors.patch_client(client)
    mock_s3vectors.patch_client(client)
    client.create_vector_bucket(vectorBucketName="bucket")
    assert len(client.list_vector_buckets()["vectorBuckets"]) == 1
    later: Any = session.client("s3vectors", **KEYS)
    mock_s3vectors.patch_client(later)
    assert len(later.list_vector_buckets()["vectorBuckets"]) == 1
assert not sent
