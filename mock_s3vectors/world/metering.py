"""The amounts that the calls of a world used, in the units that AWS bills by, without prices."""

from __future__ import annotations

from operator import add
from typing import NamedTuple

from mock_s3vectors.locks import new_lock


class Amounts(NamedTuple):
    """The amounts that one call, or many, used; the attributes of `workbench.usage.Usage` explain them."""

    put_requests: int = 0
    put_bytes: int = 0
    billed_put_bytes: int = 0
    query_requests: int = 0
    query_bytes: int = 0
    get_requests: int = 0
    list_requests: int = 0
    delete_requests: int = 0


_NOTHING = Amounts()

# One for all meters, which hold it for a moment: every mock makes a meter, and a lock takes longer to make.
_ADDING = new_lock()


class Meter:
    """Adds up what calls used; any thread may add.

    Attributes:
        amounts: the sums.
    """

    def __init__(self) -> None:
        self.amounts = _NOTHING

    def add(self, amounts: Amounts) -> None:
        """Add what a call used: all of it or nothing, whatever interrupts this."""
        with _ADDING:
            self.amounts = Amounts(*map(add, self.amounts, amounts))
