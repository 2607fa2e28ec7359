"""Child processes, in which the tests of other languages run their clients."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
