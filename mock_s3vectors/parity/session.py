"""A run from its announcement to its end: for the program, and for the tests of this project."""

from __future__ import annotations

import re
import shlex
import sys
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from mock_s3vectors.abridging import plural
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.parity.cleaning import Cleaner, CleaningFailedError
from mock_s3vectors.parity.gate import Amount, Gate
from mock_s3vectors.parity.interrupts import EndedError
from mock_s3vectors.parity.running import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mock_s3vectors.parity.bounds import Bounds
    from mock_s3vectors.parity.fact import Fact
    from mock_s3vectors.parity.interrupts import Interrupts
    from mock_s3vectors.parity.running import Run
    from mock_s3vectors.parity.target import Target

_PREFIX = re.compile("(parity-[0-9a-f]{8})-?")
# Of cleaning up by itself.
_MOST_REQUESTS = 10_000
INTERRUPTED = "the run was interrupted"


def selected(facts: Sequence[Fact], patterns: Sequence[str]) -> list[Fact]:
    """Return the facts that patterns name: by their id, their topic, or a choice.

    Raises:
        UsageError: a pattern names none.
    """
    if not patterns:
        return list(facts)
    named = [[fact for fact in facts if _is_named(fact, pattern.lower())] for pattern in patterns]
    for pattern, found in zip(patterns, named, strict=True):
        if not found:
            raise UsageError(
                f"--only {pattern}: no fact has this id or topic, or is about this choice. --list shows all."
            )
    return [fact for fact in facts if any(fact in found for found in named)]


def _is_named(fact: Fact, pattern: str) -> bool:
    return any(fnmatchcase(name.lower(), pattern) for name in (fact.id, fact.topic, *fact.choices))


def announcement(target: Target, prefix: str, bounds: Bounds) -> list[str]:
    """Return the lines that say what is going to be asked, and what it may take at most."""
    requests, vectors = bounds.total.requests, plural(bounds.total.vectors, "vector")
    asked = plural(len(bounds.facts), "fact")
    return [
        target.title(),
        f"{asked}. All vector buckets are named {prefix}..., and are deleted in the end.",
        f"At most {requests:,} requests, each attempt counted, and {vectors}.",
    ]


def check_confirmed(target: Target, *, yes: bool, ask: Callable[[str], str]) -> None:
    """Go on only if somebody wants what has been announced.

    Args:
        target: the service; one on this machine needs no confirmation.
        yes: whether it is confirmed already.
        ask: asks a question on the terminal, and returns the answer.

    Raises:
        UsageError: they do not, or nobody can be asked.
    """
    if yes or not target.needs_confirmation:
        return
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("There is no terminal to confirm this on, so nothing was asked: give --yes.")
    try:
        answer = ask("Ask them? [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().lower() not in {"y", "yes"}:
        raise UsageError("Nothing was asked.")


def ask_all(
    run: Run,
    facts: Sequence[Fact],
    interrupts: Interrupts,
    on_outcome: Callable[[int], object],
    on_left: Callable[[list[str]], object],
) -> list[Outcome]:
    """Ask facts, and remove all that they have made; return an outcome for each.

    Args:
        run: the run, which is not open yet.
        facts: the facts.
        interrupts: the block around this.
        on_outcome: called with the number of facts that have been asked, after each.
        on_left: called with sentences about what could not be removed.

    Raises:
        UsageError: the service does not answer, or refuses the first requests.
    """
    outcomes: list[Outcome] = []
    try:
        try:
            run.open()
            for fact in facts:
                outcomes.append(run.ask(fact))
                on_outcome(len(outcomes))
        finally:
            interrupts.hold()
    except EndedError:
        run.stopped = INTERRUPTED
    finally:
        left = run.close()
        if left:
            on_left(left)
    return [*outcomes, *(Outcome(fact, "not asked", reason=run.stopped) for fact in facts[len(outcomes) :])]


def how_to_clean_up(target: Target, prefix: str, profile: str | None) -> str:
    """Return the command that removes what a run has left."""
    words = ["mock-s3vectors", "parity", "--clean-up", prefix, "--region", target.region]
    words += ["--endpoint-url", target.endpoint] if target.endpoint else []
    words += ["--profile", profile] if profile else []
    return shlex.join(words)


def prefix_of(text: str) -> str:
    """Return the prefix of a run that somebody means.

    Raises:
        UsageError: this is none.
    """
    own = _PREFIX.fullmatch(text)
    if own is None:
        raise UsageError(f"--clean-up {text}: runs have prefixes such as parity-1a2b3c4d.")
    return f"{own[1]}-"


def clean_up(target: Target, prefix: str) -> tuple[int, list[str]]:
    """Remove what a run has left: return how many vector buckets, and sentences about those that are left.

    Raises:
        UsageError: this is not the prefix of a run.
    """
    prefix = prefix_of(prefix)
    gate = Gate(prefix, Amount(_MOST_REQUESTS))
    client, said = target.client(gate, attempts=1), []
    cleaner = Cleaner(client, gate)
    try:
        cleaner.remove_all(())
    except CleaningFailedError as error:
        said.append(f"The vector buckets could not be listed: {error}")
    finally:
        client.close()
    return cleaner.removed, [*cleaner.sentences(), *said]
