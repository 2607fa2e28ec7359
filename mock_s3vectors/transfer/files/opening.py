"""Opening data files, and refusing those that cannot be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

# Among how many names of a folder similar ones are looked for.
_COMPARED = 1_000


def opened(path: Path, mode: str = "rb") -> BinaryIO:
    """Open a file.

    Raises:
        UsageError: it cannot be opened; the text names a similar one if it does not exist.
    """
    try:
        return cast("BinaryIO", path.open(mode))
    except OSError as error:
        raise refused(path, error) from None


def refused(path: Path, error: OSError) -> UsageError:
    """Return the refusal of a file that cannot be read or written."""
    hint = ""
    if isinstance(error, FileNotFoundError):
        if not path.parent.is_dir():
            return UsageError(f"{path}: there is no folder {path.parent}.")
        names = [entry.name for entry, _ in zip(path.parent.iterdir(), range(_COMPARED), strict=False)]
        hint = near(path.name, names)
    return UsageError(f"{path}: {error.strerror or error}.{hint}")
