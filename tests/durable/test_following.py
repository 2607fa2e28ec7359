"""A state file that follows a mock has every change, and a change that it cannot have is not made."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import signal
import sqlite3
from contextlib import closing, contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import orjson
import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.__main__ import main
from mock_s3vectors.errors.exceptions import ServiceUnavailableException
from mock_s3vectors.operations import OPERATIONS
from mock_s3vectors.serving.http_server import HttpServer
from mock_s3vectors.storage import claiming, durable_file, schema
from mock_s3vectors.storage.following import DurableStore, kept_in
from mock_s3vectors.world import VectorBucket
from tests.server.wire import Connection
from tests.storage.seen import files_in, seen, statement
from tests.support.helpers import POLICY, bucket_names, vector
from tests.support.mocks import index_named, store, world
from tests.support.shapes import MODES, TAGS, TEXT_SEARCH, has
from tests.support.text_search import searchable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_s3vectors import MockS3Vectors

ACCOUNT = "123456789012"
FILMS = {"vectorBucketName": "films"}
PLOTS = {**FILMS, "indexName": "plots"}
ARNS = [f"arn:aws:s3vectors:us-east-1:{ACCOUNT}:bucket/films{end}" for end in ("", "/index/plots")]
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SETTINGS = {"dataType": "float32", "dimension": 2, "distanceMetric": "cosine"}
TAGGED = {"tags": {"team": "films", "größe": "groß"}} if has(*TAGS) else {}

# By the way in which a change is made: a call, seeding, or the rest of the workbench.
UNAVAILABLE = (ClientError, UsageError, ServiceUnavailableException)

Step = tuple[str, "Callable[[Any, MockS3Vectors], object]"]


@lru_cache
def client_of_tests() -> Any:
    return boto3.client("s3vectors", region_name="us-east-1")


def called(name: str, **arguments: Any) -> Step:
    return name, lambda client, _: getattr(client, name)(**arguments)


def worked(name: str, work: Callable[[MockS3Vectors], object]) -> Step:
    return name, lambda _, mock: work(mock)


def steps() -> list[Step]:
    """Changes, one after the other, by every operation of the installed model that changes anything."""
    tags = [
        called("tag_resource", resourceArn=ARNS[0], tags={"a": "1", "b": "2"}),
        called("untag_resource", resourceArn=ARNS[0], tagKeys=["a"]),
        called("tag_resource", resourceArn=ARNS[1], tags={"c": "3"}),
        called("untag_resource", resourceArn=ARNS[1], tagKeys=["c", "none"]),
    ]
    modes = [
        called("put_vector_bucket_default_index_mode", **FILMS, defaultIndexMode="ENHANCED"),
        called("update_index_mode", **PLOTS, indexMode="ENHANCED"),
    ]
    texts = [
        called("update_metadata_configuration", **PLOTS, add=searchable("text:en", "plot")),
        called("update_metadata_configuration", **PLOTS, delete=searchable("text")),
    ]
    return [
        called("create_vector_bucket", **FILMS, **TAGGED),
        called("put_vector_bucket_policy", **FILMS, policy=POLICY),
        called("delete_vector_bucket_policy", **FILMS),
        called(
            "create_index",
            **PLOTS,
            **SETTINGS,
            metadataConfiguration={"nonFilterableMetadataKeys": ["text"]},
            **TAGGED,
        ),
        called("put_vectors", **PLOTS, vectors=[vector(key, [1, 2], n=2**60, text="\0ü") for key in "abc"]),
        called("put_vectors", **PLOTS, vectors=[vector("d", [1, 1]), vector("b", [0.1, 3])]),
        called("delete_vectors", **PLOTS, keys=["a", "none", "d"]),
        *(tags if has(*TAGS) else []),
        *(modes if has(*MODES) else []),
        *(texts if has(*TEXT_SEARCH) else []),
        worked("seed, known index", lambda mock: mock.seed("films", "plots", [[5, 6]], keys=["seeded"])),
        worked("seed, known bucket", lambda mock: mock.seed("films", "new", np.ones((3, 3)))),
        worked("seed, new bucket", lambda mock: mock.seed("books", "new", [[1]], region="eu-west-1")),
        worked("user", lambda mock: mock.iam.user("reader")),
        worked("role", lambda mock: mock.iam.role("writer", statement("s3vectors:PutVectors"))),
        worked("key", lambda mock: mock.kms.key(arn=KEY)),
        worked("change of a key", lambda mock: mock.kms.key(arn=KEY).disable()),
        called("delete_index", **PLOTS),
        called("delete_index", **FILMS, indexName="new"),
        called("delete_vector_bucket", **FILMS),
        worked("reset", lambda mock: mock.reset()),
    ]


@contextmanager
def followed(path: Path, **options: Any) -> Iterator[tuple[MockS3Vectors, DurableStore]]:
    """A mock whose changes a file has, and what follows it."""
    with mock_s3vectors(default_index_mode="CLASSIC", **options) as mock, kept_in(path, world()):
        durable = world().stores.follower
        assert isinstance(durable, DurableStore)
        yield mock, durable


def kept(path: Path) -> str:
    """The view of clients of a mock that begins with the file."""
    with mock_s3vectors(state=path):
        return seen()


class Failing:
    """A connection to a file that cannot be written any more."""

    def __init__(self, connection: Any, failing: str) -> None:
        self._connection = connection
        self._failing = failing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, sql: str, *values: Any) -> Any:
        if sql.startswith(self._failing):
            raise sqlite3.OperationalError("database or disk is full")
        return self._connection.execute(sql, *values)


@contextmanager
def failing(durable: DurableStore, at: str = "COMMIT") -> Iterator[None]:
    """Has transactions fail at a statement."""
    file: Any = durable._file  # noqa: SLF001 - no option of SQLite fails at a moment of a test's own
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(file, "connection", Failing(file.connection, at))
        yield


def commits_of(durable: DurableStore) -> list[str]:
    """The commits from now on."""
    commits: list[str] = []

    def note(traced: str) -> None:
        if traced == "COMMIT":
            commits.append(traced)

    durable._file.connection.set_trace_callback(note)  # noqa: SLF001 - SQLite traces a connection
    return commits


def test_the_steps_are_all_operations_that_change_something() -> None:
    changing = {name for name in OPERATIONS if not name.startswith(("Get", "List", "Query"))}
    model = set(client_of_tests().meta.service_model.operation_names)
    done = {name.title().replace("_", "") for name, _ in steps()}
    assert done & changing == changing & model


def test_the_file_has_every_change(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with followed(path) as (mock, durable):
        before, commits = seen(), commits_of(durable)
        for number, (name, change) in enumerate(steps(), start=1):
            change(client_of_tests(), mock)
            after = seen()
            assert len(commits) == number, name
            assert after != before, name
            assert kept(path) == after, name
            before = after
    assert files_in(tmp_path) == ["state.db"]
    assert kept(path) == after


def test_a_change_that_the_file_cannot_have_is_not_made(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "state.db"
    with followed(path, skip_retry_delays=True) as (mock, durable):
        for number, (name, change) in enumerate(steps()):
            before = seen()
            caplog.clear()
            with failing(durable, ("BEGIN", "COMMIT")[number % 2]), pytest.raises(UNAVAILABLE) as failure:
                change(client_of_tests(), mock)
            assert "Currently unable to handle the request" in str(failure.value)
            assert seen() == before, name
            change(client_of_tests(), mock)
            # The client has tried several times; the log says it once.
            assert [record.getMessage() for record in caplog.records] == [
                f"{path} takes no changes, and clients get a 503: database or disk is full.",
                f"{path} takes changes again.",
            ]
            assert {record.levelno for record in caplog.records} == {logging.WARNING}
        assert kept(path) == seen()


class Nobody:
    """A follower that nobody may call."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was called")


