"""The floor in a process of its own: what botocore alone does for calls whose answers are canned.

A mock that is on makes the clients of its process faster, so a floor in the same process would be faster too.
`beside_floor` has the two take turns, and returns the seconds of each.

    python -m tests.benchmarks.floor_process    reads calls, makes them for each line, writes the time
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse

from tests.benchmarks.ratios import seconds_of
from tests.benchmarks.work import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.benchmarks.work import Call

# The headers and the body of an answer.
Answer = tuple[dict[str, str], bytes]


class _Body(BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def beside_floor(client: Any, calls: Sequence[Call], rounds: int) -> tuple[list[float], list[float]]:
    """Return the seconds of calls of a client, and those of the floor: the two take turns.

    Args:
        client: a client of boto3; answers of its first call are those of the floor.
        calls: made one after another in each round.
        rounds: how often, after one round of each that is not timed.
    """
    with floor_process(calls, answer_of(client, calls[0])) as floor:
        floor()
        both = [(seconds_of(partial(make, client, calls)), floor()) for _ in range(rounds)]
    return [ours for ours, _ in both], [theirs for _, theirs in both]


def answer_of(client: Any, call: Call) -> Answer:
    """Make a call, and return the answer as the client received it."""
    answers: list[Answer] = []

    def keep(response_dict: dict[str, Any], **_: Any) -> None:
        answers.append((dict(response_dict["headers"]), bytes(response_dict["body"])))

    client.meta.events.register("response-received.s3vectors", keep)
    make(client, [call])
    client.meta.events.unregister("response-received.s3vectors", keep)
    return answers[-1]


@contextmanager
def floor_process(calls: Sequence[Call], answer: Answer) -> Iterator[Callable[[], float]]:
    """Yield a function that has another process make calls, and returns the seconds that they take."""
    command = [sys.executable, "-m", "tests.benchmarks.floor_process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        stdin, stdout = process.stdin, process.stdout
        pickle.dump((calls, answer), stdin)

        def seconds() -> float:
            stdin.write(b"\n")
            stdin.flush()
            return float(stdout.readline())

        try:
            yield seconds
        finally:
            stdin.close()


def _serve() -> None:
    calls, (headers, body) = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    client = boto3.Session("testing", "testing", region_name="us-east-1").client("s3vectors")

    def answer(request: Any, **_: Any) -> Any:
        return AWSResponse(request.url, 200, headers, _Body(body))

    client.meta.events.register("before-send.s3vectors", answer)
    assert "mock_s3vectors" not in sys.modules
    for _ in sys.stdin.buffer:
        sys.stdout.write(f"{seconds_of(partial(make, client, calls))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _serve()
