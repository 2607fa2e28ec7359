"""Decorated set-ups and tear-downs of a module and its functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors import mock_s3vectors
from tests.activation.prelude import create

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

seen: list[str] = []


@mock_s3vectors
def setup_module(module: ModuleType) -> None:
    seen.append(module.__name__)
    create("bucket")


@mock_s3vectors
def teardown_module() -> None:
    create("bucket")


@mock_s3vectors
def setup_function(function: Callable[[], None]) -> None:
    seen.append(function.__name__)


@mock_s3vectors
def teardown_function() -> None:
    create("bucket")


def test_one() -> None:
    assert seen == [__name__, "test_one"]
