"""The package as it is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from configparser import ConfigParser
from importlib.metadata import distribution, metadata, version
from pathlib import Path
from typing import Any

import pytest
import yaml

import mock_s3vectors
from tests.conftest import COLORS

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


@pytest.mark.skipif("TOX_ENV_NAME" not in os.environ, reason="elsewhere, a checkout is tested")
def test_environments_of_tox_test_the_wheel() -> None:
    assert "site-packages" in mock_s3vectors.__file__


# --- releases


def test_the_changelog_has_the_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", changelog, re.MULTILINE)
    newest, *older = [heading for heading in headings if heading != "[Unreleased]"]
    assert re.fullmatch(rf"\[{re.escape(version('mock_s3vectors'))}\] - \d{{4}}-\d\d-\d\d", newest)
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading) for heading in older)


def workflow(name: str) -> dict[Any, Any]:
    text = (ROOT / ".github/workflows" / name).read_text(encoding="utf-8")
    document: dict[Any, Any] = yaml.safe_load(text)
    return document


def test_the_workflow_runs_every_environment_of_tox() -> None:
    (listed,) = re.findall(
        r"^env_list = \[\n(.*?)^\]",
        (ROOT / "pyproject.toml").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    jobs = workflow("tests.yml")["jobs"]
    commands = " ".join(step.get("run", "") for job in jobs.values() for step in job["steps"])
    pythons = jobs["pythons"]["strategy"]["matrix"]["python"]
    assert set(re.findall(r'"([\w-]+)"', listed)) == {
        *jobs["environments"]["strategy"]["matrix"]["environment"],
        *(f"py{python.replace('.', '')}" for python in pythons),
        *re.findall(r"tox -e (\w+)", commands),
    }


def test_the_workflow_tests_every_python_of_the_package() -> None:
    classifiers = re.findall(r"Programming Language :: Python :: (3\.\d+)$", SETUP, re.MULTILINE)
    assert workflow("tests.yml")["jobs"]["pythons"]["strategy"]["matrix"]["python"] == classifiers


def test_no_variable_of_the_workflow_changes_what_tests_find() -> None:
    """Programs that tests start would write in colours."""
    tests = workflow("tests.yml")
    names = {*tests["env"], *tests["jobs"]["package"]["env"]}
    assert names - {"HYPOTHESIS_PROFILE"} <= set(COLORS)


def test_only_a_tested_commit_is_published_and_without_a_token() -> None:
    release = workflow("release.yml")
    assert release[True] == {"push": {"tags": ["v*"]}}  # YAML 1.1 reads `on` as true
    jobs = release["jobs"]
    assert [jobs[name].get("needs") for name in ("version", "tests", "pypi", "github")] == [
        None,
        "version",
        "tests",
        "pypi",
    ]
    assert jobs["tests"]["uses"] == "./.github/workflows/tests.yml"
    assert (jobs["pypi"]["environment"], jobs["pypi"]["permissions"]) == ("pypi", {"id-token": "write"})
    assert "secrets." not in str(release)


def run_of_release(job: str, tag: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the last lines of a job as GitHub does, in a folder with the files that it reads."""
    script = workflow("release.yml")["jobs"][job]["steps"][-1]["run"]
    for name in ("setup.cfg", "CHANGELOG.md"):
        shutil.copy(ROOT / name, folder)
    folder.joinpath("dist").mkdir()
    folder.joinpath("dist", "a.whl").touch()
    return subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", f'gh() {{ echo "$@"; }}\n{script}'],
        cwd=folder,
        env={**os.environ, "GITHUB_REF_NAME": tag},
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_tag_that_is_the_version_is_released(tmp_path: Path) -> None:
    done = run_of_release("version", f"v{version('mock_s3vectors')}", tmp_path)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("tag", ["v", "v0.0.1", "{version}", "v{version}.1", "v{version}rc1"])
def test_another_tag_is_refused(tmp_path: Path, tag: str) -> None:
    present = version("mock_s3vectors")
    tag = tag.format(version=present)
    done = run_of_release("version", tag, tmp_path)
    assert (done.returncode, done.stdout) == (1, f"The tag is {tag}, and the version {present}.\n")


def test_the_notes_of_a_release_are_its_section_of_the_changelog(tmp_path: Path) -> None:
    present = version("mock_s3vectors")
    done = run_of_release("github", f"v{present}", tmp_path)
    options = f"--verify-tag --title {present} --notes-file notes.md"
    assert (done.returncode, done.stdout) == (0, f"release create v{present} dist/a.whl {options}\n")
    notes = (tmp_path / "notes.md").read_text(encoding="utf-8").strip()
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert notes
    assert re.findall(r"^## ", notes, re.MULTILINE) == []
    _, _, section = changelog.partition(f"## [{present}] - ")
    assert notes == section.partition("\n")[2].partition("\n## [")[0].strip()
