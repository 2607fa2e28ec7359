"""aiobotocore imported late or not at all, as it was after the mock, and the example that uses it."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from mock_s3vectors import mock_s3vectors
from tests.activation.conftest import no_credentials_at_all, no_network  # noqa: F401 - autouse fixtures
from tests.activation.test_surroundings import surroundings
from tests.clients.aio import create, in_a_loop
from tests.support.examples import EXAMPLES
from tests.support.helpers import running_threads
from tests.test_examples import run as run_example


def run(program: str) -> str:
    """Run one of the programs; return its output."""
    command = [sys.executable, "-W", "error", str(Path(__file__).with_name("programs") / program)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@in_a_loop
async def test_all_is_as_before_afterwards() -> None:
    sends = vars(import_module("aiobotocore.endpoint"))["AioEndpoint"]
    theirs, before, threads = vars(sends)["_send"], surroundings(), running_threads()
    for _ in range(2):
        async with mock_s3vectors():
            assert vars(sends)["_send"] is not theirs
            async with mock_s3vectors():
                await create("bucket")
            assert vars(sends)["_send"] is not theirs
        assert vars(sends)["_send"] is theirs
        assert surroundings() == before
        assert running_threads() == threads
    with pytest.raises(ZeroDivisionError):
        await fails()
    assert vars(sends)["_send"] is theirs
    assert surroundings() == before


@mock_s3vectors
async def fails() -> None:
    await create("bucket")
    raise ZeroDivisionError


def test_a_library_that_is_imported_while_the_mock_is_on() -> None:
    assert run("imported_late.py").splitlines() == ["guarded", "1", "refused", "free"]


def test_nobody_imports_it_who_does_not_use_it() -> None:
    assert run("boto3_alone.py") == "set()\n"


def test_the_example_of_deleting_shows_what_it_promises() -> None:
    lines = run_example(EXAMPLES / "forget_old_memories.py").splitlines()
    assert lines[-3:] == [
        "The same with aiobotocore",
        "  1 matched: had a cold",
        "  1 deleted, 1 left alone because it has no date",
    ]


def test_the_example_shows_what_it_promises() -> None:
    lines = run_example(EXAMPLES / "async_search.py").splitlines()
    assert lines[0] == "3,199 films stored in 7 batches, 796 + 794 + 786 + 823 listed in segments"
    assert next(line.split() for line in lines if "Zombieland" in line)[:2] == ["0.4938", "Zombieland"]
    assert "[1] The Return of the Living Dead. Genre: Horror. Science Fiction. 1985." in lines
    assert lines[-4:] == [
        "Three searches at once, one of them wrong",
        "Artificial Intelligence: AI",
        "ValidationException: Invalid filter",
        "Dinosaur",
    ]
