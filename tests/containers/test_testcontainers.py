"""The recipe for testcontainers runs against a stand-in for Docker's daemon."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from .daemon import daemon
from .files import DOCKER

if TYPE_CHECKING:
    from pathlib import Path

    from .scratch import Image


def run_with_testcontainers(folder: Path, file: str, host: str) -> subprocess.CompletedProcess[str]:
    """Runs tests that start containers, with a daemon at an address."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", file],
        env={
            **os.environ,
            "DOCKER_HOST": host,
            # Two of its switches: no container that tidies up, and ports of this machine.
            "TESTCONTAINERS_RYUK_DISABLED": "true",
            "TESTCONTAINERS_CONNECTION_MODE": "docker_host",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_recipe(image: Image) -> None:
    with daemon(image) as known:
        done = run_with_testcontainers(DOCKER, "test_with_testcontainers.py", known.url)
    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert known.heard == ["POST /containers/create", "POST /containers/ID/start", "DELETE /containers/ID"]
    assert known.container
    assert not known.container.is_running
    assert [*known.asked["ExposedPorts"]] == ["7380/tcp"]
