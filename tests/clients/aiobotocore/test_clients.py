"""Which clients of aiobotocore are answered, and what they see."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore import UNSIGNED
from botocore.exceptions import NoCredentialsError

from mock_s3vectors import UsageError, mock_s3vectors, patch_client, s3vectors_server
from mock_s3vectors.errors import refusals
from mock_s3vectors.operations import OPERATIONS
from tests.activation import world
from tests.activation.conftest import no_credentials_at_all, no_network  # noqa: F401 - autouse fixtures
from tests.clients import aio
from tests.clients.aio import BUCKET, KEYS, Aws, create, in_a_loop, names, names_of, new_client
from tests.support.life_cycle import TOO_LARGE, expected_of, seen_of, steps_for, vocabulary_of
from tests.clients.world import BULKY, BULKY_SETTINGS, at_the_limit
from tests.support.shapes import service_model

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

OTHER = "111122223333"


@pytest.mark.usefixtures("s3vectors_mock")
@pytest.mark.parametrize(
    "do", [aio.live, aio.be_refused, aio.turn_pages, aio.come_in_crowds], ids=lambda do: do.__name__
)
def test_a_client_is_answered(do: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    async def main() -> None:
        async with new_client() as client:
            await do(client)

    asyncio.run(main())


# --- which clients are answered ---------------------------------------------------------------------


@in_a_loop
async def test_clients_of_boto3_and_of_aiobotocore_share_the_state(s3vectors_mock: Any) -> None:
    world.create("of-boto3")
    async with new_client() as client:
        await client.create_vector_bucket(vectorBucketName="of-aiobotocore")
        assert await names(client) == world.names() == ["of-aiobotocore", "of-boto3"]
        world.CLIENT.delete_vector_bucket(vectorBucketName="of-boto3")
        assert await names(client) == world.names() == ["of-aiobotocore"]
        s3vectors_mock.reset()
        assert await names(client) == world.names() == []


@in_a_loop
async def test_accounts_and_regions_have_buckets_of_their_own() -> None:
    async with mock_s3vectors() as mock:
        ours, others = mock.credentials("123456789012"), mock.credentials(OTHER)
        await create("bucket", **others)
        async with new_client(region="eu-west-1", **others) as client:
            await client.create_vector_bucket(**BUCKET)
            assert await aio.arn(client) == f"arn:aws:s3vectors:eu-west-1:{OTHER}:bucket/bucket"
            await client.delete_vector_bucket(**BUCKET)
        assert await names_of(**others) == ["bucket"]
        assert await names_of(**ours) == await names_of() == []


@in_a_loop
async def test_a_client_made_where_there_were_no_credentials() -> None:
    async with new_client() as client:
        async with mock_s3vectors(account_id=OTHER):
            await client.create_vector_bucket(**BUCKET)
            assert (await aio.arn(client)).split(":")[4] == OTHER
            url = await client.generate_presigned_url("list_vector_buckets")
            assert url.startswith("https://s3vectors.us-east-1.api.aws/ListVectorBuckets?")
            assert "X-Amz-Credential=testing%2F" in url
        with pytest.raises(NoCredentialsError):
            await names(client)


@in_a_loop
async def test_a_client_with_credentials_keeps_them() -> None:
    async with new_client(**KEYS) as client, mock_s3vectors():
        assert "X-Amz-Credential=some-id%2F" in await client.generate_presigned_url("list_vector_buckets")
        assert await names(client) == []
    others: Any = {"aws_access_key_id": OTHER, "aws_secret_access_key": "mine"}
    async with new_client(**others) as client, mock_s3vectors():
        await client.create_vector_bucket(**BUCKET)
        assert await aio.arn(client) == f"arn:aws:s3vectors:us-east-1:{OTHER}:bucket/bucket"


@in_a_loop
async def test_a_client_of_a_role_asks_nobody_for_credentials(role_profile: str) -> None:
    session = AioSession(profile=role_profile)
    async with session.create_client("s3vectors", region_name="us-east-1") as client, mock_s3vectors():
        await client.create_vector_bucket(**BUCKET)
        assert world.names() == ["bucket"]


@in_a_loop
async def test_an_unsigned_client_is_in_the_region_of_its_host() -> None:
    config = AioConfig(signature_version=UNSIGNED)
    async with new_client(region="us-west-2", config=config) as client, mock_s3vectors():
        await client.create_vector_bucket(**BUCKET)
        assert await aio.arn(client) == "arn:aws:s3vectors:us-west-2:123456789012:bucket/bucket"


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.usefixtures("s3vectors_mock")
def test_an_error_that_is_worth_a_retry_is_retried(monkeypatch: pytest.MonkeyPatch, mode: str) -> None:
    calls = []

    def unavailable_at_first(*_: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise refusals.unavailable()
        return {"vectorBuckets": []}

    async def main() -> None:
        config = AioConfig(retries={"mode": mode, "max_attempts": 3})
        async with new_client(config=config) as client:
            monkeypatch.setattr(client._endpoint, "_sleep", no_sleep, raising=False)
            response = await client.list_vector_buckets()
            assert response["ResponseMetadata"]["RetryAttempts"] == 1
            assert response["vectorBuckets"] == []

    monkeypatch.setitem(OPERATIONS, "ListVectorBuckets", unavailable_at_first)
    asyncio.run(main())
    assert len(calls) == 2


async def no_sleep(_: float) -> None:
    """Retries want to wait up to a second."""


# --- which are not ------------------------------------------------------------------------------------


@in_a_loop
async def test_clients_of_other_services_are_left_alone() -> None:
    async with (
        mock_s3vectors(),
        new_client("dynamodb") as dynamodb,
        new_client("s3") as s3,
        new_client("sts") as sts,
    ):
        to_dynamodb, to_s3 = Aws(dynamodb, b'{"TableNames": ["of-aws"]}'), Aws(s3, b"")
        to_sts = Aws(
            sts,
            b"<GetCallerIdentityResponse><GetCallerIdentityResult><Account>444455556666</Account>"
            b"</GetCallerIdentityResult></GetCallerIdentityResponse>",
        )
        assert (await dynamodb.list_tables())["TableNames"] == ["of-aws"]
        await s3.head_bucket(Bucket="bucket")
        assert (await sts.get_caller_identity())["Account"] == "444455556666"
    called = [to.urls[0].split("/")[2].split(".") for to in (to_dynamodb, to_s3, to_sts)]
    assert [(host[0], *host[-2:]) for host in called] == [
        ("dynamodb", "amazonaws", "com"),
        ("bucket", "amazonaws", "com"),
        ("sts", "amazonaws", "com"),
    ]


@in_a_loop
async def test_clients_of_other_services_get_no_credentials_lent() -> None:
    async with new_client("dynamodb") as client, mock_s3vectors():
        with pytest.raises(NoCredentialsError):
            await client.list_tables()


@in_a_loop
async def test_a_client_without_built_in_handlers_is_refused_until_it_is_patched() -> None:
    session = AioSession(include_builtin_handlers=False)
    async with session.create_client("s3vectors", region_name="us-east-1", **KEYS) as client:
        aws = Aws(client, b'{"vectorBuckets": []}')
        async with mock_s3vectors():
            for _ in range(2):
                with pytest.raises(UsageError) as refused:
                    await names(client)
                assert str(refused.value) == aio.REFUSED
            assert aws.urls == []
            world.create("bucket")
            patch_client(client)
            assert await names(client) == ["bucket"]
        assert aws.urls == []
        assert await names(client) == []
        assert aws.urls == ["https://s3vectors.us-east-1.api.aws/ListVectorBuckets"]


def test_a_session_older_than_the_import_is_refused_until_it_is_patched() -> None:
    old = aio.what_an_older_session_sees("from aiobotocore.session import get_session", "get_session()")
    assert old == [aio.SENT, aio.REFUSED, "[]", aio.SENT]


@in_a_loop
async def test_a_client_that_is_patched_needlessly_calls_once() -> None:
    async with new_client() as client, mock_s3vectors():
        for _ in range(2):
            patch_client(client)
        assert (await client.create_vector_bucket(**BUCKET))["ResponseMetadata"]["HTTPStatusCode"] == 200
        await client.delete_vector_bucket(**BUCKET)


@pytest.mark.parametrize("service", ["s3", "sts"])
@in_a_loop
async def test_only_clients_of_s3vectors_can_be_patched(service: str) -> None:
    async with new_client(service) as client:
        with pytest.raises(UsageError, match=r"patch_client was given <aiobotocore\.client\.S"):
            patch_client(client)


# --- beside moto, and other ways to send ----------------------------------------------------------------


@pytest.mark.parametrize("moto_first", [True, False])
@in_a_loop
async def test_moto_beside_it(*, moto_first: bool) -> None:
    moto = pytest.importorskip("moto")
    mocks = [moto.mock_aws, mock_s3vectors]
    with ExitStack() as stack:
        for mock in mocks if moto_first else reversed(mocks):
            stack.enter_context(mock())
        async with new_client() as client:
            await aio.live(client)
            await client.create_vector_bucket(**BUCKET)
        from moto.s3vectors.models import s3vectors_backends

        assert not s3vectors_backends["123456789012"]["aws"].vector_buckets
        assert world.names() == ["bucket"]


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_clients_that_send_with_httpx(loop: str) -> None:
    pytest.importorskip("httpx2", reason="aiobotocore[httpx2] is not installed")
    trio = pytest.importorskip("trio") if loop == "trio" else None
    from aiobotocore.httpxsession import HttpxSession

    config = AioConfig(http_session_cls=HttpxSession)
    bare = AioSession(include_builtin_handlers=False)

    async def main() -> None:
        async with new_client(config=config) as client, mock_s3vectors():
            await aio.live(client)
            await aio.be_refused(client)
        async with bare.create_client("s3vectors", "us-east-1", config=config, **KEYS) as client:
            with mock_s3vectors(), pytest.raises(UsageError) as refused:
                await names(client)
            assert str(refused.value) == aio.REFUSED

    if trio is None:
        asyncio.run(main())
    else:
        trio.run(main)


# --- the life cycle that all clients perform ----------------------------------------------------------


@pytest.fixture(params=["in process", "through the server"])
def blocking(request: pytest.FixtureRequest) -> Iterator[aio.Blocking]:
    """A client of aiobotocore, whose calls come back when they are answered."""
    mock: Any = mock_s3vectors if request.param == "in process" else s3vectors_server
    with mock(default_index_mode="ENHANCED"):
        client = aio.Blocking()
        yield client
        client.close()


def test_the_life_cycle(blocking: aio.Blocking) -> None:
    vocabulary = vocabulary_of(service_model())
    if "TagResource" not in vocabulary:
        pytest.skip("botocore's model is older than tags; aio.live is what such a client can do")
    steps = steps_for(vocabulary)
    assert seen_of(steps, blocking.perform) == expected_of(steps)


@pytest.mark.filterwarnings("ignore:Sending a large body directly:ResourceWarning")  # aiohttp, of aiobotocore
def test_a_body_of_20_mib_and_one_of_a_byte_more(blocking: aio.Blocking) -> None:
    world.create("bucket")
    settings: Any = {"dataType": "float32", "distanceMetric": "euclidean", **BULKY_SETTINGS}
    world.CLIENT.create_index(**BULKY, **settings)
    put = partial(blocking.perform, "PutVectors")
    sizes = blocking.note_sizes("PutVectors")

    def measure(parameters: dict[str, Any]) -> int:
        assert put(parameters) == {}
        return sizes[0]

    assert at_the_limit(measure, put, world.CLIENT) == [(TOO_LARGE, 0), ({}, 0)]
    assert sizes[1:] == [20_971_521, 20_971_520]
