"""Helpers of most tests: names and addresses, records to put, and short ways to see what is there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from collections.abc import Iterator

# Tests call clients with what types forbid, on purpose; test_typing.py is where types count.
Client = Any
# Calls, and returns the refusal: code, message and `fieldList` (None if there is none).
Refused = Callable[..., tuple[str, str, Any]]
# Creates an index in the bucket `bucket`; returns the two names that address it.
MakeIndex = Callable[..., dict[str, str]]
# Sets the mock's clock.
SetClock = Callable[[float], None]
# Makes clients in other Regions (the first argument) and accounts (the second).
ClientAt = Callable[..., Client]

# The bucket of the fixture `client` and the index of the fixture `index`.
BUCKET = {"vectorBucketName": "bucket"}
INDEX = {**BUCKET, "indexName": "index"}
OWNER = "arn:aws:s3vectors:us-east-1:123456789012"
BUCKET_ARN = f"{OWNER}:bucket/bucket"
INDEX_ARN = f"{BUCKET_ARN}/index/index"
# What CreateIndex needs besides names.
SETTINGS: dict[str, Any] = {"dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}
ORIGIN: dict[str, Any] = {"queryVector": {"float32": [0, 0]}}

# When the clock of the fixture `at` begins, in seconds since the epoch.
START = 1_800_000_000.25
# The last moment at which a new bucket was CLASSIC, and the first at which it is ENHANCED.
CLASSIC_UNTIL, ENHANCED_SINCE = 1_790_726_399.999, 1_790_726_400

# A policy that a bucket may have.
POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "123456789012"}, '
    '"Action": "s3vectors:*", "Resource": "*"}]}'
)

# Options of a pytest in a process of its own. To rewrite the asserts of all that it loads takes it a second.
PLAIN_RUN = ("-p", "no:cacheprovider", "--assert=plain")
QUICK_CLIENTS = ("-p", "tests.support.quick_clients")


@lru_cache(maxsize=1)
def shared_client() -> Client:
    """A client for all runs of a property: making one takes longer than a run."""
    return boto3.client("s3vectors", region_name="us-east-1")


def running_threads() -> list[threading.Thread]:
    """Return the threads of the process but those of event loops, which may end later than the loop."""
    return [thread for thread in threading.enumerate() if not thread.name.startswith("asyncio_")]


def endpoint_of(client: Client) -> Any:
    """Return the endpoint that sends the requests of a client of botocore or aiobotocore."""
    return client._endpoint  # noqa: SLF001 - botocore's: a client does not show it otherwise


def vector(key: str, data: Any = (1.0, 2.0), **metadata: Any) -> Any:
    """A record for PutVectors."""
    record: dict[str, Any] = {"key": key, "data": {"float32": list(data)}}
    return {**record, "metadata": metadata} if metadata else record


def put_batches(client: Client, index: dict[str, str], records: list[Any]) -> list[str]:
    """Writes any number of records; returns their keys."""
    for start in range(0, len(records), 500):
        client.put_vectors(**index, vectors=records[start : start + 500])
    return keys_of(records)


def answer_of(call: Any, **arguments: Any) -> Any:
    """Call, and return the answer without the response's own description."""
    response = call(**arguments)
    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    return response


def pages_of(call: Any, **request: Any) -> Iterator[Any]:
    """The responses to a request and to those for its next pages, to the last."""
    response = call(**request)
    yield response
    while "nextToken" in response:
        token = response["nextToken"]
        response = call(**{**request, "nextToken": token})
        assert response.get("nextToken") != token, "this list has no end"
        yield response


def keys_of(vectors: Any) -> list[str]:
    """The keys of records or hits, in their order."""
    return [vector["key"] for vector in vectors]


def keys_in_pages(call: Any, **request: Any) -> list[list[str]]:
    """The keys of each page of ListVectors or QueryVectors, to the last."""
    return [keys_of(page["vectors"]) for page in pages_of(call, **request)]


def listed_keys(client: Client, index: dict[str, str], **settings: Any) -> list[str]:
    """All keys of an index, in the order of ListVectors."""
    return [*chain.from_iterable(keys_in_pages(client.list_vectors, **index, **settings))]


def stored(client: Client, index: dict[str, str], *keys: str) -> dict[str, tuple[list[float], Any]]:
    """Data and metadata of the vectors that are there, by key."""
    found = client.get_vectors(**index, keys=list(keys), returnData=True, returnMetadata=True)["vectors"]
    return {entry["key"]: (entry["data"]["float32"], entry["metadata"]) for entry in found}


def bucket_names(client: Client, **settings: Any) -> list[str]:
    return [entry["vectorBucketName"] for entry in client.list_vector_buckets(**settings)["vectorBuckets"]]


def index_names(client: Client, bucket: str = "bucket", **settings: Any) -> list[str]:
    entries = client.list_indexes(vectorBucketName=bucket, **settings)["indexes"]
    return [entry["indexName"] for entry in entries]


def default_of(client: Client, name: str = "bucket") -> Any:
    """The mode of a bucket's new indexes."""
    return client.get_vector_bucket(vectorBucketName=name)["vectorBucket"]["defaultIndexMode"]


def mode_of(client: Client, name: str = "index", bucket: str = "bucket") -> Any:
    """The mode of an index."""
    return client.get_index(vectorBucketName=bucket, indexName=name)["index"]["indexMode"]
