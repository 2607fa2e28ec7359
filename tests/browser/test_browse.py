"""Browse: accounts, vector buckets, indexes and vectors, by clicks and keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import CONTRAST

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page


BUCKET = {"vectorBucketName": "films"}
INDEX = {**BUCKET, "indexName": "plots"}
BUCKET_ARN = "arn:aws:s3vectors:us-east-1:123456789012:bucket/films"
INDEX_ARN = f"{BUCKET_ARN}/index/plots"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "readers",
            "Effect": "Allow",
            "Principal": {"AWS": "123456789012"},
            "Action": ["s3vectors:QueryVectors", "s3vectors:GetVectors"],
            "Resource": "*",
        }
    ],
}
# Markup, quotes, a newline, a text from right to left that would turn what follows, and an emoji.
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'`&lt;\n\u202e\u05d0\u05d1 \U0001f984"
FLOATS = [0.25, -0.5, 0.125, 0.0]


@pytest.fixture
def films(client: Any) -> Any:
    """The client, with a bucket of an index of 60 vectors, and another one in Europe."""
    client.create_vector_bucket(**BUCKET, tags={"team": "search"})
    client.create_index(
        **INDEX,
        dataType="float32",
        dimension=4,
        distanceMetric="euclidean",
        metadataConfiguration={
            "nonFilterableMetadataKeys": ["text"],
            "textSearchConfigurations": [{"metadataKey": "text", "language": "en"}],
        },
    )
    client.put_vectors(
        **INDEX,
        vectors=[
            {
                "key": f"film-{number:02}",
                "data": {"float32": [*FLOATS[:3], float(number)]},
                "metadata": {"year": 1960 + number, "genres": ["horror"], "text": "A crew meets a being."},
            }
            for number in range(60)
        ],
    )
    return client


def at(**parameters: Any) -> str:
    """The address of a page of Browse."""
    return f"#/browse?{urlencode(parameters)}"


def setting(page: Page, name: str) -> Locator:
    """The value of a setting."""
    return page.locator("dt", has_text=name).and_(page.get_by_text(name, exact=True)).locator("xpath=../dd")


def keys(page: Page) -> list[str]:
    """The keys of the vectors on the page."""
    found: list[str] = page.get_by_role("table", name="Vectors").get_by_role("rowheader").all_inner_texts()
    return found


def test_from_buckets_down_to_an_index(
    open_page: Callable[..., Page],
    films: Any,
    check_accessibility: Callable[[Page], None],
    take_picture: Callable[[Page, str], None],
) -> None:
    films.put_vector_bucket_policy(**BUCKET, policy=json.dumps(POLICY))
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    row = page.get_by_role("table", name="Vector buckets").get_by_role("row").nth(1)
    assert row.get_by_role("cell").all_inner_texts()[:4] == ["us-east-1", "123456789012", "1", "60"]
    take_picture(page, "browse")
    check_accessibility(page)
    page.get_by_role("link", name="films").click()

    expect(page.get_by_role("heading", name="films", level=1)).to_be_focused()
    described = films.get_vector_bucket(**BUCKET)["vectorBucket"]
    expect(setting(page, "Created")).to_have_text(f"{described['creationTime']:%Y-%m-%d %H:%M:%S} UTC")
    expect(setting(page, "Default index mode")).to_have_text(described["defaultIndexMode"])
    expect(setting(page, "Encryption")).to_have_text("AES256")
    page.get_by_role("button", name="Copy the ARN").click()
    expect(page.get_by_role("status").filter(has_text="Copied the ARN.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == BUCKET_ARN
    tags = page.get_by_role("table", name="Tags").get_by_role("row").nth(1)
    assert tags.inner_text().split() == ["team", "search"]
    assert json.loads(page.get_by_role("region", name="the policy").inner_text()) == POLICY
    take_picture(page, "browse-bucket")
    check_accessibility(page)
    page.get_by_role("link", name="plots").click()
    page.get_by_role("heading", name="plots", level=1).wait_for()


def test_from_an_index_down_to_a_vector(
    open_page: Callable[..., Page],
    films: Any,
    check_accessibility: Callable[..., None],
    take_picture: Callable[[Page, str], None],
) -> None:
    page = open_page(at(index=INDEX_ARN))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(setting(page, "ARN")).to_contain_text(INDEX_ARN)
    expect(setting(page, "Dimension")).to_have_text("4, float32")
    expect(setting(page, "Distance metric")).to_have_text("euclidean")
    expect(setting(page, "Vectors")).to_have_text("60")
    text = page.get_by_role("table", name="Metadata keys").get_by_role("row", name="text")
    assert text.get_by_role("cell").all_inner_texts() == ["no, non-filterable", "en, ACTIVE", "string"]
    take_picture(page, "browse-index")
    check_accessibility(page)
    page.emulate_media(color_scheme="dark")
    check_accessibility(page, CONTRAST)
    page.get_by_role("link", name="film-07").click()

    expect(page.get_by_role("heading", name="film-07", level=1)).to_be_focused()
    (stored,) = films.get_vectors(**INDEX, keys=["film-07"], returnData=True, returnMetadata=True)["vectors"]
    expect(page.get_by_text("0.25, -0.5, 0.125, 7", exact=True)).to_be_visible()
    expect(page.get_by_role("img", name="4 numbers from -0.5 to 7")).to_be_visible()
    page.get_by_role("button", name="Copy all as JSON").last.click()
    expect(page.get_by_role("status").filter(has_text="Copied all numbers.")).to_be_visible()
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == stored["data"]["float32"]
    assert_copies_without_a_clipboard(page)
    page.get_by_role("button", name="Copy all as JSON").first.click()
    expect(page.get_by_role("status").filter(has_text="Copied all metadata.")).to_be_visible()
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == stored["metadata"]
    year = page.get_by_role("table", name="Metadata by key").get_by_role("row", name="year")
    assert year.get_by_role("cell").all_inner_texts() == ["1967", "number", "yes"]
    check_accessibility(page)
    page.emulate_media(color_scheme="light")
    take_picture(page, "browse-vector")
    check_accessibility(page, CONTRAST)
    assert_leads_on(page)


def assert_copies_without_a_clipboard(page: Page) -> None:
    """Asserts that a page that came over plain HTTP from another machine copies as well, or helps to."""
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    page.get_by_role("button", name="Copy the key").click()
    expect(page.get_by_role("status").filter(has_text="Copied the key.")).to_be_visible()
    page.evaluate("document.execCommand = () => false")
    page.get_by_role("button", name="Copy all as JSON").last.click()
    box = page.get_by_role("dialog").get_by_role("textbox", name="All numbers")
    expect(box).to_be_focused()
    expect(box).to_have_value("[0.25,-0.5,0.125,7]")
    assert page.evaluate("String(getSelection())") == "[0.25,-0.5,0.125,7]"
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Copy all as JSON").last).to_be_focused()
    page.evaluate("delete document.execCommand; delete navigator.clipboard")
    assert page.evaluate("navigator.clipboard.readText()") == "film-07"


def assert_leads_on(page: Page) -> None:
    """Asserts that a vector has links to other views, and back to what it is in."""
    query = page.get_by_role("link", name="Query like this").get_attribute("href")
    picture = page.get_by_role("main").get_by_role("link", name="Picture").get_attribute("href")
    assert query == f"#/query?{urlencode({'index': INDEX_ARN, 'key': 'film-07'})}"
    assert picture == f"#/picture?{urlencode({'index': INDEX_ARN, 'key': 'film-07'})}"
    trail = page.get_by_role("navigation", name="Where you are")
    trail.get_by_role("link", name="plots").click()
    page.get_by_role("heading", name="plots", level=1).wait_for()
    trail.get_by_role("link", name="films").click()
    page.get_by_role("heading", name="films", level=1).wait_for()


def test_pages_of_vectors(open_page: Callable[..., Page], films: Any) -> None:
    page = open_page(at(index=INDEX_ARN))
    pages = page.get_by_role("navigation", name="Pages of vectors")
    expect(pages).to_contain_text("1 to 25 of 60")
    assert keys(page) == [f"film-{number:02}" for number in range(25)]
    pages.get_by_role("link", name="Next").press("Enter")
    expect(pages).to_contain_text("26 to 50 of 60")
    expect(page.get_by_role("heading", name="Vectors")).to_be_focused()
    pages.get_by_role("link", name="Next").click()
    expect(pages).to_contain_text("51 to 60 of 60")
    assert keys(page) == [f"film-{number}" for number in range(50, 60)]
    expect(pages.get_by_role("link", name="Next")).to_be_disabled()

    # Others write meanwhile: a page shows what there is when it opens.
    films.delete_vectors(**INDEX, keys=["film-00"])
    pages.get_by_role("link", name="Previous").click()
    expect(pages).to_contain_text("26 to 50 of 59")
    pages.get_by_role("link", name="Previous").click()
    expect(pages).to_contain_text("1 to 25 of 59")
    assert keys(page)[:2] == ["film-59", "film-01"]
    pages.get_by_role("combobox", name="On a page").select_option("100")
    expect(pages).to_contain_text("1 to 59 of 59")
    page.reload()
    expect(pages).to_contain_text("1 to 59 of 59")


def test_a_filter(
    open_page: Callable[..., Page], films: Any, check_accessibility: Callable[[Page], None]
) -> None:
    page = open_page(at(index=INDEX_ARN))
    box, apply = page.get_by_role("textbox", name="Filter"), page.get_by_role("button", name="Apply")
    page.get_by_role("button", name="Example").click()
    assert json.loads(box.input_value()) == {"genres": {"$in": ["horror"]}}
    apply.click()
    expect(page.get_by_text("60 of 60 vectors match the filter.")).to_be_visible()

    box.fill('{"year": {"$gte": 2000}}')
    apply.click()
    expect(page.get_by_text("20 of 60 vectors match the filter.")).to_be_visible()
    assert keys(page) == [f"film-{number}" for number in range(40, 60)]
    page.reload()
    expect(box).to_have_value('{"year": {"$gte": 2000}}')
    films.delete_vectors(**INDEX, keys=["film-50"])
    apply.click()
    expect(page.get_by_text("19 of 59 vectors match the filter.")).to_be_visible()

    box.fill('{"year":\n  {"$gte": 2000,]}')
    apply.click()
    alert = page.get_by_role("main").get_by_role("alert")
    expect(alert).to_contain_text("at line 2, column 17.")
    expect(box).to_be_focused()
    box.fill('{"year": ')
    apply.click()
    expect(alert).to_contain_text("at line 1, column 10.")

    for refused in ({"year": {"$foo": 1}}, {"text": "being"}):
        box.fill(json.dumps(refused))
        apply.click()
        with pytest.raises(films.exceptions.ValidationException) as error:
            films.query_vectors(**INDEX, queryVector={"float32": FLOATS}, topK=1, filter=refused)
        expect(alert).to_have_text(f"ValidationException{error.value.response['Error']['Message']}")
        expect(box).to_have_value(json.dumps(refused))
    check_accessibility(page)

    box.fill('{"year": 1}')
    apply.click()
    expect(page.get_by_text("No vector matches.")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("59 vectors.")).to_be_visible()


def test_a_vector_by_its_key(open_page: Callable[..., Page], films: Any) -> None:
    films.put_vectors(**INDEX, vectors=[{"key": "a/b ?#%&", "data": {"float32": FLOATS}}])
    page = open_page(at(index=INDEX_ARN))
    page.keyboard.press("/")
    page.keyboard.type("a/b ?#%&")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="a/b ?#%&", level=1)).to_be_focused()
    expect(page.get_by_text("There is no metadata.")).to_be_visible()
    page.go_back()
    page.get_by_role("searchbox", name="Find a key").fill("none")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no vector 'none' in index 'plots'.")


def test_buckets_and_indexes_by_name(open_page: Callable[..., Page], films: Any) -> None:
    for number in range(30):
        films.create_vector_bucket(vectorBucketName=f"bucket-{number:02}")
    films.create_index(**BUCKET, indexName="other", dataType="float32", dimension=1, distanceMetric="cosine")
    page = open_page()
    buckets = page.get_by_role("table", name="Vector buckets")
    expect(buckets.get_by_role("rowheader")).to_have_count(25)
    page.get_by_role("link", name="Next").click()
    expect(buckets.get_by_role("rowheader")).to_have_count(6)
    page.get_by_role("searchbox").fill("bucket-1")
    page.keyboard.press("Enter")
    expect(buckets.get_by_role("rowheader")).to_have_count(10)
    page.get_by_role("searchbox").fill("none")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No vector bucket has these words in its ARN.")).to_be_visible()
    page.get_by_role("searchbox").fill("films")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="films").click()
    indexes = page.get_by_role("table", name="Indexes")
    expect(indexes.get_by_role("rowheader")).to_have_count(2)
    page.get_by_role("searchbox").fill("oth")
    page.keyboard.press("Enter")
    expect(indexes.get_by_role("rowheader")).to_have_count(1)
    page.get_by_role("link", name="other").click()
    expect(page.get_by_text("There are no vectors in this index.")).to_be_visible()
    expect(page.get_by_text('client.put_vectors(vectorBucketName="films", indexName="other"')).to_be_visible()


def test_what_users_store_is_text(
    open_page: Callable[..., Page], client: Any, check_accessibility: Callable[[Page], None]
) -> None:
    # Tags and policies may not have all of these characters; those that they may have are there.
    client.create_vector_bucket(**BUCKET, tags={"a.b": "x=y/z:@ \u05d0\u05d1"})
    client.put_vector_bucket_policy(
        **BUCKET, policy=json.dumps({**POLICY, "Id": HOSTILE}, ensure_ascii=False)
    )
    client.create_index(
        **INDEX,
        dataType="float32",
        dimension=1,
        distanceMetric="euclidean",
        metadataConfiguration={"nonFilterableMetadataKeys": ["long"]},
    )
    metadata = {HOSTILE: HOSTILE, "": "", "list": [HOSTILE], "long": HOSTILE * 150}
    for key, own in {"a\0b\x7f": {}, HOSTILE: metadata}.items():
        client.put_vectors(**INDEX, vectors=[{"key": key, "data": {"float32": [1.0]}, "metadata": own}])
    page = open_page(at(bucket=BUCKET_ARN))
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    assert json.loads(page.get_by_role("region", name="the policy").inner_text())["Id"] == HOSTILE
    assert "x=y/z:@ \u05d0\u05d1" in page.get_by_role("table", name="Tags").inner_text()
    page.get_by_role("link", name="plots").click()
    page.get_by_role("heading", name="plots", level=1).wait_for()
    controls, link = page.get_by_role("table", name="Vectors").get_by_role("link").all()
    assert link.text_content() == HOSTILE
    # Control characters are seen, and are still the text that is copied.
    assert controls.text_content() == "a\0b\x7f"
    shown = controls.locator("span span").evaluate_all("all => all.map(one => one.dataset.shown)")
    assert shown == ["␀", "␡"]
    names = page.get_by_role("table", name="Metadata keys").get_by_role("rowheader")
    assert names.all_text_contents() == ['""', HOSTILE, "list", "long"]
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    link.click()
    page.get_by_role("img", name="1 number").wait_for()
    assert page.get_by_role("heading", level=1).text_content() == HOSTILE
    listed = json.dumps([HOSTILE], ensure_ascii=False).replace("\u202e", "\\u202e")
    cells = page.get_by_role("table", name="Metadata by key").locator("tbody > tr > :nth-child(-n+2)")
    assert cells.all_text_contents() == [
        *(HOSTILE, HOSTILE, '""', '""'),
        *("list", listed, "long", HOSTILE * 150),
    ]
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    check_accessibility(page)
    page.get_by_role("link", name="Query like this").click()
    first = page.get_by_role("region", name="Hits, the best first").locator("tbody tr")
    expect(first).to_have_count(2)
    assert HOSTILE in first.locator("td:nth-child(2)").all_text_contents()
    page.get_by_role("link", name="Show in the picture").click()
    expect(page.get_by_text("Query: like")).to_contain_text("2 hits")
    page.get_by_role("button", name="Mark").click()
    expect(page.get_by_text("Query: like")).to_contain_text("2 hits")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    assert dialogs == []
    assert [path for path in asked if not path.startswith("/_mock_s3vectors/ui/")] == []
    assert page.locator("main script, main img, main iframe").count() == 0


def test_what_does_not_exist(open_page: Callable[..., Page], films: Any) -> None:
    assert films
    page = open_page()
    for parameters, text in (
        ({"bucket": f"{BUCKET_ARN}s"}, "The specified vector bucket could not be found"),
        ({"index": f"{INDEX_ARN}s"}, "The specified index could not be found"),
        ({"index": "<b>"}, "The specified index could not be found"),
    ):
        page.evaluate("address => { location.hash = address }", at(**parameters))
        expect(page.get_by_role("alert").filter(has_text=text)).to_be_visible()
        around = page.get_by_role("navigation", name="Where you are")
        assert around.get_by_role("link").first.inner_text() == "Browse"
        page.go_back()
        page.get_by_text("Search by name or ARN").wait_for()
