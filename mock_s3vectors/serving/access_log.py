"""The access log: a line for each request that the server answered. `mock-s3vectors serve -v` shows it."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Literal

from mock_s3vectors.abridging import without_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Message, Scope, Send

# The type of a message, besides those of ASGI, by which the application tells how an answer gets lost.
LOST = "mock_s3vectors.lost"

_log = logging.getLogger(__name__)


class Answered:
    """The answer to a request, noted on its way out."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._began = time.perf_counter()
        self._status: int | None = None
        self._error = ""
        self._lost = ""

    @property
    def begun(self) -> bool:
        """Whether the client has seen a part of the answer."""
        return self._status is not None

    async def send(self, message: Message) -> None:
        """Send a part of the answer, or note how it gets lost."""
        if message["type"] == LOST:
            self._lost = message["how"]
            return
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._error = dict(message["headers"]).get(b"x-amzn-errortype", b"").decode("latin-1")
        await self._send(message)

    def log(self) -> None:
        """Write the line, unless the client left before it had an answer."""
        seconds = time.perf_counter() - self._began
        if self._lost:
            log_answer(self._scope["client"], self._scope, "lost", self._lost, seconds)
        elif self._status is not None:
            log_answer(self._scope["client"], self._scope, self._status, self._error, seconds)


def log_answer(
    client: tuple[str, int] | None,
    scope: Mapping[str, Any] | None,
    status: int | Literal["lost"],
    error: str,
    seconds: float | None = None,
) -> None:
    """Write a line: client, method, path, status, error code, milliseconds.

    Args:
        client: the client's address.
        scope: the request; None if its head did not arrive completely.
        status: the HTTP status; "lost" if a rule has the answer get lost.
        error: the error code, empty for a success; how the answer gets lost.
        seconds: how long the answer took; None for a request that did not arrive completely.
    """
    if _log.isEnabledFor(logging.INFO):
        host, port = client or ("unknown", 0)
        took = "" if seconds is None else f"{seconds * 1000:.1f} ms"
        request = f'"{_line_of(scope)}"' if scope else "no request"
        _log.info(" ".join(filter(None, [f"{host}:{port} -", request, str(status), error, took])))


def _line_of(scope: Mapping[str, Any]) -> str:
    query = without_token(scope["query_string"].decode("latin-1"))
    target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    return f"{scope['method']} {target} HTTP/{scope['http_version']}"
