"""The pytest plugin: fixtures and a marker. Importing it loads next to nothing that pytest has not loaded.

The fixture `s3vectors_client` gives a test a boto3 client on its own mock, and `s3vectors_server` an HTTP
server for all other clients. `@pytest.mark.s3vectors(search_engine="hnsw")` sets the options of that mock;
the path of `state` is relative to pytest's rootdir there, and in the ini file.

The ini file sets the options of all mocks (`s3vectors_options`), and has calls outside of them refused
(`s3vectors_guard`). The report of a failed test shows its last calls. `--s3vectors-policy=FILE` writes the
smallest policy with which all calls of the run can be made.

pytest imports the plugin in every run, so the parts of the package are imported where a test needs them.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

import mock_s3vectors
from mock_s3vectors.mocking.recording import LISTENING, Recording

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractContextManager

    from types_boto3_s3vectors import S3VectorsClient

    from mock_s3vectors import MockS3Vectors, S3VectorsServer
    from mock_s3vectors.mocking.stack import MockStack

_MARKER = "s3vectors"
_FIXTURE = "s3vectors_mock"
_OPTIONS = "s3vectors_options"
_GUARD = "s3vectors_guard"
_POLICY = "--s3vectors-policy"
_CALLS_SHOWN = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    """Register the settings of the ini file, and the option of the command line."""
    parser.getgroup("mock_s3vectors").addoption(
        _POLICY,
        metavar="FILE",
        help="Write the smallest IAM policy that allows the calls of S3 Vectors of all tests, in JSON.",
    )
    parser.addini(
        _OPTIONS, "Options of all mocks of mock_s3vectors, as in search_engine=hnsw.", type="args", default=[]
    )
    parser.addini(_GUARD, "Refuse calls of S3 Vectors while no mock is on.", type="bool", default=False)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Obey the ini file before any code of the tests runs."""
    _obey(early_config)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker. Obey the ini file, if a conftest has loaded the plugin."""
    config.addinivalue_line(
        "markers",
        "s3vectors(**options): mock Amazon S3 Vectors in the test, with these options of mock_s3vectors.",
    )
    _obey(config)
    file = config.getoption(_POLICY, None)
    if file is not None:
        _write_policy(config, file)


_LISTENER = pytest.StashKey[Any]()


def _write_policy(config: pytest.Config, file: str) -> None:
    """Write the policy of all calls from now on to a file, at the end of the run.

    Raises:
        pytest.UsageError: it cannot be written.
    """
    from mock_s3vectors.mocking.policy_file import PolicyFile  # noqa: PLC0415 - in runs with the option only

    plugin = PolicyFile(config, config.invocation_params.dir / file)
    config.pluginmanager.register(plugin, _POLICY)
    config.add_cleanup(partial(setattr, LISTENING, "listener", LISTENING.listener))
    # Tests have recordings, which pass calls on.
    LISTENING.listener = config.stash[_LISTENER] = plugin.note


_OBEYED = pytest.StashKey[bool]()


def _obey(config: pytest.Config) -> None:
    """Do what the ini file says until the run ends. Then the settings of a run around it hold again.

    Raises:
        pytest.UsageError: a setting is invalid.
    """
    if _OBEYED in config.stash:
        return
    config.stash[_OBEYED] = True
    words = [word for entry in _setting(config, _OPTIONS) for word in entry.split()]
    is_guarded = _setting(config, _GUARD)
    # With no setting, all holds already, unless there is a run around this one.
    if words or is_guarded or _stack() is not None:
        _set(config, words, is_guarded=is_guarded)


def _set(config: pytest.Config, words: list[str], *, is_guarded: bool) -> None:
    """Set the options of all mocks, and the guard, until the run ends.

    Raises:
        pytest.UsageError: an option is invalid.
    """
    from mock_s3vectors.config import Config, read_options  # noqa: PLC0415 - in runs with settings only
    from mock_s3vectors.mocking.stack import STACK  # noqa: PLC0415 - the same

    try:
        defaults = Config(**_from_root(config, read_options(words, _OPTIONS)))
    except mock_s3vectors.UsageError as error:
        raise pytest.UsageError(str(error)) from None
    config.add_cleanup(partial(setattr, STACK, "defaults", STACK.defaults))
    STACK.defaults = defaults
    if is_guarded:
        run = ExitStack()
        config.add_cleanup(run.close)
        run.enter_context(STACK.guard())


def _stack() -> MockStack | None:
    """Return the stack of mocks; None if nobody has loaded it, and so no mock has ever been on."""
    return getattr(sys.modules.get("mock_s3vectors.mocking.stack"), "STACK", None)


def _setting(config: pytest.Config, name: str) -> Any:
    """Return the value of a setting of the ini file, in the type that it is registered with.

    Raises:
        pytest.UsageError: it is a switch that is neither true nor false, or lacks a quotation mark.
    """
    try:
        return config.getini(name)
    except (TypeError, ValueError, pytest.UsageError) as error:  # pytest raises the last one since 9.2
        raise pytest.UsageError(f"{name}: {error}") from None


@pytest.fixture
def s3vectors_mock(request: pytest.FixtureRequest) -> Iterator[MockS3Vectors]:
    """Yield a mock that is on during the test; `@pytest.mark.s3vectors(...)` sets its options."""
    from mock_s3vectors.mocking.property_tests import isolate_examples  # noqa: PLC0415 - for users only

    isolate_examples(request.function)
    with mock_s3vectors.mock_s3vectors(**_options(request.node)) as mock:
        yield mock


@pytest.fixture
def s3vectors_client(s3vectors_mock: MockS3Vectors) -> S3VectorsClient:  # noqa: ARG001 - switches it on
    """Return a boto3 client on the mock, in the Region of the environment or us-east-1."""
    import boto3  # noqa: PLC0415 - half a second for those who never ask for a client
    from botocore.config import Config  # noqa: PLC0415 - the same

    from mock_s3vectors.protocol.partitions import default_region  # noqa: PLC0415 - the same

    # An endpoint that the environment names may be a local server, which the mock leaves alone.
    config = Config(ignore_configured_endpoint_urls=True)  # type: ignore[call-arg] # missing in the stubs
    return boto3.client("s3vectors", region_name=default_region(), config=config)


@pytest.fixture
def s3vectors_server(s3vectors_mock: MockS3Vectors) -> Iterator[S3VectorsServer]:  # noqa: ARG001 - its state
    """Yield an HTTP server that shares the mock's state, for child processes and other languages."""
    with mock_s3vectors.s3vectors_server() as server:
        yield server


