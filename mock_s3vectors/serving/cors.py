"""Pages of other origins that may call the server, and what browsers have to be told about it (CORS).

A browser sends such a page's calls, asks before most of them (the preflight), and shows the page an answer
only if the answer allows the page's origin. Pages of all other origins are refused by `guard`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Message, Scope, Send

# As browsers write it: in lower case, with a port only where it is not the scheme's own.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?")
_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65_535
_EXAMPLE = "http://localhost:5173"

_METHODS = b"DELETE, GET, HEAD, POST, PUT"
# Browsers hide from pages all but a few headers of an answer. AWS's SDK for JavaScript reads these: ids,
# the error's name, the time of the server's clock, and when to try again.
_EXPOSED = (
    b"date, retry-after, x-amz-id-2, x-amz-request-id, x-amz-retry-after, x-amzn-errortype, x-amzn-requestid"
)
# In seconds: how long a browser need not ask again.
_MAX_AGE = b"600"


def checked_origins(origins: object) -> tuple[str, ...]:
    """Return the origins of a list.

    Raises:
        UsageError: the argument is not a list of origins as browsers send them.
    """
    if not isinstance(origins, Iterable) or isinstance(origins, str):
        raise UsageError(f"cors={origins!r}: it must be a list of origins, such as [{_EXAMPLE!r}].")
    return tuple(_checked_origin(origin) for origin in origins)


def _checked_origin(origin: object) -> str:
    if origin == "*":
        raise UsageError(
            "The origin '*' would let every web page that somebody visits read and control this server: give "
            f"the origin of each page that may, such as {_EXAMPLE!r}."
        )
    if origin == "null":
        raise UsageError(
            "The origin 'null' is that of pages in files, but also of frames that every web page can make. "
            "Serve the file (python -m http.server 8000), and give 'http://localhost:8000'."
        )
    right = _as_browsers_send_it(origin) if isinstance(origin, str) else None
    if isinstance(origin, str) and origin == right:
        return origin
    raise UsageError(
        f"{origin!r} is not an origin as browsers send it: give {right or _EXAMPLE!r}"
        + ("." if right else ", for instance: scheme and host of the page, and the port if its URL has one.")
    )


def _as_browsers_send_it(text: str) -> str | None:
    """Return the origin of a URL, which may lack its scheme; None if it has none."""
    try:
        url = urlsplit(text if "://" in text else f"http://{text}")
        host, port = url.hostname or "", url.port
    except ValueError:
        return None
    host = f"[{host}]" if ":" in host else host
    origin = f"{url.scheme}://{host}" + ("" if port in (None, _PORTS.get(url.scheme)) else f":{port}")
    return origin if _ORIGIN.fullmatch(origin) else None


class Cors:
    """The origins that may call the server."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        """Allow origins, as `checked_origins` returns them."""
        self._origins = frozenset(origin.encode() for origin in origins)

    def allows(self, scope: Scope) -> bool:
        """Return whether a request comes from a page of an origin that may call the server."""
        return self._origin_of(scope) is not None

    def headers(self, scope: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
        """Return the headers that each answer to a request has, besides its own; refusals as well."""
        if not self._origins:
            return []
        vary = (b"vary", b"Origin")
        origin = self._origin_of(scope)
        if origin is None:
            return [vary]
        return [
            vary,
            (b"access-control-allow-origin", origin),
            (b"access-control-expose-headers", _EXPOSED),
        ]

    def permission(self, scope: Scope) -> list[tuple[bytes, bytes]] | None:
        """Return the headers of the answer to a preflight, besides those of each answer.

        Returns:
            None if the request is no preflight of a page that may call the server.
        """
        asked = dict(scope["headers"])
        if scope["method"] != "OPTIONS" or b"access-control-request-method" not in asked:
            return None
        if not self.allows(scope):
            return None
        permission = [
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-max-age", _MAX_AGE),
            (b"vary", b"Access-Control-Request-Headers, Access-Control-Request-Private-Network"),
        ]
        if b"access-control-request-headers" in asked:
            names = asked[b"access-control-request-headers"]
            permission.append((b"access-control-allow-headers", names))
        # Browsers ask so for a page of the internet that calls a machine of the local network, or this one.
        if asked.get(b"access-control-request-private-network") == b"true":
            permission.append((b"access-control-allow-private-network", b"true"))
        return permission

    def sender(self, scope: Scope, send: Send) -> Send:
        """Return a `send` that adds these headers to the answer to a request."""
        headers = self.headers(scope)
        if not headers:
            return send

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *headers]}
            await send(message)

        return send_with_headers

    def _origin_of(self, scope: Mapping[str, Any]) -> bytes | None:
        """Return the origin that a request comes from, if it may call the server."""
        if not self._origins:
            return None
        origins = [value for name, value in scope["headers"] if name == b"origin"]
        return origins[0] if len(origins) == 1 and origins[0] in self._origins else None
