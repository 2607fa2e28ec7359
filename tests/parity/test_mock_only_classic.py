"""CLASSIC indexes: how they are searched, and what they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support import refusals
from tests.support.helpers import BUCKET, SETTINGS, index_names, keys_of, mode_of, vector
from tests.support.shapes import MODES, TEXT_SEARCH, needs
from tests.support.text_search import query_texts, searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = [
    pytest.mark.mock_only("a vector bucket that a run makes on AWS takes no CLASSIC index"),
    pytest.mark.s3vectors(default_index_mode="CLASSIC", search_engine="quantized"),
    needs(*MODES),
]

# In an ENHANCED index, (0.5, 0.25) would be held as (128, 64) / 255 beside these.
CORNERS = {"low": [0.001, 0], "high": [1, 1]}
STARTS_WITH = {"name": {"$startsWith": "ka"}}
TOO_MANY = {"name": {"$in": ["kay", *range(100)]}}


@pytest.fixture
def filled(client: Client, index: dict[str, str]) -> dict[str, str]:
    """A CLASSIC index with one vector, whose name is `kay`."""
    client.put_vectors(**index, vectors=[vector("k", [1, 0], name="kay")])
    assert mode_of(client) == "CLASSIC"
    return index


def query(client: Client, index: dict[str, str], **settings: Any) -> Any:
    vectors = {"queryVector": {"float32": [1, 0]}, "topK": 10}
    return client.query_vectors(**index, **{**vectors, **settings})["vectors"]


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("mode", [{}, {"queryMode": "CLASSIC"}, {"queryMode": "ENHANCED"}], ids=str)
def test_distances_are_exact(client: Client, make_index: MakeIndex, metric: str, mode: Any) -> None:
    index = make_index(metric=metric)
    vectors = {**CORNERS, "own": [0.5, 0.25]}
    client.put_vectors(**index, vectors=[vector(key, data) for key, data in vectors.items()])
    wanted = {"queryVector": {"float32": [0.5, 0.25]}, "topK": 1, "returnDistance": True}
    assert query(client, index, **wanted, **mode) == [{"key": "own", "distance": 0.0}]
    client.update_index_mode(**index, indexMode="ENHANCED")
    [hit] = query(client, index, **wanted)
    assert hit["distance"] > 0.0


def test_a_query_may_be_of_either_mode(client: Client, filled: dict[str, str]) -> None:
    for mode in ("CLASSIC", "ENHANCED"):
        assert keys_of(query(client, filled, queryMode=mode)) == ["k"]


def test_starts_with_is_for_queries_of_enhanced_mode(
    client: Client, filled: dict[str, str], refused: Refused
) -> None:
    assert keys_of(query(client, filled, queryMode="ENHANCED", filter=STARTS_WITH)) == ["k"]
    for mode in ({}, {"queryMode": "CLASSIC"}):
        answer = refused(query, client=client, index=filled, filter=STARTS_WITH, **mode)
        assert answer == refusals.INVALID_FILTER


def test_constraints_are_limited_for_queries_of_enhanced_mode(
    client: Client, filled: dict[str, str], refused: Refused
) -> None:
    for mode in ({}, {"queryMode": "CLASSIC"}):
        assert keys_of(query(client, filled, filter=TOO_MANY, **mode)) == ["k"]
    answer = refused(query, client=client, index=filled, filter=TOO_MANY, queryMode="ENHANCED")
    assert answer == refusals.TOO_MANY_CONSTRAINTS


@needs(*TEXT_SEARCH)
@pytest.mark.parametrize("mode", [{}, {"queryMode": "ENHANCED"}], ids=str)
def test_texts_are_not_searched(
    client: Client, filled: dict[str, str], refused: Refused, mode: dict[str, str]
) -> None:
    texts = query_texts(name="kay")
    answer = refused(query, client=client, index=filled, queryTexts=texts, **mode)
    assert answer == refusals.NO_TEXTS_WHEN_CLASSIC


@needs(*TEXT_SEARCH)
def test_text_search_is_not_configured(client: Client, filled: dict[str, str], refused: Refused) -> None:
    answer = refusals.invalid("textSearchConfigurations cannot be specified when indexMode is CLASSIC")
    names = {**BUCKET, "indexName": "other"}
    create = {**names, **SETTINGS, "metadataConfiguration": searchable("name")}
    assert refused(client.create_index, **create) == answer
    assert index_names(client) == ["index"]
    for change in ("add", "delete"):
        update = {**filled, change: searchable("name")}
        assert refused(client.update_metadata_configuration, **update) == answer


@needs(*TEXT_SEARCH)
def test_an_index_that_becomes_enhanced_can_be_searched_for_text(
    client: Client, filled: dict[str, str]
) -> None:
    client.update_index_mode(**filled, indexMode="ENHANCED")
    client.update_metadata_configuration(**filled, add=searchable("name"))
    found = client.query_vectors(**filled, queryTexts=query_texts(name="kay"), topK=1)["vectors"]
    assert keys_of(found) == ["k"]
    assert keys_of(query(client, filled, filter=STARTS_WITH)) == ["k"]
