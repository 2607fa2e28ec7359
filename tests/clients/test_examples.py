"""The recipes for clients that want an environment of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.examples import ELSEWHERE, check_recipes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_recipe(tmp_path: Path, name: str) -> None:
    check_recipes([name], tmp_path)
