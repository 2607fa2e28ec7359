"""Drivers: a test is told once, for every library that makes clients and every way that leads to the mock.

A test asks for the fixture `driver`, or for `in_process` if it is about clients that the mock answers in
their own process. A driver makes clients whose calls return when they are answered. Async libraries are no
exception, so a test reads as if it were written for boto3 alone. A driver exists where its libraries are
installed.
"""

from __future__ import annotations

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
from botocore import handlers, xform_name
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError

from mock_s3vectors import mock_s3vectors, patch_client, s3vectors_server
from tests.support.life_cycle import refusal_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from mock_s3vectors import MockS3Vectors, S3VectorsServer


class Driver:
    """boto3, in this process. A session is given as its settings: `profile`, `include_builtin_handlers`."""

    name = "sync"
    needs: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._opened = ExitStack()

    def mock(self, **options: Any) -> MockS3Vectors | S3VectorsServer:
        """Return a mock, to be entered or started; clients that are made in it find it."""
        return mock_s3vectors(**options)

    def client(
        self,
        service: str = "s3vectors",
        region: str | None = "us-east-1",
        session: dict[str, Any] | None = None,
        **settings: Any,
    ) -> Any:
        """Return a client that is closed when the test ends."""
        # Types know services by literal names only.
        make: Any = boto3.client if session is None else botocore.session.Session(**session).create_client
        made = make(service, region_name=region, **settings)
        self._opened.callback(made.close)
        return made

    def older_client(self, **settings: Any) -> Any:
        """Return a client whose session is older than the import of mock_s3vectors."""
        theirs = [entry for entry in handlers.BUILTIN_HANDLERS if "s3vectors" not in entry[0]]
        assert len(theirs) < len(handlers.BUILTIN_HANDLERS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(handlers, "BUILTIN_HANDLERS", theirs)
            return self.client(session={}, **settings)

    def config(self, **settings: Any) -> Any:
        """Return the settings of a client in the library's own class."""
        return Config(**settings)

    def patch(self, client: Any) -> None:
        """Give a client to `patch_client`."""
        patch_client(client)

    def watch(self, client: Any, body: bytes = b"{}") -> list[str]:
        """Put something in the place of a client's network; return the list of URLs that go there."""
        urls: list[str] = []
        headers: Any = {"content-type": "application/json"}

        def send(request: Any) -> AWSResponse:
            urls.append(request.url)
            return AWSResponse(request.url, 200, headers, _Raw(body))

        client._endpoint.http_session.send = send  # noqa: SLF001 - botocore shows its network nowhere else
        return urls

    def perform(self, client: Any, operation: str, parameters: dict[str, Any]) -> Any:
        """Return the answer without the response's own description, or the refusal."""
        try:
            response = getattr(client, xform_name(operation))(**parameters)
        except ClientError as error:
            return refusal_of(error)
        assert response.pop("ResponseMetadata")["HTTPStatusCode"] == 200
        return response

    def at_once(self, client: Any, method: str, calls: list[dict[str, Any]]) -> list[Any]:
        """Make many calls of a method at once; return their answers and service errors, in order."""

        def call(parameters: dict[str, Any]) -> Any:
            try:
                return getattr(client, method)(**parameters)
            except ClientError as error:
                return error

        with ThreadPoolExecutor(16) as threads:
            return list(threads.map(call, calls))

    def do_not_wait(self, patch: pytest.MonkeyPatch) -> None:
        """Let second attempts follow at once."""
        patch.setattr("time.sleep", lambda _: None)

    def close(self) -> None:
        """Close all clients."""
        self._opened.close()


class Server(Driver):
    """boto3, through a server in this process."""

    name = "server"
    needs: tuple[str, ...] = ("uvicorn",)

    def mock(self, **options: Any) -> S3VectorsServer:
        return s3vectors_server(**options)


class Async(Driver):
    """aiobotocore, with an event loop in which each call is run to its end."""

    name = "async"
    needs: tuple[str, ...] = ("aiobotocore",)

    def __init__(self) -> None:
        super().__init__()
        self._session: Any = import_module("aiobotocore.session").AioSession
        self._loop = asyncio.new_event_loop()

    def client(
        self,
        service: str = "s3vectors",
        region: str | None = "us-east-1",
        session: dict[str, Any] | None = None,
        **settings: Any,
    ) -> Any:
        context = self._context(service, region, self._session(**session or {}), settings)
        made = self._loop.run_until_complete(context.__aenter__())
        self._opened.callback(lambda: self._loop.run_until_complete(context.__aexit__(None, None, None)))
        return Blocking(made, self._loop.run_until_complete)

    def _context(self, service: str, region: str | None, session: Any, settings: dict[str, Any]) -> Any:
        return session.create_client(service, region, **settings)

    def config(self, **settings: Any) -> Any:
        return import_module("aiobotocore.config").AioConfig(**settings)

    def patch(self, client: Any) -> None:
        patch_client(client.target)

    def watch(self, client: Any, body: bytes = b"{}") -> list[str]:
        return watch_async(client.target, body)

    def at_once(self, client: Any, method: str, calls: list[dict[str, Any]]) -> list[Any]:
        async def gather() -> list[Any]:
            awaited = (getattr(client.target, method)(**parameters) for parameters in calls)
            return await asyncio.gather(*awaited, return_exceptions=True)

        return self._loop.run_until_complete(gather())

    def do_not_wait(self, patch: pytest.MonkeyPatch) -> None:
        sleep = asyncio.sleep
        patch.setattr(asyncio, "sleep", lambda _: sleep(0))

    def close(self) -> None:
        super().close()
        self._loop.close()


class Aioboto3(Async):
    """aioboto3, whose sessions are its own and whose clients are those of aiobotocore."""

    name = "aioboto3"
    needs = ("aioboto3",)

    def _context(self, service: str, region: str | None, session: Any, settings: dict[str, Any]) -> Any:
        session = import_module("aioboto3").Session(botocore_session=session)
        return session.client(service, region_name=region, **settings)


class AsyncServer(Server, Async):
    """aiobotocore, through a server in this process."""

    name = "async server"
    needs = ("aiobotocore", "uvicorn")


class Blocking:
    """Something of an async library: its coroutines are run to the end, its iterators are plain ones."""

    def __init__(self, target: Any, run: Callable[[Awaitable[Any]], Any]) -> None:
        self.target = target
        self._run = run

    def __getattr__(self, name: str) -> Any:
        value = getattr(self.target, name)
        # Exceptions have to be classes, and handlers of events are plain functions.
        return value if name in {"meta", "exceptions"} else self._blocking(value)

    def __call__(self, *arguments: Any, **settings: Any) -> Any:
        result = self.target(*arguments, **settings)
        return self._run(result) if inspect.isawaitable(result) else self._blocking(result)

    def __iter__(self) -> Iterator[Any]:
        iterator = aiter(self.target)
        while True:
            try:
                yield self._run(anext(iterator))
            except StopAsyncIteration:  # noqa: PERF203 - each step may be the last
                return

    def _blocking(self, value: Any) -> Any:
        is_async = callable(value) or hasattr(value, "__aiter__") or hasattr(value, "paginate")
        return Blocking(value, self._run) if is_async else value


def watch_async(client: Any, body: bytes = b"{}") -> list[str]:
    """Do for a client of aiobotocore itself what `Driver.watch` does."""
    urls: list[str] = []
    response = import_module("aiobotocore.awsrequest").AioAWSResponse

    async def send(request: Any) -> Any:
        urls.append(request.url)
        return response(request.url, 200, {"content-type": "application/json"}, _AsyncRaw(body))

    client._endpoint.http_session.send = send  # noqa: SLF001 - the same
    return urls


class _Raw(BytesIO):
    """A body as urllib3 has it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


class _AsyncRaw:
    """A body as aiohttp has it."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self) -> bytes:
        return self._body


KINDS = [
    kind
    for kind in (Driver, Server, Async, Aioboto3, AsyncServer)
    if all(find_spec(library) for library in kind.needs)
]


def _opened(kind: type[Driver]) -> Iterator[Driver]:
    opened = kind()
    yield opened
    opened.close()


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """Each library, and each way to the mock."""
    yield from _opened(request.param)


@pytest.fixture(params=[kind for kind in KINDS if not issubclass(kind, Server)], ids=lambda kind: kind.name)
def in_process(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """Each library whose clients the mock answers in this process."""
    yield from _opened(request.param)
