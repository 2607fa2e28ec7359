"""Pages have titles that a reader can tell apart, and links call a page by its title."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.support.blocks.needs import ROOT

DOCS = ROOT / "docs"
FENCED = re.compile(r"^(?P<fence>```+).*?^(?P=fence)$", re.MULTILINE | re.DOTALL)
PAGES = {
    page.relative_to(DOCS).as_posix(): FENCED.sub("", page.read_text(encoding="utf-8"))
    for page in sorted(DOCS.rglob("*.md"))
    if "_build" not in page.parts
}
TITLES = {page: re.findall(r"^# (.+)$", text, re.MULTILINE) for page, text in PAGES.items()}
TASKS = [page for page in PAGES if re.fullmatch(r"how-to/[\w-]+\.md", page)]
# A list that begins like this names pages.
NAMES_PAGES = re.compile(r"(?:See also|How to use (?:it|them|a mock)):((?:[^\n]|\n(?!\n))+)")
LINK = re.compile(r"\[([^\]]+)\]\(([\w./-]+\.md)\)")


def test_each_page_has_a_title_of_its_own() -> None:
    assert [page for page, titles in TITLES.items() if len(titles) != 1] == []
    counted = Counter(title for (title,) in TITLES.values())
    assert [title for title, number in counted.items() if number > 1] == []


@pytest.mark.parametrize("page", TASKS)
def test_the_title_of_a_task_says_what_to_do(page: str) -> None:
    verb, _, task = TITLES[page][0].partition(" ")
    assert task
    assert not re.fullmatch(r"\w+ing|\w+s|The|An?|How|What|Which|When|Why", verb)


@pytest.mark.parametrize("page", PAGES)
def test_a_list_of_pages_has_their_titles(page: str) -> None:
    for names in NAMES_PAGES.findall(PAGES[page]):
        for text, target in LINK.findall(" ".join(names.split())):
            path = (DOCS / page).parent.joinpath(target).resolve().relative_to(DOCS).as_posix()
            if text[0].isupper() and text.count(" "):
                assert text == TITLES[path][0]
