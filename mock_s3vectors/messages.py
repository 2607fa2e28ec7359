"""The two shapes that every door of the house hands to the corridor and gets back from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it came over the wire.

    Attributes:
        method: `POST`, `GET` or `DELETE`.
        host: the host name without port, for the Region of an unsigned request.
        path: still percent-encoded, because an ARN in it has its slashes as `%2F`.
        query: still percent-encoded, without the question mark.
        headers: by lower-case name.
        body: all of it, if it is whole.
        is_whole: False if the door has not read all of the body, since it is longer than the service allows.
    """

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool = True

    def with_body(self, body: bytes, *, is_whole: bool = True) -> HttpRequest:
        """Return the same request with another body."""
        return replace(self, body=body, is_whole=is_whole)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer, ready for the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def with_body(self, body: bytes) -> HttpResponse:
        """Return the same response with another body."""
        return replace(self, body=body)


def read_request(prepared: Any, url: SplitResult, path: str) -> HttpRequest:
    """A request that a client in this process has prepared: botocore's or that of `requests`.

    Args:
        prepared: has `method`, `headers` and `body`.
        url: where it goes.
        path: what of the URL's path is the operation's.
    """
    return HttpRequest(
        method=prepared.method,
        host=url.hostname or "",
        path=path,
        query=url.query,
        headers=_headers(prepared.headers),
        body=_body(prepared.body),
    )


def _headers(headers: Any) -> dict[str, str]:
    """All headers by lower-case name; some clients have bytes for values."""
    return {
        name.lower(): value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for name, value in headers.items()
    }


def _body(body: Any) -> bytes:
    """All of what a client means to send: nothing, text, bytes, a file, or pieces of one."""
    if isinstance(body, bytes):
        return body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytearray, memoryview)):
        return bytes(body)
    return _body(body.read()) if hasattr(body, "read") else b"".join(map(_body, body))
