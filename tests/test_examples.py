"""The examples run, as a user would run them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import botocore
import pytest
from botocore.loaders import create_loader

from tests.support.examples import ELSEWHERE, EXAMPLES, check_recipes, recipe_names, run_recipes
from tests.support.shapes import TEXT_SEARCH, needs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("no_coverage")

# By name, what runs an example.
RUN_BY = {
    "async_search.py": "tests/clients/aiobotocore",
    "build_movie_data.py": "nothing: it needs a model of 90 MB",
    "forget_old_memories.py": "test_forget_old_memories_shows_what_it_promises",
    "hybrid_search.py": "test_hybrid_search_shows_what_it_promises",
    "javascript_search.py": "tests/clients/test_javascript.py",
    "least_privilege.py": "test_least_privilege_shows_what_it_promises",
    "movie_data.py": "the others, whose module it is",
    "movie_search.py": "test_movie_search_shows_what_it_promises",
}


def start(script: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", str(script)]
    # The examples use what is installed; in a checkout that is the checkout.
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent), "COLUMNS": "100", **environment}
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)


def run(script: Path) -> str:
    done = start(script)
    done.check_returncode()
    return done.stdout


def test_every_example_is_run_by_something() -> None:
    assert {path.name for path in EXAMPLES.glob("*.py")} == set(RUN_BY)


@pytest.mark.slow
def test_hybrid_search_names_the_botocore_that_it_needs(tmp_path: Path) -> None:
    # A model without texts in queries, as older ones are, which botocore finds before its own.
    loader = create_loader()
    model = loader.load_service_model("s3vectors", "service-2")
    model["shapes"]["QueryVectorsInput"]["members"].pop("queryTexts", None)
    folder = tmp_path / "s3vectors" / loader.determine_latest_version("s3vectors", "service-2")
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text(json.dumps(model))
    done = start(EXAMPLES / "hybrid_search.py", AWS_DATA_PATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "This example needs botocore 1.44.5 or newer, which knows full-text search; "
        f"{botocore.__version__} is installed.\n"
    )


def test_movie_search_shows_what_it_promises() -> None:
    output = run(EXAMPLES / "movie_search.py")
    assert "3199/3199" in output
    assert "0.2895     American Outlaws" in output
    assert "ValidationException: Invalid filter" in output
    assert "Invalid record for key 'dragons': Filterable metadata must have at most 2048 bytes" in output
    assert "3,199 films listed, 360 rated below 5 deleted, 2,839 left" in output


def tables(output: str) -> dict[str, list[list[str]]]:
    """The rows of each table, in cells, by the table's title."""
    found: dict[str, list[list[str]]] = {}
    for line in output.splitlines():
        cells = re.split(r" {2,}", line.strip())
        if line.startswith('"'):
            rows = found[line.strip()] = []
        elif cells[0].isdecimal():
            rows.append(cells)
    return found


# A sentence, the film it means, and its ranks and scores: by vectors, by words, by both.
HYBRID = [
    (
        "an iceberg, by Cameron",
        ["Titanic", "James Cameron"],
        ["65", "0.5957"],
        ["8", "5.3732"],
        ["1", "0.0227", "5.3732", "0.5957"],
    ),
    (
        "the headless horseman, by Burton",
        ["Sleepy Hollow", "Tim Burton"],
        ["25", "0.5944"],
        ["12", "4.9351"],
        ["1", "0.0257", "4.9351", "0.5944"],
    ),
]


