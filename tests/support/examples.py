"""Runs the recipes of `examples/recipes` as a user does who has copied one."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from .helpers import PLAIN_RUN, QUICK_CLIENTS

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES = Path(__file__).parents[2] / "examples"
RECIPES = EXAMPLES / "recipes"
# Recipes for clients that want an environment of their own; tests/clients/test_examples.py runs them.
ELSEWHERE = ["langchain_application.py", "list_in_segments_async.py"]


class Outcome(NamedTuple):
    """The result of the tests of recipes.

    Attributes:
        passed: the names of the test functions of which every case passed.
        others: the names of the cases that failed or were skipped.
        output: that of pytest.
    """

    passed: set[str]
    others: list[str]
    output: str


def recipe_names() -> list[str]:
    """Return the names of all recipes: modules, and folders with modules of tests."""
    folders = {file.parent.name for file in RECIPES.glob("*/test_*.py")}
    return sorted({file.name for file in RECIPES.glob("*.py")} | folders)


def names_of_tests(recipe: Path) -> set[str]:
    """Return the names of the test functions in a module, or in those of a folder."""
    files = [recipe] if recipe.is_file() else recipe.glob("*.py")
    nodes = (node for file in files for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    functions = (node for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))
    return {function.name for function in functions if function.name.startswith("test_")}


def run_recipes(recipes: Sequence[Path], folder: Path) -> Outcome:
    """Copy recipes into an empty folder, and run their tests there in one process."""
    for recipe in recipes:
        if recipe.is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".*")
            shutil.copytree(recipe, folder / recipe.name, ignore=ignored)
        else:
            shutil.copy(recipe, folder)
    copies = [str(folder / recipe.name) for recipe in recipes]
    report = folder / "report.xml"
    # Warnings of pytest-asyncio are about its own settings.
    options = [*PLAIN_RUN, *QUICK_CLIENTS, "-p", "no:asyncio", "-W", "error", f"--junitxml={report}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *copies],
        # The package is the installed one; in a checkout that is the checkout.
        env={**os.environ, "PYTHONPATH": str(EXAMPLES.parent)},
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    cases = list(ET.parse(report).iter("testcase")) if report.exists() else []  # noqa: S314 - our own
    others = [str(case.get("name")) for case in cases if case.find("*") is not None]
    names = {str(case.get("name")).partition("[")[0] for case in cases}
    return Outcome(names - {name.partition("[")[0] for name in others}, others, done.stdout + done.stderr)


def check_recipes(names: Sequence[str], folder: Path) -> None:
    """Run recipes. Each of their test functions must run, and pass; a recipe without any is none."""
    recipes = [RECIPES / name for name in names]
    expected = [names_of_tests(recipe) for recipe in recipes]
    assert all(expected), "a recipe has no tests"
    passed, others, output = run_recipes(recipes, folder)
    assert others == [], output
    assert sum(map(len, expected)) == len(set.union(*expected)), "two recipes have a test of the same name"
    assert passed == set.union(*expected), output
