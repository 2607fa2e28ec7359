"""Servers that start quickly, and clients that are closed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.durable.nursery import nursery
from tests.server.conftest import clients_are_closed

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["clients_are_closed", "nursery"]


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, if there is such a place: a commit waits for no disk, so that more is written.

    The operating system keeps the writes of a killed process there, as on a disk.
    """
    memory = Path("/dev/shm")  # noqa: S108 - where Linux has files in memory
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)
