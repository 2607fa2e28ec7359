"""The ini option `s3vectors_options`: the options of all mocks of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import Config
from mock_s3vectors.config import read_options
from mock_s3vectors.mocking.stack import STACK
from tests.activation.test_plugin import run

if TYPE_CHECKING:
    from tests.activation.test_plugin import Run

__all__ = ["run"]  # a fixture


def setting(text: str) -> tuple[str, str]:
    return "-o", f"s3vectors_options={text}"


EVERY_MOCK = """
from tests.activation.prelude import account

def test_fixture(s3vectors_mock):
    assert account() == "111122223333"
    assert s3vectors_mock.config.search_engine == "hnsw"

@pytest.mark.s3vectors
def test_marker():
    assert account() == "111122223333"

@mock_s3vectors
def test_decorated():
    assert account() == "111122223333"

def test_block():
    with mock_s3vectors() as mock:
        assert account() == "111122223333"
        assert (mock.config.search_engine, mock.config.hnsw_m) == ("hnsw", 8)

@mock_s3vectors
class TestClass:
    def test(self):
        assert account() == "111122223333"

@mock_s3vectors
class TestCase(unittest.TestCase):
    def test(self):
        assert account() == "111122223333"

def test_server():
    from mock_s3vectors import s3vectors_server
    with s3vectors_server() as server:
        client = __import__("boto3").client("s3vectors", region_name="us-east-1", endpoint_url=server.url)
        client.create_vector_bucket(vectorBucketName="bucket")
        found = client.get_vector_bucket(vectorBucketName="bucket")["vectorBucket"]["vectorBucketArn"]
        assert found.split(":")[4] == "111122223333"
"""


@pytest.mark.parametrize(
    ("file", "table", "value"),
    [
        ("pytest.ini", "pytest", "search_engine=hnsw account_id=111122223333 hnsw_m=8"),
        ("tox.ini", "pytest", "\n    search_engine=hnsw\n    account_id=111122223333 hnsw_m=8"),
        (
            "pyproject.toml",
            "tool.pytest.ini_options",
            "'search_engine=hnsw account_id=111122223333 hnsw_m=8'",
        ),
        (
            "pyproject.toml",
            "tool.pytest.ini_options",
            "['search_engine=hnsw', 'account_id=111122223333 hnsw_m=8']",
        ),
    ],
)
def test_they_hold_for_every_mock_of_the_run(
    run: Run, pytester: pytest.Pytester, file: str, table: str, value: str
) -> None:
    pytester.path.joinpath(file).write_text(f"[{table}]\ns3vectors_options = {value}\n")
    run(EVERY_MOCK, "--strict-config", passed=7)
    assert STACK.defaults == Config()


def test_the_options_of_a_mock_win_and_nested_mocks_take_those_around_them(run: Run) -> None:
    run(
        """
from mock_s3vectors import Config
from tests.activation.prelude import account

@pytest.mark.s3vectors(account_id="444455556666")
def test_marker(s3vectors_mock):
    assert account() == "444455556666"
    assert s3vectors_mock.config.hnsw_m == 8
    with mock_s3vectors(hnsw_ef_search=50) as inner:
        assert (account(), inner.config.hnsw_m, inner.config.hnsw_ef_search) == ("444455556666", 8, 50)

@mock_s3vectors(hnsw_m=4)
def test_decorated():
    assert account() == "111122223333"
    assert STACK.current().config.hnsw_m == 4

@mock_s3vectors(config=Config(hnsw_m=4))
def test_a_config_leaves_none_to_the_file():
    assert account() == "123456789012"
""",
        *setting("account_id=111122223333 hnsw_m=8"),
        passed=3,
    )


def test_a_conftest_that_is_loaded_first_has_them_too(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from mock_s3vectors import mock_s3vectors
        with mock_s3vectors() as mock:
            assert mock.config.search_engine == "hnsw"
        """
    )
    run("def test(): ...\n", *setting("search_engine=hnsw"), passed=1)


