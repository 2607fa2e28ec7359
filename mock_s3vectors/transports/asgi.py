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
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from mock_s3vectors import errors, limits
from mock_s3vectors._active import ACTIVE
from mock_s3vectors.errors import ServiceError, UsageError
from mock_s3vectors.http import HttpRequest
from mock_s3vectors.protocol.serializer import serialize_error
from mock_s3vectors.transports.calls import Call

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mock_s3vectors.http import HttpResponse

CONTROL = "/_mock_s3vectors"

_CALLS_KEPT = 1_000
# More than cores, because a thread may wait for the lock of an index.
_WORKERS = 32
# How long a client that will close may go on sending what is not read.
_LINGER_SECONDS = 2

_log = logging.getLogger(__name__)


def application() -> ASGIApp:
    """The application, for any ASGI server that runs it with its lifespan."""
    calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
    control = _control(calls)

    async def service(scope: Scope, receive: Receive, send: Send) -> None:
        head = _head_of(scope)
        try:
            request = head.with_body(await _body(head, receive))
            workers = scope["state"]["workers"]
            answer = await asyncio.get_running_loop().run_in_executor(workers, _answer, request)
        except ClientDisconnect:
            return
        except ServiceError as error:
            request, answer = head, serialize_error(error)
            send = _before_it_closes(scope["http_version"], head, receive, send)
        calls.append(Call.of(request, answer))
        headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()
        ]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        # Calls of the service need no router but the gateway's.
        of_service = scope["type"] == "http" and not scope["path"].startswith(CONTROL)
        await (service if of_service else control)(scope, receive, send)

    return either


# --- the service ------------------------------------------------------------------------------


def _head_of(scope: Scope) -> HttpRequest:
    """A request whose body is still to come."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return HttpRequest(
        method=scope["method"],
        host=headers.get("host", "").partition(":")[0],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=b"",
    )


async def _body(head: HttpRequest, receive: Receive) -> bytes:
    """All of the body.

    Raises:
        ValidationException: it is too large. What is left of it is not read, and nothing at all of a body
            that says so beforehand, so that a client that waits for "100 Continue" sends none.
        ClientDisconnect: the client is gone.
    """
    declared = head.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limits.REQUEST_BYTES:
        raise errors.request_too_large()
    body = bytearray()
    more = True
    while more:
        piece, more = await _piece(receive)
        body += piece
        if len(body) > limits.REQUEST_BYTES:
            raise errors.request_too_large()
    return bytes(body)


async def _piece(receive: Receive) -> tuple[bytes, bool]:
    """A piece of the body, and whether there are more."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


def _answer(request: HttpRequest) -> HttpResponse:
    """The answer to a request; a bug of ours is an InternalServerException, and stands in the log."""
    try:
        return ACTIVE.handle(request) or serialize_error(errors.unavailable())
    except UsageError as error:
        return serialize_error(errors.unknown_operation(str(error)))
    except Exception as bug:  # noqa: BLE001 - whatever it is, the client waits for an answer
        _log.exception("%s %s failed", request.method, request.path)
        return serialize_error(errors.internal_failure(bug))


def _before_it_closes(http_version: str, head: HttpRequest, receive: Receive, send: Send) -> Send:
    """Sends a refusal to a client whose body is not read, so that it arrives.

    A client that keeps the connection sends the rest of its body, and it is thrown away. One that does not
    must be let send for a while, or it would see a reset instead of the refusal. And one that waits for "100
    Continue" will send no body, so the connection must end here.
    """
    waits = "expect" in head.headers
    closes = http_version == "1.0" or "close" in head.headers.get("connection", "").lower()

    async def throw_away() -> None:
        more = True
        while more:
            _, more = await _piece(receive)

    async def send_and_let_send(message: Message) -> None:
        if message["type"] == "http.response.start" and waits:
            message["headers"].append((b"connection", b"close"))
        elif message["type"] == "http.response.body" and closes and not waits:
            await send({**message, "more_body": True})
            with suppress(ClientDisconnect, asyncio.TimeoutError):
                await asyncio.wait_for(throw_away(), _LINGER_SECONDS)
            message = {"type": "http.response.body"}
        await send(message)

    return send_and_let_send


# --- what is not the service's ------------------------------------------------------------------


def _control(calls: deque[Call]) -> Starlette:
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

    routes = [
        Route(f"{CONTROL}/health", health),
        Route(f"{CONTROL}/calls", list_calls),
        Route(f"{CONTROL}/reset", reset, methods=["POST"]),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def _json(document: Any) -> Response:
    return Response(orjson.dumps(document), media_type="application/json")
