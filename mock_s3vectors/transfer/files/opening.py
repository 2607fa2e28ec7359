"""Opening data files, and refusing those that cannot be opened."""

from __future__ import annotations

from stat import S_ISDIR, S_ISREG
from typing import TYPE_CHECKING, cast

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near

if TYPE_CHECKING:
    import os
    from pathlib import Path
    from typing import BinaryIO

# Among how many names of a folder similar ones are looked for.
_COMPARED = 1_000


def opened(path: Path, mode: str = "rb") -> BinaryIO:
    """Open a file.

    Raises:
        UsageError: it cannot be opened, or can be read only once; the text names a similar one if it does not
            exist.
    """
    try:
        kind = path.stat().st_mode
        if not (S_ISREG(kind) or S_ISDIR(kind)):  # it might have no end, or nobody who writes it
            raise UsageError(f"{path} is not a regular file. Vectors are read from one, some parts twice.")
        return cast("BinaryIO", path.open(mode))
    except OSError as error:
        raise refused(path, error) from None


def found_at(path: Path) -> os.stat_result | None:
    """Return what is known of the file or folder at a path, None if there is none.

    Raises:
        UsageError: there cannot be any, for instance because the name is too long.
    """
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):  # opening it tells, with a hint
        return None
    except OSError as error:
        raise refused(path, error) from None


def has_contents(path: Path) -> bool:
    """Return whether there is a file that is not empty.

    Raises:
        UsageError: see `found_at`.
    """
    found = found_at(path)
    return found is not None and found.st_size > 0


def is_folder(path: Path) -> bool:
    """Return whether there is a folder.

    Raises:
        UsageError: see `found_at`.
    """
    found = found_at(path)
    return found is not None and S_ISDIR(found.st_mode)


def refused(path: Path, error: OSError) -> UsageError:
    """Return the refusal of a file that cannot be read or written."""
    hint = ""
    if isinstance(error, FileNotFoundError):
        if not path.parent.is_dir():
            return UsageError(f"{path}: there is no folder {path.parent}.")
        names = [entry.name for entry, _ in zip(path.parent.iterdir(), range(_COMPARED), strict=False)]
        hint = near(path.name, names)
    return UsageError(f"{path}: {error.strerror or error}.{hint}")
