"""The HTTP server: uvicorn with the ASGI application, in the main thread or in one of its own."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from contextlib import suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

import uvicorn

from mock_s3vectors.transports.asgi import application

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

# How long a client that has sent half a request may hold up the end. Calls that are being worked on are
# finished in any case.
_GRACE_SECONDS = 5
# In bytes. UntagResource has up to 50 keys of 128 characters in its URL, percent-encoded.
_LARGEST_HEAD = 256 * 1024
_LAST_PORT = 65_535


class HttpServer(uvicorn.Server):
    """A server that has its port from the beginning, and listens while it runs.

    `run()` is for the main thread, where SIGINT and SIGTERM end it; `start()` and `stop()` are for a
    thread of its own.

    Raises:
        OSError: the port is taken, or the host is none of this machine.
    """

    def __init__(self, host: str, port: int, on_ready: Callable[[], None] = lambda: None) -> None:
        """Take the port.

        Args:
            host: a name or an address of this machine.
            port: 0 for any that is free.
            on_ready: called as soon as clients are answered.
        """
        super().__init__(
            uvicorn.Config(
                application(),
                lifespan="on",
                loop="asyncio",
                # httptools, which is faster, loses the body of a request that offers to go on in HTTP/2, as
                # those of Java's HttpClient do.
                http="h11",
                h11_max_incomplete_event_size=_LARGEST_HEAD,
                ws="none",
                log_config=None,  # logging belongs to the program that has a server
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=_GRACE_SECONDS,
                workers=1,  # whatever WEB_CONCURRENCY says
            )
        )
        self._socket = _bind(host, port)
        self._on_ready = on_ready
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told_to_stop = asyncio.Event()
        self._thread: Thread | None = None

    @property
    def port(self) -> int:
        """The port it has."""
        port: int = self._socket.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        """Where clients on this machine find it, without a slash at the end."""
        ip = ipaddress.ip_address(self._socket.getsockname()[0])
        if ip.is_unspecified:
            ip = ipaddress.ip_address("127.0.0.1" if ip.version == 4 else "::1")  # noqa: PLR2004
        return f"http://{ip}:{self.port}" if ip.version == 4 else f"http://[{ip}]:{self.port}"  # noqa: PLR2004

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer clients until somebody stops it."""
        super().run(sockets or [self._socket])

    def start(self) -> None:
        """Answer clients in another thread, from when this returns."""
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
        """Finish what is being answered, and end the thread."""
        self.should_exit = True
        self._wake_up()
        if self._thread is not None:
            self._thread.join()

    # --- what uvicorn does, but it sees at once that it shall stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._on_ready()

    async def main_loop(self) -> None:
        """Wait for the end, and once a second make a new Date header."""
        while not await self.on_tick(0):
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._told_to_stop.wait(), 1)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop because of a signal."""
        super().handle_exit(sig, frame)
        self._wake_up()

    def _wake_up(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._told_to_stop.set)


def _bind(host: str, port: int) -> socket.socket:
    # The resolver takes more, and then the remainder.
    if type(port) is not int or not 0 <= port <= _LAST_PORT:
        raise OSError(f"ports are 0 to {_LAST_PORT}")
    family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.create_server(address[:2], family=family)
    # Connections inherit it. An answer is two writes, and without it the second waits 40 ms for the client;
    # asyncio sets it only on sockets that say which protocol they are for, which these do not.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
