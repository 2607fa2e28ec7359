"""The guard in front of the HTTP server: foreign web pages can neither control the server nor read from it.

A browser lets every page send requests to this machine. It tells where a request comes from, in `Origin` and
in `Sec-Fetch-Site`; SDKs send neither. By DNS rebinding, a page can give its own host name the address of
this machine: its requests then seem to come from the server's origin, but their `Host` is still that name.

Pages of the origins in `cors` are not foreign, except to the server's own page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.doors.hosts import is_loopback, name_of
from mock_s3vectors.errors import server_refusals
from mock_s3vectors.serving.control.answers import CONTROL
from mock_s3vectors.serving.cors import Cors
from mock_s3vectors.serving.page.routes import UI

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import Scope

_PAGE = f"{CONTROL}{UI}"


class Guard:
    """A filter of requests by their headers, whatever they ask for."""

    def __init__(
        self,
        *,
        loopback: bool,
        allowed_hosts: Iterable[str] = (),
        cors: Cors = Cors(),  # noqa: B008 - it does not change
    ) -> None:
        """Decide which requests may pass.

        Args:
            loopback: whether the server listens on a loopback address. A server on another address cannot
                know its names, and accepts any.
            allowed_hosts: more names of the server, as `name_of` gives them.
            cors: the origins whose pages may pass as well.
        """
        self.cors = cors
        self._loopback = loopback
        self._hosts = frozenset(allowed_hosts)

    def check(self, scope: Scope) -> None:
        """Raise unless a request may pass.

        Raises:
            AccessDeniedException: a web page of another origin sent it, which may not.
            MisdirectedRequestException: its host name is not one of the server's.
        """
        # Clients of HTTP/1.0 need not name a host; all browsers do.
        host = _header(scope, b"host") or ""
        if host and self._loopback and not self._is_ours(name_of(host)):
            raise server_refusals.foreign_host(host)
        origin = _header(scope, b"origin")
        if origin is not None and self.cors.allows(scope):
            if f"{scope['path']}/".startswith(f"{_PAGE}/"):
                raise server_refusals.foreign_page_here(_PAGE, origin)
            return
        if origin is not None and origin.lower() != f"{scope['scheme']}://{host}".lower():
            raise server_refusals.foreign_origin(origin)
        if "cross-site" in (_header(scope, b"sec-fetch-site") or ""):
            raise server_refusals.foreign_origin("Sec-Fetch-Site is cross-site")

    def _is_ours(self, name: str | None) -> bool:
        return name is not None and (name in self._hosts or is_loopback(name))


def _header(scope: Scope, name: bytes) -> str | None:
    """Return the value of a header (all values, if it appears more than once), or None without it."""
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return ", ".join(values) if values else None
