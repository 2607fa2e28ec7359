"""Answers, those that get lost, and refusals to clients that may still be sending their requests."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from mock_s3vectors.messages import NOT_HTTP, cut_off
from mock_s3vectors.protocol.serializer import serialize_error

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

    from mock_s3vectors.errors.exceptions import ServiceError
    from mock_s3vectors.messages import Disconnect, HttpResponse
    from mock_s3vectors.serving.connections import Connection

# How long a client that will close may keep sending bytes that nobody reads.
_LINGER_SECONDS = 2


async def refuse(error: ServiceError, scope: Scope, receive: Receive, send: Send) -> None:
    """Send a refusal to a client that may still be sending its request."""
    await respond(serialize_error(error), before_it_closes(scope, receive, send))


async def respond(answer: HttpResponse, send: Send) -> None:
    """Send an answer."""
    await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer)})
    await send({"type": "http.response.body", "body": answer.body})


async def lose(how: Disconnect, answer: HttpResponse | None, connection: Connection, send: Send) -> None:
    """Have the network lose an answer.

    Args:
        how: in which way.
        answer: what would arrive; None if the operation was not carried out.
        connection: that of the client.
        send: what the application sends with.
    """
    if how == "reset":
        connection.reset()
        return
    if how == "timeout":
        await connection.pause()
    elif how == "truncated":
        half = cut_off(answer)
        headers = _headers(half)
        await send({"type": "http.response.start", "status": half.status, "headers": headers})
        await send({"type": "http.response.body", "body": half.body, "more_body": True})
    connection.close(NOT_HTTP if how == "malformed" else b"")


def _headers(answer: HttpResponse) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]


async def piece_of_body(receive: Receive) -> tuple[bytes, bool]:
    """Return the next piece of the body, and whether there are more.

    Raises:
        ClientDisconnect: the client has disconnected.
    """
    message = await receive()
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


def before_it_closes(scope: Scope, receive: Receive, send: Send) -> Send:
    """Return a `send` by which a refusal reaches a client whose body nobody reads.

    A client that keeps the connection sends the rest of its body, which is thrown away. A client that closes
    it must be allowed to send for a while, or it would see a reset instead of the refusal. A client that
    waits for "100 Continue" will send no body, so the connection must end here.
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
