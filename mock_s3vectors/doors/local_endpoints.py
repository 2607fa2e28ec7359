"""Local servers that environment variables name: calls of clients pass, and the first one warns."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from mock_s3vectors.errors.exceptions import LocalEndpointWarning
from mock_s3vectors.errors.warn import warn_caller
from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_S3VECTORS"
IGNORE_VARIABLE = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
# The variable for this service takes precedence, as it does in botocore.
_VARIABLES = (ENDPOINT_VARIABLE, "AWS_ENDPOINT_URL")
_PORTS = {"http": 80, "https": 443}
# Some clients read the first, some the second, and some whichever exists.
_NO_PROXY = ("no_proxy", "NO_PROXY")
# The variables by which clients in an environment find a server.
VARIABLES_OF_SERVERS = (ENDPOINT_VARIABLE, IGNORE_VARIABLE, *_NO_PROXY)

# Scheme, host and port.
_Origin = tuple[str, "str | None", "int | None"]


def variables_of_servers(urls: Sequence[str], given: Mapping[str, str | None]) -> dict[str, str]:
    """Return the variables by which clients find the last of some servers, and reach all without a proxy.

    Args:
        urls: those of the servers.
        given: the environment without the servers.
    """
    hosts = sorted({str(urlsplit(url).hostname) for url in urls})
    # A user who set only one of the two meant it for all clients.
    common = next(filter(None, map(given.get, _NO_PROXY)), None)
    direct = {name: ",".join(filter(None, [given.get(name) or common, *hosts])) for name in _NO_PROXY}
    # A user's "true" would let clients bypass the server and go to AWS.
    return {ENDPOINT_VARIABLE: urls[-1], IGNORE_VARIABLE: "false", **direct}


def warn_of_local_endpoint(url: SplitResult) -> None:
    """Warn, once until the last mock ends, of a call to a local server that an environment variable names.

    A server that this process runs is the mock itself, so there is no warning. If a program passes the URL of
    the variable as `endpoint_url`, there is one: the two cases look alike.

    Args:
        url: the URL of a call to the loopback interface.
    """
    origin = _origin(url)
    variable = next((name for name in _VARIABLES if _names(name, origin)), None)
    if variable is None or os.environ.get(IGNORE_VARIABLE, "").lower() == "true" or is_server_of_ours(url):
        return
    if STACK.is_first(LocalEndpointWarning):
        warn_caller(_local_endpoint(url, variable))


def _local_endpoint(url: SplitResult, variable: str) -> LocalEndpointWarning:
    return LocalEndpointWarning(
        f"A call of s3vectors goes to {url.scheme}://{url.netloc}, which the environment variable "
        f"{variable} names, and not to the mock that is on. To call the mock, remove the variable for "
        f'the tests (monkeypatch.delenv("{variable}")), make the client with '
        "botocore.config.Config(ignore_configured_endpoint_urls=True), or use the fixture "
        "s3vectors_client. To call that server, ignore mock_s3vectors.LocalEndpointWarning."
    )


def is_server_of_ours(url: SplitResult) -> bool:
    """Return whether a server of this process has the port of a URL."""
    return _origin(url)[-1] in {_origin(urlsplit(server))[-1] for server in tuple(STACK.servers)}


def _names(variable: str, origin: _Origin) -> bool:
    """Return whether the value of an environment variable is a URL of this origin."""
    try:
        return _origin(urlsplit(os.environ.get(variable, ""))) == origin
    except ValueError:
        # The value is not a URL, so the client's endpoint comes from elsewhere.
        return False


def _origin(url: SplitResult) -> _Origin:
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)
