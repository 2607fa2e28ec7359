"""Prints the endpoint of a client that was told nothing, and the vector buckets that it sees."""

from __future__ import annotations

import boto3

client = boto3.client("s3vectors", region_name="us-east-1")
buckets = client.list_vector_buckets()["vectorBuckets"]
print(client.meta.endpoint_url, [bucket["vectorBucketName"] for bucket in buckets])
