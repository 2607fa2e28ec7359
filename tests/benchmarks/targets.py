"""One table of all targets: what was measured beside what should be reached.

    python -m tests.benchmarks.targets                 all measurements, each in a process of its own
    python -m tests.benchmarks.targets flat enter      these
    python -m tests.benchmarks.targets --scale 0.01    all with a hundredth of the vectors, for a quick look

Ratios compare times of one process, taken by turns. `--list` shows the names.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.benchmarks.ratios import Measurement, Row

# Each has a dictionary MEASUREMENTS; see `ratios.py`.
MODULES = (
    "starting",
    "calls",
    "permissions",
    "searching",
    "filters",
    "graphs",
    "by_text",
    "together",
    "at_scale",
    "durable_puts",
    "compare",
)

HEADER = "| work | against | target | measured (best) | met | times |\n|---|---|---|---|---|---|"


def measurements() -> dict[str, Measurement]:
    """Return all measurements by name."""
    return {
        name: measure
        for module in MODULES
        for name, measure in import_module(f"tests.benchmarks.{module}").MEASUREMENTS.items()
    }


def line_of(row: Row) -> str:
    """Return a row as a line of a table in Markdown."""
    figure = row.figure
    met = "" if row.target is None else "yes" if row.target.is_met_by(figure) else "**no**"
    measured = f"{figure.middle:.3g} ({figure.best:.3g})"
    return f"| {row.work} | {row.against} | {row.target or ''} | {measured} | {met} | {figure.note} |"


def show(name: str, scale: float) -> None:
    """Print the rows of a measurement, each as soon as it is there."""
    for row in measurements()[name](scale):
        sys.stdout.write(f"{line_of(row)}\n")
        sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.targets", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", metavar="NAME", help="measurements; without names, all")
    parser.add_argument("--scale", type=float, default=1.0, help="the part of the vectors that is taken")
    parser.add_argument("--list", action="store_true", help="print the names")
    parser.add_argument("--rows-only", action="store_true", help="measure in this process, without a header")
    options = parser.parse_args()
    if options.list:
        sys.stdout.write("\n".join(measurements()) + "\n")
        return
    names = options.names or list(measurements())
    if options.rows_only:
        for name in names:
            show(name, options.scale)
        return
    sys.stdout.write(f"{HEADER}\n")
    sys.stdout.flush()
    command = [sys.executable, "-m", "tests.benchmarks.targets", "--scale", str(options.scale), "--rows-only"]
    failed = [name for name in names if subprocess.run([*command, name], check=False).returncode]
    if failed:
        sys.exit(f"These failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
