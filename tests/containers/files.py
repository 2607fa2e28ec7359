"""The files of the example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "examples" / "docker"


def document(name: str) -> dict[str, Any]:
    """Return what a file in YAML says."""
    read: dict[str, Any] = yaml.safe_load((DOCKER / name).read_text(encoding="utf-8"))
    return read
