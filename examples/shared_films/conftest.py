"""Share some 3,200 films among tests: they are put once, and each test may change them.

To run the tests::

    pip install "mock_s3vectors[examples]" pytest
    pytest examples/shared_films

The first run puts the films as the application does, and saves them in pytest's cache. Every later run, and
every worker of pytest-xdist (`-n auto`), loads the file, and writes nothing to it. A process reads it once,
and each test begins with all films: that costs next to nothing. `pytest --cache-clear` drops the file, and
the next run makes it anew.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

import movie_search
from mock_s3vectors import mock_s3vectors
from movie_data import DATA_FILE, load_movies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import MockS3Vectors


@pytest.fixture(scope="session")
def films_file(pytestconfig: pytest.Config) -> Path:
    """The file. Other data, or another application, make another one."""
    made_of = DATA_FILE.read_bytes() + Path(movie_search.__file__).read_bytes()
    assert pytestconfig.cache is not None
    path = pytestconfig.cache.mkdir("shared_films") / f"{sha256(made_of).hexdigest()[:16]}.db"
    if not path.exists():
        with mock_s3vectors() as mock:
            client = boto3.client("s3vectors", region_name="us-east-1")
            movie_search.create_index(client, load_movies().dimension)
            movie_search.put_movies(client, load_movies())
            # It appears as a whole: workers that begin at the same time may all make it.
            mock.save(path)
    return path


@pytest.fixture(autouse=True)
def films(films_file: Path) -> Iterator[MockS3Vectors]:
    """The mock of each test. The fixture `s3vectors_client` of the plugin begins with the same films."""
    with mock_s3vectors(state=films_file) as mock:
        yield mock
