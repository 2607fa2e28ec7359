"""The log of the program on its error stream: lines of text, or one JSON object a line."""

from __future__ import annotations

import json
import logging
import sys
import threading
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

# The values of `--log-format`.
LOG_FORMATS = ("text", "json")
# Loggers that show more, or less, than warnings whether or not calls are logged.
_LEVELS = {
    # Whoever gives the server scripts wants to see what they write.
    "mock_s3vectors.serving.initializing": logging.INFO,
    # It tells that it starts and stops, which the program tells itself.
    "uvicorn.error": logging.WARNING,
}

_log = logging.getLogger(__name__)


def log_to_stderr(log_format: str, *, verbose: bool) -> None:
    """Log to the error stream of the process.

    Args:
        log_format: one of LOG_FORMATS. With "json", warnings of Python and exceptions that nobody catches
            are objects too.
        verbose: whether to log each call, and not only warnings.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Objects() if log_format == "json" else _Lines())
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, handlers=[handler])
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)
    if log_format == "json":
        logging.captureWarnings(capture=True)
        sys.excepthook = _log_uncaught
        threading.excepthook = lambda failed: _log_uncaught(
            failed.exc_type, failed.exc_value, failed.exc_traceback
        )


def _log_uncaught(
    kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None
) -> None:
    _log.critical("Nobody caught an exception.", exc_info=error and (kind, error, traceback))


class _Lines(logging.Formatter):
    """A line of text for each record; a traceback follows it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - logging's name and arguments
        """Return when it was logged."""
        return _time_of(record)


class _Objects(logging.Formatter):
    """A JSON object on a line of its own for each record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object, in ASCII: the encoding of the stream may lack characters."""
        shown: dict[str, Any] = {
            "time": _time_of(record),
            "level": record.levelname,
            "message": record.getMessage().strip(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            shown["traceback"] = self.formatException(record.exc_info)
        return json.dumps(shown)


def _time_of(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, timezone.utc)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"
