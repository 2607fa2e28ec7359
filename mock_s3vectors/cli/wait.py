"""`mock-s3vectors wait`: wait until a server is healthy, before tests that need it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from mock_s3vectors.cli.command_parser import checked
from mock_s3vectors.cli.output import tell
from mock_s3vectors.cli.probing import PATIENCE, add_address, look, url_to_ask
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    import argparse

    from mock_s3vectors.cli.command_parser import CommandParser

# In seconds: how long to wait by default, between two questions, and at least for each answer.
_TIMEOUT = 30.0
_PAUSE = 0.1
_LEAST_PATIENCE = 1.0


def define(parser: CommandParser) -> None:
    """Give a parser what the command has."""
    parser.describe(
        "Waits until a server is healthy: it answers, and all is done that it was told to do at its start. "
        "The exit status is 0 as soon as it is, and 1 if it is not in time; what was seen last is said then.",
        "mock-s3vectors serve --init seeds & mock-s3vectors wait && pytest",
        "mock-s3vectors wait --url http://s3vectors:7380 --timeout 60",
    )
    add_address(parser)
    parser.add_argument(
        "--timeout",
        type=checked(float, _check_seconds),
        default=_TIMEOUT,
        metavar="SECONDS",
        help="how long to wait at most; 0 asks once (default: %(default)g)",
    )
    parser.read_environment()
    parser.set_defaults(run=run)


def _check_seconds(seconds: float) -> None:
    if not 0 <= seconds < math.inf:
        raise UsageError(f"--timeout {seconds:g}: it must be a number of seconds, 0 or more.")


def run(arguments: argparse.Namespace) -> None:
    """Write that the server is healthy, as soon as it is.

    Raises:
        UsageError: it is not in time, or the URL or the certificate cannot be used.
    """
    url = url_to_ask(arguments.url, arguments.certificate)
    end = time.monotonic() + arguments.timeout
    while True:
        patience = min(PATIENCE, max(end - time.monotonic(), _LEAST_PATIENCE))
        seen = look(url, arguments.certificate, seconds=patience)
        if seen.is_healthy:
            tell(f"{url} is healthy: {seen.text}.")
            return
        if time.monotonic() + _PAUSE > end:
            raise UsageError(f"{url} is not healthy after {arguments.timeout:g} s: {seen.text}.")
        time.sleep(_PAUSE)
