"""Each row of the table of decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.authorization import evaluate
from tests.authorization.table import ROWS

if TYPE_CHECKING:
    from tests.authorization.table.rows import Row


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_decision(row: Row) -> None:
    decision = evaluate(row.policies, row.request)
    expected = (row.outcome.allowed, row.outcome.kind, row.outcome.why.format(action=row.action))
    assert (decision.allowed, decision.kind, decision.why) == expected
    assert (decision.statement is None) == (expected[1] is None or "no " in expected[2])


def test_no_rule_has_two_rows() -> None:
    seen = [(row.name, str(row)) for row in ROWS]
    assert len(set(seen)) == len(ROWS)
