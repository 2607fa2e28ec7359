"""A state file and its server: another server, readers beside it, files that are refused, restarts."""

from __future__ import annotations

import json
import signal
import sqlite3
import threading
from contextlib import closing
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.__main__ import main
from tests.durable.line import HOME, LOST, Line
from tests.storage.seen import files_in, fill, seen
from tests.support.helpers import BUCKET, INDEX, SETTINGS, bucket_names, vector
from tests.support.mocks import world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.durable.nursery import Nursery
    from tests.support.helpers import Client

KEY_ARN = f"arn:aws:kms:us-east-1:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
POLICY: dict[str, Any] = {"Statement": {"Effect": "Allow", "Action": "s3vectors:*", "Resource": "*"}}


@pytest.fixture
def file(quick_folder: Path) -> Path:
    """The path of a state file that does not exist yet."""
    return quick_folder / "state.db"


def kept(file: Path) -> str:
    """The view of clients of a mock that begins with a file."""
    with mock_s3vectors(state=file):
        return seen()


def saved(file: Path) -> str:
    """Save one of everything, and return what clients see of it."""
    with mock_s3vectors() as mock:
        fill()
        mock.save(file)
        return seen()


def make_index(client: Client) -> None:
    client.create_vector_bucket(**BUCKET)
    client.create_index(**INDEX, **SETTINGS)


# --- two servers


def test_a_second_server_is_refused_until_the_first_has_ended(nursery: Nursery, file: Path) -> None:
    refusal = (
        f"mock-s3vectors: Cannot serve {file}: another server keeps its state there. Stop that one, or give "
        "each server a file of its own.\n"
    )
    (file.parent / "link.db").symlink_to(file)
    for number, ending in enumerate((signal.SIGKILL, signal.SIGTERM, signal.SIGKILL)):
        with nursery.life("--state", str(file)) as life:
            client = Line(life.url).client
            assert bucket_names(client) == [f"bucket-{before}" for before in range(number)]
            assert nursery.refusal("--state", str(file)) == refusal
            assert nursery.refusal("--state", str(file.parent / "link.db")) == refusal
            client.create_vector_bucket(vectorBucketName=f"bucket-{number}")
            assert life.end(ending) == (-9 if ending is signal.SIGKILL else 0)
            assert life.log == ""
    with nursery.life("--state", str(file.parent / "link.db")) as life:
        assert bucket_names(Line(life.url).client) == ["bucket-0", "bucket-1", "bucket-2"]
        assert life.end(signal.SIGTERM) == 0
    assert files_in(file.parent) == ["link.db", "state.db"]
    assert bucket_names_in(file) == ["bucket-0", "bucket-1", "bucket-2"]


def bucket_names_in(file: Path) -> list[str]:
    with mock_s3vectors(state=file):
        return sorted(world().stores.at(HOME, "us-east-1").vector_buckets)


def test_servers_with_files_of_their_own_share_a_folder(nursery: Nursery, quick_folder: Path) -> None:
    one, other = str(quick_folder / "one.db"), str(quick_folder / "other.db")
    with nursery.life("--state", one) as first, nursery.life("--state", other) as second:
        Line(first.url).client.create_vector_bucket(vectorBucketName="first")
        Line(second.url).client.create_vector_bucket(vectorBucketName="second")
    assert bucket_names_in(quick_folder / "one.db") == ["first"]
    assert bucket_names_in(quick_folder / "other.db") == ["second"]


# --- readers beside a server


