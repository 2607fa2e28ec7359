"""The insides of aiobotocore that the package knows, tried with the real library."""

from __future__ import annotations

from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioCredentials
from aiobotocore.endpoint import AioEndpoint
from botocore.config import Config
from botocore.serialize import RestJSONSerializer

from mock_s3vectors import mock_s3vectors, neighbours
from tests.clients.aio import in_a_loop, new_client
from tests.drivers.test_clients import KEYS
from tests.support.helpers import endpoint_of


@pytest.mark.parametrize("name", ["_send", "_needs_retry", "_do_get_response"])
def test_a_mock_replaces_a_method(name: str) -> None:
    theirs = vars(AioEndpoint)[name]
    with mock_s3vectors():
        assert vars(AioEndpoint)[name].__wrapped__ is theirs
    assert vars(AioEndpoint)[name] is theirs


@in_a_loop
async def test_the_events_of_an_endpoint() -> None:
    async with new_client(**KEYS) as client:
        assert neighbours.event_emitter(endpoint_of(client)) is client.meta.events


@in_a_loop
async def test_the_settings_of_a_client() -> None:
    for settings in ({}, {"config": AioConfig()}, {"config": Config()}):
        async with new_client(**settings, **KEYS) as client:
            assert neighbours.is_async(client.meta.config)
            assert neighbours.library_of_httpx(client.meta.config) is None


def test_a_client_that_sends_with_httpx() -> None:
    httpx = pytest.importorskip("httpx2", reason="aiobotocore[httpx2] is not installed")
    from aiobotocore.httpxsession import HttpxSession

    assert neighbours.library_of_httpx(AioConfig(http_session_cls=HttpxSession)) is httpx


def test_a_sleep_in_trio() -> None:
    trio = pytest.importorskip("trio")
    clock = pytest.importorskip("trio.testing").MockClock(autojump_threshold=0)

    async def main() -> float:
        await neighbours.sleep_in_event_loop(5)
        return float(trio.current_time())

    began = clock.current_time()
    assert trio.run(main, clock=clock) - began == 5


@in_a_loop
async def test_the_service_of_an_endpoint() -> None:
    async with new_client(**KEYS) as client, new_client("sts", **KEYS) as other:
        assert neighbours.service_of(endpoint_of(client)) == "s3vectors"
        assert neighbours.service_of(endpoint_of(other)) == "sts"


@in_a_loop
async def test_the_parsers_of_an_endpoint() -> None:
    async with new_client(**KEYS) as client:
        serializer = client._serializer  # noqa: SLF001 - botocore's: a client does not show it otherwise
        assert type(neighbours.json_serializer(serializer)) is RestJSONSerializer
        parser = neighbours.parser_factory(endpoint_of(client)).create_parser("rest-json")
        shape = client.meta.service_model.shape_for("ListVectorsOutput")
    load, parse = neighbours.parsing_methods(parser) or pytest.fail("an unknown parser")
    assert load(b'{"vectors": []}') == parse(shape, {"vectors": [], "more": 1}) == {"vectors": []}
    neighbours.set_parsing_methods(parser, lambda _: ["loaded"], lambda *given: {"parsed": given})
    parsed = await parser.parse({"body": b"{}", "status_code": 200, "headers": {}}, shape)
    assert parsed["parsed"] == (shape, ["loaded"])


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
