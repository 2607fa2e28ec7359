"""Fixtures of the session, a module and a test, which has the marker or not."""

from __future__ import annotations

from typing import Any

import pytest

from mock_s3vectors.mocking.stack import STACK
from tests.activation.prelude import create, names


@pytest.fixture(scope="session", autouse=True)
def of_the_session() -> None:
    assert not STACK


@pytest.fixture(scope="module")
def of_the_module() -> None:
    assert not STACK


@pytest.fixture(autouse=True)
def of_the_test(request: pytest.FixtureRequest) -> None:
    assert bool(STACK) == ("mocked" in request.node.name)
    if STACK:
        create("fixture")


@pytest.mark.s3vectors
def test_mocked(of_the_module: None) -> None:
    assert names() == ["fixture"]


@pytest.mark.s3vectors
def test_mocked_with_client(of_the_module: None, s3vectors_client: Any) -> None:
    assert names() == ["fixture"]


def test_off(of_the_module: None) -> None: ...