def _options(node: pytest.Item) -> Any:
    """Return the options of all markers on a test, its class and its module; the closest one wins."""
    options: dict[str, Any] = {}
    for marker in node.iter_markers(_MARKER):
        if marker.args:
            if isinstance(marker.args[0], mock_s3vectors.Config):
                raise mock_s3vectors.UsageError(
                    "@pytest.mark.s3vectors was given a Config without a name: did you mean config=?"
                )
            raise mock_s3vectors.UsageError(
                f"@pytest.mark.s3vectors was given {marker.args!r}: name its options, "
                'as in @pytest.mark.s3vectors(search_engine="hnsw").'
            )
        options = {**marker.kwargs, **options}
    return _from_root(node.config, options)


def _from_root(config: pytest.Config, options: dict[str, Any]) -> dict[str, Any]:
    """Return options with a state file whose path is absolute, wherever pytest was started."""
    state = options.get("state")
    return options if state is None else {**options, "state": config.rootpath / state}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mock a marked test, whether or not it names the fixture, and a test of a decorated class."""
    _mock_class_of(item)
    if not item.get_closest_marker(_MARKER):
        return
    from mock_s3vectors import neighbours  # noqa: PLC0415 - for users only

    names = neighbours.fixture_names(item)
    if names is not None:
        others = [name for name in names if name != _FIXTURE]
        # First of those that are made for each test: what other tests share must not be made inside the mock.
        shared = sum(neighbours.is_shared_fixture(item, name) for name in others)
        neighbours.set_fixture_names(item, [*others[:shared], _FIXTURE, *others[shared:]])


class _Run:
    """A class or a test while it runs: its mocks are on from its first fixture to its last clean-up."""

    def __init__(
        self, node: pytest.Item | pytest.Collector, block: Callable[[], AbstractContextManager[object]]
    ) -> None:
        self._block = block
        self._on = ExitStack()
        self._has_begun = False
        self._teardown = node.teardown
        # pytest calls this after the clean-ups of all fixtures.
        node.teardown = self._end  # type: ignore[method-assign] # no hook of pytest comes after them

    def begin(self) -> None:
        """Switch the mocks on, unless they are on already."""
        if not self._has_begun:
            self._on.enter_context(self._block())
            self._has_begun = True

    def _end(self) -> None:
        try:
            self._teardown()
        finally:
            self._has_begun = False
            self._on.close()


_RUN = pytest.StashKey[_Run]()


def _mock_class_of(item: pytest.Item) -> None:
    """Have a test's class run in its mocks, and the test in a savepoint, if the class is decorated."""
    if "mock_s3vectors.mocking.classes" not in sys.modules:
        return  # no class is
    from mock_s3vectors.mocking.classes import class_run, mocks_of  # noqa: PLC0415 - it is loaded
    from mock_s3vectors.mocking.stack import STACK  # noqa: PLC0415 - the same

    is_mocked = False
    for node in item.listchain():
        if isinstance(node, pytest.Class):
            is_mocked = is_mocked or bool(mocks_of(node.obj))
            if is_mocked and _RUN not in node.stash:
                node.stash[_RUN] = _Run(node, partial(class_run, node.obj))
    if is_mocked:
        item.stash[_RUN] = _Run(item, STACK.savepoint)


