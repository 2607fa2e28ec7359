"""Writing is whole or not at all: interruptions, full disks, files that exist, copies that are resumed."""

from __future__ import annotations

import errno
import sqlite3
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors import UsageError
from mock_s3vectors.storage.indexes import writing_indexes
from mock_s3vectors.transfer.batches import Batch, Location, Settings
from mock_s3vectors.transfer.files import json_lines
from mock_s3vectors.transfer.files.projector import ProjectorSink
from mock_s3vectors.transfer.places import Access, open_place
from tests.support.interruptions import PACKAGE, interrupted_everywhere
from tests.transfer.records import PARQUET, PLACES, PLOTS, SETTINGS, batch, by_key, read, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# An interruption within the end of a block leaves a file open, which the collector closes.
INTERRUPTED = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
FIRST, SECOND = batch("a", "b", metadata={"year": 1979}), batch("c", "d")
WHOLE = ["films.npz", PARQUET]


def remove_all(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


@INTERRUPTED
@pytest.mark.parametrize(
    ("name", "module", "step"),
    [("films.jsonl", "transfer/files/json_lines", 1), ("films.db::films/plots", "storage/indexes", 2)],
)
def test_an_interruption_leaves_whole_batches(name: str, module: str, step: int, tmp_path: Path) -> None:
    """And the copy can be gone on with."""
    possible = [by_key(), by_key(FIRST), by_key(FIRST, SECOND)]
    seen = []
    write(tmp_path, name, FIRST)  # so that all modules are loaded
    for _ in interrupted_everywhere(
        lambda: write(tmp_path, name, FIRST, SECOND),
        lambda: remove_all(tmp_path),
        step,
        where=(str(PACKAGE / module),),
    ):
        if any(path.stat().st_size for path in tmp_path.iterdir() if path.suffix in (".jsonl", ".db")):
            found = by_key(*(read(tmp_path, name),)) if has_index(tmp_path, name) else {}
            assert found in possible
            seen.append(possible.index(found))
        with open_place(f"{tmp_path}/{name}").sink(PLOTS, resume=True) as sink:
            sink.prepare(SETTINGS)
            for part in (FIRST, SECOND):
                if not sink.known(part.keys):
                    sink.write(part)
        assert by_key(read(tmp_path, name)) == by_key(FIRST, SECOND)
    assert {1, 2} & set(seen)


def has_index(folder: Path, name: str) -> bool:
    if name.endswith(".jsonl"):
        return True
    return bool(list(open_place(f"{folder}/films.db").sources()))


@INTERRUPTED
@pytest.mark.parametrize("name", WHOLE)
def test_an_interruption_leaves_no_part_of_a_whole_file(name: str, tmp_path: Path) -> None:
    expected = by_key(FIRST, SECOND)
    where = (str(PACKAGE / "transfer/files/whole_files"), str(PACKAGE / f"transfer/files/{name[6:]}"))
    write(tmp_path, name, FIRST)
    for _ in interrupted_everywhere(
        lambda: write(tmp_path, name, FIRST, SECOND), lambda: remove_all(tmp_path), where=where
    ):
        left = [path.name for path in tmp_path.iterdir()]
        assert left in ([], [name])
        if left:
            assert by_key(read(tmp_path, name)) == expected


@pytest.mark.parametrize("name", WHOLE)
def test_an_error_leaves_no_part_of_a_whole_file(name: str, tmp_path: Path) -> None:
    def copy() -> None:
        with open_place(f"{tmp_path}/{name}").sink(PLOTS) as sink:
            sink.prepare(SETTINGS)
            sink.write(FIRST)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        copy()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_whole_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "films.jsonl"

    def fill_up(file: Any, text: bytes) -> None:
        file.write(text[:20])
        raise OSError(errno.ENOSPC, "No space left on device")

    with open_place(str(path)).sink(PLOTS) as sink:
        sink.prepare(SETTINGS)
        sink.write(FIRST)
        with monkeypatch.context() as full:
            full.setattr(json_lines, "_write_all", fill_up)
            with pytest.raises(UsageError) as caught:
                sink.write(SECOND)
        assert str(caught.value) == f"{path}: No space left on device."
        assert by_key(read(tmp_path, "films.jsonl")) == by_key(FIRST)
        sink.write(SECOND)
    assert by_key(read(tmp_path, "films.jsonl")) == by_key(FIRST, SECOND)


@pytest.mark.parametrize("torn", [b"", b'{"key": "c", "da', b'{"key": "c", "data": [1,1]}'])
def test_a_copy_to_json_lines_is_resumed(torn: bytes, tmp_path: Path) -> None:
    write(tmp_path, "films.jsonl", FIRST)
    with (tmp_path / "films.jsonl").open("ab") as file:
        file.write(torn)
    with open_place(f"{tmp_path}/films.jsonl").sink(PLOTS, resume=True) as sink:
        sink.prepare(SETTINGS)
        assert sink.known(["a", "b", "c"]) == {"a", "b"}
        sink.write(SECOND)
    assert by_key(read(tmp_path, "films.jsonl")) == by_key(FIRST, SECOND)


def test_a_resumed_copy_finds_other_vectors(tmp_path: Path) -> None:
    write(tmp_path, "films.jsonl", FIRST)
    with pytest.raises(UsageError) as caught:
        write(tmp_path, "films.jsonl", settings=Settings(dimension=3), resume=True)
    assert str(caught.value) == (
        f"{tmp_path}/films.jsonl has vectors of 2 numbers, and the ones to copy have 3: it is not what an "
        "interrupted copy of them has left."
    )


@pytest.mark.parametrize("name", ["films.jsonl", *WHOLE])
def test_files_that_are_there_are_not_replaced(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(b"mine")
    with pytest.raises(UsageError) as caught:
        write(tmp_path, name, FIRST)
    assert str(caught.value).startswith(f"{path} exists already: ")
    assert path.read_bytes() == b"mine"
    path.write_bytes(b"")
    write(tmp_path, name, FIRST)
    assert by_key(read(tmp_path, name)) == by_key(FIRST)


@pytest.mark.parametrize("name", [*PLACES])
def test_what_cannot_be_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no folder|unable to open|No such file"):
        write(tmp_path / "no", name, FIRST)
    file = name.partition("::")[0]
    (tmp_path / file).mkdir()
    with pytest.raises(UsageError, match=f"{file}"):
        write(tmp_path, name, FIRST)


class TestStateFile:
    def test_is_not_changed_by_reading(self, tmp_path: Path) -> None:
        write(tmp_path, "films.db::films/plots", FIRST)
        path = tmp_path / "films.db"
        path.chmod(0o400)
        before = path.read_bytes(), path.stat().st_mtime_ns
        read(tmp_path, "films.db::films/plots")
        assert (path.read_bytes(), path.stat().st_mtime_ns) == before
        assert [entry.name for entry in tmp_path.iterdir()] == ["films.db"]

    def test_may_be_read_while_it_is_written(self, tmp_path: Path) -> None:
        """An index is copied within its file, in more batches than one transaction has."""
        data = np.random.default_rng(7).standard_normal((6_200, 128)).astype(np.float32)
        whole = Batch([f"k{row:04}" for row in range(6_200)], data, [{"row": row} for row in range(6_200)])
        write(tmp_path, "films.db::films/plots", whole, settings=Settings(dimension=128))
        (source,) = open_place(f"{tmp_path}/films.db").sources()
        with open_place(f"{tmp_path}/films.db").sink(Location("films", "copy")) as sink:
            sink.prepare(source.settings())
            for part in source.batches():
                sink.write(part)
        assert by_key(read(tmp_path, "films.db::films/copy")) == by_key(whole)

    def test_keeps_batches_after_an_error(self, tmp_path: Path) -> None:
        def copy() -> None:
            with open_place(f"{tmp_path}/films.db").sink(PLOTS) as sink:
                sink.prepare(SETTINGS)
                sink.write(FIRST)
                sink.write(batch("c", metadata={"text": "x" * 3_000}))

        with pytest.raises(UsageError, match="Filterable metadata"):
            copy()
        assert by_key(read(tmp_path, "films.db::films/plots")) == by_key(FIRST)

    def test_has_no_part_of_a_batch_that_fails(self, tmp_path: Path) -> None:
        write(tmp_path, "films.db::films/plots", FIRST)
        bad: list[dict[str, Any]] = [{}, {"a": object()}]
        with writing_indexes(tmp_path / "films.db") as stored:
            index = stored.buckets[0].indexes["plots"]
            with pytest.raises(TypeError):
                stored.put(index, SECOND.keys, SECOND.data, bad)
            assert stored.known(index, ["a", "b", "c", "d"]) == {"a", "b"}
        assert by_key(read(tmp_path, "films.db::films/plots")) == by_key(FIRST)

    def test_on_a_full_disk_keeps_what_was_there(self, tmp_path: Path) -> None:
        write(tmp_path, "films.db::films/plots", FIRST)
        large = batch(*map(str, range(500)), metadata={"text": "x" * 1_000})

        def copy() -> None:
            with open_place(f"{tmp_path}/films.db").sink(PLOTS) as sink:
                sink.prepare(SETTINGS)
                stored: Any = sink._stored  # type: ignore[attr-defined]  # noqa: SLF001 - to limit the file
                stored._connection.execute("PRAGMA max_page_count = 10")  # noqa: SLF001 - the same
                sink.write(SECOND)
                sink.write(large)

        with pytest.raises(UsageError) as caught:
            copy()
        assert str(caught.value) == f"Cannot change {tmp_path}/films.db: database or disk is full."
        assert by_key(read(tmp_path, "films.db::films/plots")) in (by_key(FIRST), by_key(FIRST, SECOND))

    def test_keeps_other_indexes(self, tmp_path: Path) -> None:
        write(tmp_path, "films.db::films/plots", FIRST)
        with open_place(f"{tmp_path}/films.db").sink(Location("films", "titles")) as sink:
            sink.prepare(Settings(dimension=2))
            sink.write(SECOND)
        sources = list(open_place(f"{tmp_path}/films.db").sources())
        assert [source.location for source in sources] == [
            Location("films", "plots", "123456789012", "us-east-1"),
            Location("films", "titles", "123456789012", "us-east-1"),
        ]
        assert [source.settings().distance_metric for source in sources] == ["euclidean", "cosine"]
        assert [source.count() for source in sources] == [2, 2]

    def test_overwrites_known_keys(self, tmp_path: Path) -> None:
        write(tmp_path, "films.db::films/plots", FIRST)
        changed = batch("b", "x", metadata={"year": 2000})
        write(tmp_path, "films.db::films/plots", changed)
        assert by_key(read(tmp_path, "films.db::films/plots")) == by_key(FIRST) | by_key(changed)

    def test_refuses_what_the_service_refuses(self, tmp_path: Path) -> None:
        good = batch("a", "b")
        with pytest.raises(UsageError) as caught:
            write(tmp_path, "films.db::films/plots", good, batch("c", metadata={"text": "x" * 3_000}))
        assert str(caught.value) == "the vector 'c': Filterable metadata must have at most 2048 bytes."
        assert by_key(read(tmp_path, "films.db::films/plots")) == by_key(good)

    def test_refuses_zero_vectors_in_an_index_with_cosine_distance(self, tmp_path: Path) -> None:
        zero = batch("a", "b")
        zero.data[1] = 0
        with pytest.raises(UsageError) as caught:
            write(tmp_path, "films.db::films/plots", zero, settings=Settings(dimension=2))
        assert str(caught.value) == "the vector 'b': cosine distance does not support vectors with zero norm."
        assert len(read(tmp_path, "films.db::films/plots")) == 0

    @pytest.mark.parametrize(
        ("settings", "reason"),
        [
            (Settings(dimension=3), "dimension is 2, and that of the vectors is 3"),
            (
                Settings(dimension=2, distance_metric="cosine"),
                "distance metric is 'euclidean', and that of the vectors is 'cosine'",
            ),
            (
                Settings(dimension=2, non_filterable_keys=("a",)),
                "non-filterable keys is [], and that of the vectors is ['a']",
            ),
            (
                Settings(dimension=2, text_search={"a": None}),
                "text search is {}, and that of the vectors is {'a': None}",
            ),
        ],
    )
    def test_keeps_its_settings(self, settings: Settings, reason: str, tmp_path: Path) -> None:
        write(tmp_path, "films.db::films/plots", FIRST)
        with pytest.raises(UsageError) as caught:
            write(tmp_path, "films.db::films/plots", settings=settings)
        assert str(caught.value) == (
            f"films/plots exists, and keeps its settings: its {reason}. Choose another index."
        )

    @pytest.mark.parametrize(
        ("location", "settings", "reason"),
        [
            (
                Location("ab", "plots"),
                SETTINGS,
                (
                    "The service would refuse to create ab/plots. ValidationException: 1 validation error "
                    "detected. Value with length 2 at '/vectorBucketName' failed to satisfy constraint: "
                    "Member must have length between 3 and 63, inclusive"
                ),
            ),
            (
                PLOTS,
                Settings(dimension=5_000),
                (
                    "The service would refuse to create films/plots. ValidationException: 1 validation error "
                    "detected. Value at '/dimension' failed to satisfy constraint: Member must be between "
                    "1 and 4096, inclusive"
                ),
            ),
            (
                PLOTS,
                Settings(),
                "There is no vector, and so nothing says how many dimensions a new index has.",
            ),
        ],
    )
    def test_refuses_an_index_that_cannot_be(
        self, location: Location, settings: Settings, reason: str, tmp_path: Path
    ) -> None:
        with (
            pytest.raises(UsageError) as caught,
            open_place(f"{tmp_path}/films.db").sink(location) as sink,
        ):
            sink.prepare(settings)
        assert str(caught.value) == reason
        assert list(tmp_path.iterdir()) == []  # no file is made for nothing

    def test_region_and_account(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        text = f"{tmp_path}/films.db"
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        wanted: list[tuple[Access, Location]] = [
            (Access(), Location("aaa", "plots")),
            (
                Access(region="eu-west-3", account="111122223333"),
                Location("bbb", "plots", "1" * 12, "us-east-1"),
            ),
            (Access(), Location("ccc", "plots", "111122223333", "eu-north-1")),
        ]
        for access, location in wanted:
            with open_place(text, access).sink(location) as sink:
                sink.prepare(SETTINGS)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
        with open_place(text).sink(Location("bbb", "more")) as sink:  # the only bucket of this name
            sink.prepare(SETTINGS)
        assert [source.location for source in open_place(text).sources()] == [
            Location("ccc", "plots", "111122223333", "eu-north-1"),
            Location("bbb", "more", "111122223333", "eu-west-3"),
            Location("bbb", "plots", "111122223333", "eu-west-3"),
            Location("aaa", "plots", "123456789012", "eu-west-1"),
        ]

    def test_that_somebody_else_changes_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("mock_s3vectors.storage.indexes._PATIENCE", 0.0)
        write(tmp_path, "films.db::films/plots", FIRST)
        other = sqlite3.connect(tmp_path / "films.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            with pytest.raises(UsageError) as caught:
                write(tmp_path, "films.db::films/plots", SECOND)
        finally:
            other.close()
        assert str(caught.value) == f"Cannot change {tmp_path}/films.db: database is locked."
        assert by_key(read(tmp_path, "films.db::films/plots")) == by_key(FIRST)

    def test_of_a_server_is_refused(self, tmp_path: Path) -> None:
        write(tmp_path, "films.db::films/plots", FIRST)
        (tmp_path / "films.db-wal").touch()
        assert refusal(lambda: write(tmp_path, "films.db::films/plots", SECOND)) == (
            f"Cannot change {tmp_path}/films.db: it belongs to a server that runs, or that was killed. Name "
            "the server instead, or start it once more and stop it."
        )

    def test_of_another_program_is_refused(self, tmp_path: Path) -> None:
        other = sqlite3.connect(tmp_path / "films.db")
        other.execute("CREATE TABLE vectors (a)")
        other.close()
        before = (tmp_path / "films.db").read_bytes()
        for act in (
            lambda: write(tmp_path, "films.db::films/plots", FIRST),
            lambda: read(tmp_path, "films.db"),
        ):
            assert refusal(act) == (
                f"Cannot load {tmp_path}/films.db: it is not a state file of mock_s3vectors."
            )
        assert (tmp_path / "films.db").read_bytes() == before


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(UsageError) as caught:
        act()
    return str(caught.value)


class TestProjector:
    def test_files(self, tmp_path: Path) -> None:
        folder = tmp_path / "projector"
        with ProjectorSink(folder) as sink:
            sink.prepare(SETTINGS)
            sink.write(batch("a", "b\tc\r\nd", metadata={"year": 1979, "key": "x\ty", "genres": ["a", "b"]}))
            sink.write(batch("e", metadata={"title": "été", "seen": True}))
        assert (folder / "vectors.tsv").read_text() == "1.0\t1.0\n2.0\t2.0\n1.0\t1.0\n"
        assert (folder / "metadata.tsv").read_text(encoding="utf-8") == (
            "key\tyear\tmetadata.key\tgenres\ttitle\tseen\n"
            'a\t1979\tx y\t["a","b"]\t\t\n'
            'b c d\t1979\tx y\t["a","b"]\t\t\n'
            "e\t\t\t\tété\ttrue\n"
        )
        assert sorted(path.name for path in folder.iterdir()) == ["metadata.tsv", "vectors.tsv"]

    def test_one_column_has_no_heading(self, tmp_path: Path) -> None:
        with ProjectorSink(tmp_path) as sink:
            sink.prepare(SETTINGS)
            sink.write(batch("a", "b"))
        assert (tmp_path / "metadata.tsv").read_text() == "a\nb\n"

    def test_refusals(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert refusal(lambda: ProjectorSink(tmp_path / "file")) == (
            f"{tmp_path}/file is not a folder: name one for vectors.tsv and metadata.tsv."
        )
        (tmp_path / "metadata.tsv").write_text("mine")
        assert refusal(lambda: ProjectorSink(tmp_path).prepare(SETTINGS)) == (
            f"{tmp_path}/metadata.tsv exists already: delete it, or choose another name. It is written as a "
            "whole, so an interrupted copy leaves nothing to resume."
        )
