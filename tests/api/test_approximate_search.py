"""HNSW on real embeddings: the films of the examples, through the client."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.search.flat import FlatPlan
from tests.support.helpers import keys_of, listed_keys, put_batches, vector

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


def put(
    client: Client,
    address: Any,
    stored: dict[str, NDArray[np.float32]],
    rows: Iterable[int],
    vectors: NDArray[np.float32],
) -> None:
    """Writes vectors under the numbers of rows, and notes them in `stored`."""
    written = dict(zip(map(str, rows), vectors, strict=True))
    put_batches(
        client, address, [vector(key, data.tolist(), tenth=int(key) % 10) for key, data in written.items()]
    )
    stored.update(written)


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
    rankings = np.argsort(-(queries.astype(np.float64) @ units.T), kind="stable")[:, :10]
    found = 0
    for query, ranking in zip(queries, rankings, strict=True):
        answer = client.query_vectors(**address, topK=10, queryVector={"float32": query.tolist()}, **more)
        results = {*keys_of(answer["vectors"])}
        assert len(results) == 10
        found += len(results & {keys[row] for row in ranking})
    return found / (10 * len(queries))


@pytest.mark.usefixtures("no_coverage")
@pytest.mark.slow
@pytest.mark.s3vectors(search_engine="hnsw")
def test_recall_on_the_films(
    client: Client,
    make_index: MakeIndex,
    embeddings: NDArray[np.float32],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def scan(*_: Any) -> None:
        pytest.fail("the engine scanned all rows instead of walking its graph")

    address = make_index(dimension=embeddings.shape[1], metric="cosine")
    rng = np.random.default_rng(11)
    queries = embeddings[rng.choice(len(embeddings), QUERIES, replace=False)]
    stored: dict[str, NDArray[np.float32]] = {}
    put(client, address, stored, range(len(embeddings)), embeddings)
    with monkeypatch.context() as walking:
        walking.setattr(FlatPlan, "candidates", scan)
        assert recall(client, address, stored, queries) >= 0.95

    # A third is overwritten with other films' vectors, a third of all deleted, and some come back.
    order = rng.permutation(len(embeddings))
    third = len(order) // 3
    changed, gone, back = order[:third], order[third : 2 * third], order[third : third + 200]
    put(client, address, stored, changed, embeddings[rng.permutation(changed)] + np.float32(0.01))
    for start in range(0, len(gone), 500):
        keys = [str(row) for row in gone[start : start + 500]]
        client.delete_vectors(**address, keys=keys)
        for key in keys:
            del stored[key]
    put(client, address, stored, back, embeddings[back])
    assert len(stored) == len(embeddings) - third + 200
    assert {*listed_keys(client, address)} == {*stored}
    assert recall(client, address, stored, queries) >= 0.95

    tenth = {key: vector for key, vector in stored.items() if int(key) % 10 == 3}
    assert recall(client, address, tenth, queries, filter={"tenth": 3}) >= 0.95


@pytest.mark.s3vectors(search_engine="hnsw", hnsw_m=2, hnsw_ef_construction=1, hnsw_ef_search=1)
def test_a_mock_inside_may_weigh_more_neighbours(client: Client, make_index: MakeIndex) -> None:
    """With so many neighbours to weigh, a search looks at every row."""
    address = make_index(dimension=32)
    rows = np.random.default_rng(12).standard_normal((1000, 32)).astype(np.float32)
    put(client, address, {}, range(len(rows)), rows)

    def found() -> list[list[str]]:
        queries = ({"float32": (row + np.float32(0.5)).tolist()} for row in rows[:20])
        return [
            keys_of(client.query_vectors(**address, topK=5, queryVector=query)["vectors"])
            for query in queries
        ]

    few = found()
    with mock_s3vectors(search_engine="flat"):
        exact = found()
    with mock_s3vectors(hnsw_ef_search=100_000):
        many = found()
    assert many == exact != few
    assert found() == few


@pytest.mark.s3vectors(search_engine="hnsw")
@pytest.mark.parametrize("settings", [{}, {"filter": {"a": 1}}])
def test_an_empty_index(client: Client, make_index: MakeIndex, settings: dict[str, Any]) -> None:
    query = {**make_index(), "topK": 3, "queryVector": {"float32": [1, 1]}, **settings}
    assert client.query_vectors(**query)["vectors"] == []
