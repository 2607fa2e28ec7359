"""Pages have titles that a reader can tell apart."""

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


def test_each_page_has_a_title_of_its_own() -> None:
    assert [page for page, titles in TITLES.items() if len(titles) != 1] == []
    counted = Counter(title for (title,) in TITLES.values())
    assert [title for title, number in counted.items() if number > 1] == []


@pytest.mark.parametrize("page", TASKS)
def test_the_title_of_a_task_says_what_to_do(page: str) -> None:
    verb, _, task = TITLES[page][0].partition(" ")
    assert task
    assert not re.fullmatch(r"\w+ing|\w+s|The|An?|How|What|Which|When|Why", verb)
