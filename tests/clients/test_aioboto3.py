"""Sessions of aioboto3; the tests of every client are in tests/drivers."""

from __future__ import annotations

import asyncio
from typing import Any

import aioboto3

from mock_s3vectors import mock_s3vectors
from tests.activation import world
from tests.activation.conftest import no_credentials_at_all, no_network  # noqa: F401 - autouse fixtures
from tests.clients import aio
from tests.clients.aio import in_a_loop
from tests.support.drivers import KINDS


def new_client(**settings: Any) -> Any:
    """A client of aioboto3, to be entered."""
    return aioboto3.Session().client("s3vectors", region_name="us-east-1", **settings)


@mock_s3vectors(account_id="111122223333")
async def account_seen() -> str:
    async with new_client() as client:
        await client.create_vector_bucket(vectorBucketName="bucket")
        return (await aio.arn(client)).split(":")[4]


def test_the_tests_of_all_drivers_run_with_it() -> None:
    assert "aioboto3" in {kind.name for kind in KINDS}


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
