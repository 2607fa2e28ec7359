"""Writes those parts of pages that the package knows best, when Sphinx reads a page.

A page has the comment `<!-- generated: choices -->`, and Sphinx reads the list of choices in its place.
"""

from __future__ import annotations

import re
from dataclasses import fields
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import mock_s3vectors.cli.commands as program
from mock_s3vectors.choices.registry import CHOICES
from mock_s3vectors.config import Config, option_descriptions, option_values
from mock_s3vectors.parity.facts import FACTS
from mock_s3vectors.serving.control.guide import DOES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator

    from sphinx.application import Sphinx

    from mock_s3vectors.cli.command_parser import CommandParser

_COMMENT = re.compile(r"^<!-- generated: (?P<name>\S+) -->$", re.MULTILINE)
_PREFIX = "/_mock_s3vectors"
_SOURCES = {
    "seen": "seen on AWS",
    "documented": "documented by AWS",
    "choice": "a choice of the mock",
}


def setup(app: Sphinx) -> dict[str, Any]:
    """Have Sphinx call this module for each page that it reads."""
    app.connect("source-read", _expand)
    # Pages with generated parts change with the package, which Sphinx does not see.
    app.connect("env-get-outdated", lambda _app, env, *_: sorted(getattr(env, "generated_pages", ())))
    return {"parallel_read_safe": False, "parallel_write_safe": True}


def _expand(app: Sphinx, page: str, source: list[str]) -> None:
    """Write the generated parts into the source of a page."""
    text = _COMMENT.sub(lambda found: PARTS[found["name"]](), source[0])
    if text != source[0]:
        pages: set[str] = getattr(app.env, "generated_pages", set())
        app.env.generated_pages = pages | {page}  # type: ignore[attr-defined] # kept with Sphinx's own data
        source[0] = text


def choices() -> str:
    """Return the choices that nobody has verified, a heading for each section."""
    by_section: dict[str, list[str]] = {}
    for choice in CHOICES:
        item = f"`{choice.id}`\n: {choice.sentence} ({_code(choice.decided_in)})"
        by_section.setdefault(choice.section, []).append(item)
    return _sections(by_section.items())


def facts() -> str:
    """Return the facts that a client can ask of S3 Vectors, a heading for each topic."""
    by_topic: dict[str, list[str]] = {}
    for fact in FACTS:
        source = _SOURCES[fact.source]
        if fact.choices:
            source += f": {', '.join(map(_code, fact.choices))}"
        by_topic.setdefault(fact.topic, []).append(f"`{fact.id}`\n: {fact.sentence} ({source})")
    return _sections(by_topic.items())


def _sections(sections: Iterable[tuple[str, list[str]]]) -> str:
    return "\n\n".join(f"## {heading}\n\n" + "\n\n".join(items) for heading, items in sections)


def options() -> str:
    """Return the options of a mock: type, default, description."""
    descriptions = option_descriptions()
    rows = (
        (
            _code(field.name),
            _code(repr(field.default)),
            _values(field.name, str(field.type)),
            f"{descriptions[field.name]}.",
        )
        for field in fields(Config)
    )
    return _table(("option", "default", "values", "effect"), rows)


def _values(name: str, kind: str) -> str:
    values = option_values(name)
    return _code(kind if values == "VALUE" else values.strip("{}").replace(",", ", "))


def commands() -> str:
    """Return the commands of the program, each with its arguments and examples."""
    _, parsers = program.parser_with(program.COMMANDS)
    return "\n\n".join(f"## mock-s3vectors {name}\n\n{_command(parser)}" for name, parser in parsers.items())


def _command(parser: CommandParser) -> str:
    items = [f"{_names(action)}\n: {_sentence(_meaning(parser, action))}" for action in parser.flags]
    _, _, examples = (parser.epilog or "").partition("examples:\n")
    parts = [_prose(parser.description or ""), *items]
    return "\n\n".join([*parts, f"```text\n{dedent(examples)}\n```"] if examples else parts)


def _names(action: argparse.Action) -> str:
    """Return the forms of an argument, each with its value."""
    placeholder = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if not action.option_strings:
        return _code(placeholder)
    value = "" if action.nargs == 0 else f" {placeholder}"
    return ", ".join(_code(flag + value) for flag in action.option_strings)


def _meaning(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    """Return the text of an argument in the help of its command, with its default and its variable."""
    text = parser._get_formatter()._expand_help(action)  # noqa: SLF001 - argparse offers no other way
    return re.sub(r"\[(MOCK_\w+)\]$", r"[`\1`]", _prose(text))


def _prose(text: str) -> str:
    """Return a text for terminals with its flags as code."""
    return re.sub(r"(?<![\w`-])--\w[\w-]*", r"`\g<0>`", text).replace("<", r"\<").replace("*", r"\*")


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def own_paths() -> str:
    """Return the server's own paths."""
    rows = ((_code(f"{method} {_PREFIX}{path}"), _cell_of(does)) for (method, path), does in DOES.items())
    return _table(("request", "effect"), rows)


def _cell_of(text: str) -> str:
    """Return a text of the guide with its pieces of JSON as code."""
    return re.sub(r'("[^"]*"|\{[^{}]*\})', r"`\1`", text) + "."


def _code(text: str) -> str:
    return f"`{text}`"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(_lines(head, rows))


def _lines(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for cells in (head, ("---",) * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


PARTS: dict[str, Callable[[], str]] = {
    "choices": choices,
    "commands": commands,
    "facts": facts,
    "options": options,
    "own-paths": own_paths,
}
