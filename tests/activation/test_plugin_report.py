"""The report of a failed test: its last calls. And levels know that a test failed in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.activation.test_plugin import program, run

if TYPE_CHECKING:
    from tests.activation.test_plugin import Run

__all__ = ["run"]  # a fixture


def sections(result: pytest.RunResult) -> dict[str, list[str]]:
    """Return the lines of the section of each report, without times, by the name of the test."""
    found: dict[str, list[str]] = {}
    parts = re.split(r"^_{3,} (.*?) _{3,}$", result.stdout.str(), flags=re.MULTILINE)
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        _, is_there, rest = text.partition("S3 Vectors calls")
        lines = rest.split("\n")[1:] if is_there else []
        until = next((at for at, line in enumerate(lines) if re.match("[-=_]{3}|[.]{3}", line)), len(lines))
        found[name] = [re.sub(r"[0-9.]+ ms", "ms", line) for line in lines[:until] if line]
    return found


def created(*names: str) -> list[str]:
    return [f"CreateVectorBucket {name} => 200 in us-east-1, ms" for name in names]


def test_a_failed_test_shows_its_own_calls_and_no_others(run: Run) -> None:
    result = run(program("report_of_calls"), failed=11, passed=3, errors=2, xfailed=1)
    found = sections(result)
    threads = found.pop("test_threads")
    assert found == {
        "test_fixture": created("of-fixture"),
        "test_decorated": created("of-function", "of-inner"),
        "test_without_mock": [],
        "test_passing_unexpectedly": created("of-xpass"),
        "TestClass.test_one": created("of-class", "of-one"),
        "TestClass.test_two": created("of-two"),
        "TestCase.test_case": created("of-set-up", "of-case"),
        "test_shared_two": created("of-shared-two"),
        "ERROR at setup of test_set_up": created("of-set-up-that-fails"),
        "ERROR at teardown of test_clean_up": created("before-clean-up", "of-clean-up"),
        "test_error": [
            "GetIndex films/plots => 404 NotFoundException in us-east-1, ms",
            "ListVectorBuckets => 200 in us-east-1, ms",
            "QueryVectors films/plots => 404 NotFoundException in us-east-1, ms",
        ],
        "test_wrong_names": [
            "GetVectorBucket 'a\\nb' => 400 ValidationException in us-east-1, ms",
            f"GetVectorBucket {'b' * 150} => 400 ValidationException in us-east-1, ms",
        ],
    }
    assert threads[0] == "(5 earlier)"
    assert len(threads) == 21
    assert "of-passing" not in result.stdout.str()


def test_a_test_that_runs_again_shows_the_calls_of_its_last_run(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            runtestprotocol(item, nextitem=nextitem, log=False)
            runtestprotocol(item, nextitem=nextitem)
            return True
        """
    )
    result = run("def test(s3vectors_mock):\n    create('bucket')\n    raise AssertionError\n", failed=1)
    assert sections(result) == {"test": created("bucket")}


def test_a_run_inside_a_test_keeps_its_calls_to_itself(run: Run) -> None:
    result = run(
        """
pytest_plugins = ["pytester"]

@mock_s3vectors
def test_outer(pytester):
    create("before")
    pytester.makepyfile('''
        from tests.activation.prelude import create
        def test(s3vectors_mock):
            create("inner")
    ''')
    pytester.runpytest_inprocess().assert_outcomes(passed=1)
    create("after")
    raise AssertionError
""",
        "-W",
        "ignore",
        failed=1,
    )
    assert sections(result) == {"test_outer": created("before", "after")}


def test_calls_are_forgotten_when_their_test_is_over(run: Run) -> None:
    run(
        """
import gc
import weakref
KNOWN = []

def test_one(s3vectors_mock):
    create("bucket")
    KNOWN.append(weakref.ref(LISTENING.listener))

def test_two():
    gc.collect()
    assert KNOWN[0]() is None
    assert LISTENING.listener.recent_calls() == []
""",
        passed=2,
    )


