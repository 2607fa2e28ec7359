"""The first query on texts indexes them all: calls on other indexes are answered meanwhile."""

from __future__ import annotations

from threading import Event, Thread, current_thread
from typing import TYPE_CHECKING, Any

from mock_s3vectors.search import text_index
from mock_s3vectors.search.postings import count_terms
from tests.support.helpers import vector
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_search import INDEX, searchable

if TYPE_CHECKING:
    import pytest

    from tests.support.helpers import Client, MakeIndex

OTHER = {**INDEX, "indexName": "other"}

pytestmark = needs(*TEXT_SEARCH)


def found(client: Client, index: Any, text: str) -> list[str]:
    texts = [{"metadataKey": "text", "text": text}]
    return [hit["key"] for hit in client.query_vectors(**index, queryTexts=texts, topK=10)["vectors"]]


def test_calls_on_another_index_are_answered_while_texts_are_indexed(
    client: Client, make_index: MakeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in (INDEX, OTHER):
        make_index(index["indexName"], metadataConfiguration=searchable("text"))
        records = [vector("a", [1, 2], text="a pear"), vector("b", [3, 4], text="a plum")]
        client.put_vectors(**index, vectors=records)
    building, go_on, results = Event(), Event(), list[list[str]]()
    thread = Thread(target=lambda: results.append(found(client, INDEX, "pear")), daemon=True)

    def wait_and_count(*arguments: Any) -> Any:
        if current_thread() is thread:
            building.set()
            assert go_on.wait(30), "a call waited for the building"
        return count_terms(*arguments)

    monkeypatch.setattr(text_index, "count_terms", wait_and_count)
    thread.start()
    assert building.wait(30)
    client.put_vectors(**OTHER, vectors=[vector("c", [5, 6], text="a pear, a plum")])
    assert found(client, OTHER, "pear") == ["a", "c"]
    nearest = client.query_vectors(**OTHER, queryVector={"float32": [3, 4]}, topK=1)["vectors"]
    assert [hit["key"] for hit in nearest] == ["b"]
    client.delete_vectors(**OTHER, keys=["a"])
    assert found(client, OTHER, "pear") == ["c"]
    assert not results
    go_on.set()
    thread.join(30)
    assert results == [["a"]]
