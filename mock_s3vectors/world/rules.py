"""The rules of a world: what a test has told it to do with calls, instead of or before carrying them out."""

from __future__ import annotations

from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    from collections.abc import Iterator

# One for the rules of all worlds, which hold it for a moment: every mock makes some, and a lock takes longer.
_CHANGING = new_lock()


class Step(Enum):
    """What happens to a call after a rule has looked at it."""

    GO_ON = "older rules look at it"
    CARRY_OUT = "the call is carried out, and no older rule looks at it"
    ANSWERED = "the rule has answered, and the call is not carried out"


class Rule(Protocol):
    """A rule, as a world sees it."""

    def act(self, exchange: Any) -> Step:
        """Do with a call what the rule says, if the rule is about it.

        Raises:
            ServiceError: the call fails.
        """

    def progress(self) -> object:
        """Return how far it has come: all that calls have changed of it."""

    def go_back(self, progress: Any) -> None:
        """Be as far as it was before."""


class Rules:
    """The rules of a world, the newest first, and after them those of the world that it branched off."""

    def __init__(self, outer: Rules | None = None) -> None:
        # Replaced as a whole, since calls of other threads go through it meanwhile.
        self._own: tuple[Rule, ...] = ()
        self._outer = outer

    def all(self) -> tuple[Rule, ...]:
        """Return the rules in the order in which they look at a call."""
        return self._own if self._outer is None else self._own + self._outer.all()

    def add(self, rule: Rule) -> None:
        """Add a rule, which comes before all others."""
        with _CHANGING:
            self._own = (rule, *self._own)

    def remove(self, rule: Rule) -> None:
        """Remove a rule, if it is still there."""
        with _CHANGING:
            self._own = tuple(other for other in self._own if other is not rule)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Have all rules that hold now be as far, after a block, as they were before it."""
        before = [(rule, rule.progress()) for rule in self.all()]
        try:
            yield
        finally:
            for rule, progress in before:
                rule.go_back(progress)

    def let_pass(self, exchange: Any) -> bool:
        """Have the rules act on a call, and return whether it is carried out.

        Raises:
            ServiceError: a rule has the call fail.
        """
        for rule in self.all():
            step = rule.act(exchange)
            if step is not Step.GO_ON:
                return step is Step.CARRY_OUT
        return True
