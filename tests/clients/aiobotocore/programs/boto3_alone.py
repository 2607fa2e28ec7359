"""Uses the mock with boto3, and prints which async libraries that has imported."""

from __future__ import annotations

import sys

import boto3

from mock_s3vectors import mock_s3vectors, patch_client

with mock_s3vectors():
    client = boto3.client("s3vectors", region_name="us-east-1")
    patch_client(client)
    client.create_vector_bucket(vectorBucketName="bucket")
print({name.split(".")[0] for name in sys.modules} & {"aiobotocore", "aioboto3", "aiohttp"})