def test_copies_of_a_mock_that_is_followed_have_no_follower(tmp_path: Path) -> None:
    with followed(tmp_path / "state.db") as (mock, durable):
        mock.seed("outer", "index", [[1.0]])
        before = kept(tmp_path / "state.db")
        with pytest.MonkeyPatch.context() as patch:
            for name in dir(Nobody) + [name for name in vars(DurableStore) if not name.startswith("__")]:
                if not name.startswith("_"):
                    patch.setattr(DurableStore, name, Nobody().__getattr__)
            with mock_s3vectors() as inner:
                inner.seed("outer", "index", [[2.0]])
                inner.seed("outer", "new", [[2.0]])
                client_of_tests().put_vector_bucket_policy(vectorBucketName="outer", policy=POLICY)
                for _, change in steps():
                    change(client_of_tests(), inner)
            mock.save(tmp_path / "picture.db")
        assert world().stores.follower is durable
        assert kept(tmp_path / "state.db") == before == seen()


def put(key: str = "key", *data: float) -> Any:
    return client_of_tests().put_vectors(**PLOTS, vectors=[vector(key, data or [1.0, 2.0])])


def make_index() -> None:
    client_of_tests().create_vector_bucket(**FILMS)
    client_of_tests().create_index(**PLOTS, **SETTINGS)


