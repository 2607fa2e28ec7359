"""The tables of the reference that follow from the code, each between two comments of its page.

`python -m tests.support.reference` writes them anew.
"""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import mock_s3vectors
import mock_s3vectors.transfer
from mock_s3vectors.cli.command_parser import variables_of
from mock_s3vectors.cli.commands import COMMANDS, parser_with
from mock_s3vectors.config import Config, option_descriptions, option_values
from mock_s3vectors.errors.exceptions import ServiceError
from mock_s3vectors.serving.control.answers import CONTROL
from mock_s3vectors.serving.control.guide import DOES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from mock_s3vectors.cli.command_parser import CommandParser

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"

_TABLE = re.compile(
    r"^(<!-- generated: ([a-z ]+) -->\n\n)(.*?)(^<!-- end of \2 -->)$", re.MULTILINE | re.DOTALL
)
# The commands whose flags are environment variables too.
WITH_VARIABLES = ("serve", "health", "wait")
# By the names of options of the mock, the values that neither a list of them nor a range says.
_VALUES = {
    "account_id": "12 digits",
    "text_build_seconds": "seconds, 0 or more",
    "index_delay": "seconds, 0 or more",
    "recall": "above 0, up to 1",
    "state": "a path",
}
# Errors that an answer gets only under another name.
_UNNAMED = ("DeniedByPolicies", "InjectedError", "BareStatus")
# What is code in the texts of the program's help and of the server's guide.
_CODE = re.compile(
    r"""(\{"identities".*?\]\}                         # a document
      | '?\{"[^{}]*(?:\{[^{}]*\}[^{}]*)*\}'?          # a filter
      | (?<![\w/])--[a-z][a-z-]*                       # a flag
      | MOCK_S3VECTORS_\w+ | \b10\*\*\d+ | \bmock\.\w+\(\) | \bx-amz-[a-z-]+
      | (?<=[ (])\.(?:jsonl|npz|parquet|sh|py|db)\b
      | https?://[\w.:]+(?:/[\w./]*\w)? | s3vectors://[\w/]*
      | /etc/[\w/.]+ | (?:GET|POST)\ /\w+
      | \b(?:films|state)\.\w+(?:::[\w/]+)? | created_at=30d
      | "[^"]*")""",
    re.VERBOSE,
)


