"""Each fact of the package holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.parity.facts import FACTS
from tests.parity.conftest import ELSEWHERE

if TYPE_CHECKING:
    from mock_s3vectors.parity.fact import Fact
    from mock_s3vectors.parity.running import Run


@pytest.mark.aws
@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_a_fact(fact: Fact, run: Run, request: pytest.FixtureRequest) -> None:
    outcome = run.ask(fact)
    elsewhere = request.config.stash.get(ELSEWHERE, None)
    if elsewhere is not None:
        elsewhere.outcomes[fact.id] = outcome
    if " does not know `" in outcome.reason or (elsewhere is not None and outcome.result == "not asked"):
        pytest.skip(outcome.reason)
    if outcome.error is not None:
        raise outcome.error
    assert outcome.reason == ""
    assert [(each.asked, each.expected, each.met) for each in outcome.comparisons if not each.holds] == []