def test_a_load_replaces_the_file_too(tmp_path: Path) -> None:
    with mock_s3vectors() as mock:
        mock.seed("other", "index", np.ones((1200, 3)))
        mock.iam.user("other")
        mock.kms.key(arn=KEY)
        mock.save(tmp_path / "other.db")
    path = tmp_path / "state.db"
    with followed(path, skip_retry_delays=True) as (mock, durable):
        make_index()
        put()
        mock.iam.user("reader")
        before = seen()
        with failing(durable), pytest.raises(ServiceUnavailableException):
            mock.load(tmp_path / "other.db")
        assert seen() == before
        mock.load(tmp_path / "other.db")
        assert bucket_names(client_of_tests()) == ["other"]
        # What the file has now is followed, and what it had is not.
        client_of_tests().delete_vectors(vectorBucketName="other", indexName="index", keys=["7"])
        client_of_tests().create_vector_bucket(**FILMS)
        identities = world().identities.all()
    with mock_s3vectors(state=path) as mock:
        assert bucket_names(client_of_tests()) == ["films", "other"]
        assert set(mock.index("other", "index")) == {str(number) for number in range(1200)} - {"7"}
        assert world().identities.all() == identities
        assert [key.arn for key in world().keys.all()] == [KEY]


def test_the_file_goes_back_with_the_mock(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with followed(path, skip_retry_delays=True) as (mock, durable):
        make_index()
        put("a")
        mock.iam.user("reader")
        before, point, old = seen(), mock.checkpoint(), (store(), world().stores)
        put("b")
        mock.kms.key(arn=KEY)
        mock.seed("other", "index", [[1.0]])
        after = seen()
        with failing(durable), pytest.raises(ServiceUnavailableException):
            mock.restore(point)
        assert seen() == after == kept(path)
        mock.restore(point)
        assert seen() == before == kept(path)
        # Calls that have begun before.
        old[0].add(VectorBucket(**{**vars(old[0].vector_buckets["films"]), "name": "late"}))
        old[1].made_at(ACCOUNT, "eu-west-1").add(old[0].vector_buckets["films"])
        assert seen() == before == kept(path)
        with mock.rollback():
            put("c")
            assert seen() == kept(path) != before
        assert seen() == before == kept(path)
        put("d")
        assert seen() == kept(path) != before


def test_what_a_call_writes_into_something_that_is_gone_is_not_in_the_file(tmp_path: Path) -> None:
    """A call looks things up first, and another one may delete them before it writes."""
    path = tmp_path / "state.db"
    with followed(path) as (mock, _):
        make_index()
        old, old_bucket, old_store = index_named("plots", "films"), store().vector_buckets["films"], store()
        client_of_tests().delete_index(**PLOTS)
        client_of_tests().create_index(**PLOTS, **SETTINGS)
        put("new")

        def write_into_old_ones() -> None:
            old.put(["old"], np.ones((1, 2), np.float32), [{}], [(1, 1)])
            old.delete(["old"])
            old.set_tags({"old": "old"})

        write_into_old_ones()
        assert kept(path) == seen()
        mock.reset()
        make_index()
        put("new")
        write_into_old_ones()
        old_bucket.set_policy(None)
        old_bucket.remove(old_bucket.indexes["plots"])
        old_bucket.add(old)
        old_store.remove(old_bucket)
        old_store.add(old_bucket)
        assert kept(path) == seen()
        assert set(mock.index("films", "plots")) == {"new"}


def test_the_identities_and_keys_of_the_outer_mock_stay_its_own(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with mock_s3vectors() as outer:
        outer.iam.user("given")
        outer.kms.key(arn=KEY)
        with followed(path) as (mock, _):
            mock.iam.user("reader")
            own = world().identities.all()[1]
            mock.load(path)
            assert [known.principal.arn.rpartition("/")[2] for known in world().identities.all()] == [
                "given",
                "reader",
            ]
            world().reset()
            assert len(world().identities.all()) == len(world().keys.all()) == 1
            world().identities.put(own)
    with mock_s3vectors(state=path):
        assert world().identities.all() == (own,)
        assert world().keys.all() == ()


def test_a_mock_goes_on_where_the_file_ends(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", np.ones((1200, 2)))
        mock.save(path)
        before = files_in(tmp_path)
    for number in range(3):
        with followed(path) as (mock, _):
            assert len(mock.index("films", "plots")) == 1200 + number
            put(f"new-{number}")
            put("0", number, 1.0)
    assert files_in(tmp_path) == before
    with mock_s3vectors(state=path) as mock:
        index = mock.index("films", "plots")
        assert len(index) == 1203
        assert index["0"].vector.tolist() == [2.0, 1.0]


@contextmanager
def refusing(mock: MockS3Vectors, caplog: pytest.LogCaptureFixture, reason: str) -> Iterator[None]:
    """Expects that the block has the file take no changes, and memory be as it was."""
    before = seen()
    yield
    caplog.clear()
    with pytest.raises(client_of_tests().exceptions.ServiceUnavailableException):
        put("refused")
    assert [record.getMessage().partition("get a 503: ")[2] for record in caplog.records] == [f"{reason}."]
    assert seen() == before
    assert "refused" not in mock.index("films", "plots")


@pytest.mark.parametrize("suffix", ["", "-wal"])
def test_a_file_that_is_taken_away_and_brought_back(
    suffix: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "state.db"
    with followed(path, skip_retry_delays=True) as (mock, _):
        make_index()
        put("before")
        taken, there = tmp_path / "taken", schema.beside(path, suffix)
        for replace in (False, True):
            with refusing(mock, caplog, durable_file._GONE):  # noqa: SLF001 - the whole text
                there.rename(taken)
                if replace:
                    there.touch()
            taken.replace(there)
            put(f"after {replace}")
        after = seen()
    assert kept(path) == after


def test_a_file_that_replaces_the_one_of_a_server_stays_as_it_is(tmp_path: Path) -> None:
    """The log of the one that was taken away is not applied to it by the next server."""
    path, away = tmp_path / "state.db", tmp_path / "away.db"
    with mock_s3vectors() as mock:
        mock.seed("other", "index", [[float(number)] for number in range(1, 900)])
        mock.save(tmp_path / "other.db")
        other = seen()
    with followed(path):
        make_index()
        put()
        after = seen()
        path.rename(away)
        (tmp_path / "other.db").rename(path)
    assert kept(path) == other
    assert kept(away) == after
    with followed(path):
        assert seen() == other


def test_a_file_that_another_program_changes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.db"
    monkeypatch.setattr(durable_file, "_PATIENCE", 0.0)
    with followed(path, skip_retry_delays=True) as (mock, _):
        make_index()
        put("before")
        other = sqlite3.connect(path, isolation_level=None)
        with refusing(mock, caplog, "database is locked"):
            other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
        put("after")
        with refusing(mock, caplog, durable_file._CHANGED):  # noqa: SLF001 - the whole text
            other.execute("UPDATE vectors SET metadata = '{\"other\": 1}'")
        other.close()


def test_a_disk_that_is_full_for_a_while(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "state.db"
    with followed(path, skip_retry_delays=True) as (mock, durable):
        make_index()
        put("before")
        connection = durable._file.connection  # noqa: SLF001 - SQLite counts the pages of one connection
        (most,) = connection.execute("PRAGMA max_page_count").fetchone()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        records = [vector(f"many-{number}", [1.0, number]) for number in range(500)]
        with pytest.raises(client_of_tests().exceptions.ServiceUnavailableException):
            client_of_tests().put_vectors(**PLOTS, vectors=records)
        written = fill_up()  # what fits goes in
        assert set(mock.index("films", "plots")) == {"before", *written}
        assert kept(path) == seen()
        assert "503: database or disk is full." in caplog.text
        connection.execute(f"PRAGMA max_page_count = {most}")
        client_of_tests().put_vectors(**PLOTS, vectors=records)
        keys = set(mock.index("films", "plots"))
    with mock_s3vectors(state=path) as mock:
        assert set(mock.index("films", "plots")) == keys


def test_a_disk_that_fails_in_the_middle_of_a_transaction(tmp_path: Path) -> None:
    """SQLite reads the file anew then, which is no change of another program."""
    resource = pytest.importorskip("resource", reason="Windows limits no files")
    path = tmp_path / "state.db"
    with followed(path, skip_retry_delays=True) as (mock, durable):
        make_index()
        put("before")
        durable._file.connection.execute("PRAGMA cache_size = 5")  # noqa: SLF001 - so that it writes before the end
        records = [vector(f"many-{number}", [1.0, number], text="x" * 1000) for number in range(200)]
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, before[1]))
        try:
            with pytest.raises(client_of_tests().exceptions.ServiceUnavailableException):
                client_of_tests().put_vectors(**PLOTS, vectors=records)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert set(mock.index("films", "plots")) == {"before"}
        put("after")
        assert kept(path) == seen()


def fill_up() -> list[str]:
    """Put one vector after the other until there is no room; return the keys of those that are there."""
    written: list[str] = []
    while True:
        try:
            put(f"one-{len(written)}")
        except ClientError:
            return written
        written.append(f"one-{len(written)}")


def refusal(path: Path) -> str:
    """Why a file cannot follow a mock; the mock stays as it was."""
    with mock_s3vectors() as mock:
        mock.seed("mine", "mine", [[1.0]])
        with pytest.raises(UsageError) as refused, kept_in(path, world()):
            pytest.fail("it follows")
        assert world().stores.follower is None
        assert len(mock.index("mine", "mine")) == 1
    return str(refused.value).replace(str(path), "FILE")


def test_a_second_server_is_refused_by_name(tmp_path: Path) -> None:
    path, link = tmp_path / "state.db", tmp_path / "link.db"
    text = (
        "Cannot serve FILE: another server keeps its state there. Stop that one, or give each server a file "
        "of its own."
    )
    with followed(path) as (mock, _):
        make_index()
        link.symlink_to(path)
        assert refusal(path) == text
        assert refusal(link).replace(str(path), "FILE") == text
        put()
        with pytest.raises(UsageError, match="belongs to a server that runs"):
            mock.save(path)
        after = seen()
    with followed(link):
        assert seen() == after
    assert files_in(tmp_path) == ["link.db", "state.db"]


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"SQLite format 3\0 or so", "Cannot load FILE: it is not a state file of mock_s3vectors."),
        (
            "UPDATE vectors SET metadata = '[]'",
            "Cannot load FILE: it is damaged (ValueError: metadata is not",
        ),
        (
            "UPDATE vectors SET metadata = '{\"a\": {}}'",
            "Cannot load FILE: it is damaged (Invalid record for key '0'",
        ),
        ("PRAGMA user_version = 99", "Cannot load FILE: a newer version of mock_s3vectors wrote it"),
        ("PRAGMA application_id = 1", "Cannot load FILE: it is not a state file of mock_s3vectors."),
    ],
)
def test_a_file_that_is_refused_stays_as_it_is(content: str | bytes, text: str, tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with mock_s3vectors() as mock:
            mock.seed("films", "plots", [[1.0]])
            mock.save(path)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute(content)
    before = path.read_bytes()
    assert refusal(path).startswith(text)
    assert path.read_bytes() == before
    assert files_in(tmp_path) == ["state.db"]


def test_places_without_a_file(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    assert refusal(tmp_path / "none" / "state.db").endswith("No such file or directory.")
    assert refusal(tmp_path).endswith("Is a directory.")
    path.touch()  # as a program makes a temporary file
    with followed(path):
        make_index()
    path.unlink()
    schema.beside(path, "-wal").touch()
    assert refusal(path) == (
        "Cannot serve FILE: it is missing, but its log state.db-wal is there. Bring the file back, or remove "
        "the log."
    )


def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: int) -> None:
        raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))

    monkeypatch.setattr(claiming, "_lock", fail)
    assert refusal(tmp_path / "state.db") == "Cannot serve FILE: Operation not supported."


