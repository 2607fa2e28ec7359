"""Each fact of the package holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.parity.facts import FACTS

if TYPE_CHECKING:
    from mock_s3vectors.parity.fact import Fact
    from mock_s3vectors.parity.running import Run


@pytest.mark.aws
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_a_fact(fact: Fact, run: Run) -> None:
    outcome = run.ask(fact)
    if outcome.error is not None:
        raise outcome.error
    if " does not know `" in outcome.reason:
        pytest.skip(outcome.reason)
    assert outcome.reason == ""
    assert [(each.asked, each.expected, each.met) for each in outcome.comparisons if not each.holds] == []
