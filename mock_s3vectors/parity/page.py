"""The report of a run as a page in Markdown: differences first, then all facts and choices."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# The beginning of each page.
TITLE = "# Facts of S3 Vectors, asked of"
_PLURALS = {"holds": "hold", "differs": "differ"}


def page_of(report: Mapping[str, Any]) -> str:
    """Return the page of a report."""
    return "\n".join(_lines(report)) + "\n"


def counted(counts: Mapping[str, int]) -> str:
    """Return what a report counts, as `2 hold, 1 differ, 0 not asked`."""
    return ", ".join(f"{count:,} {_PLURALS.get(name, name)}" for name, count in counts.items())


def _lines(report: Mapping[str, Any]) -> Iterator[str]:
    environment = report["environment"]
    yield f"{TITLE} {environment['service']}"
    yield ""
    yield (
        f"Asked on {environment['date']} with mock_s3vectors {environment['mock_s3vectors']}, botocore "
        f"{environment['botocore']} and Python {environment['python']}. Names, accounts, Regions, times, "
        "tokens and ids are replaced."
    )
    yield ""
    for noun, counts in report["counts"].items():
        yield f"- {noun.capitalize()}: {counted(counts)}."
    yield from _differences(report["facts"])
    yield from _refuted(report["choices"])
    yield from _grouped("Facts", report["facts"], "topic")
    yield from _grouped("Choices", report["choices"], "section")


def _differences(facts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    differing = [fact for fact in facts if fact["result"] == "differs"]
    if differing:
        yield from ("", "## Different answers")
    for fact in differing:
        yield from ("", f"### `{fact['id']}`", "", fact["sentence"])
        for each in fact["comparisons"]:
            if not each["holds"]:
                yield from ("", f"{each['asked']}: the answer expected, and the answer met:", "")
                yield from (
                    "```json",
                    *_json(each["expected"]),
                    "```",
                    "",
                    "```json",
                    *_json(each["met"]),
                    "```",
                )


def _json(value: Any) -> list[str]:
    return json.dumps(value, indent=2, ensure_ascii=False).splitlines()


def _refuted(choices: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    refuted = [choice for choice in choices if choice["result"] == "refuted"]
    if refuted:
        yield from ("", "## Refuted choices", "")
    for choice in refuted:
        facts = ", ".join(f"`{name}`" for name, result in choice["facts"].items() if result == "differs")
        yield f"- `{choice['id']}` ({facts}), decided in `{choice['change']}`: {choice['sentence']}"


def _grouped(title: str, entries: Sequence[Mapping[str, Any]], group: str) -> Iterator[str]:
    yield from ("", f"## {title}")
    for name in dict.fromkeys(entry[group] for entry in entries):
        yield from ("", f"### {title}: {name}", "")
        for entry in entries:
            if entry[group] == name:
                # Without the backslash, <account> is a tag of HTML, which nobody sees.
                reason = f" ({entry['reason'].rstrip('.')})".replace("<", r"\<") if "reason" in entry else ""
                yield f"- `{entry['id']}`: **{entry['result']}**{reason}. {entry['sentence']}"
