"""While the mock is on, no client of aiobotocore gets past it; afterwards all is as before."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.endpoint import AioEndpoint
from botocore.exceptions import HTTPClientError

from mock_s3vectors import mock_s3vectors, s3vectors_server
from mock_s3vectors.gateway import Gateway
from mock_s3vectors.operations import OPERATIONS
from tests.activation import world
from tests.activation.conftest import no_credentials_at_all, no_network  # noqa: F401 - autouse fixtures
from tests.activation.test_imports import run
from tests.activation.test_no_network import OF_CLIENT, refuse_sockets
from tests.activation.test_surroundings import surroundings
from tests.clients import aio
from tests.clients.aio import BUCKET, KEYS, create, in_a_loop, names_of, new_client
from tests.test_examples import EXAMPLES
from tests.test_examples import run as run_example

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

OTHER = "111122223333"


@in_a_loop
async def test_no_operation_opens_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    async with new_client(**KEYS, config=AioConfig(retries={"total_max_attempts": 1})) as client:
        operations = set(client.meta.method_to_api_mapping) & set(OF_CLIENT)
        assert len(operations) == len(client.meta.service_model.operation_names)
        with monkeypatch.context() as patch:  # not sooner: the loop has sockets of its own
            refuse_sockets(patch)
            async with mock_s3vectors():
                for operation in filter(operations.__contains__, OF_CLIENT):
                    response = await getattr(client, operation)(**OF_CLIENT[operation])
                    assert response["ResponseMetadata"]["HTTPStatusCode"] == 200
            with pytest.raises(HTTPClientError, match="a socket was asked for"):
                await client.list_vector_buckets()


@in_a_loop
async def test_all_is_as_before_afterwards() -> None:
    theirs, before, threads = vars(AioEndpoint)["_send"], surroundings(), threading.enumerate()
    for _ in range(2):
        async with mock_s3vectors():
            assert vars(AioEndpoint)["_send"] is not theirs
            async with mock_s3vectors():
                await create("bucket")
            assert vars(AioEndpoint)["_send"] is not theirs
        assert vars(AioEndpoint)["_send"] is theirs
        assert surroundings() == before
        assert threading.enumerate() == threads
    with pytest.raises(ZeroDivisionError):
        await fails()
    assert vars(AioEndpoint)["_send"] is theirs
    assert surroundings() == before


@mock_s3vectors
async def fails() -> None:
    await create("bucket")
    raise ZeroDivisionError


def test_a_library_that_is_imported_while_the_mock_is_on() -> None:
    output = run("""
        import asyncio, sys
        from mock_s3vectors import mock_s3vectors, UsageError

        async def main():
            from aiobotocore.session import AioSession, get_session
            from aiobotocore.endpoint import AioEndpoint
            print(AioEndpoint._send.__code__.co_name)
            async with get_session().create_client("s3vectors", "us-east-1") as client:
                await client.create_vector_bucket(vectorBucketName="bucket")
                print(len((await client.list_vector_buckets())["vectorBuckets"]))
            session = AioSession(include_builtin_handlers=False)
            async with session.create_client("s3vectors", "us-east-1") as client:
                try:
                    await client.list_vector_buckets()
                except UsageError:
                    print("refused")

        with mock_s3vectors():
            assert "aiobotocore" not in sys.modules
            asyncio.run(main())
        from aiobotocore.endpoint import AioEndpoint
        print(AioEndpoint._send.__code__.co_name)
    """)
    assert output.splitlines() == ["send_unless_mocked", "1", "refused", "_send"]


def test_nobody_imports_it_who_does_not_use_it() -> None:
    output = run("""
        import sys
        import boto3
        from mock_s3vectors import mock_s3vectors, patch_client

        with mock_s3vectors():
            client = boto3.client("s3vectors", region_name="us-east-1")
            patch_client(client)
            client.create_vector_bucket(vectorBucketName="bucket")
        print({name.split(".")[0] for name in sys.modules} & {"aiobotocore", "aioboto3", "aiohttp"})
    """)
    assert output == "set()\n"


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.usefixtures("s3vectors_mock")
def test_a_bug_of_ours_surfaces_unchanged_and_at_once(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    bug, calls = ZeroDivisionError("bug"), []

    def broken(*_: Any) -> Any:
        calls.append(1)
        raise bug

    async def main() -> None:
        async with new_client(config=AioConfig(retries={"mode": mode, "max_attempts": 5})) as client:
            await client.list_vector_buckets()

    monkeypatch.setattr(Gateway, "handle", broken)
    with pytest.raises(ZeroDivisionError) as raised:
        asyncio.run(main())
    assert raised.value is bug
    assert calls == [1]


@pytest.mark.usefixtures("s3vectors_mock")
def test_responses_to_async_clients_are_held_against_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """As conftest.py promises for every test."""
    monkeypatch.setitem(OPERATIONS, "ListVectorBuckets", lambda *_: {"nextToken": "next"})
    with pytest.raises(AssertionError, match=r"ListVectorBuckets lacks \{'vectorBuckets'\}"):
        asyncio.run(names_of())


# --- local servers ------------------------------------------------------------------------------------


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """How the requests came that the mock has answered, "in process" or "over HTTP", and their paths."""
    seen: list[tuple[str, str]] = []
    handle = Gateway.handle

    def note(gateway: Gateway, request: Any, *args: Any) -> Any:
        # The server has threads of its own.
        in_process = threading.current_thread() is threading.main_thread()
        seen.append(("in process" if in_process else "over HTTP", request.path))
        return handle(gateway, request, *args)

    monkeypatch.setattr(Gateway, "handle", note)
    return seen


@in_a_loop
async def test_a_local_server_is_asked_itself(ways: list[tuple[str, str]]) -> None:
    with mock_s3vectors(), s3vectors_server() as server:
        async with new_client(endpoint_url=server.url) as client:
            await aio.live(client)
        assert {way for way, _ in ways} == {"over HTTP"}
        assert ("over HTTP", "/QueryVectors") in ways
        ways.clear()
        async with new_client(config=AioConfig(ignore_configured_endpoint_urls=True)) as client:
            await client.create_vector_bucket(**BUCKET)
        assert ways == [("in process", "/CreateVectorBucket")]
        # The server shares the state of the mock that was on.
        assert await names_of(endpoint_url=server.url) == world.names() == ["bucket"]
        assert ways[1:] == [("over HTTP", "/ListVectorBuckets"), ("in process", "/ListVectorBuckets")]


@pytest.mark.parametrize("do", [aio.be_refused, aio.turn_pages, aio.come_in_crowds])
@in_a_loop
async def test_the_server_of_the_environment(
    do: Callable[[Any], Coroutine[Any, Any, None]], ways: list[tuple[str, str]]
) -> None:
    with s3vectors_server() as server:
        assert os.environ["AWS_ENDPOINT_URL_S3VECTORS"] == server.url
        async with new_client() as client:
            assert client.meta.endpoint_url == server.url
            await do(client)
    assert {way for way, _ in ways} == {"over HTTP"}


# --- the example ------------------------------------------------------------------------------------------


def test_the_example_shows_what_it_promises() -> None:
    lines = run_example(EXAMPLES / "async_search.py").splitlines()
    assert lines[0] == "3,199 films stored in 7 batches, 796 + 794 + 786 + 823 listed in segments"
    assert next(line.split() for line in lines if "Zombieland" in line)[:2] == ["0.4938", "Zombieland"]
    assert "[1] The Return of the Living Dead. Genre: Horror. Science Fiction. 1985." in lines
    assert lines[-4:] == [
        "Three searches at once, one of them wrong",
        "Artificial Intelligence: AI",
        "ValidationException: Invalid filter",
        "Dinosaur",
    ]
