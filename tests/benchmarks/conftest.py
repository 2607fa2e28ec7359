"""Fixtures of all benchmarks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors import mock_s3vectors

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def checked_responses() -> None:
    """Here, responses are not checked against the model: that would be timed as well."""


@pytest.fixture
def mocked() -> Iterator[Any]:
    """A client of a mock that is on."""
    with mock_s3vectors():
        yield boto3.client("s3vectors", region_name="us-east-1")
