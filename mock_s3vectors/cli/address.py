"""The address of a server: its defaults, its own paths, and its URL for clients on the same machine."""

from __future__ import annotations

import os

from mock_s3vectors.cli.environment import value_of, variable_of
from mock_s3vectors.errors.exceptions import UsageError

HOST = "127.0.0.1"
# Outside 4510 to 4599, which other emulators of AWS use.
PORT = 7380
HEALTH = "/_mock_s3vectors/health"
INIT = "/_mock_s3vectors/init"
PAGE = "/_mock_s3vectors/ui"

_LAST_PORT = 65_535

# By an address at which a server listens on all others: one of them.
_ONE_OF_ALL = {"0.0.0.0": HOST, "::": "::1"}  # noqa: S104 - nobody listens here


def url_at(host: str, port: int | str, scheme: str = "http") -> str:
    """Return the URL of a server that listens on a host and a port of this machine."""
    host = _ONE_OF_ALL.get(host, host)
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def url_of_environment(*, is_secure: bool) -> str:
    """Return the URL of the server that the variables of `serve` describe, which may be this container's.

    Raises:
        UsageError: they do not say at which port it is.
    """
    host = value_of(variable_of("--host"), os.environ) or HOST
    variable = variable_of("--port")
    port = value_of(variable, os.environ) or str(PORT)
    if not port.isdecimal() or not 0 < int(port) <= _LAST_PORT:
        raise UsageError(f"{variable}={port!r} names no port: give the server's address with --url.")
    return url_at(host, port, "https" if is_secure else "http")
