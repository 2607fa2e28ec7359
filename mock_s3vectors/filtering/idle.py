"""Conditions that cannot match: no row has their metadata key, or a value of the kind that they ask for.

A condition is not idle only because no row satisfies it: that `{"year": 1999}` matches nothing is an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.filtering.tree import Field, Group

if TYPE_CHECKING:
    from mock_s3vectors.filtering.columns import Columns
    from mock_s3vectors.filtering.tree import Filter, Node


@dataclass(frozen=True)
class IdleCondition:
    """A condition that cannot match.

    Attributes:
        key: its metadata key.
        wanted: the kinds of values that it can match: of str, float and bool.
        found: the kinds of values that rows have under the key; none if no row has the key.
    """

    key: str
    wanted: frozenset[type]
    found: frozenset[type]


@dataclass(frozen=True)
class _Conditions:
    """The idle ones of a node, and the keys of the others."""

    idle: list[IdleCondition]
    others: set[str]


def idle_conditions(matching: Filter, columns: Columns) -> list[IdleCondition]:
    """Return the idle conditions of a filter, in its order.

    An $or is how a filter copes with keys that are missing, or that have values of several kinds. So an idle
    condition in an $or does not count if the $or has another one on the same key that is not idle.
    """
    kinds = {key: columns.column(key).kinds() for key in matching.keys}
    return _conditions(matching.root, kinds).idle


def _conditions(node: Node, kinds: dict[str, frozenset[type]]) -> _Conditions:
    if isinstance(node, Field):
        return _of_field(node, kinds[node.key])
    both = _Conditions([], set())
    if isinstance(node, Group):
        for member in node.members:
            more = _conditions(member, kinds)
            both.idle.extend(more.idle)
            both.others.update(more.others)
        if node.join is np.logical_or:
            both.idle[:] = [condition for condition in both.idle if condition.key not in both.others]
    return both


def _of_field(node: Field, found: frozenset[type]) -> _Conditions:
    wanted = [condition.kinds for condition in node.conditions]
    idle = [
        IdleCondition(node.key, kinds, found)
        for kinds in wanted
        if kinds is not None and _cannot_match(kinds, found)
    ]
    return _Conditions(idle, {node.key} if len(idle) < len(wanted) else set())


def _cannot_match(wanted: frozenset[type], found: frozenset[type]) -> bool:
    """Return whether values of these kinds are missing. `$eq: "NaN"` wants none, whatever is there."""
    return not found or (bool(wanted) and wanted.isdisjoint(found))