def as_code(text: str) -> str:
    """A text of the program in Markdown: what people type is code."""
    parts = re.split("(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else _CODE.sub(_coded, part) for part in parts)


def _coded(match: re.Match[str]) -> str:
    return f"`{match[0].strip(chr(39))}`"


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [titles, ("---",) * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


@cache
def commands() -> dict[str, CommandParser]:
    """The parser of each command of the program."""
    return parser_with(COMMANDS)[1]


def flags_of(command: str) -> Iterator[argparse.Action]:
    """The flags of a command."""
    return (action for action in commands()[command].flags if action.option_strings)


def _options() -> str:
    described = option_descriptions()
    rows = [
        (
            f"`{field.name}`",
            _values_of(field.name, field.default),
            f"`{_literal(field.default)}`",
            _sentence(described[field.name]),
        )
        for field in fields(Config)
    ]
    return _table(("option", "values", "default", "what it does"), rows)


def _values_of(name: str, default: object) -> str:
    """The values of an option of the mock, in words."""
    if isinstance(default, bool):
        return "`True`, `False`"
    if name in _VALUES:
        return _VALUES[name] + (", `None`" if default is None else "")
    values = option_values(name)
    if values.startswith("{"):
        words = [f'`"{word}"`' for word in values.strip("{}").split(",")]
        return ", ".join([*words, *(["`None`"] if default is None else [])])
    least, _, most = values.partition("-")
    return f"{int(least):,} to {int(most):,}"


def _literal(value: object) -> str:
    """A value as Python writes it, with underscores in large numbers."""
    if type(value) is int:
        return f"{value:_}"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def _sentence(text: str) -> str:
    return _begun(re.sub(r"(?<!`)\b(S3VectorsAdvice)\b", r"[`\1`](advice.md)", text))


def _flags(command: str) -> str:
    """The flags of a command; those of `serve` that Python has too have a table of their own."""
    given = [action for action in flags_of(command) if not (command == "serve" and _is_of_mock(action))]
    has_variables = command in WITH_VARIABLES
    title = "flag, variable" if has_variables else "flag"
    return _table(
        (title, "what it does"), ((_named(action, has_variables), _help_of(action)) for action in given)
    )


def _flags_of_the_mock() -> str:
    return _table(
        ("flag, variable", "option"),
        (
            (_named(action, with_variables=True), f"[`{action.dest}`](options.md)")
            for action in flags_of("serve")
            if _is_of_mock(action)
        ),
    )


def _is_of_mock(action: argparse.Action) -> bool:
    """Whether a flag of `serve` is an option of the mock, and means the same."""
    return action.dest in {field.name for field in fields(Config)} - {"state"}


def _named(action: argparse.Action, with_variables: bool) -> str:  # noqa: FBT001 - as its name says
    """A flag, and its variables on lines of their own: all columns have room on a page then."""
    variables = [f"`{name}`" for name in variables_of(action)] if with_variables else []
    return "<br>".join([_flag(action), *variables])


def _flag(action: argparse.Action) -> str:
    value = f" {action.metavar or _choices(action)}" if action.nargs != 0 else ""
    *others, last = action.option_strings
    if action.nargs == 0:
        return ", ".join(f"`{flag}`" for flag in action.option_strings)
    return ", ".join([*(f"`{flag}`" for flag in others), f"`{last}{value}`"])


def _choices(action: argparse.Action) -> str:
    if action.choices:
        return f"{{{','.join(action.choices)}}}"
    return action.dest.upper()


def _help_of(action: argparse.Action) -> str:
    """The text about a flag, and its default."""
    help_text = action.help or ""
    text, _, default = (help_text % vars(action) if "%" in help_text else help_text).rpartition(" (default: ")
    if not text:
        return _begun(as_code(default))
    return f"{_begun(as_code(text))} Default: {as_code(default.removesuffix(')'))}."


def _begun(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _arguments(command: str) -> str:
    given = [action for action in commands()[command].flags if not action.option_strings]
    rows = ((f"`{action.metavar or _choices(action)}`", _help_of(action)) for action in given)
    return _table(("argument", "what it is"), rows)


def _commands() -> str:
    pages = dict.fromkeys(WITH_VARIABLES, "server.md")
    return _table(
        ("command", "what it does"),
        ((f"[`{name}`]({pages.get(name, '')}#{name})", _begun(text)) for name, text in COMMANDS.items()),
    )


def _paths() -> str:
    return _table(
        ("method", "path", "what it does"),
        ((method, f"`{CONTROL}{path}`", _beginning(text)) for (method, path), text in DOES.items()),
    )


def _beginning(text: str) -> str:
    """The beginning of a text of the guide, without documents."""
    if text.startswith("answers {"):  # that of the health
        return "Tells whether clients may begin."
    beginning = re.split(r"[:;.] |, and answers |, with which", text, maxsplit=1)[0]
    return _begun(as_code(beginning.rstrip(".")))


def statuses() -> dict[str, int]:
    """The status of each error that answers have by its own name."""
    return {
        kind.__name__: kind.status for kind in ServiceError.__subclasses__() if kind.__name__ not in _UNNAMED
    }


def _errors() -> str:
    kinds = {kind.__name__: kind for kind in ServiceError.__subclasses__()}
    rows = sorted((status, name) for name, status in statuses().items())
    return _table(
        ("error", "status", "when"),
        ((f"`{name}`", str(status), _when(kinds[name].__doc__ or "")) for status, name in rows),
    )


def _when(docstring: str) -> str:
    return docstring.partition(" Choice:")[0].strip()


def _public_names() -> str:
    """All public names, with a link to the page that describes each, and the first line of its docstring."""
    rows = []
    for module in (mock_s3vectors, mock_s3vectors.transfer):
        for name in sorted(module.__all__, key=str.lower):
            full = f"{module.__name__}.{name}"
            summary = summary_of(getattr(module, name)) if name != "__version__" else "The version."
            rows.append((f"[`{name}`](#{full})", summary))
    return _table(("name", "summary"), rows)


def summary_of(thing: object) -> str:
    """The first line of a docstring."""
    return (thing.__doc__ or "").strip().partition("\n")[0]


_MADE = {
    "public names": _public_names,
    "options": _options,
    "commands": _commands,
    "flags of the mock": _flags_of_the_mock,
    "control paths": _paths,
    "errors": _errors,
}


def table(name: str) -> str:
    """A table by its name: `options`, `flags of serve`."""
    kind, _, command = name.partition(" of ")
    if command in COMMANDS:
        return _flags(command) if kind == "flags" else _arguments(command)
    return _MADE[name]()


_DIRECTIVE = re.compile(
    r"^\.\. (?:auto(class|function|exception)|py:(data)):: ([\w.]+)\n((?:   :.*\n)*)", re.MULTILINE
)


class Described(NamedTuple):
    """A name that a page describes by its docstring.

    Attributes:
        page: the page, as a path in the reference.
        kind: `class`, `function`, `exception` or `data`.
        options: those of the directive.
    """

    page: str
    kind: str
    options: dict[str, str]


@cache
def described() -> dict[str, Described]:
    """All names that pages describe by their docstrings."""
    found = {}
    for file in pages():
        for auto, data, name, lines in _DIRECTIVE.findall(file.read_text(encoding="utf-8")):
            options = dict(re.findall(r":([\w-]+): ?(.*)", lines))
            found[name] = Described(file.relative_to(REFERENCE).as_posix(), auto or data, options)
    return found


def described_members(kind: type) -> list[str]:
    """The members of a class that its page describes; none if no page does."""
    (entry,) = [entry for name, entry in described().items() if name.rpartition(".")[2] == kind.__name__] or [
        Described("", "", {})
    ]
    given = entry.options.get("members")
    if given is None:
        return []
    if given:
        return given.split(", ")
    excluded = entry.options.get("exclude-members", "").split(", ")
    return [name for name in public_members(kind) if name not in excluded]


def public_members(kind: type) -> list[str]:
    """The members of a class, and of those of ours that it inherits from."""
    return [
        name
        for name in dir(kind)
        if not name.startswith("_")
        and any(
            name in vars(base) for base in kind.__mro__ if base.__module__.startswith(mock_s3vectors.__name__)
        )
    ]


def pages() -> list[Path]:
    """The pages of the reference."""
    return sorted(REFERENCE.rglob("*.md"))


def names_of_tables() -> set[str]:
    """The tables that the pages have to have."""
    parsers = commands()
    with_arguments = {
        f"arguments of {name}"
        for name, parser in parsers.items()
        if any(not action.option_strings for action in parser.flags)
    }
    with_flags = {f"flags of {name}" for name in parsers if any(flags_of(name))}
    return {*_MADE, *with_arguments, *with_flags}


def tables_in(page: str) -> dict[str, str]:
    """The tables of a page that follow from the code, by their names."""
    return {name: text.strip() for _, name, text, _ in _TABLE.findall(page)}


def with_tables(page: str) -> str:
    """A page with its tables as the code has them."""
    return _TABLE.sub(lambda match: f"{match[1]}{table(match[2])}\n\n{match[4]}", page)


if __name__ == "__main__":
    for file in pages():
        file.write_text(with_tables(file.read_text(encoding="utf-8")), encoding="utf-8")
