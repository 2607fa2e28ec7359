"""Linking rows in a graph: one thread does it, without the lock of the index, while others scan."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import ref

import numpy as np

from mock_s3vectors.search.distances import blocks
from mock_s3vectors.search.graph import cores
from mock_s3vectors.search.nodes import NO_NODE, Nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mock_s3vectors.search.graph import Graph

# So many rows are linked by all cores. Fewer are linked by one, which takes a few seconds, so that small
# searches find the same in every run.
MANY = 10_000

# Of each block, each of several cores has so many times as many rows as a single one: at the end of a block,
# they wait for one another.
_MORE = 4

# Seconds between two lines of the log.
_SILENCE = 5.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """A graph, and the rows of a table that it leads to. Walks read it, side by side.

    Attributes:
        graph: the links of the nodes.
        nodes: the map between nodes and rows.
        waiting: the rows that have no node.
        living: which nodes have a row; None if all have.
    """

    graph: Graph
    nodes: Nodes
    waiting: NDArray[np.intp]
    living: NDArray[np.bool_] | None

    @classmethod
    def of(cls, graph: Graph, nodes: Nodes) -> Neighbourhood:
        """Return a graph with the rows of its nodes."""
        living = nodes.living()
        return cls(graph, nodes, nodes.without(), None if living.all() else living)

    def waiting_rows(self, mask: NDArray[np.bool_] | None) -> NDArray[np.intp]:
        """Return the rows without a node that `mask`, shape (rows,), allows."""
        return self.waiting if mask is None else self.waiting[mask[self.waiting]]


class Promise:
    """The graph that a linking without the lock will give the engines of a table and of its copies.

    Attributes:
        graph: the finished graph, or None.
        node_of_row: for each row of the table that is read, its node in the graph.
    """

    def __init__(self, work: Linking) -> None:
        """Promise the outcome of a work that is about to begin."""
        self._work = ref(work)
        self._process = os.getpid()
        self.graph: Graph | None = None
        self.node_of_row = work.node_of_row

    def is_open(self) -> bool:
        """Tell whether somebody is still at it: not if it was interrupted, or if a fork left it behind."""
        work = self._work()
        return work is not None and not work.is_over and self._process == os.getpid()


class Linking:
    """The work of linking rows. Only the plan that does it holds it: without that, the promise is void."""

    def __init__(
        self,
        graph: Graph,
        node_of_row: NDArray[np.intp],
        matrix: NDArray[np.float32],
        comparable: Callable[[NDArray[np.float32]], NDArray[np.float32]],
        *,
        shared: bool,
    ) -> None:
        """Describe the work.

        Args:
            graph: to link the rows in.
            node_of_row: for each row its node in the graph, or `NO_NODE`; this takes it over.
            matrix: the rows, which stay as they are while this lives: shape (n, d).
            comparable: returns vectors, shape (m, d), such that equal ones are the same to the metric.
            shared: whether others walk through the graph; then the rows are linked in a copy.
        """
        self._graph = graph
        self._matrix = matrix
        self._comparable = comparable
        self._shared = shared
        self.node_of_row = node_of_row
        self.is_over = False
        self.promise = Promise(self)

    def carry_out(self, note: Callable[[int], None] | None = None) -> Neighbourhood:
        """Link the rows, keep the promise, and return the graph with its rows.

        Args:
            note: is told from time to time how many rows are linked. What it raises ends the work.
        """
        try:
            graph = self._graph.copy() if self._shared else self._graph
            self._link(graph, note)
            graph.choose_starts()
            self.promise.graph = graph
        finally:
            self.is_over = True
        return Neighbourhood.of(graph, Nodes(self.node_of_row, len(graph)))

    def _link(self, graph: Graph, note: Callable[[int], None] | None) -> None:
        rows = np.flatnonzero(self.node_of_row == NO_NODE)
        threads = cores() if rows.size >= MANY else 1
        # Who is told of it may end the work, and does not wait for a long block.
        more = _MORE * threads if threads > 1 and note is None else 1
        began = said = time.monotonic()
        for block in blocks(rows.size, max(1, self._matrix.shape[1] // more)):
            vectors = self._comparable(self._matrix[rows[block]])
            self.node_of_row[rows[block]] = graph.add(vectors, threads)
            now, done = time.monotonic(), min(block.stop, rows.size)
            if now - said > _SILENCE or (done == rows.size and said > began):
                _log.info("linked %s of %s vectors in %.0f s", f"{done:,}", f"{rows.size:,}", now - began)
                said = now
            if note is not None:
                note(done)
