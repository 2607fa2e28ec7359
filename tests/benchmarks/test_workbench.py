"""The cost of what a workbench does with every call: rules that are not about it, and its record.

    pytest tests/benchmarks/test_workbench.py --benchmark-only

Within a group, compare the call with what is done for it. A record should take at most 2 % of get_index.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import current_mock
from mock_s3vectors.abridging import abridged
from mock_s3vectors.gateway import Gateway
from mock_s3vectors.mocking.recording import LISTENING, Recording
from mock_s3vectors.world.journal import LONGEST_BODY, Journal
from tests.benchmarks.work import fill, make, putting, small

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.exchange import Exchange
    from tests.benchmarks.work import Call

SMALL, LARGE = "get_index", "put_vectors 500 x 1536"
CALLS: dict[str, Callable[[], list[Call]]] = {SMALL: small, LARGE: partial(putting, 1536)}


def call_of(client: Any, name: str) -> Callable[[], Any]:
    """A call that finds what it needs."""
    fill(client, 0, 1536)
    return partial(make, client, CALLS[name]()[:1])


def exchange_of(call: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> Exchange:
    """Return the exchange of a call, whole."""
    found: list[Exchange] = []
    handle = Gateway.handle

    def handle_and_show(*arguments: Any) -> Any:
        found.append(handle(*arguments))
        return found[-1]

    with monkeypatch.context() as patch:
        patch.setattr(Gateway, "handle", handle_and_show)
        call()
    return found[-1]


@pytest.mark.parametrize("rules", [0, 10])
def test_a_call_beside_rules(benchmark: Any, mocked: Any, rules: int) -> None:
    call = call_of(mocked, SMALL)
    for n in range(rules):
        current_mock().on("PutVectors", indexName=f"other-{n}").fail(503, optional=True)
    benchmark.group = SMALL
    benchmark.pedantic(call, rounds=1000, warmup_rounds=1100)


def test_a_call_for_the_report(benchmark: Any, mocked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LISTENING, "listener", Recording(20))
    benchmark.group = SMALL
    benchmark.pedantic(call_of(mocked, SMALL), rounds=1000, warmup_rounds=1100)


def test_the_record_of_a_call(benchmark: Any, mocked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also for the report of a test that fails."""
    exchange = exchange_of(call_of(mocked, SMALL), monkeypatch)
    journal, recording = Journal[Any](), Recording(20)

    def record() -> None:
        exchange.recorded = None
        journal.add(exchange.record())
        recording(exchange)

    benchmark.group = SMALL
    benchmark.pedantic(record, rounds=100, iterations=100, warmup_rounds=20)


def test_a_large_call(benchmark: Any, mocked: Any) -> None:
    benchmark.group = LARGE
    benchmark.pedantic(call_of(mocked, LARGE), rounds=5, warmup_rounds=1)


def test_the_record_of_a_large_call(benchmark: Any, mocked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The floats are measured, and not copied."""
    params = exchange_of(call_of(mocked, LARGE), monkeypatch).params
    assert params is not None
    benchmark.group = LARGE
    benchmark.pedantic(abridged, (params, LONGEST_BODY), rounds=20, warmup_rounds=1)
