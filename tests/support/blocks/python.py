"""Runs blocks in Python: those that define tests with pytest, all others as scripts."""

from __future__ import annotations

import ast
import io
import sys
import traceback
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from importlib.metadata import distribution, entry_points
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import InvalidRequirement, Requirement

from tests.support.blocks.outcome import Ran
from tests.support.blocks.scratch import with_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.blocks.page import Block

OPTIONS = [
    "--assert=plain",  # all of pytest's plugins are loaded already
    "--strict-config",
    "--strict-markers",
    "--tb=short",
    "-Werror",
    "-pno:cacheprovider",
    "-ptests.support.quick_clients",
]


def run(block: Block, folder: Path) -> Ran:
    """Run a block with pytest if it has tests, else as a script; a conftest.py is only compiled."""
    source = with_port(block.padded)
    name = block.comments.get("file", f"test_{block.page.stem.replace('-', '_')}_{block.line}.py")
    tree = ast.parse(source, str(block.page))
    if name == "conftest.py":
        return Ran()
    if not has_tests(tree):
        return _run_script(source, block.page)
    file = folder / name
    file.write_text(source, encoding="utf-8")
    return run_tests(file, block)


def has_tests(tree: ast.Module) -> bool:
    """Return whether pytest finds tests in a module."""
    return any(
        (isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"))
        or (isinstance(node, ast.ClassDef) and _is_class_of_tests(node))
        for node in tree.body
    )


def _is_class_of_tests(node: ast.ClassDef) -> bool:
    return node.name.startswith("Test") or any("TestCase" in ast.unparse(base) for base in node.bases)


class Recorder:
    """A plugin of pytest that keeps the reports of a run."""

    def __init__(self) -> None:
        self.passed = 0
        self.others: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome of a phase of a test."""
        is_expected = report.passed or hasattr(report, "wasxfail")
        self.passed += is_expected and report.when == "call"
        if not is_expected:
            parts = [f"{report.nodeid} {report.outcome}:", report.longreprtext]
            parts += [f"--- {title} ---\n{text}" for title, text in report.sections]
            self.others.append("\n".join(parts))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note that a module cannot be loaded."""
        if not report.passed:
            self.others.append(f"{report.nodeid}: {report.longreprtext}")


def run_tests(file: Path, block: Block) -> Ran:
    """Run the tests of a file with our plugin, and with those that the block needs."""
    recorder, output = Recorder(), io.StringIO()
    options = [*OPTIONS, *_plugins(block), f"--rootdir={file.parent}", str(file)]
    few = _few_examples() if "hypothesis" in block.needs else nullcontext()
    with redirect_stdout(output), redirect_stderr(output), few:
        status = pytest.main(options, plugins=[recorder])
    if status == pytest.ExitCode.OK and recorder.passed and not recorder.others:
        return Ran(output.getvalue())
    failure = "\n".join(recorder.others) or output.getvalue()
    return Ran(output.getvalue(), failure.replace(file.name, str(block.page)))


@contextmanager
def _few_examples() -> Iterator[None]:
    """Have Hypothesis make few examples: it is to run, not to search for faults of the mock."""
    from hypothesis import settings

    settings.register_profile("before", settings.default)
    settings.register_profile("few", settings.default, max_examples=5)
    settings.load_profile("few")
    yield
    settings.load_profile("before")


def _plugins(block: Block) -> list[str]:
    """Return options that leave out all plugins of others that the block does not name."""
    named = {"mock_s3vectors"}
    for need in block.needs:
        try:
            points = distribution(Requirement(need).name).entry_points
        except (InvalidRequirement, ModuleNotFoundError):
            continue
        named |= {point.name for point in points if point.group == "pytest11"}
    return [f"-pno:{point.name}" for point in entry_points(group="pytest11") if point.name not in named]


def _run_script(source: str, page: Path) -> Ran:
    output = io.StringIO()
    code = compile(source, str(page), "exec", dont_inherit=True)
    with redirect_stdout(output), redirect_stderr(output), _main() as main:
        try:
            exec(code, vars(main))  # noqa: S102 - to run it is the point
        except SystemExit as end:
            failure = None if end.code in (None, 0) else f"It ends with {end.code}."
        except BaseException as error:  # noqa: BLE001 - whatever a script raises
            # Without the frame of this function.
            frames = error.__traceback__.tb_next if error.__traceback__ else None
            failure = "".join(traceback.format_exception(type(error), error, frames))
        else:
            failure = None
    return Ran(output.getvalue(), failure)


@contextmanager
def _main() -> Iterator[ModuleType]:
    """Yield a new module that is the main one meanwhile."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = main = ModuleType("__main__")
    try:
        yield main
    finally:
        sys.modules["__main__"] = before
