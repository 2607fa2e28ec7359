"""The effects of importing, each seen in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import mock_s3vectors

HEAVY = (
    *("numpy", "faiss", "boto3", "botocore", "orjson", "regex", "Stemmer", "moto", "hypothesis"),
    *("requests", "responses", "aiobotocore", "aiohttp", "starlette", "uvicorn"),
)
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


@pytest.mark.parametrize("module", ["mock_s3vectors", "mock_s3vectors.pytest_plugin"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    run(f"""
        import sys, pytest, _pytest.fixtures
        before = set(sys.modules)
        import {module}
        loaded = {{name.split(".")[0] for name in set(sys.modules) - before}}
        assert not loaded & {set(HEAVY)!r}, loaded
    """)


def test_a_pytest_run_without_s3vectors_loads_nothing_heavy(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        dedent(f"""
            import sys
            def test_nothing(tmp_path):
                assert "mock_s3vectors.pytest_plugin" in sys.modules
                loaded = {{name.split(".")[0] for name in sys.modules}} & {set(HEAVY)!r}
                assert not loaded, loaded
        """)
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:hypothesispytest", "-p", "no:cacheprovider"]
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


def test_the_plugin_is_an_entry_point() -> None:
    from importlib.metadata import entry_points

    (found,) = [entry for entry in entry_points(group="pytest11") if entry.name == "mock_s3vectors"]
    assert found.value == "mock_s3vectors.pytest_plugin"


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


def test_a_client_older_than_the_import_needs_patch_client() -> None:
    run((PROGRAMS / "client_older_than_import.py").read_text())


def test_a_default_session_older_than_the_import_does_not_matter() -> None:
    run(f"""
        import boto3
        boto3.client("s3", {KEYS})
        from mock_s3vectors import mock_s3vectors
        with mock_s3vectors():
            client = boto3.client("s3vectors", {KEYS})
            client.create_vector_bucket(vectorBucketName="bucket")
    """)


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
