"""Local servers that an environment variable names: calls pass, and the first one warns."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config

from mock_s3vectors import LocalEndpointWarning, mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from tests.activation.local_server import local_server
from tests.activation.test_in_flight import old_client
from tests.activation.world import create, names, new_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.activation.local_server import Server

__all__ = ["local_server"]  # a fixture

KEYS: Any = {"aws_access_key_id": "some-id", "aws_secret_access_key": "some-secret"}
VARIABLES = ("AWS_ENDPOINT_URL_S3VECTORS", "AWS_ENDPOINT_URL")


@contextmanager
def client_of(**settings: Any) -> Iterator[Any]:
    client = new_client(**KEYS, **settings)
    yield client
    client.close()


@pytest.fixture
def url(local_server: Server) -> str:
    return f"http://localhost:{local_server.server_port}"


@pytest.fixture(params=VARIABLES)
def variable(request: pytest.FixtureRequest, url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Set to the local server."""
    name = str(request.param)
    monkeypatch.setenv(name, f"{url}/")
    return name


def expected(url: str, variable: str) -> str:
    return (
        f"A call of s3vectors goes to {url}, which the environment variable {variable} names, and not to the "
        "mock that is on. To call the mock, remove the variable for the tests "
        f'(monkeypatch.delenv("{variable}")), make the client with '
        "botocore.config.Config(ignore_configured_endpoint_urls=True), or use the fixture s3vectors_client. "
        "To call that server, ignore mock_s3vectors.LocalEndpointWarning."
    )


def test_the_first_call_under_each_mock_warns(local_server: Server, url: str, variable: str) -> None:
    with client_of() as client:
        for _ in range(2):
            with mock_s3vectors():
                with pytest.warns(LocalEndpointWarning) as warned:
                    assert names(client) == []
                assert [str(warning.message) for warning in warned] == [expected(url, variable)]
                with mock_s3vectors():
                    assert names(client) == []
        names(client)
    assert len(local_server.paths) == 5


def test_a_warning_that_is_an_error_stops_the_call(local_server: Server, url: str, variable: str) -> None:
    with client_of() as client, mock_s3vectors():
        with pytest.raises(LocalEndpointWarning) as warned:
            names(client)
        assert str(warned.value) == expected(url, variable)
        assert local_server.paths == []


@pytest.mark.usefixtures("variable")
def test_the_warning_can_be_ignored(local_server: Server) -> None:
    with client_of() as client, mock_s3vectors(), warnings.catch_warnings():
        warnings.simplefilter("ignore", LocalEndpointWarning)
        names(client)
    assert local_server.paths == ["/ListVectorBuckets"]


@pytest.mark.usefixtures("variable")
def test_the_ways_on_that_the_warning_names(local_server: Server, s3vectors_client: Any) -> None:
    assert names(s3vectors_client) == []
    settings: Any = {"ignore_configured_endpoint_urls": True}  # missing in the stubs
    with client_of(config=Config(**settings)) as client:
        assert names(client) == []
    assert local_server.paths == []


def test_an_old_client_warns_as_well(url: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", url)
        client = old_client()
        with mock_s3vectors(), pytest.warns(LocalEndpointWarning):
            names(client)
        client.close()


def test_the_variable_of_the_service_is_named_first(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    for name in VARIABLES:
        monkeypatch.setenv(name, url)
    with client_of() as client, mock_s3vectors(), pytest.warns(LocalEndpointWarning, match=VARIABLES[0]):
        names(client)


@pytest.mark.parametrize(
    "settings",
    [
        {"AWS_ENDPOINT_URL": "http://localhost:1"},
        {"AWS_ENDPOINT_URL": "no URL"},
        {"AWS_ENDPOINT_URL": "http://localhost:99999999"},
        {"AWS_ENDPOINT_URL": "{url}", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"},
        {},
    ],
)
def test_an_endpoint_that_the_code_gives_passes_silently(
    monkeypatch: pytest.MonkeyPatch, local_server: Server, url: str, settings: dict[str, str]
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value.format(url=url))
    with client_of(endpoint_url=url) as client, mock_s3vectors():
        names(client)
    assert local_server.paths == ["/ListVectorBuckets"]


def test_a_default_port_is_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://localhost:80")
    with (
        client_of(endpoint_url="http://localhost") as client,
        mock_s3vectors(),
        pytest.raises(LocalEndpointWarning, match=r"goes to http://localhost,"),
    ):
        names(client)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_of_ours_is_the_mock(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    # The server has set the variable, and removes it: it is put back before.
    with mock_s3vectors(), s3vectors_server() as server, monkeypatch.context() as patch:
        create("bucket")
        url = server.url.replace("127.0.0.1", host)
        patch.setenv("AWS_ENDPOINT_URL", url)
        patch.setenv("AWS_ENDPOINT_URL_S3VECTORS", url)
        with client_of() as client:
            assert client.meta.endpoint_url == url
            assert names(client) == ["bucket"]


def test_a_server_of_ours_that_has_ended_is_ours_no_longer() -> None:
    with s3vectors_server(), s3vectors_server():
        assert len(STACK.servers) == 2
    assert STACK.servers == []
