"""The values of one metadata key, and which of them a condition selects.

A value is told from another by its JSON kind and its value (Choice: true-and-1). Each gets a
small number, its id; `ABSENT` stands for "no such key". A condition is answered once per id, as a boolean
table over ids; `columns` spreads that table to rows.

Equal values share an id, except where many numbers were entered at once and most seemed distinct: each of
these has an id of its own. A query compares a million numbers faster than a dictionary takes in a thousand.
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import accumulate, chain, compress, count, islice, pairwise, repeat
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mock_s3vectors.arrays import copied, with_room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    _Ids = NDArray[np.int32]
    _Table = NDArray[np.bool_]
    _Entrances = dict[frozenset[type], Callable[["Vocabulary", Sequence[Any]], _Ids]]

ABSENT = 0

# Of more numbers than these, the first ones tell whether most are distinct. A request writes fewer.
_MANY = 10_000

# Up to so many operands, comparing every number with each of them is faster than sorting the numbers.
_FEW = 200

# How many elements of arrays are looked at together: their ids stay in a core's cache.
_ELEMENTS = 1 << 16

# An entry of a dictionary and the integer in it. The values themselves are the metadata's.
_ENTRY_BYTES = 80


def as_number(value: float) -> float:
    """Return a JSON number as filters see it.

    Choice: integers-and-floats. Integers beyond float64 are infinite.
    """
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _as_numbers(values: Sequence[float]) -> NDArray[np.float64]:
    try:
        return np.fromiter(values, np.float64, len(values))
    except OverflowError:
        return np.array([as_number(value) for value in values])


class _Arrays:
    """Arrays to ids. Only "any element" is ever asked, so order and repetition tell none apart."""

    def __init__(self) -> None:
        self._ids: dict[tuple[int, ...], int] = {}
        # One entry for each distinct element of each array.
        self._owners = np.empty(0, np.int32)
        self._elements = np.empty(0, np.int32)
        self._used = 0

    def __len__(self) -> int:
        return len(self._ids)

    def enter(self, arrays: Iterable[tuple[int, ...]], new_ids: Iterator[int]) -> _Ids:
        """Return the id of each array; those that are new get the next of `new_ids`.

        Args:
            arrays: the ids of the elements of each array: distinct, ascending.
            new_ids: unused ids.
        """
        arrays = list(arrays)
        new = [array for array in dict.fromkeys(arrays) if array not in self._ids]
        entered = list(islice(new_ids, len(new)))
        self._ids.update(zip(new, entered, strict=True))
        lengths = np.fromiter(map(len, new), np.intp, len(new))
        start, end = self._used, self._used + int(lengths.sum())
        self._owners, self._elements = (
            with_room(column, end, start) for column in (self._owners, self._elements)
        )
        self._owners[start:end] = np.repeat(entered, lengths)
        self._elements[start:end] = np.fromiter(chain.from_iterable(new), np.int32, end - start)
        self._used = end
        return np.fromiter(map(self._ids.__getitem__, arrays), np.int32, len(arrays))

    def copy(self) -> _Arrays:
        """Return independent arrays with the same ids."""
        other = _Arrays()
        other._ids.update(self._ids)
        other._owners, other._elements = copied(self._owners, self._used), copied(self._elements, self._used)
        other._used = self._used
        return other

    def size(self) -> int:
        """Count the bytes of the elements, in the dictionary's tuples and beside it."""
        return self._owners.nbytes + self._elements.nbytes + 8 * self._used

    def open(self, table: _Table) -> _Table:
        """Put the elements of the arrays in the table in the place of the arrays; in place."""
        owners, elements = self._owners[: self._used], self._elements[: self._used]
        table[elements[table[owners]]] = True
        table[owners] = False
        return table

    def lift(self, table: _Table) -> _Table:
        """Let every array in that has an element in the table; in place."""
        for start in range(0, self._used, _ELEMENTS):
            block = slice(start, min(start + _ELEMENTS, self._used))
            found = np.flatnonzero(table.take(self._elements[block], mode="clip"))
            table[self._owners[block][found]] = True
        return table


