"""The examples run, as a user would run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
RUN_BY_HAND = {
    "build_movie_data.py",  # needs a model of 90 MB
    "movie_data.py",  # a module of the others
}


def run(script: Path) -> str:
    command = [sys.executable, "-W", "error", str(script)]
    # The examples use what is installed; in a checkout that is the checkout.
    environment = {**os.environ, "PYTHONPATH": str(EXAMPLES.parent), "COLUMNS": "100"}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("script", sorted({path.name for path in EXAMPLES.glob("*.py")} - RUN_BY_HAND))
def test_an_example_ends_well(script: str) -> None:
    assert run(EXAMPLES / script)


def test_movie_search_shows_what_it_promises() -> None:
    output = run(EXAMPLES / "movie_search.py")
    assert "3199/3199" in output
    assert "0.2895     American Outlaws" in output
    assert "ValidationException: Invalid filter" in output
    assert "Invalid record for key 'dragons': Filterable metadata must have at most 2048 bytes" in output
    assert "3,199 films listed, 360 rated below 5 deleted, 2,839 left" in output
