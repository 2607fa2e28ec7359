"""Answers that get lost in this process, each as the library of its client reports the loss.

Nothing waits here: a client that would time out is told at once. `serving.answering` loses answers over HTTP,
where the libraries see for themselves.

Importing this module loads botocore and urllib3, so the doors import it when an answer gets lost.
"""

from __future__ import annotations

import errno
import os
from http.client import BadStatusLine, RemoteDisconnected
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import botocore.exceptions
from urllib3 import HTTPResponse
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from mock_s3vectors import neighbours
from mock_s3vectors.messages import NOT_HTTP, cut_off

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

    from mock_s3vectors.messages import Disconnect
    from mock_s3vectors.messages import HttpResponse as Answer

_RESET = errno.ECONNRESET, os.strerror(errno.ECONNRESET)
_STATUS_LINE = NOT_HTTP.partition(b"\r\n")[0]
_PORTS = {"http": 80, "https": 443}


class LosingPool:
    """Stands in for a connection pool of urllib3, with which botocore and `requests` send."""

    def __init__(self, lost: Disconnect, answer: Answer | None, url: str, read_timeout: float | None) -> None:
        """Describe the loss.

        Args:
            lost: how the answer gets lost.
            answer: what would arrive; None if the operation was not carried out.
            url: where the request goes.
            read_timeout: how many seconds the client would wait; None if it would wait for ever.
        """
        self._lost = lost
        self._answer = answer
        self._url = urlsplit(url)
        self._read_timeout = read_timeout

    def __str__(self) -> str:
        scheme, host = self._url.scheme, self._url.hostname
        return f"{scheme.upper()}ConnectionPool(host={host!r}, port={self._url.port or _PORTS[scheme]})"

    def connection_from_url(self, _: str) -> LosingPool:
        """Return the pool of a host, as the manager of all pools does."""
        return self

    def urlopen(self, method: str, **settings: Any) -> HTTPResponse:
        """Return half the answer, if that is how it gets lost.

        Raises:
            HTTPError: that of urllib3, if it gets lost in another way.
        """
        if self._lost == "truncated":
            return self._half(method, settings)
        if self._lost == "timeout":
            pool: Any = self
            text = f"Read timed out. (read timeout={self._read_timeout})"
            raise ReadTimeoutError(pool, self._url.path, text)
        causes: dict[Disconnect, Exception] = {
            "reset": ConnectionResetError(*_RESET),
            "empty": RemoteDisconnected("Remote end closed connection without response"),
            "malformed": BadStatusLine(f"{_STATUS_LINE.decode()}\r\n"),
        }
        raise ProtocolError("Connection aborted.", causes[self._lost])

    def _half(self, method: str, settings: dict[str, Any]) -> HTTPResponse:
        half = cut_off(self._answer)
        # Whether half a body is an error is up to the client, and else to the release of urllib3.
        checks = {name: settings[name] for name in ("enforce_content_length",) if name in settings}
        return HTTPResponse(
            BytesIO(half.body),
            half.headers,
            half.status,
            request_method=method,
            preload_content=False,
            decode_content=False,
            **checks,
        )


def lose_for_botocore(pool: LosingPool, request: AWSPreparedRequest) -> Any:
    """Return half an answer, if the installed botocore takes it for a whole one, as newer releases do.

    Raises:
        BotoCoreError: the answer gets lost in another way.
    """
    return neighbours.send_through(pool, request)


def lose_for_aiobotocore(lost: Disconnect, answer: Answer | None, url: str, settings: Any) -> NoReturn:
    """Raise the exception of a client of aiobotocore.

    Args:
        lost: how the answer gets lost.
        answer: what would arrive; None if the operation was not carried out.
        url: where the request goes.
        settings: the client's AioConfig, which says whether it sends with aiohttp or httpx.

    Raises:
        BotoCoreError: always.
    """
    half = cut_off(answer)
    counts = len(half.body), int(half.headers["content-length"])
    httpx = neighbours.library_of_httpx(settings)
    losses = _losses_of_aiohttp(url, *counts) if httpx is None else _losses_of_httpx(httpx, *counts)
    name, error = losses[lost]
    raise getattr(botocore.exceptions, name)(error=error, endpoint_url=url) from error


# The class of botocore's exception, and the error in it, by kind.
_Losses = dict[str, tuple[str, Exception]]


def _losses_of_aiohttp(url: str, received: int, expected: int) -> _Losses:
    # Not an import statement: type checkers of programs without aiohttp would not find it.
    aiohttp: Any = import_module("aiohttp")
    sent = aiohttp.RequestInfo(url, "POST", {}, url)  # read for its URL only
    timeout = getattr(aiohttp, "SocketTimeoutError", aiohttp.ServerTimeoutError)  # since 3.10
    line = f"Bad status line:\n  Expected HTTP/, RTSP/ or ICE/:\n\n  {_STATUS_LINE!r}\n    ^"
    half = (
        "Response payload is not completed: <ContentLengthError: 400, message='Not enough data to satisfy "
        f"content length header (received {received} of {expected} bytes).'>"
    )
    return {
        "reset": ("EndpointConnectionError", aiohttp.ClientOSError(*_RESET)),
        "timeout": ("ReadTimeoutError", timeout("Timeout on reading data from socket")),
        "empty": ("ConnectionClosedError", aiohttp.ServerDisconnectedError()),
        "truncated": ("ConnectionClosedError", aiohttp.ClientPayloadError(half)),
        "malformed": ("HTTPClientError", aiohttp.ClientResponseError(sent, (), status=400, message=line)),
    }


def _losses_of_httpx(httpx: Any, received: int, expected: int) -> _Losses:
    broken = httpx.RemoteProtocolError
    half = (
        "peer closed connection without sending complete message body "
        f"(received {received} bytes, expected {expected})"
    )
    return {
        "reset": ("HTTPClientError", httpx.ReadError("")),
        "timeout": ("ReadTimeoutError", httpx.ReadTimeout("")),
        "empty": ("HTTPClientError", broken("Server disconnected without sending a response.")),
        "truncated": ("HTTPClientError", broken(half)),
        "malformed": ("HTTPClientError", broken(f"illegal status line: {bytearray(_STATUS_LINE)!r}")),
    }
