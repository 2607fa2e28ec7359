"""The same query by each search engine, side by side: what approximation finds, and what it costs.

The engines are the page's own, over a copy of the vectors, and are dropped afterwards. So no lock is held
while they are built, and whoever writes meanwhile copies no table.
"""

from __future__ import annotations

from statistics import median
from threading import Event
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.operations.query import check_query
from mock_s3vectors.search import Flat, Hnsw, Quantized, top_k
from mock_s3vectors.search.hnsw import HnswPlan
from mock_s3vectors.search.linking import Linking
from mock_s3vectors.serving.page.querying import read_query

if TYPE_CHECKING:
    import threading

    from numpy.typing import NDArray

    from mock_s3vectors.config import Config
    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.search import Plan, SearchMethod

# Linking so many numbers in a graph takes minutes: 100,000 vectors of 384.
MOST_NUMBERS = 40_000_000

# Each engine answers the query so many times; the first answers warm up.
_ROUNDS = 7
# How many hits of each engine are shown.
_SHOWN = 100
# How many seconds a comparison waits for another one, which may be ending.
_PATIENCE = 10.0

Found = list[tuple[str, float]]


class _StoppedError(Exception):
    """Nobody waits for the comparison any more."""


class Subject(NamedTuple):
    """A query and the vectors that it searches, which nobody changes.

    Attributes:
        metric: `euclidean` or `cosine`.
        keys: row to key.
        matrix: shape (rows, dimension).
        mask: the rows that a filter matches; None for all of them.
        vector: shape (dimension,).
        k: how many are wanted.
        methods: the engines by their names in `Config.search_engine`.
        in_use: the name of the one that answers QueryVectors.
    """

    metric: str
    keys: list[str]
    matrix: NDArray[np.float32]
    mask: NDArray[np.bool_] | None
    vector: NDArray[np.float32]
    k: int
    methods: dict[str, SearchMethod]
    in_use: str


class Answer(NamedTuple):
    """The answer of an engine.

    Attributes:
        found: keys and distances, nearest first.
        seconds: for one query.
        building: the seconds from nothing to an engine that answers.
        has_graph: whether a graph was built.
    """

    found: Found
    seconds: float
    building: float
    has_graph: bool


def read_subject(level: Level, document: Any) -> Subject:
    """Return what a question wants compared; its document is that of a query.

    Raises:
        ServiceError: as QueryVectors would refuse the query.
        UsageError: it has no query vector, or the index has too many vectors.
    """
    query = read_query(level, document)
    index = query.index
    with index.lock:
        wanted = check_query(index, query.params, level.world.clock.now())
        if wanted.vector is None:
            raise UsageError("Engines search by vector: a comparison needs a query vector.")
        reader = index.reader()
        most = MOST_NUMBERS // index.dimension
        if len(reader.table) > most:
            raise UsageError(
                f"This index has {len(reader.table):,} vectors. Engines are compared for up to {most:,} of "
                f"{index.dimension:,} numbers: it takes many minutes to link more in an HNSW graph."
            )
        mask = reader.table.mask(wanted.matching)
    # Without the lock, at the speed of memory: whoever writes from now on shares no table with the reader.
    keys, matrix = reader.table.keys[:], reader.table.matrix.copy()
    del reader
    methods: dict[str, SearchMethod] = {"flat": Flat(), "quantized": Quantized(), "hnsw": _hnsw(level.config)}
    is_exact = index.mode == "CLASSIC" and level.config.search_engine == "quantized"
    in_use = "flat" if is_exact else level.config.search_engine
    return Subject(index.distance_metric, keys, matrix, mask, wanted.vector, wanted.top_k, methods, in_use)


def _hnsw(config: Config) -> Hnsw:
    return Hnsw(config.hnsw_m, config.hnsw_ef_construction, config.hnsw_ef_search)


class Comparison:
    """A comparison under way, in a thread. Another thread looks at its progress, and may stop it."""

    def __init__(self, subject: Subject, turn: threading.Lock) -> None:
        """Describe the work; whoever does it holds `turn`, so that one is done at a time."""
        self._subject = subject
        self._turn = turn
        self._is_stopped = Event()
        self._linked = 0
        self._began = monotonic()
        self._engine: str | None = None

    def stop(self) -> None:
        """End the work soon: between two engines, or between two blocks of a graph."""
        self._is_stopped.set()

    @property
    def progress(self) -> dict[str, Any]:
        """The engine that is being built, None before the turn has come, and how far its graph is."""
        return {
            "engine": self._engine,
            "linked": self._linked,
            "of": len(self._subject.keys),
            "seconds": monotonic() - self._began,
        }

    def carry_out(self) -> dict[str, Any] | None:
        """Return the answers of all engines, as the page shows them; None if it was stopped.

        Raises:
            UsageError: another comparison goes on.
        """
        if not self._turn.acquire(timeout=_PATIENCE):
            raise UsageError("Another comparison goes on: wait for its end, or stop it.")
        try:
            answers = {name: self._answer(name, method) for name, method in self._subject.methods.items()}
        except _StoppedError:
            return None
        finally:
            self._turn.release()
        exact = answers["flat"].found
        return {
            "engines": [_described(name, answer, exact) for name, answer in answers.items()],
            "inUse": self._subject.in_use,
            "vectors": len(self._subject.keys),
            "topK": self._subject.k,
        }

    def _answer(self, name: str, method: SearchMethod) -> Answer:
        self._note(0)
        self._engine = name
        metric, keys, matrix, mask, vector, k, *_ = self._subject
        began = perf_counter()
        engine = method.build(metric, matrix.shape[1])
        engine.write(np.arange(len(keys), dtype=np.intp), matrix)
        has_graph = self._link(engine.plan(vector, k, matrix, mask))
        building = perf_counter() - began
        seconds: list[float] = []
        for _ in range(_ROUNDS):
            began = perf_counter()
            found = top_k(engine.plan(vector, k, matrix, mask), metric, keys)
            seconds.append(perf_counter() - began)
        return Answer(
            [(keys[row], distance) for row, distance in found], median(seconds), building, has_graph
        )

    def _link(self, plan: Plan) -> bool:
        """Build the graph that a plan needs, and return whether it needs one."""
        if isinstance(plan, HnswPlan) and isinstance(plan.ways, Linking):
            plan.ways.carry_out(self._note)
            return True
        return False

    def _note(self, linked: int) -> None:
        self._linked = linked
        if self._is_stopped.is_set():
            raise _StoppedError


def _described(name: str, answer: Answer, exact: Found) -> dict[str, Any]:
    """Return the answer of an engine beside the exact one, with what is missing in it and what is extra."""
    right, keys = {key for key, _ in exact}, {key for key, _ in answer.found}
    missing = [{"key": key, "distance": distance} for key, distance in exact if key not in keys]
    return {
        "engine": name,
        "seconds": answer.seconds,
        "buildingSeconds": answer.building,
        "hasGraph": answer.has_graph,
        "found": len(answer.found),
        "exact": len(exact),
        "right": len(right & keys),
        "missingCount": len(missing),
        "missing": missing[:_SHOWN],
        "hits": [
            {"key": key, "distance": distance, "isExtra": key not in right}
            for key, distance in answer.found[:_SHOWN]
        ],
    }
