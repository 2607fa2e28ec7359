"""The distinct values of one metadata key, and which of them a condition selects.

A value is told from another by its JSON kind and its value (Choice: true-and-1). Each gets a
small number, its id, in order of appearance; `ABSENT` stands for "no such key". A condition is answered
once per distinct value, as a boolean table over ids; `columns` spreads that table to rows.
"""

from __future__ import annotations

import math
from itertools import compress
from operator import methodcaller
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.arrays import copied, with_room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    _Entrances = dict[type, Callable[[Any], int]]  # by JSON kind, what turns a value into its id

ABSENT = 0

# An entry of a dictionary and the integer in it. The values themselves are the metadata's.
_ENTRY_BYTES = 100


def as_number(value: float) -> float:
    """Return a JSON number as filters see it.

    Choice: integers-and-floats. Integers beyond float64 are infinite.
    """
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _enter(values: Iterable[Any], entrances: _Entrances) -> list[int]:
    return [entrances[type(value)](value) for value in values]


class _Register:
    """Hands out ids in order and keeps the number behind each; NaN for what is no number.

    NaN is neither below, above nor equal to anything, so ranges pass over other kinds by themselves.
    """

    def __init__(self) -> None:
        self.size = ABSENT + 1
        self._numbers = np.full(1, np.nan)

    def new(self, number: float = math.nan) -> int:
        entered = self.size
        self.size += 1
        self._numbers = with_room(self._numbers, self.size, entered)
        self._numbers[entered] = number
        return entered

    def take_over(self, other: _Register) -> None:
        """Become equal to another register."""
        self.size, self._numbers = other.size, copied(other._numbers, other.size)

    @property
    def numbers(self) -> NDArray[np.float64]:
        """Shape `(size,)`, a view."""
        return self._numbers[: self.size]


class _Others(dict[Any, int]):
    """Strings or booleans to ids. `[value]` enters an unknown value, `.get(value)` only asks."""

    def __init__(self, register: _Register) -> None:
        super().__init__()
        self._register = register

    def __missing__(self, value: object) -> int:
        entered = self[value] = self._register.new()
        return entered


class _Numbers(dict[Any, int]):
    """Numbers to ids, by their float64 value, which is also what `.get` must be asked for."""

    def __init__(self, register: _Register) -> None:
        super().__init__()
        self._register = register

    def __missing__(self, value: float) -> int:
        number = as_number(value)
        known = self.get(number)
        if known is None:
            known = self[number] = self._register.new(number)
        return known


