"""The file that tells programs at which port a server answers."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Self


class PortFile:
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
