"""An HNSW graph of faiss: its nodes, one for each vector, and those at which walks through it begin."""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy
from functools import lru_cache
from hashlib import blake2b
from math import sqrt
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.locks import new_lock
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

_DIGEST_BYTES = 16


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
        self._node_of_vector: dict[bytes, int] = {}  # by digest
        self._sample = np.zeros(0, np.int32)
        self._sampled = np.zeros((0, dimension), np.float32)
        # A fork waits for it: a child that is forked while a thread links may wait for that thread for ever.
        self._lock = new_lock()

    def __len__(self) -> int:
        """Count the nodes."""
        return len(self._node_of_vector)

    def add(self, vectors: NDArray[np.float32], threads: int) -> NDArray[np.intp]:
        """Return the nodes of vectors, after linking those that have none yet.

        An interruption leaves the graph torn.

        Args:
            vectors: shape (n, d).
            threads: how many threads link them. The links that several make are a race (seen in faiss 1.9 and
                1.15); a single one makes the same links in every run.
        """
        positive = vectors + np.float32(0.0)  # minus zero has other bytes than zero
        first, nodes = [], np.empty(len(vectors), np.intp)
        for number, vector in enumerate(positive):
            digest = blake2b(vector.data, digest_size=_DIGEST_BYTES).digest()
            count = len(self._node_of_vector)
            nodes[number] = node = self._node_of_vector.setdefault(digest, count)
            if node == count:
                first.append(number)
        if first:
            with self._lock:
                _link(self.index, positive[first], threads)
        return nodes

    def copy(self) -> Self:
        """Return an independent graph with the same nodes and links.

        faiss copies the state of its random numbers too: a node that is added to both gets the same links.
        """
        other: Self = copy(self)
        other._lock = new_lock()
        with other._lock:
            other.index = load_faiss().clone_index(self.index)
        other._node_of_vector = dict(self._node_of_vector)
        return other

    def choose_starts(self) -> None:
        """Take the sample of the nodes from which walks begin, after all nodes have been added."""
        count = self.index.ntotal
        self._sample = np.arange(0, count, max(1, int(sqrt(count) / _SAMPLE)), dtype=np.int32)
        with _threads(1):  # a child that is forked later would wait for the other ones for ever
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
        begin = (faiss.swig_ptr(starts), faiss.swig_ptr(start_distances))
        found = (faiss.swig_ptr(distances), faiss.swig_ptr(nodes))
        with _threads(1):
            self.index.search_level_0(
                1,
                faiss.swig_ptr(target),
                k,
                *begin,
                *found,
                starts.size,
                _ALL_STARTS_AT_ONCE,
                _parameters(effort),
            )
        return distances, nodes


@lru_cache(maxsize=64)
def _parameters(effort: int) -> Any:
    """Return the parameters of a walk; walks in several threads read the same ones."""
    return load_faiss().SearchParametersHNSW(efSearch=effort)


def cores() -> int:
    """Return how many threads faiss may use: as many as there are cores, or as OMP_NUM_THREADS has it."""
    return int(load_faiss().omp_get_max_threads())


def _link(index: Any, vectors: NDArray[np.float32], threads: int) -> None:
    """Link vectors in an index of faiss.

    A thread of its own commands the others: OpenMP keeps them for the thread that first needed them, and if
    this one forks, its child lacks them, and waits for them for ever when it needs them.
    """
    if threads == 1:
        _add(index, vectors, threads)
        return
    done, failures = Event(), []

    def command() -> None:
        try:
            _add(index, vectors, threads)
        except BaseException as failure:  # noqa: BLE001 - raised in the other thread
            failures.append(failure)
        finally:
            done.set()

    Thread(target=command).start()
    try:
        done.wait()
    finally:
        done.wait()  # after an interruption, too
    if failures:
        raise failures[0]


def _add(index: Any, vectors: NDArray[np.float32], threads: int) -> None:
    with _threads(threads):
        index.add(vectors)


@contextmanager
def _threads(number: int) -> Iterator[None]:
    """Let faiss use so many threads.

    A walk that starts more than one takes a hundred times as long. OpenMP keeps the number for each thread of
    the program: the other ones see no change.
    """
    faiss = load_faiss()
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(number)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)
