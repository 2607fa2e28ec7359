"""The claim of a server on its state file: as long as it lives, no other server has the file.

The operating system keeps the claim, as a lock of a small file beside the state file, and drops it with the
process, however that ends. SQLite's own locks would do neither: they are held while something is written.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mock_s3vectors.storage import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        # Locks of the other kind belong to the process: they end when any part of it closes the file.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def claimed(place: Path) -> Iterator[None]:
    """Claim a state file, which need not exist.

    Raises:
        UsageError: another server has it, or the folder cannot be written.
    """
    file = schema.beside(place, "-server")
    with schema.explained(place, "serve"):  # not every file system has locks
        descriptor = _claim(place, file)
    try:
        yield
    finally:
        # Windows removes no open file, and another server may have it by then: see `_claim`.
        with suppress(OSError):
            file.unlink()
        os.close(descriptor)
        if sys.platform == "win32":
            with suppress(OSError):
                file.unlink()


def _claim(place: Path, file: Path) -> int:
    """Return the descriptor of the locked file."""
    while True:
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _lock(descriptor)
            # It may be the file of a server that has ended just now, and removed it.
            if file.exists() and os.path.samestat(os.fstat(descriptor), file.stat()):
                return descriptor
        except (BlockingIOError, PermissionError):
            os.close(descriptor)
            raise schema.refused(
                place,
                "another server keeps its state there. Stop that one, or give each server a file of its own",
                "serve",
            ) from None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
