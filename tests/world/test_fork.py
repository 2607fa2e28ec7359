"""A fork while other threads call: the child goes on with the state as it was, and waits for nobody."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
import sys
import threading
import time
import traceback
import warnings
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors import locks, mock_s3vectors
from mock_s3vectors.locks import new_lock
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.search import Flat, Hnsw, linking, top_k
from tests.support.helpers import vector
from tests.support.interruptions import lines_of
from tests.support.mocks import index_named, store
from tests.support.text_search import INDEX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.helpers import Client

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork"),
]

# How long a child may take; it waits for ever for a lock of a thread that it lacks.
PATIENCE = 20


@pytest.fixture(autouse=True)
def quiet_forks() -> Iterator[None]:
    """Since 3.12 Python warns of a fork in a process with threads, which is what these tests are about."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@pytest.fixture(autouse=True)
def untraced() -> Iterator[None]:
    """Measuring coverage takes a lock of its own in every thread, which a child may find held for ever."""
    tracers = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    yield
    sys.settrace(tracers[0])
    threading.settrace(tracers[1])


@pytest.fixture
def impatient_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fork does not wait until other threads have done what they do."""
    monkeypatch.setattr(locks, "PATIENCE", 0.0)
    monkeypatch.setattr(locks, "_TURN", 0.0)


def in_child(job: Callable[[], Any]) -> None:
    """Runs a job in a forked child, and fails as it fails."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            signal.alarm(PATIENCE)
            job()
        except BaseException:  # noqa: BLE001 - told to the parent
            os.write(writer, traceback.format_exc().encode()[-60_000:])
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        # A child that hangs before its alarm is set must not hang the tests.
        if not select.select([pipe], [], [], 2 * PATIENCE)[0]:
            os.kill(child, signal.SIGKILL)
        failure = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    assert not failure, failure
    assert status == 0, "the child was still waiting"


def numbered(version: int) -> list[Any]:
    """A batch in which every vector is of the same version."""
    return [vector(f"key-{n}", [version, n], version=version) for n in range(20)]


def check(client: Client, versions: set[int] | None = None) -> None:
    """Every kind of call is answered, and sees one version only."""
    found = client.list_vectors(**INDEX, returnData=True, returnMetadata=True)["vectors"]
    assert len(found) == 20
    (version,) = {entry["metadata"]["version"] for entry in found}
    assert versions is None or version in versions
    assert sorted(entry["data"]["float32"] for entry in found) == [[version, n] for n in range(20)]
    for settings in {}, {"filter": {"version": version}}:
        query = {"queryVector": {"float32": [version, 0]}, "topK": 3, **settings}
        hits = client.query_vectors(**INDEX, **query)["vectors"]
        assert [hit["key"] for hit in hits] == ["key-0", "key-1", "key-2"]
    client.put_vectors(**INDEX, vectors=numbered(0))
    client.delete_index(**INDEX)
    client.delete_vector_bucket(vectorBucketName="bucket")
    with mock_s3vectors():
        assert client.list_vector_buckets()["vectorBuckets"] == []


@pytest.fixture
def filled(client: Client, index: dict[str, str]) -> Client:
    client.put_vectors(**index, vectors=numbered(1))
    client.query_vectors(**index, queryVector={"float32": [1, 0]}, topK=1, filter={"version": 1})
    return client


@pytest.mark.parametrize(
    "lock_of",
    [
        lambda: store().lock,
        lambda: index_named().lock,
        lambda: STACK._lock,  # noqa: SLF001 - no call holds it for as long as a test likes
    ],
    ids=["of the store", "of the index", "of the mocks"],
)
@pytest.mark.usefixtures("impatient_forks")
def test_while_another_thread_holds_a_lock(filled: Client, lock_of: Callable[[], Any]) -> None:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with lock_of():
            held.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        held.wait()
        in_child(partial(check, filled))
    finally:
        done.set()
        holder.join()
    check(filled)


def test_that_waits_until_another_thread_has_done_what_it_does() -> None:
    lock, held, done = new_lock(), threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            held.set()
            time.sleep(0.3)
            done.set()

    def check_done() -> None:
        assert done.is_set()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait()
    in_child(check_done)
    holder.join()
    with lock:
        in_child(check_done)


