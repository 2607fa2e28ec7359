"""Opening a server, and the reasons why it may fail: a bad address, a port in use, or a missing package."""

from __future__ import annotations

import errno
import os
import socket
from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from types import ModuleType

    from mock_s3vectors.serving.http_server import HttpServer

_LAST_PORT = 65_535
_OF_THE_PORT = {errno.EADDRINUSE, errno.EACCES}
_OF_THE_HOST = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


def http_server(host: str, port: int, **settings: Any) -> HttpServer:
    """Return a server that holds its port and does not run yet.

    Raises:
        UsageError: the extra `server` is not installed, or the server cannot have the host or the port.
    """
    check_address(host, port)
    module = _import_http_server()
    try:
        return module.HttpServer(host, port, **settings)  # type: ignore[no-any-return]
    except (OSError, UnicodeError) as error:
        raise UsageError(_why_not(host, port, error)) from error


def _why_not(host: str, port: int, error: OSError | UnicodeError) -> str:
    number = error.errno if isinstance(error, OSError) else None
    reason = _reason(error)
    if number in _OF_THE_PORT:
        return f"Cannot listen on port {port} of {host}: {reason}. Port 0 is any free port."
    if isinstance(error, (socket.gaierror, UnicodeError)) or number in _OF_THE_HOST:
        return (
            f"Cannot listen on the host {host!r}: {reason}. Give a name or an address of this machine, "
            "such as '127.0.0.1'."
        )
    return f"Cannot listen on port {port} of {host}: {reason}."


def _reason(error: OSError | UnicodeError) -> str:
    if isinstance(error, UnicodeError):
        return "it is not a host name"
    if isinstance(error, socket.gaierror) or not error.errno:
        return str(error.strerror or error)
    return os.strerror(error.errno)  # the error's own text repeats the address


def check_address(host: object, port: object) -> None:
    """Raise unless a host is a str, and a port is an int in the range of ports.

    Raises:
        UsageError: one of them is not.
    """
    if not isinstance(host, str):
        raise UsageError(
            f"host={host!r} is of type {type(host).__name__}: it must be a str, a name or an address of this "
            "machine, such as '127.0.0.1'."
        )
    if not isinstance(port, int) or isinstance(port, bool):
        raise UsageError(
            f"port={port!r} is of type {type(port).__name__}: it must be an int, from 0 (any free port) "
            f"to {_LAST_PORT}."
        )
    if not 0 <= port <= _LAST_PORT:
        raise UsageError(f"port={port}: it must be from 0 (any free port) to {_LAST_PORT}.")


def _import_http_server() -> ModuleType:
    try:
        from mock_s3vectors.serving import http_server as module  # noqa: PLC0415 - it needs an extra, and is heavy
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        raise UsageError(
            f"The server needs {missing}, which is not installed: pip install 'mock_s3vectors[server]'."
        ) from error
    return module
