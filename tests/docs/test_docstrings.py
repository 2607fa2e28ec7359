"""The docstrings of public names: examples are true, and what they promise is complete."""

from __future__ import annotations

import doctest
import inspect
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
import pytest

import mock_s3vectors
import mock_s3vectors.transfer
from mock_s3vectors.workbench.describe import DescribedRow
from mock_s3vectors.workbench.explaining import Explanation
from mock_s3vectors.workbench.iam import Iam
from mock_s3vectors.workbench.kms import Kms
from mock_s3vectors.workbench.rules import On
from mock_s3vectors.workbench.savepoints import Savepoints
from tests.support.reference import described_members

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Classes that public ones return, or inherit from.
_REACHED = (On, Iam, Kms, Explanation, DescribedRow, Savepoints)
PUBLIC: list[Any] = [
    *(getattr(mock_s3vectors, name) for name in mock_s3vectors.__all__ if name != "__version__"),
    *(getattr(mock_s3vectors.transfer, name) for name in mock_s3vectors.transfer.__all__),
    *_REACHED,
]


def examples() -> Iterator[doctest.DocTest]:
    """The examples in docstrings of public names and their members."""
    finder = doctest.DocTestFinder(exclude_empty=True)
    names = vars(mock_s3vectors) | vars(mock_s3vectors.transfer)
    for thing in PUBLIC:
        yield from finder.find(thing, thing.__name__, False, globs={**names, "boto3": boto3})  # noqa: FBT003 - doctest's way to say: whatever module it is from


EXAMPLES = {example.name: example for example in examples() if example.examples}


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 25


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_true(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a mock that is on, a client, and an index."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.sleep", lambda _: None)  # before botocore's retries
    example, told = EXAMPLES[name], list[str]()
    with mock_s3vectors.mock_s3vectors() as mock:
        mock.seed(
            "films",
            "plots",
            [[3, 4], [5, 12]],
            keys=["alien", "brazil"],
            metadata=[{"year": 1979}, {"year": 1985}],
        )
        example.globs.update(mock=mock, client=boto3.client("s3vectors", region_name="us-east-1"))
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        runner.run(example, out=told.append, clear_globs=False)
    assert not told, "".join(told)


def members(thing: Any) -> Iterator[tuple[str, Any]]:
    """The members of a class that its page describes, and functions themselves."""
    if not inspect.isclass(thing):
        yield thing.__name__, thing
    elif not issubclass(thing, BaseException):
        for name in described_members(thing):
            yield f"{thing.__name__}.{name}", inspect.getattr_static(thing, name)


MEMBERS = dict(member for thing in PUBLIC for member in members(thing))
METHODS = {name: member for name, member in MEMBERS.items() if inspect.isfunction(member)}
PROPERTIES = [name for name, member in MEMBERS.items() if isinstance(member, (property, cached_property))]


def test_the_members_are_found() -> None:
    assert {"mock_s3vectors", "Workbench.on", "Workbench.rollback", "Clock.shift", "On.fail"} <= set(METHODS)
    assert {"Workbench.calls", "Call.status", "IndexView.keys"} <= set(PROPERTIES)


def test_docstrings_name_all_arguments() -> None:
    lacking = {name: [*missing_arguments(name)] for name in METHODS}
    assert {name: missing for name, missing in lacking.items() if missing} == {}


def missing_arguments(name: str) -> Iterator[str]:
    """The parameters of a method that its docstring does not describe."""
    docstring = inspect.getdoc(METHODS[name]) or ""
    if "for arguments and errors" in docstring:  # it names the function that has them
        return
    _, _, section = docstring.partition("Args:\n")
    for parameter in inspect.signature(METHODS[name]).parameters.values():
        stars = _STARS.get(parameter.kind, "")
        if parameter.name not in _LEFT_OUT and f"    {stars}{parameter.name}: " not in section:
            yield parameter.name


_STARS: dict[object, str] = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}
# The arguments of `seed` are those of its overloads.
_LEFT_OUT = ("self", "given", "named")


def test_docstrings_begin_with_a_sentence() -> None:
    firsts = {
        name: (inspect.getdoc(MEMBERS[name]) or " ").splitlines()[0] for name in (*METHODS, *PROPERTIES)
    }
    assert [name for name, first in firsts.items() if not first.endswith((".", ".`"))] == []
    # Sphinx would take the text before the colon for the type of a property.
    assert [name for name in PROPERTIES if ":" in firsts[name]] == []