def test_while_another_thread_makes_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    failures: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", failures.append)

    def make() -> None:
        while not done.is_set():
            made = [new_lock() for _ in range(100)]
            del made

    makers = [threading.Thread(target=make) for _ in range(2)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for maker in makers:
            maker.start()
        for _ in range(20):
            in_child(lambda: None)
    finally:
        done.set()
        sys.setswitchinterval(before)
        for maker in makers:
            maker.join()
    assert failures == []


def test_while_the_forking_thread_holds_a_lock() -> None:
    lock = new_lock()

    def free_elsewhere() -> bool:
        found: list[bool] = []
        thread = threading.Thread(target=lambda: found.append(lock.acquire(blocking=False)))
        thread.start()
        thread.join()
        return found == [True]

    def go_on() -> None:
        assert not free_elsewhere()
        lock.release()
        assert not free_elsewhere()
        lock.release()
        assert free_elsewhere()

    with lock, lock:
        in_child(go_on)
    assert free_elsewhere()


@pytest.mark.parametrize(
    "engine",
    [pytest.param(e, marks=pytest.mark.s3vectors(search_engine=e)) for e in ("flat", "hnsw", "quantized")],
)
def test_while_threads_are_busy(filled: Client, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr("mock_s3vectors.search.hnsw.ROWS_PER_NEIGHBOUR", 0)
    done = threading.Event()

    def write(version: int) -> None:
        while not done.is_set():
            version += 10
            filled.put_vectors(**INDEX, vectors=numbered(version))
            filled.delete_vectors(**INDEX, keys=[f"another-{n}" for n in range(100)])

    def query() -> None:
        while not done.is_set():
            filled.query_vectors(**INDEX, queryVector={"float32": [0, 0]}, topK=3, filter={"version": 1})
            filled.query_vectors(**INDEX, queryVector={"float32": [0, 0]}, topK=3)

    def begin() -> None:
        while not done.is_set():
            # Threads that belong to no mock call the newest: one that does not share would refuse late calls.
            with mock_s3vectors(shared=True):
                pass

    jobs: list[Any] = [partial(write, 0), partial(write, 5), query, begin]
    threads = [threading.Thread(target=job) for job in jobs]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    for thread in threads:
        thread.start()
    try:
        for _ in range(10):
            in_child(partial(check, filled))
            time.sleep(0.01)
    finally:
        done.set()
        sys.setswitchinterval(interval)
        for thread in threads:
            thread.join()
    check(filled)


@pytest.mark.usefixtures("impatient_forks")
@pytest.mark.parametrize("operation", ["put_vectors", "delete_vectors"])
def test_in_the_middle_of_a_write(filled: Client, operation: str) -> None:
    """At any line of it: the child finds it done, or not done."""
    gone = [f"another-{n}" for n in range(5)]

    def prepare() -> None:
        filled.delete_vectors(**INDEX, keys=gone)
        filled.put_vectors(**INDEX, vectors=numbered(1))
        if operation == "delete_vectors":
            filled.put_vectors(**INDEX, vectors=[vector(key, [9, 9]) for key in gone])
        filled.query_vectors(**INDEX, queryVector={"float32": [1, 0]}, topK=1, filter={"version": 1})

    def write() -> None:
        if operation == "put_vectors":
            filled.put_vectors(**INDEX, vectors=numbered(2))
        else:
            filled.delete_vectors(**INDEX, keys=gone)

    def look() -> None:
        found = filled.list_vectors(**INDEX)["vectors"]
        if operation == "delete_vectors" and len(found) == 25:
            filled.delete_vectors(**INDEX, keys=gone)
        check(filled, {1, 2})

    prepare()
    lines = lines_of(write)
    assert lines
    for place in sorted({lines.index(line) for line in lines})[::4]:
        prepare()
        with stopped_at(place, write):
            in_child(look)


@contextmanager
def stopped_at(place: int, call: Callable[[], Any]) -> Iterator[None]:
    """Calls in another thread, which stops after so many lines, or at its end, until the block ends."""
    reached, go_on = threading.Event(), threading.Event()

    def run() -> None:
        lines_of(call, place, stop)
        reached.set()

    def stop() -> None:
        reached.set()
        go_on.wait()

    thread = threading.Thread(target=run)
    thread.start()
    assert reached.wait(PATIENCE)
    try:
        yield
    finally:
        go_on.set()
        thread.join()


def test_by_multiprocessing(filled: Client) -> None:
    child = multiprocessing.get_context("fork").Process(target=check, args=(filled,))
    child.start()
    child.join(PATIENCE)
    child.kill()
    assert child.exitcode == 0
    check(filled)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("method", [Flat(), Hnsw()])
def test_after_a_search_by_faiss(method: Any, ties: bool) -> None:  # noqa: FBT001
    """faiss may have started threads, which the child lacks."""
    matrix = np.random.default_rng(0).standard_normal((4000 if method == Flat() else 800, 32), np.float32)
    if ties:
        matrix[:] = matrix[0]
    keys = [f"{row:05}" for row in range(len(matrix))]
    engine = method.build("euclidean", 32)
    engine.write(np.arange(len(matrix), dtype=np.intp), matrix)

    def search() -> Any:
        return top_k(engine.plan(matrix[7], 1, matrix, None), "euclidean", keys)

    found = search()

    def search_again() -> None:
        assert search() == found

    in_child(search_again)


class Searched:
    """Rows with a graph that all cores link."""

    def __init__(self) -> None:
        self.matrix = np.random.default_rng(0).standard_normal((1200, 16), np.float32)
        self.keys = [f"{row:05}" for row in range(len(self.matrix))]
        self.engine = Hnsw(m=8, ef_construction=40, ef_search=20).build("euclidean", 16)
        self.engine.write(np.arange(len(self.matrix), dtype=np.intp), self.matrix)

    def check(self) -> None:
        """The last row is found, and the graph has all rows."""
        plan = self.engine.plan(self.matrix[-1], 1, self.matrix, None)
        assert top_k(plan, "euclidean", self.keys) == [(len(self.matrix) - 1, 0.0)]
        assert self.engine.graph is not None

    def check_twice(self) -> None:
        self.check()
        self.matrix[:500] *= -1
        self.engine.write(np.arange(500, dtype=np.intp), self.matrix)
        self.check()


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> Searched:
    monkeypatch.setattr(linking, "MANY", 100)
    return Searched()


def test_after_all_cores_have_linked(searched: Searched) -> None:
    searched.check()
    in_child(searched.check_twice)
    searched.check_twice()


def test_after_walks_began_at_a_large_sample(searched: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
    """faiss copies more than a thousand rows with threads, unless it may have one only."""
    monkeypatch.setattr("mock_s3vectors.search.graph._SAMPLE", 1000)
    searched.check()
    in_child(searched.check_twice)


def test_while_another_thread_links(searched: Searched) -> None:
    thread = threading.Thread(target=searched.check)
    thread.start()
    forks = 0
    while thread.is_alive():
        in_child(searched.check_twice)
        forks += 1
    thread.join()
    assert forks
    searched.check_twice()
