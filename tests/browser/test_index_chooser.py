"""The box by which views have people choose an index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from mock_s3vectors.mocking.stack import STACK

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from mock_s3vectors import S3VectorsServer

INDEX_ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films/index/plots"


def test_an_index_is_chosen_among_ten_thousand(
    open_page: Callable[..., Page],
    client: Any,
    server: S3VectorsServer,
    check_accessibility: Callable[[Page], None],
) -> None:
    client.create_vector_bucket(vectorBucketName="films")
    client.create_index(
        vectorBucketName="films", indexName="plots", dataType="float32", dimension=4, distanceMetric="cosine"
    )
    add_indexes(server, 10_000)
    page = open_page("#/browse")
    show_chooser(page)
    box = page.get_by_role("combobox", name="Index")
    options = page.get_by_role("listbox", name="Indexes").get_by_role("option")
    box.click()
    expect(options).to_have_count(20)
    expect(page.get_by_text("10,001 indexes, 20 of them shown")).to_be_visible()
    check_accessibility(page)
    box.fill("PLOTS films 0042")
    expect(options).to_have_count(1)
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    box.fill("plots-00")
    expect(page.get_by_text("100 indexes, 20 of them shown")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_contain_text(
        "films/plots-0001"
    )
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="plots-0001", level=1)).to_be_visible()
    assert parse_qs(urlsplit(page.url).fragment.partition("?")[2]) == {"index": [f"{INDEX_ARN}-0001"]}

    show_chooser(page)
    expect(box).to_have_value("films/plots-0001")
    box.fill("nothing")
    expect(page.get_by_text("No index has these words in its ARN.")).to_be_visible()
    box.blur()
    expect(box).to_have_value("films/plots-0001")


def add_indexes(server: S3VectorsServer, count: int) -> None:
    """Adds indexes to the bucket, which would take long by calls."""
    level = STACK.newest_in(server)
    assert level is not None
    bucket = level.world.stores.at("123456789012", "us-east-1").vector_buckets["films"]
    (plots,) = bucket.indexes.values()
    for number in range(count):
        index = plots.copy()
        index.name = f"plots-{number:04}"
        index.arn = type(plots.arn)(**{**vars(plots.arn), "index": index.name})
        bucket.add(index)


def show_chooser(page: Page) -> None:
    """Shows the chooser of an index, as views have it."""
    page.evaluate(
        """async () => {
            const files = "/_mock_s3vectors/ui/files/lib";
            const { indexChooser } = await import(`${files}/index_chooser.js`);
            const { here } = await import(`${files}/address.js`);
            const { chooser } = await indexChooser(here().parameters, new AbortController().signal);
            document.querySelector("main h1").after(chooser);
        }"""
    )
