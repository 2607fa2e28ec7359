"""The surroundings of a block: an empty folder, no credentials, and a port of its own."""

from __future__ import annotations

import os
import socket
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

import mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.support.blocks.needs import npm_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.blocks.page import Block

PORT = "7380"
_PROGRAMS = Path(sys.executable).parent


@contextmanager
def surroundings(block: Block) -> Iterator[Path]:
    """Yield an empty folder, which is the current one, with the files that the page has saved before."""
    modules = set(sys.modules)
    environment, folder, path = dict(os.environ), Path.cwd(), list(sys.path)
    with tempfile.TemporaryDirectory(prefix="block-") as name:
        scratch = Path(name).resolve()
        try:
            boto3.DEFAULT_SESSION = None
            _clean_environment(scratch)
            os.chdir(scratch)
            sys.path.insert(0, str(scratch))
            if "server" in block.needs:
                with mock_s3vectors.s3vectors_server() as server:
                    os.environ["AWS_REGION"] = os.environ["AWS_DEFAULT_REGION"] = "us-east-1"
                    _save_files(block, scratch, server.url.rpartition(":")[2])
                    yield scratch
            else:
                _save_files(block, scratch, free_port())
                yield scratch
        finally:
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(environment)
            sys.path[:] = path
            boto3.DEFAULT_SESSION = None  # it keeps credentials and Region
            _forget_modules(modules, scratch)


def _clean_environment(scratch: Path) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOCK_S3VECTORS_", "PYTEST_"))]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = str(scratch / "no such file")
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
    os.environ["PATH"] = f"{_PROGRAMS}{os.pathsep}{os.environ['PATH']}"


def _save_files(block: Block, scratch: Path, port: str) -> None:
    os.environ["MOCK_S3VECTORS_PORT"] = port
    packages = [npm_folder(need) for need in block.needs if need.startswith("npm:")]
    if packages and packages[0]:
        # Node.js looks for packages beside the program, which a test in Python may run.
        (scratch / "node_modules").symlink_to(packages[0])
    for other in block.before:
        name = other.comments.get("file")
        if name:
            file = scratch / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(with_port(other.padded if other.language == "python" else other.source))


def with_port(text: str) -> str:
    """Return a text of a page with the port of these surroundings."""
    return text.replace(PORT, os.environ["MOCK_S3VECTORS_PORT"])


def without_port(text: str) -> str:
    """Return an output as if the port were that of the page, and no variable had set it."""
    for said in ("The environment has set MOCK_S3VECTORS_PORT.\n", "MOCK_S3VECTORS_PORT, "):
        text = text.replace(said, "")
    return text.replace(os.environ["MOCK_S3VECTORS_PORT"], PORT)


def free_port() -> str:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def _forget_modules(before: set[str], scratch: Path) -> None:
    """Drop the modules that were in the folder: those of another block may have the same names."""
    for name in set(sys.modules) - before:
        file = getattr(sys.modules[name], "__file__", None)
        if file and Path(file).is_relative_to(scratch):
            del sys.modules[name]


def left_behind(before: object) -> str | None:
    """Switch off the mocks that a block has left on; return in words that there were some.

    Args:
        before: the mock that was on when the block began, which is that of its server.
    """
    failure = None
    while (level := STACK.current()) is not None and level is not before:
        STACK.stop(level, failed=True)
        failure = "The block leaves a mock switched on."
    return failure
