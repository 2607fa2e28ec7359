"""The HTTP server: uvicorn with the ASGI application, in the main thread or in one of its own."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from contextlib import suppress
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import uvicorn

from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.serving.application import application
from mock_s3vectors.serving.connections import A_MOMENT, Connection, Connections, Limits
from mock_s3vectors.serving.cors import Cors
from mock_s3vectors.serving.guard import Guard
from mock_s3vectors.serving.initializing import Initialization

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable
    from types import FrameType

    from mock_s3vectors.mocking.levels import Level

# In bytes. UntagResource has up to 50 keys of 128 characters in its URL, percent-encoded.
_LARGEST_HEAD = 256 * 1024
# Connections that wait to be accepted.
_QUEUE = 2048
# In seconds: how long a stopping server waits before it checks again whether all is done.
_SHORTLY = 0.01


class HttpServer(uvicorn.Server):
    """A server that holds its port from the beginning, and answers while it runs.

    `run()` is for the main thread, where SIGINT and SIGTERM end it; `start()` and `stop()` use a thread of
    its own.

    Raises:
        OSError: the port is taken, or the host does not belong to this machine.
    """

    server_state: Connections

    def __init__(  # noqa: PLR0913 - all but the address have defaults, and names
        self,
        host: str,
        port: int,
        on_ready: Callable[[], None] = lambda: None,
        *,
        current: Callable[[], Level | None] = STACK.current,
        allowed_hosts: Iterable[str] = (),
        cors: Iterable[str] = (),
        tls: ssl.SSLContext | None = None,
        initialization: Initialization | None = None,
        limits: Limits = Limits(),  # noqa: B008 - it is frozen
    ) -> None:
        """Take the port.

        Args:
            host: a name or an address of this machine.
            port: 0 for any free port.
            on_ready: called as soon as the server answers clients.
            current: returns the mock that answers; None while no mock is on.
            allowed_hosts: names of the server besides those of the loopback interface.
            cors: origins whose pages may call the server, as `checked_origins` returns them.
            tls: how the server speaks TLS; None for HTTP without.
            initialization: what the server begins with; a stopping server stops it.
            limits: how long connections may wait.
        """
        self._initialization = initialization or Initialization()
        self._host = host
        self._socket = _bind(host, port)
        self._scheme = "http" if tls is None else "https"
        allowed = Cors(cors)
        guard = Guard(loopback=self._ip.is_loopback, allowed_hosts=allowed_hosts, cors=allowed)
        super().__init__(
            uvicorn.Config(
                application(guard, current, self._initialization),
                lifespan="on",
                loop="asyncio",
                # h11: httptools, which is faster, loses the body of a request that offers to switch to
                # HTTP/2, as requests of Java's HttpClient do.
                http=Connection,
                h11_max_incomplete_event_size=_LARGEST_HEAD,
                ws="none",
                log_config=None,  # the program that runs the server configures logging
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=round(limits.idle),
                workers=1,  # whatever WEB_CONCURRENCY says
            )
        )
        self.server_state = Connections(limits, allowed)
        if tls is not None:
            from mock_s3vectors.serving.handshakes import Handshakes  # noqa: PLC0415 - only TLS needs it

            self.server_state.handshakes = Handshakes(tls, limits.half_request, self.url)
        self._on_ready = on_ready
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told_to_stop = asyncio.Event()
        self._thread: Thread | None = None

    @property
    def port(self) -> int:
        """The port that the server holds."""
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """The URL for clients on this machine, without a slash at the end."""
        if self._scheme == "https" and not _is_address(self._host):
            # A certificate is for names, and this is the one that the server was told.
            return f"https://{self._host}:{self.port}"
        ip = self._ip
        if ip.is_unspecified:
            ip = ipaddress.ip_address("127.0.0.1" if ip.version == 4 else "::1")  # noqa: PLR2004
        return f"{self._scheme}://{ip if ip.version == 4 else f'[{ip}]'}:{self.port}"  # noqa: PLR2004

    @property
    def _ip(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
        return ipaddress.ip_address(self._socket.getsockname()[0])

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer clients until the server is told to stop."""
        # uvicorn gets no socket: it would accept until descriptors run out, then log a traceback each time.
        super().run(sockets or [])

    def start(self) -> None:
        """Start to answer clients, in another thread; return once it does."""
        ready = Event()
        self._on_ready = ready.set
        failure: BaseException | None = None

        def run() -> None:
            nonlocal failure
            try:
                self.run()
            except BaseException as error:
                if ready.is_set():
                    raise
                failure = error
            finally:
                ready.set()

        self._thread = Thread(target=run, name="mock_s3vectors server", daemon=True)
        self._thread.start()
        ready.wait()
        if not self.started:
            self._socket.close()
            raise RuntimeError("The HTTP server did not start.") from failure

    def stop(self) -> None:
        """Finish the calls in progress, and end the thread."""
        self.should_exit = True
        self._wake_up()
        if self._thread is not None:
            self._thread.join()

    def close(self) -> None:
        """Free the port of a server that may never have run."""
        self._socket.close()

    # --- what uvicorn calls, changed so that the server stops at once when told to

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept connections."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._accepting = self._loop.create_task(self._accept(self._loop))
        self._on_ready()

    async def _accept(self, loop: asyncio.AbstractEventLoop) -> None:
        """Accept one connection after another, forever."""
        connect = partial(self._connect, loop)
        while True:
            await self.server_state.room(self._socket)
            try:
                accepted, (address, port, *_) = await _next_connection(loop, self._socket)
                if self.server_state.handshakes is None:
                    await loop.connect_accepted_socket(connect, accepted)
                else:
                    self.server_state.handshakes.begin(connect, accepted, f"{address}:{port}")
            except OSError:  # no descriptor is free after all, or the client is gone already
                await asyncio.sleep(A_MOMENT)

    def _connect(self, loop: asyncio.AbstractEventLoop, kind: type[Connection] = Connection) -> Connection:
        return kind(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state, _loop=loop
        )

    async def main_loop(self) -> None:
        """Wait for the end, and once a second renew the Date header and check the connections."""
        while not await self.on_tick(0):
            self.server_state.end_those_that_wait_too_long()
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._told_to_stop.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:  # noqa: ARG002 - it has its own
        """Finish the calls in progress, and end all other connections at once.

        uvicorn itself would also wait for half-sent requests, and for connections that arrive while it stops.
        A second signal ends the wait.
        """
        self._initialization.stop()
        self._accepting.cancel()
        await asyncio.wait([self._accepting])
        self._socket.close()
        if self.server_state.handshakes is not None:
            await self.server_state.handshakes.end_all()
        began = self.server_state.now()
        while not self.force_exit:
            self.server_state.end(began)
            await asyncio.sleep(_SHORTLY)
            if not self.server_state.connections and not self.server_state.tasks:
                self.lifespan.state["workers"].shutdown()  # so that its threads have ended, too
                break
        self.server_state.abort()
        await self.lifespan.shutdown()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop on a signal; on a second one, whichever it is, without waiting."""
        self.force_exit = self.should_exit
        super().handle_exit(sig, frame)
        self._wake_up()

    def _wake_up(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._told_to_stop.set)


async def _next_connection(
    loop: asyncio.AbstractEventLoop, listener: socket.socket
) -> tuple[socket.socket, Any]:
    """Return the next connection, and the address of its client.

    Unlike `sock_accept`, it loses none if it is cancelled just when one has arrived.

    Raises:
        OSError: no descriptor is free, or the client is gone already.
    """
    while True:
        try:
            accepted, address = listener.accept()
        except BlockingIOError:
            arrived = asyncio.Event()
        else:
            accepted.setblocking(False)  # noqa: FBT003 - its name says what False means
            return accepted, address
        try:
            loop.add_reader(listener, arrived.set)
        except NotImplementedError:  # an event loop of Windows
            return await loop.sock_accept(listener)
        try:
            await arrived.wait()
        finally:
            loop.remove_reader(listener)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _bind(host: str, port: int) -> socket.socket:
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.create_server(address[:2], family=family, backlog=_QUEUE)
    listener.setblocking(False)  # noqa: FBT003 - its name says what False means
    # Connections inherit this option. An answer is two writes, and without it the second waits 40 ms for the
    # client; asyncio sets it only on sockets that name their protocol, which these do not.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
