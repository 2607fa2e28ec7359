"""Things of a world by name, and behind them those of the world that it branched off."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Self

Thing = TypeVar("Thing")


class Layered(ABC, Generic[Thing]):
    """The things of a world, and then those of the world that it branched off, now and later.

    Things are replaced, never changed, so that a branch can share them.

    Attributes:
        lock: for whoever replaces a thing by what it makes of it.
    """

    def __init__(self, outer: Self | None = None) -> None:
        # Each method changes or reads it in one step, since threads add things and look into it meanwhile.
        self._own: dict[str, Thing] = {}
        self._outer = outer
        self.lock = new_lock()

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

    def put(self, thing: Thing) -> None:
        """Add a thing, or replace the one of the same name."""
        self._own[self._name_of(thing)] = thing

    def remove(self, name: str) -> None:
        """Forget a thing of this world; harmless if there is none."""
        self._own.pop(name, None)

    def clear(self) -> None:
        """Forget those of this world."""
        self._own = {}

    def hold(self, things: Iterable[Thing]) -> None:
        """Forget those of this world and of the one that it branched off, and have these instead."""
        self._own, self._outer = {self._name_of(thing): thing for thing in things}, None

    def copy(self) -> Self:
        """Return those that there are now, in front of the same outer ones."""
        copy = type(self)(self._outer)
        copy.set_as(self)
        return copy

    def set_as(self, other: Self) -> None:
        """Have this world have the things of a copy, and those of the same world behind them."""
        with self.lock:
            self._own, self._outer = other._own.copy(), other._outer