def test_what_is_read_beside_a_server_is_whole(
    nursery: Nursery, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All vectors of the index are overwritten at once, again and again."""
    with nursery.life("--state", str(file), changes={"log bytes": 64 * 1024}) as life:
        client = Line(life.url).client
        make_index(client)
        versions = iter(range(10**6))
        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                version = next(versions)
                records = [vector(str(n), [version, n], version=version, text="x" * 300) for n in range(100)]
                client.put_vectors(**INDEX, vectors=records)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            found: list[int] = []
            while len(found) < 25 or found[-1] < found[0] + 3:
                found.append(version_in(file))
                assert len(found) < 5000
            assert main(["describe", str(file)]) == 0
        finally:
            stop.set()
            writer.join()
        assert found == sorted(found)
        assert "100" in capsys.readouterr().out
        with pytest.raises(UsageError) as refused, mock_s3vectors() as mock:
            mock.save(file)
        assert str(refused.value) == (
            f"Cannot save {file}: state.db-wal beside it belongs to a server that runs, or that was killed: "
            "choose another name."
        )
        assert life.end(signal.SIGTERM) == 0
        assert life.log == ""
    assert files_in(file.parent) == ["state.db"]


def version_in(file: Path) -> int:
    """The version of all vectors in a file; -1 if there are none yet."""
    with mock_s3vectors() as mock:
        mock.load(file)
        index = mock.index("bucket", "index")
        versions = {index[key].metadata["version"] for key in index}
    assert len(versions) <= 1
    return max(versions, default=-1)


def test_a_reader_that_holds_on_does_not_keep_a_server_from_ending(nursery: Nursery, file: Path) -> None:
    with nursery.life("--state", str(file), changes={"patience": 0.05}) as life:
        client = Line(life.url).client
        make_index(client)
        with closing(sqlite3.connect(file, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            assert reader.execute("SELECT count(*) FROM vectors").fetchone() == (0,)
            client.put_vectors(**INDEX, vectors=[vector("a")])
            assert life.end(signal.SIGTERM) == 0
            assert reader.execute("SELECT count(*) FROM vectors").fetchone() == (0,)
        assert life.log == ""
    with nursery.life("--state", str(file)) as life:
        assert [*Line(life.url).client.get_vectors(**INDEX, keys=["a"])["vectors"]] == [{"key": "a"}]


# --- restarts


def test_a_saved_file_is_served_and_stays_as_it_was(nursery: Nursery, file: Path) -> None:
    before = saved(file)
    for ending in (signal.SIGTERM, signal.SIGKILL, signal.SIGTERM):
        with nursery.life("--state", str(file)) as life:
            assert kept(file) == before
            status, body = Line(life.url).ask("GET", "/state")
            assert status == 200
            (file.parent / "given.db").write_bytes(body)
            assert kept(file.parent / "given.db") == before
            life.end(ending)
        assert kept(file) == before
    assert files_in(file.parent) == ["given.db", "state.db"]


def test_a_state_that_is_put_is_there_after_a_kill_and_so_is_a_reset(nursery: Nursery, file: Path) -> None:
    other = file.parent / "other.db"
    before = saved(other)
    empty = kept_of_nothing()
    with nursery.life("--state", str(file)) as life:
        line = Line(life.url)
        line.client.create_vector_bucket(vectorBucketName="lost")
        assert line.ask("PUT", "/state", other.read_bytes()) == (200, b"{}")
    assert kept(file) == before
    with nursery.life("--state", str(file)) as life:
        assert kept(file) == before
        assert Line(life.url).control("POST", "/reset") == {}
    assert kept(file) == empty
    with nursery.life("--state", str(file)) as life:
        assert bucket_names(Line(life.url).client) == []
        assert Line(life.url).control("GET", "/identities") == {"identities": []}


def kept_of_nothing() -> str:
    with mock_s3vectors():
        return seen()


@pytest.mark.parametrize("change", ["PUT /state", "POST /reset"])
def test_a_state_that_is_being_replaced_is_the_old_or_the_new_one(
    nursery: Nursery, file: Path, change: str
) -> None:
    """The server is killed meanwhile: within the change, within a second one if there were one, any time."""
    method, path = change.split()
    states = []
    for name, count in (("one.db", 1500), ("two.db", 1000)):
        with mock_s3vectors() as mock:
            mock.seed(name[:3], "index", [[1.0, number] for number in range(count)])
            mock.iam.user(name[:3])
            mock.save(file.parent / name)
            states.append(seen_briefly())
    before, after = states
    if method == "POST":
        with mock_s3vectors():
            after = seen_briefly()
    body = (file.parent / "two.db").read_bytes() if method == "PUT" else b""
    random, unanswered = Random(3), 0
    for place in ([1, 1], [1, 10], [1, 1000], [2, 1], None, None, None):
        for rest in file.parent.glob("state.db-*"):
            rest.unlink()
        file.write_bytes((file.parent / "one.db").read_bytes())
        changes = {} if place is None else {"killed within": place}
        with nursery.life("--state", str(file), changes=changes) as life:
            answers: list[Any] = []
            request = threading.Thread(target=ask, args=(Line(life.url), method, path, body, answers))
            request.start()
            request.join(random.uniform(0.002, 0.03) if place is None else None)
            life.end(signal.SIGKILL)
            request.join()
        with mock_s3vectors(state=file):
            found = seen_briefly()
        if place is None:
            assert found == after if answers else found in (before, after)
        else:
            assert found == (after if answers else before)
            assert answers or place[0] == 1
            unanswered += not answers
    assert unanswered > 1


def ask(line: Line, method: str, path: str, body: bytes, answers: list[Any]) -> None:
    try:
        answers.append(line.ask(method, path, body))
    except LOST:
        return


def seen_briefly() -> Any:
    here = world()
    indexes = here.stores.at(HOME, "us-east-1").indexes()
    identities = [identity.principal.arn for identity in here.identities.all()]
    return [(str(index.arn), sorted(index.vectors.keys)) for index in indexes], identities


def test_what_the_command_line_gives_is_not_in_the_file(nursery: Nursery, file: Path) -> None:
    given = file.parent / "identities.json"
    given.write_text(json.dumps({"identities": [{"user": "given", "policy": POLICY}]}))
    other = KEY_ARN.replace("1234abcd", "00000000")
    options = ("--state", str(file), "--identities", str(given), "--kms-key", KEY_ARN)
    for _ in range(2):
        with nursery.life(*options) as life:
            line = Line(life.url)
            line.control("POST", "/identities", {"user": "own", "policy": POLICY})
            line.control("POST", "/keys", {"arn": other, "disable": True})
            assert users_of(line) == ["given", "own"]
            assert [key["arn"] for key in line.control("GET", "/keys")["keys"]] == [KEY_ARN, other]
    with nursery.life("--state", str(file)) as life:
        line = Line(life.url)
        assert users_of(line) == ["own"]
        assert line.control("GET", "/keys")["keys"] == [
            {"arn": other, "usage": "ENCRYPT_DECRYPT", "state": "Disabled", "admits_indexing": True}
        ]
    assert b"given" not in file.read_bytes()
    assert KEY_ARN.encode() not in file.read_bytes()
    # A reset drops what clients have made, and what the command line gave stays.
    with nursery.life(*options) as life:
        Line(life.url).control("POST", "/reset")
        assert users_of(Line(life.url)) == ["given"]


def users_of(line: Line) -> list[str]:
    return [found["user"] for found in line.control("GET", "/identities")["identities"]]


# --- files that are refused


def changed(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


FOREIGN = "it is not a state file of mock_s3vectors"
NEWER = (
    "a newer version of mock_s3vectors wrote it, in format 2, and this one reads formats up to 1: install "
    "the newer one"
)
SPOILING: dict[str, tuple[Callable[[Path], object], str]] = {
    "text": (lambda file: file.write_text("films\n" * 1000), FOREIGN),
    "database": (partial(changed, statement="PRAGMA application_id = 7"), FOREIGN),
    "newer": (partial(changed, statement="PRAGMA user_version = 2"), NEWER),
    "table": (
        partial(changed, statement="DROP TABLE kms_keys"),
        "no such table: kms_keys",
    ),
    "row": (
        partial(changed, statement="UPDATE indexes SET mode = 'classic'"),
        "it is damaged (ValueError: 'classic' is none of CLASSIC, ENHANCED)",
    ),
    "cut": (
        lambda file: file.write_bytes(file.read_bytes()[:-5000]),
        "it is damaged (database disk image is malformed)",
    ),
    "NaN": (
        partial(changed, statement="UPDATE vectors SET data = x'0000c07f0000c07f' WHERE id = 1"),
        "it is damaged (ValueError: a vector has an impossible value)",
    ),
}


@pytest.mark.parametrize("name", SPOILING)
def test_a_file_that_cannot_be_served_stays_as_it_is(nursery: Nursery, file: Path, name: str) -> None:
    spoil, reason = SPOILING[name]
    saved(file)
    spoil(file)
    before = file.read_bytes()
    said = nursery.refusal("--state", str(file))
    assert said == f"mock-s3vectors: Cannot load {file}: {reason}.\n"
    assert file.read_bytes() == before
    assert files_in(file.parent) == ["state.db"]


def test_paths_that_cannot_be_files(nursery: Nursery, file: Path) -> None:
    for path, reason in (
        (file.parent, f"load {file.parent}: Is a directory"),
        (file.parent / "none" / "state.db", f"serve {file.parent}/none/state.db: No such file or directory"),
    ):
        assert nursery.refusal("--state", str(path)) == f"mock-s3vectors: Cannot {reason}.\n"
    assert files_in(file.parent) == []
