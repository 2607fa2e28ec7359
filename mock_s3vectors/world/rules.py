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
    """The next step of a call after a rule has looked at it."""

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
        """Return its progress: all that calls have changed of it, such as its hits."""

    def go_back(self, progress: Any) -> None:
        """Set the rule back to an earlier progress."""


class Rules:
    """The rules of a world, the newest first, and after them those of the world that it branched off.

    Attributes:
        own: those of the world itself.
        outer: those of the world that it branched off; None for a world that did not.
    """

    def __init__(self, outer: Rules | None = None) -> None:
        # Replaced as a whole, since calls of other threads go through it meanwhile.
        self.own: tuple[Rule, ...] = ()
        self.outer = outer

    def all(self) -> tuple[Rule, ...]:
        """Return the rules in the order in which they look at a call."""
        return self.own if self.outer is None else self.own + self.outer.all()

    def add(self, rule: Rule) -> None:
        """Add a rule, which comes before all others."""
        with _CHANGING:
            self.own = (rule, *self.own)

    def remove(self, rule: Rule) -> None:
        """Remove a rule, if it is still there."""
        with _CHANGING:
            self.own = tuple(other for other in self.own if other is not rule)

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Have all rules that hold now hold after a block too, and be as far as they were before it."""
        before = [(rules, rules.own) for rules in self._around()]
        progresses = [(rule, rule.progress()) for rule in self.all()]
        try:
            yield
        finally:
            with _CHANGING:
                for rules, own in before:
                    rules.own = (*(rule for rule in rules.own if rule not in own), *own)
            for rule, progress in progresses:
                rule.go_back(progress)

    def _around(self) -> Iterator[Rules]:
        rules: Rules | None = self
        while rules is not None:
            yield rules
            rules = rules.outer

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
