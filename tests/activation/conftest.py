"""Here mocks are switched on and off; none may stay on, and nothing may reach the network."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors.mocking.stack import STACK
from tests.support.mocks import level

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class NetworkError(AssertionError):
    """A test went out to the network."""


@pytest.fixture(autouse=True)
def all_mocks_off() -> Iterator[None]:
    assert not STACK
    yield
    left_on = bool(STACK)
    while STACK:
        STACK.stop(level())
    assert not left_on


@pytest.fixture(autouse=True)
def no_credentials_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither in the environment, nor in the files of who runs the tests, nor kept by a session."""
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections go nowhere but to this machine."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def connect_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1"):
            raise NetworkError(address)
        connect(self, address)

    def resolve_here(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in ("127.0.0.1", "::1", "localhost"):
            raise NetworkError(host)
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", connect_here)
    monkeypatch.setattr(socket, "getaddrinfo", resolve_here)
