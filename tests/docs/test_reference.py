"""The reference names all that exists, and nothing else."""

from __future__ import annotations

import inspect
import re
import sqlite3
from dataclasses import fields
from importlib import import_module
from inspect import cleandoc
from typing import Any

import botocore
import pytest

import mock_s3vectors
import mock_s3vectors.transfer
from mock_s3vectors import Config, pytest_plugin
from mock_s3vectors.cli.command_parser import variables_of
from mock_s3vectors.cli.commands import COMMANDS
from mock_s3vectors.errors.exceptions import ADVICE
from mock_s3vectors.operations import OPERATIONS
from mock_s3vectors.protocol.model import COMPLETE_SINCE
from mock_s3vectors.serving.control.answers import CONTROL
from mock_s3vectors.serving.control.guide import DOES
from mock_s3vectors.storage.schema import APPLICATION_ID, VERSION, create
from mock_s3vectors.workbench import documents
from mock_s3vectors.workbench.occasions import Occasions
from mock_s3vectors.workbench.rules import On
from tests.support.reference import (
    REFERENCE,
    WITH_VARIABLES,
    commands,
    described,
    described_members,
    flags_of,
    names_of_tables,
    pages,
    public_members,
    table,
    tables_in,
)
from tests.support.shapes import has, service_model


