"""Answers to the page about calls as they come, by server-sent events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.serving.page.questions import Question

LIVE: tuple[Question, ...] = ()


def live_route(path: str, current: Callable[[], Level | None]) -> Route:
    """Return the route of the events.

    Args:
        path: where it is.
        current: returns the mock whose calls these are; None while no mock is on.
    """

    async def answer(_: Request) -> Response:
        return Response(status_code=204 if current() is None else 200, media_type="text/event-stream")

    return Route(path, answer)
