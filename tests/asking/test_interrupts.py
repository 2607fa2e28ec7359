"""Ctrl+C and SIGTERM while facts are asked, or while their buckets are deleted."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.__main__ import main
from mock_s3vectors.parity.interrupts import EndedError, Interrupts
from mock_s3vectors.parity.page import page_of
from tests.asking.conftest import names
from tests.server.wire import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_s3vectors import S3VectorsServer

ONCE_MORE = "Cleaning up. Once more stops this, and leaves what there is.\n"
INT, TERM = signal.SIGINT, signal.SIGTERM


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str],
    s3vectors_server: S3VectorsServer,
    facts: Any,  # noqa: ARG001 - those to ask
) -> Callable[..., tuple[int, str, str]]:
    """Runs the command; returns its status, its lines and its errors."""

    def run_it(*words: str) -> tuple[int, str, str]:
        status = main(["parity", "--endpoint-url", s3vectors_server.url, *words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return run_it


def press(server: S3VectorsServer, operation: str, number: signal.Signals, after: int = 0) -> None:
    """Have a signal come during a call."""
    main_thread = threading.main_thread().ident
    assert main_thread
    seen = iter(range(1_000))

    def comes(_: object) -> bool:
        if next(seen) == after:
            signal.pthread_kill(main_thread, number)
        return False

    server.mock.on(operation, when=comes).delay(0, optional=True)


@pytest.mark.parametrize(("number", "status"), [(INT, 130), (TERM, 143)])
@pytest.mark.parametrize(
    "operation", ["CreateVectorBucket", "CreateIndex", "PutVectors", "ListVectorBuckets"]
)
def test_once(
    run: Any, s3vectors_server: S3VectorsServer, operation: str, number: signal.Signals, status: int
) -> None:
    press(s3vectors_server, operation, number)
    found, lines, _ = run()
    assert found == status
    assert "0 differ" in lines
    assert names(s3vectors_server.mock) == []
    assert signal.getsignal(INT) is signal.default_int_handler


def test_twice(run: Any, s3vectors_server: S3VectorsServer) -> None:
    press(s3vectors_server, "PutVectors", INT)
    press(s3vectors_server, "DeleteVectorBucket", INT)
    status, lines, said = run()
    assert status == 130
    assert lines.startswith("Facts: 0 hold, 0 differ, 3 not asked.\n")
    assert said.endswith(f"120 vectors.\n{ONCE_MORE}")
    assert names(s3vectors_server.mock) == []


def test_when_all_facts_have_been_asked(run: Any, s3vectors_server: S3VectorsServer) -> None:
    # The first list is that of the beginning, the second that of a fact.
    press(s3vectors_server, "ListVectorBuckets", INT, after=2)
    status, lines, said = run()
    assert status == 130
    assert lines.startswith("Facts: 3 hold, 0 differ, 0 not asked.\n")
    assert said.endswith(f"120 vectors.\n{ONCE_MORE}")
    assert names(s3vectors_server.mock) == []


def test_twice_before_cleaning_up_has_begun() -> None:
    said: list[str] = []
    with Interrupts(said.append) as interrupts:
        with pytest.raises(EndedError):
            signal.raise_signal(TERM)
        signal.raise_signal(INT)
        assert said == [ONCE_MORE.rstrip()]
        interrupts.hold()
        with pytest.raises(EndedError):
            signal.raise_signal(INT)
    assert interrupts.number == TERM


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(TERM, signal.SIG_IGN)
    try:
        with Interrupts(pytest.fail):
            signal.raise_signal(TERM)
    finally:
        signal.signal(TERM, before)


def test_while_a_fact_is_cleaned_up_after(run: Any, s3vectors_server: S3VectorsServer) -> None:
    press(s3vectors_server, "DeleteIndex", INT)
    assert run()[0] == 130
    assert names(s3vectors_server.mock) == []


def test_while_the_report_is_written(
    run: Any, s3vectors_server: S3VectorsServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It is a second time, by somebody who does not see that the facts have ended."""

    def interrupted(report: Any) -> str:
        signal.raise_signal(INT)
        return page_of(report)

    monkeypatch.setattr("mock_s3vectors.parity.files.page_of", interrupted)
    press(s3vectors_server, "PutVectors", INT)
    status, _, said = run("--report", str(tmp_path / "report.json"))
    assert (status, said.endswith(ONCE_MORE)) == (130, True)
    assert (tmp_path / "report.md").read_text().startswith("# Facts of S3 Vectors")


def test_a_third_time_leaves_what_there_is(run: Any, s3vectors_server: S3VectorsServer) -> None:
    press(s3vectors_server, "PutVectors", INT)
    press(s3vectors_server, "DeleteVectorBucket", INT)
    press(s3vectors_server, "DeleteVectorBucket", INT, after=1)
    status, _, said = run()
    assert status == 3
    left = re.findall("The vector bucket (.*) is left: this stopped", said)
    assert set(names_of_all(s3vectors_server)) <= set(left)
    assert "Cleaning up was stopped, so there may be more vector buckets.\nTo try again:\n" in said
    assert main(said.split("To try again:\n    mock-s3vectors ")[1].split()) == 0
    assert names(s3vectors_server.mock) == []


def names_of_all(server: S3VectorsServer) -> list[str]:
    return [row.split()[2] for row in str(server.mock.describe()).splitlines() if row[:1].isdigit()]


def test_a_real_process(s3vectors_server: S3VectorsServer) -> None:
    """It counts on a mock of its own, and Ctrl+C comes when it has a bucket and an index."""
    s3vectors_server.mock.on("PutVectors").delay(5, optional=True)
    words = ["parity", "--endpoint-url", s3vectors_server.url, "--only", "put-no-metadata"]
    program = subprocess.Popen(
        [sys.executable, "-m", "mock_s3vectors", *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_for(lambda: s3vectors_server.mock.calls.of("CreateIndex") or program.poll() is not None)
    program.send_signal(INT)
    lines, said = program.communicate(timeout=20)
    assert (program.returncode, lines.partition("\n")[0]) == (130, "Facts: 0 hold, 0 differ, 1 not asked."), (
        said
    )
    assert "Traceback" not in said
    assert names(s3vectors_server.mock) == []
