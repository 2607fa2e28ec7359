"""The door of HTTP: an ASGI application for clients in other processes and languages.

It answers from the mock that is on in its process. It reads bodies up to AWS's limit and no further, and
handles calls in threads, so that a long search delays only calls that need the same index. `guard` checks
every request first. `control` answers under `/_mock_s3vectors`, which is not a path of AWS.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.requests import ClientDisconnect

from mock_s3vectors import limits
from mock_s3vectors.doors.retries import skipped_before
from mock_s3vectors.errors import refusals
from mock_s3vectors.errors.escapes import printable
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.errors.refusals import shorten
from mock_s3vectors.messages import HttpRequest
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.protocol.serializer import serialize_error
from mock_s3vectors.serving.access_log import Answered, path_in
from mock_s3vectors.serving.answering import before_it_closes, lose, piece_of_body, refuse, respond
from mock_s3vectors.serving.control.answers import CONTROL
from mock_s3vectors.serving.control.api import control_api
from mock_s3vectors.serving.control.init_routes import HEALTH

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.serving.guard import Guard
    from mock_s3vectors.serving.initializing import Initialization

# A thread for each call in flight, since a call may wait for the lock of an index: with fewer threads, calls
# that wait for one index would hold up calls for others. The pool adds a thread only when all are busy.
_WORKERS = 1_000

_log = logging.getLogger(__name__)


def application(guard: Guard, current: Callable[[], Level | None], initialization: Initialization) -> ASGIApp:
    """Return the application, for any ASGI server that supports lifespans.

    Args:
        guard: refuses requests by their headers.
        current: returns the mock that answers; None while no mock is on.
        initialization: what the server begins with.
    """
    service, control = _service(current), control_api(current, _with_workers, initialization)

    async def answer(scope: Scope, receive: Receive, answered: Answered) -> None:
        guard.check(scope)
        permission = guard.cors.permission(scope)
        if permission is not None:
            await answered.send({"type": "http.response.start", "status": 204, "headers": permission})
            await answered.send({"type": "http.response.body"})
            return
        # Calls of the service need only the gateway's router.
        path = scope["path"]
        if path.startswith(CONTROL) or path == HEALTH:
            path = f"{CONTROL}{HEALTH}" if path == HEALTH else path.rstrip("/")
            await control({**scope, "path": path}, receive, answered.send)
        else:
            await service(scope, receive, answered)

    async def answer_whatever_happens(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await control(scope, receive, send)
            return
        scope = _with_path(scope)
        answered = Answered(scope, guard.cors.sender(scope, send))
        try:
            await answer(scope, receive, answered)
        except (ClientDisconnect, asyncio.CancelledError):  # the server ends, and waits for no call
            return
        except ServiceError as error:
            await refuse(error, scope, receive, answered.send)
        except Exception as bug:
            if answered.begun:
                raise
            await refuse(_failure(scope["method"], scope["path"], bug), scope, receive, answered.send)
        finally:
            answered.log()

    return answer_whatever_happens


def _service(
    current: Callable[[], Level | None],
) -> Callable[[Scope, Receive, Answered], Awaitable[None]]:
    async def service(scope: Scope, receive: Receive, answered: Answered) -> None:
        send = answered.send
        request = await _request(scope, receive)
        workers = scope["state"]["workers"]
        exchange = await asyncio.get_running_loop().run_in_executor(workers, _handle, request, current())
        answered.exchange = exchange
        if exchange is not None and exchange.delay:
            await scope["state"]["connection"].pause(exchange.delay)
        if exchange is not None and exchange.lost is not None:
            await lose(exchange.lost, exchange.response, scope["state"]["connection"], send)
            return
        answer = exchange.response if exchange is not None else None
        answer = answer or serialize_error(refusals.unavailable())
        await respond(answer, send if request.is_whole else before_it_closes(scope, receive, send))

    return service


@asynccontextmanager
async def _with_workers(_: object) -> AsyncIterator[dict[str, Any]]:
    workers = ThreadPoolExecutor(_WORKERS, "mock_s3vectors")
    try:
        yield {"workers": workers}
    finally:
        # The server has waited for calls in progress, unless it was told not to.
        workers.shutdown(wait=False, cancel_futures=True)


def _with_path(scope: Scope) -> Scope:
    """Return a request by its path, if it asks for a whole URL, as a client may.

    Clients of aiobotocore that send with httpx do.
    """
    if not scope["raw_path"].lower().startswith((b"http://", b"https://")):
        return scope
    path = path_in(scope["raw_path"].decode("latin-1"))
    return {**scope, "path": unquote(path), "raw_path": path.encode("latin-1")}


def _head_of(scope: Scope) -> HttpRequest:
    """Return a request whose body has yet to arrive."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return HttpRequest(
        method=scope["method"],
        host=headers.get("host", "").partition(":")[0],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=b"",
        is_secure=scope["scheme"] == "https",
        source_ip=(scope.get("client") or ("127.0.0.1", 0))[0],
    )


async def _request(scope: Scope, receive: Receive) -> HttpRequest:
    """Return a request with its body, unless the body is too large.

    Stop reading at the limit, and read nothing of a body that declares itself too large, so that a client
    that waits for "100 Continue" does not send it.

    Raises:
        ClientDisconnect: the client has disconnected.
    """
    head = _head_of(scope)
    declared = head.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limits.REQUEST_BYTES:
        return head.with_body(b"", is_whole=False)
    body = bytearray()
    more = True
    while more:
        piece, more = await piece_of_body(receive)
        body += piece
        if len(body) > limits.REQUEST_BYTES:
            return head.with_body(b"", is_whole=False)
    return head.with_body(bytes(body))


def _handle(request: HttpRequest, level: Level | None) -> Exchange | None:
    """Return what becomes of a request; None if no mock is on, or if it has just ended."""
    if level is None:
        return None
    try:
        exchange = STACK.handle(request, level, _refusal, skipped_before(request.headers))
    except UsageError:
        return None
    for warning in exchange.warnings:
        # Whoever runs the client sees no warning of this process.
        _log.warning("%s", printable(str(warning)))
    return exchange


def _refusal(request: HttpRequest, error: Exception) -> ServiceError:
    """Return the error that tells of a wrong use of the mock, or of a bug, which is logged."""
    if isinstance(error, UsageError):
        return refusals.unknown_operation(str(error))
    return _failure(request.method, request.path, error)


def _failure(method: str, path: str, bug: Exception) -> ServiceError:
    _log.error("%s %s failed", method, printable(shorten(path)), exc_info=bug)
    return refusals.internal_failure(bug)
