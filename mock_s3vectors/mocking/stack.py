"""The mocks that are on in this process, and which of them answers a call.

Mocks nest. Each one that is on is a level with a world: that of the mock around it if it shares, else a
branch of it, which is dropped when the level ends. So an inner mock begins with what the outer one has, and
what happens in it is undone.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_s3vectors.config import Config
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.warn import warn_caller
from mock_s3vectors.locks import new_lock
from mock_s3vectors.mocking.changes import Changes
from mock_s3vectors.mocking.levels import Level, here
from mock_s3vectors.mocking.recording import LISTENING
from mock_s3vectors.mocking.requirements import check_botocore
from mock_s3vectors.mocking.surroundings import Surroundings

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator, Mapping

    from mock_s3vectors.exchange import Exchange
    from mock_s3vectors.gateway import Gateway, Refuse
    from mock_s3vectors.messages import HttpRequest
    from mock_s3vectors.mocking.changes import TemporaryChange
    from mock_s3vectors.world import World

NOT_STARTED = (
    "stop() was called on a mock that is not started: call start() first, and stop() once for each start()."
)


# The last level that began in this execution context. It may be over; so may those around it.
_HERE: ContextVar[Level | None] = ContextVar("mock_s3vectors", default=None)


class MockStack:
    """The levels that are on, the newest last. They may end in any order."""

    def __init__(self) -> None:
        self._lock = new_lock()
        # Replaced as a whole, since other threads read it without the lock.
        self._levels: tuple[Level, ...] = ()
        self._gateway: Gateway | None = None
        self._asked: set[object] = set()
        # The URLs of the servers of this process, the last one to start at the end.
        self.servers: list[str] = []
        # The options of mocks without a mock around them, where their own say nothing.
        self.defaults = Config()
        # Whether calls are refused while no mock is on.
        self.is_guarded = False
        self._surroundings = Surroundings()
        self._changes = Changes()
        self._prepare: Callable[[], object] = bool

    def __bool__(self) -> bool:
        return bool(self._levels)

    def prepare_with(self, prepare: Callable[[], object]) -> None:
        """Call this each time before a mock or the guard is switched on, while no lock is held."""
        self._prepare = prepare

    def while_on(self, *changes: TemporaryChange) -> None:
        """Make these changes when the first mock is switched on, undo them when the last one ends."""
        self._changes = Changes(*changes)

    def start(
        self, owner: object, options: Mapping[str, Any], *, shared: bool = False, world: World | None = None
    ) -> Level:
        """Switch a mock on.

        Args:
            owner: who switches it on.
            options: those of the mock around it hold for all others.
            shared: whether it writes into the mock around it, if there is one.
            world: what it begins with, instead of what the mock around it has.

        Raises:
            UsageError: the installed botocore is too old, or its state file cannot be loaded.
        """
        self._prepare()
        with self._lock:
            before = self._levels
            outer = self.current() if shared else self._outer()
            config = outer.config if outer else self.defaults
            config = replace(config, **options) if options else config
            is_dropped = world is None and not shared and owner is not self
            if world is None:
                world = _world_in(outer, owner, shared)
                # The state of the mock around it is loaded already.
                load_state(config.state if outer is None else options.get("state"), world, outer)
            level = Level(owner, config, world, outer, is_dropped=is_dropped, is_savepoint=owner is self)
            try:
                if not before:
                    check_botocore()
                    self._begin()
                self._levels = (*before, level)
                _HERE.set(level)
            except BaseException:
                self._keep(before)
                raise
        return level

    def stop(self, level: Level, *, failed: bool = False) -> None:
        """Switch a level off, and drop its world if it has one of its own.

        Args:
            level: the level.
            failed: whether an exception is under way, so that nothing else need be said.

        Raises:
            UsageError: it is off.
            AssertionError: a rule of its test never fired.
        """
        with self._lock:
            left = _without(self._levels, level)
            try:
                self._keep(left)
            except BaseException:
                # Repeat it: after an interruption (Ctrl+C, a test's timeout) nobody calls stop() again.
                self._keep(left)
                raise
            _HERE.set(self._here())
            for other in left:
                other.leave_out(level)
        outer = next((around for around in level.around() if around in left), None)
        if outer is not None and level.is_dropped:
            outer.world.drop(level.world)
        level.has_failed = level.has_failed or failed
        try:
            level.check_rules()
            for advice in level.advice_at_end():
                warn_caller(advice)
        finally:
            level.end()

    def _begin(self) -> None:
        self._surroundings.enter()
        self._changes.make(self)

    def _keep(self, levels: tuple[Level, ...]) -> None:
        """Have these levels on and no others; if there are none, put everything back. It may be repeated."""
        self._levels = levels
        if not levels:
            self._asked = set()
            self._changes.undo(self)
            self._surroundings.leave()

    def current(self) -> Level | None:
        """Return the level that answers calls made here; None if no mock is on.

        It is the last one of this execution context that is still on, else the newest of the process.
        """
        levels = self._levels
        return self._here() or (levels[-1] if levels else None)

    def _here(self) -> Level | None:
        """Return the last level of this execution context that is still on.

        While synchronous code of the main thread runs, no event loop does. All levels except those of other
        threads are around it then, whatever its context says: some may have begun in a fixture that ran in a
        loop, or after the context was copied.
        """
        levels = self._levels
        if here() == "alone":
            return next((level for level in reversed(levels) if level.place != "in a thread"), None)
        last = _HERE.get()
        found = None if last is None else next((level for level in last.around() if level in levels), None)
        if found is None:
            return None
        inside = (level for level in reversed(levels) if level.place == "alone" and found in level.around())
        return next(inside, found)

    def _outer(self) -> Level | None:
        """Return the level in which a mock begun here nests, never one of a concurrent task or thread."""
        alone = (level for level in reversed(self._levels) if level.place == "alone")
        return self._here() or next(alone, None)

    def level_of(self, owner: object) -> Level | None:
        """Return the level that an owner switched on last, here or else anywhere; None if it has none on."""
        last, own = _HERE.get(), [level for level in self._levels if level.owner is owner]
        mine = [level for level in last.around() if level in own] if last else []
        return next(iter(mine or reversed(own)), None)

    def steered_by(self, owner: object) -> Level | None:
        """Return the level that an owner steers from here; None if it has none on.

        It is the one that the owner switched on last, or the newest savepoint in that: a test of a decorated
        class runs in one.
        """
        last = self.current()
        innermost: Level | None = None
        for level in last.around() if last else ():
            innermost = innermost or level
            if level.owner is owner:
                return innermost
            if level.owner is not self:
                innermost = None
        return self.level_of(owner)

    def newest_in(self, owner: object) -> Level | None:
        """Return the newest level that is, or began inside, one of an owner's; None if it has none on."""
        levels = self._levels
        for level in reversed(levels):
            if any(outer.owner is owner and outer in levels for outer in level.around()):
                return level
        return None

    def is_first(self, what: object) -> bool:
        """Return whether this is asked for the first time since the first mock began."""
        with self._lock:
            is_first = what not in self._asked
            self._asked.add(what)
            return is_first

    @contextmanager
    def savepoint(self) -> Iterator[Level | None]:
        """Undo everything that happens in a block; if no mock is on, nothing is done."""
        if not self:
            yield None
            return
        level = self.start(self, {})
        with level.rules_around_undone(), self.until_stopped(level):
            yield level

    @contextmanager
    def until_stopped(self, level: Level) -> Iterator[None]:
        """Switch a level off at the end of a block."""
        try:
            yield
        except BaseException:
            self.stop(level, failed=True)
            raise
        self.stop(level)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Refuse every call that is made in a block while no mock is on, in any thread of the process."""
        self._prepare()
        reason, before = object(), self.is_guarded
        with self._lock:
            self._changes.make(reason)
            self.is_guarded = True
        try:
            yield
        finally:
            with self._lock:
                self.is_guarded = before
                self._changes.undo(reason)

    def mark_failed(self) -> None:
        """Note in all levels that are on that a test has failed in them."""
        for level in self._levels:
            level.has_failed = True

    def is_at_savepoint(self) -> bool:
        """Return whether the level that answers calls made here is a savepoint."""
        level = self.current()
        return level is not None and level.owner is self

    def check(self, begun: Level) -> Level:
        """Return the level that answers a call.

        Args:
            begun: the level under which the call began. If it has ended, the one that it shared with may
                answer.

        Raises:
            UsageError: all of these have ended.
        """
        levels = self._levels
        level = begun
        while level not in levels and level.shares and level.outer is not None:
            level = level.outer
        if level not in levels:
            raise level.ended()
        return level

    def handle(
        self,
        request: HttpRequest,
        begun: Level,
        refuse: Refuse | None = None,
        retry_delay: float = 0.0,
    ) -> Exchange:
        """Answer a request.

        Args:
            request: as its client sent it.
            begun: the level under which its call began: `current` at that time.
            refuse: see `Gateway.handle`.
            retry_delay: see `Exchange.retry_delay`.

        Raises:
            UsageError: the mock under which the call began has ended.
        """
        level, world = self._answering(begun)
        advise = None if level.adviser is None else level.adviser.look
        exchange = self._corridor().handle(request, world, level.config, refuse, retry_delay, advise)
        if (listener := LISTENING.listener) is not None:
            listener(exchange)
        return exchange

    def _answering(self, begun: Level) -> tuple[Level, World]:
        """Return the level that answers a call, see `check`, and its world, which it may drop at any time.

        Raises:
            UsageError: no level can answer.
        """
        while True:
            level = self.check(begun)
            try:
                return level, level.world
            except UsageError:
                # It has ended since, so the next check finds the level that it shared with, or none.
                continue

    def _corridor(self) -> Gateway:
        """Return the gateway, made at the first request and kept: it holds no state, only the model."""
        if self._gateway is None:
            with self._lock:  # so that a fork waits for the import, and one thread builds it
                from mock_s3vectors.gateway import Gateway  # noqa: PLC0415 - numpy takes 0.2 s to import

                self._gateway = self._gateway or Gateway()
        return self._gateway


def _world_in(outer: Level | None, owner: object, shared: bool) -> World:  # noqa: FBT001 - as `start` has it
    """Return the world of a level: that of the level around it, a branch of that, or a new one."""
    if outer is None:
        from mock_s3vectors.world import World  # noqa: PLC0415 - not before a mock starts

        return World()
    if shared:
        return outer.world
    return outer.world.savepoint() if owner is STACK else outer.world.branch()


def load_state(state: str | os.PathLike[str] | None, world: World, outer: Level | None = None) -> None:
    """Have a world hold what a state file does, if there is one.

    Args:
        state: the file, the value of the option.
        world: that of a mock that begins.
        outer: the level around it.

    Raises:
        UsageError: the file cannot be loaded; or the world is that of the level around it.
    """
    if state is None:
        return
    if outer is not None and outer.holds(world):
        raise UsageError(
            f"state={state!r} was given to a mock that shares what the mock around it has: give it to that "
            "mock, or replace all that is there with current_mock().load(...)."
        )
    from mock_s3vectors.storage.loading import loaded  # noqa: PLC0415 - it loads numpy and sqlite3

    world.hold(loaded(state))


def _without(levels: tuple[Level, ...], level: Level) -> tuple[Level, ...]:
    """Return the others.

    Raises:
        UsageError: the level is not among them.
    """
    if level not in levels:
        raise UsageError(NOT_STARTED)
    return tuple(other for other in levels if other is not level)


STACK = MockStack()
