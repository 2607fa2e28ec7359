"""`mock-s3vectors serve`: answer S3 Vectors over HTTP."""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
from contextlib import closing, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from mock_s3vectors.cli import health, wait
from mock_s3vectors.cli.address import url_at
from mock_s3vectors.cli.command_parser import CommandParser
from mock_s3vectors.cli.environment import refuse_unknown
from mock_s3vectors.cli.port_file import PortFile
from mock_s3vectors.cli.probing import look
from mock_s3vectors.cli.server_flags import add_options_of_mock, add_options_of_server
from mock_s3vectors.cli.server_options import ServerOptions
from mock_s3vectors.cli.welcome import READY, announce, welcome
from mock_s3vectors.config import check_path
from mock_s3vectors.doors.hosts import checked_hosts
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.mock import mock_s3vectors
from mock_s3vectors.mocking.stack import NOT_STARTED, STACK
from mock_s3vectors.serving.initializing import Initialization, folder_of
from mock_s3vectors.serving.logs import log_to_stderr
from mock_s3vectors.serving.opening import http_server
from mock_s3vectors.serving.tls import server_context

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.mocking.mock import MockS3Vectors
    from mock_s3vectors.serving.http_server import HttpServer

# In seconds: how long whoever has the port may take to say who it is.
_A_MOMENT = 1.0


def define(parser: CommandParser) -> None:
    """Give a parser what the command has."""
    parser.describe(
        "Answers S3 Vectors over HTTP, until SIGINT (Ctrl+C) or SIGTERM: from memory, or with --state from "
        "memory and a file that keeps every change. It needs the extra server: pip install "
        "'mock_s3vectors[server]'.",
        "mock-s3vectors serve",
        "mock-s3vectors serve --port 0 --port-file port --search-engine hnsw",
        "mock-s3vectors serve --state films.db --verbose",
        "MOCK_S3VECTORS_PORT=7381 MOCK_S3VECTORS_STATE=films.db mock-s3vectors serve",
    )
    add_options_of_server(parser)
    add_options_of_mock(parser)
    parser.read_environment()
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Answer over HTTP until a signal.

    Raises:
        UsageError: an option, a file, the address or an environment variable cannot be used.
    """
    options = ServerOptions.of(arguments)
    with _told_as(options.log_format), _ended_by_signal():
        _refuse_unknown_variables()
        try:
            failures = _serve(options)
        except UsageError as error:
            if not options.variables:
                raise
            names = ", ".join(options.variables)
            raise UsageError(f"{error} (The environment has set {names}.)") from error
        for failure in failures:
            raise failure


@contextmanager
def _told_as(log_format: str) -> Iterator[None]:
    """Tell of a wrong use as the log is: in JSON it is an object too."""
    try:
        yield
    except UsageError as error:
        if log_format != "json":
            raise
        log_to_stderr(log_format, verbose=False)  # it may come before the server logs anything
        logging.getLogger(__name__).critical("%s", error)
        sys.exit(1)


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Have SIGTERM end the block, until a server handles it.

    The first process of a container would ignore it otherwise.
    """

    def leave(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _refuse_unknown_variables() -> None:
    """Raise if the environment has a variable of the program that is none of any command.

    Raises:
        UsageError: there is one.
    """
    known: set[str] = set()
    for command in (define, health.define, wait.define):
        parser = CommandParser()
        command(parser)
        known.update(parser.variables)
    refuse_unknown(os.environ, known)


def _serve(options: ServerOptions) -> list[BaseException]:
    """Answer until a signal, and return the failure of what it begins with, if there is one.

    Raises:
        UsageError: an option, a file or the address cannot be used.
    """
    from mock_s3vectors.serving.set_up import set_up  # noqa: PLC0415 - it loads botocore

    log_to_stderr(options.log_format, verbose=options.verbose)
    initialization = Initialization(folder_of(options.init))
    failures: list[BaseException] = []
    ending = 0
    settings = {
        "allowed_hosts": checked_hosts(options.allowed_hosts),
        "cors": options.cors,
        "tls": server_context(options.certificate, options.key),
        "initialization": initialization,
    }

    with mock_s3vectors(**options.mock) as given:
        set_up(given, options.identities, options.kms_keys)
        # Clients see a savepoint: a reset takes back what they have done, and nothing that was given here.
        with mock_s3vectors() as mock, _kept_in(options.state, mock):

            def begin() -> None:
                announce(welcome(server.url, mock.config, options))
                initialization.begin(
                    _level_of(mock), server.url, options.certificate, then=be_ready, fail=fail
                )

            def fail(error: BaseException) -> None:
                failures.append(error)
                server.stop()

            def be_ready() -> None:
                file.publish()
                announce(READY)

            def stop(number: int, _: Any) -> None:
                nonlocal ending
                ending = number
                server.should_exit = True

            server = _server(options, on_ready=begin, **settings)
            # For signals before uvicorn handles them, and after: once it has ended, it raises them again.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, stop)
            # Only once this server has the port: until then the file may belong to the server that has it.
            with closing(server), PortFile(options.port_file, server.port) as file:
                server.run()
                initialization.join()
            for rule in mock.rules:  # no test is there to fail because of one that never fired
                rule.remove()
    if server.force_exit:
        # Python would wait for the threads that still have calls.
        os._exit(128 + ending)
    if not failures and not initialization.is_logged:
        # Python would wait for the log, which is a pipe that nobody reads.
        os._exit(0)
    return failures


def _server(options: ServerOptions, **settings: Any) -> HttpServer:
    """Return a server that holds its port.

    Raises:
        UsageError: it cannot have it; if another server has it, the text says so.
    """
    try:
        return http_server(options.host, options.port, **settings)
    except UsageError as error:
        if getattr(error.__cause__, "errno", None) != errno.EADDRINUSE:
            raise
        is_ours = look(url_at(options.host, options.port), seconds=_A_MOMENT).is_ours
        who = "A mock_s3vectors server answers there." if is_ours else "Another program has it."
        raise UsageError(f"{error} {who}") from error


def _kept_in(state: str | None, mock: MockS3Vectors) -> AbstractContextManager[None]:
    """Have a file keep the state of a mock, if there is one."""
    if state is None:
        return nullcontext()
    from mock_s3vectors.storage.following import kept_in  # noqa: PLC0415 - it loads numpy and sqlite3

    check_path("--state", state)
    return kept_in(state, _level_of(mock).world)


def _level_of(mock: MockS3Vectors) -> Level:
    level = STACK.level_of(mock)
    if level is None:
        raise UsageError(NOT_STARTED)
    return level
