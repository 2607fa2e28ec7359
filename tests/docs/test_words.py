"""Pages, README and files for contributors are written plainly, and a linter of prose finds nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.blocks.needs import ROOT
from tests.support.prose import sentences, without_code

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {
    page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8")
    for page in (
        *sorted(ROOT.joinpath("docs").rglob("*.md")),
        *sorted(ROOT.joinpath(".github").rglob("*.md")),
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
    )
    if "_build" not in page.parts
}
MOST_WORDS = 40
MOST_CHARACTERS = 140
# A subject that is a clause makes a reader wait for the verb.
HEADLESS = re.compile(r"(What|Whatever|Who|Whoever|Which)\b(?! to ).*\.$")
TWICE = re.compile(r"\b(?!code\b|that\b|had\b)([a-z]+) \1\b", re.IGNORECASE)
# Several words within a sentence that begin with a capital letter, as titles of pages do.
TITLE_IN_LINK = re.compile(r"(?<=[:,;]\s)\[([A-Z][a-z]+\s[^]]+)\]\(([^)#\s]+\.md)\)")
# American spellings, and words that only those who know the code understand.
UNWANTED = re.compile(
    r"\b(behavior|canceled|catalog|center|color|favor|labeled|corridors?|rooms)\b", re.IGNORECASE
)
PROSELINT = {
    "typography.symbols": False,  # plain quotation marks and dots, as on a keyboard
    "lexical_illusions": False,  # takes the end of a paragraph and the next one's beginning for a repetition
}


@pytest.mark.parametrize("page", PAGES)
def test_sentences_are_short_and_begin_with_their_subject(page: str) -> None:
    found = list(sentences(PAGES[page]))
    assert [(line, text) for line, text in found if len(text.split()) > MOST_WORDS] == []
    assert [(line, text) for line, text in found if HEADLESS.match(text)] == []
    assert [(line, text) for line, text in found if TWICE.search(text)] == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("docs/") or page == "README.md"])
def test_words_are_those_of_readers(page: str) -> None:
    assert [(line, text) for line, text in sentences(PAGES[page]) if UNWANTED.search(text)] == []


@pytest.mark.parametrize("page", PAGES)
def test_lines_fit_into_a_window(page: str) -> None:
    lines = enumerate(without_code(PAGES[page]).splitlines(), 1)
    too_long = [number for number, line in lines if len(line) > MOST_CHARACTERS and not line.startswith("|")]
    assert too_long == []


@pytest.mark.parametrize("page", [page for page in PAGES if page.startswith("docs/")])
def test_a_link_that_reads_like_a_title_has_the_title_of_its_page(page: str) -> None:
    """A reader looks for these words in the side bar."""
    wrong = []
    for text, target in TITLE_IN_LINK.findall(PAGES[page]):
        path = (ROOT / page).parent.joinpath(target).resolve().relative_to(ROOT).as_posix()
        title = PAGES[path].partition("# ")[2].partition("\n")[0]
        if " ".join(text.split()) != title:
            wrong.append((text, title))
    assert wrong == []


def test_proselint_finds_nothing(tmp_path: Path) -> None:
    pytest.importorskip("proselint")
    folder, settings = tmp_path / "prose", tmp_path / "settings.json"
    folder.mkdir()
    settings.write_text(json.dumps({"checks": PROSELINT}))
    for page, text in PAGES.items():
        folder.joinpath(page.replace("/", " ")).write_text(without_code(text), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "proselint", "check", "--config", str(settings), str(folder)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_a_sentence_is_found_with_its_line() -> None:
    prose = "# A title\n\nOne `a. B` is.\nTwo (or three.) Four\nis [five](x.md).\n\n"
    page = f"{prose}```sh\nno. No\n```\n\n- Six.\n\n| A. |"
    assert list(sentences(page)) == [
        (1, "A title"),
        (3, "One `code` is."),
        (4, "Two (or three.)"),
        (4, "Four is five."),
        (11, "Six."),
    ]
