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

    from typing_extensions import Self

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

    with mock_s3vectors(**options), _PortFile(port_file) as file:

        def announce() -> None:
            file.write(server.port)
            print(f"mock_s3vectors answers at {server.url}", flush=True)

        def stop(*_: Any) -> None:
            server.should_exit = True

        server = http_server(host, port, on_ready=announce)
        # Until uvicorn listens to signals itself; and it raises them again when it has ended in good order.
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, stop)
        server.run()


class _PortFile:
    """The file that holds the port as long as clients are answered; never seen half written.

    Raises:
        UsageError: it cannot be written.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._draft = path and path.with_name(f"{path.name}.{os.getpid()}")

    def __enter__(self) -> Self:
        if self._path and self._draft:
            try:
                # One of a server that was killed would mislead who waits for ours.
                self._path.unlink(missing_ok=True)
                self._draft.touch()
            except OSError as error:
                raise UsageError(f"Cannot write {self._path}: {error.strerror}.") from error
        return self

    def write(self, port: int) -> None:
        """Clients can call."""
        if self._path and self._draft:
            self._draft.write_text(f"{port}\n", encoding="ascii")
            self._draft.replace(self._path)

    def __exit__(self, *_: object) -> None:
        if self._path and self._draft:
            self._draft.unlink(missing_ok=True)
            self._path.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
