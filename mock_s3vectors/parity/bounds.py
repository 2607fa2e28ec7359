"""The upper bound of a run: counted on the mock, and enforced wherever the facts are asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_s3vectors.parity.gate import Amount

if TYPE_CHECKING:
    from collections.abc import Mapping

# A service may answer late, or not at all: a fact may take so many times what it takes on the mock, and some
# requests more.
FACTOR = 4
SPARE = 20
# It will not do so to each fact: the bound of all of them together is lower. Cleaning up has one by itself.
FACTOR_OF_ALL = 2
SPARE_OF_ALL = Amount(1_000, 500)
_SPARE_OF_CLEANING, _MOST_SPARE_OF_CLEANING = 40, 200
# What is asked without counting, as of the mock itself.
UNBOUNDED = Amount(10**9, 10**9)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a run may ask.

    Attributes:
        facts: a bound for each fact that may be asked, by its id.
        asking: the bound of all of them together.
        cleaning: the bound of cleaning up, which has no vectors.
    """

    facts: Mapping[str, Amount]
    asking: Amount
    cleaning: Amount

    @property
    def total(self) -> Amount:
        """The bound of the run."""
        return self.asking + self.cleaning


def bounds_of(counted: Mapping[str, Amount], cleaning: Amount) -> Bounds:
    """Return the bounds of facts.

    Args:
        counted: what each fact takes on the mock, by its id.
        cleaning: what cleaning up after all of them takes there.
    """
    facts = {
        name: Amount(FACTOR * amount.requests + SPARE, FACTOR * amount.vectors)
        for name, amount in counted.items()
    }
    shares = Amount(SPARE)  # the bucket that facts share
    for amount in facts.values():
        shares += amount
    asking = SPARE_OF_ALL
    for amount in counted.values():
        asking += Amount(FACTOR_OF_ALL * amount.requests, FACTOR_OF_ALL * amount.vectors)
    spare = min(_SPARE_OF_CLEANING + SPARE * len(counted), _MOST_SPARE_OF_CLEANING)
    of_cleaning = Amount(FACTOR_OF_ALL * cleaning.requests + spare)
    return Bounds(facts, asking.or_less(shares), of_cleaning)
