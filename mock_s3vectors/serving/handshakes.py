"""Connections whose clients have not agreed on TLS with the server yet."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import time
from typing import TYPE_CHECKING

from mock_s3vectors.errors import server_refusals
from mock_s3vectors.serving.connections import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

    # Makes the protocol of a connection, of this class.
    Connect = Callable[[type[Connection]], Connection]

# The first byte of TLS: a handshake follows.
_HANDSHAKE = b"\x16"
# Alerts of TLS by which a client says that it refuses the certificate, as OpenSSL names them.
_DISTRUST = ("UNKNOWN_CA", "CERTIFICATE_UNKNOWN", "BAD_CERTIFICATE", "UNSUPPORTED_CERTIFICATE")
# In seconds: a handshake takes milliseconds; one that takes longer may have to make room.
_LONG = 1

_log = logging.getLogger(__name__)


class Handshakes:
    """The handshakes of a server that speaks TLS; one that waits for its client holds up no other."""

    def __init__(self, context: ssl.SSLContext, seconds: float, url: str) -> None:
        """Have no handshake yet.

        Args:
            context: how the server speaks TLS.
            seconds: how long a handshake may take.
            url: that of the server, for clients that speak HTTP without TLS.
        """
        self._context = context
        self._seconds = seconds
        self._url = url
        # In the order in which they began.
        self._began: dict[asyncio.Task[None], float] = {}

    def __len__(self) -> int:
        return len(self._began)

    def begin(self, connect: Connect, accepted: socket.socket, client: str) -> None:
        """Begin with a connection that was accepted.

        Args:
            connect: makes the protocol of a connection, of this class.
            accepted: the socket.
            client: the address of the client.
        """
        task = asyncio.get_running_loop().create_task(self._agree(connect, accepted, client))
        self._began[task] = time.monotonic()
        task.add_done_callback(self._began.pop)

    async def end_one(self) -> bool:
        """End the oldest handshake if it takes long, to have its descriptor, and return whether it did."""
        task, began = next(iter(self._began.items()))
        takes_long = time.monotonic() - began > _LONG
        if takes_long:
            await _end(task)
        return takes_long

    async def end_all(self) -> None:
        """End all of them: their clients have not asked for anything."""
        await asyncio.sleep(0)  # one that has not run yet could not close its socket
        await _end(*self._began)

    async def _agree(self, connect: Connect, accepted: socket.socket, client: str) -> None:
        loop = asyncio.get_running_loop()
        try:
            if await self._speaks_tls(accepted):
                await loop.connect_accepted_socket(
                    lambda: connect(Connection),
                    accepted,
                    ssl=self._context,
                    ssl_handshake_timeout=self._seconds,
                )
            else:
                _log.warning("%s calls without TLS, but this server answers at %s only.", client, self._url)
                await loop.connect_accepted_socket(lambda: connect(_of_http(self._url)), accepted)
        except ssl.SSLError as error:
            _log.warning("%s: no TLS connection: %s.", client, _why_not(error))
        except (OSError, asyncio.TimeoutError):  # the client is gone already, or says nothing
            pass

    async def _speaks_tls(self, accepted: socket.socket) -> bool:
        """Return whether a client begins with TLS; the first byte stays to be read.

        Raises:
            OSError: the client is gone already. This and the next close the socket.
            asyncio.TimeoutError: the client does not begin in time.
        """
        loop, has_begun = asyncio.get_running_loop(), asyncio.Event()
        try:
            loop.add_reader(accepted, has_begun.set)
        except NotImplementedError:  # an event loop of Windows: TLS itself will find out
            return True
        try:
            try:
                await asyncio.wait_for(has_begun.wait(), self._seconds)
            finally:
                loop.remove_reader(accepted)
            return accepted.recv(1, socket.MSG_PEEK) in (_HANDSHAKE, b"")
        except BaseException:
            accepted.close()
            raise


def _of_http(url: str) -> type[Connection]:
    """Return the class of connections whose clients speak HTTP to a server that speaks HTTPS."""

    class ConnectionWithoutTls(Connection):
        def data_received(self, data: bytes) -> None:  # noqa: ARG002 - all of it is refused
            self.refuse(server_refusals.without_tls(url))

    return ConnectionWithoutTls


async def _end(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


def _why_not(error: ssl.SSLError) -> str:
    reason = error.reason or str(error)
    if reason.endswith(_DISTRUST):
        return "the client does not trust the server's certificate"
    return reason.replace("_", " ").lower()
