"""A call that is interrupted was made, or was not made; and the next calls do not notice."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.mocking.recording import LISTENING
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.search import hnsw, text_index
from mock_s3vectors.world import tables
from tests.support.helpers import vector
from tests.support.interruptions import interrupted_everywhere, lines_of
from tests.support.mocks import level
from tests.support.shapes import TEXT_SEARCH, has, needs
from tests.support.text_search import INDEX, searchable
from tests.world.copies import index_of, seeing, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.messages import HttpRequest
    from tests.support.helpers import Client, MakeIndex

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("no_coverage"),
    pytest.mark.s3vectors(search_engine="hnsw"),  # it has an exact engine within
]

ROWS = 24

FRUIT = ("apple", "pear", "plum")


def record(number: int, shift: float = 0.0) -> Any:
    data = [number % 10 + 1 + shift, number // 10 + 1]
    return vector(f"key-{number}", data, n=number % 7, text=f"{FRUIT[number % 3]} number {number}")


def request_of(call: Callable[[], Any]) -> HttpRequest:
    """The request that a client makes."""
    seen: list[HttpRequest] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LISTENING, "listener", lambda exchange: seen.append(exchange.request))
        call()
    (request,) = seen
    return request


def answer_to(request: HttpRequest) -> bytes:
    """The answer to a request that a client has made before: making it takes longer than answering it."""
    response = STACK.handle(request, level()).response
    assert response
    assert response.status == 200
    return response.body


class World:
    """An index with everything in it that is derived, and what a client sees of it."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @property
    def table(self) -> Any:
        return index_of(state()).vectors

    def fill(self) -> None:
        self.put(range(ROWS))

    def put(self, numbers: Any, shift: float = 0.0) -> None:
        self.client.put_vectors(**INDEX, vectors=[record(number, shift) for number in numbers])

    def delete(self, numbers: Any) -> None:
        self.client.delete_vectors(**INDEX, keys=[f"key-{number}" for number in numbers])

    def list(self) -> Any:
        shown = {"returnData": True, "returnMetadata": True}
        return self.client.list_vectors(**INDEX, maxResults=1000, **shown)["vectors"]

    def query(self, **settings: Any) -> Any:
        query = {"queryVector": {"float32": [4, 4]}, "topK": 3, "returnDistance": True}
        return self.client.query_vectors(**INDEX, **{**query, **settings})["vectors"]

    def filtered(self) -> Any:
        return self.query(filter={"n": {"$gt": 3}}, topK=9, returnMetadata=True)

    def text_query(self, text: str = "pear") -> Any:
        texts = [{"metadataKey": "text", "text": text}]
        return self.client.query_vectors(**INDEX, queryTexts=texts, topK=100, returnScores=True)["vectors"]

    def remember_reads(self) -> None:
        reads = {"list": self.list, "nearest": self.query, "filtered": self.filtered}
        self.reads = {name: request_of(read) for name, read in reads.items()}
        self.read_index = request_of(lambda: self.client.get_index(**INDEX))
        self.read_texts = request_of(self.text_query) if self.is_searched_for_texts() else None

    def is_searched_for_texts(self) -> bool:
        return b"textSearchConfigurations" in answer_to(self.read_index)

    def snapshot(self) -> Any:
        seen: dict[str, Any] = {name: answer_to(request) for name, request in self.reads.items()}
        seen |= {"index": answer_to(self.read_index), "size": self.table.total_size}
        assert seen["size"] == tuple(map(sum, zip(*self.table.sizes, strict=True)))
        if self.read_texts and b"textSearchConfigurations" in seen["index"]:
            seen["texts"] = answer_to(self.read_texts)
        return seen


@pytest.fixture
def world(client: Client, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch) -> World:
    # A graph is walked, however few rows there are.
    monkeypatch.setattr(hnsw, "ROWS_PER_NEIGHBOUR", 0)
    # Texts are indexed some at a time, however few there are.
    monkeypatch.setattr(text_index, "_TERMS_AT_ONCE", 16)
    make_index(**({"metadataConfiguration": searchable("text")} if has(*TEXT_SEARCH) else {}))
    world = World(client)
    world.fill()
    world.remember_reads()
    return world


def elsewhere(call: Callable[[], Any]) -> Any:
    """Call in another thread, which a lock that was left behind would stop, and return the result."""
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(call()), daemon=True)
    thread.start()
    thread.join(30)
    assert results, "the call failed, or a lock is held for ever"
    return results[0]


def check_write(world: World, write: Callable[[], Any], undo: Callable[[], Any]) -> None:
    """Interrupts a write at every line; `undo` brings back what was there, whether it came to pass or not."""
    before = world.snapshot()
    write()
    after = world.snapshot()
    assert before != after

    def prepare() -> None:
        undo()
        assert world.snapshot() == before

    seen = [elsewhere(world.snapshot) for _ in interrupted_everywhere(write, prepare)]
    assert all(snapshot in (before, after) for snapshot in seen)
    assert before in seen
    assert after in seen


CHANGED = [0, 17, ROWS - 1]
NEW = [ROWS, ROWS + 1, ROWS + 2]


def test_a_write_of_new_and_old_vectors(world: World) -> None:
    def undo() -> None:
        world.delete(NEW)
        world.put(CHANGED)

    check_write(world, lambda: world.put([*CHANGED, *NEW], shift=0.25), undo)


def test_a_delete_of_many_vectors(world: World) -> None:
    gone = [3, ROWS - 1, 10, ROWS - 3, 11]
    check_write(world, lambda: world.delete([*gone, 5000]), lambda: world.put(gone))


