"""Clients, what they see, and what would go out to AWS."""

from __future__ import annotations

import unittest
from io import BytesIO
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from tests.support.helpers import endpoint_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_s3vectors import S3VectorsServer

# A client that is older than every mock of these tests, as applications have them.
CLIENT: Any = boto3.Session("id-of-old", "secret-of-old").client("s3vectors", region_name="us-east-1")


def new_client(region: str = "us-east-1", **settings: Any) -> Any:
    return boto3.client("s3vectors", region_name=region, **settings)


def create(*names: str, client: Any = CLIENT) -> None:
    for name in names:
        client.create_vector_bucket(vectorBucketName=name)


def names(client: Any = CLIENT) -> list[str]:
    return [bucket["vectorBucketName"] for bucket in client.list_vector_buckets()["vectorBuckets"]]


def arn(name: str, client: Any = CLIENT) -> str:
    """Asked for, because the oldest botocore's CreateVectorBucket does not return it."""
    bucket = client.get_vector_bucket(vectorBucketName=name)["vectorBucket"]
    return str(bucket["vectorBucketArn"])


def account_of(client: Any) -> str:
    """The account that a client acts in, seen in the ARN of a new vector bucket."""
    create("whose-am-i", client=client)
    return arn("whose-am-i", client).split(":")[4]


class Body(BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


class Aws:
    """Stands where a client's network is: notes the URLs that go there, and answers all alike."""

    def __init__(self, client: Any, body: bytes = b"{}") -> None:
        self.urls: list[str] = []
        self._body = body
        endpoint_of(client).http_session.send = self._send

    def _send(self, request: Any) -> AWSResponse:
        self.urls.append(request.url)
        headers: Any = {"content-type": "application/json"}
        return AWSResponse(request.url, 200, headers, Body(self._body))


def error_of(error: ClientError) -> tuple[str, str]:
    described = error.response["Error"]
    return described["Code"], described["Message"]


def denial(call: Callable[[], Any]) -> str:
    """Return the text with which a call is denied."""
    with pytest.raises(ClientError) as caught:
        call()
    code, message = error_of(caught.value)
    assert code == "AccessDeniedException"
    return message


def through(server: S3VectorsServer) -> Any:
    """A client that calls a server."""
    return new_client(endpoint_url=server.url, aws_access_key_id="testing", aws_secret_access_key="testing")


def run_case(case: type[unittest.TestCase]) -> None:
    """Run the tests of a test case as unittest does; all have to pass."""
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    assert result.wasSuccessful(), result.failures + result.errors
