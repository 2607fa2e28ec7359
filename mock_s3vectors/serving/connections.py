"""The connections of the HTTP server: how long they may wait, and which ones make room for others."""

from __future__ import annotations

import asyncio
import logging
import math
import socket
import struct
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from mock_s3vectors.errors import refusals, server_refusals
from mock_s3vectors.neighbours import unsent_by_tls
from mock_s3vectors.protocol.serializer import serialize_error
from mock_s3vectors.serving.access_log import log_refusal

if TYPE_CHECKING:
    from mock_s3vectors.errors.exceptions import ServiceError
    from mock_s3vectors.serving.cors import Cors
    from mock_s3vectors.serving.handshakes import Handshakes

# Descriptors that the process keeps for things other than connections: this many, or a quarter if it has few.
_SPARE = 64
# In seconds: how long the server accepts no connection when there is no room.
A_MOMENT = 0.1

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limits:
    """How long a connection may wait, in seconds.

    Attributes:
        idle: for the next request. SDKs reuse connections, and AWS keeps them open for longer than 10 s.
        half_request: for the rest of a request: for the whole head, and for each further piece of a body. So
            a client may be as slow as it likes with 20 MiB, as long as it keeps sending.
        answer: for the client to read its answer, once the server is stopping.
    """

    idle: float = 75
    half_request: float = 30
    answer: float = 5


