"""The standard output of commands: readers that go away, full disks, and encodings that lack characters."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from typing import TextIO


def tell(*lines: str) -> None:
    """Write lines to standard output.

    It does not matter if it is closed, or if nobody reads on, as after `| head -1`. A character that its
    encoding does not have is escaped.

    Raises:
        UsageError: it cannot be written, as on a full disk.
    """
    stream: TextIO | None = sys.stdout
    if stream is None:  # it was closed before this process began
        return
    text, encoding = "".join(f"{line}\n" for line in lines), stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        _silence(stream)
    except OSError as error:
        _silence(stream)
        raise UsageError(f"Standard output cannot be written: {error.strerror or error}.") from None


def _silence(stream: TextIO) -> None:
    """Have a stream go nowhere: when Python exits, it tries to write the rest again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
