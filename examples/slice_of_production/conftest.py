"""A slice of production, copied into a file with which each test begins.

To run the tests::

    pip install "mock_s3vectors[examples,server]" pytest
    pytest examples/slice_of_production

Production is a server here, which stands in for AWS. The slice is copied with one command::

    mock-s3vectors copy http://127.0.0.1:7380/films/movies slice.db --filter '{"genre": "Western"}' --limit 25

From AWS itself it is copied with `s3vectors://films/movies` as the source, and with `--region` and, if need
be, `--profile`. The command only reads there. If you keep the file beside the tests, do this once.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import mock_s3vectors, s3vectors_server
from movie_data import load_movies
from movie_search import BUCKET, INDEX, metadata_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_s3vectors import MockS3Vectors, S3VectorsServer

GENRE, MOST = "Western", 25


@contextmanager
def production() -> Iterator[S3VectorsServer]:
    """Have a server with all films."""
    data = load_movies()
    with s3vectors_server() as server:
        server.mock.seed(
            BUCKET,
            INDEX,
            data.embeddings,
            keys=[movie["key"] for movie in data.movies],
            metadata=map(metadata_of, data.movies),
            non_filterable_metadata_keys=["text"],
        )
        yield server


@pytest.fixture(scope="session")
def slice_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file."""
    path = tmp_path_factory.mktemp("slice") / "slice.db"
    with production() as server:
        source = f"{server.url}/{BUCKET}/{INDEX}"
        options = ["--filter", json.dumps({"genre": GENRE}), "--limit", str(MOST)]
        command = [sys.executable, "-m", "mock_s3vectors", "copy", source, str(path), *options]
        subprocess.run(command, check=True)  # noqa: S603 - a command of our own
        # Production is only read: here one can see it.
        assert {call.operation for call in server.mock.calls} == {"GetIndex", "ListVectors"}
    return path


@pytest.fixture(autouse=True)
def films(slice_file: Path) -> Iterator[MockS3Vectors]:
    """The mock of each test. The fixture `s3vectors_client` of the plugin begins with the same films."""
    with mock_s3vectors(state=slice_file) as mock:
        yield mock
