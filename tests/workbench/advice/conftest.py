"""A mock that gives advice."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.exchange import Exchange
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.workbench.advice import Adviser

from .advised import make_index, new_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mock_s3vectors.messages import HttpRequest, HttpResponse
    from mock_s3vectors.mocking.levels import Level
    from tests.support.helpers import Client


@pytest.fixture(autouse=True)
def advisers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shows each exchange of a mock with `advice=True` to an adviser of its own; passes the advice on."""
    advisers: dict[Level, Adviser] = {}
    handle, stop, answer = STACK.handle, STACK.stop, Exchange.answer

    def handle_and_look(request: HttpRequest, begun: Level, *rest: Any) -> Exchange:
        level = STACK.check(begun)
        exchange = handle(request, begun, *rest)
        if level.config.advice:
            exchange.advice = advisers.setdefault(level, Adviser()).look(exchange)
        return exchange

    def answer_and_warn(exchange: Exchange) -> HttpResponse:
        response = answer(exchange)
        for advice in exchange.advice:
            warnings.warn(advice, stacklevel=1)
        return response

    def stop_and_warn(level: Level) -> None:
        stop(level)
        for advice in advisers.pop(level, Adviser()).at_end():
            warnings.warn(advice, stacklevel=1)

    monkeypatch.setattr(STACK, "handle", handle_and_look)
    monkeypatch.setattr(STACK, "stop", stop_and_warn)
    monkeypatch.setattr(Exchange, "answer", answer_and_warn)


@pytest.fixture
def client(advisers: None) -> Iterator[Client]:  # noqa: ARG001 - must be there first
    """A client of a mock that gives advice, with the empty index `index` in `bucket`."""
    with mock_s3vectors(advice=True):
        client = new_client()
        make_index(client)
        yield client
