"""The movies of the examples: records, embeddings and a few embedded queries.

Everything comes from ``data/movies.npz``, so no model and no network are needed. ``data/README.md``
tells how that file was made, and from what.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

DATA_FILE = Path(__file__).with_name("data") / "movies.npz"

Vectors = NDArray[np.float32]


class NamedMovie(TypedDict):
    """The fields that every record has."""

    key: str  # unique, for example "casablanca-1942"
    title: str
    text: str  # what was embedded


class Movie(NamedMovie, total=False):
    """A record; a fact that the source does not know, or gets wrong, is left out."""

    year: int
    genre: str
    creative_type: str
    source: str  # what the film is based on
    director: str
    distributor: str
    mpaa: str
    runtime: int  # minutes
    rating: float  # IMDB, 0 to 10
    votes: int


@dataclass(frozen=True)
class MovieData:
    """The data: row ``i`` of an array of embeddings belongs to entry ``i`` of the list above it."""

    movies: list[Movie]
    embeddings: Vectors
    queries: list[str]
    query_embeddings: Vectors

    @property
    def dimension(self) -> int:
        """The number of dimensions of an embedding."""
        return int(self.embeddings.shape[1])

    def query_vector(self, query: str) -> list[float]:
        """Return the embedding of one of ``queries`` the way boto3 takes it."""
        numbers: list[float] = self.query_embeddings[self.queries.index(query)].tolist()
        return numbers


@cache
def load_movies() -> MovieData:
    """Read the data file, once per process."""
    # Without pickle a data file can only ever be data.
    with np.load(DATA_FILE, allow_pickle=False) as arrays:
        return MovieData(
            movies=json.loads(arrays["movies"].tobytes()),
            embeddings=arrays["embeddings"].astype(np.float32),
            queries=arrays["queries"].tolist(),
            query_embeddings=arrays["query_embeddings"].astype(np.float32),
        )
