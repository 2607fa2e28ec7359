"""A server for each test, a client of it, and a line to it without any client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.durable.nursery import nursery
from tests.server.wire import Connection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mock_s3vectors import S3VectorsServer

__all__ = ["nursery"]


@pytest.fixture(autouse=True)
def clients_are_closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """They keep connections open, which Python would complain of when it collects them."""
    made: list[Any] = []
    make = boto3.Session.client

    def make_and_note(*arguments: Any, **settings: Any) -> Any:
        made.append(make(*arguments, **settings))
        return made[-1]

    monkeypatch.setattr(boto3.Session, "client", make_and_note)
    yield
    for client in made:
        client.close()


@pytest.fixture
def over_http(s3vectors_server: S3VectorsServer) -> Any:
    """A boto3 client that goes through the server."""
    return boto3.client("s3vectors", region_name="us-east-1", endpoint_url=s3vectors_server.url)


@pytest.fixture
def connect(s3vectors_server: S3VectorsServer) -> Iterator[Callable[[], Connection]]:
    """Opens connections to the server."""
    opened: list[Connection] = []

    def open_one() -> Connection:
        opened.append(Connection(s3vectors_server.url))
        return opened[-1]

    yield open_one
    for connection in opened:
        connection.close()


@pytest.fixture
def connection(connect: Callable[[], Connection]) -> Connection:
    """A connection to the server."""
    return connect()
