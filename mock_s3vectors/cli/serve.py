"""`mock-s3vectors serve`: answer S3 Vectors over HTTP."""

from __future__ import annotations

import logging
import os
import signal
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING, Any

from mock_s3vectors.cli.port_file import PortFile
from mock_s3vectors.cli.server_flags import add_options_of_mock, add_options_of_server
from mock_s3vectors.cli.server_options import ServerOptions
from mock_s3vectors.cli.welcome import READY, announce, welcome
from mock_s3vectors.config import check_path
from mock_s3vectors.doors.hosts import checked_hosts
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.mock import mock_s3vectors
from mock_s3vectors.mocking.stack import NOT_STARTED, STACK
from mock_s3vectors.serving.cors import checked_origins
from mock_s3vectors.serving.opening import http_server
from mock_s3vectors.serving.tls import server_context

if TYPE_CHECKING:
    import argparse
    from contextlib import AbstractContextManager

    from mock_s3vectors.mocking.mock import MockS3Vectors


def add_parser(commands: Any) -> None:
    """Add the command to those of the program."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "serve",
        help="answer S3 Vectors over HTTP",
        description="Answers S3 Vectors over HTTP, until SIGINT (Ctrl+C) or SIGTERM: from memory, or with "
        "--state from memory and a file that keeps every change.",
    )
    add_options_of_server(parser)
    add_options_of_mock(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Answer over HTTP until a signal.

    Raises:
        UsageError: an option, a file or the address cannot be used.
    """
    _serve(ServerOptions.of(arguments))


def _serve(options: ServerOptions) -> None:
    from mock_s3vectors.serving.set_up import set_up  # noqa: PLC0415 - it loads botocore

    level = logging.INFO if options.verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(message)s")

    hosts, origins = checked_hosts(options.allowed_hosts), checked_origins(options.cors)
    tls = server_context(options.certificate, options.key)

    with mock_s3vectors(**options.mock) as given:
        set_up(given, options.identities, options.kms_keys)
        # Clients see a savepoint: a reset takes back what they have done, and nothing that was given here.
        with mock_s3vectors() as mock, _kept_in(options.state, mock):

            def begin() -> None:
                announce(welcome(server.url, mock.config, options.state))
                be_ready()

            def be_ready() -> None:
                file.publish()
                announce(READY)

            ending = 0

            def stop(number: int, _: Any) -> None:
                nonlocal ending
                ending = number
                server.should_exit = True

            server = http_server(
                options.host, options.port, on_ready=begin, allowed_hosts=hosts, cors=origins, tls=tls
            )
            # For signals before uvicorn handles them, and after: once it has ended, it raises them again.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, stop)
            # Only once this server has the port: until then the file may belong to the server that has it.
            with closing(server), PortFile(options.port_file, server.port) as file:
                server.run()
            for rule in mock.rules:  # no test is there to fail because of one that never fired
                rule.remove()
    if server.force_exit:
        # Python would wait for the threads that still have calls.
        os._exit(128 + ending)


def _kept_in(state: str | None, mock: MockS3Vectors) -> AbstractContextManager[None]:
    """Have a file keep the state of a mock, if there is one."""
    if state is None:
        return nullcontext()
    from mock_s3vectors.storage.following import kept_in  # noqa: PLC0415 - it loads numpy and sqlite3

    check_path("--state", state)
    level = STACK.level_of(mock)
    if level is None:
        raise UsageError(NOT_STARTED)
    return kept_in(state, level.world)
