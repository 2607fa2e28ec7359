"""The whole state over HTTP: GET and PUT /_mock_s3vectors/state."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors
from tests.server.wire import request
from tests.storage.seen import files_in, fill, seen
from tests.support.helpers import bucket_names

if TYPE_CHECKING:
    from pathlib import Path

    from mock_s3vectors import S3VectorsServer
    from tests.server.wire import Connection

STATE = "/_mock_s3vectors/state"


def test_a_state_goes_out_and_comes_back(
    connection: Connection,
    over_http: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    fill()
    before = seen()
    given = connection.ask("GET", STATE, b"")
    assert given.status == 200
    assert given.headers["content-type"] == "application/vnd.sqlite3"
    over_http.create_vector_bucket(vectorBucketName="more")
    assert "more" in bucket_names(over_http)
    taken = connection.ask("PUT", STATE, given.body)
    assert (taken.status, taken.json) == (200, {})
    assert seen() == before
    assert "more" not in bucket_names(over_http)
    assert files_in(tmp_path) == []


@pytest.mark.parametrize("asked", ["bytes=0-9", "bytes=x", "bytes=9999999-", "bytes=0-5,7-9"])
def test_a_part_of_the_state_is_the_whole(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    """Each request saves anew, so that parts of two of them would not fit together."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    fill()
    connection.send(request("GET", STATE, b"", f"range: {asked}"))
    given = connection.answer()
    assert (given.status, given.headers["accept-ranges"]) == (200, "none")
    assert len(given.body) == int(given.headers["content-length"])
    end = time.monotonic() + 10
    while files_in(tmp_path):  # the answer is there a moment before the file is gone
        assert time.monotonic() < end


def test_python_reads_what_the_server_gives(connection: Connection, tmp_path: Path) -> None:
    fill()
    before = seen()
    (tmp_path / "state.db").write_bytes(connection.ask("GET", STATE, b"").body)
    with mock_s3vectors(state=tmp_path / "state.db"):
        assert seen() == before


def test_a_body_that_is_no_state_is_refused(
    connection: Connection, over_http: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    over_http.create_vector_bucket(vectorBucketName="films")
    for body in (b"", b"films"):
        status, _, text = connection.ask("PUT", STATE, body).error
        assert (status, text) == (400, "Cannot load the body: it is not a state file of mock_s3vectors.")
    assert bucket_names(over_http) == ["films"]
    assert files_in(tmp_path) == []


def test_metadata_that_no_vector_can_have_is_refused_at_once(
    connection: Connection, over_http: Any, tmp_path: Path
) -> None:
    path = tmp_path / "state.db"
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", [[1.0]], keys=["a"])
        mock.save(path)
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("UPDATE vectors SET metadata = '{\"a\": null}'")
    over_http.create_vector_bucket(vectorBucketName="others")
    status, _, text = connection.ask("PUT", STATE, path.read_bytes()).error
    assert (status, text.partition(" (Invalid")[0]) == (400, "Cannot load the body: it is damaged")
    assert bucket_names(over_http) == ["others"]


def test_other_methods_are_refused(connection: Connection) -> None:
    answer = connection.ask("POST", STATE)
    assert answer.status == 405
    assert sorted(answer.headers["allow"].split(", ")) == ["GET", "HEAD", "PUT"]


def test_the_paths_are_listed(connection: Connection, s3vectors_server: S3VectorsServer) -> None:
    assert s3vectors_server.url
    listed = connection.ask("GET", "/_mock_s3vectors", b"").json["paths"]
    assert [path["method"] for path in listed if path["path"] == STATE] == ["GET", "PUT"]
