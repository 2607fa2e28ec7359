"""The commands of the program, each in a module of its name."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import TYPE_CHECKING, Any

import mock_s3vectors
from mock_s3vectors.cli.command_parser import CommandParser
from mock_s3vectors.cli.output import tell

if TYPE_CHECKING:
    from collections.abc import Container

COMMANDS = {
    "serve": "answer S3 Vectors over HTTP",
    "health": "ask whether a server is healthy",
    "wait": "wait until a server is healthy",
    "copy": "copy vectors between files, servers and AWS",
    "describe": "show what there is in a file, on a server or on AWS",
    "delete": "delete vectors by key, metadata or age",
    "parity": "ask AWS or a server whether the facts behind the mock hold",
    "completion": "print what completes this program in a shell",
}


def parser_with(names: Container[str]) -> tuple[CommandParser, dict[str, CommandParser]]:
    """Return the parser of the program, and the parsers of some commands.

    Of the others, only the names are known: their modules would take long to load.
    """
    parser = CommandParser(prog="mock-s3vectors")
    parser.describe(
        "A faithful mock of Amazon S3 Vectors for every AWS SDK. `mock-s3vectors COMMAND --help` has more.",
        "mock-s3vectors serve",
        "mock-s3vectors copy films.jsonl http://127.0.0.1:7380/films/plots",
    )
    parser.add_argument(
        "--version", action=_Version, nargs=0, dest=argparse.SUPPRESS, help="print the version"
    )
    commands = parser.add_subparsers(metavar="COMMAND")
    defined: dict[str, CommandParser] = {}
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        if name in names:
            import_module(f"mock_s3vectors.cli.{name}").define(command)
            defined[name] = command
    return parser, defined


class _Version(argparse.Action):
    """Prints the version, which takes long to find out."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        """Print the version, and end the program."""
        tell(mock_s3vectors.__version__)
        parser.exit()
