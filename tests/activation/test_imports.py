"""The effects of importing, each seen in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import mock_s3vectors
from tests.support.helpers import PLAIN_RUN

HEAVY = (
    *("numpy", "faiss", "boto3", "botocore", "orjson", "regex", "Stemmer", "moto", "hypothesis"),
    *("requests", "responses", "aiobotocore", "aiohttp", "starlette", "uvicorn"),
)
# All that a run of pytest loads that has no use for a mock.
LIGHT = [f"mock_s3vectors.{name}" for name in ("loading", "mocking", "mocking.recording", "pytest_plugin")]
KEYS = 'aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1"'
PROGRAMS = Path(__file__).with_name("programs")


def run(program: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", dedent(program)],
        cwd=Path(mock_s3vectors.__file__).parents[1],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "module", ["mock_s3vectors", "mock_s3vectors.pytest_plugin", "mock_s3vectors.transfer"]
)
def test_importing_loads_nothing_heavy(module: str) -> None:
    run(f"""
        import sys, pytest, _pytest.fixtures
        before = set(sys.modules)
        import {module}
        loaded = {{name.split(".")[0] for name in set(sys.modules) - before}}
        assert not loaded & {set(HEAVY)!r}, loaded
    """)


@pytest.mark.usefixtures("no_coverage")
def test_a_pytest_run_without_s3vectors_loads_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        dedent(f"""
            import sys
            def test_nothing(tmp_path):
                assert "mock_s3vectors.pytest_plugin" in sys.modules
                loaded = {{name.split(".")[0] for name in sys.modules}} & {set(HEAVY)!r}
                assert not loaded, loaded
                ours = {{name for name in sys.modules if name.startswith("mock_s3vectors.")}}
                assert ours == {set(LIGHT)!r}
        """)
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:hypothesispytest", *PLAIN_RUN]
    # No other plugins: hypothesis and others import numpy when it is there.
    plugin = ["-p", "mock_s3vectors.pytest_plugin"]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, *plugin, str(tmp_path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.usefixtures("no_coverage")
def test_a_mock_that_nobody_loads_before_a_test_calls_it_is_in_the_report(tmp_path: Path) -> None:
    (tmp_path / "test_late.py").write_text(
        dedent("""
            import sys
            def test_late():
                assert "mock_s3vectors.mocking.stack" not in sys.modules
                import boto3
                from mock_s3vectors import mock_s3vectors
                with mock_s3vectors():
                    boto3.client("s3vectors", region_name="us-east-1").list_vector_buckets()
                    raise AssertionError
        """)
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            *PLAIN_RUN,
            "-p",
            "mock_s3vectors.pytest_plugin",
            str(tmp_path),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "S3 Vectors calls" in done.stdout
    assert "ListVectorBuckets => 200" in done.stdout


def test_each_public_name_is_there_when_it_is_asked_for() -> None:
    run("""
        import sys, mock_s3vectors
        public = mock_s3vectors.__all__
        assert set(public) <= set(dir(mock_s3vectors)) and "mock_s3vectors.mocking.mock" not in sys.modules
        for name in public:
            found = getattr(mock_s3vectors, name)
            assert name == "__version__" or found.__name__ == name
            assert getattr(mock_s3vectors, name) == found
        try:
            mock_s3vectors.no_such_name
        except AttributeError as error:
            assert str(error) == "module 'mock_s3vectors' has no attribute 'no_such_name'"
        else:
            raise AssertionError
    """)


@pytest.mark.usefixtures("no_coverage")
def test_whoever_loads_the_stack_opens_the_doors() -> None:
    run(f"""
        import mock_s3vectors.mocking.stack, boto3
        from mock_s3vectors.mocking.mock import mock_s3vectors
        with mock_s3vectors():
            boto3.client("s3vectors", {KEYS}).create_vector_bucket(vectorBucketName="bucket")
    """)


def test_the_plugin_is_an_entry_point() -> None:
    from importlib.metadata import entry_points

    (found,) = [entry for entry in entry_points(group="pytest11") if entry.name == "mock_s3vectors"]
    assert found.value == "mock_s3vectors.pytest_plugin"


@pytest.mark.usefixtures("no_coverage")
@pytest.mark.parametrize(
    "order",
    [
        "import mock_s3vectors, boto3",
        "import boto3, mock_s3vectors",
        "import botocore.session, mock_s3vectors, boto3",
        "import mock_s3vectors; import botocore.handlers; import boto3",
        # Both names are in the module that is imported, and its loader still says what it loads.
        "import mock_s3vectors, botocore.handlers, inspect, boto3; inspect.getsource(botocore.handlers)",
    ],
)
def test_the_order_of_imports_does_not_matter(order: str) -> None:
    run(f"""
        {order}
        client = boto3.client("s3vectors", {KEYS})
        with mock_s3vectors.mock_s3vectors():
            client.create_vector_bucket(vectorBucketName="bucket")
            assert len(client.list_vector_buckets()["vectorBuckets"]) == 1
        import botocore.handlers, sys
        assert [name for name, *_ in botocore.handlers.BUILTIN_HANDLERS].count("before-send.s3vectors") == 1
        finders = [finder for finder in sys.meta_path if "mock_s3vectors" in type(finder).__module__]
        assert len(finders) == 1
    """)


@pytest.mark.usefixtures("no_coverage")
def test_the_import_hook_lets_other_imports_through() -> None:
    run("""
        import mock_s3vectors
        import colorsys, json.tool
        try:
            import no_such_module
        except ModuleNotFoundError:
            pass
        import botocore.handlers
        assert botocore.handlers.__spec__.loader.get_source("botocore.handlers")
    """)


@pytest.mark.usefixtures("no_coverage")
def test_what_nobody_uses_is_not_loaded() -> None:
    """Neither by importing the package, nor by a mock that boto3 clients call."""
    run(f"""
        import sys, boto3
        from mock_s3vectors import mock_s3vectors
        with mock_s3vectors():
            client = boto3.client("s3vectors", {KEYS})
            client.create_vector_bucket(vectorBucketName="bucket")
        loaded = {{name.split(".")[0] for name in sys.modules}}
        unwanted = {{"requests", "responses", "aiobotocore", "aiohttp", "starlette", "uvicorn"}}
        assert not loaded & unwanted, loaded & unwanted
    """)


@pytest.mark.usefixtures("no_coverage")
def test_a_client_older_than_the_import_needs_patch_client() -> None:
    run((PROGRAMS / "client_older_than_import.py").read_text())


@pytest.mark.usefixtures("no_coverage")
def test_a_default_session_older_than_the_import_does_not_matter() -> None:
    run(f"""
        import boto3
        boto3.client("s3", {KEYS})
        from mock_s3vectors import mock_s3vectors
        with mock_s3vectors():
            client = boto3.client("s3vectors", {KEYS})
            client.create_vector_bucket(vectorBucketName="bucket")
    """)


@pytest.mark.usefixtures("no_coverage")
@pytest.mark.parametrize("later", ["mock_s3vectors", "mock_s3vectors.mocking.mock"])
def test_modules_that_a_test_has_dropped_are_the_same_when_they_are_needed_again(later: str) -> None:
    """`patch.dict(sys.modules)` drops all that is first imported in its block."""
    run(f"""
        import sys, importlib, unittest.mock, mock_s3vectors
        with unittest.mock.patch.dict(sys.modules):
            import boto3
            with mock_s3vectors.mock_s3vectors():
                boto3.client("s3vectors", {KEYS}).list_vector_buckets()
            stack = sys.modules["mock_s3vectors.mocking.stack"]
            spec = stack.__spec__
        assert "mock_s3vectors.mocking.stack" not in sys.modules
        import boto3
        with importlib.import_module({later!r}).mock_s3vectors() as mock:
            client = boto3.client("s3vectors", {KEYS})
            client.create_vector_bucket(vectorBucketName="bucket")
            assert mock_s3vectors.current_mock() is mock
            with mock_s3vectors.s3vectors_server() as server:
                other = boto3.client("s3vectors", endpoint_url=server.url, {KEYS})
                assert len(other.list_vector_buckets()["vectorBuckets"]) == 1
        import mock_s3vectors.mocking.stack as again
        assert again is stack and again.__spec__ is spec
        assert importlib.reload(again) is stack and again.STACK is not None
        for name in [name for name in sys.modules if name.startswith("mock_s3vectors")]:
            del sys.modules[name]
        import mock_s3vectors.mocking.stack as anew
        assert anew is not stack
    """)


@pytest.mark.usefixtures("no_coverage")
def test_moto_may_be_imported_before_or_after() -> None:
    pytest.importorskip("moto")
    for order in (
        "import mock_s3vectors, moto, boto3",
        "import moto, boto3; moto.mock_aws(); import mock_s3vectors",
        "import boto3, mock_s3vectors, moto; moto.mock_aws()",
    ):
        run(f"""
            {order}
            with mock_s3vectors.mock_s3vectors(), moto.mock_aws():
                client = boto3.client("s3vectors", region_name="us-east-1")
                client.create_vector_bucket(vectorBucketName="bucket")
                boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="bucket")
                assert client.list_vector_buckets()["vectorBuckets"]
                from moto.s3vectors.models import s3vectors_backends
                assert not s3vectors_backends["123456789012"]["aws"].vector_buckets
        """)


@pytest.mark.usefixtures("no_coverage")
def test_nothing_is_set_in_the_environment_of_an_import() -> None:
    program = """
        import os
        before = dict(os.environ)
        import mock_s3vectors, boto3
        mock_s3vectors.mock_s3vectors()
        assert dict(os.environ) == before
        assert boto3.DEFAULT_SESSION is None
        print("done")
    """
    assert run(program) == "done\n"


TWO_THREADS = '''
    import importlib, sys, threading
    import mock_s3vectors

    def meet(event, arguments):
        """A thread that comes to one import waits until another one comes to the other import."""
        if event == "import" and arguments[0] == {waits_at!r}:
            begun.set()
            assert met.wait(20)
        if event == "import" and arguments[0] == {until!r}:
            met.set()

    def load(name):
        try:
            importlib.import_module(name)
        except BaseException as error:
            errors.append(error)

    begun, met, errors = threading.Event(), threading.Event(), []
    sys.addaudithook(meet)
    threads = [threading.Thread(target=load, args=(name,)) for name in ({first!r}, {second!r})]
    threads[0].start()
    assert begun.wait(20)
    threads[1].start()
    for thread in threads:
        thread.join()
    assert not errors, errors
    import boto3
    with mock_s3vectors.mock_s3vectors():
        boto3.client("s3vectors", {keys}).list_vector_buckets()
'''


@pytest.mark.usefixtures("no_coverage")
@pytest.mark.parametrize(
    ("first", "waits_at", "second", "until"),
    [
        (
            *("mock_s3vectors.mocking.stack", "mock_s3vectors.mocking.changes"),
            *("botocore.handlers", "mock_s3vectors.doors.clients"),
        ),
        (
            *("mock_s3vectors.mocking.stack", "mock_s3vectors.mocking.changes"),
            *("mock_s3vectors.doors.clients", "mock_s3vectors.doors.clients"),
        ),
        (
            *("botocore.handlers", "botocore.signers"),
            *("mock_s3vectors.doors.clients", "mock_s3vectors.doors.sessions"),
        ),
    ],
)
def test_two_threads_that_import_at_once(first: str, waits_at: str, second: str, until: str) -> None:
    """Neither may hold what the other one waits for: Python would raise an error in one of them."""
    run(TWO_THREADS.format(first=first, waits_at=waits_at, second=second, until=until, keys=KEYS))
