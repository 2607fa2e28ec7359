"""What several test modules use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# Tests call clients with what types forbid, on purpose; test_typing.py is where types count.
Client = Any
# Calls, and returns the refusal: code, message and `fieldList` (None if there is none).
Refused = Callable[..., tuple[str, str, Any]]
# Creates an index in the bucket `bucket`; returns the two names that address it.
MakeIndex = Callable[..., dict[str, str]]

# When the clock of the fixture `at` begins, in seconds since the epoch.
START = 1_800_000_000.25


# A policy that a bucket may have.
POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, '
    '"Action": "s3vectors:*", "Resource": "*"}]}'
)


def vector(key: str, data: Any = (1.0, 2.0), **metadata: Any) -> Any:
    """A record for PutVectors."""
    record: dict[str, Any] = {"key": key, "data": {"float32": list(data)}}
    return {**record, "metadata": metadata} if metadata else record


def answer_of(call: Any, **arguments: Any) -> Any:
    """What a call returns besides the response's own description."""
    response = call(**arguments)
    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    return response


def invalid(message: str, fields: Any = None) -> tuple[str, str, Any]:
    """The refusal of a ValidationException, as `Refused` returns it."""
    return "ValidationException", message, fields


def default_of(client: Client, name: str = "bucket") -> Any:
    """The mode of a bucket's new indexes."""
    return client.get_vector_bucket(vectorBucketName=name)["vectorBucket"]["defaultIndexMode"]


def mode_of(client: Client, name: str = "index", bucket: str = "bucket") -> Any:
    """The mode of an index."""
    return client.get_index(vectorBucketName=bucket, indexName=name)["index"]["indexMode"]


def put_batches(client: Client, index: dict[str, str], records: list[Any]) -> list[str]:
    """Writes any number of records; returns their keys."""
    for start in range(0, len(records), 500):
        client.put_vectors(**index, vectors=records[start : start + 500])
    return [record["key"] for record in records]