@pytest.mark.parametrize("action", ["put", "delete"])
def test_a_first_write_in_a_copy(world: World, action: str) -> None:
    """It copies the vectors first, which the original has as well."""
    original = state()
    before = world.snapshot()
    copies = [original.copy()]

    def prepare() -> None:
        copies[:] = [original.copy()]

    def write() -> None:
        with seeing(copies[0]):
            if action == "put":
                world.put([*CHANGED, *NEW], shift=0.25)
            else:
                world.delete(CHANGED)

    def snapshot_of_copy() -> Any:
        with seeing(copies[0]):
            return world.snapshot()

    write()
    after = snapshot_of_copy()
    assert before != after
    seen = []
    for _ in interrupted_everywhere(write, prepare):
        seen.append(elsewhere(snapshot_of_copy))
        assert elsewhere(world.snapshot) == before
    assert all(snapshot in (before, after) for snapshot in seen)
    assert before in seen
    assert after in seen


@pytest.mark.parametrize("first", ["inner", "outer"])
def test_a_mock_that_begins_after_an_interrupted_write(world: World, first: str) -> None:
    """Both worlds have the whole write, or nothing of it, whichever is asked first."""
    outer, before = state(), world.snapshot()

    def write() -> None:
        world.put([*CHANGED, *NEW], shift=0.25)

    def prepare() -> None:
        world.put(CHANGED)
        world.delete(NEW)

    def snapshot_of_outer() -> Any:
        with seeing(outer):
            return world.snapshot()

    write()
    after = world.snapshot()
    seen = []
    for _ in interrupted_everywhere(write, prepare, step=3):
        with mock_s3vectors():
            reads = [world.snapshot, snapshot_of_outer]
            both = [read() for read in (reads if first == "inner" else reads[::-1])]
            world.put([0], shift=0.5)
        seen.append(world.snapshot())
        assert both == [seen[-1]] * 2
    assert all(snapshot in (before, after) for snapshot in seen)
    assert before in seen
    assert after in seen


def test_a_write_without_memory_for_its_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The matrix has room for 64 rows at first."""

    def fail(*_: Any) -> None:
        raise MemoryError

    before = world.snapshot()
    many = range(ROWS, 100)
    with monkeypatch.context() as full:
        full.setattr(tables, "with_room", fail)
        with pytest.raises(MemoryError):
            world.put(many)
    assert world.snapshot() == before
    world.put(many)
    assert len(world.list()) == 100


def test_copying(world: World) -> None:
    before = world.snapshot()
    original, table = state(), world.table
    for _ in interrupted_everywhere(original.copy, lambda: None):
        world.put(CHANGED)  # nobody else has the vectors
        assert world.table is table
        assert elsewhere(world.snapshot) == before


def configure(world: World, action: str, *entries: str) -> None:
    world.client.update_metadata_configuration(**INDEX, **{action: searchable(*entries)})


@needs(*TEXT_SEARCH)
@pytest.mark.parametrize(("action", "other"), [("add", "delete"), ("delete", "add")])
def test_a_change_of_the_text_search(world: World, action: str, other: str) -> None:
    entries = {"add": "text:en", "delete": "text"}
    configure(world, "delete", "text")
    if action == "delete":
        configure(world, "add", "text:en")

    def undo() -> None:
        if world.is_searched_for_texts() == (action == "add"):
            configure(world, other, entries[other])

    check_write(world, lambda: configure(world, action, entries[action]), undo)


@pytest.mark.parametrize(
    "read",
    [World.query, World.filtered, World.list, pytest.param(World.text_query, marks=needs(*TEXT_SEARCH))],
)
@pytest.mark.parametrize("derived", ["nothing", "a part"])
def test_a_read(world: World, read: Callable[[World], Any], derived: str) -> None:
    """It builds what is derived, or brings it up to date."""
    before = world.snapshot()

    def prepare() -> None:
        if derived == "nothing":
            world.table.forget_derived()
        else:
            world.snapshot()
            world.put([*CHANGED, *NEW], shift=0.25)
            world.put(CHANGED)
            world.delete(NEW)

    interrupted = interrupted_everywhere(partial(read, world), prepare, step=2)
    seen = [elsewhere(world.snapshot) for _ in interrupted]
    assert seen
    assert all(snapshot == before for snapshot in seen)


@pytest.mark.parametrize("action", ["put", "delete"])
def test_a_second_interruption_of_the_clearing_up(world: World, action: str) -> None:
    def write() -> None:
        if action == "put":
            world.put([*CHANGED, *NEW], shift=0.25)
        else:
            world.delete([*CHANGED, *NEW])

    def prepare() -> None:
        world.put(CHANGED)
        world.delete(NEW)

    before = world.snapshot()
    write()
    after = world.snapshot()
    again = 0
    for place in interrupted_everywhere(write, prepare, step=2):
        # Another line each time; by and by, every line of the clearing up.
        again += lines_of(world.list, most=place * 7 % 40) is None
        assert elsewhere(world.snapshot) in (before, after)
    assert again


@pytest.mark.s3vectors(search_engine="quantized", default_index_mode="ENHANCED")
def test_a_read_that_quantizes(world: World) -> None:
    before = world.snapshot()

    def prepare() -> None:
        world.put(NEW, shift=9.0)  # it moves the bounds
        world.snapshot()
        world.delete(NEW)

    seen = [elsewhere(world.snapshot) for _ in interrupted_everywhere(world.query, prepare, step=2)]
    assert seen
    assert all(snapshot == before for snapshot in seen)
