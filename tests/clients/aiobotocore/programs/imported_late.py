"""Imports aiobotocore while the mock is on; prints whether its way out is guarded, and what clients see."""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module
from typing import Any

from mock_s3vectors import UsageError, mock_s3vectors


def way_out() -> str:
    """Say whose method sends the requests."""
    sends: Any = import_module("aiobotocore.endpoint").AioEndpoint
    return "free" if vars(sends)["_send"].__code__.co_name == "_send" else "guarded"


async def main() -> None:
    library = import_module("aiobotocore.session")
    print(way_out())
    async with library.get_session().create_client("s3vectors", "us-east-1") as client:
        await client.create_vector_bucket(vectorBucketName="bucket")
        print(len((await client.list_vector_buckets())["vectorBuckets"]))
    bare = library.AioSession(include_builtin_handlers=False)
    async with bare.create_client("s3vectors", "us-east-1") as client:
        try:
            await client.list_vector_buckets()
        except UsageError:
            print("refused")


with mock_s3vectors():
    assert "aiobotocore" not in sys.modules
    asyncio.run(main())
print(way_out())
