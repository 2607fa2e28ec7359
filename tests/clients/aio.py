"""What async clients are put through, whichever library makes them."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any, ParamSpec

import pytest
from aiobotocore.awsrequest import AioAWSResponse
from aiobotocore.session import get_session
from botocore import xform_name
from botocore.exceptions import ClientError

from tests.activation.test_imports import KEYS as ALL_KEYS
from tests.activation.test_imports import run
from tests.support.life_cycle import refusal_of
from tests.support.helpers import vector

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Arguments = ParamSpec("Arguments")

KEYS = {"aws_access_key_id": "some-id", "aws_secret_access_key": "some-secret"}
BUCKET = {"vectorBucketName": "bucket"}
INDEX = {**BUCKET, "indexName": "index"}
BUCKET_ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/bucket"
INDEX_ARN = f"{BUCKET_ARN}/index/index"
POLICY = (
    '{"Version": "2012-10-17", "Statement": '
    '[{"Effect": "Allow", "Principal": "*", "Action": "s3vectors:*", "Resource": "*"}]}'
)
SENT = "sent to https://s3vectors.us-east-1.api.aws/ListVectorBuckets"
REFUSED = (
    "An s3vectors client that does not ask the mock was called while it is on, and the request was "
    "not sent anywhere. The client is older than `import mock_s3vectors`, or has no built-in "
    "handlers: give it to mock_s3vectors.patch_client, or import mock_s3vectors before it is made."
)


def in_a_loop(test: Callable[Arguments, Coroutine[Any, Any, None]]) -> Callable[Arguments, None]:
    """A test that is a coroutine function, for pytest as it is."""

    @functools.wraps(test)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        asyncio.run(test(*args, **kwargs))

    return run


def new_client(service: str = "s3vectors", region: str = "us-east-1", **settings: Any) -> Any:
    """A client of aiobotocore, to be entered."""
    return get_session().create_client(service, region_name=region, **settings)


async def names(client: Any) -> list[str]:
    """The vector buckets, in the first page of them."""
    return [bucket["vectorBucketName"] for bucket in (await client.list_vector_buckets())["vectorBuckets"]]


async def names_of(**settings: Any) -> list[str]:
    """The vector buckets that a client made for this sees."""
    async with new_client(**settings) as client:
        return await names(client)


async def create(*names: str, **settings: Any) -> None:
    """Makes vector buckets with a client made for this."""
    async with new_client(**settings) as client:
        for name in names:
            await client.create_vector_bucket(vectorBucketName=name)


async def arn(client: Any, name: str = "bucket") -> str:
    """Asked for, because the oldest botocore's CreateVectorBucket does not return it."""
    described = await client.get_vector_bucket(vectorBucketName=name)
    return str(described["vectorBucket"]["vectorBucketArn"])


async def create_index(client: Any, **settings: Any) -> None:
    """Makes the bucket, and in it the index: two dimensions, euclidean."""
    await client.create_vector_bucket(**BUCKET)
    await client.create_index(
        **INDEX, dataType="float32", dimension=2, distanceMetric="euclidean", **settings
    )


async def answer(call: Any, **arguments: Any) -> Any:
    """What a call returns besides the response's own description."""
    response = await call(**arguments)
    assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    return response


async def refusal(call: Any, **arguments: Any) -> ClientError:
    """The service's error that a call ends with."""
    with pytest.raises(ClientError) as refused:
        await call(**arguments)
    return refused.value


class Aws:
    """Stands where a client's network is: notes the URLs that go there, and answers all alike."""

    def __init__(self, client: Any, body: bytes = b"{}") -> None:
        self.urls: list[str] = []
        self._body = body
        client._endpoint.http_session.send = self._send

    async def _send(self, request: Any) -> AioAWSResponse:
        self.urls.append(request.url)
        headers: Any = {"content-type": "application/json"}
        raw: Any = self
        return AioAWSResponse(request.url, 200, headers, raw)

    async def read(self) -> bytes:
        return self._body


