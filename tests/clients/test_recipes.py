"""The README's recipes for clients that want an environment of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.readme import ELSEWHERE, README, blocks, recipe_of

if TYPE_CHECKING:
    from mock_s3vectors import S3VectorsServer


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


def test_the_recipe_of_javascript(s3vectors_server: S3VectorsServer, tmp_path: Path) -> None:
    """Done as it says: npm's line, then the program, saved beside what npm has installed."""
    (install,) = [block for block in blocks("sh") if block.startswith("npm ")]
    subprocess.run(["bash", "-euc", install], cwd=tmp_path, check=True, capture_output=True)  # noqa: S607
    (program,) = blocks("js")
    (name,) = set(re.findall(r"`node ([^`]+)`", README))
    tmp_path.joinpath(name).write_text(
        program.replace("http://127.0.0.1:7380", s3vectors_server.url), encoding="utf-8"
    )
    done = subprocess.run(
        ["node", name],  # noqa: S607 - whichever node there is
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[ 'posters' ]\n"
