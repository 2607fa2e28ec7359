"""Rows of the table of targets about what comes before any work: imports, entering, workers.

Each import is timed in a new process, with compiled modules, as they are installed. These times are those of
the processor, not of the clock, since they are too short to measure beside other programs.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from mock_s3vectors import mock_s3vectors
from tests.benchmarks.ratios import Figure, Row, at_least, at_most, by_turns, duration, scaled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROUNDS = 15
# Programs that print seconds.
IMPORT = """
import boto3
from time import process_time
begun = process_time()
from mock_s3vectors import mock_s3vectors
print(process_time() - begun)
"""
PLUGIN = """
from time import process_time
import pytest
from _pytest.config import get_config
plugins = get_config().pluginmanager
begun = process_time()
import mock_s3vectors.pytest_plugin
plugins.register(mock_s3vectors.pytest_plugin)
print(process_time() - begun)
"""
FIRST_QUERY = """
from time import process_time
import boto3, faiss, numpy
from mock_s3vectors import mock_s3vectors
ADDRESS = {"vectorBucketName": "bucket", "indexName": "index"}
VECTOR = {"float32": [1.0] * 384}
client = boto3.client("s3vectors", "us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing")
begun = process_time()
with mock_s3vectors():
    client.create_vector_bucket(vectorBucketName="bucket")
    client.create_index(**ADDRESS, dataType="float32", dimension=384, distanceMetric="cosine")
    client.put_vectors(**ADDRESS, vectors=[{"key": str(n), "data": VECTOR} for n in range(500)])
    before = process_time()
    client.query_vectors(**ADDRESS, topK=10, queryVector=VECTOR)
    ended = process_time()
    client.query_vectors(**ADDRESS, topK=10, queryVector=VECTOR)
    again = process_time()
with mock_s3vectors():
    client.create_vector_bucket(vectorBucketName="bucket")
    client.create_index(**ADDRESS, dataType="float32", dimension=384, distanceMetric="cosine")
    client.put_vectors(**ADDRESS, vectors=[{"key": str(n), "data": VECTOR} for n in range(500)])
    client.query_vectors(**ADDRESS, topK=10, queryVector=VECTOR)
    last = process_time()
print(ended - before, (ended - begun) - (last - again))
"""
ONE_TEST = "def test_nothing():\n    pass\n"
MANY_TESTS = """
import pytest

ADDRESS = {{"vectorBucketName": "bucket", "indexName": "index"}}

@pytest.mark.parametrize("number", range({count}))
def test_search(s3vectors_client, number):
    s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
    shape = {{"dataType": "float32", "dimension": 3, "distanceMetric": "cosine"}}
    s3vectors_client.create_index(**ADDRESS, **shape)
    vectors = [{{"key": str(n), "data": {{"float32": [1.0, n, 2.0]}}}} for n in range(10)]
    s3vectors_client.put_vectors(**ADDRESS, vectors=vectors)
    query = {{"float32": [1.0, number, 2.0]}}
    assert len(s3vectors_client.query_vectors(**ADDRESS, topK=3, queryVector=query)["vectors"]) == 3
"""


def output_of(*arguments: str, folder: str | None = None, **variables: str) -> str:
    """Return what Python prints, with compiled modules, which some machines do not write by default."""
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder, env={**settings, **variables}
    ).stdout


def milliseconds(times: Sequence[float]) -> Figure:
    return Figure(median(times) * 1e3, min(times) * 1e3)


def import_package(scale: float) -> Iterator[Row]:
    rounds = scaled(ROUNDS, scale)
    times = [float(output_of("-c", IMPORT)) for _ in range(rounds + 1)][1:]
    yield Row("import, in ms", "boto3 is imported", at_most(20), milliseconds(times))


def first_query(scale: float) -> Iterator[Row]:
    rounds = scaled(ROUNDS, scale)
    runs = [[*map(float, output_of("-c", FIRST_QUERY).split())] for _ in range(rounds + 1)][1:]
    alone, beyond = zip(*runs, strict=True)
    given = "numpy and faiss are imported"
    yield Row("first query of a process, in ms", given, at_most(20), milliseconds(alone))
    work = "first mock of a process, with its first put and query, in ms beyond the second mock"
    yield Row(work, given, None, milliseconds(beyond))


def plugin(scale: float) -> Iterator[Row]:
    rounds = scaled(2 * ROUNDS, scale)
    times = [float(output_of("-c", PLUGIN)) for _ in range(rounds + 1)][1:]
    yield Row("the plugin, unused, in ms", "pytest is loaded", at_most(3), milliseconds(times))
    with TemporaryDirectory() as folder:
        Path(folder, "test_one.py").write_text(ONE_TEST, encoding="utf-8")
        # Naming any plugin takes pytest some milliseconds.
        Path(folder, "empty_plugin.py").touch()

        def run(plugin: str) -> float:
            command = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", plugin)
            before = seconds_of_children()
            output_of(*command, folder=folder, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
            return seconds_of_children() - before

        plugins = ("mock_s3vectors.pytest_plugin", "empty_plugin")
        pairs = [[run(plugin) for plugin in plugins] for _ in range(rounds + 1)][1:]
    with_it, without = zip(*pairs, strict=True)
    figure = Figure(
        (median(with_it) - median(without)) * 1e3,
        (min(with_it) - min(without)) * 1e3,
        f"{duration(median(with_it))} to {duration(median(without))}",
    )
    # Whole runs differ by more than that among themselves, and by a collection of garbage more or less.
    yield Row("a run of pytest with the plugin, unused, in ms", "an empty plugin", None, figure)


def enter_and_leave(scale: float) -> Iterator[Row]:
    mock = mock_s3vectors()

    def many() -> None:
        for _ in range(100):
            with mock:
                pass

    [times] = by_turns(many, rounds=scaled(100, scale), warmup=2)
    figure = milliseconds([seconds / 100 for seconds in times])
    yield Row("enter and leave, in ms", "nothing", at_most(0.1), figure)


def workers(scale: float) -> Iterator[Row]:
    count, rounds = scaled(400, scale), 1 if scale < 1 else 2
    costs: dict[int, list[float]] = {1: [], 2: []}
    with TemporaryDirectory() as folder:
        Path(folder, "test_many.py").write_text(MANY_TESTS.format(count=count), encoding="utf-8")

        def run(workers: int) -> Callable[[], None]:
            # One worker is no process of its own: the run without pytest-xdist.
            spread = ["-n", str(workers)] if workers > 1 else ["-p", "no:xdist"]

            def once() -> None:
                before = seconds_of_children()
                output_of("-m", "pytest", "-q", "-p", "no:cacheprovider", *spread, folder=folder)
                costs[workers].append(seconds_of_children() - before)

            return once

        two, one = by_turns(run(2), run(1), rounds=rounds, warmup=0)
    tests = f"{count} mocked tests with two workers of pytest-xdist"
    note = f"{duration(median(one))} to {duration(median(two))}"
    yield Row(tests, "one", at_least(1.7), Figure(median(one) / median(two), min(one) / min(two), note))
    # What the clock cannot show while other programs use the cores.
    note = f"{duration(median(costs[1]))} to {duration(median(costs[2]))} of processor time"
    bound = Figure(2 * median(costs[1]) / median(costs[2]), 2 * min(costs[1]) / min(costs[2]), note)
    yield Row(f"{tests}, on two free cores at most", "one", None, bound)


def seconds_of_children() -> float:
    """Return the processor time of all processes that this one has started, and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


MEASUREMENTS = {
    "import": import_package,
    "first": first_query,
    "plugin": plugin,
    "enter": enter_and_leave,
    "xdist": workers,
}
