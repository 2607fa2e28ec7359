"""Counts what facts take, on the mock of this process, before they are asked where somebody pays."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mock_s3vectors.mocking.mock import mock_s3vectors
from mock_s3vectors.parity.bounds import UNBOUNDED, Bounds, bounds_of
from mock_s3vectors.parity.running import Run, new_prefix
from mock_s3vectors.parity.target import target_of_mock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from typing_extensions import Unpack

    from mock_s3vectors.config import Options
    from mock_s3vectors.mocking.mock import MockS3Vectors
    from mock_s3vectors.parity.fact import Fact
    from mock_s3vectors.parity.gate import Amount


@contextmanager
def mock_as_aws(**others: Unpack[Options]) -> Iterator[MockS3Vectors]:
    """Have a mock on that is as AWS is today to an account which may do anything, and has no keys in KMS.

    Args:
        **others: more options of the mock, or other values of those.
    """
    options: Options = {"search_engine": "quantized", "authorization": "enforce", "verify_signatures": True}
    options.update(others)
    with mock_s3vectors(**options) as mock:
        # From now on, all other keys do not exist.
        mock.kms.key()
        yield mock


def unbounded(facts: Sequence[Fact]) -> Bounds:
    """Return bounds that no fact reaches, for a run that costs nobody anything."""
    return Bounds({fact.id: UNBOUNDED for fact in facts}, UNBOUNDED, UNBOUNDED)


def count(facts: Sequence[Fact]) -> Bounds:
    """Return the bounds of facts, by asking them of a mock as AWS is today."""
    counted: dict[str, Amount] = {}
    with mock_as_aws():
        run = Run(target_of_mock(), new_prefix(), unbounded(facts))
        run.open()
        for fact in facts:
            before = run.gate.passed
            run.ask(fact)
            counted[fact.id] = run.gate.passed - before
        run.close()
    return bounds_of(counted, run.cleaner.passed)
