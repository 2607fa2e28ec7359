"""The HTTP server's own paths, which S3 Vectors cannot have, for tests in other languages.

GET /_mock_s3vectors lists them.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from mock_s3vectors.errors import refusals, server_refusals
from mock_s3vectors.protocol.serializer import serialize_error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.types import Lifespan

    from mock_s3vectors.errors.exceptions import ServiceError
    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.mocking.levels import Level

CONTROL = "/_mock_s3vectors"


class Path(NamedTuple):
    """A path with its method, its description, and the function that makes the answer."""

    method: str
    path: str
    does: str
    answer: Callable[[], Any]


def control_api(current: Callable[[], Level | None], lifespan: Lifespan[Starlette]) -> Starlette:
    """Return the application that answers under these paths.

    Args:
        current: returns the mock that the paths are about; None while no mock is on.
        lifespan: holds the resources of the server while it runs.
    """

    def list_paths() -> Any:
        return {"paths": [{"method": path.method, "path": path.path, "does": path.does} for path in paths]}

    def health() -> Any:
        return {"status": "ok", "version": version("mock_s3vectors")}

    def list_calls() -> Any:
        level = current()
        return {"calls": [_describe(exchange) for exchange in level.world.journal] if level else []}

    def reset() -> Any:
        level = current()
        if level is not None:
            level.world.clear()
            level.world.journal.clear()
        return {}

    paths = [
        Path("GET", CONTROL, "lists these paths", list_paths),
        Path("GET", f"{CONTROL}/health", "says that the server answers, and its version", health),
        Path(
            "GET",
            f"{CONTROL}/calls",
            "lists the last calls, the oldest first",
            list_calls,
        ),
        Path("POST", f"{CONTROL}/reset", "drops all vector buckets, and forgets the calls", reset),
    ]
    return Starlette(
        routes=[Route(path.path, _endpoint(path), methods=[path.method]) for path in paths],
        lifespan=lifespan,
        exception_handlers={HTTPException: _refuse, Exception: _fail},
    )


def _describe(exchange: Exchange) -> dict[str, Any]:
    """Return the entry of a call in the list of calls, for orjson."""
    request, response, error = exchange.request, exchange.response, exchange.error
    headers = response.headers if response else {}
    # A body that the parser could read is JSON, and appears as it arrived. Calls by POST alone have one.
    is_json = request.method == "POST" and exchange.params is not None and request.body
    return {
        "operation": exchange.operation,
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "parameters": orjson.Fragment(request.body) if is_json else None,
        "status": response.status if response else None,
        "error": headers.get("x-amzn-errortype") or (type(error).__name__ if error else None),
        "requestId": headers.get("x-amz-request-id"),
        "time": exchange.began,
    }


def _endpoint(path: Path) -> Callable[[Request], Any]:
    async def answer(_: Request) -> Response:
        return Response(orjson.dumps(path.answer()), media_type="application/json")

    return answer


async def _refuse(request: Request, error: Exception) -> Response:
    """Return the answer to a path or a method that does not exist."""
    allowed = getattr(error, "headers", None) or {}
    asked = refusals.shorten(f"{request.method} {request.url.path}")
    if allowed:
        return _response(server_refusals.method_not_allowed(asked, allowed["Allow"]), allowed)
    return _response(refusals.unknown_operation(f"{asked} does not exist: GET {CONTROL} lists the paths."))


async def _fail(_: Request, bug: Exception) -> Response:
    """Return the answer to a bug of the mock, which Starlette raises again, so that it is logged."""
    return _response(refusals.internal_failure(bug))


def _response(error: ServiceError, headers: Mapping[str, str] | None = None) -> Response:
    answer = serialize_error(error)
    return Response(answer.body, answer.status, {**answer.headers, **(headers or {})})
