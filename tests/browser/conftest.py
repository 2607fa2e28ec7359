"""A page in a browser: a request to elsewhere, or an error on its console, fails the test."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from playwright.sync_api import expect, sync_playwright

from mock_s3vectors import s3vectors_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page

    from mock_s3vectors import S3VectorsServer

AXE = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"
SCREENSHOTS = Path(os.environ.get("MOCK_SCREENSHOTS", Path(__file__).with_name("screenshots")))
# The rule of axe that depends on the scheme of colours.
CONTRAST = "color-contrast"
# In milliseconds: how long an element may take to appear.
PATIENCE = 10_000
VIEWPORT = {"width": 1200, "height": 800}
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = os.environ.get("MOCK_CHROMIUM") or shutil.which("chromium")
    assert path, "Chromium is missing: install it, or set MOCK_CHROMIUM to its path."
    with sync_playwright() as playwright:
        # Whoever runs the tests as root, as in a container, must go without the sandbox.
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def server() -> Iterator[S3VectorsServer]:
    with s3vectors_server() as server:
        yield server


@pytest.fixture
def client(server: S3VectorsServer) -> Iterator[Any]:
    """A client that does not retry."""
    client = boto3.client(
        "s3vectors",
        "us-east-1",
        endpoint_url=server.url,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}),
    )
    yield client
    client.close()


@pytest.fixture(scope="session")
def lent_page(browser: Browser) -> Iterator[Page]:
    """A page that tests use one after the other: a new one costs more than all that is loaded into it.

    Each server has an origin of its own, and so each test a storage of its own.
    """
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def open_page(browser: Browser, lent_page: Page, server: S3VectorsServer) -> Iterator[Callable[..., Page]]:
    """Opens a view, `open_page("#/live")`; keyword arguments are those of a browser context."""
    requests: list[str] = []
    errors: list[str] = []
    opened: list[Page] = []
    listeners: dict[Any, Callable[[Any], None]] = {
        "request": lambda request: requests.append(request.url),
        "console": lambda message: note(message, errors),
        "pageerror": lambda error: errors.append(str(error)),
    }

    def page_with(settings: dict[str, Any]) -> Page:
        if opened or not settings.keys() <= {"viewport", "color_scheme", "permissions"}:
            context = browser.new_context(**{"viewport": VIEWPORT, **settings})
            context.set_default_timeout(PATIENCE)
            return context.new_page()
        lent_page.set_viewport_size(settings.get("viewport", VIEWPORT))
        lent_page.emulate_media(color_scheme=settings.get("color_scheme", "light"))
        lent_page.context.grant_permissions(settings.get("permissions", []))
        return lent_page

    def open_one(view: str = "", **settings: Any) -> Page:
        page = page_with(settings)
        opened.append(page)
        for event, listener in listeners.items():
            page.on(event, listener)
        page.goto(f"{server.url}/_mock_s3vectors/ui{view}")
        page.wait_for_selector("main h1")
        return page

    yield open_one
    for page in opened:
        if page is not lent_page:
            page.context.close()
    give_back(lent_page, listeners)
    foreign = [url for url in requests if not is_ours(url, server.url)]
    assert foreign == []
    assert errors == []


def give_back(page: Page, listeners: dict[Any, Callable[[Any], None]]) -> None:
    """Makes a page as good as new."""
    for event, listener in listeners.items():
        with suppress(KeyError):  # the page was not opened
            page.remove_listener(event, listener)
    for other in page.context.pages:
        if other is not page:
            other.close()
    page.unroute_all()
    page.context.clear_permissions()
    page.mouse.move(0, 0)
    page.goto("about:blank")


def note(message: ConsoleMessage, errors: list[str]) -> None:
    """Keeps a warning or an error. Chromium writes one for each refusal, which the page shows."""
    is_refusal = message.text.startswith("Failed to load resource: the server responded with a status of 4")
    if message.type in {"error", "warning"} and not is_refusal:
        errors.append(message.text)


def is_ours(url: str, origin: str) -> bool:
    """Whether a request stays with the server; `blob:` is a file that the page has made itself."""
    return url.startswith(f"{origin}/") or urlsplit(url).scheme in {"blob", "data"}


@pytest.fixture
def check_accessibility() -> Callable[..., None]:
    """Asserts that axe finds nothing wrong with a page as it is now.

    In another scheme of colours than before, all but the contrasts is as it was: `check(page, CONTRAST)`.
    """

    def check(page: Page, *rules: str) -> None:
        if not page.evaluate("'axe' in window"):
            # Past the policy of the page, as an extension of the browser would.
            bypass = page.context.new_cdp_session(page)
            bypass.send("Page.setBypassCSP", {"enabled": True})
            page.evaluate(AXE.read_text(encoding="utf-8"))
            bypass.send("Page.setBypassCSP", {"enabled": False})
            bypass.detach()
        run = "async (rules) => (await axe.run(rules.length ? { runOnly: rules } : {})).violations"
        violations = page.evaluate(run, rules)
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in violations] == []

    return check


@pytest.fixture
def take_picture() -> Callable[[Page, str], None]:
    """Keeps a screenshot for the documentation: `take_picture(page, "browse")`."""

    def take(page: Page, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png")

    return take
