"""Runs blocks in processes: commands of a shell, and programs in JavaScript."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.blocks.installing import wrong_installs
from tests.support.blocks.outcome import Ran
from tests.support.blocks.scratch import with_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.blocks.page import Block

SECONDS = 60
# What background processes may take to end.
_GRACE = 10
# Names the line of the page at which a script fails; it is put before the script's first line.
_TRAP = """trap 'echo "line $LINENO: $BASH_COMMAND: status $?" >&2' ERR; """


def run_sh(block: Block, folder: Path) -> Ran:
    """Run commands with bash, which ends at the first that fails, and its processes with it.

    Commands that install packages are only checked.
    """
    if "install" in block.needs:
        return Ran(failure=wrong_installs(block.source))
    return _run(["bash", "-Eeuo", "pipefail", "-c", _TRAP + with_port(block.padded)], block, folder)


def run_javascript(block: Block, folder: Path) -> Ran:
    """Run a program with node, or only check its syntax if the block does not ask for node."""
    file = folder / block.comments.get("file", "block.mjs")
    file.write_text(with_port(block.padded), encoding="utf-8")
    is_run = any(need == "node" or need.startswith("npm:") for need in block.needs)
    return _run(["node", str(file)] if is_run else ["node", "--check", str(file)], block, folder)


def _run(command: list[str], block: Block, folder: Path) -> Ran:
    with tempfile.NamedTemporaryFile() as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        written = partial(Path(output.name).read_text, encoding="utf-8", errors="replace")
        try:
            status = _status(process, written, block.comments.get("until"))
        finally:
            _end(process)
        text = written()
    if status == 0:
        return Ran(text)
    reason = f"no end after {SECONDS} seconds" if status is None else f"exit status {status}"
    return Ran(text, f"{block.page}:{block.line}: {reason}\n{text}")


def _status(process: subprocess.Popen[bytes], written: Callable[[], str], until: str | None) -> int | None:
    """Return the exit status; 0 once the output has a text; None if that takes too long."""
    if until is None:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(SECONDS)
        return None
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        ended = process.poll()
        if with_port(until) in written():
            return 0
        if ended is not None:
            return ended or 1
        time.sleep(0.05)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End all processes of the session that the command began."""
    deadline = time.monotonic() + _GRACE
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        while time.monotonic() < deadline:
            process.poll()  # so that it is gone when it has ended
            os.killpg(process.pid, 0)
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
