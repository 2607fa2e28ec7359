"""A mock that is on, with all that belongs to it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from mock_s3vectors import neighbours
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.config import Config
    from mock_s3vectors.workbench.advice import Adviser
    from mock_s3vectors.workbench.rules import Rule
    from mock_s3vectors.world import Clock, World
    from mock_s3vectors.world.identities import Identities
    from mock_s3vectors.world.keys import Keys


# Synchronous code of the main thread, code in an event loop of the main thread, or code of another thread.
Place = Literal["alone", "in a loop", "in a thread"]


def here() -> Place:
    """Return where the caller runs. Beside code of the main thread outside any event loop, no test runs."""
    if threading.get_ident() != threading.main_thread().ident:
        return "in a thread"
    return "in a loop" if neighbours.is_in_event_loop() else "alone"


class Level:
    """A mock that is on, or was.

    Attributes:
        owner: the object that switched it on.
        config: the options that hold in it.
        outer: the level around it; None for an outermost one.
        shares: whether its calls change the world of the level around it.
        is_dropped: whether its world is dropped when it ends. A later call that looks for something in it is
            warned.
        is_savepoint: whether it is a savepoint of the level around it, for a test or an example.
        place: where it began.
        rules: those that a test has made with it.
        calls_before: how many calls its world had seen when it began, or when its calls were last forgotten.
        adviser: looks at its calls for what hurts on AWS; None unless its options ask for advice.
        has_failed: whether the test that runs in it has failed, so that nothing else need be said of it.
    """

    def __init__(  # noqa: PLR0913 - all that makes a level
        self,
        owner: object,
        config: Config,
        world: World,
        outer: Level | None,
        *,
        is_dropped: bool,
        is_savepoint: bool = False,
    ) -> None:
        self.owner = owner
        self.config = config
        self.outer = outer
        self.shares = outer is not None and outer.holds(world)
        self.is_dropped = is_dropped
        self.is_savepoint = is_savepoint
        self.place = here()
        self.rules: list[Rule] = []
        self.calls_before = world.journal.added
        self.has_failed = False
        self.adviser = _new_adviser() if config.advice else None
        self._world: World | None = world
        # What a test can set in the mock around it: a level that shares its world puts it back.
        self._before = _settings_of(world) if self.shares else None
        if not self.shares:
            world.journal.keep(config.calls_kept)

    @property
    def is_on(self) -> bool:
        """Whether it has not ended."""
        return self._world is not None

    @property
    def world(self) -> World:
        """The mocked S3 Vectors that its calls find and change.

        Raises:
            UsageError: the mock has ended, and dropped its world.
        """
        if self._world is None:
            raise self.ended()
        return self._world

    def worlds(self) -> Iterator[World]:
        """Yield its world, and the worlds whose savepoint it is, as long as they are there."""
        for level in self.around():
            if level.is_on:
                yield level.world
            if not level.is_savepoint:
                return

    def ended(self) -> UsageError:
        """Return the error of a call that outlives its mock."""
        return UsageError(
            "The mock ended before it had answered this call, and the request was not sent anywhere. "
            "Let calls return before their mock ends: join threads, await tasks and shut executors "
            "down while it is on."
        )

    def holds(self, world: World) -> bool:
        """Return whether a world is that of this level."""
        return self._world is world

    def advice_at_end(self) -> tuple[Warning, ...]:
        """Return the advice that can be given only at its end; none if the test has failed anyway."""
        return () if self.adviser is None or self.has_failed else self.adviser.at_end()

    def check_rules(self) -> None:
        """Remove the rules of its test, and raise if one never fired, unless the test has failed anyway.

        Raises:
            AssertionError: one did not.
        """
        rules, self.rules = self.rules, []
        for rule in rules:
            self.world.rules.remove(rule)
        complaints = [] if self.has_failed else [rule.complaint() for rule in rules]
        if any(complaints):
            raise AssertionError("\n\n".join(filter(None, complaints)))

    @contextmanager
    def rules_around_undone(self) -> Iterator[None]:
        """Have the rules of the levels around it be, after a block, as they were before it."""
        before = [(level, level.rules[:]) for level in self.around()]
        try:
            with self.world.rules.undone():
                yield
        finally:
            for level, rules in before:
                level.rules += [rule for rule in rules if rule not in level.rules]

    def leave_rules(self) -> None:
        """Leave the rules of its test in its world after its end, and do not check whether they fired."""
        self.rules = []

    def end(self) -> None:
        """Put back what its test has set, and drop the world: contexts may know the level much longer."""
        world, self._world = self._world, None
        if world is not None and self._before is not None:
            clock, identities, keys = self._before
            world.clock.set_as(clock)
            world.identities.set_as(identities)
            world.keys.set_as(keys)

    def leave_out(self, ended: Level) -> None:
        """Replace a level that has ended, if it is the one around this one, by the level around that."""
        if self.outer is ended:
            self.outer, self.shares = ended.outer, self.shares and ended.shares

    def around(self) -> Iterator[Level]:
        """Yield this level, the one around it, and so on to the outermost."""
        level: Level | None = self
        while level is not None:
            yield level
            level = level.outer


def _settings_of(world: World) -> tuple[Clock, Identities, Keys]:
    """Return copies of the time, the identities and the keys of a world."""
    return world.clock.copy(), world.identities.copy(), world.keys.copy()


def _new_adviser() -> Adviser:
    from mock_s3vectors.workbench.advice import Adviser  # noqa: PLC0415 - it loads numpy

    return Adviser()
