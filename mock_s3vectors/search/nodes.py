"""The nodes of a graph of rows: one for all rows that the metric cannot tell apart."""

from __future__ import annotations

from copy import copy
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.arrays import copied, with_room

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import Self

_NONE = -1
_SEVERAL = -2

_DIGEST_BYTES = 16


class Nodes:
    """The map between rows and nodes.

    A graph cannot forget: a node whose last row was overwritten or deleted is a tombstone, which is walked
    through but never found, until a row of the same vector comes.
    """

    def __init__(self, rows: int = 0) -> None:
        """Begin without nodes, and with rows that have none."""
        self._rows = rows
        self._count = 0
        self._node_of_row = np.full(rows, _NONE, np.intp)
        # The row of a node, _SEVERAL or, for a tombstone, _NONE.
        self._row_of_node = np.zeros(0, np.intp)
        self._shared: dict[int, set[int]] = {}  # the rows of a node that has had several
        self._node_of_vector: dict[bytes, int] = {}  # by digest

    def __len__(self) -> int:
        """Count the nodes, tombstones among them."""
        return self._count

    def write(self, rows: NDArray[np.intp]) -> None:
        """Take the node from rows that were written; those past the end so far are new."""
        count = max(self._rows, int(rows.max()) + 1)
        self._node_of_row = with_room(self._node_of_row, count, self._rows)
        self._node_of_row[self._rows : count] = _NONE
        self._rows = count
        for row in rows[self._node_of_row[rows] != _NONE].tolist():
            self._leave(row)

    def remove(self, row: int, last: int) -> None:
        """Move the last row, `last`, to `row`."""
        self._leave(row)
        node = self._leave(last)
        if node != _NONE:
            self._enter(row, node)
        self._rows = last

    def copy(self) -> Self:
        """Return an independent map with the same nodes."""
        other: Self = copy(self)
        other._node_of_row = copied(self._node_of_row, self._rows)
        other._row_of_node = copied(self._row_of_node, self._count)
        other._shared = dict(zip(self._shared, map(set, self._shared.values()), strict=True))
        other._node_of_vector = dict(self._node_of_vector)
        return other

    def without(self) -> NDArray[np.intp]:
        """Return the rows that have no node."""
        return np.flatnonzero(self._node_of_row[: self._rows] == _NONE)

    def place(self, rows: NDArray[np.intp], vectors: NDArray[np.float32]) -> list[int]:
        """Give a node to rows without one.

        Args:
            rows: distinct.
            vectors: shape (len(rows), d): those of the rows, such that equal ones are the same to the metric.

        Returns:
            The first row of each new node, in the order of the nodes.
        """
        first = []
        positive = vectors + np.float32(0.0)  # minus zero has other bytes than zero
        for row, vector in zip(rows.tolist(), positive, strict=True):
            digest = blake2b(vector.data, digest_size=_DIGEST_BYTES).digest()
            node = self._node_of_vector.setdefault(digest, self._count)
            if node == self._count:
                self._count += 1
                self._row_of_node = with_room(self._row_of_node, self._count, node)
                self._row_of_node[node] = _NONE
                first.append(row)
            self._enter(row, node)
        return first

    def living(self) -> NDArray[np.bool_]:
        """Tell which nodes have a row, shape (len(self),)."""
        living: NDArray[np.bool_] = self._row_of_node[: self._count] != _NONE
        return living

    def allowed(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Tell which nodes have a row that `mask`, shape (rows,), allows."""
        nodes = self._node_of_row[: self._rows][mask]
        allowed = np.zeros(self._count, np.bool_)
        allowed[nodes[nodes != _NONE]] = True
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
        """Take the node from a row, and return it; _NONE if it has none."""
        node = int(self._node_of_row[row])
        self._node_of_row[row] = _NONE
        if node == _NONE:
            return node
        others = self._shared.get(node, set())
        others.discard(row)
        if not others:
            self._row_of_node[node] = _NONE
            self._shared.pop(node, None)
        return node
