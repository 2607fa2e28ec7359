"""The command line: `mock-s3vectors COMMAND`, or `python -m mock_s3vectors COMMAND`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mock_s3vectors.cli.commands import parser_with
from mock_s3vectors.cli.progress import say
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, and return the exit status."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        # Most of the time before a command runs goes here, where Ctrl+C ends it without a traceback.
        parser, _ = parser_with([word for word in words if not word.startswith("-")][:1])
        parsed = parser.parse_args(words)
        if "run" in parsed:
            return parsed.run(parsed) or 0
        parser.print_help()
    except UsageError as error:
        say(f"mock-s3vectors: {error}")
        return 1
    except KeyboardInterrupt:  # as before a server handles the signal
        return _INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