class _Arrays:
    """Arrays to ids. Only "any element" is ever asked, so order and repetition tell none apart."""

    def __init__(self, register: _Register, entrances: _Entrances) -> None:
        self._register = register
        self._entrances = entrances
        self._ids: dict[tuple[int, ...], int] = {}
        self._pairs = np.empty((0, 2), dtype=np.int32)
        self._used = 0

    def enter(self, array: list[Any]) -> int:
        elements = tuple(sorted(set(_enter(array, self._entrances))))
        known = self._ids.get(elements)
        if known is None:
            known = self._ids[elements] = self._register.new()
            self._append(known, elements)
        return known

    def _append(self, owner: int, elements: tuple[int, ...]) -> None:
        end = self._used + len(elements)
        self._pairs = with_room(self._pairs, end, self._used)
        self._pairs[self._used : end, 0] = owner
        self._pairs[self._used : end, 1] = elements
        self._used = end

    def take_over(self, other: _Arrays) -> None:
        """Become equal to the arrays of another vocabulary."""
        self._ids.update(other._ids)
        self._pairs, self._used = copied(other._pairs, other._used), other._used

    def size(self) -> int:
        """Count the bytes of the elements, in the dictionary's tuples and in the pairs."""
        return self._pairs.nbytes + 8 * self._used

    def open(self, table: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Put the elements of the arrays in the table in the place of the arrays; in place."""
        owners, elements = self._pairs[: self._used].T
        table[elements[table[owners]]] = True
        table[owners] = False
        return table

    def lift(self, table: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Let every array in that has an element in the table; in place."""
        owners, elements = self._pairs[: self._used].T
        table[owners[table[elements]]] = True
        return table


class Vocabulary:
    """Values to ids, append-only. Every table it answers has shape `(size,)` and is the caller's own."""

    def __init__(self) -> None:
        self._register = register = _Register()
        self._strings = strings = _Others(register)
        booleans, numbers = _Others(register), _Numbers(register)
        self._scalars: dict[type, dict[Any, int]] = {str: strings, bool: booleans, float: numbers}
        # Bound methods of dictionaries: a value seen before costs no Python call.
        entrances: _Entrances = {
            str: strings.__getitem__,
            bool: booleans.__getitem__,
            int: numbers.__getitem__,
            float: numbers.__getitem__,
        }
        self._arrays = _Arrays(register, entrances)
        self._entrances: _Entrances = {
            **entrances,
            list: self._arrays.enter,
            NoneType: {None: ABSENT}.__getitem__,
        }

    def __len__(self) -> int:
        """Return how many ids there are, `ABSENT` included."""
        return self._register.size

    def enter(self, values: Iterable[Any]) -> list[int]:
        """Return the id of each value; enter new values. None is an absent key, as metadata has no null."""
        return _enter(values, self._entrances)

    def copy(self) -> Vocabulary:
        """Return an independent vocabulary with the same ids; dictionaries and arrays are copied whole."""
        # Not a copy attribute by attribute: the entrances are bound to the dictionaries.
        other = Vocabulary()
        other._register.take_over(self._register)
        for kind, ids in self._scalars.items():
            other._scalars[kind].update(ids)
        other._arrays.take_over(self._arrays)
        return other

    def size(self) -> int:
        """Estimate the bytes that it holds."""
        return len(self) * _ENTRY_BYTES + self._register.numbers.nbytes + self._arrays.size()

    def kinds(self, ids: NDArray[np.int32]) -> frozenset[type]:
        """Return the kinds of the values with these ids (str, float, bool). Arrays are their elements."""
        seen = self.nothing()
        seen[ids] = True
        seen[ABSENT] = False
        seen = self._arrays.open(seen)
        booleans = list(self._scalars[bool].values())
        numbers = ~np.isnan(self._register.numbers)
        found: dict[type, np.bool_] = {bool: seen[booleans].any(), float: seen[numbers].any()}
        seen[booleans] = False
        found[str] = seen[~numbers].any()
        return frozenset(kind for kind, is_there in found.items() if is_there)

    def nothing(self) -> NDArray[np.bool_]:
        """Return the table that selects no value."""
        return np.zeros(len(self), dtype=np.bool_)

    def equal_to_any(self, wanted: Iterable[str | float | bool]) -> NDArray[np.bool_]:
        """Select values equal to one of `wanted` (floats), and arrays that have one. Choice: in-on-arrays."""
        table = self.nothing()
        # The id of a value that no row ever had is ABSENT's, which equals nothing.
        table[[self._scalars[type(value)].get(value, ABSENT) for value in wanted]] = True
        table[ABSENT] = False
        return self._arrays.lift(table)

    def compared(self, comparison: np.ufunc, number: float) -> NDArray[np.bool_]:
        """Numbers that compare so to `number`, and arrays with such an element. Choice: ranges-on-arrays."""
        with np.errstate(invalid="ignore"):  # NaN stands for what is no number
            table: NDArray[np.bool_] = comparison(self._register.numbers, number)
        return self._arrays.lift(table)

    def starting_with(self, prefix: str) -> NDArray[np.bool_]:
        """Select strings with this prefix, and arrays with such an element. Choice: starts-with-on-arrays."""
        table = self.nothing()
        starts = map(methodcaller("startswith", prefix), self._strings)
        table[list(compress(self._strings.values(), starts))] = True
        return self._arrays.lift(table)
