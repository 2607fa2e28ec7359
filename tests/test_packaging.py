"""The package as it is installed."""

from __future__ import annotations

import re
from configparser import ConfigParser
from importlib.metadata import distribution, metadata, version
from pathlib import Path

import pytest

import mock_s3vectors

ROOT = Path(__file__).parents[1]
SETUP = (ROOT / "setup.cfg").read_text(encoding="utf-8")


def test_the_version_is_that_of_setup_cfg() -> None:
    (named,) = re.findall(r"^version = (.*)$", SETUP, re.MULTILINE)
    assert mock_s3vectors.__version__ == version("mock_s3vectors") == named


def test_other_attributes_are_missed_as_in_any_module() -> None:
    with pytest.raises(AttributeError, match="module 'mock_s3vectors' has no attribute 'moc_s3vectors'"):
        mock_s3vectors.moc_s3vectors  # type: ignore[attr-defined] # noqa: B018 - the look-up is the test


def test_the_licence_is_an_spdx_expression() -> None:
    described = metadata("mock_s3vectors")
    assert described["License-Expression"] == "MIT"
    assert described.get_all("License-File") == ["LICENSE"]


def test_the_files_of_the_page_are_installed() -> None:
    setup = ConfigParser()
    setup.read_string(SETUP)
    patterns = setup["options.package_data"]["mock_s3vectors.serving.page"].split(", ")
    folder = ROOT / "mock_s3vectors" / "serving" / "page"
    present = {path for path in (folder / "files").rglob("*") if path.is_file()}
    assert len(present) > 20
    assert {path for pattern in patterns for path in folder.glob(pattern) if path.is_file()} == present
    record = distribution("mock_s3vectors").read_text("RECORD") or ""
    recorded = {line.partition(",")[0] for line in record.splitlines()}
    if "mock_s3vectors/__init__.py" in recorded:  # from a wheel, not a checkout
        assert {path.relative_to(ROOT).as_posix() for path in present} <= recorded
