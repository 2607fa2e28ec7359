"""The request that every door hands to the gateway, and the response that it gets back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from mock_s3vectors.neighbours import header_items

if TYPE_CHECKING:
    from collections.abc import Mapping
    from urllib.parse import SplitResult

# How an answer gets lost: the connection is reset; no answer comes in time; the connection is closed without
# an answer, or in the middle of one; or what comes is not HTTP.
Disconnect = Literal["reset", "timeout", "empty", "truncated", "malformed"]

# What comes instead of an answer that is malformed.
NOT_HTTP = b"These bytes are not HTTP\r\n\r\n"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as its client sends it.

    Attributes:
        method: `POST`, `GET` or `DELETE`.
        host: the host name without port, for the Region of an unsigned request.
        path: percent-encoded, because an ARN in it writes its slashes as `%2F`.
        query: percent-encoded, without the question mark.
        headers: values by name in lower case.
        body: the whole body, if it is whole.
        is_whole: False if the body exceeds the service's limit, so that the door stopped reading.
        is_secure: whether it came by HTTPS, as far as its client knows.
        source_ip: the address of its client.
        url: as a client of this process has signed it; None if the request came by HTTP.
    """

    method: str
    host: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool = True
    is_secure: bool = True
    source_ip: str = "127.0.0.1"
    url: SplitResult | None = None

    def with_body(self, body: bytes, *, is_whole: bool = True) -> HttpRequest:
        """Return the same request with another body."""
        return replace(self, body=body, is_whole=is_whole)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer, ready to be sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def with_body(self, body: bytes) -> HttpResponse:
        """Return the same response with another body."""
        return HttpResponse(self.status, self.headers, body)


# Stands in for an answer that no operation has made.
_FAILURE = HttpResponse(500, {"content-type": "application/json", "content-length": "2"}, b"{}")


def cut_off(response: HttpResponse | None) -> HttpResponse:
    """Return the part of an answer that arrives if the connection is closed in the middle of the body.

    Its headers promise the whole body.

    Args:
        response: the answer; None if the operation was not carried out. Then a failure of the service is cut
            off, because some clients take half an answer for a whole one.
    """
    response = response if response is not None and response.body else _FAILURE
    return response.with_body(response.body[: len(response.body) // 2])


def read_request(prepared: Any, url: SplitResult, path: str) -> HttpRequest:
    """Return a request that botocore or `requests` has prepared in this process.

    Args:
        prepared: an object with `method`, `headers` and `body`.
        url: the URL of the request.
        path: the part of the URL's path that names the operation.
    """
    return HttpRequest(
        method=prepared.method,
        host=url.hostname or "",
        path=path,
        query=url.query,
        headers=_headers(prepared.headers),
        body=_body(prepared.body),
        is_secure=url.scheme == "https",
        url=url,
    )


def _headers(headers: Any) -> dict[str, str]:
    """Return all headers by name in lower case; some clients give bytes as values."""
    return {
        str(name).lower(): value.decode("latin-1") if isinstance(value, bytes) else str(value)
        for name, value in header_items(headers)
    }


def _body(body: Any) -> bytes:
    """Return the whole body of a request whose client gave None, a text, bytes, a file or an iterable."""
    if isinstance(body, bytes):
        return body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytearray, memoryview)):
        return bytes(body)
    return _body(body.read()) if hasattr(body, "read") else b"".join(map(_body, body))
