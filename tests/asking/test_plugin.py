"""`pytest tests/parity --aws` and `--endpoint-url`: announced, cleaned up, reported; the marks of facts."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.parity import target
from tests.asking.conftest import FACTS, bounds, names
from tests.asking.test_interrupts import press
from tests.parity import conftest, elsewhere
from tests.parity.marks import faults_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import S3VectorsServer

CONFTEST = """
from tests.parity.conftest import pytest_addoption, pytest_collection_modifyitems, pytest_configure, run
"""
TESTS = """
import pytest
from tests.asking.conftest import FACTS
from tests.parity import test_facts

@pytest.mark.aws
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_a_fact(fact, run, request):
    test_facts.test_a_fact(fact, run, request)

@pytest.mark.mock_only("Nobody can set the clock of AWS.")
def test_a_clock():
    pass
"""


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder of facts, as `tests/parity` is."""
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(TESTS)
    pytester.makeini(
        "[pytest]\naddopts = -p no:xdist --strict-markers\nmarkers =\n  aws: a\n  mock_only(reason): b\n"
    )
    monkeypatch.setattr(conftest, "FOLDER", pytester.path)
    monkeypatch.setattr(conftest, "FACTS", FACTS)
    monkeypatch.setattr(elsewhere, "count", bounds)
    monkeypatch.setattr("time.sleep", lambda _: None)
    return pytester


@pytest.fixture
def ask(folder: pytest.Pytester, s3vectors_server: S3VectorsServer) -> Callable[..., pytest.RunResult]:
    """Runs pytest in that folder, against a server."""
    return lambda *words: folder.runpytest_inprocess("--endpoint-url", s3vectors_server.url, *words)


def test_the_mock(folder: pytest.Pytester) -> None:
    folder.runpytest_inprocess().assert_outcomes(passed=4)
    assert not (folder.path / "parity-report.json").exists()


def test_a_server(ask: Any, folder: pytest.Pytester, s3vectors_server: S3VectorsServer) -> None:
    result = ask("-rs")
    result.assert_outcomes(passed=3, deselected=1)
    result.stdout.fnmatch_lines(
        [
            f"{s3vectors_server.url}, Region us-east-1",
            "3 facts. All vector buckets are named parity-*..., and are deleted in the end.",
            "At most 500 requests, each attempt counted, and 120 vectors.",
            "Not asked, because only the mock can be asked:",
            "test_a_server.py::test_a_clock: Nobody can set the clock of AWS.",
            "The report is in */parity-report.json, and as a page in */parity-report.md.",
        ]
    )
    report = json.loads((folder.path / "parity-report.json").read_text())
    assert [fact["result"] for fact in report["facts"]] == ["holds"] * 3
    assert (folder.path / "parity-report.md").exists()
    assert names(s3vectors_server.mock) == []


def test_a_server_with_faults(ask: Any, folder: pytest.Pytester, s3vectors_server: S3VectorsServer) -> None:
    mock = s3vectors_server.mock
    mock.disconnect("CreateVectorBucket", applied=True, times=2)
    mock.fail(["DeleteVectorBucket", "ListVectorBuckets"], "ServiceUnavailableException", times=4, after=1)
    mock.on("CreateIndex").delay(0.01)
    mock.fail("GetIndex", "InternalServerException")
    result = ask("-rs", "--report", "another.json")
    result.assert_outcomes(passed=2, skipped=1, deselected=1)
    result.stdout.fnmatch_lines(["SKIPPED *: GetIndex failed: InternalServerException: *"])
    report = json.loads((folder.path / "another.json").read_text())
    assert [fact["result"] for fact in report["facts"]] == ["holds", "holds", "not asked"]
    assert names(mock) == []


def test_a_difference_fails(ask: Any, folder: pytest.Pytester, s3vectors_server: S3VectorsServer) -> None:
    s3vectors_server.mock.on("ListVectorBuckets").answer({"vectorBuckets": []}, times=1, after=1)
    result = ask("-k", "list-order")
    result.assert_outcomes(failed=1, deselected=3)
    report = json.loads((folder.path / "parity-report.json").read_text())
    assert [fact["result"] for fact in report["facts"]] == ["differs"]
    assert names(s3vectors_server.mock) == []


def test_something_is_left(ask: Any, s3vectors_server: S3VectorsServer) -> None:
    denied = s3vectors_server.mock.fail("DeleteVectorBucket", "AccessDeniedException", "No.", after=2)
    result = ask()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "The vector bucket parity-*-shared is left: DeleteVectorBucket: AccessDeniedException: No.",
            "To try again:",
            "    mock-s3vectors parity --clean-up parity-*- --region us-east-1 --endpoint-url http://127.*",
        ]
    )
    denied.remove()


