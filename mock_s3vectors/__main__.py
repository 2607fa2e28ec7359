"""The command line: `mock-s3vectors serve`, or `python -m mock_s3vectors serve`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_s3vectors._mock import mock_s3vectors
from mock_s3vectors._server import http_server
from mock_s3vectors.config import Config
from mock_s3vectors.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_PORT = 4577


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit status."""
    try:
        _serve(**vars(_parser().parse_args(arguments)))
    except UsageError as error:
        sys.stderr.write(f"mock-s3vectors: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mock-s3vectors", description="A faithful mock of Amazon S3 Vectors for every AWS SDK."
    )
    parser.add_argument("--version", action="version", version=version("mock_s3vectors"))
    serve = parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "serve",
        help="answer S3 Vectors over HTTP",
        description="Answers S3 Vectors over HTTP from memory, until SIGINT (Ctrl+C) or SIGTERM.",
    )
    serve.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    serve.add_argument("--port", type=int, default=_PORT, help="0 is any that is free (%(default)s)")
    serve.add_argument(
        "--port-file",
        type=Path,
        metavar="FILE",
        help="holds the port as long as clients are answered",
    )
    serve.add_argument("-v", "--verbose", action="store_true", help="log every request to stderr")
    mock = serve.add_argument_group("options of the mock, as in Python")
    for field in fields(Config):
        mock.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=str if field.default is None else type(field.default),
            default=argparse.SUPPRESS,
            metavar="VALUE",
            help=f"({field.default})",
        )
    return parser


def _serve(*, host: str, port: int, port_file: Path | None, verbose: bool, **options: Any) -> None:
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(message)s")
    if port_file is not None:
        # One of a server that was killed would mislead who waits for ours.
        port_file.unlink(missing_ok=True)

    def announce() -> None:
        sys.stdout.write(f"mock_s3vectors answers at {server.url}\n")
        sys.stdout.flush()
        if port_file is not None:
            _write_whole(port_file, f"{server.port}\n")

    with mock_s3vectors(**options):
        server = http_server(host, port, on_ready=announce)
        # uvicorn raises the signal again when it has ended in good order, which shall end nothing more.
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, lambda *_: None)
        try:
            server.run()
        finally:
            if port_file is not None:
                port_file.unlink(missing_ok=True)


def _write_whole(path: Path, text: str) -> None:
    """Write a file that is never seen half written."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="ascii")
    draft.replace(path)


if __name__ == "__main__":
    sys.exit(main())
