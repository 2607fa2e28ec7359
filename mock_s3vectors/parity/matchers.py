"""Objects that equal more than one answer, for facts that leave something open."""

from __future__ import annotations

import re
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

    def __repr__(self) -> str:
        return f"<{self.number} within {self.within}>"


class _Any:
    """Equals everything that is there."""

    def __eq__(self, other: object) -> bool:
        return other is not None

    __hash__ = None  # type: ignore[assignment] # the same

    def __repr__(self) -> str:
        return "<any>"


# A time, a token, a text that nobody has published.
ANYTHING: Any = _Any()


@dataclass(frozen=True, slots=True)
class Matching:
    """Equals texts that a pattern matches completely."""

    pattern: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and re.fullmatch(self.pattern, other) is not None

    __hash__ = None  # type: ignore[assignment] # the same

    def __repr__(self) -> str:
        return f"<text like {self.pattern}>"


@dataclass(frozen=True, slots=True)
class Of:
    """Equals objects of a type, which for numbers is no subtype of it."""

    kind: type

    def __eq__(self, other: object) -> bool:
        return type(other) is self.kind

    __hash__ = None  # type: ignore[assignment] # the same

    def __repr__(self) -> str:
        return f"<{self.kind.__name__}>"


class OneOf:
    """Equals what one of several answers equals."""

    def __init__(self, *answers: Any) -> None:
        self._answers = answers

    def __eq__(self, other: object) -> bool:
        return any(answer == other for answer in self._answers)

    __hash__ = None  # type: ignore[assignment] # the same

    def __repr__(self) -> str:
        return f"<one of {', '.join(map(repr, self._answers))}>"
