"""Prints what a client sees whose session is older than the import of mock_s3vectors.

The order is: before the mock; in it; in it a client of another service; in it once patched; after the mock.
The argument is the library: sync (boto3), async (aiobotocore) or aioboto3.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from importlib import import_module
from typing import Any

library = sys.argv[1]
session: Any
if library == "async":
    session = import_module("aiobotocore.session").get_session()
    make = session.create_client
else:
    session = import_module({"sync": "boto3"}.get(library, library)).Session()
    make = session.client

import mock_s3vectors

SETTINGS = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}


def send(_: Any, request: Any) -> None:
    """Take the place of the network."""
    raise AssertionError("sent to " + request.url)


async def called(call: Any) -> Any:
    """Return the vector buckets, or the reason why there are none."""
    try:
        answer = call()
        return (answer if library == "sync" else await answer)["vectorBuckets"]
    except (AssertionError, mock_s3vectors.UsageError) as error:
        return error


async def main() -> None:
    if library == "sync":
        import_module("botocore.httpsession").URLLib3Session.send = send
    else:
        import_module("aiobotocore.httpsession").AIOHTTPSession.send = send
    async with AsyncExitStack() as stack:
        client, other = (make(service, **SETTINGS) for service in ("s3vectors", "sts"))
        if library != "sync":
            client, other = [await stack.enter_async_context(context) for context in (client, other)]
        print(await called(client.list_vector_buckets))
        with mock_s3vectors.mock_s3vectors():
            print(await called(client.list_vector_buckets))
            print(await called(other.get_caller_identity))
            for _ in range(2):
                mock_s3vectors.patch_client(client)
            print(await called(client.list_vector_buckets))
        print(await called(client.list_vector_buckets))


asyncio.run(main())