class Vocabulary:
    """Values to ids, append-only. Every table it answers has shape `(size,)` and is the caller's own."""

    def __init__(self) -> None:
        # Their default is the next id, so that neither a known value nor a new one costs a Python call.
        self._strings: defaultdict[str, int] = defaultdict()
        self._booleans: defaultdict[bool, int] = defaultdict()
        self._numbers: defaultdict[float, int] = defaultdict()
        self._arrays = _Arrays()
        self._alone = 0  # numbers that share no id
        self._numbers_by_id = np.full(1, np.nan)
        self._numbered = 1
        self._go_on()

    def __len__(self) -> int:
        """Return how many ids there are, `ABSENT` included."""
        entered = len(self._strings) + len(self._booleans) + len(self._numbers) + len(self._arrays)
        return 1 + entered + self._alone

    def _go_on(self) -> None:
        """Let the next new value get the first id that is free."""
        self._new_ids = count(len(self))
        for ids in (self._strings, self._booleans, self._numbers):
            ids.default_factory = self._new_ids.__next__

    def enter(self, values: Sequence[Any]) -> _Ids:
        """Return the id of each value; enter new values. None is an absent key, as metadata has no null."""
        return self._enter(values, self._ENTRANCES)

    def _enter(self, values: Sequence[Any], entrances: _Entrances) -> _Ids:
        kinds = set(map(type, values))
        ids = np.full(len(values), ABSENT, np.int32)
        for kind, entrance in entrances.items():
            if kinds <= kind:  # as nearly always: all values are of one kind
                return entrance(self, values)
            if not kinds.isdisjoint(kind):
                rows = [row for row, value in enumerate(values) if type(value) in kind]
                ids[rows] = entrance(self, [values[row] for row in rows])
        return ids

    def _enter_strings(self, values: Sequence[str]) -> _Ids:
        return np.fromiter(map(self._strings.__getitem__, values), np.int32, len(values))

    def _enter_booleans(self, values: Sequence[bool]) -> _Ids:
        return np.fromiter(map(self._booleans.__getitem__, values), np.int32, len(values))

    def _enter_numbers(self, values: Sequence[float]) -> _Ids:
        if len(values) <= _MANY or len(set(values[:_MANY])) < _MANY / 2:
            return self._share_numbers(values)
        first = len(self)
        ids = np.arange(first, first + len(values), dtype=np.int32)
        self._alone += len(values)
        self._go_on()
        self._all_numbers()[ids] = _as_numbers(values)
        return ids

    def _share_numbers(self, values: Sequence[float]) -> _Ids:
        numbers = _as_numbers(values)
        ids = np.fromiter(map(self._numbers.__getitem__, numbers.tolist()), np.int32, len(values))
        self._all_numbers()[ids] = numbers
        return ids

    def _enter_arrays(self, values: Sequence[list[Any]]) -> _Ids:
        elements = self._enter(list(chain.from_iterable(values)), self._ENTRANCES_OF_ELEMENTS).tolist()
        bounds = pairwise(accumulate(map(len, values), initial=0))
        arrays = (tuple(sorted(set(elements[start:end]))) for start, end in bounds)
        return self._arrays.enter(arrays, self._new_ids)

    _ENTRANCES_OF_ELEMENTS: ClassVar[_Entrances] = {
        frozenset({str}): _enter_strings,
        frozenset({bool}): _enter_booleans,
        frozenset({int, float}): _share_numbers,
    }
    _ENTRANCES: ClassVar[_Entrances] = {
        **_ENTRANCES_OF_ELEMENTS,
        frozenset({int, float}): _enter_numbers,
        frozenset({list}): _enter_arrays,
    }

    def _all_numbers(self) -> NDArray[np.float64]:
        """Return the number behind each id, shape `(size,)`, a view; NaN for what is no number.

        NaN is neither below, above nor equal to anything, so comparisons pass over other kinds by themselves.
        """
        size = len(self)
        self._numbers_by_id = with_room(self._numbers_by_id, size, self._numbered)
        self._numbers_by_id[self._numbered : size] = np.nan
        self._numbered = size
        return self._numbers_by_id[:size]

    def copy(self) -> Vocabulary:
        """Return an independent vocabulary with the same ids; dictionaries and arrays are copied whole."""
        other = Vocabulary()
        other._strings.update(self._strings)
        other._booleans.update(self._booleans)
        other._numbers.update(self._numbers)
        other._arrays = self._arrays.copy()
        other._alone = self._alone
        other._numbers_by_id, other._numbered = copied(self._numbers_by_id, self._numbered), self._numbered
        other._go_on()
        return other

    def size(self) -> int:
        """Estimate the bytes that it holds."""
        entries = len(self) - self._alone
        return entries * _ENTRY_BYTES + self._numbers_by_id.nbytes + self._arrays.size()

    def kinds(self, ids: _Ids) -> frozenset[type]:
        """Return the kinds of the values with these ids (str, float, bool). Arrays are their elements."""
        seen = self.nothing()
        seen[ids] = True
        seen[ABSENT] = False
        seen = self._arrays.open(seen)
        booleans = list(self._booleans.values())
        numbers = ~np.isnan(self._all_numbers())
        found: dict[type, np.bool_] = {bool: seen[booleans].any(), float: seen[numbers].any()}
        seen[booleans] = False
        found[str] = seen[~numbers].any()
        return frozenset(kind for kind, is_there in found.items() if is_there)

    def nothing(self) -> _Table:
        """Return the table that selects no value."""
        return np.zeros(len(self), dtype=np.bool_)

    def equal_to_any(self, wanted: Iterable[str | float | bool]) -> _Table:
        """Select values equal to one of `wanted` (floats), and arrays that have one. Choice: in-on-arrays."""
        by_kind: dict[type, list[Any]] = {str: [], bool: [], float: []}
        for value in wanted:
            by_kind[type(value)].append(value)
        table = self._equal_to_any_number(by_kind[float])
        # The id of a value that no row ever had is ABSENT's, which equals nothing.
        table[[self._strings.get(value, ABSENT) for value in by_kind[str]]] = True
        table[[self._booleans.get(value, ABSENT) for value in by_kind[bool]]] = True
        table[ABSENT] = False
        return self._arrays.lift(table)

    def _equal_to_any_number(self, wanted: Sequence[float]) -> _Table:
        if len(wanted) > _FEW:
            return np.isin(self._all_numbers(), wanted)
        table, numbers = self.nothing(), self._all_numbers()
        for number in wanted:
            table |= numbers == number
        return table

    def compared(self, comparison: np.ufunc, number: float) -> _Table:
        """Numbers that compare so to `number`, and arrays with such an element. Choice: ranges-on-arrays."""
        with np.errstate(invalid="ignore"):  # NaN stands for what is no number
            table: _Table = comparison(self._all_numbers(), number)
        return self._arrays.lift(table)

    def starting_with(self, prefix: str) -> _Table:
        """Select strings with this prefix, and arrays with such an element. Choice: starts-with-on-arrays."""
        table = self.nothing()
        starts = map(str.startswith, self._strings, repeat(prefix))
        table[list(compress(self._strings.values(), starts))] = True
        return self._arrays.lift(table)
