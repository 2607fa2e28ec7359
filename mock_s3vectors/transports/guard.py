"""The guard before the HTTP server: web pages of somebody else cannot drive it, nor read it.

A browser lets every page send requests to this machine, and says whose page it is: in `Origin`, and in
`Sec-Fetch-Site`. By DNS rebinding a page gives its own host name the address of this machine, and is then of
the server's origin; but `Host` still has that name. SDKs send none of the two headers of browsers.
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from mock_s3vectors.transports import refusals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Scope

# A name or an address, and perhaps a port.
_HOST = re.compile(r"(?P<name>\[[^\[\]]*\]|[^:]*)(?::[0-9]*)?")


class Guard:
    """Refuses requests by their headers, whatever they ask for."""

    def __init__(
        self, *, loopback: bool, allowed_hosts: Iterable[str] = (), allowed_origins: Iterable[str] = ()
    ) -> None:
        """Say what may pass.

        Args:
            loopback: whether the server listens on a loopback address. Others have names that it cannot know.
            allowed_hosts: more names for the server.
            allowed_origins: web pages that may call it, besides its own: `http://localhost:3000`.
        """
        self._loopback = loopback
        self._hosts = {_name_of(host) for host in allowed_hosts}
        self._origins = frozenset(allowed_origins)

    def check(self, scope: Scope) -> None:
        """Raise unless a request may pass.

        Raises:
            AccessDeniedException: a web page of another origin sent it.
            MisdirectedRequestException: its host name is none of this machine.
        """
        # Clients of HTTP/1.0 need not name a host; all browsers do.
        host = _header(scope, b"host") or ""
        if host and self._loopback and not self._is_ours(_name_of(host)):
            raise refusals.foreign_host(host)
        origin = _header(scope, b"origin")
        if origin in self._origins:
            return
        if origin is not None and origin.lower() != f"{scope['scheme']}://{host}".lower():
            raise refusals.foreign_origin(origin)
        if "cross-site" in (_header(scope, b"sec-fetch-site") or ""):
            raise refusals.foreign_origin("Sec-Fetch-Site is cross-site")

    def _is_ours(self, name: str | None) -> bool:
        return name is not None and (name in self._hosts or _is_loopback(name))


def _header(scope: Scope, name: bytes) -> str | None:
    """Return the value of a header, all values if it is there more than once, None if it is not there."""
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return ", ".join(values) if values else None


def _name_of(host: str) -> str | None:
    """Return the name of a host without its port, None if it has no such form."""
    parts = _HOST.fullmatch(host)
    return parts["name"].lower().removesuffix(".") if parts else None


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False
