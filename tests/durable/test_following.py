"""A state file that follows a mock has every change, and a change that it cannot have is not made."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.errors.exceptions import ServiceUnavailableException
from mock_s3vectors.operations import OPERATIONS
from mock_s3vectors.storage import following, schema
from mock_s3vectors.storage.following import DurableStore, kept_in
from tests.server.wire import Connection
from tests.storage.seen import files_in, seen
from tests.support.helpers import POLICY, bucket_names, vector
from tests.support.mocks import index_named, store, world
from tests.support.shapes import MODES, TAGS, TEXT_SEARCH, has
from tests.support.text_search import searchable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mock_s3vectors import MockS3Vectors, S3VectorsServer

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
        worked("role", lambda mock: mock.iam.role("writer").allow("PutVectors")),
        worked("key", lambda mock: mock.kms.key(arn=KEY).disable()),
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
    """What clients see of a mock that begins with the file."""
    with mock_s3vectors(state=path):
        return seen()


class Failing:
    """A connection to a file that cannot be written any more."""

    def __init__(self, connection: Any, statement: str) -> None:
        self._connection = connection
        self._statement = statement

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, statement: str, *values: Any) -> Any:
        if statement.startswith(self._statement):
            raise sqlite3.OperationalError("database or disk is full")
        return self._connection.execute(statement, *values)


@contextmanager
def failing(durable: DurableStore, statement: str = "COMMIT") -> Iterator[None]:
    """Has transactions fail at a statement."""
    connection: Any = durable._connection  # noqa: SLF001 - no option of SQLite fails at a moment of a test's own
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(durable, "_connection", Failing(connection, statement))
        yield


def test_the_steps_are_all_operations_that_change_something() -> None:
    changing = {name for name in OPERATIONS if not name.startswith(("Get", "List", "Query"))}
    model = set(client_of_tests().meta.service_model.operation_names)
    done = {name.title().replace("_", "") for name, _ in steps()}
    assert done & changing == changing & model


def test_the_file_has_every_change(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with followed(path) as (mock, _):
        before = seen()
        for name, change in steps():
            change(client_of_tests(), mock)
            after = seen()
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
                for _, change in steps():
                    change(client_of_tests(), inner)
            mock.save(tmp_path / "picture.db")
        assert world().stores.follower is durable
        assert kept(tmp_path / "state.db") == before == seen()
