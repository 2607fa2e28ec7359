"""faiss takes long to import: it must wait for the first search that needs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mock_s3vectors


def run(program: str) -> None:
    home = Path(mock_s3vectors.__file__).parents[1]
    text = (Path(__file__).with_name("programs") / program).read_text()
    command = [sys.executable, "-W", "error", "-c", text]
    done = subprocess.run(command, cwd=home, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def test_faiss_waits_for_a_search_among_many_rows() -> None:
    run("few_rows.py")


def test_importing_faiss_does_not_warn() -> None:
    run("many_rows.py")
