"""`s3vectors_server` in tests: its state, its surroundings, its URL."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config as ClientConfig
from botocore.exceptions import EndpointConnectionError

from mock_s3vectors import Config, S3VectorsServer, UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from tests.activation.test_imports import run
from tests.activation.world import account_of, create, names
from tests.support.helpers import running_threads

VARIABLE = "AWS_ENDPOINT_URL_S3VECTORS"
PROGRAMS = Path(__file__).with_name("programs")


def seen_in_a_child() -> str:
    """Return the endpoint and the vector buckets that a client in another process prints."""
    command = [sys.executable, "-W", "error", str(PROGRAMS / "list_buckets.py")]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def client_of(server: S3VectorsServer, **settings: Any) -> Any:
    return boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url, **settings)


def test_a_server_inside_a_mock_shares_its_state() -> None:
    with mock_s3vectors():
        create("before")
        with s3vectors_server() as server:
            create("through", client=client_of(server))
            assert names() == names(client_of(server)) == ["before", "through"]
        assert names() == ["before", "through"]


def test_a_server_answers_from_the_mock_inside_it_and_that_is_undone() -> None:
    with s3vectors_server() as server:
        create("server", client=client_of(server))

        @mock_s3vectors
        def test() -> None:
            create("mock")
            assert names(client_of(server)) == ["mock", "server"]
            create("through", client=client_of(server))
            assert names() == ["mock", "server", "through"]

        test()
        assert names(client_of(server)) == names() == ["server"]


def test_two_servers_share_one_state() -> None:
    with s3vectors_server() as outer, s3vectors_server() as inner:
        assert outer.url != inner.url
        create("films", client=client_of(outer))
        assert names(client_of(inner)) == ["films"]
        assert os.environ[VARIABLE] == inner.url


def test_options_are_those_of_the_mock() -> None:
    with s3vectors_server(account_id="111122223333") as server:
        assert account_of(client_of(server)) == "111122223333"
    with s3vectors_server(config=Config(account_id="444455556666")) as server:
        assert account_of(client_of(server)) == "444455556666"
        credentials = mock_s3vectors().credentials("777788889999")
        assert account_of(client_of(server, **credentials)) == "777788889999"


@pytest.mark.s3vectors(account_id="111122223333")
def test_the_fixture_shares_the_state_and_the_options_of_the_mock(
    s3vectors_server: S3VectorsServer, s3vectors_client: Any
) -> None:
    assert s3vectors_client.meta.endpoint_url != s3vectors_server.url
    assert account_of(client_of(s3vectors_server)) == "111122223333"
    assert names(s3vectors_client) == ["whose-am-i"]


# --- surroundings -----------------------------------------------------------------------------


def test_child_processes_find_it() -> None:
    with s3vectors_server() as server:
        create("films")
        assert seen_in_a_child() == f"{server.url} ['films']\n"


@pytest.mark.parametrize("before", [None, "http://127.0.0.1:1"])
def test_afterwards_all_is_as_before(monkeypatch: pytest.MonkeyPatch, before: str | None) -> None:
    if before:
        monkeypatch.setenv(VARIABLE, before)
    environment, threads = dict(os.environ), running_threads()
    with s3vectors_server() as server:
        assert os.environ[VARIABLE] == server.url
        assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"} <= {*os.environ}
        create("films", client=client_of(server))
        url = server.url
    assert dict(os.environ) == environment
    assert running_threads() == threads
    assert not STACK
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))


def test_servers_may_end_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "http://127.0.0.1:1")
    before = dict(os.environ)
    servers = [s3vectors_server() for _ in range(3)]
    for server in servers:
        server.start()
    first, second, third = servers
    first.stop()
    assert os.environ[VARIABLE] == third.url
    third.stop()
    assert os.environ[VARIABLE] == second.url
    assert names(client_of(second)) == []
    second.stop()
    assert dict(os.environ) == before


@pytest.mark.parametrize("no_proxy", ["NO_PROXY", "no_proxy"])
def test_the_environment_cannot_lead_past_it(monkeypatch: pytest.MonkeyPatch, no_proxy: str) -> None:
    monkeypatch.setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:3128")
    monkeypatch.setenv(no_proxy, "example.com")
    before = dict(os.environ)
    with s3vectors_server() as server:
        create("films")
        assert os.environ["NO_PROXY"] == os.environ["no_proxy"] == "example.com,127.0.0.1"
        assert seen_in_a_child() == f"{server.url} ['films']\n"
        assert names(boto3.client("s3vectors", region_name="us-east-1")) == ["films"]
    assert dict(os.environ) == before


def test_afterwards_all_is_as_before_even_after_an_exception() -> None:
    environment, threads = dict(os.environ), running_threads()
    with pytest.raises(ZeroDivisionError), s3vectors_server():
        raise ZeroDivisionError
    assert dict(os.environ) == environment
    assert running_threads() == threads
    assert not STACK


def test_a_client_that_keeps_its_connection_does_not_hold_up_the_end() -> None:
    with s3vectors_server() as server:
        client = client_of(server, config=ClientConfig(retries={"total_max_attempts": 1}))
        assert names(client) == []
    with pytest.raises(EndpointConnectionError, match="Could not connect"):
        names(client)


# --- where it listens ---------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])  # noqa: S104 - what is asked for
def test_the_url_is_one_that_clients_of_this_machine_can_use(host: str) -> None:
    with s3vectors_server(host=host) as server:
        assert server.url.startswith(("http://127.0.0.1:", "http://[::1]:"))
        assert names(client_of(server)) == []


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_ipv6(host: str) -> None:
    with s3vectors_server(host=host) as server:
        assert server.url.startswith("http://[::1]:")
        assert names(client_of(server)) == []


def test_a_port_of_ones_own() -> None:
    with s3vectors_server() as server:
        port = int(server.url.rpartition(":")[2])
    with s3vectors_server(port=port) as server:
        assert server.url == f"http://127.0.0.1:{port}"
        assert repr(server) == f"<S3VectorsServer http://127.0.0.1:{port}>"


# --- misuse -------------------------------------------------------------------------------------


def test_a_port_that_is_taken() -> None:
    with s3vectors_server() as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(UsageError) as refusal, s3vectors_server(port=port):
            pytest.fail("two servers on one port")
        assert str(refusal.value) == (
            f"Cannot listen on port {port} of 127.0.0.1: Address already in use. Port 0 is any free port."
        )
        assert os.environ[VARIABLE] == server.url
    assert not STACK


def test_a_port_that_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(*_: Any) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(socket.socket, "bind", forbid)
    with pytest.raises(UsageError) as refusal, s3vectors_server(port=80):
        pytest.fail("the server has the port")
    assert str(refusal.value) == (
        "Cannot listen on port 80 of 127.0.0.1: Permission denied. Port 0 is any free port."
    )
    assert not STACK


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("...", "it is not a host name"),
        ("x" * 70, "it is not a host name"),
        ("192.0.2.1", "Cannot assign requested address"),
        ("nosuchhost.invalid", "Name or service not known"),
        ("http://localhost", "Name or service not known"),
    ],
)
def test_a_host_that_is_none_of_this_machine(monkeypatch: pytest.MonkeyPatch, host: str, why: str) -> None:
    look_up = socket.getaddrinfo

    def know_nobody(asked: str, *arguments: Any, **settings: Any) -> Any:
        """Answer as a resolver does that is not asked, so that tests need none."""
        if why.startswith("Name"):
            raise socket.gaierror(socket.EAI_NONAME, why)
        return look_up(asked, *arguments, **settings)

    monkeypatch.setattr(socket, "getaddrinfo", know_nobody)
    with pytest.raises(UsageError) as refusal, s3vectors_server(host=host):
        pytest.fail("a server that listens nowhere")
    assert str(refusal.value) == (
        f"Cannot listen on the host {host!r}: {why}. Give a name or an address of this machine, "
        "such as '127.0.0.1'."
    )
    assert not STACK


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"port": "4577"},
            "port='4577' is of type str: it must be an int, from 0 (any free port) to 65535.",
        ),
        ({"port": True}, "port=True is of type bool: it must be an int, from 0 (any free port) to 65535."),
        (
            {"port": None},
            "port=None is of type NoneType: it must be an int, from 0 (any free port) to 65535.",
        ),
        (
            {"port": 80.0},
            "port=80.0 is of type float: it must be an int, from 0 (any free port) to 65535.",
        ),
        ({"port": 65_536}, "port=65536: it must be from 0 (any free port) to 65535."),
        ({"port": -1}, "port=-1: it must be from 0 (any free port) to 65535."),
        (
            {"host": 7},
            (
                "host=7 is of type int: it must be a str, a name or an address of this machine, such as "
                "'127.0.0.1'."
            ),
        ),
        (
            {"allowed_hosts": "films.test"},
            "allowed_hosts='films.test': it must be a list of names, such as ['host.docker.internal'].",
        ),
        (
            {"allowed_hosts": None},
            "allowed_hosts=None: it must be a list of names, such as ['host.docker.internal'].",
        ),
    ],
)
def test_an_option_with_a_wrong_value(options: Any, text: str) -> None:
    with pytest.raises(UsageError) as refusal:
        s3vectors_server(**options)
    assert str(refusal.value) == text


NO_HOSTS: list[Any] = [
    *(1, "", " films.test", "films.test/", "http://films.test", "http://films.test:80"),
    *("*", "*.films.test", ".films.test", "b\u00fccher.test"),
]


@pytest.mark.parametrize("host", NO_HOSTS)
def test_an_allowed_host_that_no_client_can_name(host: Any) -> None:
    with pytest.raises(UsageError) as refusal:
        s3vectors_server(allowed_hosts=["films.test", host])
    assert str(refusal.value) == (
        f"The allowed host {host!r} is not a host name: give a name such as 'host.docker.internal', or an "
        "address, in ASCII, without scheme, path or wildcard."
    )


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        ("search_engin", " Did you mean 'search_engine'?"),
        ("prot", " Did you mean 'port'?"),
        ("allowed_host", " Did you mean 'allowed_hosts'?"),
        ("xyz", ""),
    ],
)
def test_an_option_that_does_not_exist(wrong: str, hint: str) -> None:
    options: Any = {wrong: 1}
    with pytest.raises(UsageError) as refusal:
        s3vectors_server(**options)
    own = ["host", "port", "allowed_hosts", "cors", "certificate", "key", "config"]
    existing = [*own, *(field.name for field in fields(Config))]
    assert str(refusal.value) == (
        f"s3vectors_server has no option {wrong!r}.{hint} Options: {', '.join(existing)}"
    )


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (Config(), "s3vectors_server was given a Config without a name: did you mean config=?"),
        (Config, "s3vectors_server was given a Config without a name: did you mean config=?"),
        (
            None,
            (
                "s3vectors_server was given None: it decorates functions and classes, and its options have "
                'names, as in s3vectors_server(account_id="111122223333").'
            ),
        ),
        (
            7380,
            (
                "s3vectors_server was given 7380: it decorates functions and classes, and its options have "
                'names, as in s3vectors_server(account_id="111122223333").'
            ),
        ),
    ],
)
def test_an_option_without_its_name(target: Any, text: str) -> None:
    for call in (s3vectors_server, s3vectors_server()):
        with pytest.raises(UsageError) as refusal:
            call(target)
        assert str(refusal.value) == text


def test_what_is_no_function_is_refused() -> None:
    server: Any = s3vectors_server()
    with pytest.raises(UsageError, match=r"^A mock was called without a function: .* @s3vectors_server or "):
        server()
    for one, other in ((server, s3vectors_server()), (server, mock_s3vectors()), (mock_s3vectors(), server)):
        with pytest.raises(UsageError, match=r"^A mock was given to another one: "):
            one(other)
    with pytest.raises(UsageError, match=r"^@s3vectors_server is above a property: "):
        server(property(names))


def test_reset_of_a_server_that_is_off() -> None:
    with mock_s3vectors():
        create("films")
        with pytest.raises(UsageError) as refusal:
            s3vectors_server().reset()
        assert str(refusal.value) == "reset() was called on a server that is off: start() it first."
        assert names() == ["films"]


def test_starting_and_stopping() -> None:
    server = s3vectors_server()
    assert repr(server) == "<S3VectorsServer that is off>"
    with pytest.raises(UsageError) as refusal:
        _ = server.url
    assert str(refusal.value) == "The server is off and has no URL: use it in a `with` block, or start() it."
    with pytest.raises(UsageError) as refusal:
        server.stop()
    assert str(refusal.value) == "stop() was called on a server that is off: start() it first."
    for _ in range(2):
        server.start()
        with pytest.raises(UsageError) as refusal:
            server.start()
        assert str(refusal.value) == f"The server is on already, at {server.url}: stop() it first."
        assert names(client_of(server)) == []
        server.stop()
        assert not STACK


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_the_extra(missing: str) -> None:
    program = f"""
import sys
sys.modules["{missing}"] = None
from mock_s3vectors import UsageError, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
try:
    s3vectors_server().start()
except UsageError as error:
    print(error, bool(STACK))
"""
    assert run(program) == (
        f"The server needs {missing}, which is not installed: pip install 'mock_s3vectors[server]'. False\n"
    )


def test_a_server_that_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    from mock_s3vectors.serving.http_server import HttpServer

    async def exit_at_once(*_: Any, **__: Any) -> None:
        raise SystemExit(3)

    monkeypatch.setattr(HttpServer, "startup", exit_at_once)
    before = dict(os.environ)
    with pytest.raises(RuntimeError, match="The HTTP server did not start") as failure:
        s3vectors_server().start()
    assert isinstance(failure.value.__cause__, SystemExit)
    assert not STACK
    assert dict(os.environ) == before
