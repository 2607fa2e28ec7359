"""`mock-s3vectors health`: ask once whether a server is healthy, for the health checks of containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.cli.output import tell
from mock_s3vectors.cli.probing import add_address, look, url_to_ask
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    import argparse

    from mock_s3vectors.cli.command_parser import CommandParser


def define(parser: CommandParser) -> None:
    """Give a parser what the command has."""
    parser.describe(
        "Asks a server once whether it is healthy: it answers, and all is done that it was told to do at its "
        "start. The exit status is 0 if it is, and 1 if it is not.",
        "mock-s3vectors health",
        "mock-s3vectors health --url http://s3vectors:7380",
        "mock-s3vectors health --url https://127.0.0.1:7380 --certificate server.pem",
    )
    add_address(parser)
    parser.read_environment()
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Write that the server is healthy.

    Raises:
        UsageError: it is not, or the URL or the certificate cannot be used.
    """
    url = url_to_ask(arguments.url, arguments.certificate)
    seen = look(url, arguments.certificate)
    if not seen.is_healthy:
        raise UsageError(f"{url} is not healthy: {seen.text}.")
    tell(f"{url} is healthy: {seen.text}.")
