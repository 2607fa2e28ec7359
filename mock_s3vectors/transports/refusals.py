"""The refusals of the HTTP server itself, and how a refusal reaches a client that is still sending.

They look like the service's errors, so that every SDK can show them: the code in `x-amzn-errortype`, the
text in a JSON body. Choice: the codes. Those of 400, 403 and 408 are AWS's common errors, the others ours.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from mock_s3vectors.errors import ServiceError, shorten
from mock_s3vectors.protocol.serializer import serialize_error

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from mock_s3vectors.http import HttpResponse

# How long a client that will close may go on sending bytes that nobody reads.
_LINGER_SECONDS = 2


class MalformedHttpRequestException(ServiceError):
    """The bytes are no HTTP."""

    status = 400


class AccessDeniedException(ServiceError):
    """A foreign web page sent the request."""

    status = 403


class MethodNotAllowedException(ServiceError):
    """The path exists, with another method."""

    status = 405


class RequestTimeoutException(ServiceError):
    """The rest of a request did not come."""

    status = 408


class MisdirectedRequestException(ServiceError):
    """The request names a host that is not this server."""

    status = 421


def malformed(reason: str) -> MalformedHttpRequestException:
    """Return the refusal of bytes that are no HTTP, or break its rules; the reason is the parser's."""
    hint = ". This server does not speak HTTPS" if "request line" in reason else ""
    return MalformedHttpRequestException(f"The request is not valid HTTP/1.1: {shorten(reason)}{hint}.")


def foreign_origin(origin: str) -> AccessDeniedException:
    """Return the refusal of a web page of another origin."""
    return AccessDeniedException(f"A web page of another origin may not call this server: {shorten(origin)}")


def method_not_allowed(asked: str, allowed: str) -> MethodNotAllowedException:
    """Return the refusal of a method that a path does not have."""
    return MethodNotAllowedException(f"{asked} does not exist, but with the method {allowed} it does.")


def timed_out(seconds: float) -> RequestTimeoutException:
    """Return the refusal of a half-sent request."""
    return RequestTimeoutException(f"The rest of the request did not come within {seconds:g} seconds.")


def foreign_host(host: str) -> MisdirectedRequestException:
    """Return the refusal of a host name that is not one of this server's."""
    return MisdirectedRequestException(
        "This server listens on a loopback address and does not answer for the host "
        f"{shorten(host)!r}. If the name is right, allow it: mock-s3vectors serve --allowed-host NAME, or "
        "s3vectors_server(allowed_hosts=[NAME])."
    )


async def refuse(error: ServiceError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request that may still be coming with a refusal."""
    await respond(serialize_error(error), before_it_closes(scope, receive, send))


async def respond(answer: HttpResponse, send: Send) -> None:
    """Send an answer."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


async def piece_of_body(receive: Receive) -> tuple[bytes, bool]:
    """Return a piece of the body, and whether there are more.

    Raises:
        ClientDisconnect: the client is gone.
    """
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


def before_it_closes(scope: Scope, receive: Receive, send: Send) -> Send:
    """Return a `send` for a refusal to a client whose body is not read, so that the refusal arrives.

    A client that keeps the connection sends the rest of its body, and it is thrown away. One that does not
    must be let send for a while, or it would see a reset instead of the refusal. And one that waits for "100
    Continue" will send no body, so the connection must end here.
    """
    headers = dict(scope["headers"])
    waits = b"expect" in headers
    closes = scope["http_version"] == "1.0" or b"close" in headers.get(b"connection", b"").lower()

    async def throw_away() -> None:
        more = True
        while more:
            _, more = await piece_of_body(receive)

    async def send_and_let_send(message: Message) -> None:
        if message["type"] == "http.response.start" and waits:
            message["headers"].append((b"connection", b"close"))
        elif message["type"] == "http.response.body" and closes and not waits:
            await send({**message, "more_body": True})
            with suppress(ClientDisconnect, asyncio.TimeoutError):
                await asyncio.wait_for(throw_away(), _LINGER_SECONDS)
            message = {"type": "http.response.body"}
        await send(message)

    return send_and_let_send