class Blocking:
    """A client whose calls come back when they are answered, in a loop of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._context = new_client()
        self._client = self._loop.run_until_complete(self._context.__aenter__())

    def perform(self, operation: str, parameters: dict[str, Any]) -> Any:
        """The answer, or the refusal."""
        call = answer(getattr(self._client, xform_name(operation)), **parameters)
        try:
            return self._loop.run_until_complete(call)
        except ClientError as error:
            return refusal_of(error)

    def note_sizes(self, operation: str) -> list[int]:
        """A list that grows with the length of the body of each call."""
        sizes: list[int] = []

        def note_size(params: dict[str, Any], **_: Any) -> None:
            sizes.append(len(params["body"]))

        self._client.meta.events.register(f"before-call.s3vectors.{operation}", note_size)
        return sizes

    def close(self) -> None:
        """The client, and its loop."""
        self._loop.run_until_complete(self._context.__aexit__(None, None, None))
        self._loop.close()


# --- the life of buckets, indexes and vectors -----------------------------------------------------


async def live(client: Any) -> None:
    """Makes everything, uses it, and takes it away again."""
    await create_index(client, metadataConfiguration={"nonFilterableMetadataKeys": ["text"]})
    await _see_buckets_and_indexes(client)
    await _use_vectors(client)
    await _use_a_policy(client)
    if hasattr(client, "tag_resource"):
        await _use_tags(client)
    assert await answer(client.delete_index, **INDEX) == {}
    assert await answer(client.delete_vector_bucket, **BUCKET) == {}
    assert await answer(client.list_vector_buckets) == {"vectorBuckets": []}


async def _see_buckets_and_indexes(client: Any) -> None:
    (bucket,) = (await answer(client.list_vector_buckets))["vectorBuckets"]
    assert (bucket["vectorBucketName"], bucket["vectorBucketArn"]) == ("bucket", BUCKET_ARN)
    shown = (await answer(client.get_vector_bucket, **BUCKET))["vectorBucket"]
    assert bucket.items() <= shown.items()
    assert shown["encryptionConfiguration"] == {"sseType": "AES256"}

    (listed,) = (await answer(client.list_indexes, **BUCKET))["indexes"]
    assert (listed["indexName"], listed["indexArn"]) == ("index", INDEX_ARN)
    index = (await answer(client.get_index, indexArn=INDEX_ARN))["index"]
    assert listed.items() <= index.items()
    assert (index["dataType"], index["dimension"], index["distanceMetric"]) == ("float32", 2, "euclidean")
    assert index["metadataConfiguration"] == {"nonFilterableMetadataKeys": ["text"]}


async def _use_vectors(client: Any) -> None:
    records = [
        vector("a", (0.9, 0), year=1942, text="Casablanca"),
        vector("b", (3, 4), year=1960),
        vector("c", (0, 0)),
    ]
    assert await answer(client.put_vectors, **INDEX, vectors=records) == {}
    # Stored as float32, and written as double.
    got = await answer(
        client.get_vectors, **INDEX, keys=["a", "missing"], returnData=True, returnMetadata=True
    )
    assert got == {"vectors": [vector("a", (0.8999999761581421, 0.0), year=1942, text="Casablanca")]}
    listed = await answer(client.list_vectors, **INDEX)
    assert sorted(record["key"] for record in listed["vectors"]) == ["a", "b", "c"]

    question = {**INDEX, "queryVector": {"float32": [0, 0]}, "topK": 3}
    found = await answer(client.query_vectors, **question, returnDistance=True, returnMetadata=True)
    assert found["vectors"] == [
        {"key": "c", "distance": 0.0, "metadata": {}},
        {"key": "a", "distance": 0.809999942779541, "metadata": {"year": 1942, "text": "Casablanca"}},
        {"key": "b", "distance": 25.0, "metadata": {"year": 1960}},
    ]
    if "distanceMetric" in client.meta.service_model.operation_model("QueryVectors").output_shape.members:
        assert found["distanceMetric"] == "euclidean"
    newer = await answer(client.query_vectors, **question, filter={"year": {"$gt": 1950}})
    assert newer["vectors"] == [{"key": "b"}]

    assert await answer(client.delete_vectors, **INDEX, keys=["c", "missing"]) == {}
    left = await answer(client.query_vectors, **question)
    assert left["vectors"] == [{"key": "a"}, {"key": "b"}]


async def _use_a_policy(client: Any) -> None:
    assert await answer(client.put_vector_bucket_policy, **BUCKET, policy=POLICY) == {}
    assert await answer(client.get_vector_bucket_policy, **BUCKET) == {"policy": POLICY}
    assert await answer(client.delete_vector_bucket_policy, **BUCKET) == {}
    error = await refusal(client.get_vector_bucket_policy, **BUCKET)
    assert isinstance(error, client.exceptions.NotFoundException)
    assert error.response["Error"]["Message"] == "The specified vector bucket policy could not be found"


async def _use_tags(client: Any) -> None:
    for resource in (BUCKET_ARN, INDEX_ARN):
        tags = {"team": "search", "stage": "test"}
        assert await answer(client.tag_resource, resourceArn=resource, tags=tags) == {}
        assert await answer(client.list_tags_for_resource, resourceArn=resource) == {"tags": tags}
        assert await answer(client.untag_resource, resourceArn=resource, tagKeys=["team", "none"]) == {}
        left = await answer(client.list_tags_for_resource, resourceArn=resource)
        assert left == {"tags": {"stage": "test"}}


# --- errors, pages, concurrency ---------------------------------------------------------------------


async def be_refused(client: Any) -> None:
    """Errors are those of the model, with the service's texts."""
    error = await refusal(client.get_vector_bucket, **BUCKET)
    assert isinstance(error, client.exceptions.NotFoundException)
    assert str(error) == (
        "An error occurred (NotFoundException) when calling the GetVectorBucket operation: "
        "The specified vector bucket could not be found"
    )
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert error.response["ResponseMetadata"]["RetryAttempts"] == 0

    await create_index(client)
    error = await refusal(
        client.query_vectors, **INDEX, queryVector={"float32": [1, 2]}, topK=1, filter={"$not": []}
    )
    assert isinstance(error, client.exceptions.ValidationException)
    assert str(error) == (
        "An error occurred (ValidationException) when calling the QueryVectors operation: Invalid filter"
    )
    response: Any = error.response
    assert response["fieldList"] == [{"path": "filter", "message": "Invalid filter"}]

    error = await refusal(client.put_vectors, **INDEX, vectors=[vector("a", (1, 2, 3))])
    response = error.response
    assert response["Error"] == {
        "Code": "ValidationException",
        "Message": "Invalid record for key 'a': vector must have length 2, but has length 3",
    }
    assert response["fieldList"] == [
        {"path": "vectors[0]", "message": "vector must have length 2, but has length 3"}
    ]


