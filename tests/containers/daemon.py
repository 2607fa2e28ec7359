"""A stand-in for Docker's daemon: it has as much of the HTTP API as testcontainers needs for one container.

Its only image is one that a scratch folder holds, and the container is a process.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .scratch import Container, Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAME = "mock-s3vectors"
ID = "5" * 64
VERSION = "1.44"


class Daemon:
    """Its state.

    Attributes:
        url: for the environment variable DOCKER_HOST.
        heard: the requests that change something, in order.
        asked: the document of the request that created the container.
        container: the container, once it has been started.
    """

    def __init__(self, image: Image) -> None:
        self.url = ""
        self.heard: list[str] = []
        self.asked: dict[str, Any] = {}
        self.container: Container | None = None
        self._image = image

    def answer(self, method: str, path: str, document: dict[str, Any]) -> tuple[int, Any]:
        """Return the status and the document that answer a request."""
        what = f"{method} {path.partition('?')[0].removeprefix(f'/v{VERSION}')}"
        if method != "GET":
            self.heard.append(what.replace(ID, "ID"))
        answers: dict[str, Callable[[dict[str, Any]], tuple[int, Any]]] = {
            "GET /version": lambda _: (200, {"ApiVersion": VERSION, "MinAPIVersion": "1.24"}),
            f"GET /images/{NAME}/json": lambda _: (200, {"Id": f"sha256:{ID}"}),
            "POST /containers/create": self._create,
            f"GET /containers/{ID}/json": self._describe,
            f"POST /containers/{ID}/start": self._start,
            f"DELETE /containers/{ID}": self._remove,
        }
        if what not in answers:
            return 404, {"message": f"The stand-in does not know {what}."}
        return answers[what](document)

    def _create(self, document: dict[str, Any]) -> tuple[int, Any]:
        self.asked = document
        return 201, {"Id": ID, "Warnings": []}

    def _start(self, _: object) -> tuple[int, Any]:
        for bind in self.asked["HostConfig"].get("Binds") or []:
            folder, path, mode = bind.split(":")
            assert mode == "ro"
            self._image.mount(Path(folder), path)
        environment = dict(variable.split("=", 1) for variable in self.asked.get("Env") or [])
        self.container = Container(self._image, **environment)
        return 204, None

    def _remove(self, _: object) -> tuple[int, Any]:
        assert self.container
        self.container.stop()
        return 204, None

    def _describe(self, _: object) -> tuple[int, Any]:
        running = self.container is not None and self.container.is_running
        published = {
            port: [{"HostIp": "0.0.0.0", "HostPort": str(self.container.port)}]  # noqa: S104 - as Docker says
            for port in self.asked["ExposedPorts"]
            if self.container
        }
        state = {"Status": "running" if running else "created"}
        return 200, {"Id": ID, "State": state, "NetworkSettings": {"Ports": published}}


@contextmanager
def daemon(image: Image) -> Iterator[Daemon]:
    """Have a daemon that answers."""
    known = Daemon(image)

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, document = known.answer(self.command, self.path, json.loads(body or "{}"))
            answer = b"" if document is None else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the names that http.server looks for

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        known.url = f"tcp://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield known
        finally:
            server.shutdown()
            if known.container:
                known.container.stop()
