"""Whether work grows in proportion to its input: a clock that a busy machine does not mislead."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

# Work in the square of the length would take 64 times as long; a busy machine triples what is linear at most.
TIMES, TOLERATED = 8, 24
ATTEMPTS = 8
# Shorter times are below what the clock can tell.
TICK = 0.003


def assert_linear(work: Callable[[str], object], short: str, long: str) -> None:
    """Fails unless a text of eight times the length costs about eight times the processor's time."""
    best_of_short = best_of_long = float("inf")
    for _ in range(ATTEMPTS):
        best_of_short = min(best_of_short, seconds(work, short))
        best_of_long = min(best_of_long, seconds(work, long))
        if best_of_long < TOLERATED * best_of_short + TICK:
            return
    pytest.fail(f"{best_of_short:.4f} s, and {best_of_long:.4f} s for {TIMES} times the length")


def seconds(work: Callable[[str], object], text: str) -> float:
    """The processor's time, which other processes do not lengthen much."""
    started = time.process_time()
    work(text)
    return time.process_time() - started
