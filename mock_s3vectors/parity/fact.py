"""A fact of the service: a sentence, and the calls that show whether it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.parity.asking import Asking

    Ask = Callable[[Asking], None]

# Seen on AWS by somebody; documented by AWS or the service model; published by nobody.
Source = Literal["seen", "documented", "choice"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One behaviour of the service that a client can see.

    Attributes:
        id: short and stable, such as `put-vectors-nan`; unique among all facts.
        topic: the heading under which reports list it, the topic of its module.
        sentence: the behaviour, in one sentence.
        source: where it is known from.
        ask: makes the calls, and compares what comes with what the sentence says.
        choices: the ids of the registry's choices that hold if the fact holds.
    """

    id: str
    topic: str
    sentence: str
    source: Source
    ask: Ask
    choices: tuple[str, ...] = ()


class Facts:
    """The facts of one topic, in the order in which their functions are written."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self._facts: list[Fact] = []

    def __call__(
        self, name: str, source: Source, sentence: str, *, choices: tuple[str, ...] = ()
    ) -> Callable[[Ask], Ask]:
        """Enter the function below as a fact."""

        def enter(ask: Ask) -> Ask:
            self._facts.append(Fact(name, self.topic, sentence, source, ask, choices))
            return ask

        return enter

    def all(self) -> tuple[Fact, ...]:
        """Return the facts that have been entered."""
        return tuple(self._facts)
