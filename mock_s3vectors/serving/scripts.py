"""One script of `--init`: how it is run, what it finds in its environment, and how it is ended."""

from __future__ import annotations

import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import deque
from contextlib import suppress
from pathlib import Path
from threading import Thread, Timer
from typing import IO, TYPE_CHECKING

from mock_s3vectors.doors.local_endpoints import variables_of_servers
from mock_s3vectors.errors.escapes import printable
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.locks import new_lock
from mock_s3vectors.mocking.surroundings import FAKE_CREDENTIALS

if TYPE_CHECKING:
    from collections.abc import Mapping

# Of the output of a script that failed: how many lines are shown, and how many bytes are one line at most.
_SHOWN_LINES = 50
_LONGEST_LINE = 4096
# Seconds between SIGTERM and SIGKILL, and for the last output of a script that has ended.
_GRACE, _MOMENT = 3.0, 1.0
# How long the end of a script may take that was told to stop.
LONGEST_END = _GRACE + 2 * _MOMENT
_REGION = "us-east-1"
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
# Without a private key that is in the same file.
_CERTIFICATE = re.compile(b"-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----")
# The variables of the program: those of this server are none of another one that a script starts.
_OWN = "MOCK_S3VECTORS_"
# Clients in Python, and the program, read from these whom to trust.
_TRUST = ("AWS_CA_BUNDLE", f"{_OWN}CERTIFICATE")

# Modules that say what happens at the start share it: see `logs`.
_log = logging.getLogger("mock_s3vectors.serving.initializing")


class Stopped(Exception):  # noqa: N818 - it is no error
    """The server is stopping, so a script was ended or not begun."""


def bundle_for(certificate: Path, given: Mapping[str, str]) -> Path:
    """Return a new file of all that scripts trust: the certificate of the server, and what it trusts itself.

    An authority that has signed the certificate may be in either.
    """
    known = (str(certificate), given.get(_TRUST[0]))
    found: list[bytes] = []
    for path in map(Path, filter(None, known)):
        with suppress(OSError):  # as of a folder, or of a file that clients could not read either
            found += _CERTIFICATE.findall(path.read_bytes())
    number, name = tempfile.mkstemp(suffix=".pem", prefix="mock_s3vectors_")
    with os.fdopen(number, "wb") as bundle:
        bundle.write(b"\n".join([*found, b""]))
    return Path(name)


def environment_for(url: str, trusted: Path | None, given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of scripts: clients in them find the server without any option.

    Args:
        url: that of the server.
        trusted: the file of what clients trust; None if the server does not speak TLS.
        given: the environment of the server, which scripts have besides.
    """
    # Set but empty counts as absent, as it does for botocore.
    region = next(filter(None, map(given.get, _REGIONS)), _REGION)
    absent = {**FAKE_CREDENTIALS, **dict.fromkeys(_REGIONS, region), "PYTHONUNBUFFERED": "1"}
    return {
        **{name: value for name, value in given.items() if not name.startswith(_OWN)},
        **{name: value for name, value in absent.items() if not given.get(name)},
        **variables_of_servers([url], given),
        f"{_OWN}URL": url,
        **({} if trusted is None else dict.fromkeys(_TRUST, str(trusted))),
    }


class Script:
    """A script with the processes that it starts, which are a group of their own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = new_lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._killing: Timer | None = None
        self._reader: Thread | None = None
        self._is_stopped = False
        self._last: deque[str] = deque(maxlen=_SHOWN_LINES)
        self._lines = 0

    def run(self, environment: Mapping[str, str]) -> None:
        """Run the script to its end. What it has left in the background ends with it.

        Raises:
            UsageError: it cannot be run, or has failed; the text has its last output.
            Stopped: it was told to stop.
        """
        process = self._begin(environment)
        self._reader = reader = Thread(target=self._read, args=(process.stdout,), daemon=True)
        reader.start()
        status = process.wait()
        _signal(process, "SIGKILL")
        # A process that has left the group may keep the pipe open.
        reader.join(_MOMENT)
        with self._lock:
            self._process = None
            if self._killing is not None:
                self._killing.cancel()
            if self._is_stopped:
                raise Stopped
        if status:
            raise UsageError(f"{self._path} {_ending_of(status)}. {self._output()}")

    @property
    def is_read(self) -> bool:
        """Whether its output has an end, and all of it is logged, as far as it has run."""
        return self._reader is None or not self._reader.is_alive()

    def stop(self) -> None:
        """End the script, and the processes that it has started: by SIGTERM, and soon after by SIGKILL."""
        with self._lock:
            self._is_stopped = True
            process = self._process
            if process is not None and self._killing is None:
                _signal(process, "SIGTERM")
                self._killing = Timer(_GRACE, _signal, (process, "SIGKILL"))
                self._killing.daemon = True
                self._killing.start()

    def _begin(self, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._is_stopped:
                raise Stopped
            try:
                self._process = subprocess.Popen(  # noqa: S603 - whoever starts the server asks for it
                    _command_for(self._path),
                    cwd=self._path.parent,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            except OSError as error:
                raise UsageError(f"{self._path} cannot be run: {error.filename}: {error.strerror}.") from None
            return self._process

    def _read(self, output: IO[bytes]) -> None:
        name = self._path.name
        with output:
            for line in iter(lambda: output.readline(_LONGEST_LINE), b""):
                text = printable(line.decode(errors="replace").rstrip("\r\n").expandtabs())
                self._last.append(text)
                self._lines += 1
                _log.info("%s: %s", name, text, extra={"fields": {"script": name}})

    def _output(self) -> str:
        shown = list(self._last)
        if not shown:
            return "It has written nothing."
        which = "Its output" if self._lines == len(shown) else f"The last {len(shown)} lines of its output"
        return "\n".join([f"{which}:", *(f"  {line}" for line in shown)])


def _command_for(path: Path) -> list[str]:
    """Return the command that runs a script, which need not be executable."""
    if path.suffix == ".py":
        return [sys.executable, str(path)]
    with path.open("rb") as script:
        first = script.readline(_LONGEST_LINE).decode(errors="replace")
    interpreter = first[2:].split() if first.startswith("#!") else []
    return [*(interpreter or ["sh"]), str(path)]


def _ending_of(status: int) -> str:
    if status > 0:
        return f"has failed with exit status {status}"
    names = {known.value: known.name for known in signal.Signals}
    return f"was ended by {names.get(-status, f'signal {-status}')}"


def _signal(process: subprocess.Popen[bytes], name: str) -> None:
    """Send a signal to a process and to those that it has started, as far as they are there."""
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.Signals[name])