def test_a_run_inside_a_run_has_its_own(run: Run) -> None:
    run(
        """
pytest_plugins = ["pytester"]

def test_inner(pytester, s3vectors_mock):
    pytester.makepyfile('''
        from mock_s3vectors.mocking.stack import STACK
        def test():
            assert (STACK.defaults.hnsw_m, STACK.defaults.hnsw_ef_search) == (32, 7)
    ''')
    inner = pytester.runpytest_inprocess("-o", "s3vectors_options=hnsw_ef_search=7")
    inner.assert_outcomes(passed=1)
    assert (STACK.defaults.hnsw_m, STACK.defaults.hnsw_ef_search) == (8, 100)
""",
        "-W",
        "ignore",
        *setting("hnsw_m=8"),
        passed=1,
    )


FORM = (
    "s3vectors_options: 'search_engine' is not an option with its value: write name=value, with white space "
    "between options and none inside, as in search_engine=hnsw account_id=111122223333"
)
KNOWN = "Options: account_id, search_engine, hnsw_m, "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "acount_id=111122223333",
            f"s3vectors_options has no option 'acount_id'. Did you mean 'account_id'? {KNOWN}",
        ),
        ("colour=red", f"s3vectors_options has no option 'colour'. {KNOWN}"),
        ("account_id=1", "s3vectors_options: '1' is not an account id: give 12 digits as a string"),
        (
            "search_engine=faiss",
            "s3vectors_options: search_engine='faiss': choose one of flat, hnsw, quantized",
        ),
        (
            "search_engine=None",
            "s3vectors_options: search_engine='None': choose one of flat, hnsw, quantized",
        ),
        ("hnsw_m=many", "s3vectors_options: hnsw_m='many': must be a whole number from 2 to 512, an int"),
        ("hnsw_m=8.5", "s3vectors_options: hnsw_m='8.5': must be a whole number from 2 to 512, an int"),
        ("hnsw_m=1", "s3vectors_options: hnsw_m=1: must be a whole number from 2 to 512, an int"),
        ("index_delay=soon", "s3vectors_options: index_delay='soon': must be a number of seconds, 0 or more"),
        ("index_delay=nan", "s3vectors_options: index_delay=nan: must be a number of seconds, 0 or more"),
        ("advice=yes", "s3vectors_options: advice='yes': must be True or False"),
        ("hnsw_m=8 hnsw_m=9", "s3vectors_options: hnsw_m is given twice: leave one of them out"),
        ("search_engine = hnsw", FORM),
        ("account_id='1", "s3vectors_options: No closing quotation"),
    ],
)
def test_a_wrong_setting_ends_the_run_before_it_begins(run: Run, text: str, message: str) -> None:
    result = run("def test(): ...\n", *setting(text))
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert result.stderr.lines[0].startswith(f"ERROR: {message}")
    assert "Traceback" not in result.stderr.str()


def test_a_conftest_may_load_the_plugin(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini("[pytest]\ns3vectors_options = hnsw_m=8\n")
    pytester.makeconftest('pytest_plugins = ["mock_s3vectors.pytest_plugin"]')
    pytester.makepyfile("def test(s3vectors_mock): assert s3vectors_mock.config.hnsw_m == 8\n")
    pytester.runpytest_inprocess("-W", "ignore").assert_outcomes(passed=1)
    assert STACK.defaults == Config()


def test_values_of_every_type() -> None:
    words = ["account_id=000000000001", "hnsw_m=8", "index_delay=1", "text_build_seconds=0.5", "recall=0.9"]
    words += ["advice=true", "empty_pages=False", "default_index_mode=None"]
    assert read_options(words, "here") == {
        "account_id": "000000000001",
        "hnsw_m": 8,
        "index_delay": 1.0,
        "text_build_seconds": 0.5,
        "recall": 0.9,
        "advice": True,
        "empty_pages": False,
        "default_index_mode": None,
    }
    assert read_options(["default_index_mode=ENHANCED"], "here") == {"default_index_mode": "ENHANCED"}
