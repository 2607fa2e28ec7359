"""Floors of the HTTP server: the same settings, with an answer that is always the same.

    python -m tests.benchmarks.canned_server bare FILE    uvicorn and Starlette, and nothing else
    python -m tests.benchmarks.canned_server ours FILE    all of our server but the gateway

FILE holds the body of the answer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from mock_s3vectors.messages import HttpResponse
from mock_s3vectors.serving import application, http_server

if TYPE_CHECKING:
    from starlette.requests import Request


def bare(body: bytes) -> None:
    async def answer(request: Request) -> Response:
        await request.body()
        return Response(body, media_type="application/json")

    def starlette(*_: object) -> Starlette:
        return Starlette(routes=[Route("/{operation}", answer, methods=["POST"])])

    vars(http_server)["application"] = starlette


def ours(body: bytes) -> None:
    headers = {"content-type": "application/json", "content-length": str(len(body)), "x-amz-request-id": "-"}
    exchange = SimpleNamespace(delay=0.0, lost=None, response=HttpResponse(200, headers, body))

    def handle(*_: object) -> Any:
        return exchange

    vars(application)["_handle"] = handle


def main(kind: str, file: str) -> None:
    {"bare": bare, "ours": ours}[kind](Path(file).read_bytes())

    def announce() -> None:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()

    server = http_server.HttpServer("127.0.0.1", 0, announce)
    server.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
