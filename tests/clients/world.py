"""What the tests of clients share: child processes, and the server as a command."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

REGION = "us-east-1"


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of a child process that knows nothing of the user's own AWS."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "HOME"))}
    return {
        **kept,
        "HOME": str(home),
        "PYTHONUTF8": "1",
        "AWS_CONFIG_FILE": str(home / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(home / "no-credentials"),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        # It would be written to stderr, where tests expect nothing.
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED": "true",
        **more,
    }


def run(command: list[str], env: dict[str, str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A child process that has ended, well or not."""
    return subprocess.run(
        command, env=env, input=stdin, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


@contextmanager
def serve_command(folder: Path, *options: str) -> Iterator[str]:
    """The URL of `python -m mock_s3vectors serve`, which has to end well when it is told to."""
    port_file = folder / "port"
    command = [sys.executable, "-m", "mock_s3vectors", "serve", "--port", "0", "--port-file", str(port_file)]
    deadline = time.monotonic() + 60
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as server:
        try:
            while not port_file.exists():
                assert server.poll() is None, "the server ended before it had begun"
                assert time.monotonic() < deadline, "the server does not begin"
                time.sleep(0.01)
            yield f"http://127.0.0.1:{port_file.read_text(encoding='ascii').strip()}"
        finally:
            server.terminate()
        assert server.wait(60) == 0
    assert not port_file.exists()
