"""`pytest --s3vectors-policy=FILE`: the smallest policy that allows the calls of a run, in a file.

With pytest-xdist, the workers send the rights that calls needed along with the reports of tests, and the
controller writes the file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.abridging import plural

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from mock_s3vectors.exchange import Exchange

_SENT = "s3vectors_rights"


class PolicyFile:
    """The plugin of a run that writes a policy, in its only process, in the controller, or in a worker."""

    def __init__(self, config: pytest.Config, path: Path) -> None:
        self._path = path
        self._is_worker = hasattr(config, "workerinput")
        # Actions and resources. Threads add at once, without a lock.
        self._rights: set[tuple[str, str]] = set()
        self._unsent: set[tuple[str, str]] = set()
        self._has_run_tests = False
        if not self._is_worker:
            _check_writable(path)

    def note(self, exchange: Exchange) -> None:
        """Keep the rights that a call needed."""
        from mock_s3vectors.workbench.least_privilege import rights_of  # noqa: PLC0415 - it loads numpy

        for right in rights_of(exchange.record()):
            if right not in self._rights:
                self._rights.add(right)
                self._unsent.add(right)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """In a worker, send the new rights along."""
        report = yield
        if self._is_worker and self._unsent:
            setattr(report, _SENT, [list(self._unsent.pop()) for _ in range(len(self._unsent))])
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note that a test has run; in the controller, take over the rights that a worker sends."""
        self._has_run_tests = True
        self._rights.update((action, resource) for action, resource in getattr(report, _SENT, ()))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the file, however the run has ended, unless it only collected tests, or found none."""
        if self._has_run_tests and not self._is_worker:
            self._path.write_text(json.dumps(self._policy(), indent=2) + "\n", encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say what was written."""
        if not self._has_run_tests:
            terminalreporter.write_line(f"mock_s3vectors: no test ran, so {self._path} was not written")
            return
        actions, resources = ({right[part] for right in self._rights} for part in (0, 1))
        amount = f"{plural(len(actions), 'action')} on {plural(len(resources), 'resource')}"
        terminalreporter.write_line(f"mock_s3vectors: a policy for {amount} was written to {self._path}")

    def _policy(self) -> dict[str, Any]:
        from mock_s3vectors.workbench.least_privilege import policy_of  # noqa: PLC0415 - it loads numpy

        return policy_of(self._rights)


def _check_writable(path: Path) -> None:
    """Raise unless a file can be written, before any test runs.

    Raises:
        pytest.UsageError: it cannot be.
    """
    try:
        is_new = not path.exists()
        path.open("a").close()
        if is_new:
            path.unlink()
    except OSError as error:
        raise pytest.UsageError(f"--s3vectors-policy={path} cannot be written: {error.strerror}") from None
