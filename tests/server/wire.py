"""HTTP as it is on the wire, where what a client library would never do is tried too."""

from __future__ import annotations

import json
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str | None, str]:
        """Status, code and message of a refusal."""
        return self.status, self.headers.get("x-amzn-errortype"), self.json["message"]


# In seconds: how long to wait for what happens at once, but on a busy machine.
DEADLINE = 20


def wait_for(happened: Callable[[], object]) -> None:
    """Wait until something has happened in another thread or process."""
    deadline = time.monotonic() + DEADLINE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def head(method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "host: localhost", *headers, "", ""]).encode()


def request(method: str, path: str, body: bytes = b"{}", *headers: str) -> bytes:
    return head(method, path, f"content-length: {len(body)}", *headers) + body


class Connection:
    """One connection, with what came over it and was not read yet."""

    def __init__(self, url: str, tls: ssl.SSLContext | None = None) -> None:
        address = urlsplit(url)
        assert address.hostname
        assert address.port
        plain = socket.create_connection((address.hostname, address.port), timeout=20)
        self._socket = tls.wrap_socket(plain, server_hostname=address.hostname) if tls else plain
        self._unread = b""

    def send(self, data: bytes) -> None:
        """Send `data`, or as much of it as the server takes before it answers and closes."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(data)

    def answer(self) -> Answer:
        """The next answer."""
        start, _, rest = self._until(b"\r\n\r\n").partition(b"\r\n")
        lines = [line.partition(":") for line in rest.decode().splitlines() if line]
        headers = {name.lower(): value.strip() for name, _, value in lines}
        body = self._exactly(int(headers.get("content-length", "0")))
        return Answer(int(start.split()[1]), headers, body)

    def ask(self, method: str, path: str, body: bytes = b"{}") -> Answer:
        self.send(request(method, path, body))
        return self.answer()

    def piece(self) -> bytes:
        """Whatever comes next; nothing, if the server has closed the connection."""
        return self._socket.recv(65536)

    @property
    def closed_by_the_server(self) -> bool:
        """Whether the server has closed; TCP tells of a reset if the server had not read all by then."""
        try:
            return self._socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def half_close(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._socket.close()

    def _until(self, end: bytes) -> bytes:
        while end not in self._unread:
            self._receive()
        found, _, self._unread = self._unread.partition(end)
        return found + end

    def _exactly(self, length: int) -> bytes:
        while len(self._unread) < length:
            self._receive()
        found, self._unread = self._unread[:length], self._unread[length:]
        return found

    def _receive(self) -> None:
        received = self._socket.recv(65536)
        assert received, f"the server closed the connection after {self._unread!r}"
        self._unread += received