async def turn_pages(client: Any) -> None:
    """Paginators go through buckets, indexes, vectors and, where the model has such pages, hits."""
    await create_index(client)
    for number in range(4):
        await client.create_vector_bucket(vectorBucketName=f"bucket-{number}")
        other = {**BUCKET, "indexName": f"index-{number}"}
        await client.create_index(**other, dataType="float32", dimension=2, distanceMetric="cosine")
    await client.put_vectors(**INDEX, vectors=[vector(f"v{number:03}", (number, 0)) for number in range(250)])

    buckets = await _pages(client, "list_vector_buckets", 2)
    assert [[bucket["vectorBucketName"] for bucket in page] for page in buckets] == [
        ["bucket", "bucket-0"],
        ["bucket-1", "bucket-2"],
        ["bucket-3"],
    ]
    indexes = await _pages(client, "list_indexes", 3, **BUCKET)
    assert [[index["indexName"] for index in page] for page in indexes] == [
        ["index", "index-0", "index-1"],
        ["index-2", "index-3"],
    ]
    vectors = await _pages(client, "list_vectors", 100, **INDEX)
    assert [len(page) for page in vectors] == [100, 100, 50]
    listed = [record["key"] for page in vectors for record in page]
    assert sorted(listed) == [f"v{number:03}" for number in range(250)]

    pages = client.get_paginator("list_vectors").paginate(**INDEX, PaginationConfig={"MaxItems": 120})
    first = await pages.build_full_result()
    assert [record["key"] for record in first["vectors"]] == listed[:120]
    rest = client.get_paginator("list_vectors").paginate(
        **INDEX, PaginationConfig={"StartingToken": first["NextToken"]}
    )
    assert [key async for key in rest.search("vectors[].key")] == listed[120:]

    if client.can_paginate("query_vectors"):
        hits = await _pages(
            client, "query_vectors", None, **INDEX, queryVector={"float32": [249, 0]}, topK=250
        )
        assert [len(page) for page in hits] == [100, 100, 50]
        assert [hit["key"] for page in hits for hit in page] == sorted(listed, reverse=True)


