"""An evaluator of IAM policies in node that is not ours. Tests that ask it skip where it is missing."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.authorization.cases import Case

ORACLE = Path(__file__).with_name("oracle")
HOW_TO = f"npm install --prefix {ORACLE.relative_to(Path(__file__).parents[2])}"

if shutil.which("node") is None:
    pytest.skip("node is not there", allow_module_level=True)
if not (ORACLE / "node_modules").is_dir():
    pytest.skip(f"the oracle is not installed: {HOW_TO}", allow_module_level=True)


def told(cases: Iterable[Case]) -> list[Any]:
    """Return the oracle's answer to each case."""
    lines = "".join(f"{json.dumps(case.simulation())}\n" for case in cases)
    ended = subprocess.run(
        ["node", str(ORACLE / "decide.mjs")],  # noqa: S607 - whichever node is on the path
        input=lines,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return [json.loads(line) for line in ended.stdout.splitlines()]
