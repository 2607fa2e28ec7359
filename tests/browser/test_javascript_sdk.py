"""The AWS SDK for JavaScript in a web page of another origin, which the server allows."""

from __future__ import annotations

import json
import subprocess
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import s3vectors_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
ESBUILD = HERE / "node_modules" / ".bin" / "esbuild"
MARKUP = """<!doctype html>
<title>An application</title>
<link rel="icon" href="data:,">
<script type="module">
  import * as application from "./application.js";
  window.application = application;
</script>
"""
TOO_FEW = "Value at '/topK' failed to satisfy constraint: Member must be greater than or equal to 1"
# As Chromium says that it hides an answer, or that there is none.
NETWORK_ERROR = {"name": "TypeError", "message": "Failed to fetch"}


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a page, and the SDK in the one module that it loads."""
    folder = tmp_path_factory.mktemp("application")
    command = [str(ESBUILD), str(HERE / "sdk_page.mjs"), "--bundle", "--format=esm", "--platform=browser"]
    subprocess.run([*command, f"--outfile={folder / 'application.js'}", "--log-level=warning"], check=True)
    (folder / "index.html").write_text(MARKUP)
    return folder


@pytest.fixture
def serve_page(application: Path) -> Iterator[Callable[[], str]]:
    """Serves the page at an origin of its own, each time another."""
    serving: list[tuple[ThreadingHTTPServer, Thread]] = []

    def serve() -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(application)))
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        serving.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server, thread in serving:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def open_at(browser: Browser) -> Iterator[Callable[[str], Page]]:
    contexts = []

    def open_one(origin: str) -> Page:
        context = browser.new_context()
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{origin}/index.html")
        page.wait_for_function("window.application")
        return page

    yield open_one
    for context in contexts:
        context.close()


def do(page: Page, function: str, *arguments: Any) -> Any:
    return page.evaluate(f"arguments => application.{function}(...arguments)", list(arguments))


def test_a_page_of_an_allowed_origin_works_with_the_sdk(
    serve_page: Callable[[], str], open_at: Callable[[str], Page]
) -> None:
    origin = serve_page()
    with s3vectors_server(cors=[origin]) as server:
        page = open_at(origin)
        worked = do(page, "work", server.url)
        assert worked["found"] == [{"key": "c", "distance": 0}, {"key": "b", "distance": 1}]
        assert sorted(key for keys in worked["listed"] for key in keys) == ["a", "b", "c"]
        assert [len(keys) for keys in worked["listed"]] == [2, 1]
        ids = [call.request_id for call in server.mock.calls if call.operation == "QueryVectors"]
        assert ids == [worked["requestId"]]
        assert do(page, "refused", server.url) == {
            "name": "ValidationException",
            "message": f"1 validation error detected. {TOO_FEW}",
            "fieldList": [{"path": "/topK", "message": TOO_FEW}],
            "requestId": server.mock.calls[-1].request_id,
            "status": 400,
        }


def test_it_works_with_the_servers_own_paths(
    serve_page: Callable[[], str], open_at: Callable[[str], Page]
) -> None:
    origin = serve_page()
    with s3vectors_server(cors=[origin]) as server:
        page = open_at(origin)
        rule = {"operation": "QueryVectors", "fail": "ServiceUnavailableException"}
        made = do(page, "control", server.url, "POST", "/rules", rule)["answer"]
        assert made["status"] == 200
        assert do(page, "refused", server.url)["name"] == "ServiceUnavailableException"
        removed = do(page, "control", server.url, "DELETE", f"/rules/{json.loads(made['text'])['id']}")
        assert removed["answer"]["status"] == 200
        assert len(server.mock.rules) == 0
        missing = do(page, "control", server.url, "DELETE", "/rules/77")["answer"]
        assert (missing["status"], missing["type"]) == (400, "ValidationException")
        hidden = do(page, "control", server.url, "GET", "/ui")["answer"]
        assert (hidden["status"], hidden["type"]) == (403, "AccessDeniedException")


def test_a_page_of_another_origin_reaches_nothing(
    serve_page: Callable[[], str], open_at: Callable[[str], Page]
) -> None:
    allowed, other = serve_page(), serve_page()
    with s3vectors_server() as closed, s3vectors_server(cors=[allowed]) as server:
        for origin, url in [(allowed, closed.url), (other, server.url)]:
            page = open_at(origin)
            seen = do(page, "refused", url)
            assert {name: seen[name] for name in NETWORK_ERROR} == NETWORK_ERROR
            assert do(page, "control", url, "POST", "/reset")["name"] == "TypeError"
        assert len(server.mock.calls) == len(closed.mock.calls) == 0