def _begin(node: pytest.Item | pytest.Collector) -> None:
    """Switch on the mocks that a class and a test run in, for a fixture or for the test itself."""
    for around in node.listchain():
        if _RUN in around.stash:
            around.stash[_RUN].begin()


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """Run the fixtures of a decorated class's tests inside its mock, like the tests themselves."""
    if fixturedef.scope in ("function", "class"):
        _begin(request.node)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Run a test without fixtures inside the mock of its class, too."""
    _begin(item)


_CALLS = pytest.StashKey[Recording]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Record the calls of a test, from its first fixture to its last clean-up."""
    outer = LISTENING.listener
    recording = Recording(_CALLS_SHOWN, item.config.stash.get(_LISTENER, None))
    LISTENING.listener = item.stash[_CALLS] = recording
    try:
        return (yield)
    finally:
        LISTENING.listener = outer
        del item.stash[_CALLS]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Forget the calls of an earlier run of the same test."""
    if _CALLS in item.stash:
        item.stash[_CALLS].clear()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let the mocks that are on know of a test that was cut short, and show the calls of a failed one."""
    report = yield
    if _is_cut_short(call):
        _mark_failed()
    calls = item.stash[_CALLS].recent_calls() if report.failed and _CALLS in item.stash else []
    if calls:
        report.sections.append(("S3 Vectors calls", "\n".join(calls)))
    return report


def _is_cut_short(call: pytest.CallInfo[None]) -> bool:
    """Return whether a phase of a test raised. A test that is skipped in its set-up has hardly begun."""
    if call.excinfo is None:
        return False
    is_left_out = isinstance(call.excinfo.value, (pytest.skip.Exception, pytest.xfail.Exception))
    return call.when == "call" or not is_left_out


def pytest_keyboard_interrupt() -> None:
    """Let the mocks that are on know that the run ends early."""
    _mark_failed()


def _mark_failed() -> None:
    stack = _stack()
    if stack is not None:
        stack.mark_failed()
