"""The floor of the HTTP server: the same stack and settings, with an answer that is always the same.

python -m tests.benchmarks.canned_server FILE    (the body of the answer)
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from mock_s3vectors.transports import uvicorn

if TYPE_CHECKING:
    from starlette.requests import Request


def main(body: bytes) -> None:
    async def answer(request: Request) -> Response:
        await request.body()
        return Response(body, media_type="application/json")

    def application() -> Starlette:
        return Starlette(routes=[Route("/{operation}", answer, methods=["POST"])])

    def announce() -> None:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()

    vars(uvicorn)["application"] = application
    server = uvicorn.HttpServer("127.0.0.1", 0, announce)
    server.run()


if __name__ == "__main__":
    main(Path(sys.argv[1]).read_bytes())
