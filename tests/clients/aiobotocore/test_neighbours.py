"""The insides of aiobotocore that the package knows, tried with the real library."""

from __future__ import annotations

from typing import Any

from aiobotocore.credentials import AioCredentials
from aiobotocore.endpoint import AioEndpoint

from mock_s3vectors import mock_s3vectors, neighbours
from tests.clients.aio import in_a_loop, new_client
from tests.drivers.test_clients import KEYS
from tests.support.helpers import endpoint_of


def test_a_mock_replaces_the_method_that_sends() -> None:
    theirs = vars(AioEndpoint)["_send"]
    with mock_s3vectors():
        assert vars(AioEndpoint)["_send"].__wrapped__ is theirs
    assert vars(AioEndpoint)["_send"] is theirs


@in_a_loop
async def test_the_service_of_an_endpoint() -> None:
    async with new_client(**KEYS) as client, new_client("sts", **KEYS) as other:
        assert neighbours.service_of(endpoint_of(client)) == "s3vectors"
        assert neighbours.service_of(endpoint_of(other)) == "sts"


@in_a_loop
async def test_credentials() -> None:
    authorizations: list[str] = []

    def before_sign(request: Any, request_signer: Any, **_: Any) -> None:
        own = neighbours.credentials_of(request_signer)
        assert isinstance(own, AioCredentials)
        assert own.access_key == "some-id"
        assert neighbours.credentials_class(request_signer) is AioCredentials
        neighbours.set_request_credentials(request, AioCredentials("lent-id", "lent-secret"))

    def before_send(request: Any, **_: Any) -> None:
        authorizations.append(str(request.headers["Authorization"]))

    async with new_client(**KEYS) as client:
        client.meta.events.register_first("before-sign.s3vectors", before_sign)
        client.meta.events.register_first("before-send.s3vectors", before_send)
        async with mock_s3vectors():
            await client.list_vector_buckets()
    (authorization,) = authorizations
    assert "Credential=lent-id/" in authorization
