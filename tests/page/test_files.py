"""The page and its files as a browser gets them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import __version__
from tests.server.wire import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors import S3VectorsServer

UI = "/_mock_s3vectors/ui"
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@pytest.fixture
def connection(s3vectors_server: S3VectorsServer) -> Iterator[Connection]:
    connection = Connection(s3vectors_server.url)
    yield connection
    connection.close()


def test_the_page_names_files_of_this_server_alone(connection: Connection) -> None:
    answer = connection.ask("GET", UI, b"")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    page = answer.body.decode()
    assert f"<small>{__version__}</small>" in page
    named = re.findall(r'(?:href|src)="([^"#]+)"', page)
    assert len(named) > 20
    for path in named:
        assert path.startswith(f"{UI}/files/")
        found = connection.ask("GET", path, b"")
        assert (found.status, found.headers["content-type"]) == (200, TYPES[path.rpartition(".")[2]]), path
        assert found.body
    assert [re.search(r"<(script|style)[^>]*>[^<]|\son\w+=|style=", page)] == [None], "code in markup"


@pytest.mark.parametrize("path", [UI, f"{UI}/files/main.js"])
def test_a_browser_takes_nothing_from_elsewhere(connection: Connection, path: str) -> None:
    headers = connection.ask("GET", path, b"").headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["frame-ancestors"] == policy["trusted-types"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "name",
    [
        "none.js",
        "page.html",
        "../routes.py",
        "lib/../../routes.py",
        "%2e%2e/routes.py",
        "..%2froutes.py",
        "lib%2Fdom.js%2F",
        "lib",
        "lib/",
        "",
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "lib/dom.js%00",
        "lib\\dom.js",
        "LIB/DOM.JS",
    ],
)
def test_no_other_file(connection: Connection, name: str) -> None:
    answer = connection.ask("GET", f"{UI}/files/{name}", b"")
    assert answer.error[:2] == (404, "UnknownOperationException")


def test_a_file_is_only_read(connection: Connection) -> None:
    assert connection.ask("POST", f"{UI}/files/main.js").status == 405
    assert connection.ask("POST", UI).status == 405
    assert connection.ask("POST", f"{UI}/data/indexes").status == 405
