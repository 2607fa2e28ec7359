"""What the HTTP server remembers of a call."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.protocol.model import operation_models
from mock_s3vectors.protocol.router import Router
from mock_s3vectors.world import clock

if TYPE_CHECKING:
    from mock_s3vectors.messages import HttpRequest, HttpResponse

# Longer bodies, which are batches of vectors, are not kept.
_BODY_KEPT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """A request without its headers, and what became of it."""

    time: float
    method: str
    path: str
    query: str
    body: bytes | None
    status: int
    error: str | None
    request_id: str

    @classmethod
    def of(cls, request: HttpRequest, answer: HttpResponse) -> Call:
        """The record of a request that has been answered."""
        return cls(
            time=clock.now(),
            method=request.method,
            path=request.path,
            query=request.query,
            body=request.body if len(request.body) <= _BODY_KEPT else None,
            status=answer.status,
            error=answer.headers.get("x-amzn-errortype"),
            request_id=answer.headers["x-amz-request-id"],
        )

    def describe(self) -> dict[str, Any]:
        """The record, for orjson."""
        return {
            "operation": _operation(self.method, self.path),
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "parameters": _parameters(self.body),
            "status": self.status,
            "error": self.error,
            "requestId": self.request_id,
            "time": self.time,
        }


def _parameters(body: bytes | None) -> orjson.Fragment | None:
    """The JSON of a body as it came; None if there is none, or it was not kept."""
    try:
        orjson.loads(body or b"null")
    except orjson.JSONDecodeError:
        return None
    return orjson.Fragment(body) if body else None


def _operation(method: str, path: str) -> str | None:
    try:
        return _router().route(method, path)[0]
    except UsageError:
        return None


@lru_cache(maxsize=1)
def _router() -> Router:
    return Router(operation_models())
