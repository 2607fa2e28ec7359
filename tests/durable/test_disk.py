"""A file that cannot be written for a while: clients are refused, memory is what the file has, all goes on.

`test_following` has the same in one process, with a limit of SQLite's own.
"""

from __future__ import annotations

import resource
import shutil
import signal
import sqlite3
import sys
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import mock_s3vectors
from tests.durable.line import Line, Unavailable
from tests.durable.load import Writer, vectors_in
from tests.durable.steps import INDEX as SETTINGS
from tests.durable.steps import SHARED
from tests.storage.seen import files_in
from tests.support.helpers import INDEX, vector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.durable.nursery import Life, Nursery
    from tests.support.helpers import Client

UNAVAILABLE = ("ServiceUnavailableException", "Currently unable to handle the request")
AGAIN = "takes changes again."
CLASSIC = ("--default-index-mode", "CLASSIC")
# It limits another process, mounts disks for one process alone, and has root obey permissions.
linux = pytest.mark.skipif(sys.platform != "linux", reason="this needs Linux")
# How many calls are refused before there is room again.
REFUSED = 5


@pytest.fixture
def file(quick_folder: Path) -> Path:
    """The path of a state file that does not exist yet."""
    return quick_folder / "state.db"


def logged(life: Life) -> list[str]:
    """The lines of a server's log, without their times."""
    return [line.split(" ", 2)[2] for line in life.log.splitlines()]


def warned(file: Path, reason: str) -> list[str]:
    """The lines of the log about a trouble that has ended."""
    return [f"{file} takes no changes, and clients get a 503: {reason}.", f"{file} {AGAIN}"]


