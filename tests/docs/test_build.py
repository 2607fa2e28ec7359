"""The pages as Sphinx builds them: without a warning, whole, and with nothing from another host."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from mock_s3vectors.choices.registry import CHOICES
from mock_s3vectors.parity.facts import FACTS
from tests.support.blocks.needs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("sphinx")

# Attributes of elements that a browser loads by itself.
LOADED = {
    ("audio", "src"),
    ("iframe", "src"),
    ("img", "src"),
    ("img", "srcset"),
    ("link", "href"),
    ("object", "data"),
    ("script", "src"),
    ("source", "src"),
    ("source", "srcset"),
    ("use", "href"),
    ("video", "src"),
}
URL_IN_STYLE = re.compile(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""")


class Page(HTMLParser):
    """The things that a page loads, the targets of its links, and the names of its places."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.links: list[str] = []
        self.places: set[str] = set()
        self.is_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_style = tag == "style"
        for name, value in attrs:
            if value is None:
                continue
            if (tag, name) in LOADED:
                self.loaded.append(value)
            elif name == "href":
                self.links.append(value)
            elif name == "id":
                self.places.add(value)
            elif name == "style":
                self.loaded += urls_in(value)

    def handle_data(self, data: str) -> None:
        if self.is_style:
            self.loaded += urls_in(data)


class Site(NamedTuple):
    """The built documentation: its folder, and its pages by their paths in it."""

    folder: Path
    pages: dict[str, Page]


def urls_in(style: str) -> Iterator[str]:
    return (first or second for first, second in URL_IN_STYLE.findall(style))


@pytest.mark.parametrize(
    "element",
    [
        '<script src="https://host/a.js"></script>',
        '<link rel="stylesheet" href="//host/a.css">',
        '<img src="http://host/a.png">',
        "<style>a { background: url('https://host/a.png') }</style>",
        "<style>@import 'https://host/a.css';</style>",
        '<p style="background: url(//host/a.png)">',
    ],
)
def test_an_address_of_another_host_is_noticed(element: str) -> None:
    assert [is_elsewhere(url) for url in Page(element).loaded] == [True]
    assert Page('<a href="https://host/">').loaded == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Builds the documentation; a warning is an error."""
    folder = tmp_path_factory.mktemp("site")
    options = ["-W", "-n", "-q", "--keep-going", "-d", str(folder / "trees")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, "docs", str(folder / "html")],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    html = folder / "html"
    pages = {
        path.relative_to(html).as_posix(): Page(path.read_text(encoding="utf-8"))
        for path in html.rglob("*.html")
    }
    assert len(pages) > 30
    return Site(html, pages)


def is_elsewhere(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.netloc) or parts.scheme not in {"", "data"}


def test_nothing_is_loaded_from_another_host(site: Site) -> None:
    loaded = {(path, url) for path, page in site.pages.items() for url in page.loaded}
    styles = {
        (path.name, url)
        for path in site.folder.rglob("*.css")
        for url in urls_in(path.read_text(encoding="utf-8"))
    }
    assert len(loaded) > len(site.pages)
    assert {(path, url) for path, url in loaded | styles if is_elsewhere(url)} == set()


def test_links_within_the_site_lead_somewhere(site: Site) -> None:
    broken = []
    for path, page in site.pages.items():
        for link in (*page.links, *page.loaded):
            if is_elsewhere(link) or link.startswith("data:"):
                continue
            name, place = urldefrag(unquote(link.partition("?")[0]))
            target = (site.folder / path).parent.joinpath(name).resolve() if name else site.folder / path
            if not target.is_file():
                broken.append((path, link))
            elif place and target.suffix == ".html":
                found = site.pages[target.relative_to(site.folder.resolve()).as_posix()]
                if place not in found.places:
                    broken.append((path, link))
    assert broken == []


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("choices", [choice.id for choice in CHOICES]),
        ("facts", [fact.id for fact in FACTS]),
    ],
)
def test_a_list_from_the_package_is_whole(site: Site, page: str, names: list[str]) -> None:
    text = (site.folder / "explanation" / f"{page}.html").read_text(encoding="utf-8")
    listed = re.findall(r'<dt><code class="docutils literal notranslate"><span class="pre">([^<]+)<', text)
    assert listed == names if page == "facts" else sorted(listed) == sorted(names)
