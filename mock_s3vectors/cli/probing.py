"""Asking a server whether it is healthy: quickly, since containers ask every few seconds.

Only the standard library is loaded. No proxy of the environment is asked.
"""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from mock_s3vectors.cli.address import HEALTH, url_of_environment
from mock_s3vectors.cli.command_parser import checked
from mock_s3vectors.cli.environment import variable_of
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    import ssl
    from http.client import HTTPResponse
    from pathlib import Path

    from mock_s3vectors.cli.command_parser import CommandParser

# In seconds: how long to wait for one answer.
PATIENCE = 5.0
# In bytes: as much as a healthy server never says.
_MOST = 64 * 1024
_OK = 200
_UNAVAILABLE = 503
_SCHEMES = ("http", "https")
_STRANGER = "another program answers there, and no mock_s3vectors server"


class Seen(NamedTuple):
    """What was seen at a URL.

    Attributes:
        is_ours: whether a mock_s3vectors server answered.
        is_healthy: whether it is healthy.
        text: what was seen, for people.
    """

    is_ours: bool
    is_healthy: bool
    text: str


def add_address(parser: CommandParser) -> None:
    """Add the flags that say where the server is."""
    parser.add_argument(
        "--url",
        type=checked(str, _check_url),
        help=f"the URL of the server (default: http://127.0.0.1:7380; or that of a server with the "
        f"{variable_of('--host')}, {variable_of('--port')} and {variable_of('--certificate')} of the "
        "environment)",
    )
    parser.add_argument(
        "--certificate",
        metavar="FILE",
        help="a certificate to trust over HTTPS, in PEM, such as that of the server (default: those of the "
        "system)",
    )


def url_to_ask(url: str | None, certificate: str | None) -> str:
    """Return the URL of the server that is meant, without a slash at the end.

    Raises:
        UsageError: none is given, and the environment names no port.
    """
    return url_of_environment(is_secure=certificate is not None) if url is None else url.rstrip("/")


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in _SCHEMES and parts.hostname and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise UsageError(f"--url {url}: it is not the URL of a server: write http://127.0.0.1:7380.")


def look(
    url: str, certificate: str | Path | None = None, *, seconds: float = PATIENCE, trusts_all: bool = False
) -> Seen:
    """Ask a server whether it is healthy, and return what was seen.

    Args:
        url: that of the server.
        certificate: a file of certificates to trust; None for those of the system.
        seconds: how long to wait for an answer.
        trusts_all: whether to trust any certificate.

    Raises:
        UsageError: the certificate cannot be read.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = _trust(host, certificate, trusts_all=trusts_all)
        connection: HTTPConnection = HTTPSConnection(host, parts.port, timeout=seconds, context=context)
    else:
        connection = HTTPConnection(host, parts.port, timeout=seconds)
    try:
        connection.request("GET", f"{parts.path}{HEALTH}", headers={"Connection": "close"})
        return _seen_in(connection.getresponse())
    except TimeoutError:
        return Seen(is_ours=False, is_healthy=False, text=f"no answer within {seconds:g} s")
    except (OSError, HTTPException) as error:
        return Seen(is_ours=False, is_healthy=False, text=_failure(error))
    finally:
        connection.close()


def _trust(host: str, certificate: str | Path | None, *, trusts_all: bool) -> ssl.SSLContext:
    import ssl  # noqa: PLC0415 - only for HTTPS

    try:
        context = ssl.create_default_context(cafile=certificate)
    except OSError as error:
        raise UsageError(f"Cannot read the certificate {certificate}: {error.strerror or error}.") from None
    if certificate is not None:
        # The file may hold the server's own certificate alone, made without what authorities add.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    # It is for the names that clients use, of which this machine's own address may be none.
    if trusts_all or (certificate is not None and (host in ("localhost", "::1") or host.startswith("127."))):
        context.check_hostname = False
    if trusts_all:
        context.verify_mode = ssl.CERT_NONE
    return context


def _seen_in(answer: HTTPResponse) -> Seen:
    """Return what an answer says."""
    body = answer.read(_MOST)
    kind = answer.getheader("x-amzn-errortype")
    if kind is not None:  # one of the refusals that the server makes before it looks at the path
        return Seen(is_ours=True, is_healthy=False, text=f"HTTP {answer.status}, {kind}{_message_in(body)}")
    document = _document_in(body)
    if answer.status not in (_OK, _UNAVAILABLE) or not {"status", "version"} <= document.keys():
        return Seen(is_ours=False, is_healthy=False, text=f"{_STRANGER}: HTTP {answer.status}")
    if answer.status == _OK:
        return Seen(is_ours=True, is_healthy=True, text=f"mock_s3vectors {document['version']}")
    told = ", ".join(f"{name} {value}" for name, value in document.items() if name != "version")
    return Seen(is_ours=True, is_healthy=False, text=f"HTTP {answer.status}, {told}")


def _document_in(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _message_in(body: bytes) -> str:
    message = _document_in(body).get("message")
    return f": {message}" if message else ""


def _failure(error: OSError | HTTPException) -> str:
    if isinstance(error, HTTPException):
        return f"{_STRANGER}: it does not speak HTTP"
    reason = getattr(error, "verify_message", "") or error.strerror or str(error)
    if hasattr(error, "verify_message"):
        return f"its certificate is not trusted, {reason}: give it with --certificate"
    return reason[:1].lower() + reason[1:]
