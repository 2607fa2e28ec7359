"""Clients of aioboto3: made by sessions of its own, answered as those of aiobotocore."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aioboto3
import pytest
from botocore.exceptions import NoCredentialsError

from mock_s3vectors import mock_s3vectors
from tests.activation import world
from tests.activation.conftest import no_credentials_at_all, no_network  # noqa: F401 - autouse fixtures
from tests.clients import aio
from tests.clients.aio import in_a_loop, names

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


def new_client(**settings: Any) -> Any:
    """A client of aioboto3, to be entered."""
    return aioboto3.Session().client("s3vectors", region_name="us-east-1", **settings)


@pytest.mark.usefixtures("s3vectors_mock")
@pytest.mark.parametrize(
    "do", [aio.live, aio.be_refused, aio.turn_pages, aio.come_in_crowds], ids=lambda do: do.__name__
)
def test_a_client_sees_what_one_of_aiobotocore_sees(do: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        async with new_client() as client:
            await do(client)

    asyncio.run(main())


@mock_s3vectors(account_id="111122223333")
async def account_seen() -> str:
    async with new_client() as client:
        await client.create_vector_bucket(vectorBucketName="bucket")
        return (await aio.arn(client)).split(":")[4]


def test_a_decorated_coroutine_function() -> None:
    for _ in range(2):
        assert asyncio.run(account_seen()) == "111122223333"


@in_a_loop
async def test_accounts_are_chosen_by_the_credentials_of_a_session() -> None:
    async with mock_s3vectors() as mock:
        for account in ("111122223333", "444455556666"):
            session = aioboto3.Session(**mock.credentials(account), region_name="eu-west-1")
            async with session.client("s3vectors") as client:
                await client.create_vector_bucket(vectorBucketName="bucket")
                assert await aio.arn(client) == f"arn:aws:s3vectors:eu-west-1:{account}:bucket/bucket"
        assert world.names() == []


@in_a_loop
async def test_all_clients_of_a_process_share_the_state(s3vectors_mock: Any) -> None:
    world.create("of-boto3")
    async with new_client() as client, aio.new_client() as other:
        await client.create_vector_bucket(vectorBucketName="of-aioboto3")
        await other.create_vector_bucket(vectorBucketName="of-aiobotocore")
        everything = ["of-aioboto3", "of-aiobotocore", "of-boto3"]
        assert await names(client) == await names(other) == world.names() == everything
        s3vectors_mock.reset()
        assert await names(client) == await names(other) == world.names() == []


@in_a_loop
async def test_a_client_made_where_there_were_no_credentials() -> None:
    async with new_client() as client:
        async with mock_s3vectors():
            await client.create_vector_bucket(**aio.BUCKET)
            assert await names(client) == world.names() == ["bucket"]
        with pytest.raises(NoCredentialsError):
            await names(client)


def test_a_session_older_than_the_import_is_refused_until_it_is_patched() -> None:
    old = aio.what_an_older_session_sees("import aioboto3", "aioboto3.Session()", "client")
    assert old == [aio.SENT, aio.REFUSED, "[]", aio.SENT]
