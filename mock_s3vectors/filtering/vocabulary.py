"""The values of one metadata key, and which of them a condition selects.

A value is told from another by its JSON kind and its value. Each gets a
small number, its id; `ABSENT` stands for "no such key". A condition is answered once per id, as a boolean
table over ids; `columns` spreads that table to rows.

Equal values share an id, except where many numbers or strings were entered at once and most seemed distinct:
each of these has an id of its own. A query compares a million numbers, or hashes of strings, in less time
than a dictionary takes to enter a few thousand.
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import accumulate, chain, compress, count, pairwise, repeat
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from mock_s3vectors.arrays import copied, with_room
from mock_s3vectors.filtering.elements import ArrayIds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    _Ids = NDArray[np.int32]
    _Table = NDArray[np.bool_]
    _Entrances = dict[frozenset[type], Callable[["Vocabulary", Sequence[Any]], _Ids]]

ABSENT = 0

# Of more values than these, the first ones tell whether most are distinct. A request writes fewer.
_MANY = 10_000

# Up to so many operands, every value is compared with each of them.
_FEW = 200

# An entry of a dictionary and the integer in it. The values themselves are the metadata's.
_ENTRY_BYTES = 80
# A hash and a reference to its string.
_HASH_BYTES = 16


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


def _mostly_distinct(values: Sequence[Any]) -> bool:
    return len(values) > _MANY and len(set(values[:_MANY])) >= _MANY / 2


class _DistinctStrings:
    """Many strings with consecutive ids; a few may be equal."""

    def __init__(self, first: int, strings: Sequence[str]) -> None:
        self.ids = slice(first, first + len(strings))
        self._strings = strings
        self._hashes = np.fromiter(map(hash, strings), np.int64, len(strings))

    def __len__(self) -> int:
        return self._hashes.size

    def equal_to_any(self, wanted: Sequence[str]) -> _Table:
        """Select those that are equal to one of `wanted`, shape `(strings,)`."""
        if len(wanted) > _FEW:
            return np.fromiter(map(set(wanted).__contains__, self._strings), np.bool_, len(self))
        table = np.zeros(len(self), np.bool_)
        for string in wanted:
            same_hash = np.flatnonzero(self._hashes == hash(string)).tolist()
            table[[place for place in same_hash if self._strings[place] == string]] = True
        return table

    def starting_with(self, prefix: str) -> _Table:
        """Select those with this prefix, shape `(strings,)`."""
        starts = map(str.startswith, self._strings, repeat(prefix))
        return np.fromiter(starts, np.bool_, len(self))


class Vocabulary:
    """Values to ids, append-only. Every table it answers has shape `(size,)` and is the caller's own."""

    def __init__(self) -> None:
        # Their default is the next id, so that neither a known value nor a new one costs a Python call.
        self._strings: defaultdict[str, int] = defaultdict()
        self._booleans: defaultdict[bool, int] = defaultdict()
        self._numbers: defaultdict[float, int] = defaultdict()
        self._arrays = ArrayIds()
        self._alone = 0  # numbers and strings that share no id
        self._distinct_strings: list[_DistinctStrings] = []
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

    def _ids_alone(self, number: int) -> _Ids:
        """Return so many new ids, for values that share none."""
        first = len(self)
        self._alone += number
        self._go_on()
        return np.arange(first, first + number, dtype=np.int32)

    def _enter_strings(self, values: Sequence[str]) -> _Ids:
        if not _mostly_distinct(values):
            return self._share_strings(values)
        self._distinct_strings.append(_DistinctStrings(len(self), values))
        return self._ids_alone(len(values))

    def _share_strings(self, values: Sequence[str]) -> _Ids:
        return np.fromiter(map(self._strings.__getitem__, values), np.int32, len(values))

    def _enter_booleans(self, values: Sequence[bool]) -> _Ids:
        return np.fromiter(map(self._booleans.__getitem__, values), np.int32, len(values))

    def _enter_numbers(self, values: Sequence[float]) -> _Ids:
        if not _mostly_distinct(values):
            return self._share_numbers(values)
        ids = self._ids_alone(len(values))
        self._all_numbers()[-len(values) :] = _as_numbers(values)
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
        frozenset({str}): _share_strings,
        frozenset({bool}): _enter_booleans,
        frozenset({int, float}): _share_numbers,
    }
    _ENTRANCES: ClassVar[_Entrances] = {
        **_ENTRANCES_OF_ELEMENTS,
        frozenset({str}): _enter_strings,
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
        other._alone, other._distinct_strings = self._alone, self._distinct_strings[:]
        other._numbers_by_id, other._numbered = copied(self._numbers_by_id, self._numbered), self._numbered
        other._go_on()
        return other

    def size(self) -> int:
        """Estimate the bytes that it holds."""
        entries = (len(self) - self._alone) * _ENTRY_BYTES
        hashes = sum(map(len, self._distinct_strings)) * _HASH_BYTES
        return entries + hashes + self._numbers_by_id.nbytes + self._arrays.size()

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
        # Choice: true-and-1.
        by_kind: dict[type, list[Any]] = {str: [], bool: [], float: []}
        for value in wanted:
            by_kind[type(value)].append(value)
        table = self._equal_to_any_number(by_kind[float])
        # The id of a value that no row ever had is ABSENT's, which equals nothing.
        table[[self._strings.get(value, ABSENT) for value in by_kind[str]]] = True
        table[[self._booleans.get(value, ABSENT) for value in by_kind[bool]]] = True
        for strings in self._distinct_strings:
            table[strings.ids] |= strings.equal_to_any(by_kind[str])
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
        for strings in self._distinct_strings:
            table[strings.ids] |= strings.starting_with(prefix)
        return self._arrays.lift(table)
