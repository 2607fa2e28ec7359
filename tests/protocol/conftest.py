"""Fixtures for the tests of the wire."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from mock_s3vectors.world import Stores
from tests.support.helpers import BUCKET, INDEX, SETTINGS

from .wire import perform

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors


@pytest.fixture
def stores() -> Stores:
    """A bucket, an index of two dimensions, and nothing in it."""
    stores = Stores()
    perform("CreateVectorBucket", BUCKET, stores)
    perform("CreateIndex", {**INDEX, **SETTINGS}, stores)
    return stores


@lru_cache(maxsize=1)
def _clients() -> dict[bool, Any]:
    """Made once, because making a client takes longer than calling one; and in a test's environment."""
    return {
        unchecked: boto3.client(
            "s3vectors",
            region_name="us-east-1",
            config=Config(parameter_validation=not unchecked),
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        for unchecked in (False, True)
    }


@pytest.fixture
def clients(s3vectors_mock: MockS3Vectors) -> dict[bool, Any]:  # noqa: ARG001 - switches it on
    """Real clients on an empty mock; the one under True sends what botocore would refuse to."""
    return _clients()
