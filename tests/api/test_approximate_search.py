"""HNSW on real embeddings: the films of the examples, through the client."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors.search import HnswEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tests.support.helpers import Client, MakeIndex

EXAMPLES = str(Path(__file__).parents[2] / "examples")
QUERIES = 100


@pytest.fixture(scope="module")
def embeddings() -> Iterator[NDArray[np.float32]]:
    sys.path.insert(0, EXAMPLES)
    try:
        from movie_data import load_movies

        yield load_movies().embeddings
    finally:
        sys.path.remove(EXAMPLES)


def put(client: Client, address: Any, keys: list[str], vectors: NDArray[np.float32]) -> None:
    for start in range(0, len(keys), 500):
        batch = zip(keys[start : start + 500], vectors[start : start + 500].tolist(), strict=True)
        records = [
            {"key": key, "data": {"float32": data}, "metadata": {"tenth": int(key) % 10}}
            for key, data in batch
        ]
        client.put_vectors(**address, vectors=records)


def recall(
    client: Client,
    address: Any,
    stored: dict[str, NDArray[np.float32]],
    queries: NDArray[np.float32],
    **more: Any,
) -> float:
    """How many of the truly ten nearest, by float64, the ten results have: 0 to 1."""
    keys = list(stored)
    matrix = np.array(list(stored.values()), dtype=np.float64)
    units = matrix / np.linalg.norm(matrix, axis=1, keepdims=True)
    found = 0
    for query in queries:
        nearest = {keys[row] for row in np.argsort(-(units @ query.astype(np.float64)), kind="stable")[:10]}
        answer = client.query_vectors(**address, topK=10, queryVector={"float32": query.tolist()}, **more)
        results = [vector["key"] for vector in answer["vectors"]]
        assert len(set(results)) == 10
        found += len(nearest & set(results))
    return found / (10 * len(queries))


@pytest.mark.slow
@pytest.mark.s3vectors(search_engine="hnsw")
def test_recall_on_the_films(
    client: Client,
    make_index: MakeIndex,
    embeddings: NDArray[np.float32],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walks: list[Any] = []
    walk = HnswEngine._walk

    def counted_walk(engine: HnswEngine, *arguments: Any) -> Any:
        walks.append(walk(engine, *arguments))
        return walks[-1]

    monkeypatch.setattr(HnswEngine, "_walk", counted_walk)
    address = make_index(dimension=embeddings.shape[1], metric="cosine")
    rng = np.random.default_rng(11)
    queries = embeddings[rng.choice(len(embeddings), QUERIES, replace=False)]
    stored = {str(row): vector for row, vector in enumerate(embeddings)}
    put(client, address, list(stored), embeddings)
    assert recall(client, address, stored, queries) >= 0.95
    assert len(walks) == QUERIES
    assert all(rows is not None for rows in walks)

    # A third is overwritten with other films' vectors, a third of all deleted, and some come back.
    order = rng.permutation(len(embeddings))
    third = len(order) // 3
    changed, gone, back = order[:third], order[third : 2 * third], order[third : third + 200]
    put(
        client,
        address,
        [str(row) for row in changed],
        embeddings[rng.permutation(changed)] + np.float32(0.01),
    )
    for start in range(0, len(gone), 500):
        client.delete_vectors(**address, keys=[str(row) for row in gone[start : start + 500]])
    put(client, address, [str(row) for row in back], embeddings[back])
    pages = client.get_paginator("list_vectors").paginate(**address, returnData=True)
    stored = {
        vector["key"]: np.array(vector["data"]["float32"], dtype=np.float32)
        for page in pages
        for vector in page["vectors"]
    }
    assert len(stored) == len(embeddings) - third + 200
    assert recall(client, address, stored, queries) >= 0.95

    tenth = {key: vector for key, vector in stored.items() if int(key) % 10 == 3}
    assert recall(client, address, tenth, queries, filter={"tenth": 3}) >= 0.95
