"""Paths about what the server begins with: its health, how far `--init` is, and a reset that repeats it."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from starlette.routing import Route

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.refusals import shorten
from mock_s3vectors.serving.control.answers import (
    answer_with,
    in_worker,
    json_answer,
    level_of,
    read_document,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.serving.initializing import Initialization

# Behind the prefix of the server's own paths. The first is also a path by itself, where people expect it.
HEALTH, INIT, RESET = "/health", "/init", "/reset"
# The health of the server, by how far its files are.
_STATUS = {"none": "ok", "done": "ok", "running": "starting", "failed": "failed"}
_REPEATS = {"0": False, "1": True}


def health_route(path: str, initialization: Initialization) -> Route:
    """Return the route that says whether clients may begin."""

    async def answer(_: Request) -> Response:
        status = _STATUS[initialization.status]
        content = {"status": status, "version": version("mock_s3vectors")}
        return json_answer(content, 200 if status == "ok" else 503)

    return Route(path, answer, methods=["GET"])


def init_route(path: str, initialization: Initialization) -> Route:
    """Return the route that tells how far the files of `--init` are."""

    async def answer(_: Request) -> Response:
        return json_answer(initialization.document())

    return Route(path, answer, methods=["GET"])


def reset_route(
    path: str,
    current: Callable[[], Level | None],
    initialization: Initialization,
    reset: Callable[[Level], Any],
) -> Route:
    """Return the route that resets the mock.

    Args:
        path: where it is.
        current: returns the mock; None while no mock is on.
        initialization: what is done again if the request asks for it.
        reset: resets the mock, and returns what clients are answered.
    """

    async def answer(request: Request) -> Response:
        async def content() -> Any:
            await read_document(request)
            level = level_of(current)
            if not _repeats(request):
                return reset(level)
            return await in_worker(request, lambda: initialization.again(level, reset))

        return await answer_with(content())

    return Route(path, answer, methods=["POST"])


def _repeats(request: Request) -> bool:
    """Return whether a reset should run the files of `--init` again.

    Raises:
        UsageError: the query says something else.
    """
    said = request.query_params.get("init", "0")
    if said not in _REPEATS:
        raise UsageError(f"init={shorten(said)}: it must be 1, or be left out.")
    return _REPEATS[said]
