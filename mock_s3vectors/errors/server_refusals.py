"""The texts of the HTTP server's own refusals, of requests that never reach an operation.

They look like the service's errors, so that every SDK can show them: the code in `x-amzn-errortype`, the
text in a JSON body (Choice: server-texts). Codes of 400, 403 and 408 are AWS's common errors, others ours.
"""

from __future__ import annotations

from mock_s3vectors.errors.exceptions import (
    AccessDeniedException,
    MalformedHttpRequestException,
    MethodNotAllowedException,
    MisdirectedRequestException,
    RequestTimeoutException,
    ValidationException,
)
from mock_s3vectors.errors.refusals import shorten


def malformed(reason: str) -> MalformedHttpRequestException:
    """Return the refusal of bytes that break HTTP's rules, by the parser's reason. Choice: malformed-http."""
    hint = ". This server does not speak HTTPS" if "request line" in reason else ""
    return MalformedHttpRequestException(f"The request is not valid HTTP/1.1: {shorten(reason)}{hint}.")


def without_tls(url: str) -> MalformedHttpRequestException:
    """Return the refusal of HTTP by a server that speaks HTTPS. Choice: malformed-http."""
    return MalformedHttpRequestException(f"This server speaks HTTPS only: call {url}.")


def foreign_origin(origin: str) -> AccessDeniedException:
    """Return the refusal of a web page of another origin. Choice: foreign-web-page."""
    return AccessDeniedException(f"A web page of another origin may not call this server: {shorten(origin)}")


def foreign_page_here(path: str, origin: str) -> AccessDeniedException:
    """Return the refusal of a web page that may call all but the server's page. Choice: foreign-web-page."""
    return AccessDeniedException(
        f"A web page of another origin may call this server, but not its page {path}: {shorten(origin)}"
    )


def method_not_allowed(asked: str, allowed: str) -> MethodNotAllowedException:
    """Return the refusal of a method that a path does not have. Choice: method-not-allowed."""
    return MethodNotAllowedException(f"{asked} does not exist, but with the method {allowed} it does.")


def timed_out(seconds: float) -> RequestTimeoutException:
    """Return the refusal of a half-sent request. Choice: half-request."""
    return RequestTimeoutException(f"The rest of the request did not come within {seconds:g} seconds.")


def foreign_host(host: str) -> MisdirectedRequestException:
    """Return the refusal of a host name that is not one of this server's. Choice: foreign-host."""
    return MisdirectedRequestException(
        "This server listens on a loopback address and does not answer for the host "
        f"{shorten(host)!r}. If the name is right, allow it: mock-s3vectors serve --allowed-host NAME, or "
        "s3vectors_server(allowed_hosts=[NAME])."
    )


def bad_control_request(text: str) -> ValidationException:
    """A document on a path of the server's own API that says nothing to do. Choice: bad-control-request."""
    return ValidationException(text)
