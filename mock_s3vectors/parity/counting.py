"""Counts what facts take, on the mock of this process, before they are asked where somebody pays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_s3vectors.mocking.mock import mock_s3vectors
from mock_s3vectors.parity.bounds import UNBOUNDED, Bounds, bounds_of
from mock_s3vectors.parity.running import Run, new_prefix
from mock_s3vectors.parity.target import target_of_mock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_s3vectors.parity.fact import Fact
    from mock_s3vectors.parity.gate import Amount


def unbounded(facts: Sequence[Fact]) -> Bounds:
    """Return bounds that no fact reaches, for a run that costs nobody anything."""
    return Bounds({fact.id: UNBOUNDED for fact in facts}, UNBOUNDED, UNBOUNDED)


def count(facts: Sequence[Fact]) -> Bounds:
    """Return the bounds of facts, by asking them of a mock as AWS is today."""
    counted: dict[str, Amount] = {}
    with mock_s3vectors(search_engine="quantized"):
        run = Run(target_of_mock(), new_prefix(), unbounded(facts))
        run.open()
        for fact in facts:
            before = run.gate.passed
            run.ask(fact)
            counted[fact.id] = run.gate.passed - before
        run.close()
    return bounds_of(counted, run.cleaner.passed)