def test_a_program_that_was_killed_while_it_wrote_without_a_log(tmp_path: Path) -> None:
    """As `copy` writes a file that no server has, and as a server that stops leaves it."""
    path, killed = tmp_path / "state.db", tmp_path / "killed.db"
    with followed(path):
        make_index()
        put()
        after = seen()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA cache_size = 1")  # pages go to the file before the end
        other.execute("BEGIN")
        other.execute("UPDATE vectors SET metadata = '[]', data = zeroblob(8)")
        other.execute("CREATE TABLE more AS SELECT zeroblob(100000)")
        for suffix in ("", "-journal"):
            shutil.copy(schema.beside(path, suffix), schema.beside(killed, suffix))
    with followed(killed):
        assert seen() == after


def test_all_that_the_control_paths_change_is_kept(tmp_path: Path) -> None:
    """The server shares the mock that is followed; each request is one transaction."""
    path = tmp_path / "state.db"
    with (
        followed(path) as (mock, durable),
        s3vectors_server() as server,
        closing(Connection(server.url)) as line,
    ):
        make_index()
        mock.save(tmp_path / "saved.db")
        commits = commits_of(durable)
        reader = {"user": "reader", "policies": [statement("*")]}
        requests: list[tuple[str, str, Any]] = [
            ("POST", "/identities", reader),
            ("POST", "/identities", {**reader, "access_key_id": "AKIAREADER0000000000"}),
            ("POST", "/identities", {**reader, "tags": {"a": "b"}}),
            ("POST", "/keys", {"arn": KEY, "disable": True, "admit_indexing": False}),
            ("POST", "/keys", {"arn": KEY, "enable": True}),
            ("DELETE", f"/keys/{KEY}", None),
            ("DELETE", f"/identities/arn:aws:iam::{ACCOUNT}:user/reader", None),
            ("POST", "/identities", {"role": "writer"}),
            ("DELETE", "/identities", None),
            ("DELETE", "/keys", None),
            ("POST", "/identities", {"role": "writer"}),
            ("PUT", "/state", (tmp_path / "saved.db").read_bytes()),
            ("POST", "/identities", {"role": "writer"}),
            ("POST", "/reset", {}),
        ]
        for method, name, document in requests:
            body = document if isinstance(document, bytes) else orjson.dumps(document) if document else b""
            before = seen()
            commits.clear()
            with failing(durable):
                answer = line.ask(method, f"/_mock_s3vectors{name}", body)
            assert answer.error == (
                503,
                "ServiceUnavailableException",
                "Currently unable to handle the request",
            )
            assert seen() == before, name
            assert line.ask(method, f"/_mock_s3vectors{name}", body).status == 200
            assert len(commits) == 1, name
            assert kept(path) == seen() != before, name
        assert bucket_names(client_of_tests()) == []


def test_a_request_that_says_what_is_there_already_changes_nothing() -> None:
    with mock_s3vectors() as outer:
        outer.kms.key(arn=KEY)
        with mock_s3vectors(), s3vectors_server() as server, closing(Connection(server.url)) as line:
            answer = line.ask("POST", "/_mock_s3vectors/keys", orjson.dumps({"arn": KEY}))
            assert answer.json["state"] == "Enabled"
            assert world().keys.own() == ()


def test_the_program_says_where_it_keeps_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "state.db"

    def run(server: Any) -> None:
        server._on_ready()  # noqa: SLF001 - as it does
        make_index()

    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process keeps its own
    monkeypatch.setattr(HttpServer, "run", run)
    assert main(["serve", "--port", "0", "--state", str(path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[5:] == [f"All changes are kept in {path}.", "Press Ctrl+C to stop it.", "Ready."]
    with mock_s3vectors(state=path):
        assert bucket_names(client_of_tests()) == ["films"]
    assert main(["serve", "--port", "0", "--state", ""]) == 1
    assert capsys.readouterr().err == (
        "mock-s3vectors: --state='': must be the path of a file, a str or a pathlib.Path\n"
    )
