"""The page that follows a request, and its picture, beside the package."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import mock_s3vectors

PAGES = Path(__file__).parents[2] / "docs/explanation"
PACKAGE = Path(mock_s3vectors.__file__).parent
SVG = "{http://www.w3.org/2000/svg}"

# How the code of the gateway does each step of the page.
STEPS = {
    "identify": "identify(",
    "route": ".route(",
    "authenticate": "authenticate(",
    "parse": ".parse(",
    "rules": ".let_pass(",
    "validate": ".validate(",
    "authorize": "authorize(",
    "operate": "operate(",
    "serialise": "serialize_result(",
}


def texts(*kinds: str) -> list[str]:
    """The texts of the picture that are of these kinds."""
    root = ET.fromstring((PAGES / "request.svg").read_text(encoding="utf-8"))  # noqa: S314 - we wrote it
    return [text.text or "" for text in root.iter(f"{SVG}text") if text.attrib.get("class") in kinds]


def test_the_steps_of_the_page_are_those_of_the_picture() -> None:
    page = (PAGES / "request.md").read_text(encoding="utf-8")
    named = [step.lower() for step in re.findall(r"^\d\. \*\*(\w+)\*\*", page, re.MULTILINE)]
    assert named == list(STEPS)
    numbered = [text.split() for text in texts("strong") if text[0].isdigit()]
    assert numbered == [[str(number), step] for number, step in enumerate(named, 1)]


def test_the_gateway_takes_these_steps_in_this_order() -> None:
    _, _, code = (PACKAGE / "gateway.py").read_text(encoding="utf-8").partition("def handle(")
    places = [code.index(call) for call in STEPS.values()]
    assert places == sorted(places)


def test_the_rooms_of_the_picture_exist() -> None:
    rooms = [text for text in texts("small", "soft") if re.fullmatch(r"[a-z_/]+", text)]
    assert len(rooms) == len(STEPS) + 5
    assert [room for room in rooms if not _exists(room)] == []


def _exists(room: str) -> bool:
    return (PACKAGE / room).is_dir() if room.endswith("/") else (PACKAGE / f"{room}.py").is_file()
