"""The command line: `mock-s3vectors serve`, or `python -m mock_s3vectors serve`."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import signal
import sys
from contextlib import closing, suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_s3vectors import __version__
from mock_s3vectors.config import Config, option_descriptions, option_values
from mock_s3vectors.doors.hosts import checked_hosts
from mock_s3vectors.doors.local_endpoints import ENDPOINT_VARIABLE
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.mock import mock_s3vectors
from mock_s3vectors.serving.opening import http_server

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Self

# Outside 4510 to 4599, which other emulators of AWS use.
_PORT = 7380
_INTERRUPTED = 130
# The server keeps its state in a file of its own, and does not only begin with one.
_NOT_OF_MOCK = ("state",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return the exit status."""
    try:
        _serve(**vars(_parser().parse_args(arguments)))
    except UsageError as error:
        sys.stderr.write(f"mock-s3vectors: {error}\n")
        return 1
    except KeyboardInterrupt:  # before the server handles the signal
        return _INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mock-s3vectors", description="A faithful mock of Amazon S3 Vectors for every AWS SDK."
    )
    parser.add_argument("--version", action="version", version=__version__)
    serve = parser.add_subparsers(required=True, metavar="COMMAND").add_parser(
        "serve",
        help="answer S3 Vectors over HTTP",
        description="Answers S3 Vectors over HTTP from memory, until SIGINT (Ctrl+C) or SIGTERM.",
    )
    _add_options_of_server(serve)
    _add_options_of_mock(serve)
    return parser


def _add_options_of_server(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        help="the name or address of this machine to listen on (default: %(default)s)",
    )
    serve.add_argument(
        "--port",
        type=int,
        default=_PORT,
        metavar="0-65535",
        help="the port; 0 takes any free one (default: %(default)s)",
    )
    serve.add_argument(
        "--port-file",
        type=Path,
        metavar="FILE",
        help="a file that holds the port while the server answers clients (default: none)",
    )
    serve.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        dest="allowed_hosts",
        metavar="NAME",
        help="one more name of the server, as it appears in clients' URLs; may be given several times. "
        "Without it a server on a loopback address answers only for localhost and loopback addresses, so "
        "that no web page reads it by DNS rebinding (default: none)",
    )
    serve.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="log every request to stderr, with its error code (default: no)",
    )


def _add_options_of_mock(serve: argparse.ArgumentParser) -> None:
    mock = serve.add_argument_group("options of the mock, as in Python")
    described = option_descriptions()
    for field in fields(Config):
        if field.name in _NOT_OF_MOCK:
            continue
        flag, text = f"--{field.name.replace('_', '-')}", described.get(field.name, "")
        text = text.replace("`", "").replace("%", "%%")
        if isinstance(field.default, bool):
            action = argparse.BooleanOptionalAction if field.default else "store_true"
            help_text = f"{text} (default: {'yes' if field.default else 'no'})"
            mock.add_argument(flag, action=action, default=argparse.SUPPRESS, help=help_text)
            continue
        default = "" if field.default is None else f" (default: {field.default})"
        mock.add_argument(
            flag,
            type=str if field.default is None else type(field.default),
            default=argparse.SUPPRESS,
            metavar=option_values(field.name),
            help=f"{text}{default}",
        )


def _serve(
    *, host: str, port: int, port_file: Path | None, allowed_hosts: list[str], verbose: bool, **options: Any
) -> None:
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(message)s")

    hosts = checked_hosts(allowed_hosts)

    with mock_s3vectors(**options) as mock:

        def announce() -> None:
            file.publish()
            _say(_WELCOME.format(url=server.url, variable=ENDPOINT_VARIABLE))

        def stop(*_: Any) -> None:
            server.should_exit = True

        server = http_server(host, port, on_ready=announce, allowed_hosts=hosts)
        # For signals before uvicorn handles them, and after: once it has ended, it raises them again.
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, stop)
        # Only once this server has the port: until then the file may belong to the server that has it.
        with closing(server), _PortFile(port_file, server.port) as file:
            server.run()
        for rule in mock.rules:  # no test is there to fail because of one that never fired
            rule.remove()


def _say(text: str) -> None:
    """Write to standard output; the server keeps running if nobody reads it, or if the disk is full."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError:
        # When Python exits, it tries to write the rest again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


# The URL ends the first line, so that programs can read it there.
_WELCOME = """\
mock_s3vectors answers at {url}
AWS SDKs and the AWS CLI find it there after: export {variable}={url}
Press Ctrl+C to stop it."""


class _PortFile:
    """The file that holds the port while the server answers clients; nobody sees it half written.

    Raises:
        UsageError: the file cannot be written, or is not a regular file.
    """

    def __init__(self, path: Path | None, port: int) -> None:
        # A file would replace anything else, such as a pipe; and a path such as "." has no name to write to.
        if path and (not path.name or (path.exists() and not path.is_file())):
            raise UsageError(f"Cannot write {path}: it is not a regular file.")
        self._path = path
        self._text = f"{port}\n"
        # A name that nobody can predict, to put a link there.
        self._draft = path and path.with_name(f"{path.name}.{secrets.token_hex(8)}")

    def __enter__(self) -> Self:
        if self._path and self._draft:
            try:
                # A file left by a killed server would mislead programs that wait for this one.
                self._path.unlink(missing_ok=True)
                with self._draft.open("x", encoding="ascii") as draft:
                    draft.write(self._text)
            except OSError as error:
                raise UsageError(f"Cannot write {self._path}: {error.strerror}.") from error
        return self

    def publish(self) -> None:
        """Show the port, now that clients can call."""
        if self._path and self._draft:
            self._draft.replace(self._path)

    def __exit__(self, *_: object) -> None:
        if self._path and self._draft:
            self._draft.unlink(missing_ok=True)
            # Another server may have put its port there since.
            with suppress(OSError, ValueError):
                if self._path.read_text(encoding="ascii") == self._text:
                    self._path.unlink()


if __name__ == "__main__":
    sys.exit(main())
