"""An HNSW graph of faiss, and the nodes at which walks through it begin."""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from mock_s3vectors.search.flat import Scan, load_faiss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from typing_extensions import Self

# A walk begins at the nearest few of a sample of the nodes.
_STARTS = 8
# Of n nodes, the sample has this many times the root of n: comparing the query with them takes as long as
# the descent through the graph's upper layers, which it replaces.
_SAMPLE = 2

_ALL_STARTS_AT_ONCE = 2  # a `search_type` of faiss


class Graph:
    """An HNSW graph of vectors by L2, whose nodes are numbered as they come.

    faiss begins a walk at one node, which it finds by a descent through layers that hold fewer and fewer
    nodes. Where vectors crowd in clusters, that may be a node of the wrong one, whose links lead to nodes
    of the same cluster alone. A sample of all nodes has some of every large cluster.
    """

    def __init__(self, dimension: int, m: int, ef_construction: int) -> None:
        """Make a graph without nodes; see `Hnsw` for the parameters."""
        self.index = load_faiss().IndexHNSWFlat(dimension, m)
        self.index.hnsw.efConstruction = ef_construction
        self._sample = np.zeros(0, np.int32)
        self._sampled = np.zeros((0, dimension), np.float32)

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Link vectors, shape (n, d)."""
        with _one_thread():
            self.index.add(vectors)

    def copy(self) -> Self:
        """Return an independent graph with the same nodes and links.

        faiss copies the state of its random numbers too: a node that is added to both gets the same links.
        """
        other: Self = copy(self)
        other.index = load_faiss().clone_index(self.index)
        return other

    def choose_starts(self) -> None:
        """Take the sample of the nodes from which walks begin, after all nodes have been added."""
        count = self.index.ntotal
        self._sample = np.arange(0, count, max(1, int(sqrt(count) / _SAMPLE)), dtype=np.int32)
        self._sampled = self.index.reconstruct_batch(self._sample)

    def walk(
        self, target: NDArray[np.float32], k: int, effort: int
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return the k nearest nodes that a walk finds.

        Args:
            target: shape (d,).
            k: at most `effort`.
            effort: how many nodes to weigh.

        Returns:
            Distances, ascending, and nodes, both of shape (k,). Where there are no more, nodes are -1.
        """
        faiss = load_faiss()
        sample = Scan(target, self._sampled, self._sample.size, None)
        start_distances, places = sample.nearest(min(_STARTS, self._sample.size))
        starts = self._sample[places]
        distances = np.empty(k, np.float32)
        nodes = np.empty(k, np.int64)
        parameters = faiss.SearchParametersHNSW(efSearch=effort)
        begin = (faiss.swig_ptr(starts), faiss.swig_ptr(start_distances))
        found = (faiss.swig_ptr(distances), faiss.swig_ptr(nodes))
        with _one_thread():
            self.index.search_level_0(
                1,
                faiss.swig_ptr(target),
                k,
                *begin,
                *found,
                starts.size,
                _ALL_STARTS_AT_ONCE,
                parameters,
            )
        return distances, nodes


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let faiss do one thing after another: with more threads the links are a race (seen in 1.9).

    Two threads were no faster anyway, and a walk that starts them takes a hundred times as long. OpenMP
    keeps the number for each thread of the program: the other ones see no change.
    """
    faiss = load_faiss()
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)