class Connection(H11Protocol):
    """A connection that knows what it waits for, and since when."""

    server_state: Connections

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        # The application finds its connection in the state of each request.
        self.app_state = {**self.app_state, "connection": self}
        self.access_log = False  # uvicorn's own says less than `access_log`
        self.since = self.server_state.now()
        self._was_in_head = False

    @property
    def is_half_sent(self) -> bool:
        """Whether a part of a request has arrived, and the rest has not."""
        state = self.conn.their_state
        return state is h11.SEND_BODY or (state is h11.IDLE and bool(self.conn.trailing_data[0]))

    @property
    def is_answering(self) -> bool:
        """Whether the client has sent a request and has not received its whole answer."""
        return self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body

    @property
    def is_at_work(self) -> bool:
        """Whether a request has arrived completely, and its answer has not begun."""
        return self.is_answering and not self.cycle.response_started

    @property
    def is_idle(self) -> bool:
        """Whether the client may send its next request, or its first."""
        return not self.is_answering and not self.is_half_sent

    # --- what uvicorn calls

    def data_received(self, data: bytes) -> None:
        """Note that the client is alive, unless it only sends one more piece of the same head."""
        super().data_received(data)
        # h11 copies the bytes of a head to show them: so look at them only once for each head.
        is_in_head = self.conn.their_state is h11.IDLE and (
            self._was_in_head or bool(self.conn.trailing_data[0])
        )
        if not (self._was_in_head and is_in_head):
            self.since = self.server_state.now()
        self._was_in_head = is_in_head

    def on_response_complete(self) -> None:
        """Start to wait for the next request."""
        self.since = self.server_state.now()
        super().on_response_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Ignore an offer to switch to HTTP/2, since clients also manage without; warn of other upgrades."""
        if self._get_upgrade() != b"h2c":
            self.logger.warning("Unsupported upgrade request.")

    def send_400_response(self, msg: str) -> None:
        """Refuse bytes that are not HTTP, or break its rules."""
        # uvicorn calls this while it handles the parser's exception, whose reason it leaves out.
        self.refuse(server_refusals.malformed(str(sys.exc_info()[1] or msg)))

    def shutdown(self) -> None:
        """End the connection now, or as soon as its call is answered."""
        if self.is_half_sent:
            self.refuse(refusals.unavailable())
        elif self.is_answering:
            self.cycle.keep_alive = False
        else:
            self.close()

    # --- what the server decides

    def refuse(self, error: ServiceError) -> None:
        """Refuse a request that did not arrive completely, unless it has an answer already, and close."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE) and not self.transport.is_closing():
            answer = serialize_error(error)
            headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
            headers += [*self.server_state.default_headers, (b"connection", b"close")]
            has_head = self.cycle is not None and not self.cycle.response_complete
            if has_head:
                headers += self.server_state.cors.headers(self.scope)
            response = h11.Response(status_code=answer.status, headers=headers, reason=b"")
            for event in (response, h11.Data(data=answer.body), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event) or b"")
            log_refusal(self.client, self.scope if has_head else None, error)
        self.close()

    def close(self, last: bytes = b"") -> None:
        """Close the connection once all is sent, and tell the application that no more of a request comes.

        Args:
            last: bytes to send before.
        """
        self._end_cycle()
        self.transport.write(last)
        # One of TLS that is closed twice cannot be aborted any more.
        if not self.transport.is_closing():
            self.transport.close()
        self.let_go()

    def let_go(self) -> None:
        """End a connection that is closed, and has sent all.

        One of TLS would wait for its client to close as well, which clients that keep their connections do
        only when they use them again.
        """
        is_tls = self.scheme == "https"
        if is_tls and self.transport.is_closing() and not unsent_by_tls(self.transport):
            self.transport.abort()

    def reset(self) -> None:
        """End the connection with a reset, as a machine does that knows nothing of it."""
        self._end_cycle()
        # Closing at once, without a linger, sends a reset.
        linger = struct.pack("ii", 1, 0)
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.transport.abort()

    def abort(self) -> None:
        """End the connection without sending what is left."""
        self._end_cycle()
        self.transport.abort()

    def _end_cycle(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    async def pause(self, seconds: float | None = None) -> None:
        """Wait before the answer to a request that has arrived, but no longer than the client waits for it.

        If the server is stopping, do not wait.

        Args:
            seconds: how long; None: until the client is gone, or the server stops.
        """
        ends = [asyncio.ensure_future(end) for end in (self.cycle.receive(), self.server_state.stops.wait())]
        await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for end in ends:
            end.cancel()


class Connections(ServerState):
    """All connections of a server.

    Attributes:
        cors: the origins whose pages may call the server.
        handshakes: the connections of a server with TLS that do not count yet.
        stops: is set as soon as the server is stopping.
    """

    def __init__(self, limits: Limits, cors: Cors) -> None:
        super().__init__()
        self.cors = cors
        self.handshakes: Handshakes | None = None
        self.stops = asyncio.Event()
        self._limits = limits
        self._most = _descriptor_limit()
        self._spare = min(_SPARE, self._most / 4)
        self._has_warned = False

    def now(self) -> float:
        """Return the time in seconds, by a clock that never goes back."""
        return time.monotonic()

    def end_those_that_wait_too_long(self) -> None:
        """Close idle connections, and refuse half-sent requests; the server calls this once a second."""
        now = self.now()
        for connection in self._all():
            connection.let_go()
        for connection in self._open():
            waited = now - connection.since
            if connection.is_half_sent and waited > self._limits.half_request:
                connection.refuse(server_refusals.timed_out(self._limits.half_request))
            elif connection.is_idle and waited > self._limits.idle:
                connection.close()

    def end(self, began: float) -> None:
        """End the connections that may end now; the server calls this until none is left.

        Args:
            began: when the server began to stop.
        """
        self.stops.set()
        for connection in self._open():
            connection.shutdown()
        for connection in self._all():
            connection.let_go()
        for connection in self._all():
            # A call may have taken long before its client could begin to read.
            waited = self.now() - max(began, connection.since)
            if waited > self._limits.answer and not connection.is_at_work:
                connection.transport.abort()

    def abort(self) -> None:
        """End all connections, whatever they wait for."""
        for connection in self._all():
            connection.abort()

    async def room(self, listener: socket.socket) -> None:
        """Wait until one more connection leaves descriptors to spare, and close idle ones for it.

        Return at once if no connection is open: something else holds the descriptors, and waiting is no help.
        """
        while (self.connections or self.handshakes) and _next_descriptor(
            listener
        ) >= self._most - self._spare:
            self._warn()
            await asyncio.sleep(0)  # a client that has just sent a request is not idle
            idle = [connection for connection in self._open() if connection.is_idle]
            if idle:
                min(idle, key=lambda connection: connection.since).close()
                await asyncio.sleep(0)
            elif not (self.handshakes and await self.handshakes.end_one()):
                await asyncio.sleep(A_MOMENT)

    def _warn(self) -> None:
        """Warn, once, that descriptors are running out."""
        if not self._has_warned:
            self._has_warned = True
            _log.warning(
                "%d connections are open, and this process may have %s descriptors (ulimit -n): from now on "
                "idle connections are closed to make room, and clients may have to wait.",
                len(self.connections),
                self._most,
            )

    def _all(self) -> list[Connection]:
        return [connection for connection in self.connections if isinstance(connection, Connection)]

    def _open(self) -> list[Connection]:
        return [connection for connection in self._all() if not connection.transport.is_closing()]


def _descriptor_limit() -> float:
    """Return how many descriptors this process may have; infinity where no limit is known."""
    try:
        import resource  # noqa: PLC0415 - Windows lacks the module, and the limit
    except ModuleNotFoundError:
        return math.inf
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return math.inf if limit == resource.RLIM_INFINITY else limit


def _next_descriptor(listener: socket.socket) -> float:
    """Return the next descriptor: the system assigns the lowest number that is free."""
    try:
        with listener.dup() as one:
            return one.fileno()
    except OSError:  # none is free
        return math.inf
