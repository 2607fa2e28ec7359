"""The service that facts are asked of: the mock, unless an option of this folder names another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.parity.counting import mock_as_aws, unbounded
from mock_s3vectors.parity.facts import FACTS
from mock_s3vectors.parity.running import Run, new_prefix
from mock_s3vectors.parity.target import target_of_mock
from tests.parity.elsewhere import Elsewhere
from tests.parity.marks import faults_of, mark_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
ELSEWHERE = pytest.StashKey[Elsewhere]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("parity", "facts of Amazon S3 Vectors (tests/parity)")
    group.addoption("--aws", action="store_true", help="Ask AWS, with your own credentials; it costs money.")
    group.addoption("--endpoint-url", metavar="URL", help="Ask the server at this URL.")
    group.addoption("--region", metavar="REGION", help="The Region (default: the profile's).")
    group.addoption("--profile", metavar="NAME", help="The profile of AWS's configuration to call with.")
    group.addoption("--yes", action="store_true", help="Ask without a confirmation.")
    group.addoption(
        "--report",
        metavar="FILE",
        type=Path,
        default=Path("parity-report.json"),
        help="The report on AWS or a server; a page in Markdown is beside it (default: parity-report.json).",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Without this folder on the command line, pytest knows none of the options when it reads that.
    if not (config.getoption("--aws", default=False) or config.getoption("--endpoint-url", default=None)):
        return
    if hasattr(config, "workerinput") or config.getoption("numprocesses", None):
        raise pytest.UsageError("Facts are asked one after another on AWS or a server: leave -n out.")
    config.stash[ELSEWHERE] = elsewhere = Elsewhere(config)
    config.pluginmanager.register(elsewhere, "elsewhere")


def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    """Check the marks of this folder; leave out tests of the mock alone if another service is asked."""
    own = [item for item in items if FOLDER in item.path.parents]
    faults = faults_of(own)
    if faults:
        raise pytest.UsageError("\n".join(faults))
    elsewhere = config.stash.get(ELSEWHERE, None)
    if elsewhere is not None:
        left_out = [item for item in own if mark_of(item) == "mock_only"]
        elsewhere.leave_out(left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="module")
def run(request: pytest.FixtureRequest) -> Iterator[Run]:
    """A run of facts, of the mock if no option says otherwise."""
    elsewhere = request.config.stash.get(ELSEWHERE, None)
    if elsewhere is not None:
        yield elsewhere.run
        return
    with mock_as_aws():
        run = Run(target_of_mock(), new_prefix(), unbounded(FACTS))
        run.open()
        yield run
        assert run.close() == []
