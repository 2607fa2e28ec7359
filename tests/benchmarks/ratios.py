"""Ratios of one work to another, measured by turns in one process, and the rows of the table of targets.

    ratio(lambda: client.query_vectors(...), lambda: matrix @ query, rounds=20)

A module with rows of that table has a function for each thing that it sets up. The function yields rows, and
takes the part of the full size that it works with, so that a quick pass exists:

    def flat_search(scale: float) -> Iterator[Row]:
        matrix = ...  # scaled(1_000_000, scale) rows
        yield Row("flat search", "one pass `matrix @ query`", at_most(0.6), ratio(search, one_pass))

    MEASUREMENTS = {"flat": flat_search}

`targets.py` has the list of these modules; `python -m tests.benchmarks.targets flat` measures and prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Work = Callable[[], object]
    Measurement = Callable[[float], "Iterator[Row]"]


@dataclass(frozen=True)
class Figure:
    """A number that was measured: the middle one of all rounds, and that of the best ones.

    Attributes:
        middle: the median of the work over the median of its baseline, or any other number.
        best: the shortest time of the work over the shortest of its baseline. The machine's other tasks
            disturb it least.
        note: what else is worth knowing, as in "41 ms".
    """

    middle: float
    best: float
    note: str = ""


@dataclass(frozen=True)
class Target:
    """A bound that a figure keeps or misses."""

    bound: float
    is_upper: bool

    def is_met_by(self, figure: Figure) -> bool:
        return figure.middle <= self.bound if self.is_upper else figure.middle >= self.bound

    def __str__(self) -> str:
        return f"{'≤' if self.is_upper else '≥'} {self.bound:g}"


def at_most(bound: float) -> Target:
    return Target(bound, is_upper=True)


def at_least(bound: float) -> Target:
    return Target(bound, is_upper=False)


@dataclass(frozen=True)
class Row:
    """A row of the table of targets; without a target it only reports."""

    work: str
    against: str
    target: Target | None
    figure: Figure


def scaled(count: int, scale: float) -> int:
    """Return a part of a count, at least 1."""
    return max(1, round(count * scale))


def seconds_of(work: Work) -> float:
    """Return how long a work takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def by_turns(*works: Work, rounds: int = 10, warmup: int = 1) -> list[list[float]]:
    """Return the times of each work in each round. A round does all works once, the last one first next time.

    Args:
        *works: what is compared.
        rounds: how often each one is timed.
        warmup: how many rounds come before these, and are forgotten.
    """
    times: list[list[float]] = [[] for _ in works]
    for turn in range(warmup + rounds):
        order = range(len(works)) if turn % 2 else reversed(range(len(works)))
        for number in order:
            seconds = seconds_of(works[number])
            if turn >= warmup:
                times[number].append(seconds)
    return times


def ratio_of(work: Sequence[float], baseline: Sequence[float]) -> Figure:
    """Return how many times as long a work took as its baseline, from the times of both."""
    note = f"{duration(median(work))} to {duration(median(baseline))}"
    return Figure(median(work) / median(baseline), min(work) / min(baseline), note)


def ratio(work: Work, baseline: Work, *, rounds: int = 10, warmup: int = 1) -> Figure:
    """Return how many times as long a work takes as its baseline, both measured by turns."""
    return ratio_of(*by_turns(work, baseline, rounds=rounds, warmup=warmup))


def duration(seconds: float) -> str:
    """Return a time in the unit that suits it, with about three digits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"
