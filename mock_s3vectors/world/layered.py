"""Things of a world by name, and behind them those of the world that it branched off."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import Self

Thing = TypeVar("Thing")


class Layered(ABC, Generic[Thing]):
    """The things of a world, and then those of the world that it branched off, now and later.

    Things are replaced, never changed, so that a branch can share them.

    Attributes:
        lock: for whoever replaces a thing by what it makes of it.
        tell: is told the things of this world before they change, see `following`; None if nobody is.
    """

    def __init__(self, outer: Self | None = None) -> None:
        # Replaced as a whole, since threads look into it meanwhile.
        self._own: dict[str, Thing] = {}
        self._outer = outer
        self.lock = new_lock()
        self.tell: Callable[[tuple[Thing, ...]], None] | None = None

    @staticmethod
    @abstractmethod
    def _name_of(thing: Thing) -> str:
        """Return the name by which a thing is looked up."""

    def of(self, name: str) -> Thing | None:
        """Return the thing of a name, None if there is none."""
        found = self._own.get(name)
        return found if found is not None or self._outer is None else self._outer.of(name)

    def all(self) -> tuple[Thing, ...]:
        """Return all things, the oldest first."""
        outer = {} if self._outer is None else {self._name_of(thing): thing for thing in self._outer.all()}
        return tuple({**outer, **self._own}.values())

    def own(self) -> tuple[Thing, ...]:
        """Return the things of this world itself, the oldest first."""
        return tuple(self._own.values())

    def put(self, *things: Thing) -> None:
        """Add things, or replace those of the same names."""
        with self.lock:
            self._change({**self._own, **{self._name_of(thing): thing for thing in things}})

    def remove(self, *names: str) -> None:
        """Forget things of this world; harmless if there are none."""
        with self.lock:
            self._change({name: thing for name, thing in self._own.items() if name not in names})

    def clear(self) -> None:
        """Forget those of this world."""
        with self.lock:
            self._change({})

    def _change(self, own: dict[str, Thing]) -> None:
        """Have these things from now on; the caller holds the lock."""
        if self.tell is not None:
            self.tell(tuple(own.values()))
        self._own = own

    def hold(self, things: Iterable[Thing]) -> None:
        """Forget those of this world and of the one that it branched off, and have these instead.

        Those of the outer world stay if these things are followed: a server that starts with them again has
        both. The caller has told the follower.
        """
        self._own = {self._name_of(thing): thing for thing in things}
        if self.tell is None:
            self._outer = None

    def drop(self) -> None:
        """Forget those of this world. The caller has told the follower, if there is one."""
        self._own = {}

    def copy(self) -> Self:
        """Return those that there are now, in front of the same outer ones."""
        copy = type(self)(self._outer)
        copy.set_as(self)
        return copy

    def set_as(self, other: Self) -> None:
        """Have this world have the things of a copy, and those of the same world behind them."""
        with self.lock:
            self._change(other._own)
            self.take(other)

    def take(self, other: Self) -> None:
        """Do the same as `set_as`. The caller has told the follower, if there is one."""
        self._own, self._outer = other._own.copy(), other._outer
