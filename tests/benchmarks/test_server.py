"""The cost of a call over HTTP beside a canned answer from the same server, and many clients beside one.

    pytest tests/benchmarks/test_server.py --benchmark-only

Both servers are processes of their own; the client is boto3.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from tests.benchmarks.test_overhead import fill, query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CALLS = 400
SERVE = ["mock_s3vectors", "serve", "--port", "0"]


@contextmanager
def running(*module_and_arguments: str) -> Iterator[Any]:
    """A client of a server in a process of its own, which says its URL last on its first line."""
    command = [sys.executable, "-m", *module_and_arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().split()[-1]
            session = boto3.Session("testing", "testing", region_name="us-east-1")
            yield session.client("s3vectors", endpoint_url=url, config=Config(max_pool_connections=8))
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def served() -> Iterator[Callable[[], Any]]:
    """A query of 1,000 vectors, answered by the server."""
    with running(*SERVE) as client:
        fill(client, 1000, 384)
        yield query(client)


@pytest.fixture(scope="module")
def answer(served: Callable[[], Any], tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file with the body of the answer."""
    body = tmp_path_factory.mktemp("canned") / "answer.json"
    response = served()
    del response["ResponseMetadata"]
    body.write_text(json.dumps(response))
    return str(body)


@pytest.fixture(scope="module")
def canned_by_ours(answer: str) -> Iterator[Callable[[], Any]]:
    """The same query and the same answer, without the gateway."""
    with running("tests.benchmarks.canned_server", "ours", answer) as client:
        yield query(client)


@pytest.fixture(scope="module")
def canned_by_starlette(answer: str) -> Iterator[Callable[[], Any]]:
    """The same query and the same answer, without anything of ours."""
    with running("tests.benchmarks.canned_server", "bare", answer) as client:
        yield query(client)


WAYS = ("served", "canned_by_ours", "canned_by_starlette")


@pytest.mark.parametrize("answered_by", WAYS)
def test_query(benchmark: Any, request: pytest.FixtureRequest, answered_by: str) -> None:
    """Each is called between the two others, so that all three meet the machine in the same moods."""
    benchmark.group = "HTTP query, top 10 of 1000 x 384"
    ways = {way: request.getfixturevalue(way) for way in WAYS}
    ask = ways.pop(answered_by)
    assert len(ask()["vectors"]) == 10

    def ask_the_others() -> None:
        for other in ways.values():
            other()

    benchmark.pedantic(ask, setup=ask_the_others, rounds=CALLS, warmup_rounds=20)


@pytest.mark.parametrize("threads", [1, 8])
def test_throughput(benchmark: Any, served: Callable[[], Any], threads: int) -> None:
    benchmark.group = f"{CALLS} HTTP queries"
    with ThreadPoolExecutor(threads) as pool:

        def ask() -> None:
            for _ in pool.map(lambda _: served(), range(CALLS)):
                pass

        benchmark.pedantic(ask, rounds=5, warmup_rounds=1)
