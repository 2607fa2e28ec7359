"""`help()` leads to what a user needs."""

from __future__ import annotations

import pydoc
import re

import mock_s3vectors
import mock_s3vectors.transfer
from mock_s3vectors import mock_s3vectors as mock_of
from tests.support.reference import described_members


def help_of(thing: object) -> str:
    return pydoc.plain(pydoc.render_doc(thing))


def overview() -> str:
    """The beginning of the help about the package, which a user reads first."""
    return help_of(mock_s3vectors).partition("PACKAGE CONTENTS")[0]


def test_the_overview_names_all_public_names() -> None:
    entries = re.findall(r"^ {8}([\w, ]+?)(?: {2,}|,?$)", overview(), re.MULTILINE)
    named = [name for entry in entries for name in entry.split(", ")]
    assert [name for name in mock_s3vectors.__all__ if name not in named] == []
    assert [name for name in named if name.isidentifier() and name not in mock_s3vectors.__all__] == []


def test_the_overview_fits_on_a_terminal() -> None:
    *_, lines = overview().partition("DESCRIPTION\n")
    assert len(lines.splitlines()) < 70
    assert max(map(len, lines.splitlines())) <= 110


def test_help_about_the_package_shows_each_public_name() -> None:
    shown = help_of(mock_s3vectors)
    for name in mock_s3vectors.__all__:
        assert re.search(rf"^ {{4}}(class |async )?{name}\b", shown, re.MULTILINE) or name == "__version__"
    assert f"VERSION\n    {mock_s3vectors.__version__}\n" in shown
    assert " object at 0x" not in shown


def test_help_about_a_mock_names_all_that_it_can_do() -> None:
    with mock_of() as mock:
        shown = help_of(mock)
    described, _, _ = shown.partition("Method resolution order")
    members = [*described_members(mock_s3vectors.MockS3Vectors), *described_members(mock_s3vectors.Workbench)]
    assert [name for name in members if f"`{name}`" not in described] == []
    assert "`help(mock.on)`" in described


def test_the_workbench_lists_its_members() -> None:
    table = (mock_s3vectors.Workbench.__doc__ or "").split("=====\n")[1].split("    ====")[0]
    assert sorted(re.findall("`([a-z_]+)`", table)) == described_members(mock_s3vectors.Workbench)


def test_help_about_a_method_has_arguments_errors_and_an_example() -> None:
    with mock_of() as mock:
        shown = help_of(mock.on)
    assert all(part in shown for part in ("Args:\n", "Raises:\n", "Example:\n", ">>> ", "**members: "))
