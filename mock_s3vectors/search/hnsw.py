"""Approximate search through an HNSW graph, for an index so large that reading every row is slow."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.search.bounds import ErrorBound
from mock_s3vectors.search.flat import FlatEngine, with_slack
from mock_s3vectors.search.graph import Graph
from mock_s3vectors.search.linking import Linking, Neighbourhood
from mock_s3vectors.search.nodes import NO_NODE, Nodes

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from typing_extensions import Self

    from mock_s3vectors.search.flat import FlatPlan
    from mock_s3vectors.search.linking import Promise

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

    The first query that needs the graph builds it. One thread links fewer than `linking.MANY` vectors, in the
    same way in every run; all cores link more, and then a search may find others in another run.

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
    by the plan of the first other query, without the lock. Meanwhile other queries scan, and writes change
    a copy of the engine, which has the graph as well once it is finished (see `linking`).

    The graph has its own copy of the rows, for cosine at unit length, and measures L2 in both metrics: on
    unit vectors the order is the same, and close neighbours stay apart, whose float32 inner products are
    all 1. (Recall among 200 neighbours that differ by a thousandth: 1.0 with L2, 0.68 with the inner
    product.)

    Rows that the metric cannot tell apart share a node (see `Nodes`): a walk that is among copies of one
    vector sees nothing else, and copies have no links to spare for others. When tombstones outnumber the
    living nodes, the graph is built anew.

    Copies of an engine share the graph until one of them has many rows to link (see `copy`).

    Filters do not guide a walk: it passes nodes that they exclude, and goes on until it has met enough
    others. Where a filter excludes everything near the query, it would go so far that a scan is faster.
    """

    def __init__(self, settings: Hnsw, metric: str, dimension: int) -> None:
        """Make an engine for no rows yet; metric is `euclidean` or `cosine`."""
        self._settings = settings
        self._flat = FlatEngine(metric, dimension)
        self._bound = ErrorBound.of(metric, dimension)
        self._dimension = dimension
        self._graph: Graph | None = None
        self._shared = False  # whether copies have the graph, too
        # The node of each row. While there is a promise, its number is that of the row when that was made.
        self._nodes = Nodes(np.zeros(0, np.intp), 0)
        self._promise: Promise | None = None
        self._current: Neighbourhood | None = None  # the graph and its rows, until something changes

    def write(self, rows: NDArray[np.intp], matrix: NDArray[np.float32]) -> None:
        """See `Engine.write`; the graph waits for a query, as linking a row takes up to a millisecond."""
        if not rows.size:
            return
        self._flat.write(rows, matrix)
        self._nodes.write(rows)
        self._current = None

    def remove(self, row: int, last: int) -> None:
        """See `Engine.remove`."""
        self._flat.remove(row, last)
        self._nodes.remove(row, last)
        self._current = None

    def copy(self) -> Self:
        """See `Engine.copy`.

        The graph stays shared, as copying it takes longer than all else. Either engine compares a query with
        the rows that a shared graph lacks, while these are few. When they are more, it links them in a copy.
        """
        self._shared = True
        other: Self = copy(self)
        other._flat = self._flat.copy()
        other._nodes = self._nodes.copy()
        other._current = None  # it has the nodes of this engine
        return other

    @property
    def graph(self) -> Graph | None:
        """Return the links of the nodes; None until a query has needed them."""
        return self._graph if self._promise is None else self._promise.graph

    def plan(
        self,
        query: NDArray[np.float32],
        k: int,
        matrix: NDArray[np.float32],
        mask: NDArray[np.bool_] | None,
    ) -> HnswPlan:
        """See `Engine.plan`; the plan links the rows that the graph lacks if the query needs it."""
        count = matrix.shape[0]
        allowed = count if mask is None else int(np.count_nonzero(mask))
        walks = allowed > ROWS_PER_NEIGHBOUR * self._effort(k, allowed, max(count, len(self._nodes), 1))
        ways = self._ways(matrix) if walks else None
        return HnswPlan(self._flat.plan(query, k, matrix, mask), self, ways)

    def _ways(self, matrix: NDArray[np.float32]) -> Neighbourhood | Linking | None:
        """Return the graph with its rows, or the work to do before; None while another thread does it."""
        self._take_promised()
        if self._current is None and self._promise is None:
            waiting = self._nodes.without().size
            graph = None if self._is_mostly_tombstones(waiting) else self._graph
            if graph is None or waiting > (_MOST_WAITING if self._shared else 0):
                return self._begin_linking(graph, matrix)
            self._current = Neighbourhood.of(graph, self._nodes)
        return self._current

    def _take_promised(self) -> None:
        """Take over the graph that was promised, once it is finished; forget it if it never will be."""
        promise = self._promise
        if promise is None or promise.is_open():
            return
        self._promise, self._graph = None, promise.graph
        if promise.graph is None:
            self._nodes = Nodes(np.full_like(self._nodes.node_of_row, NO_NODE), 0)
        else:
            self._nodes = self._nodes.renumbered(promise.node_of_row, len(promise.graph))

    def _begin_linking(self, graph: Graph | None, matrix: NDArray[np.float32]) -> Linking:
        """Return the work of linking the rows that a graph lacks, or all of them if there is none."""
        rows = np.arange(matrix.shape[0], dtype=np.intp)
        node_of_row = np.full_like(rows, NO_NODE) if graph is None else self._nodes.node_of_row.copy()
        shared = graph is not None and self._shared
        if graph is None:
            graph = Graph(self._dimension, self._settings.m, self._settings.ef_construction)
        work = Linking(graph, node_of_row, matrix, self._flat.comparable, shared=shared)
        self._graph, self._promise, self._shared = None, work.promise, False
        self._nodes = Nodes(rows, rows.size)
        return work

    def _is_mostly_tombstones(self, waiting: int) -> bool:
        """Tell whether tombstones will outnumber the living nodes, once the waiting rows have nodes, too."""
        living = int(np.count_nonzero(self._nodes.living()))
        return len(self._nodes) + waiting > 2 * (living + waiting)

    def _effort(self, k: int, allowed: int, passed: int) -> int:
        """Return how many neighbours a first walk weighs.

        A filter leaves a share of the nodes that a walk passes: the smaller it is, the more must be weighed
        to find k. Where few are wanted, the root of the share keeps the recall of an unfiltered search.

        Args:
            k: how many are wanted.
            allowed: how many of those that a walk passes may be found.
            passed: how many a walk may pass, at least 1.
        """
        share = max(allowed, 1) / passed
        return max(int(self._settings.ef_search / sqrt(share)), int(with_slack(k) / share))

    def walk(
        self, target: NDArray[np.float32], k: int, mask: NDArray[np.bool_] | None, ways: Neighbourhood
    ) -> NDArray[np.intp] | None:
        """Return rows near the target; None if the graph leads to too few, or if a scan is faster."""
        nodes_of = ways.nodes
        findable = ways.living if mask is None else nodes_of.allowed(mask)
        allowed = len(nodes_of) if findable is None else int(np.count_nonzero(findable))
        effort = self._effort(k, allowed, len(nodes_of))
        wanted = with_slack(k) if findable is None else effort
        for _ in range(_WALKS):
            if allowed <= ROWS_PER_NEIGHBOUR * effort:
                break
            distances, nodes = ways.graph.walk(target, wanted, effort)
            if nodes[-1] == _NONE:
                break
            farthest = float(distances[-1])
            if findable is not None:
                may_be_found = findable[nodes]
                distances, nodes = distances[may_be_found], nodes[may_be_found]
            rows, ends = nodes_of.rows_of(nodes, mask)
            if rows.size >= k:
                horizon = self._bound.horizon(float(distances[np.searchsorted(ends, k)]))
                if horizon < farthest:
                    near = rows[: ends[np.searchsorted(distances, horizon, "right") - 1]]
                    return np.concatenate([near, ways.waiting_rows(mask)])
            # Twice as far, or farther where few of the nodes nearby may be found.
            effort *= max(2, with_slack(k) // max(nodes.size, 1))
            wanted = effort
        return None


@dataclass(frozen=True, eq=False, slots=True)
class HnswPlan:
    """A walk, and a scan where that leads to too few rows.

    Attributes:
        scan: the exact plan.
        engine: the one whose settings count.
        ways: the graph to walk through, or the work to do before; None to scan at once.
    """

    scan: FlatPlan
    engine: HnswEngine
    ways: Neighbourhood | Linking | None

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
        ways = self.ways.carry_out() if isinstance(self.ways, Linking) else self.ways
        found = None if ways is None else self.engine.walk(self.scan.target, self.k, self.scan.mask, ways)
        return self.scan.candidates() if found is None else found
