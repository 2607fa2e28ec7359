"""Users' code type-checks under the decorator and the fixtures, and mypy finds what is wrong in it."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import mock_s3vectors

USER_CODE = Path(__file__).parent / "typed" / "user_code.py"

IMPORTS = "from mock_s3vectors import Config, current_mock, mock_s3vectors, patch_client"
# Wrong lines, and a part of what mypy says of each.
BAD = {
    'mock_s3vectors(search_engine="faiss")': "Literal['flat', 'hnsw', 'quantized']",
    "mock_s3vectors(acount_id='111122223333')": "call-overload",
    "mock_s3vectors(hnsw_m='32')": "call-overload",
    "mock_s3vectors(default_index_mode='OLD')": "Literal['CLASSIC', 'ENHANCED']",
    "mock_s3vectors(text_build_seconds='1')": "call-overload",
    "mock_s3vectors(42)": "call-overload",
    "mock_s3vectors(shared=1)": "call-overload",
    "patch_client(42)": "arg-type",
    "Config(max_vectors_per_index='1')": "arg-type",
    "current_mock().on('GetIndex').fail(503, time=2)": "call-arg",
    "current_mock().on('GetIndex').fail([503])": "arg-type",
    "current_mock().fail('GetIndex')": "call-arg",
    "current_mock().on('GetIndex').disconnect('rest')": "Literal['reset', 'timeout', ",
    "current_mock().on('GetIndex').delay('1')": "arg-type",
    "current_mock().on('GetIndex', when=3).fail(503)": "arg-type",
    "current_mock().on('GetIndex').limit(5)": "call-arg",
    "current_mock().clock.shift('1')": "arg-type",
    "current_mock().nothing": "attr-defined",
}


@pytest.mark.slow
@pytest.mark.usefixtures("no_coverage")
def test_right_user_code_is_accepted_and_wrong_is_found(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.py", tmp_path / "wrong.py"
    right.write_text(USER_CODE.read_text(encoding="utf-8"), encoding="utf-8")
    wrong.write_text("\n".join([IMPORTS, *BAD]) + "\n")
    # One run for both files: most of its time goes into reading what they import.
    report = findings(right, wrong)
    assert [text for text in report if text.startswith("right.py")] == []
    for number, (line, expected) in enumerate(BAD.items(), start=2):
        found = "\n".join(text for text in report if text.startswith(f"wrong.py:{number}:"))
        assert ": error: " in found, line
        assert expected in found, line
    assert report[-1] == f"Found {len(BAD)} errors in 1 file (checked 2 source files)"


def findings(*files: Path) -> list[str]:
    """The lines that mypy writes about files of one folder."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", *(file.name for file in files)]
    installed = Path(sysconfig.get_path("purelib"), "mock_s3vectors")
    # mypy finds an installed package by itself, but not one that pip installed as editable.
    found = {} if installed.exists() else {"MYPYPATH": str(Path(mock_s3vectors.__file__).parents[1])}
    folder, environment = files[0].parent, {**os.environ, **found}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, env=environment)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", [name for name in mock_s3vectors.__all__ if name != "__version__"])
def test_public_names(name: str) -> None:
    assert name in mock_s3vectors.__all__
    assert list(mock_s3vectors.__all__) == sorted(mock_s3vectors.__all__)
    assert getattr(mock_s3vectors, name).__doc__
