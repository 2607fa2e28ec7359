"""Asking a server whether it is healthy: quickly, since containers ask every few seconds.

Only the standard library is loaded. No proxy of the environment is asked.
"""

from __future__ import annotations

import json
import re
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from mock_s3vectors.cli.address import HEALTH, INIT, url_of_environment
from mock_s3vectors.cli.command_parser import checked
from mock_s3vectors.cli.environment import variable_of
from mock_s3vectors.errors.escapes import printable
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from mock_s3vectors.cli.command_parser import CommandParser

# In seconds: how long to wait for one answer.
PATIENCE = 5.0
# In bytes: as much as a healthy server never says.
_MOST = 64 * 1024
_OK = 200
_UNAVAILABLE = 503
_SCHEMES = ("http", "https")
# The visible characters of ASCII, except those that begin a query or a fragment.
_PLAIN = re.compile(r"[^?#\x00-\x20\x7f-\U0010ffff]+")
# No other server refuses these: foreign host names, and HTTP where it speaks HTTPS.
_REFUSALS = ("MisdirectedRequestException", "MalformedHttpRequestException")
# Of a script, while it is not over or has ended the rest.
_NOW = ("running", "failed")
_STRANGER = "another program answers there, and no mock_s3vectors server"


class Seen(NamedTuple):
    """The outcome of a look at a URL.

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
    if "@" in url:
        raise UsageError("--url: a server takes no name and no password in its URL, and no @.")
    try:
        parts = urlsplit(url)
        is_url = parts.scheme in _SCHEMES and parts.hostname and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url or not _PLAIN.fullmatch(url):
        raise UsageError(f"--url {url}: it is not the URL of a server: write http://127.0.0.1:7380.")


def look(url: str, certificate: str | Path | None = None, *, seconds: float = PATIENCE) -> Seen:
    """Ask a server whether it is healthy, and return what was seen.

    Args:
        url: that of the server.
        certificate: a file of certificates to trust; None for those of the system.
        seconds: how long to wait, whatever the server sends meanwhile.

    Raises:
        UsageError: the certificate cannot be read.
    """
    context, seen = _trust(url, certificate), list[Seen]()
    # Alone, a name that is being looked up, and a server that sends one byte after another, have no limit.
    is_given = certificate is not None
    asking = Thread(target=lambda: seen.append(_ask(url, context, seconds, is_given=is_given)), daemon=True)
    asking.start()
    asking.join(seconds)
    return seen[0] if seen else _too_late(seconds)


def _ask(url: str, context: ssl.SSLContext | None, seconds: float, *, is_given: bool) -> Seen:
    """Return what is seen at a URL; each piece of an answer may take some seconds."""
    try:
        answer = _answer_of(url, HEALTH, context, seconds)
        if answer.status == _UNAVAILABLE and answer.is_health:
            init = _answer_of(url, INIT, context, seconds)
            return _unhealthy(f"HTTP {_UNAVAILABLE}, {_how_far(answer, init)}", is_ours=True)
    except TimeoutError:
        return _too_late(seconds)
    except (OSError, HTTPException, UnicodeError) as error:
        return _unhealthy(_failure(error, is_given=is_given))
    if answer.status == _OK and answer.is_health:
        return Seen(is_ours=True, is_healthy=True, text=_name(answer))
    if answer.error in _REFUSALS:
        message = str(answer.document.get("message")).rstrip(".")
        return _unhealthy(f"HTTP {answer.status}, {answer.error}: {message}", is_ours=True)
    return _unhealthy(f"{_STRANGER}: HTTP {answer.status}")


class _Answer(NamedTuple):
    """An answer to a question.

    Attributes:
        status: the HTTP status.
        error: the code of a refusal by S3 Vectors, or by the mock's server.
        document: the JSON object of the body; an empty one if the body is something else.
    """

    status: int
    error: str | None
    document: dict[str, Any]

    @property
    def is_health(self) -> bool:
        """Whether it tells the health of a mock_s3vectors server."""
        return {"status", "version"} <= self.document.keys()


def _name(answer: _Answer) -> str:
    return printable(f"mock_s3vectors {answer.document['version']}")


def _unhealthy(text: str, *, is_ours: bool = False) -> Seen:
    return Seen(is_ours=is_ours, is_healthy=False, text=printable(text))


def _too_late(seconds: float) -> Seen:
    return _unhealthy(f"no answer within {seconds:g} s")


def _answer_of(url: str, path: str, context: ssl.SSLContext | None, seconds: float) -> _Answer:
    """Return the answer to a question.

    Raises:
        OSError: there is none.
        HTTPException: it is not HTTP.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection = (
        HTTPConnection(host, port, timeout=seconds)
        if context is None
        else HTTPSConnection(host, port, timeout=seconds, context=context)
    )
    try:
        connection.request("GET", f"{parts.path}{path}", headers={"Connection": "close"})
        answer = connection.getresponse()
        return _Answer(answer.status, answer.getheader("x-amzn-errortype"), _document_in(answer.read(_MOST)))
    finally:
        connection.close()


def _document_in(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _how_far(health: _Answer, init: _Answer) -> str:
    """Return how far a server is with what it was told to do at its start."""
    listed = init.document.get("scripts")
    scripts = [script for script in listed if isinstance(script, dict)] if isinstance(listed, list) else []
    if not scripts:
        return str(health.document["status"])
    done = sum(script.get("status") == "done" for script in scripts)
    now = [
        f", {script.get('name')} is {script['status']}" for script in scripts if script.get("status") in _NOW
    ]
    return f"{health.document['status']}: {done} of {len(scripts)} scripts are done{''.join(now)}"


def _trust(url: str, certificate: str | Path | None) -> ssl.SSLContext | None:
    """Return whom to trust at a URL, None without TLS.

    Raises:
        UsageError: the certificate cannot be read.
    """
    parts = urlsplit(url)
    if parts.scheme != "https":
        return None
    import ssl  # noqa: PLC0415 - only for HTTPS

    from mock_s3vectors.doors.hosts import is_loopback  # noqa: PLC0415 - the same

    try:
        context = ssl.create_default_context(cafile=certificate)
    except OSError as error:
        raise UsageError(f"Cannot read the certificate {certificate}: {error.strerror or error}.") from None
    if certificate is not None:
        # The file may hold the server's own certificate alone, made without what authorities add.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    # It is for the names that clients use, of which this machine's own address may be none.
    host = parts.hostname or ""
    if certificate is not None and is_loopback(host):
        context.check_hostname = False
    return context


def _failure(error: OSError | HTTPException | UnicodeError, *, is_given: bool) -> str:
    """Return why there is no answer.

    Args:
        error: what happened.
        is_given: whether a certificate to trust was given.
    """
    if isinstance(error, HTTPException):
        return f"{_STRANGER}: it does not speak HTTP"
    if isinstance(error, UnicodeError):
        return "that is not a host name"
    reason = getattr(error, "verify_message", "") or error.strerror or str(error)
    if hasattr(error, "verify_message"):
        advice = "" if is_given else ": give it with --certificate"
        return f"its certificate is not trusted, {reason}{advice}"
    return reason[:1].lower() + reason[1:]