def refusal(call: Callable[..., Any], **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error: Any = refused.value.response["Error"]
    return error["Code"], error["Message"]


class Shared:
    """A writer, and the index in which its vectors are beside those of nobody."""

    def __init__(self, life: Life) -> None:
        self.writer = Writer(0, 11)
        client = Line(life.url).client
        client.create_vector_bucket(vectorBucketName="shared")
        client.create_index(**SHARED, **SETTINGS)
        self.compare(life)

    def compare(self, life: Life) -> None:
        """Have a server show all that was acknowledged, and nothing that was refused."""
        line = Line(life.url)
        self.writer.meet(line)
        self.writer.compare(vectors_in(line.client, SHARED))

    def write(self, calls: int) -> None:
        """Write, until a call is refused or so many were answered."""
        self.writer.write(calls)
        assert self.writer.fault is None


@contextmanager
def no_longer_than(life: Life, size: int) -> Iterator[None]:
    """Have no file of a server grow beyond a size, as if the disk were full."""
    before = resource.prlimit(life.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(life.pid, resource.RLIMIT_FSIZE, (size, before[1]))
    yield
    if life.status is None:
        resource.prlimit(life.pid, resource.RLIMIT_FSIZE, before)


@linux
@pytest.mark.parametrize("log_bytes", [40 * 1024, 10**6])
def test_a_disk_that_is_full_for_a_while(nursery: Nursery, file: Path, log_bytes: int) -> None:
    """The log cannot grow; or the file cannot, when the log goes into it."""
    changes, log = {"log bytes": log_bytes}, file.with_name("state.db-wal")
    with nursery.life("--state", str(file), *CLASSIC, changes=changes) as life:
        shared = Shared(life)
        shared.write(60)
        for is_killed in (False, True):
            with no_longer_than(life, max(file.stat().st_size, log.stat().st_size)):
                for _ in range(REFUSED):
                    while not shared.writer.is_refused:
                        shared.write(100)
                    shared.compare(life)
                    shared.writer.is_refused = False
                if is_killed:
                    life.end(signal.SIGKILL)
                    break
            shared.write(30)
            assert not shared.writer.is_refused
            shared.compare(life)
        assert logged(life)[:2] == warned(file, "disk I/O error")
        assert set(logged(life)) == set(warned(file, "disk I/O error"))
    with nursery.life("--state", str(file)) as life:
        shared.compare(life)
        shared.write(30)
        shared.compare(life)
        assert life.end(signal.SIGTERM) == 0
        assert life.log == ""
    assert files_in(file.parent) == ["state.db"]


@linux
def test_a_real_disk_that_is_full_for_a_while(nursery: Nursery, file: Path) -> None:
    life = nursery.start("--state", str(file), changes={"small disk": str(file.parent)})
    if not life.url and "OSError" in life.log:
        pytest.skip(f"this system lets nobody mount a disk: {life.log.splitlines()[-1]}")
    client = Line(life.url).client
    make_index(client)
    there = Path(f"/proc/{life.pid}/root{file}")
    for number in range(2):
        fill(there.with_name("ballast"))
        expected = vectors_in(client, INDEX)
        records = [vector(f"{number}-{n}", [n + 1, 1], text="x" * 700) for n in range(100)]
        put = partial(client.put_vectors, **INDEX, vectors=records)
        assert refusal(put) == refusal(put) == UNAVAILABLE
        assert vectors_in(client, INDEX) == expected
        assert keys_in(copied(there, file)) == sorted(expected)
        there.with_name("ballast").unlink()
        put()
        assert keys_in(copied(there, file)) == sorted(vectors_in(client, INDEX))
    client.delete_vectors(**INDEX, keys=[record["key"] for record in records])
    assert keys_in(copied(there, file)) == sorted(expected := vectors_in(client, INDEX))
    assert len(expected) == 100
    assert logged(life) == warned(file, "database or disk is full") * 2
    assert life.end(signal.SIGTERM) == 0


def fill(ballast: Path) -> None:
    """Write until the disk is full."""
    with ballast.open("wb", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(bytes(4096))


def copied(there: Path, file: Path) -> Path:
    """Copy a state file and its log out of the disk that only the server sees, while it is idle."""
    for suffix in ("", "-wal"):
        shutil.copy(f"{there}{suffix}", f"{file}{suffix}")
    return file


def keys_in(file: Path) -> list[str]:
    with mock_s3vectors(state=file) as mock:
        return sorted(mock.index("bucket", "index"))


def test_a_file_that_another_program_locks(nursery: Nursery, file: Path) -> None:
    with nursery.life("--state", str(file), changes={"patience": 0.05}) as life:
        line = Line(life.url)
        make_index(line.client)
        line.client.put_vectors(**INDEX, vectors=[vector("before")])
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            for _ in range(2):
                assert refusal(line.client.put_vectors, **INDEX, vectors=[vector("a")]) == UNAVAILABLE
                assert refusal(line.client.delete_vectors, **INDEX, keys=["before"]) == UNAVAILABLE
            with pytest.raises(Unavailable, match=UNAVAILABLE[1]):
                line.control("POST", "/reset")
            with pytest.raises(Unavailable, match=UNAVAILABLE[1]):
                line.control("POST", "/identities", {"user": "reader"})
            assert line.control("GET", "/identities") == {"identities": []}
            assert [*vectors_in(line.client, INDEX)] == ["before"]
            other.execute("ROLLBACK")
        line.client.put_vectors(**INDEX, vectors=[vector("after")])
        assert logged(life) == warned(file, "database is locked")
    assert keys_in(file) == ["after", "before"]


def make_index(client: Client) -> None:
    client.create_vector_bucket(vectorBucketName="bucket")
    client.create_index(**INDEX, dataType="float32", dimension=2, distanceMetric="cosine")


def test_a_file_that_another_program_has_locked_already(nursery: Nursery, file: Path) -> None:
    with mock_s3vectors() as mock:
        mock.save(file)
    before = file.read_bytes()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        said = nursery.refusal("--state", str(file), changes={"patience": 0.05})
        assert said == f"mock-s3vectors: Cannot serve {file}: database is locked.\n"
        other.execute("ROLLBACK")
    assert file.read_bytes() == before
    assert files_in(file.parent) == ["state.db"]
    with nursery.life("--state", str(file)) as life:
        make_index(Line(life.url).client)


@linux
def test_a_file_without_permission_to_write(nursery: Nursery, file: Path) -> None:
    as_others = {"permissions": "obey"}
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", [[1.0]])
        mock.save(file)
    before = file.read_bytes()
    file.chmod(0o444)
    said = nursery.refusal("--state", str(file), changes=as_others)
    assert said == f"mock-s3vectors: Cannot serve {file}: attempt to write a readonly database.\n"
    file.chmod(0o000)
    said = nursery.refusal("--state", str(file), changes=as_others)
    assert said == f"mock-s3vectors: Cannot load {file}: Permission denied.\n"
    file.chmod(0o644)
    file.parent.chmod(0o555)
    said = nursery.refusal("--state", str(file), changes=as_others)
    file.parent.chmod(0o755)
    assert said == f"mock-s3vectors: Cannot serve {file}: Permission denied.\n"
    assert file.read_bytes() == before
    assert files_in(file.parent) == ["state.db"]
