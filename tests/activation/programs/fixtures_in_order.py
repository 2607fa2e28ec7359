"""Fixtures that note that they were made, and a test that asks for none of them."""

from __future__ import annotations

import pytest

MADE: list[str] = []


@pytest.fixture
def early() -> None:
    MADE.append("early")


@pytest.fixture
def late() -> None:
    MADE.append("late")


@pytest.mark.parametrize("name", ["first", "second"])
def test(name: str) -> None:
    assert MADE == ["late", "early"]
