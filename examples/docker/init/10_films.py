"""Creates what the application expects: the server runs this before it is healthy.

It runs at every start, so it must accept what an earlier start has left in the state file. The server sets
the endpoint and credentials for it.
"""

from __future__ import annotations

from contextlib import suppress

import boto3

s3vectors = boto3.client("s3vectors", region_name="us-east-1")

with suppress(s3vectors.exceptions.ConflictException):
    s3vectors.create_vector_bucket(vectorBucketName="films")
with suppress(s3vectors.exceptions.ConflictException):
    s3vectors.create_index(
        vectorBucketName="films", indexName="plots", dataType="float32", dimension=3, distanceMetric="cosine"
    )
