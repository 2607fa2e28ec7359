"""Saving: the file appears as a whole, and has what was there at one moment."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.storage import saving, schema
from tests.storage.seen import files_in, fill, seen
from tests.support.helpers import shared_client, vector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SETTINGS: dict[str, Any] = {"dataType": "float32", "dimension": 1, "distanceMetric": "euclidean"}


@pytest.fixture
def restless_threads() -> Iterator[None]:
    """Have Python change threads as often as it can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_a_saved_file_replaces_an_older_one_even_if_that_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", [[1.0]], keys=["a"])
        mock.save(path)
    path.chmod(0o640)
    with mock_s3vectors(state=path) as mock:
        mock.seed("films", "plots", [[2.0]], keys=["b"])
        mock.save(str(path))
        assert sorted(mock.index("films", "plots")) == ["a", "b"]
    with mock_s3vectors(state=str(path)) as mock:
        assert sorted(mock.index("films", "plots")) == ["a", "b"]
    assert path.stat().st_mode & 0o777 == 0o640
    assert files_in(tmp_path) == ["state.db"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "state.db")
    with mock_s3vectors() as mock:
        for _ in range(2):
            mock.save(tmp_path / "link.db")
    assert (tmp_path / "link.db").is_symlink()
    assert schema.is_state_file(tmp_path / "state.db")


def test_an_empty_file_may_be_replaced(tmp_path: Path) -> None:
    """As `tempfile` makes them."""
    (tmp_path / "state.db").touch()
    with mock_s3vectors() as mock:
        mock.save(tmp_path / "state.db")
    assert schema.is_state_file(tmp_path / "state.db")


def refusal(path: Path) -> str:
    with mock_s3vectors() as mock, pytest.raises(UsageError) as refused:
        mock.save(path)
    text = str(refused.value)
    assert text.startswith(f"Cannot save {path}: ")
    return text.removeprefix(f"Cannot save {path}: ")


def test_something_else_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("notes")
    assert refusal(path) == "something else than a state file has this name: choose another."
    assert path.read_text() == "notes"
    assert refusal(tmp_path) == "it is not a regular file."
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("CREATE TABLE vectors (id INTEGER)")
    connection.close()
    assert refusal(tmp_path / "other.db") == "something else than a state file has this name: choose another."


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize(
    ("suffix", "owner"), [("-wal", "a server that runs"), ("-journal", "a program that changes it")]
)
def test_the_file_of_a_writer_is_not_replaced(
    tmp_path: Path, suffix: str, owner: str, *, is_there: bool
) -> None:
    """SQLite would apply what lies beside it to the new file, also if there is no file of that name now."""
    path = tmp_path / "state.db"
    if is_there:
        with mock_s3vectors() as mock:
            mock.save(path)
    before = path.read_bytes() if is_there else None
    (tmp_path / f"state.db{suffix}").touch()
    assert refusal(path) == (
        f"state.db{suffix} beside it belongs to {owner}, or that was killed: choose another name."
    )
    assert (path.read_bytes() if path.exists() else None) == before


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none" / "state.db") == "unable to open database file."


@pytest.mark.parametrize("failing", ["write_stores", "_sync"])
def test_a_failure_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    path = tmp_path / "state.db"
    with mock_s3vectors() as mock:
        mock.save(path)
        before = path.read_bytes()
        mock.seed("films", "plots", [[1.0]])

        def fail(*_: Any) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(saving, failing, fail)
        assert refusal(path) == "No space left on device."
    assert path.read_bytes() == before
    assert files_in(tmp_path) == ["state.db"]


KILLED = """
import os, signal, sys
from mock_s3vectors import mock_s3vectors
from mock_s3vectors.storage import saving, writing

place, left = sys.argv[1], int(sys.argv[2])
vector_rows = writing.vector_rows

def count(*arguments):
    for row in vector_rows(*arguments):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        yield row

writing.vector_rows = count
with mock_s3vectors(state=place) as mock:
    mock.seed("films", "plots", [[1.0]] * 3000)
    if left > 3000:
        sync = saving._sync
        saving._sync = lambda path: (sync(path), os.kill(os.getpid(), signal.SIGKILL))
    mock.save(place)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
@pytest.mark.parametrize("after", [1, 2_500, 5_000])
def test_a_process_that_is_killed_leaves_the_old_file(tmp_path: Path, after: int) -> None:
    """The last one is killed when the new file is complete, but has not got its name."""
    path = tmp_path / "state.db"
    with mock_s3vectors() as mock:
        fill()
        before = seen()
        mock.save(path)
    saved = path.read_bytes()
    program = tmp_path / "program.py"
    program.write_text(KILLED)
    killed = subprocess.run([sys.executable, program, path, str(after)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_bytes() == saved
    with mock_s3vectors(state=path) as mock:
        assert seen() == before
        mock.save(path)


@pytest.mark.usefixtures("restless_threads")
def test_a_file_has_what_was_there_at_one_moment(tmp_path: Path) -> None:
    """One thread writes each number into two indexes, one after the other; so they never differ by two."""
    client, ended = shared_client(), threading.Event()
    numbers: list[tuple[float, float]] = []

    def write() -> None:
        number = 0
        while not ended.is_set():
            number += 1
            for name in ("one", "two"):
                index = {"vectorBucketName": "films", "indexName": name}
                client.put_vectors(**index, vectors=[vector("a", [number])])

    with mock_s3vectors() as mock:
        client.create_vector_bucket(vectorBucketName="films")
        # In this order they are copied; those in between make it take longer.
        for name in ("two", *(f"other-{number}" for number in range(300)), "one"):
            client.create_index(vectorBucketName="films", indexName=name, **SETTINGS)
        for name in ("two", "one"):
            client.put_vectors(vectorBucketName="films", indexName=name, vectors=[vector("a", [0])])
        writer = threading.Thread(target=write)
        writer.start()
        try:
            for number in range(10):
                mock.save(tmp_path / f"{number}.db")
        finally:
            ended.set()
            writer.join()
    for number in range(10):
        with mock_s3vectors(state=tmp_path / f"{number}.db") as mock:
            one, two = (mock.index("films", name)["a"].vector[0] for name in ("one", "two"))
            numbers.append((one, two))
    assert all(two <= one <= two + 1 for one, two in numbers)
    assert numbers == sorted(numbers)
    assert numbers[-1][0] > numbers[0][0]


def test_the_file_is_as_documented(tmp_path: Path) -> None:
    """Others read it by the docstring of `schema`."""
    with mock_s3vectors() as mock:
        mock.seed(
            "films", "plots", [[1.0, -2.5]], keys=["a"], metadata=[{"b": 2**53 + 1, "a": [1.0, 2], "c": "ü"}]
        )
        mock.save(tmp_path / "state.db")
    connection = sqlite3.connect(tmp_path / "state.db")
    assert connection.execute("PRAGMA application_id").fetchone() == (int.from_bytes(b"S3VC", "big"),)
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    documented = schema.__doc__ or ""
    for (table,) in tables:
        assert f"\n`{table}`: " in documented
    (row,) = connection.execute(
        "SELECT account, region, b.name, i.name, key, data, metadata "
        "FROM vectors v JOIN indexes i ON i.id = v.index_id JOIN vector_buckets b ON b.id = i.bucket_id"
    )
    connection.close()
    metadata = '{"b":9007199254740993,"a":[1.0,2],"c":"ü"}'
    data = bytes.fromhex("0000803f000020c0")
    assert row == ("123456789012", "us-east-1", "films", "plots", "a", data, metadata)
