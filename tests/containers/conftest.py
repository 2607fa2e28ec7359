"""The image of the example, made once."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .files import DOCKER, ROOT
from .scratch import Image

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def built() -> Iterator[Image]:
    # Not in pytest's folder, which is closed to other users.
    folder = Path(tempfile.mkdtemp(prefix="mock_s3vectors-image-"))
    folder.chmod(0o755)
    yield Image(DOCKER / "Dockerfile", ROOT, folder)
    shutil.rmtree(folder)


@pytest.fixture
def image(built: Image) -> Image:
    """The image, with nothing in its volume and no scripts."""
    for path in ("/data", "/etc/mock_s3vectors/init/ready.d"):
        for file in built.path(path).iterdir():
            file.unlink()
    return built