def page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """The text under a heading, with the headings below it."""
    level = heading.partition(" ")[0]
    _, _, rest = f"\n{text}".partition(f"\n{heading}\n")
    assert rest, f"there is no heading {heading!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def rows(text: str) -> list[list[str]]:
    """The cells of all tables of a text, without their headings."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [
        line
        for line, after in zip(cells, [*cells[1:], [""]], strict=True)
        if not (is_rule(line) or is_rule(after))
    ]


def is_rule(cells: list[str]) -> bool:
    return all(set(cell) == {"-"} for cell in cells)


def named(text: str) -> list[str]:
    """The names in the first column of the tables of a text."""
    return [name for row in rows(text) for name in re.findall(r"[\w@.-]+", row[0].replace("`", ""))]


# --- tables that follow from the code


def test_each_table_is_on_one_page() -> None:
    found = [name for file in pages() for name in tables_in(file.read_text(encoding="utf-8"))]
    assert sorted(found) == sorted(names_of_tables())


@pytest.mark.parametrize("name", sorted(names_of_tables()))
def test_a_table_is_as_the_code_has_it(name: str) -> None:
    """`python -m tests.support.reference` writes the tables anew."""
    (found,) = [
        tables[name] for file in pages() if name in (tables := tables_in(file.read_text(encoding="utf-8")))
    ]
    assert found == table(name)


# --- the API


def test_the_pages_describe_all_public_names() -> None:
    public = {
        f"{module.__name__}.{name}"
        for module in (mock_s3vectors, mock_s3vectors.transfer)
        for name in module.__all__
    }
    # Classes that public ones return are described by their modules.
    reached = {name for name in described() if len(name.split(".")) > 3 or "mocking" in name}
    assert set(described()) - reached == public


def test_what_the_pages_describe_exists() -> None:
    for name, entry in described().items():
        found = named_object(name)
        for option in ("members", "exclude-members"):
            for member in filter(None, entry.options.get(option, "").split(", ")):
                assert hasattr(found, member), f"{name} has no {member}"


def named_object(name: str) -> Any:
    module, _, last = name.rpartition(".")
    return getattr(import_module(module), last)


# Members that the package needs, and users do not.
INTERNAL = {
    "Workbench": {"keep_calls"},
    "MockS3Vectors": {"block", "fill", "keep_calls"},
    "S3VectorsServer": {"block", "fill"},
    "Rule": {"act", "progress", "go_back", "complaint", "document"},
    "Calls": {"of_records", "check_complete", "nearest"},
    "Call": {"record_of"},
    "Checkpoint": {"restore_in"},
    "Clock": {"copy", "set_as"},
}


@pytest.mark.parametrize("name", [name for name, entry in described().items() if entry.kind == "class"])
def test_a_class_is_described_with_all_its_members(name: str) -> None:
    kind = named_object(name)
    shown = {*described_members(kind), *attributes_in(kind.__doc__)}
    if kind is mock_s3vectors.MockS3Vectors:  # the others are those of its base
        shown |= set(described_members(mock_s3vectors.Workbench))
    assert shown | INTERNAL.get(kind.__name__, set()) == {*public_members(kind), *attributes_in(kind.__doc__)}
    assert not shown & INTERNAL.get(kind.__name__, set())


def attributes_in(docstring: str | None) -> list[str]:
    """The names in the section Attributes of a docstring."""
    _, _, found = cleandoc(docstring or "").partition("Attributes:\n")
    return re.findall(r"^ {4}(\w+): ", found.partition("\n\n")[0], re.MULTILINE)


# --- options and operations


def test_the_options_are_those_of_config() -> None:
    assert named(tables_in(page("options"))["options"]) == [field.name for field in fields(Config)]


def test_the_operations_are_those_of_the_code() -> None:
    assert list(operations()) == sorted(OPERATIONS)


def operations() -> dict[str, str]:
    """The botocore in which each operation is, as the page has it."""
    return {name: since for name, since, *_ in rows(page("operations")) if name in OPERATIONS}


def test_the_operations_are_those_of_the_installed_botocore() -> None:
    installed = numbers(botocore.__version__)
    known, documented = set(service_model().operation_names), operations()
    assert set(documented.values()) == {"1.39.5", "1.43.117", COMPLETE_SINCE}
    assert known <= set(documented)
    # The page has versions that have an operation for sure, and perhaps not the first ones.
    assert {name for name, since in documented.items() if numbers(since) <= installed} <= known
    if installed < numbers("1.40.61"):
        assert known == {name for name, since in documented.items() if since == "1.39.5"}
    assert f"All of them are in botocore {COMPLETE_SINCE}." in " ".join(page("operations").split())


# A member of each row of the second table.
_MEMBERS = (
    "CreateIndex.tags",
    "CreateIndex.encryptionConfiguration",
    "QueryVectors.queryMode",
    "GetIndex>index.indexMode",
    "CreateIndex.metadataConfiguration.textSearchConfigurations",
    "QueryVectors.queryTexts",
)


def test_members_are_in_the_botocore_that_the_page_says() -> None:
    members = [row for row in rows(page("operations")) if row[0].startswith("`")]
    for path, (text, since) in zip(_MEMBERS, members, strict=True):
        assert f"`{re.split('[.>]', path)[-1]}`" in text
        assert has(path) == (numbers(botocore.__version__) >= numbers(since)), text


def numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


# --- program and server


def test_each_command_is_described() -> None:
    titles = re.findall("^## ([a-z]+)$", page("program") + page("server"), re.MULTILINE)
    assert sorted(titles) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_flags_of_a_command_are_described_with_their_variables(command: str) -> None:
    text = section(page("server" if command in WITH_VARIABLES else "program"), f"## {command}")
    flags = {flag for action in flags_of(command) for flag in action.option_strings}
    assert set(re.findall(r"^\| (`-.*?) \|", text, re.MULTILINE)) or not flags
    shown = {flag for cells in rows(text) for flag in re.findall(r"`(--?[\w-]+)", cells[0])}
    assert shown == flags
    if command in WITH_VARIABLES:
        variables = {name for action in flags_of(command) for name in variables_of(action)}
        assert {name for cells in rows(text) for name in re.findall(r"`(MOCK\w+)`", cells[0])} == variables


def test_the_flags_in_texts_exist() -> None:
    flags = {flag for command in commands() for action in flags_of(command) for flag in action.option_strings}
    theirs = {"--help", "--version", "--s3vectors-policy"}
    for file in pages():
        text = re.sub(r"^```.*?^```", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        used = set(re.findall(r"`(--[a-z][\w-]+)", text))
        assert used <= flags | theirs, file.name


def test_the_control_paths_are_those_of_the_server() -> None:
    documented = [
        (row[0], row[1].strip("`")) for row in rows(tables_in(page("control-api"))["control paths"])
    ]
    assert documented == [(method, f"{CONTROL}{path}") for method, path in DOES]
    _, _, text = page("control-api").partition("\n## Health\n")
    for _, path in DOES:
        # `/rules/{id}` and `/rules` are in one section.
        assert path.removesuffix("/{id}").rpartition("/")[2] in text, f"no section has {path}"


def test_the_verbs_and_occasions_of_rules_are_described() -> None:
    text = section(page("control-api"), "## Rules")
    methods = [name for name in described_members(On) if not name.startswith("_")]
    assert named(text) == [
        *sorted(methods, key=list(documents._VERBS).index),  # noqa: SLF001 - the order of the guide
        *(field.name for field in fields(Occasions)),
    ]


# --- pytest, advice, errors


class Settings:
    """Collects what a plugin registers."""

    def __init__(self) -> None:
        self.options: list[str] = []
        self.settings: list[str] = []

    def getgroup(self, *_: str) -> Settings:
        return self

    def addoption(self, name: str, **_: Any) -> None:
        self.options.append(name)

    def addini(self, name: str, *_: Any, **__: Any) -> None:
        self.settings.append(name)


def test_the_names_of_the_pytest_plugin_are_described() -> None:
    registered: Any = Settings()
    pytest_plugin.pytest_addoption(registered)
    fixtures = [name for name, value in vars(pytest_plugin).items() if is_fixture(value)]
    text = page("pytest")
    assert named(section(text, "## Fixtures")) == fixtures
    assert named(section(text, "## Settings of the ini file")) == registered.settings
    options = [name.partition("=")[0] for name in named(section(text, "## Option of the command line"))]
    assert [name for name in options if name.startswith("--")] == registered.options
    (marker,) = rows(section(text, "## Marker"))
    assert marker[0] == f"`@pytest.mark.{pytest_plugin._MARKER}(**options)`"  # noqa: SLF001 - its name


def is_fixture(value: object) -> bool:
    return type(value).__name__ == "FixtureFunctionDefinition" or hasattr(value, "_pytestfixturefunction")


def test_each_advice_is_described() -> None:
    text = page("advice")
    documented = {code.split("`")[1]: kind.strip("`") for code, kind, _ in rows(text)}
    assert documented == {code: kind.__name__ for code, kind in ADVICE.items()}
    assert re.findall("^## (.*)$", text, re.MULTILINE) == list(ADVICE)
    for code, kind in ADVICE.items():
        assert f"pytest.warns({kind.__name__}" in section(text, f"## {code}")


def test_exceptions_and_warnings_are_those_of_the_package() -> None:
    kinds = {
        name
        for name in mock_s3vectors.__all__
        if inspect.isclass(kind := getattr(mock_s3vectors, name)) and issubclass(kind, BaseException)
    }
    assert kinds == {
        name.rpartition(".")[2]
        for name, entry in described().items()
        if (entry.kind, entry.page) == ("exception", "errors.md")
    }


# --- the state file


def test_the_tables_of_a_state_file_are_described() -> None:
    connection = sqlite3.connect(":memory:")
    create(connection)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    text = section(page("state-file"), "## Format")
    assert re.findall("^### (.*)$", text, re.MULTILINE) == names
    for name in names:
        columns = [(column, kind) for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({name})")]
        shown = rows(section(text, f"### {name}"))
        assert [(column.strip("`"), kind) for column, kind, _ in shown] == columns
    connection.close()
    assert f"{APPLICATION_ID:#x}" in text.lower()
    assert f"of the format, {VERSION}." in " ".join(text.split())
