"""Rows of the table of targets about many threads that query one index, in process and over HTTP.

Each call over HTTP is also measured beside a canned answer; see `canned_server.py`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from mock_s3vectors import mock_s3vectors
from tests.benchmarks.ratios import Row, at_least, by_turns, ratio_of, scaled
from tests.benchmarks.work import client_of_s3vectors, fill, make, normal, querying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

THREADS, CALLS, ROUNDS = 8, 200, 7
# How many vectors are searched: a call is mostly botocore's work, or mostly the search.
SIZES = (1_000, 100_000)
DIMENSION = 384
SERVE = ("mock_s3vectors", "serve", "--port", "0")
CANNED = "tests.benchmarks.canned_server"


def gains(name: str, work: Callable[[], object], calls: int) -> Row:
    """Return how many times as much the threads get done as one does."""

    def done_by(threads: int) -> None:
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(work) for _ in range(calls)]:
                done.result()

    one, many = by_turns(partial(done_by, 1), partial(done_by, THREADS), rounds=ROUNDS)
    return Row(f"{name}, {THREADS} threads", "one thread", at_least(1.6), ratio_of(one, many))


def query(client: Any) -> Callable[[], Any]:
    return partial(make, client, querying(DIMENSION))


def in_process(scale: float) -> Iterator[Row]:
    # What the cores can do just now: other tasks, or a shared memory, may leave less than twice.
    yield gains("hashing of 1 MiB", partial(blake2b, bytes(2**20)), CALLS)
    for size in SIZES:
        count = scaled(size, scale)
        with mock_s3vectors() as mock:
            mock.seed("bucket", "index", normal(count, DIMENSION))
            ask = query(client_of_s3vectors())
            yield gains(f"{CALLS} queries of {count:,} x {DIMENSION} in process", ask, CALLS)


@contextmanager
def running(*module_and_arguments: str) -> Iterator[Any]:
    """A client of a server in a process of its own, which says its URL last on its first line."""
    command = [sys.executable, "-m", *module_and_arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().split()[-1]
            session = boto3.Session("testing", "testing", region_name="us-east-1")
            config = Config(max_pool_connections=THREADS)
            yield session.client("s3vectors", endpoint_url=url, config=config)
        finally:
            process.terminate()


def over_http(scale: float) -> Iterator[Row]:
    count = scaled(SIZES[0], scale)
    shape = f"queries of {count:,} x {DIMENSION} over HTTP"
    with running(*SERVE) as client, TemporaryDirectory() as folder:
        fill(client, count, DIMENSION)
        ask = query(client)
        answer = ask()
        del answer["ResponseMetadata"]
        file = Path(folder, "answer.json")
        file.write_text(json.dumps(answer), encoding="utf-8")
        with running(CANNED, "ours", str(file)) as ours, running(CANNED, "bare", str(file)) as bare:
            real, canned, least = by_turns(
                ask, query(ours), query(bare), rounds=scaled(400, scale), warmup=20
            )
        yield Row(shape, "a canned answer of our server", None, ratio_of(real, canned))
        yield Row(shape, "a canned answer of Starlette", None, ratio_of(real, least))
        yield gains(f"{CALLS} {shape}", ask, CALLS)


MEASUREMENTS = {"threads": in_process, "http": over_http}