@needs(*TEXT_SEARCH)
def test_hybrid_search_shows_what_it_promises() -> None:
    output = run(EXAMPLES / "hybrid_search.py")
    assert "text: searchable (ACTIVE), language en, filterable no" in output
    assert "title: searchable (ACTIVE), language none, filterable yes" in output
    shown = tables(output)
    # It finds what neither vectors nor words find.
    for sentence, film, by_vectors, by_words, by_both in HYBRID:
        for kind, numbers in {"vectors alone": by_vectors, "words alone": by_words}.items():
            *best, wanted = shown[f'"{sentence}": {kind}']
            assert [row[0] for row in best] == ["1", "2", "3", "4", "5"]
            assert film[0] not in [row[-2] for row in best]
            assert wanted == numbers + film
        assert shown[f'"{sentence}": hybrid'][0] == by_both + film
    # Hits of one ranking, and of two metadata keys.
    assert shown['"an iceberg, by Cameron": hybrid'][1:3] == [
        ["2", "0.0164", "5.5758", "-", "Aliens", "James Cameron"],
        ["3", "0.0164", "-", "0.4548", "Ice Age: The Meltdown", "Carlos Saldanha"],
    ]
    assert shown['"weddings" in text and title, rated 6 or better'][:2] == [
        ["1", "5.1793", "5.7612", "Four Weddings and a Funeral", "Mike Newell"],
        ["2", "6.2351", "-", "American Wedding", "-"],
    ]


def test_least_privilege_shows_what_it_promises() -> None:
    output = run(EXAMPLES / "least_privilege.py")
    policy, _, rest = output.partition("The reader searches")
    index = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films/index/plots"
    assert json.loads(policy.partition("\n")[2]) == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3vectors:QueryVectors"], "Resource": [index]}],
    }
    assert rest.splitlines()[1] == "Alien (0.025), Solaris (0.128)"
    assert "Policies denied QueryVectors." in rest
    assert "needs:    s3vectors:GetVectors, for returnMetadata (denied)" in rest


def test_forget_old_memories_shows_what_it_promises() -> None:
    lines = run(EXAMPLES / "forget_old_memories.py").splitlines()
    assert lines[:7] == [
        "What would be forgotten",
        "  1 matched: had a cold",
        "  0 deleted, 1 left alone because it has no date",
        "What is forgotten",
        "  1 matched: had a cold",
        "  1 deleted, 1 left alone because it has no date",
        "  left: asked for the train to Lyon, is called Ada, likes tea, was in Rome",
    ]


# --- examples in folders, which are tests


def test_the_examples_that_share_a_file_and_that_take_a_slice(tmp_path: Path) -> None:
    folders = sorted(file.parent for file in EXAMPLES.glob("*/conftest.py"))
    assert [folder.name for folder in folders] == ["shared_films", "slice_of_production"]
    options = ["-q", "-p", "no:asyncio", "-W", "error", f"--override-ini=cache_dir={tmp_path}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *map(str, folders)],
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=EXAMPLES.parent,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "11 passed" in done.stdout, done.stdout
    assert len([*tmp_path.rglob("*.db")]) == 1


# --- recipes


HERE = sorted({*recipe_names()} - {*ELSEWHERE})


def test_the_recipes_of_one_file(tmp_path: Path) -> None:
    check_recipes([name for name in HERE if name.endswith(".py")], tmp_path)


@pytest.mark.parametrize("name", [name for name in HERE if not name.endswith(".py")])
def test_a_recipe_in_a_folder(tmp_path: Path, name: str) -> None:
    check_recipes([name], tmp_path)


def test_a_module_without_tests_is_no_recipe(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="a recipe has no tests"):
        check_recipes(["../movie_data.py"], tmp_path)


def test_the_recipes_for_other_clients_are_there() -> None:
    assert {*ELSEWHERE} < {*recipe_names()}


def test_a_recipe_whose_tests_do_not_run_is_noticed(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.py"
    recipe.write_text(
        "import pytest\n\n"
        "def test_that_passes(): pass\n\n"
        "@pytest.mark.parametrize('number', [1, 2])\n"
        "def test_that_skips_a_case(number): number == 1 or pytest.skip()\n\n"
        "def test_that_fails(): assert False\n"
    )
    folder = tmp_path / "folder"
    folder.mkdir()
    passed, others, _ = run_recipes([recipe], folder)
    assert passed == {"test_that_passes"}
    assert others == ["test_that_skips_a_case[2]", "test_that_fails"]
