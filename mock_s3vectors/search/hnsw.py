"""Approximate search through an HNSW graph, for an index so large that reading every row is slow."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.search.bounds import ErrorBound
from mock_s3vectors.search.distances import blocks
from mock_s3vectors.search.flat import FlatEngine, with_slack
from mock_s3vectors.search.graph import Graph
from mock_s3vectors.search.nodes import Nodes

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import Self

    from mock_s3vectors.search.flat import FlatPlan

# With fewer rows than this for each neighbour to weigh, a walk sees most of them on its way anyway.
# (It is faster than a scan only from about 3 m on, but who chooses this engine wants its answers.)
ROWS_PER_NEIGHBOUR = 4

# A query walks once more, farther, if the first walk found too few; then it scans.
_WALKS = 2

# A shared graph may lack so many rows, as many as one PutVectors writes. Comparing a query with them takes
# about as long as a walk; linking them takes some hundred times as long.
_MOST_WAITING = 500

_NONE = -1


@dataclass(frozen=True)
class Hnsw:
    """Approximate search through a graph of near neighbours.

    Attributes:
        m: the links of a vector in each layer of the graph; twice as many in the lowest.
        ef_construction: how many neighbours to weigh when a vector is linked.
        ef_search: how many neighbours to weigh in a search; more find more and take longer.
    """

    m: int = 32
    ef_construction: int = 200
    ef_search: int = 100

    def build(self, metric: str, dimension: int) -> HnswEngine:
        """See `SearchMethod.build`."""
        return HnswEngine(self, metric, dimension)


class HnswEngine:
    """Walks a graph of near neighbours instead of comparing the query with every row.

    A few hundred rows, filters that leave few and large k are scanned, exactly; the graph is built
    when the first other query comes. It has its own copy of the rows, for cosine at unit length, and
    measures L2 in both metrics: on unit vectors the order is the same, and close neighbours stay
    apart, whose float32 inner products are all 1. (Recall among 200 neighbours that differ by a
    thousandth: 1.0 with L2, 0.68 with the inner product.)

    Rows that the metric cannot tell apart share a node (see `Nodes`): a walk that is among copies of one
    vector sees nothing else, and copies have no links to spare for others. When tombstones outnumber the
    living nodes, the graph is built anew.

    Copies of an engine share the graph until one of them has many rows to link (see `copy`).

    Filters do not guide a walk: it passes nodes that they exclude, and goes on until it has met enough
    others. Where a filter excludes everything near the query, it would go so far that a scan is faster.

    The same calls build the same graph in every run.

    Attributes:
        graph: the links of the nodes; None until a query needs them.
    """

    def __init__(self, settings: Hnsw, metric: str, dimension: int) -> None:
        """Make an engine for no rows yet; metric is `euclidean` or `cosine`."""
        self._settings = settings
        self._flat = FlatEngine(metric, dimension)
        self._bound = ErrorBound.of(metric, dimension)
        self._dimension = dimension
        self.graph: Graph | None = None
        self._nodes = Nodes()
        self._living: NDArray[np.bool_] | None = None  # by node; None if there is no tombstone
        self._waiting = np.zeros(0, np.intp)  # the rows that the graph lacks, once it is up to date
        self._up_to_date = False
        self._shared = False

    def write(self, rows: NDArray[np.intp], matrix: NDArray[np.float32]) -> None:
        """See `Engine.write`; the graph waits for a query, as linking a row takes up to a millisecond."""
        if not rows.size:
            return
        self._flat.write(rows, matrix)
        self._nodes.write(rows)
        self._up_to_date = False

    def remove(self, row: int, last: int) -> None:
        """See `Engine.remove`."""
        self._flat.remove(row, last)
        self._nodes.remove(row, last)
        self._up_to_date = False

    def copy(self) -> Self:
        """See `Engine.copy`.

        The graph stays shared, as copying it takes longer than all else. Either engine compares a query with
        the rows that a shared graph lacks, while these are few. When they are more, it links them in a copy.
        """
        self._shared = True
        other: Self = copy(self)
        other._flat = self._flat.copy()
        other._nodes = self._nodes.copy()
        return other

    def plan(
        self,
        query: NDArray[np.float32],
        k: int,
        matrix: NDArray[np.float32],
        mask: NDArray[np.bool_] | None,
    ) -> HnswPlan:
        """See `Engine.plan`; this builds the graph if the query needs it."""
        count = matrix.shape[0]
        allowed = count if mask is None else int(np.count_nonzero(mask))
        walks = allowed > ROWS_PER_NEIGHBOUR * self._effort(k, allowed, max(count, len(self._nodes), 1))
        graph = self._current_graph(matrix) if walks else None
        return HnswPlan(self._flat.plan(query, k, matrix, mask), self, graph)

    def _effort(self, k: int, allowed: int, passed: int) -> int:
        """Return how many neighbours a first walk weighs.

        A filter leaves a share of the nodes that a walk passes: the smaller it is, the more must be weighed
        to find k. Where few are wanted, the root of the share keeps the recall of an unfiltered search.

        Args:
            k: how many are wanted.
            allowed: how many of those that a walk passes may be found.
            passed: how many a walk may pass.
        """
        share = max(allowed, 1) / passed
        return max(int(self._settings.ef_search / sqrt(share)), int(with_slack(k) / share))

    def walk(
        self, target: NDArray[np.float32], k: int, mask: NDArray[np.bool_] | None, graph: Graph
    ) -> NDArray[np.intp] | None:
        """Return rows near the target; None if the graph leads to too few, or if a scan is faster."""
        findable = self._living if mask is None else self._nodes.allowed(mask)
        allowed = len(self._nodes) if findable is None else int(np.count_nonzero(findable))
        effort = self._effort(k, allowed, len(self._nodes))
        wanted = with_slack(k) if findable is None else effort
        for _ in range(_WALKS):
            if allowed <= ROWS_PER_NEIGHBOUR * effort:
                break
            distances, nodes = graph.walk(target, wanted, effort)
            if nodes[-1] == _NONE:
                break
            farthest = float(distances[-1])
            if findable is not None:
                may_be_found = findable[nodes]
                distances, nodes = distances[may_be_found], nodes[may_be_found]
            rows, ends = self._nodes.rows_of(nodes, mask)
            if rows.size >= k:
                horizon = self._bound.horizon(float(distances[np.searchsorted(ends, k)]))
                if horizon < farthest:
                    near = rows[: ends[np.searchsorted(distances, horizon, "right") - 1]]
                    return np.concatenate([near, self._waiting_rows(mask)])
            # Twice as far, or farther where few of the nodes nearby may be found.
            effort *= max(2, with_slack(k) // max(nodes.size, 1))
            wanted = effort
        return None

    def _waiting_rows(self, mask: NDArray[np.bool_] | None) -> NDArray[np.intp]:
        return self._waiting if mask is None else self._waiting[mask[self._waiting]]

    def _current_graph(self, matrix: NDArray[np.float32]) -> Graph:
        """Return the graph, once it has the rows that it lacks, except for a few that wait (see `copy`)."""
        if self.graph is not None and self._up_to_date:
            return self.graph
        # An interruption leaves graph and nodes torn: then the next query finds no graph, and begins anew.
        graph, self.graph = self.graph, None
        waiting = self._nodes.without()
        if graph is None or not self._shared or waiting.size > _MOST_WAITING or self._is_mostly_tombstones():
            graph = self._linked(graph, matrix)
            waiting = np.zeros(0, np.intp)
        living = self._nodes.living()
        self._living = None if living.all() else living
        self._waiting = waiting
        self.graph, self._up_to_date = graph, True
        return graph

    def _linked(self, graph: Graph | None, matrix: NDArray[np.float32]) -> Graph:
        """Link the rows that a graph lacks; begin a new graph if the old would be mostly tombstones."""
        if graph is not None:
            new = self._place(matrix)
            if self._is_mostly_tombstones():
                graph = None
            elif self._shared:
                graph = graph.copy()
        if graph is None:
            graph = Graph(self._dimension, self._settings.m, self._settings.ef_construction)
            self._nodes = Nodes(matrix.shape[0])
            new = self._place(matrix)
        for block in blocks(new.size, self._dimension):
            graph.add(self._flat.comparable(matrix[new[block]]))
        graph.choose_starts()
        self._shared = False
        return graph

    def _is_mostly_tombstones(self) -> bool:
        return len(self._nodes) > 2 * int(np.count_nonzero(self._nodes.living()))

    def _place(self, matrix: NDArray[np.float32]) -> NDArray[np.intp]:
        """Give nodes to the rows that have none, and return the rows of new nodes, for the graph to link."""
        rows = self._nodes.without()
        new: list[int] = []
        for block in blocks(rows.size, self._dimension):
            new += self._nodes.place(rows[block], self._flat.comparable(matrix[rows[block]]))
        return np.array(new, np.intp)


@dataclass(frozen=True, eq=False, slots=True)
class HnswPlan:
    """A walk, and a scan where that leads to too few rows.

    Attributes:
        scan: the exact plan.
        engine: the one whose graph it is.
        graph: None to scan at once.
    """

    scan: FlatPlan
    engine: HnswEngine
    graph: Graph | None

    @property
    def matrix(self) -> NDArray[np.float32]:
        """See `Plan.matrix`."""
        return self.scan.matrix

    @property
    def query(self) -> NDArray[np.float32]:
        """See `Plan.query`."""
        return self.scan.query

    @property
    def k(self) -> int:
        """See `Plan.k`."""
        return self.scan.k

    def candidates(self) -> NDArray[np.intp]:
        """See `Plan.candidates`: most of the k nearest are among them, and k whenever k are allowed."""
        found = None
        if self.graph is not None:
            found = self.engine.walk(self.scan.target, self.k, self.scan.mask, self.graph)
        return self.scan.candidates() if found is None else found