def test_an_interruption(
    ask: Any, folder: pytest.Pytester, s3vectors_server: S3VectorsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # pytest 9.2 sometimes fails to format the traceback, which leads into the middle of a call.
    for formatting in ("pytest_keyboard_interrupt", "_report_keyboardinterrupt"):
        monkeypatch.setattr(f"_pytest.terminal.TerminalReporter.{formatting}", lambda *_: None)
    press(s3vectors_server, "PutVectors", signal.SIGTERM)
    assert ask().ret == pytest.ExitCode.INTERRUPTED
    report = json.loads((folder.path / "parity-report.json").read_text())
    assert [fact["reason"] for fact in report["facts"]] == ["the run was interrupted"] * 3
    assert names(s3vectors_server.mock) == []


def test_nobody_answers(folder: pytest.Pytester) -> None:
    result = folder.runpytest_inprocess("--endpoint-url", "http://127.0.0.1:9")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: No fact can be asked: EndpointConnectionError: *"])
    result.stdout.no_fnmatch_line("*is left*")
    assert not list(folder.path.glob("parity-report.*"))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_report_that_cannot_be_written(ask: Any, folder: pytest.Pytester, s3vectors_server: Any) -> None:
    result = ask("--report", "missing/report.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --report */missing/report.json: there is no folder */missing."])
    assert len(s3vectors_server.mock.calls) == 0
    page = folder.path / "parity-report.md"
    s3vectors_server.mock.on("GetIndex", when=lambda _: page.mkdir()).delay(0, optional=True)
    result = ask()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["--report * cannot be written: Is a directory.", "{", '  "format": *'])
    result.stdout.no_fnmatch_line("The report is in *")
    assert names(s3vectors_server.mock) == []


def test_only_looking(ask: Any, folder: pytest.Pytester, s3vectors_server: S3VectorsServer) -> None:
    ask("--collect-only")
    assert len(s3vectors_server.mock.calls) == 0
    assert not (folder.path / "parity-report.json").exists()


def test_no_terminal(ask: Any, s3vectors_server: S3VectorsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "is_loopback", lambda _: False)
    result = ask()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    text = "There is no terminal to confirm this on, so nothing was asked: give --yes."
    result.stderr.fnmatch_lines([f"ERROR: {text}"])
    assert len(s3vectors_server.mock.calls) == 0
    ask("--yes").assert_outcomes(passed=3, deselected=1)


def test_aws_without_a_region(folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(folder.path / "none"))
    result = folder.runpytest_inprocess("--aws")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: Nothing says in which Region of AWS to ask: *"])


def test_two_services(ask: Any, s3vectors_server: S3VectorsServer) -> None:
    result = ask("--aws")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --aws and --endpoint-url name two services: leave one of them out."])
    assert len(s3vectors_server.mock.calls) == 0


def test_several_processes(folder: pytest.Pytester) -> None:
    folder.makeini("[pytest]\n")
    result = folder.runpytest_inprocess("--aws", "-n", "2")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: Facts are asked one after another on AWS or a server: leave -n out."]
    )


# --- marks

EITHER = 'a fact has one mark, either @pytest.mark.aws or @pytest.mark.mock_only("why").'
FORM = 'the mark is @pytest.mark.aws or @pytest.mark.mock_only("why").'


@pytest.mark.parametrize(
    ("marks", "fault"),
    [
        ("@pytest.mark.aws", ""),
        ("@pytest.mark.mock_only('why')", ""),
        ("", EITHER),
        ("@pytest.mark.aws\n@pytest.mark.mock_only('why')", EITHER),
        ("@pytest.mark.aws\n@pytest.mark.aws", EITHER),
        ("@pytest.mark.mock_only", FORM),
        ("@pytest.mark.mock_only('')", FORM),
        ("@pytest.mark.mock_only(reason='why')", FORM),
        ("@pytest.mark.aws('why')", FORM),
    ],
)
def test_marks(pytester: pytest.Pytester, marks: str, fault: str) -> None:
    item = pytester.getitem(f"import pytest\n{marks}\ndef test_it(): pass", "test_it")
    assert faults_of([item]) == ([f"{item.nodeid}: {fault}"] if fault else [])


def test_a_test_without_a_mark_ends_the_collection(folder: pytest.Pytester) -> None:
    folder.makepyfile(test_more="def test_it(): pass")
    result = folder.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: test_more.py::test_it: {EITHER}"])
