"""The service that facts are asked of: the mock, unless an option of this folder names another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.parity.counting import unbounded
from mock_s3vectors.parity.facts import FACTS
from mock_s3vectors.parity.running import Run, new_prefix
from mock_s3vectors.parity.target import target_of_mock

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Facts of the mock as AWS is today."""
    with mock_s3vectors(search_engine="quantized", authorization="enforce", verify_signatures=True) as mock:
        # From now on, all other keys do not exist.
        mock.kms.key()
        run = Run(target_of_mock(), new_prefix(), unbounded(FACTS))
        run.open()
        yield run
        assert run.close() == []
