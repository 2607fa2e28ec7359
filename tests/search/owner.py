"""Test doubles: an owner of rows that drives an engine as the state room does, and two oracles."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_s3vectors.search import Flat, top_k

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mock_s3vectors.search import Engine

METRICS = ["euclidean", "cosine"]


class Owner:
    """Keys and rows as a VectorTable holds them: upsert in place, delete by moving the last row."""

    def __init__(self, engine: Engine, metric: str, dimension: int) -> None:
        self.engine = engine
        self.metric = metric
        self.matrix = np.zeros((0, dimension), np.float32)
        self.keys: list[str] = []
        self.row_of: dict[str, int] = {}

    def put(self, keys: Sequence[str], vectors: Any) -> None:
        """Upsert; the matrix is reallocated at every growth, and its spare rows hold rubbish."""
        for key in keys:
            if key not in self.row_of:
                self.row_of[key] = len(self.keys)
                self.keys.append(key)
        if len(self.keys) > len(self.matrix):
            grown = np.full((len(self.keys) + 7, self.matrix.shape[1]), 12345.0, np.float32)
            grown[: len(self.matrix)] = self.matrix
            self.matrix = grown
        rows = np.array([self.row_of[key] for key in keys], np.intp)
        self.matrix[rows] = vectors
        with np.errstate(all="raise"):
            self.engine.write(rows, self.matrix)

    def copy(self) -> Owner:
        other = Owner(self.engine.copy(), self.metric, 0)
        other.matrix, other.keys, other.row_of = self.matrix.copy(), self.keys[:], dict(self.row_of)
        return other

    def delete(self, keys: Sequence[str]) -> None:
        for key in keys:
            row, last = self.row_of.pop(key), len(self.keys) - 1
            self.matrix[row] = self.matrix[last]
            moved = self.keys.pop()
            if row != last:
                self.keys[row] = moved
                self.row_of[moved] = row
            self.engine.remove(row, last)

    @property
    def living(self) -> NDArray[np.float32]:
        return self.matrix[: len(self.keys)]

    def search(self, query: Any, k: int, mask: NDArray[np.bool_] | None = None) -> list[tuple[str, float]]:
        query = np.asarray(query, np.float32)
        with np.errstate(all="raise"):  # whoever runs a search may have set this
            found = top_k(self.engine.plan(query, k, self.living, mask), self.metric, self.keys)
        return [(self.keys[row], distance) for row, distance in found]

    def oracle(self, query: Any, k: int, mask: NDArray[np.bool_] | None = None) -> list[tuple[str, float]]:
        """The same by plain extended-precision arithmetic, for data without near ties."""
        wide = self.living.astype(np.longdouble)
        query = np.asarray(query, np.float32).astype(np.longdouble)
        if self.metric == "euclidean":
            distances = ((wide - query) ** 2).sum(axis=1)
        else:
            lengths = np.sqrt((wide**2).sum(axis=1)) * np.sqrt((query**2).sum())
            distances = 1 - (wide * query).sum(axis=1) / lengths
        ranked = sorted(zip(distances, self.keys, strict=True))
        allowed = None if mask is None else {key for key, may in zip(self.keys, mask, strict=True) if may}
        return [(key, float(d)) for d, key in ranked if allowed is None or key in allowed][:k]


def owner_of(vectors: Any, metric: str, engine: Engine | None = None) -> Owner:
    """An owner of the given rows; their keys sort in the opposite order of the rows."""
    vectors = np.asarray(vectors, np.float32)
    count, dimension = vectors.shape
    owner = Owner(engine or Flat().build(metric, dimension), metric, dimension)
    owner.put([f"{count - i:06}" for i in range(count)], vectors)
    return owner


def exact_ranking(owner: Owner, query: NDArray[np.float32], k: int, mask: Any = None) -> list[str]:
    """The keys in order, by arithmetic with fractions: small whole numbers only."""
    whole = [int(x) for x in query]
    ranked = [
        (_exact(owner.metric, whole, [int(x) for x in vector]), key)
        for i, (vector, key) in enumerate(zip(owner.living, owner.keys, strict=True))
        if mask is None or mask[i]
    ]
    return [key for _, key in sorted(ranked)[:k]]


def _exact(metric: str, x: list[int], y: list[int]) -> Fraction:
    """Return a value that orders vectors as distances do: that, or minus the cosine's signed square."""
    if metric == "euclidean":
        return Fraction(sum((a - b) ** 2 for a, b in zip(x, y, strict=True)))
    dot = sum(a * b for a, b in zip(x, y, strict=True))
    return -Fraction(dot * abs(dot), sum(a * a for a in x) * sum(b * b for b in y))


def clustered(rng: np.random.Generator, count: int, dimension: int, noise: float) -> NDArray[np.float32]:
    """Some 50 rows around each of several centres."""
    centres = rng.standard_normal((max(1, count // 50), dimension))
    rows = centres[rng.integers(0, len(centres), count)] + noise * rng.standard_normal((count, dimension))
    return rows.astype(np.float32)


def recall(owner: Owner, queries: Any, k: int, mask: NDArray[np.bool_] | None = None) -> float:
    """The share of the truly k nearest among the k found."""
    exact = Flat().build(owner.metric, owner.matrix.shape[1])
    exact.write(np.arange(len(owner.keys)), owner.matrix)
    hits = wanted = 0
    for query in np.asarray(queries, np.float32):
        truth = top_k(exact.plan(query, k, owner.living, mask), owner.metric, owner.keys)
        found = owner.search(query, k, mask)
        assert len(found) == len(truth)
        hits += len({owner.keys[row] for row, _ in truth} & {key for key, _ in found})
        wanted += len(truth)
    return hits / max(wanted, 1)
