"""The command line: `mock-s3vectors COMMAND`, or `python -m mock_s3vectors COMMAND`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mock_s3vectors import __version__
from mock_s3vectors.cli.progress import say
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return the exit status."""
    try:
        parsed = _parser().parse_args(arguments)
        parsed.run(parsed)
    except UsageError as error:
        say(f"mock-s3vectors: {error}")
        return 1
    except KeyboardInterrupt:  # as before a server handles the signal
        return _INTERRUPTED
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mock-s3vectors", description="A faithful mock of Amazon S3 Vectors for every AWS SDK."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    # Most of the time before a command runs goes here, where Ctrl+C ends it without a traceback.
    from mock_s3vectors.cli import copy, delete, describe, serve  # noqa: PLC0415 - see above

    for command in (serve, copy, describe, delete):
        command.add_parser(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