# --- what levels know ---------------------------------------------------------------------------

ENDED = """
import collections
ENDED = collections.defaultdict(list)

def mock_of(name):
    mock = mock_s3vectors()
    stop = type(STACK).stop

    def stop_and_note(stack, level, **how):
        if level.owner is mock:
            ENDED[name].append(level.has_failed)
        stop(stack, level, **how)

    type(STACK).stop = stop_and_note
    return mock

@pytest.fixture
def each():
    with mock_of("each"):
        yield

@pytest.fixture(scope="module")
def shared():
    with mock_of("shared"):
        yield

@pytest.fixture(autouse=True, scope="session")
def unpatched():
    stop = type(STACK).stop
    yield
    type(STACK).stop = stop

@pytest.fixture
def failing(each):
    raise AssertionError

@pytest.fixture
def skipping(each):
    pytest.skip()
"""


CASE = """
@pytest.mark.usefixtures('each', 'shared')
class Test(unittest.TestCase):
    def test(self): """


@pytest.mark.parametrize(
    ("test", "outcome", "has_failed"),
    [
        ("def test(each, shared): ...", "passed", False),
        ("def test(each, shared): raise AssertionError", "failed", True),
        ("def test(each, shared): pytest.skip()", "skipped", True),
        ("@pytest.mark.xfail\ndef test(each, shared): raise AssertionError", "xfailed", True),
        ("@pytest.mark.xfail\ndef test(each, shared): ...", "xpassed", False),
        ("@pytest.mark.xfail(strict=True)\ndef test(each, shared): ...", "failed", False),
        ("def test(each, shared, failing): ...", "errors", True),
        ("@pytest.mark.xfail\ndef test(each, shared, failing): ...", "xfailed", True),
        ("def test(each, shared, skipping): ...", "skipped", False),
        (f"{CASE}self.fail()", "failed", True),
        (f"{CASE}self.skipTest('no')", "skipped", True),
        (f"{CASE}...", "passed", False),
    ],
)
def test_mocks_of_fixtures_know_whether_a_test_failed_in_them(
    run: Run,
    test: str,
    outcome: str,
    has_failed: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    run(
        f"""{ENDED}
{test}

def test_after():
    assert ENDED["each"] == [{has_failed}]
    assert ENDED["shared"] == []

@pytest.fixture(scope="session", autouse=True)
def at_the_end(unpatched):
    yield
    assert ENDED == {{"each": [{has_failed}], "shared": [{has_failed}]}}
""",
        **({outcome: 1, "passed": 1} if outcome != "passed" else {"passed": 2}),
    )


@pytest.mark.parametrize("base", ["", "(unittest.TestCase)"])
def test_mocks_of_classes_know_it_too(run: Run, base: str) -> None:
    run(
        f"""{ENDED}
@mock_of("first")
class TestFirst{base}:
    def test_passing(self):
        assert not any(level.has_failed for level in STACK.current().around())
    def test_that_fails(self):
        raise AssertionError
    def test_this_too(self):
        inner, outer = STACK.current().around()
        assert (inner.has_failed, outer.has_failed) == (False, True)

@mock_of("second")
class TestSecond{base}:
    @pytest.mark.skip
    def test_skipped(self): ...
    def test_passing(self): ...

def test_after():
    assert ENDED == {{"first": [True], "second": [False]}}
""",
        passed=4,
        failed=1,
        skipped=1,
    )


def test_mocks_know_of_an_interruption(run: Run) -> None:
    result = run(
        f"""{ENDED}
def test(each, shared):
    pytest.exit('enough')

@pytest.fixture(scope="session", autouse=True)
def at_the_end(unpatched):
    yield
    print("AT THE END", dict(ENDED))
""",
        "-s",
    )
    result.stdout.fnmatch_lines(["*AT THE END {'each': [[]True], 'shared': [[]True]}*"])
