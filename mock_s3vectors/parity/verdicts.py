"""The choices of the registry, as a run has found them: confirmed, refuted, or not asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mock_s3vectors.choices.registry import CHOICES, Choice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mock_s3vectors.parity.running import Outcome, Result

_PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result of a run about a choice.

    Attributes:
        choice: the choice.
        result: whether it holds.
        facts: the result of each fact that is about it, by its id.
        reason: why it was not asked.
    """

    choice: Choice
    result: Literal["confirmed", "refuted", "not asked"]
    facts: dict[str, Result]
    reason: str = ""


def verdicts_of(outcomes: Sequence[Outcome], choices: Iterable[Choice] = CHOICES) -> list[Verdict]:
    """Return what outcomes say of choices. If one of several facts differs, the choice is refuted."""
    return [
        _verdict(choice, [each for each in outcomes if choice.id in each.fact.choices]) for choice in choices
    ]


def _verdict(choice: Choice, outcomes: Sequence[Outcome]) -> Verdict:
    results = {outcome.fact.id: outcome.result for outcome in outcomes}
    if "differs" in results.values():
        return Verdict(choice, "refuted", results)
    if "holds" in results.values():
        return Verdict(choice, "confirmed", results)
    names = ", ".join(results)
    reason = f"not asked: {names}" if names else "no fact that was asked is about it"
    return Verdict(choice, "not asked", results, choice.unasked or reason)


def line_of(choice: Choice) -> str:
    """Return the place in the installed package at which a choice is decided, as `FILE:LINE`."""
    reference = re.compile(rf"\bChoice: {re.escape(choice.id)}(?![\w-])")
    lines = (_PACKAGE / choice.decided_in).read_text(encoding="utf-8").splitlines()
    numbers = (number for number, line in enumerate(lines, 1) if reference.search(line))
    return f"{_PACKAGE.name}/{choice.decided_in}:{next(numbers, 1)}"
