"""The README's recipes for clients that want an environment of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.readme import ELSEWHERE, blocks, recipe_of

if TYPE_CHECKING:
    from mock_s3vectors import S3VectorsServer

JAVASCRIPT = Path(__file__).parent / "javascript"


@pytest.mark.parametrize("library", ELSEWHERE)
def test_a_recipe_in_python(pytester: pytest.Pytester, library: str) -> None:
    pytester.makepyfile(recipe_of(library))
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:asyncio", "-W", "error")
    result.assert_outcomes(passed=1)


def test_the_recipe_of_the_aws_cli(s3vectors_server: S3VectorsServer, tmp_path: Path) -> None:
    (commands,) = [block for block in blocks("sh") if block.count("aws s3vectors ") > 1]
    done = subprocess.run(
        ["bash", "-euc", commands.replace("http://127.0.0.1:7380", s3vectors_server.url)],  # noqa: S607
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert '"vectorBucketName": "films"' in done.stdout


def test_the_recipe_of_javascript(s3vectors_server: S3VectorsServer, s3vectors_client: Any) -> None:
    s3vectors_client.create_vector_bucket(vectorBucketName="films")
    (program,) = blocks("js")
    done = subprocess.run(
        ["node", "--input-type=module"],  # noqa: S607 - whichever node there is
        input=program.replace("http://127.0.0.1:7380", s3vectors_server.url),
        cwd=JAVASCRIPT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[ 'films' ]\n"
