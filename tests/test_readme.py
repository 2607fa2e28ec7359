"""The README tells the truth: its table of operations, its options, its recipes."""

from __future__ import annotations

import ast
import re
from dataclasses import fields
from pathlib import Path

import botocore
import pytest

from mock_s3vectors import Config
from mock_s3vectors.operations import OPERATIONS
from mock_s3vectors.protocol.model import COMPLETE_SINCE
from tests.support.helpers import PLAIN_RUN, QUICK_CLIENTS
from tests.support.readme import ELSEWHERE, README, blocks, recipe_of, script_of_init
from tests.support.shapes import DISTANCE_METRIC, MODES, QUERY_PAGES, TAGS, TEXT_SEARCH, has, service_model

RECIPES = blocks("python")
# What a recipe with these words needs of the model.
NEEDED = {
    "queryTexts": TEXT_SEARCH,
    "update_index_mode": MODES,
    "tags=": TAGS,
    '"distanceMetric": "': DISTANCE_METRIC,
}


def rows(heading: str) -> dict[str, list[str]]:
    """The table under a heading, by its first column."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first.strip("`"): rest for first, *rest in cells}


def test_the_table_of_operations_is_that_of_the_code() -> None:
    assert list(rows("Operations")) == sorted(OPERATIONS)


def test_the_table_of_operations_is_that_of_the_model() -> None:
    known = set(service_model().operation_names)
    assert known <= set(OPERATIONS)
    assert f"All of them are in botocore {COMPLETE_SINCE}." in README
    if numbers(botocore.__version__) >= numbers(COMPLETE_SINCE):
        assert known == set(OPERATIONS)
        assert has(*MODES, *QUERY_PAGES, *TAGS, *TEXT_SEARCH)


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def test_the_options_are_those_of_config() -> None:
    documented = {
        name: ast.literal_eval(default.strip("`")) for name, (default, _) in rows("Options").items()
    }
    assert documented == {field.name: field.default for field in fields(Config)}


@pytest.mark.slow
@pytest.mark.usefixtures("no_coverage")
def test_the_recipes_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(RECIPES) == 26
    elsewhere = [script_of_init(), *(recipe_of(library) for library in ELSEWHERE)]
    recipes = [
        recipe
        for recipe in RECIPES
        if recipe not in elsewhere and all(has(*needed) for word, needed in NEEDED.items() if word in recipe)
    ]
    # A recipe with Hypothesis is to run, not to search for faults of the mock.
    pytester.makeconftest(
        "from hypothesis import settings\n"
        "settings.register_profile('few', max_examples=5)\n"
        "settings.load_profile('few')"
    )
    pytester.makepyfile(**{f"test_recipe_{number}": recipe for number, recipe in enumerate(recipes)})
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    result = pytester.runpytest_subprocess(*PLAIN_RUN, *QUICK_CLIENTS, "-W", "error")
    result.assert_outcomes(passed=len(recipes))  # one of them is no test, and only runs; another has two


@pytest.mark.parametrize("recipe", [recipe for recipe in RECIPES if "queryTexts" in recipe])
def test_a_recipe_that_needs_a_new_botocore_says_so(recipe: str) -> None:
    before = README.split(recipe)[0]
    assert f"This needs botocore {COMPLETE_SINCE} or newer." in before[before.rindex("\n### ") :]


@pytest.mark.parametrize("number", range(len(RECIPES)))
def test_a_recipe_stands_for_itself(number: int) -> None:
    """Each can be copied alone: it compiles, and imports all that it uses of ours."""
    tree = ast.parse(RECIPES[number])
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    ours_and_common = {"boto3", "pytest", "requests", "mock_s3vectors", "s3vectors_server", "patch_client"}
    assert ours_and_common & used <= imported


def test_links_work_on_a_package_index_too() -> None:
    """There are no files of the repository beside the README there."""
    headings = re.findall(
        r"^#+ (.*)$", re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    anchors = {"#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    targets = re.findall(r"\]\(([^)]+)\)", README)
    assert len(targets) >= 10
    assert [target for target in targets if target not in anchors and not target.startswith("https://")] == []
