"""Each need of a block is met by an environment of tox that .ci/run makes."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest

from tests.support.blocks.needs import ENVIRONMENTS, NOWHERE, ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TOX: dict[str, Any] = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "tox"
]
CHECKS = ROOT / ".ci" / "run"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_runs_the_blocks_that_it_has_the_things_for(name: str) -> None:
    commands = [command for command in TOX["env"][name]["commands"] if command[0] == "pytest"]
    (pages,) = [command for command in commands if "docs" in command]
    assert "README.md" in pages
    if name != "docs":
        (option,) = [word for word in pages if isinstance(word, str) and word.startswith("--needs=")]
        # What `docs` has as well, it runs.
        assert set(option.removeprefix("--needs=").split(",")) == ENVIRONMENTS[name] - ENVIRONMENTS["docs"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_checks_make_the_environment(name: str) -> None:
    text = CHECKS.read_text(encoding="utf-8")
    (line,) = re.findall(r"^tox -e (oldest,\S+)", text, re.MULTILINE)
    # The checks run the pages in an environment that they have anyway.
    assert name in line.split(",") or (name == "docs" and "-m pytest -q docs README.md tests/docs" in text)
    assert name in TOX["env_list"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_an_environment_installs_what_it_is_said_to_have(name: str) -> None:
    """Extras of the package bring the rest, and npm does."""
    setup = ROOT.joinpath("setup.cfg").read_text(encoding="utf-8")
    written = {*TOX["env"][name].get("deps", []), *setup.split()}
    installed = {re.split(r"[\[><=;]", text)[0].lower() for text in written}
    named = {need for need in ENVIRONMENTS[name] if not need.startswith(("npm:", "node"))}
    assert named - installed <= {"pyyaml"}, "responses requires it"


def test_no_environment_has_what_nobody_can_have() -> None:
    assert not NOWHERE & set.union(*ENVIRONMENTS.values())
