"""QueryVectors with texts over several pages: a hundred each, of a ranking that the first one froze."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.helpers import ORIGIN, keys_in_pages, keys_of, put_batches, vector
from tests.support.query_pages import SIZES
from tests.support.refusals import BAD_TOKEN
from tests.support.shapes import TEXT_SEARCH, needs
from tests.support.text_search import query_texts, searchable

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = [needs(*TEXT_SEARCH), pytest.mark.s3vectors(default_index_mode="ENHANCED")]

TEXTS = query_texts(plot="red", title="red")
TEXT: dict[str, Any] = {"queryTexts": TEXTS, "topK": 1000}
HYBRID: dict[str, Any] = {**TEXT, **ORIGIN}
KINDS = pytest.mark.parametrize("request_", [TEXT, HYBRID], ids=["text", "hybrid"])


@pytest.fixture
def index(make_index: MakeIndex) -> dict[str, str]:
    """An empty index whose keys `plot` and `title` can be searched."""
    return make_index(metadataConfiguration=searchable("plot", "title"))


def fill(client: Client, index: dict[str, str], count: int) -> list[str]:
    """Writes vectors and returns their keys in the order of all rankings: texts grow longer."""
    records = [vector(f"{n:03}", [n, 0], plot="red" + " sea" * n, even=n % 2 == 0) for n in range(count)]
    return put_batches(client, index, records)


@KINDS
@SIZES
def test_pages_have_100_results_and_the_last_is_not_empty(  # noqa: PLR0913, PLR0917 - a table's columns
    client: Client,
    index: dict[str, str],
    request_: dict[str, Any],
    count: int,
    top_k: int,
    sizes: list[int],
) -> None:
    names = fill(client, index, count)
    found = keys_in_pages(client.query_vectors, **index, **{**request_, "topK": top_k})
    assert [len(page) for page in found] == sizes
    assert [key for page in found for key in page] == names[:top_k]


@KINDS
def test_pages_of_a_filtered_query(client: Client, index: dict[str, str], request_: dict[str, Any]) -> None:
    names = fill(client, index, 250)
    assert keys_in_pages(client.query_vectors, **index, **{**request_, "filter": {"even": False}}) == [
        names[1:200:2],
        names[201::2],
    ]


@KINDS
def test_pages_show_what_each_request_wants_to_see(
    client: Client, index: dict[str, str], request_: dict[str, Any]
) -> None:
    fill(client, index, 101)
    request = {**index, **request_}
    first = client.query_vectors(**request)
    request["nextToken"] = first["nextToken"]
    assert first["vectors"][99] == {"key": "099"}
    assert client.query_vectors(**request)["vectors"] == [{"key": "100"}]
    [shown] = client.query_vectors(**request, returnMetadata=True, returnScores=True, returnDistance=True)[
        "vectors"
    ]
    if request_ is HYBRID:
        assert (shown.pop("distance"), shown["scores"].pop("vectorDistance")) == (10_000, 10_000)
    assert shown.pop("metadata") == {"plot": "red" + " sea" * 100, "even": True}
    assert [entry["metadataKey"] for entry in shown["scores"]["bm25Scores"]] == ["plot"]
    assert shown.keys() == {"key", "scores"}


@KINDS
def test_the_ranking_outlives_every_write(
    client: Client, index: dict[str, str], request_: dict[str, Any]
) -> None:
    names = fill(client, index, 250)
    request = {**index, **request_, "returnScores": True, "returnMetadata": True}
    token = client.query_vectors(**request)["nextToken"]
    before = client.query_vectors(**request, nextToken=token)["vectors"]
    # They would be the first now, and stand on this page, and change all scores.
    client.put_vectors(**index, vectors=[vector(key, [0, 0], title="red") for key in ("!", "150")])
    client.put_vectors(**index, vectors=[vector("001", [120.5, 0], plot="red" + " sea" * 130)])
    client.put_vectors(**index, vectors=[vector("120", [500, 0], plot=5), vector("130", [500, 0])])
    client.delete_vectors(**index, keys=["000", "101", "249"])
    second = client.query_vectors(**request, nextToken=token)
    assert second["vectors"] == before
    assert keys_of(before) == names[100:200]
    assert keys_of(client.query_vectors(**request, nextToken=second["nextToken"])["vectors"]) == names[200:]
    # A new query sees it all.
    now = keys_of(client.query_vectors(**request)["vectors"])
    # Hybrid, 002 is first and third in two rankings, and 150 second in two.
    assert now[:3] == (["!", "002", "150"] if request_ is HYBRID else ["!", "150", "002"])
    assert not {"000", "101"} & {*now}


@KINDS
def test_changed_requests_are_refused(
    client: Client, index: dict[str, str], refused: Refused, request_: dict[str, Any]
) -> None:
    fill(client, index, 150)
    request: dict[str, Any] = {**index, **request_}
    request["nextToken"] = client.query_vectors(**request)["nextToken"]
    changes: list[dict[str, Any]] = [
        {"queryTexts": [{**TEXTS[0], "text": "Red"}, TEXTS[1]]},
        {"queryTexts": [TEXTS[0], {**TEXTS[1], "text": "sea"}]},
        {"queryTexts": TEXTS[:1]},
        {"queryVector": {"float32": [1, 0]}},
        {"topK": 999},
        {"filter": {"even": True}},
        {"queryMode": "ENHANCED"},
    ]
    for change in changes:
        assert refused(client.query_vectors, **{**request, **change}) == BAD_TOKEN, change
    for left_out in ("queryTexts", "queryVector"):
        changed = {name: value for name, value in request.items() if name != left_out}
        if changed != request and ("queryVector" in changed or "queryTexts" in changed):
            assert refused(client.query_vectors, **changed) == BAD_TOKEN, left_out
    assert len(keys_of(client.query_vectors(**request)["vectors"])) == 50
