"""The view Query, as somebody uses it; what it shows is what a client of the same server finds."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from playwright.sync_api import expect

from mock_s3vectors.search.graph import Graph
from tests.support.helpers import vector

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from mock_s3vectors import S3VectorsServer

PLOTS = [
    "A ship meets a creature that hunts its crew, one after the other, in the dark between the stars",
    "A creature lives in a lake",
    "Two ships race around the world",
    "Nothing happens",
]
STRANGE = 'it\'s <b>"odd"</b> $HOME `id` ☃'


@pytest.fixture
def films(client: Any) -> str:
    """The ARN of an index with a text to search, and 500 vectors."""
    client.create_vector_bucket(vectorBucketName="films")
    arn: str = client.create_index(
        vectorBucketName="films",
        indexName="plots",
        dataType="float32",
        dimension=3,
        distanceMetric="euclidean",
        metadataConfiguration={"textSearchConfigurations": [{"metadataKey": "plot", "language": "en"}]},
    )["indexArn"]
    named = [
        vector(key, [1, place, 0.5], plot=plot, year=1979 + place)
        for place, (key, plot) in enumerate(zip(["alien", "lake", "race", STRANGE], PLOTS, strict=True))
    ]
    others = [vector(f"v{place:03}", [place % 7, place / 3, place % 11]) for place in range(496)]
    client.put_vectors(indexArn=arn, vectors=[*named, *others])
    return arn


@pytest.fixture
def open_query(open_page: Callable[..., Page], films: str) -> Callable[..., Page]:
    """Opens the view with the index."""
    return lambda more="", **settings: open_page(f"#/query?index={films}{more}", **settings)


def ask(page: Page) -> None:
    page.get_by_role("button", name="Query", exact=True).click()


def hits_of(page: Page) -> list[list[str]]:
    """The cells of the hits, without their last one, which has links."""
    table = hits_table(page)
    table.wait_for()
    rows: list[list[str]] = table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].slice(0, -1).map(cell => cell.innerText.trim()))"
    )
    return rows


def hits_table(page: Page) -> Locator:
    return page.get_by_role("region", name="Hits, the best first").get_by_role("table")


def number(text: str) -> Any:
    """A number that the page shows with six digits."""
    return pytest.approx(float(text), rel=1e-5)


def test_a_query_like_a_key(open_query: Callable[..., Page], client: Any, films: str) -> None:
    page = open_query()
    assert page.get_by_label("Key", exact=True).input_value() == "alien"
    page.get_by_label("Key", exact=True).fill("lake")
    page.get_by_label("Top K").fill("4")
    page.get_by_label("Metadata").uncheck()
    page.get_by_label("Key", exact=True).press("Enter")
    data = client.get_vectors(indexArn=films, keys=["lake"], returnData=True)["vectors"][0]["data"]
    expected = client.query_vectors(indexArn=films, queryVector=data, topK=4, returnDistance=True)["vectors"]
    shown = hits_of(page)
    assert [(rank, key) for rank, key, _ in shown] == [
        (str(place), hit["key"]) for place, hit in enumerate(expected, start=1)
    ]
    assert [hit["distance"] for hit in expected] == [number(distance) for _, _, distance in shown]
    page.get_by_text("4 hits in ").wait_for()
    page.get_by_text("Distances are squared euclidean ones").wait_for()

    assert "&key=lake&top=4" in str(
        page.get_by_role("link", name="Show in the picture").get_attribute("href")
    )

    # Another one of the hits is the next query, and the address has it.
    key = expected[1]["key"]
    page.get_by_role("link", name=f"Like this one: {key}").click()
    expect(hits_table(page).locator("tbody tr td").first).to_have_text(key)
    assert len(hits_of(page)) == 4
    assert f"&top=4&key={key}" in page.url
    page.reload()
    assert hits_of(page)[0][1] == key
    page.get_by_role("link", name=f"Browse: {key}").click()
    page.get_by_role("heading", name="Browse").or_(page.get_by_role("heading", name=key)).first.wait_for()


def test_a_vector_of_ones_own(open_query: Callable[..., Page], client: Any, films: str) -> None:
    page = open_query()
    page.get_by_label("A vector of your own").check()
    query = {"queryVector": {"float32": [1, 2, 0.5]}, "topK": 10}
    keys = [hit["key"] for hit in client.query_vectors(indexArn=films, **query)["vectors"]]
    for text in ["[1, 2, 0.5]", "1,2,0.5", " 1\n2\t5e-1 "]:
        page.get_by_label("Query vector").fill(text)
        ask(page)
        assert [key for _, key, *_ in hits_of(page)] == keys

    # The picture gets the query and its hits.
    page.get_by_role("link", name="Show in the picture").click()
    page.wait_for_url("**#/picture?**query=kept**")
    kept = json.loads(page.evaluate("() => sessionStorage.getItem('mock_s3vectors.query')"))
    assert kept == {"index": films, "vector": [1, 2, 0.5], "hits": keys}
    # The address changes before the view does.
    page.get_by_role("heading", name="Picture", level=1).wait_for()
    page.go_back()

    page.get_by_label("A vector of your own").check()
    for text, told in [
        ("1, 2", "Invalid input: vector must have length 3, but has length 2"),
        ("1, 2, NaN", "Invalid input: vector contains NaNs or Infs"),
        ("", "Invalid input: vector must have length 3, but has length 0"),
    ]:
        page.get_by_label("Query vector").fill(text)
        ask(page)
        page.get_by_text(told).wait_for()
        page.get_by_text("ValidationException").wait_for()
        assert hits_table(page).count() == 0
    page.get_by_label("Query vector").fill("1, two, 3")
    ask(page)
    page.get_by_text('The vector has "two", which is no number.').wait_for()


def test_texts_alone_and_with_a_vector(open_query: Callable[..., Page], client: Any, films: str) -> None:
    page = open_query("&key=lake")
    assert hits_of(page)[0][1] == "lake"
    texts = {"queryTexts": [{"metadataKey": "plot", "text": "creatures ship"}]}
    page.get_by_label("plot").fill("creatures ship")
    ask(page)
    page.get_by_role("columnheader", name="Fused score").wait_for()
    data = client.get_vectors(indexArn=films, keys=["lake"], returnData=True)["vectors"][0]["data"]
    returned = {"topK": 10, "returnDistance": True, "returnScores": True}
    expected = client.query_vectors(indexArn=films, queryVector=data, **texts, **returned)["vectors"]
    shown = hits_of(page)
    assert [row[1] for row in shown] == [hit["key"] for hit in expected]
    assert [hit["scores"]["fused"] for hit in expected] == [number(row[3]) for row in shown]
    for hit, row in zip(expected, shown, strict=True):
        scores = hit["scores"]["bm25Scores"]
        assert scores[0]["score"] == number(row[4]) if scores else row[4] == "no match"

    page.get_by_label("By text alone").check()
    ask(page)
    page.get_by_role("columnheader", name="Fused score").wait_for(state="detached")
    expected = client.query_vectors(indexArn=films, **texts, **returned)["vectors"]
    shown = hits_of(page)
    assert [row[1] for row in shown] == [hit["key"] for hit in expected] == ["alien", "lake", "race"]
    scores = [hit["scores"]["bm25Scores"][0]["score"] for hit in expected]
    assert scores == [number(row[2]) for row in shown]
    page.get_by_role("button", name="Compare engines").click()
    page.get_by_text("Engines search by vector: a comparison needs a query vector.").wait_for()


def test_a_filter_and_top_k(open_query: Callable[..., Page]) -> None:
    page = open_query()
    box = page.get_by_label("Filter")
    box.fill('{"year": {"$gte": 1981}}')
    ask(page)
    assert [row[1] for row in hits_of(page)] == ["race", STRANGE]
    for text, told in [
        ('{"year": ', "This is not JSON"),
        ('{"year": 1, "a": 2}', "Invalid filter"),
        ("[]", "Invalid filter"),
    ]:
        box.fill(text)
        ask(page)
        page.get_by_text(told).first.wait_for()
        assert hits_table(page).count() == 0
    box.fill("")
    page.get_by_label("Top K").fill("10001")
    ask(page)
    page.get_by_text(
        "Value at '/topK' failed to satisfy constraint: Member must be between 1 and 10000"
    ).wait_for()
    page.get_by_label("Top K").fill("150")
    ask(page)
    assert len(hits_of(page)) == 100
    page.get_by_role("button", name="More hits").dblclick()
    expect(hits_table(page).locator("tbody tr")).to_have_count(150)
    assert hits_of(page)[-1][0] == "150"
    assert not page.get_by_role("button", name="More hits").is_visible()
    box.fill('{"year": 1}')
    ask(page)
    page.get_by_text("No vector matches.").wait_for()


def test_long_metadata_unfolds(open_query: Callable[..., Page], client: Any, films: str) -> None:
    client.put_vectors(indexArn=films, vectors=[vector("long", [9, 9, 9], text="word " * 300, year=1999)])
    page = open_query("&key=long&top=1")
    summary = page.get_by_text('{"text": "word')
    assert len(summary.inner_text()) < 110
    summary.click()
    page.get_by_text("1999", exact=True).wait_for()
    page.get_by_text("word " * 300).wait_for()


def test_the_query_as_code(
    open_query: Callable[..., Page], server: S3VectorsServer, client: Any, films: str
) -> None:
    page = open_query(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Key", exact=True).fill(STRANGE)
    page.get_by_label("Filter").fill(json.dumps({"plot": {"$ne": STRANGE}}))
    page.get_by_role("button", name="Copy as boto3").click()
    page.get_by_text("Copied the query for boto3.").wait_for()
    space: dict[str, Any] = {}
    exec(page.evaluate("() => navigator.clipboard.readText()"), space)  # noqa: S102 - that it runs is the point
    space["client"].close()
    ask(page)
    assert [row[1] for row in hits_of(page)] == [hit["key"] for hit in space["hits"]]
    assert space["hits"][0]["key"] == STRANGE
    page.get_by_role("button", name="Copy as CLI").click()
    page.get_by_text("Copied the query for CLI.").wait_for()
    line = page.evaluate("() => navigator.clipboard.readText()")
    assert line in page.locator("pre").inner_text()
    assert f"--endpoint-url {server.url} --region us-east-1 --index-arn {films}" in line
    page.get_by_label("Top K").fill("0")
    page.get_by_role("button", name="Copy as CLI").click()
    page.get_by_text("Member must be greater than or equal to 1").or_(
        page.get_by_text("/topK")
    ).first.wait_for()
    assert client.meta.endpoint_url == server.url


def test_the_same_query_by_three_engines(
    open_query: Callable[..., Page],
    monkeypatch: pytest.MonkeyPatch,
    take_picture: Callable[[Page, str], None],
) -> None:
    goes_on, add = threading.Event(), Graph.add

    def add_slowly(graph: Graph, *arguments: Any) -> Any:
        assert goes_on.wait(20)
        return add(graph, *arguments)

    monkeypatch.setattr(Graph, "add", add_slowly)
    page = open_query("&key=v100&top=10")
    button = page.get_by_role("button", name="Compare engines")
    button.click()
    page.get_by_text("HNSW is being built").wait_for()
    assert button.is_disabled()
    page.get_by_role("button", name="Stop").click()
    page.get_by_text("Stopped.").wait_for()
    goes_on.set()
    button.click()
    page.get_by_role("region", name="Engines").wait_for()
    engines = page.get_by_role("region", name="Engines").locator("tbody th").all_inner_texts()
    assert engines == ["Flat (answers QueryVectors here)", "Quantized", "HNSW"]
    page.get_by_text("HNSW walks a graph of near neighbours. It found").wait_for()
    page.get_by_text("AWS answers an ENHANCED index, as this one is, from quantized vectors.").wait_for()
    ranks = page.get_by_role("region", name="Hits of each engine").locator("tbody tr")
    assert ranks.count() == 10
    assert "v100" in ranks.first.inner_text()
    assert "(exact: " in ranks.nth(5).inner_text()
    take_picture(page, "query")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1600), ("dark", 400)])
def test_the_view_is_accessible(
    open_query: Callable[..., Page], check_accessibility: Callable[[Page], None], scheme: str, width: int
) -> None:
    page = open_query("&key=lake", color_scheme=scheme, viewport={"width": width, "height": 900})
    page.get_by_label("plot").fill("creature")
    ask(page)
    page.get_by_role("columnheader", name="Fused score").wait_for()
    page.get_by_role("button", name="Copy as boto3").click()
    page.locator("pre").wait_for()
    page.get_by_role("button", name="Compare engines").click()
    page.get_by_role("region", name="Engines").wait_for()
    check_accessibility(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    page.get_by_label("A vector of your own").check()
    ask(page)
    page.get_by_text("vector must have length 3").wait_for()
    check_accessibility(page)


def test_without_an_index_the_view_says_what_to_do(open_page: Callable[..., Page]) -> None:
    page = open_page("#/query")
    page.get_by_text("There are no indexes yet.").wait_for()
    exec(page.locator("pre").inner_text(), {"boto3": boto3})  # noqa: S102 - it runs as shown
    page.reload()
    page.get_by_label("Index", exact=True).click()
    page.get_by_role("option", name="films/plots").click()
    ask(page)
    assert [row[1] for row in hits_of(page)] == ["alien"]
