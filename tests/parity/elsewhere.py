"""Facts that pytest asks of AWS or of a server: announced before, cleaned up and reported in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.parity.counting import count
from mock_s3vectors.parity.files import check_report, text_of, write_report
from mock_s3vectors.parity.interrupts import Interrupts
from mock_s3vectors.parity.report import Environment, report_of
from mock_s3vectors.parity.running import Outcome, Run, new_prefix
from mock_s3vectors.parity.session import INTERRUPTED, announcement, check_confirmed, how_to_clean_up
from mock_s3vectors.parity.target import target_of
from tests.parity.marks import reason_of

if TYPE_CHECKING:
    from pathlib import Path

    from mock_s3vectors.parity.fact import Fact


class Elsewhere:
    """A plugin of pytest.

    Its clients are made before the first test, so they have the credentials of the user, which a fixture of
    all tests takes out of the environment.

    Attributes:
        outcomes: of each fact that a test has asked.
    """

    run: Run

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._facts: list[Fact] = []
        self._left_out: list[str] = []
        self._left: list[str] = []
        self._interrupts = Interrupts(self._say)
        self._target = target_at(config)
        self._report = report_at(config)
        self._has_report = False
        self._prefix = new_prefix()
        self.outcomes: dict[str, Outcome] = {}

    def leave_out(self, items: list[pytest.Item]) -> None:
        """Leave out tests that only the mock can be asked."""
        self._config.hook.pytest_deselected(items=items)
        self._left_out = [f"{item.nodeid}: {reason_of(item)}" for item in items]

    # --- hooks

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Announce the run, have it confirmed, and make what facts share."""
        items: list[Any] = session.items
        self._facts = [item.callspec.params["fact"] for item in items if item.get_closest_marker("aws")]
        if not self._facts or self._config.getoption("collectonly"):
            return
        bounds = count(self._facts)
        for line in announcement(self._target, self._prefix, bounds):
            self._say(line)
        try:
            check_confirmed(self._target, yes=self._config.getoption("--yes"), ask=self._ask)
            self._interrupts.__enter__()
            self.run = Run(self._target, self._prefix, bounds)
            self._has_report = True
            self.run.open()
        except UsageError as error:
            self._has_report = False
            raise pytest.UsageError(str(error)) from None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Remove all that facts have made, and write the report."""
        if hasattr(self, "run"):
            self._interrupts.hold()
            self._left = self.run.close()
        is_written = not self._has_report or self._write_report()
        self._interrupts.__exit__()
        if (self._left or not is_written) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _write_report(self) -> bool:
        """Write the report, or show it if it cannot be written; return whether it was."""
        missing = self.run.stopped or INTERRUPTED
        outcomes = [
            self.outcomes.get(fact.id) or Outcome(fact, "not asked", reason=missing) for fact in self._facts
        ]
        report = report_of(outcomes, Environment.now(self._target))
        try:
            write_report(report, self._report)
        except UsageError as error:
            self._has_report = False
            self._say("", str(error), *text_of(report).splitlines())
            return False
        return True

    def pytest_terminal_summary(self) -> None:
        """Say what was left out, what is left, and where the report is."""
        if self._left_out:
            self._say("Not asked, because only the mock can be asked:", *self._left_out)
        if self._has_report:
            self._say(f"The report is in {self._report}, and as a page in {self._report.with_suffix('.md')}.")
        if self._left:
            again = how_to_clean_up(self._target, self._prefix, self._config.getoption("--profile"))
            self._say(*self._left, "To try again:", f"    {again}")

    # --- the terminal

    def _say(self, *lines: str) -> None:
        reporter: Any = self._config.pluginmanager.get_plugin("terminalreporter")
        for line in lines:
            reporter.write_line(line)

    def _ask(self, question: str) -> str:
        """Ask on the terminal, whose input pytest keeps from tests."""
        self._say(question)
        capturing: Any = self._config.pluginmanager.get_plugin("capturemanager")
        capturing.suspend_global_capture(in_=True)
        try:
            return input()
        finally:
            capturing.resume_global_capture()


def target_at(config: pytest.Config) -> Any:
    """The service that options name, if they name a report that can be written."""
    if config.getoption("--aws") and config.getoption("--endpoint-url"):
        raise pytest.UsageError("--aws and --endpoint-url name two services: leave one of them out.")
    words = {name: config.getoption(f"--{name}") for name in ("region", "profile")}
    try:
        check_report(report_at(config))
        return target_of(endpoint=config.getoption("--endpoint-url"), **words)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


def report_at(config: pytest.Config) -> Path:
    """The file of the report."""
    path: Path = config.invocation_params.dir / config.getoption("--report")
    return path
