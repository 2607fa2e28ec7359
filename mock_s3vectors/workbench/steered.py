"""A mock that is on, as its workbench sees it: its calls, and the rules that were made with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.config import Config
    from mock_s3vectors.workbench.calls import Calls
    from mock_s3vectors.workbench.rules import Rule
    from mock_s3vectors.world import World


class Steered(Protocol):
    """A mock that is on, as its workbench sees it.

    Attributes:
        config: the options that hold in it.
        rules: those that were made with it and not removed.
        calls_before: how many calls its world had seen when it began, or when its calls were last forgotten.
    """

    config: Config
    rules: list[Rule]
    calls_before: int

    @property
    def is_on(self) -> bool:
        """Whether it has not ended."""

    @property
    def world(self) -> World:
        """The mocked S3 Vectors that its calls find and change."""

    def worlds(self) -> Iterator[World]:
        """Yield its world, and the worlds whose savepoint it is."""


def calls_of(level: Steered) -> Calls:
    """Return the calls that have reached a mock since it began."""
    from mock_s3vectors.workbench.calls import Calls  # noqa: PLC0415 - it loads botocore

    start = level.calls_before
    records, dropped = level.world.journal.since(start)

    def clear() -> None:
        level.calls_before = max(level.calls_before, start + dropped + len(records))

    return Calls.of_records(records, dropped, clear)


class LevelRules:
    """Keeps the rules of a mock: in its world, where calls meet them, and in its own list, until it ends."""

    def __init__(self, level: Steered) -> None:
        self._level = level
        self._of_world = level.world.rules

    def keep(self, rule: Rule) -> None:
        """See `rules.RuleBook.keep`.

        Raises:
            UsageError: the mock has ended.
        """
        if not self._level.is_on:
            raise UsageError(f"{rule} was made on a mock that has ended: call on() of the mock that is on.")
        self._level.rules.append(rule)
        self._of_world.add(rule)

    def drop(self, rule: Rule) -> None:
        """See `rules.RuleBook.drop`."""
        if rule in self._level.rules:
            self._level.rules.remove(rule)
        self._of_world.remove(rule)

    def calls_so_far(self) -> Calls:
        """See `rules.RuleBook.calls_so_far`."""
        return calls_of(self._level)


def made_before(asked: str, what: str, maker: str) -> UsageError:
    """Return the refusal to change something that is not there any more."""
    return UsageError(
        f"{asked} was used on {what}, which was made on a mock that has ended, or was undone: make it on the "
        f"mock that is on, with {maker}."
    )
