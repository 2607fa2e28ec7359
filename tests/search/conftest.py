"""Fixtures that keep the engines from taking a short cut around the code under test."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors.search import flat, hnsw

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def scanning(monkeypatch: pytest.MonkeyPatch) -> None:
    """A flat engine asks faiss even for few rows."""
    monkeypatch.setattr(flat, "_FEW", 0)


@pytest.fixture
def walking(monkeypatch: pytest.MonkeyPatch, scanning: None) -> None:  # noqa: ARG001 - it sets up
    """An HNSW engine walks its graph however few rows there are, and lets few rows wait for a shared one."""
    monkeypatch.setattr(hnsw, "ROWS_PER_NEIGHBOUR", 0)
    monkeypatch.setattr(hnsw, "_MOST_WAITING", 20)


@pytest.fixture
def walker(monkeypatch: pytest.MonkeyPatch, walking: None) -> Callable[..., hnsw.HnswEngine]:  # noqa: ARG001
    """Makes HNSW engines that fail where they would fall back to a scan."""

    def refuse(*_: object) -> None:
        pytest.fail("the engine did not answer from its graph")

    # Of the engine alone: oracles scan.
    refusing_plan = type("RefusingPlan", (flat.FlatPlan,), {"candidates": refuse})

    class RefusingEngine(flat.FlatEngine):
        def plan(self, *arguments: Any) -> flat.FlatPlan:
            plan = super().plan(*arguments)
            refusing: flat.FlatPlan = refusing_plan(*(getattr(plan, field.name) for field in fields(plan)))
            return refusing

    def make(metric: str, dimension: int, **settings: int) -> hnsw.HnswEngine:
        with monkeypatch.context() as patch:
            patch.setattr(hnsw, "FlatEngine", RefusingEngine)
            return hnsw.Hnsw(**settings).build(metric, dimension)

    return make
