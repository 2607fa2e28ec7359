"""The parts of the benchmarks that measure nothing: ratios, rows, tables and plots."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks import figures
from tests.benchmarks.compare import OURS, Size, picture, shares_found, shown, table, times_of
from tests.benchmarks.plots import Bar, Panel, chart
from tests.benchmarks.ratios import (
    Figure,
    Row,
    at_least,
    at_most,
    by_turns,
    duration,
    ratio_of,
    scaled,
)
from tests.benchmarks.targets import MODULES, line_of, measurements

if TYPE_CHECKING:
    from tests.benchmarks.ratios import Target

PAGES = Path(__file__).parents[1] / "docs/explanation"
SVG = "{http://www.w3.org/2000/svg}"
RESULTS: dict[str, list[dict[str, Any]]] = {
    OURS: [
        {"times": {"load": 2.0, "query": 0.001}, "found": {"query": [[1, 2], [3, 4]]}},
        {"times": {"load": 3.0, "query": 0.002}, "found": {"query": [[1, 2], [3, 4]]}},
        {"times": {"load": 9.0, "query": 0.003}, "found": {"query": [[1, 2], [3, 4]]}},
    ],
    "moto": [{"times": {"load": 4.0}, "found": {}}],
    "chromadb": [{"times": {"load": 1.0, "query": 0.004}, "found": {"query": [[2, 1], [3, 9]]}}],
}


def bars_of(svg: str) -> list[float]:
    """The lengths of all bars of a picture."""
    rects = ET.fromstring(svg).iter(f"{SVG}rect")  # noqa: S314 - we wrote it
    return [float(rect.attrib["width"]) for rect in rects if "bar" in rect.attrib["class"].split()]


def texts_of(svg: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - we wrote it


def test_a_ratio_is_one_of_medians_and_of_the_shortest_times() -> None:
    figure = ratio_of([2.0, 4.0, 9.0], [1.0, 2.0, 2.0])
    assert figure == Figure(2.0, 2.0, "4 s to 2 s")
    assert ratio_of([3.0], [6.0]).middle == 0.5


def test_works_are_done_by_turns_and_warm_ups_are_forgotten() -> None:
    done: list[str] = []
    times = by_turns(lambda: done.append("a"), lambda: done.append("b"), rounds=3, warmup=1)
    assert "".join(done) == "baabbaab"
    assert [len(of) for of in times] == [3, 3]


@pytest.mark.parametrize(
    ("seconds", "text"), [(75.04, "75 s"), (1.0, "1 s"), (0.0123, "12.3 ms"), (0.00045, "450 µs")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_part_of_a_count_is_at_least_one() -> None:
    assert [scaled(1_000, scale) for scale in (1.0, 0.5, 0.0001)] == [1_000, 500, 1]


@pytest.mark.parametrize(
    ("target", "middle", "cells"),
    [
        (at_most(0.6), 0.6, "≤ 0.6 | 0.6 (0.5) | yes"),
        (at_most(0.6), 0.61, "≤ 0.6 | 0.61 (0.5) | **no**"),
        (at_least(1.6), 1.6, "≥ 1.6 | 1.6 (0.5) | yes"),
        (at_least(1.6), 1.5, "≥ 1.6 | 1.5 (0.5) | **no**"),
        (None, 7.0, " | 7 (0.5) | "),
    ],
)
def test_a_line_of_the_table_of_targets(target: Target | None, middle: float, cells: str) -> None:
    row = Row("work", "baseline", target, Figure(middle, 0.5, "1 s to 2 s"))
    assert line_of(row) == f"| work | baseline | {cells} | 1 s to 2 s |"


def test_each_measurement_has_a_name_of_its_own() -> None:
    names = [name for module in MODULES for name in import_module(f"tests.benchmarks.{module}").MEASUREMENTS]
    assert len({*names}) == len(names) == len(measurements())


def test_times_by_work_and_tool() -> None:
    times = times_of(RESULTS)
    assert times["load"] == {OURS: [2.0, 3.0, 9.0], "moto": [4.0], "chromadb": [1.0]}
    assert times["query"]["moto"] == []
    assert [shown(of) for of in times["query"].values()] == ["2 ms", "cannot", "4 ms"]


def test_what_others_find_is_compared_with_what_exact_search_finds() -> None:
    assert shares_found(RESULTS, "query") == {OURS: 1.0, "moto": None, "chromadb": 0.75}


def test_a_table_in_markdown() -> None:
    rows = {"load": {"a": "1 s", "b": "2 s"}}
    assert table({"a": "A", "b": "B"}, rows) == "|  | A | B |\n| --- | --- | --- |\n| load | 1 s | 2 s |"


def test_bars_are_as_long_as_their_values_within_a_panel() -> None:
    panels = [
        Panel("One", [Bar("a", 1.0, "1 s", is_ours=True), Bar("b", 4.0, "4 s"), Bar("c", None, "cannot")]),
        Panel("Two", [Bar("a", 0.0, "0 s")]),
    ]
    first, second, third = bars_of(chart("Title", "note", panels))
    assert abs(second - 4 * first) < 1
    assert third == 0.0


def test_texts_of_a_chart_are_escaped() -> None:
    svg = chart("<Title> & more", "note", [Panel("One", [Bar("a<b", 1.0, "1 s")])])
    assert texts_of(svg) == ["<Title> & more", "One", "a<b", "1 s", "note"]


def test_the_picture_of_a_comparison() -> None:
    titles = {OURS: "ours 1", "moto": "moto 5", "chromadb": "chromadb 1"}
    svg = picture(times_of(RESULTS), titles, Size(10_000, 384, "grouped"))
    texts = texts_of(svg)
    assert "Load 10,000 x 384, two metadata keys, 500 a batch" in texts
    assert {"ours 1", "moto 5", "chromadb 1", "3 s", "cannot"} <= set(texts)
    assert 'class="bar ours"' in svg


# --- the pictures of the documentation


def test_the_picture_of_the_floor_is_current() -> None:
    """Else `python -m tests.benchmarks.figures` draws it."""
    assert figures.PICTURE.read_text(encoding="utf-8") == figures.picture()


def rows_of_page() -> dict[str, list[str]]:
    """The cells of all tables of the page, by the first one, without marks of code."""
    lines = (PAGES / "speed.md").read_text(encoding="utf-8").replace("`", "").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("|")]
    return {first: others for first, *others in rows}


@pytest.mark.parametrize("call", figures.RATIOS)
def test_the_page_has_the_figures_of_the_picture(call: str) -> None:
    heads, cells = rows_of_page()["call"], rows_of_page()[call]
    for contender, ratios in figures.RATIOS[call].items():
        assert cells[heads.index(contender)] == figures.shown(ratios)


def test_the_page_has_the_figures_of_the_comparison() -> None:
    drawn = set(texts_of((PAGES / "comparison.svg").read_text(encoding="utf-8")))
    for work, times in rows_of_page().items():
        if work.capitalize() in drawn:
            assert {*times} - {"cannot"} <= drawn
    assert sum(work.capitalize() in drawn for work in rows_of_page()) == 4


@pytest.mark.parametrize("name", ["floor", "comparison", "request"])
def test_a_picture_says_in_words_what_it_is_and_fits_dark_pages(name: str) -> None:
    svg = (PAGES / f"{name}.svg").read_text(encoding="utf-8")
    root = ET.fromstring(svg)  # noqa: S314 - we wrote it
    assert root.attrib["role"] == "img"
    assert (root.find(f"{SVG}title").text or "").strip()  # type: ignore[union-attr] # without one, it fails
    assert "prefers-color-scheme: dark" in svg
