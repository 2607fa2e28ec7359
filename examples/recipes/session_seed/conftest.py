"""A library of 20,000 books that is made once, and each test has for itself.

To run the tests::

    pytest examples/recipes/session_seed

The mock of the session is on from the first test to the last. The mock of each test, which the fixtures
`s3vectors_mock` and `s3vectors_client` of the plugin switch on, is a savepoint inside it: it begins with all
books, and what the test changes is undone when it ends. That costs next to nothing: a test that only reads
copies no book.

`pytest.ini` beside this file refuses calls while no mock is on, and has the mocks give advice, which fails
tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from library import BUCKET, INDEX
from mock_s3vectors import mock_s3vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BOOKS, DIMENSION = 20_000, 64


@pytest.fixture(scope="session")
def embeddings() -> NDArray[np.float32]:
    """The embeddings of all books; the same in each run."""
    return np.random.default_rng(seed=7).random((BOOKS, DIMENSION), dtype=np.float32)


@pytest.fixture(scope="session", autouse=True)
def library(embeddings: NDArray[np.float32]) -> Iterator[None]:
    """Fill the library before the first test: for all tests, and for fixtures of any scope."""
    with mock_s3vectors() as mock:
        mock.seed(
            BUCKET,
            INDEX,
            embeddings,
            keys=(f"book-{number}" for number in range(BOOKS)),
            metadata=({"year": 1900 + number % 120} for number in range(BOOKS)),
        )
        yield
