"""The door of HTTP: an ASGI application for clients in other processes and languages.

It answers from the mock that is on in its process. Bodies are read up to AWS's limit and no further; threads
walk the corridor, so that a long search keeps nobody waiting who does not need the same index.

Under `/_mock_s3vectors/`, where S3 Vectors has nothing, is what tests in other languages need besides:

    GET  /_mock_s3vectors/health    {"status": "ok", "version": "..."}
    GET  /_mock_s3vectors/calls     {"calls": [...]}, the last 1,000 of them, the oldest first
    POST /_mock_s3vectors/reset     drops all vector buckets, and forgets the calls
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import orjson
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from mock_s3vectors import errors, limits
from mock_s3vectors._active import ACTIVE
from mock_s3vectors.errors import ServiceError, UsageError
from mock_s3vectors.http import HttpRequest
from mock_s3vectors.protocol.serializer import serialize_error
from mock_s3vectors.transports.calls import Call

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Message, Receive, Scope, Send

    from mock_s3vectors.http import HttpResponse

CONTROL = "/_mock_s3vectors"

_CALLS_KEPT = 1_000
# More than cores, because a thread may wait for the lock of an index.
_WORKERS = 32
# How long a client that will close may go on sending what is not read.
_LINGER_SECONDS = 2

_log = logging.getLogger(__name__)


def application() -> Starlette:
    """The application, for any ASGI server that runs it with its lifespan."""
    calls: deque[Call] = deque(maxlen=_CALLS_KEPT)

    async def health(_: Request) -> Response:
        return _json({"status": "ok", "version": version("mock_s3vectors")})

    async def list_calls(_: Request) -> Response:
        return _json({"calls": [call.describe() for call in list(calls)]})

    async def reset(_: Request) -> Response:
        ACTIVE.reset()
        calls.clear()
        return _json({})

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[dict[str, Any]]:
        with ThreadPoolExecutor(_WORKERS, "mock_s3vectors") as workers:
            yield {"workers": workers}

    async def service(scope: Scope, receive: Receive, send: Send) -> None:
        http = Request(scope, receive)
        try:
            request = await _request_of(http)
            workers = scope["state"]["workers"]
            answer = await asyncio.get_running_loop().run_in_executor(workers, _answer, request)
        except ClientDisconnect:
            return
        except ServiceError as error:
            request, answer = _head_of(http), serialize_error(error)
            send = _before_it_closes(http, send)
        calls.append(Call.of(request, answer))
        await Response(answer.body, answer.status, answer.headers)(scope, receive, send)

    control = [
        Route("/health", health),
        Route("/calls", list_calls),
        Route("/reset", reset, methods=["POST"]),
    ]
    return Starlette(routes=[Mount(CONTROL, routes=control), Mount("/", service)], lifespan=lifespan)


def _head_of(http: Request, body: bytes = b"") -> HttpRequest:
    """A request without its body, or with it."""
    headers = dict(http.headers.items())
    return HttpRequest(
        method=http.method,
        host=headers.get("host", "").partition(":")[0],
        path=http.scope["raw_path"].decode("latin-1"),
        query=http.scope["query_string"].decode("latin-1"),
        headers=headers,
        body=body,
    )


async def _request_of(http: Request) -> HttpRequest:
    """A request with all of its body.

    Raises:
        ValidationException: the body is too large. What is left of it is not read, and nothing at all of a
            body that says so beforehand, so that a client that waits for "100 Continue" sends none.
        ClientDisconnect: the client is gone.
    """
    declared = http.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limits.REQUEST_BYTES:
        raise errors.request_too_large()
    body = bytearray()
    async for piece in http.stream():
        body += piece
        if len(body) > limits.REQUEST_BYTES:
            raise errors.request_too_large()
    return _head_of(http, bytes(body))


def _before_it_closes(http: Request, send: Send) -> Send:
    """Sends a refusal to a client whose body is not read, so that it arrives.

    A client that keeps the connection sends the rest of its body, and it is thrown away. One that does not
    must be let send for a while, or it would see a reset instead of the refusal. And one that waits for "100
    Continue" will send no body, so the connection must end here.
    """
    waits = "expect" in http.headers
    closes = http.scope["http_version"] == "1.0" or "close" in http.headers.get("connection", "").lower()

    async def send_and_let_send(message: Message) -> None:
        if message["type"] == "http.response.start" and waits:
            message["headers"] = [*message["headers"], (b"connection", b"close")]
        elif message["type"] == "http.response.body" and closes and not waits:
            await send({**message, "more_body": True})
            with suppress(ClientDisconnect, asyncio.TimeoutError):
                await asyncio.wait_for(_throw_away(http), _LINGER_SECONDS)
            message = {"type": "http.response.body"}
        await send(message)

    return send_and_let_send


async def _throw_away(http: Request) -> None:
    async for _ in http.stream():
        pass


def _json(document: Any) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")


def _answer(request: HttpRequest) -> HttpResponse:
    """The answer to a request; a bug of ours is an InternalServerException, and stands in the log."""
    try:
        return ACTIVE.handle(request) or serialize_error(errors.unavailable())
    except UsageError as error:
        return serialize_error(errors.unknown_operation(str(error)))
    except Exception as bug:  # noqa: BLE001 - whatever it is, the client waits for an answer
        _log.exception("%s %s failed", request.method, request.path)
        return serialize_error(errors.internal_failure(bug))