async def _pages(client: Any, operation: str, size: int | None, **arguments: Any) -> list[list[Any]]:
    """What stands on each page."""
    paginator = client.get_paginator(operation)
    (result,) = paginator.result_keys
    pages = paginator.paginate(**arguments, PaginationConfig={"PageSize": size})
    return [page[result.expression] async for page in pages]


async def come_in_crowds(client: Any) -> None:
    """Of a hundred calls at once, each is answered its own."""
    await create_index(client)
    records = [vector(f"v{number:02}", (number, 0)) for number in range(100)]
    await asyncio.gather(*(client.put_vectors(**INDEX, vectors=[record]) for record in records))
    answers = await asyncio.gather(
        *(
            client.query_vectors(**INDEX, queryVector={"float32": [number, 0]}, topK=1, returnDistance=True)
            for number in range(100)
        )
    )
    assert [found["vectors"] for found in answers] == [
        [{"key": f"v{number:02}", "distance": 0.0}] for number in range(100)
    ]

    racing = [client.create_vector_bucket(vectorBucketName="wanted") for _ in range(10)]
    outcomes = await asyncio.gather(*racing, return_exceptions=True)
    lost = [outcome for outcome in outcomes if isinstance(outcome, client.exceptions.ConflictException)]
    assert len(lost) == 9
    assert {error.response["Error"]["Message"] for error in lost} == {
        "A vector bucket with the specified name already exists"
    }
    assert await names(client) == ["bucket", "wanted"]


# --- sessions that are older than the import of mock_s3vectors ------------------------------------------


def what_an_older_session_sees(prepare: str, session: str, method: str = "create_client") -> list[str]:
    """What a client answers before the mock, in it, in it once patched, and after it; in its own process.

    Args:
        prepare: an import.
        session: makes the session, before mock_s3vectors is imported.
        method: of the session, makes a client.
    """
    return run(f"""
        import asyncio
        {prepare}
        session = {session}
        import mock_s3vectors
        from aiobotocore.httpsession import AIOHTTPSession

        async def send(session, request):
            raise AssertionError("sent to " + request.url)

        AIOHTTPSession.send = send

        async def call(client):
            try:
                return (await client.list_vector_buckets())["vectorBuckets"]
            except (AssertionError, mock_s3vectors.UsageError) as error:
                return error

        async def main():
            async with session.{method}("s3vectors", {ALL_KEYS}) as client:
                print(await call(client))
                async with mock_s3vectors.mock_s3vectors():
                    print(await call(client))
                    mock_s3vectors.patch_client(client)
                    mock_s3vectors.patch_client(client)
                    print(await call(client))
                print(await call(client))

        asyncio.run(main())
    """).splitlines()
