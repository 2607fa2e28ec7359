"""The two files of a report: checked before anything is asked, written in the end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.parity.page import TITLE, page_of
from mock_s3vectors.parity.report import FORMAT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# So far into a file must its format be found.
_BEGINNING = 100


def text_of(report: Mapping[str, Any]) -> str:
    """Return a report as its JSON file has it."""
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def check_report(path: Path) -> None:
    """Raise unless a report and its page can be written, and would replace nothing but another report.

    Raises:
        UsageError: they would, or the name is another, the folder is missing, or no file can be written.
    """
    if path.suffix != ".json":
        raise UsageError(f"--report {path}: a report is a .json file, and the page beside it is a .md file.")
    if not path.parent.is_dir():
        raise UsageError(f"--report {path}: there is no folder {path.parent}.")
    for file, beginning in ((path, FORMAT), (path.with_suffix(".md"), TITLE)):
        try:
            is_new = not file.exists()
            with file.open("a+", encoding="utf-8", errors="replace") as opened:
                opened.seek(0)
                text = opened.read(_BEGINNING)
            if is_new:
                file.unlink()
        except OSError as error:
            raise UsageError(
                f"--report {path}: {file} cannot be written: {error.strerror or error}."
            ) from None
        if text and beginning not in text:
            raise UsageError(f"--report {path}: it would replace {file}, which is another file.")


def write_report(report: Mapping[str, Any], path: Path) -> None:
    """Write a report, and its page beside it.

    Raises:
        UsageError: they cannot be written.
    """
    try:
        path.write_text(text_of(report), encoding="utf-8")
        path.with_suffix(".md").write_text(page_of(report), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--report {path} cannot be written: {error.strerror or error}.") from None
