"""The nodes of a graph of rows: one for all rows that the metric cannot tell apart."""

from __future__ import annotations

from copy import copy
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.arrays import copied, with_room

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import Self

NO_NODE = -1  # of a row
_NONE = -1  # of the rows of a node
_SEVERAL = -2


class Nodes:
    """The map between rows and nodes.

    A graph cannot forget: a node whose last row was overwritten or deleted is a tombstone, which is walked
    through but never found, until a row of the same vector comes.
    """

    def __init__(self, node_of_row: NDArray[np.intp], count: int) -> None:
        """Make the map of `count` nodes.

        Args:
            node_of_row: the node of each row, or `NO_NODE`.
            count: more than the highest node.
        """
        self._rows = node_of_row.size
        self._count = count
        self._node_of_row = node_of_row.copy()
        rows = np.flatnonzero(node_of_row != NO_NODE)
        nodes = node_of_row[rows]
        # The row of a node, _SEVERAL or, for a tombstone, _NONE.
        self._row_of_node = np.full(count, _NONE, np.intp)
        self._row_of_node[nodes] = rows
        several = np.bincount(nodes, minlength=count) > 1
        self._row_of_node[several] = _SEVERAL
        self._shared: dict[int, set[int]] = {}  # the rows of a node that has several
        crowded = several[nodes]
        for row, node in zip(rows[crowded].tolist(), nodes[crowded].tolist(), strict=True):
            self._shared.setdefault(node, set()).add(row)

    def __len__(self) -> int:
        """Count the nodes, tombstones among them."""
        return self._count

    def write(self, rows: NDArray[np.intp]) -> None:
        """Take the node from rows that were written; those past the end so far are new."""
        count = max(self._rows, int(rows.max()) + 1)
        self._node_of_row = with_room(self._node_of_row, count, self._rows)
        self._node_of_row[self._rows : count] = NO_NODE
        self._rows = count
        for row in rows[self._node_of_row[rows] != NO_NODE].tolist():
            self._leave(row)

    def remove(self, row: int, last: int) -> None:
        """Move the last row, `last`, to `row`."""
        self._leave(row)
        node = self._leave(last)
        if node != NO_NODE:
            self._enter(row, node)
        self._rows = last

    def copy(self) -> Self:
        """Return an independent map with the same nodes."""
        other: Self = copy(self)
        other._node_of_row = copied(self._node_of_row, self._rows)
        other._row_of_node = copied(self._row_of_node, self._count)
        other._shared = dict(zip(self._shared, map(set, self._shared.values()), strict=True))
        return other

    def renumbered(self, new: NDArray[np.intp], count: int) -> Nodes:
        """Return the map in which each node has become another one, of `count`; `new` has it by node."""
        old = self.node_of_row
        return Nodes(np.where(old == NO_NODE, NO_NODE, new[old]), count)

    @property
    def node_of_row(self) -> NDArray[np.intp]:
        """Return the node of each row, or `NO_NODE`: a view, valid until the next write."""
        return self._node_of_row[: self._rows]

    def without(self) -> NDArray[np.intp]:
        """Return the rows that have no node."""
        return np.flatnonzero(self.node_of_row == NO_NODE)

    def living(self) -> NDArray[np.bool_]:
        """Tell which nodes have a row, shape (len(self),)."""
        living: NDArray[np.bool_] = self._row_of_node[: self._count] != _NONE
        return living

    def allowed(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell which nodes have a row that `mask`, shape (rows,), allows."""
        nodes = self.node_of_row[mask]
        allowed = np.zeros(self._count, np.bool_)
        allowed[nodes[nodes != NO_NODE]] = True
        return allowed

    def rows_of(
        self, nodes: NDArray[np.intp], mask: NDArray[np.bool_] | None
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the rows of living nodes that `mask` allows, node by node.

        Returns:
            The rows, and for each node the position among them at which its own end.
        """
        rows: NDArray[np.intp] = self._row_of_node[nodes]
        ends: NDArray[np.intp] = np.arange(1, nodes.size + 1)
        if self._shared:
            each = [
                self._shared[node] if row == _SEVERAL else (row,)
                for node, row in zip(nodes.tolist(), rows.tolist(), strict=True)
            ]
            rows = np.fromiter(chain.from_iterable(each), np.intp)
            ends = np.cumsum(np.fromiter(map(len, each), np.intp))
            if mask is not None:
                allowed = mask[rows]
                ends = np.cumsum(allowed, dtype=np.intp)[ends - 1]
                rows = rows[allowed]
        return rows, ends

    def _enter(self, row: int, node: int) -> None:
        self._node_of_row[row] = node
        former = int(self._row_of_node[node])
        if former == _NONE:
            self._row_of_node[node] = row
        elif former == _SEVERAL:
            self._shared[node].add(row)
        else:
            self._row_of_node[node] = _SEVERAL
            self._shared[node] = {former, row}

    def _leave(self, row: int) -> int:
        """Take the node from a row, and return it; `NO_NODE` if it has none."""
        node = int(self._node_of_row[row])
        self._node_of_row[row] = NO_NODE
        if node == NO_NODE:
            return node
        others = self._shared.get(node, set())
        others.discard(row)
        if not others:
            self._row_of_node[node] = _NONE
            self._shared.pop(node, None)
        return node
