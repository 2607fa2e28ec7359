"""Helpers for tests of async clients in one event loop; the tests of every client are in tests/drivers."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any, ParamSpec

from aiobotocore.session import get_session

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

Arguments = ParamSpec("Arguments")

BUCKET = {"vectorBucketName": "bucket"}


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
