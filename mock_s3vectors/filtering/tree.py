"""A compiled filter: conditions on one field, joined by $and and $or.

A condition answers a table over the values of its field (see `vocabulary`), in which absence is a value
like any other; a node answers a mask over rows. Evaluation cannot fail: `grammar` has refused what could.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np

from mock_s3vectors import choices
from mock_s3vectors.filtering.vocabulary import ABSENT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mock_s3vectors.filtering.columns import Columns
    from mock_s3vectors.filtering.vocabulary import Vocabulary


class Condition(Protocol):
    """The condition that one operator sets for one field."""

    @property
    def kinds(self) -> frozenset[type] | None:
        """Return the kinds that it can match, see `Vocabulary.kinds`; None if it can match absence."""

    def table(self, vocabulary: Vocabulary) -> NDArray[np.bool_]:
        """Return which values satisfy it: shape `(len(vocabulary),)`, the caller's own."""


# The nodes compare by identity: Python's equality would call the filters for 1 and for true the same.
@dataclass(frozen=True, eq=False)
class OneOf:
    """$eq and $in. Numbers are floats."""

    values: tuple[str | float | bool, ...]

    @property
    def kinds(self) -> frozenset[type]:
        """Return the kinds of the values."""
        return frozenset(map(type, self.values))

    def table(self, vocabulary: Vocabulary) -> NDArray[np.bool_]:
        """Select values equal to one of `values`, and arrays with such an element."""
        return vocabulary.equal_to_any(self.values)


@dataclass(frozen=True, eq=False)
class Compared:
    """$gt, $gte, $lt and $lte: `comparison(value, number)`."""

    comparison: np.ufunc
    number: float

    @property
    def kinds(self) -> frozenset[type]:
        """Return that of numbers."""
        return frozenset({float})

    def table(self, vocabulary: Vocabulary) -> NDArray[np.bool_]:
        """Select numbers in range, and arrays with such an element."""
        return vocabulary.compared(self.comparison, self.number)


@dataclass(frozen=True, eq=False)
class StartingWith:
    """$startsWith."""

    prefix: str

    @property
    def kinds(self) -> frozenset[type]:
        """Return that of strings."""
        return frozenset({str})

    def table(self, vocabulary: Vocabulary) -> NDArray[np.bool_]:
        """Select strings that start with `prefix`, and arrays with such an element."""
        return vocabulary.starting_with(self.prefix)


@dataclass(frozen=True, eq=False)
class Present:
    """$exists."""

    wanted: bool

    @property
    def kinds(self) -> frozenset[type] | None:
        """Return all kinds, or None for absence."""
        return frozenset({str, float, bool}) if self.wanted else None

    def table(self, vocabulary: Vocabulary) -> NDArray[np.bool_]:
        """Every value, or absence alone."""
        table = np.full(len(vocabulary), self.wanted)
        table[ABSENT] = not self.wanted
        return table


@dataclass(frozen=True, eq=False)
class Complement:
    """$ne and $nin."""

    condition: Condition

    @property
    def kinds(self) -> None:
        """Return None: absence is among what it matches."""
        return

    def table(self, vocabulary: Vocabulary) -> NDArray[np.bool_]:
        """Return all values that `condition` does not select. Choice: not-equal-complement."""
        table = ~self.condition.table(vocabulary)
        table[ABSENT] = choices.NOT_EQUAL_MATCHES_ABSENT
        return table


class Node(Protocol):
    """A filter within a filter."""

    def mask(self, columns: Columns) -> NDArray[np.bool_]:
        """Return which rows satisfy it: shape `(columns.rows,)`, the caller's own."""


@dataclass(frozen=True, eq=False)
class Field:
    """All conditions on one metadata key, of which each must hold."""

    key: str
    conditions: tuple[Condition, ...]

    def mask(self, columns: Columns) -> NDArray[np.bool_]:
        """Answer in the few distinct values first, then spread to rows once."""
        column = columns.column(self.key)
        first, *others = self.conditions
        table = first.table(column.vocabulary)
        for condition in others:
            table &= condition.table(column.vocabulary)
        return column.spread(table)


@dataclass(frozen=True, eq=False)
class Group:
    """$and or $or: the masks of the members, joined two at a time so that only two are ever held."""

    join: np.ufunc
    members: tuple[Node, ...]

    def mask(self, columns: Columns) -> NDArray[np.bool_]:
        """Evaluate the members in turn: one Python call per level of nesting."""
        first, *others = self.members
        mask = first.mask(columns)
        for member in others:
            self.join(mask, member.mask(columns), out=mask)
        return mask


@dataclass(frozen=True, eq=False)
class Filter:
    """A filter ready to run, as often and over as many indexes as wanted.

    Attributes:
        root: the outermost node.
        keys: the metadata keys that it reads.
    """

    root: Node = field(repr=False)
    keys: frozenset[str]

    def mask(self, columns: Columns) -> NDArray[np.bool_]:
        """Return which rows the filter selects: booleans of shape `(columns.rows,)`, the caller's own.

        Columns that the filter reads are built where they are missing. Never fails.
        """
        columns.expect(len(self.keys))
        return self.root.mask(columns)
