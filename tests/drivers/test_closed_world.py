"""A client that cannot ask the mock does not get past it either; in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.drivers.test_clients import REFUSED, URL

if TYPE_CHECKING:
    from tests.support.drivers import Driver


def run(program: str, *arguments: str) -> list[str]:
    """The lines that one of the programs prints."""
    file = Path(__file__).with_name("programs") / program
    command = [sys.executable, "-W", "error", str(file), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def test_a_session_older_than_the_import_is_refused_until_its_client_is_patched(in_process: Driver) -> None:
    """Clients of other services are let through, and all are when no mock is on."""
    before, refused, other, patched, after = run("older_session.py", in_process.name)
    assert before == after == f"sent to {URL}"
    assert refused == REFUSED
    assert other.startswith("sent to https://sts.")
    assert patched == "[]"


@pytest.mark.parametrize(
    "order", [("mock_s3vectors", "botocore.session"), ("botocore.session", "mock_s3vectors")]
)
def test_a_client_without_built_in_handlers_is_refused_whatever_comes_first(order: tuple[str, ...]) -> None:
    assert run("without_handlers.py", *order) == ["refused"]
