"""Objects that equal more than one answer, for facts that leave something open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class About:
    """Equals numbers near one: AWS answers from numbers that it has rounded."""

    number: float
    within: float

    def __eq__(self, other: object) -> bool:
        return isinstance(other, float) and abs(other - self.number) <= self.within

    __hash__ = None  # type: ignore[assignment] # it equals objects of other hashes


class _Any:
    """Equals everything that is there."""

    def __eq__(self, other: object) -> bool:
        return other is not None

    __hash__ = None  # type: ignore[assignment] # the same

    def __repr__(self) -> str:
        return "<any>"


# A time, a token, a text that nobody has published.
ANYTHING: Any = _Any()
