"""The route of comparisons: a line of JSON with the progress from time to time, and one with the outcome."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import StreamingResponse
from starlette.routing import Route

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.serving.control.answers import answer_or_refuse, in_worker, level_of, read_document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.serving.page.comparing import Comparison

# Seconds between two lines about the progress.
_PAUSE = 0.25


def comparing_route(path: str, current: Callable[[], Level | None]) -> Route:
    """Return the route of comparisons, of which one goes on at a time.

    A comparison ends with its outcome, or when the client is gone, the server stops or the mock ends.

    Args:
        path: where it is.
        current: returns the mock that is on; None while no mock is on.
    """
    turn = threading.Lock()

    async def lines(request: Request) -> Response:
        level = level_of(current)
        document = await read_document(request)
        comparison = await in_worker(request, lambda: _comparison(level, document, turn))
        stops = request.scope["state"]["connection"].server_state.stops
        content = _lines(request, comparison, lambda: stops.is_set() or current() is not level)
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(content, media_type="application/x-ndjson", headers=headers)

    async def answer(request: Request) -> Response:
        return await answer_or_refuse(lines(request))

    return Route(path, answer, methods=["POST"])


def _comparison(level: Level, document: Any, turn: threading.Lock) -> Comparison:
    # Whoever starts a server may have no use for the page.
    from mock_s3vectors.serving.page.comparing import Comparison, read_subject  # noqa: PLC0415 - see above

    return Comparison(read_subject(level, document), turn)


async def _lines(
    request: Request, comparison: Comparison, is_over: Callable[[], bool]
) -> AsyncIterator[bytes]:
    """Yield lines until the comparison ends; whoever sends them ends this when the client leaves."""
    work = asyncio.ensure_future(in_worker(request, comparison.carry_out))
    try:
        while not (await asyncio.wait([work], timeout=_PAUSE))[0]:
            if is_over():
                yield _line({"refusal": "The server has stopped, or its mock has ended."})
                return
            yield _line({"progress": comparison.progress})
        try:
            yield _line({"outcome": work.result()})
        except UsageError as error:
            yield _line({"refusal": str(error)})
    finally:
        comparison.stop()


def _line(content: dict[str, Any]) -> bytes:
    return orjson.dumps(content) + b"\n"
