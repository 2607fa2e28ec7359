"""A run: asks facts one after another, and says of each whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mock_s3vectors.parity.asking import Asking, SetUpRefusedError

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Comparison
    from mock_s3vectors.parity.fact import Fact

Result = Literal["holds", "differs", "not asked"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found out about a fact.

    Attributes:
        fact: the fact.
        result: whether it holds.
        comparisons: the answers beside those expected.
        reason: why it was not asked.
    """

    fact: Fact
    result: Result
    comparisons: tuple[Comparison, ...]
    reason: str = ""


def ask(fact: Fact, client: Any, unchecked: Any, prefix: str, shared_bucket: str) -> Outcome:
    """Ask one fact."""
    asking = Asking(client, unchecked, prefix, shared_bucket)
    try:
        fact.ask(asking)
    except SetUpRefusedError as error:
        return Outcome(fact, "not asked", tuple(asking.comparisons), str(error))
    holds = all(comparison.holds for comparison in asking.comparisons)
    return Outcome(fact, "holds" if holds else "differs", tuple(asking.comparisons))
