"""The door of HTTP: an ASGI application for clients in other processes and languages.

It answers from the mock that is on in its process. Bodies are read up to AWS's limit and no further; threads
walk the corridor, so that a long search keeps nobody waiting who does not need the same index.
`guard` looks at every request first. `control` answers under `/_mock_s3vectors`, which is no path of AWS.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect

from mock_s3vectors import limits
from mock_s3vectors.errors import refusals
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.messages import HttpRequest
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.protocol.serializer import serialize_error
from mock_s3vectors.serving.access_log import Answered
from mock_s3vectors.serving.calls import Call
from mock_s3vectors.serving.control import CONTROL, control_api
from mock_s3vectors.serving.responses import before_it_closes, piece_of_body, refuse, respond

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import ASGIApp, Receive, Scope, Send

    from mock_s3vectors.messages import HttpResponse
    from mock_s3vectors.serving.guard import Guard

_CALLS_KEPT = 1_000
# A thread for each call in flight, since a call may wait for the lock of an index: with fewer threads, calls
# that wait for one index would hold up calls for others. A thread is made only when all others are at work.
_WORKERS = 1_000

_log = logging.getLogger(__name__)


def application(guard: Guard) -> ASGIApp:
    """Return the application, for any ASGI server that runs it with its lifespan."""
    calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
    service, control = _service(calls), control_api(calls, _with_workers)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        guard.check(scope)
        # Calls of the service need no router but the gateway's.
        if scope["path"].startswith(CONTROL):
            await control({**scope, "path": scope["path"].rstrip("/")}, receive, send)
        else:
            await service(scope, receive, send)

    async def answer_whatever_happens(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await control(scope, receive, send)
            return
        answered = Answered(scope, send)
        try:
            await answer(scope, receive, answered.send)
        except ClientDisconnect:
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


def _service(calls: deque[Call]) -> ASGIApp:
    async def service(scope: Scope, receive: Receive, send: Send) -> None:
        head = _head_of(scope)
        try:
            request = head.with_body(await _body(head, receive))
            workers = scope["state"]["workers"]
            answer = await asyncio.get_running_loop().run_in_executor(workers, _answer, request)
        except ServiceError as error:
            request, answer = head, serialize_error(error)
            send = before_it_closes(scope, receive, send)
        calls.append(Call.of(request, answer))
        await respond(answer, send)

    return service


@asynccontextmanager
async def _with_workers(_: object) -> AsyncIterator[dict[str, Any]]:
    with ThreadPoolExecutor(_WORKERS, "mock_s3vectors") as workers:
        yield {"workers": workers}


def _head_of(scope: Scope) -> HttpRequest:
    """Return a request whose body is still to come."""
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
    """Return all of the body.

    Raises:
        ValidationException: it is too large. What is left of it is not read, and nothing at all of a body
            that says so beforehand, so that a client that waits for "100 Continue" sends none.
        ClientDisconnect: the client is gone.
    """
    declared = head.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limits.REQUEST_BYTES:
        raise refusals.request_too_large()
    body = bytearray()
    more = True
    while more:
        piece, more = await piece_of_body(receive)
        body += piece
        if len(body) > limits.REQUEST_BYTES:
            raise refusals.request_too_large()
    return bytes(body)


def _answer(request: HttpRequest) -> HttpResponse:
    """Return the answer to a request; a bug of ours is logged, and answered as InternalServerException."""
    try:
        return STACK.handle(request) or serialize_error(refusals.unavailable())
    except UsageError as error:
        return serialize_error(refusals.unknown_operation(str(error)))
    except Exception as bug:  # noqa: BLE001 - whatever it is, the client waits for an answer
        return serialize_error(_failure(request.method, request.path, bug))


def _failure(method: str, path: str, bug: Exception) -> ServiceError:
    _log.error("%s %s failed", method, path, exc_info=bug)
    return refusals.internal_failure(bug)
