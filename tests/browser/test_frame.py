"""The frame of the page: its views, theme and keys, and what it says when nobody answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error, expect

from mock_s3vectors import s3vectors_server
from mock_s3vectors.serving.opening import http_server
from tests.browser.conftest import CONTRAST

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from playwright.sync_api import Browser, Page, Route

    from mock_s3vectors import S3VectorsServer

VIEWS = ["Browse", "Query", "Picture", "Live"]
WIDTHS = [400, 700, 1600]


def heading(page: Page, name: str) -> None:
    """Waits for a view, whose heading has the focus."""
    expect(page.get_by_role("heading", name=name, level=1)).to_be_focused()
    expect(page).to_have_title(f"{name} | mock_s3vectors")
    expect(page.get_by_role("navigation", name="Views").get_by_role("link", name=name)).to_have_attribute(
        "aria-current", "page"
    )


def test_views_open_by_their_links_and_by_keys(open_page: Callable[..., Page], client: Any) -> None:
    client.create_vector_bucket(vectorBucketName="films")
    # A name that every object of JavaScript has is no view.
    page = open_page("#/constructor")
    expect(page).to_have_title("Browse | mock_s3vectors")
    for name in reversed(VIEWS):
        page.get_by_role("link", name=name, exact=True).click()
        heading(page, name)
    for key, name in zip("2341", [*VIEWS[1:], VIEWS[0]], strict=True):
        page.keyboard.press(key)
        heading(page, name)
    page.go_back()
    heading(page, "Live")
    page.go_forward()
    heading(page, "Browse")

    page.keyboard.press("/")
    box = page.get_by_role("searchbox", name="Search by name or ARN")
    expect(box).to_be_focused()
    page.keyboard.type("1/2?")
    expect(box).to_have_value("1/2?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.url.endswith("#/browse")


def test_the_keys_are_shown_and_can_be_switched_off(
    open_page: Callable[..., Page], check_accessibility: Callable[[Page], None]
) -> None:
    page = open_page("#/live")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog.get_by_role("row")).to_have_count(6)
    check_accessibility(page)
    page.keyboard.press("2")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    heading_of_live = page.get_by_role("heading", name="Live", level=1)
    expect(heading_of_live).to_be_visible()

    page.get_by_role("button", name="Keys").click()
    page.get_by_role("checkbox", name="Use these keys").uncheck()
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Keys")).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("?")
    expect(heading_of_live).to_be_visible()
    expect(dialog).to_have_count(0)


def test_the_theme_is_kept(open_page: Callable[..., Page]) -> None:
    page = open_page(color_scheme="light")

    def ground() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    theme = page.get_by_role("combobox", name="Theme")
    light = ground()
    theme.select_option("Dark")
    dark = ground()
    assert (light, dark) == ("rgb(255, 255, 255)", "rgb(22, 24, 29)")
    page.reload()
    expect(theme).to_have_value("dark")
    assert ground() == dark
    theme.select_option("Auto")
    assert ground() == light
    page.emulate_media(color_scheme="dark")
    assert ground() == dark
    theme.select_option("Light")
    assert ground() == light


def test_the_skip_link_leads_past_the_links(open_page: Callable[..., Page]) -> None:
    page = open_page("#/live")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    assert page.url.endswith("#/live")


def test_the_page_says_what_the_server_runs(browser: Browser) -> None:
    with s3vectors_server(search_engine="hnsw") as server:
        page = browser.new_page()
        page.goto(f"{server.url}/_mock_s3vectors/ui")
        expect(page.get_by_role("banner")).to_contain_text("hnsw search, in memory")
        page.close()


def test_the_page_loads_while_nothing_is_shown_yet(browser: Browser, server: S3VectorsServer) -> None:
    page = browser.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/ui/data/**", hold)
    page.goto(f"{server.url}/_mock_s3vectors/ui")
    expect(page.get_by_role("main")).to_have_text("Loading…")
    page.route("**/ui/data/**", lambda route: route.continue_())  # the newest one counts
    for route in held:
        route.continue_()
    expect(page.get_by_role("heading", name="Browse", exact=True)).to_be_visible()
    page.close()


def test_a_server_that_has_ended_and_comes_again(browser: Browser) -> None:
    first = s3vectors_server()
    first.start()
    page = browser.new_page()
    page.goto(f"{first.url}/_mock_s3vectors/ui")
    page.get_by_role("heading", name="Browse", level=1).wait_for()
    lost = page.get_by_role("alert").filter(has_text="The server does not answer: it has ended")
    expect(lost).to_be_hidden()
    port = int(first.url.rpartition(":")[2])
    first.stop()
    page.get_by_role("link", name="Query", exact=True).click()
    page.get_by_role("link", name="Browse", exact=True).click()
    expect(lost).to_be_visible()
    # No request is on its way any more that the next server could answer.
    expect(page.get_by_role("main")).to_have_text("BrowseThe server does not answer.")
    with s3vectors_server(port=port):
        page.get_by_role("button", name="Try again").click()
        expect(lost).to_be_hidden()
        expect(page.get_by_text("There are no vector buckets yet.")).to_be_visible()
    page.close()


def test_a_server_without_a_mock(browser: Browser) -> None:
    server = http_server("127.0.0.1", 0, current=lambda: None)
    server.start()
    try:
        page = browser.new_page()
        page.goto(f"{server.url}/_mock_s3vectors/ui")
        expect(page.get_by_role("heading", name="Browse", level=1)).to_be_visible()
        expect(page.get_by_role("alert").filter(has_text="No mock is on")).to_be_visible()
        page.close()
    finally:
        server.stop()


def test_empty_views_are_accessible_and_fit_each_width(
    open_page: Callable[..., Page], check_accessibility: Callable[..., None]
) -> None:
    page = open_page("#/live")
    for key, name in enumerate(VIEWS, 1):
        page.keyboard.press(str(key))
        heading(page, name)
        page.emulate_media(color_scheme="light")
        check_accessibility(page)
        page.emulate_media(color_scheme="dark")
        check_accessibility(page, CONTRAST)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_no_markup_from_text(browser: Browser, server: S3VectorsServer) -> None:
    """The browser carries out the policy of the page."""
    page = browser.new_page()
    page.goto(f"{server.url}/_mock_s3vectors/ui")
    with pytest.raises(Error, match="requires 'TrustedHTML' assignment"):
        page.evaluate("document.body.innerHTML = '<p>'")
    page.close()
