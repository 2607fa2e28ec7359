"""Requests and answers of the server's own paths: JSON documents in, JSON or a refusal out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from starlette.responses import Response

from mock_s3vectors.errors import refusals, server_refusals
from mock_s3vectors.errors.exceptions import ServiceError, UsageError
from mock_s3vectors.protocol.serializer import serialize_error

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    from mock_s3vectors.mocking.levels import Level

Returned = TypeVar("Returned")

CONTROL = "/_mock_s3vectors"

# Longer than any answer that a rule may hold.
_MOST_BYTES = 20 * 1024 * 1024


async def read_document(request: Request) -> Any:
    """Return the JSON document of a request, None if it has no body.

    Raises:
        UsageError: it is not JSON, or too long.
    """
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise UsageError(f"The body has more than {_MOST_BYTES:,} bytes.")
    if not body:
        return None
    try:
        return orjson.loads(bytes(body))
    except ValueError as error:
        raise UsageError(f"The body is not JSON: {error}.") from None


def json_answer(content: Any, status: int = 200) -> Response:
    """Return an answer with a JSON document."""
    body = orjson.dumps(content, default=repr, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY)
    return Response(body, status, media_type="application/json")


def level_of(current: Callable[[], Level | None]) -> Level:
    """Return the mock that is on.

    Raises:
        ServiceUnavailableException: none is.
    """
    level = current()
    if level is None:
        raise refusals.unavailable()
    return level


async def answer_with(content: Awaitable[Any]) -> Response:
    """Return an answer with a JSON document, or the refusal of whoever makes the document."""

    async def answer() -> Response:
        return json_answer(await content)

    return await answer_or_refuse(answer())


async def answer_or_refuse(answer: Awaitable[Response]) -> Response:
    """Return an answer, or the refusal of whoever makes it."""
    try:
        return await answer
    except UsageError as error:
        return refusal(server_refusals.bad_control_request(str(error)))
    except ServiceError as error:
        return refusal(error)


def refusal(error: ServiceError, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as AWS would write it."""
    answer = serialize_error(error)
    return Response(answer.body, answer.status, {**answer.headers, **(headers or {})})


async def in_worker(request: Request, work: Callable[[], Returned]) -> Returned:
    """Do something that takes long in a thread, so that other requests are answered meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(request.scope["state"]["workers"], work)
