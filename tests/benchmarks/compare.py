"""The mock beside what else a test might run: moto, and the in-memory modes of qdrant-client and chromadb.

    python -m tests.benchmarks.compare
    python -m tests.benchmarks.compare --rounds 5 --plots docs/explanation

Each tool has a virtual environment of its own, which is made at the first run and kept. A round runs every
tool once, in a process of its own (see `contenders.py`). The table, in Markdown, has the medians of all
rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import venv
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from tests.benchmarks.contenders import BATCH, TOP
from tests.benchmarks.plots import Bar, Panel, chart
from tests.benchmarks.ratios import Row, at_most, duration, ratio_of, scaled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ROOT = Path(__file__).parents[2]
# Git ignores it, since pytest-benchmark keeps its files there.
ENVIRONMENTS = ROOT / ".benchmarks/environments"
COUNT, DIMENSION = 10_000, 384

OURS = "mock_s3vectors"
# What is installed for each tool, and how it is called in the table.
PACKAGES = {
    OURS: ["--editable", str(ROOT)],
    "moto": ["boto3", "moto"],
    "qdrant-client": ["qdrant-client"],
    "chromadb": ["chromadb"],
}
MODES = {"qdrant-client": "local mode", "chromadb": "ephemeral"}
WORKS = {
    "start": "import and first calls",
    "load": "load {count:,} x {dimension}, two metadata keys, {batch} a batch",
    "query": "query, the nearest {top}",
    "filtered query": "filtered query, one vector in ten matches",
    "delete": "delete all, {batch} a batch",
}
NOT_THERE = "cannot"


@dataclass(frozen=True)
class Size:
    """How many vectors of which dimension are loaded, and which kind of data; see `contenders.vectors_of`."""

    count: int
    dimension: int
    data: str

    def title(self, work: str) -> str:
        """Return the description of a work of this size."""
        return WORKS[work].format(count=self.count, dimension=self.dimension, batch=BATCH, top=TOP)


class Environment:
    """A virtual environment with one tool in it.

    Attributes:
        tool: its name.
        folder: where the environment is, or will be.
    """

    def __init__(self, tool: str, folder: Path) -> None:
        self.tool = tool
        self.folder = folder

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def make(self) -> None:
        """Make it and install the tool, unless that was done."""
        done = self.folder / "installed"
        if not done.exists():
            venv.create(self.folder, with_pip=True, clear=True)
            command = [str(self.python), "-m", "pip", "install", "--quiet", *PACKAGES[self.tool]]
            subprocess.run(command, check=True, stdout=sys.stderr)
            done.touch()

    @cached_property
    def version(self) -> str:
        code = f"from importlib.metadata import version; print(version({self.tool!r}))"
        return self._output("-c", code)

    def measure(self, size: Size) -> dict[str, Any]:
        """Run the tool once; see `contenders.measure`."""
        script = str(Path(__file__).with_name("contenders.py"))
        output = self._output(script, self.tool, str(size.count), str(size.dimension), size.data)
        result: dict[str, Any] = json.loads(output)
        return result

    def _output(self, *arguments: str) -> str:
        """Return what a program prints, without the settings and the AWS account of who runs it."""
        settings = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))
        }
        # pip has compiled the modules of the other tools, and ours need not be compiled at each start either.
        settings["PYTHONPYCACHEPREFIX"] = str(self.folder / "bytecode")
        command = [str(self.python), *arguments]
        return subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env=settings
        ).stdout.strip()


def measured(environments: Sequence[Environment], rounds: int, size: Size) -> dict[str, list[dict[str, Any]]]:
    """Return what each tool measured in each round. Every other round goes through the tools backwards."""
    for environment in environments:
        environment.measure(
            replace(size, count=1)
        )  # so that its modules are compiled, and its files in memory
    results: dict[str, list[dict[str, Any]]] = {environment.tool: [] for environment in environments}
    for turn in range(rounds):
        for environment in environments if turn % 2 else reversed(environments):
            results[environment.tool].append(environment.measure(size))
    return results


Times = dict[str, dict[str, list[float]]]


def times_of(results: Mapping[str, Sequence[Mapping[str, Any]]]) -> Times:
    """Return the times of each work by tool, of all rounds; none of a work that a tool cannot do."""
    return {
        work: {
            tool: [result["times"][work] for result in rounds if work in result["times"]]
            for tool, rounds in results.items()
        }
        for work in WORKS
    }


def shares_found(results: Mapping[str, Sequence[Mapping[str, Any]]], work: str) -> dict[str, float | None]:
    """Return which share of the hits of our exact search each tool found."""
    exact = results[OURS][0]["found"][work]

    def share(found: list[list[int]] | None) -> float | None:
        pairs = zip(exact, found or [], strict=False)
        shares = [len({*true} & {*hits}) / len(true) for true, hits in pairs if true]
        return sum(shares) / len(shares) if shares else None

    return {tool: share(rounds[0]["found"].get(work)) for tool, rounds in results.items()}


def table(titles: Mapping[str, str], rows: Mapping[str, Mapping[str, str]]) -> str:
    """Return a table in Markdown.

    Args:
        titles: the heads of the columns by tool.
        rows: the cells of each row by tool.
    """
    lines = [["", *titles.values()], ["---"] * (len(titles) + 1)]
    lines += [[name, *(cells[tool] for tool in titles)] for name, cells in rows.items()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def shown(times: Sequence[float]) -> str:
    """Return the median of times, with its unit."""
    return duration(median(times)) if times else NOT_THERE


def picture(times: Times, titles: Mapping[str, str], size: Size) -> str:
    """Return the plot of all works but the start, which is about imports."""

    def bar(tool: str, of: Sequence[float]) -> Bar:
        return Bar(titles[tool], median(of) if of else None, shown(of), tool == OURS)

    panels = [
        Panel(size.title(work).capitalize(), [bar(tool, of) for tool, of in by_tool.items()])
        for work, by_tool in times.items()
        if work != "start"
    ]
    note = "Medians. Shorter is faster; each group has its own scale, linear from zero."
    return chart("Time taken, beside what else a test might run", note, panels)


def made_environments(folder: Path, tools: Sequence[str]) -> list[Environment]:
    """Return the environments of tools, each ready to run."""
    environments = [Environment(tool, folder / tool) for tool in tools]
    for environment in environments:
        environment.make()
    return environments


def load_beside_others(scale: float) -> Iterator[Row]:
    """Compare loading alone, for the table of targets."""
    environments = made_environments(ENVIRONMENTS, [OURS, "qdrant-client", "chromadb"])
    for data, target in (("scattered", at_most(0.3)), ("grouped", None)):
        size = Size(scaled(COUNT, scale), DIMENSION, data)
        load = times_of(measured(environments, 3, size))["load"]
        work = f"{size.title('load')}, {data} data"
        yield Row(work, "chromadb", target, ratio_of(load[OURS], load["chromadb"]))
        yield Row(work, "qdrant-client", None, ratio_of(load[OURS], load["qdrant-client"]))


MEASUREMENTS = {"load": load_beside_others}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.compare", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--environments", type=Path, default=ENVIRONMENTS, metavar="FOLDER")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--vectors", type=int, default=COUNT)
    parser.add_argument("--dimension", type=int, default=DIMENSION)
    parser.add_argument("--tools", nargs="+", choices=PACKAGES, default=list(PACKAGES), metavar="TOOL")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="draw the plot into this folder")
    parser.add_argument("--data", choices=("grouped", "scattered"), default="grouped")
    options = parser.parse_args()
    size = Size(options.vectors, options.dimension, options.data)
    # The first one, because the others are compared with what it found.
    tools = [OURS, *(tool for tool in options.tools if tool != OURS)]
    environments = made_environments(options.environments, tools)
    results = measured(environments, options.rounds, size)
    titles = {environment.tool: f"{environment.tool} {environment.version}" for environment in environments}
    heads = {tool: ", ".join(filter(None, (title, MODES.get(tool)))) for tool, title in titles.items()}
    times = times_of(results)
    rows = {
        size.title(work): {tool: shown(of) for tool, of in by_tool.items()} for work, by_tool in times.items()
    }
    for work in ("query", "filtered query"):
        shares = shares_found(results, work).items()
        rows[f"of the true {TOP}, found by a {work}"] = {
            tool: NOT_THERE if share is None else f"{share:.0%}" for tool, share in shares
        }
    sys.stdout.write(f"{table(heads, rows)}\n")
    if options.plots:
        options.plots.mkdir(parents=True, exist_ok=True)
        drawing = picture(times, titles, size)
        (options.plots / "comparison.svg").write_text(drawing, encoding="utf-8")


if __name__ == "__main__":
    main()
