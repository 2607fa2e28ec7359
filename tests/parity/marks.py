"""The marks of facts: `aws` or `mock_only(reason)`, exactly one on each test of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

MARKS = ("aws", "mock_only")


def mark_of(item: pytest.Item) -> str:
    """The name of its mark."""
    return next(mark.name for mark in item.iter_markers() if mark.name in MARKS)


def reason_of(item: pytest.Item) -> str:
    """Why only a mock can be asked."""
    marker = item.get_closest_marker("mock_only")
    assert marker is not None
    return str(marker.args[0])


def faults_of(items: Iterable[pytest.Item]) -> list[str]:
    """A sentence for each test whose marks are wrong."""
    return [f"{item.nodeid}: {fault}" for item in items if (fault := _fault_of(item))]


def _fault_of(item: pytest.Item) -> str:
    marks = [mark for mark in item.iter_markers() if mark.name in MARKS]
    if len(marks) != 1:
        return 'a fact has one mark, either @pytest.mark.aws or @pytest.mark.mock_only("why").'
    (mark,) = marks
    are_texts = all(isinstance(word, str) and word for word in mark.args)
    if mark.kwargs or len(mark.args) != (mark.name == "mock_only") or not are_texts:
        return 'the mark is @pytest.mark.aws or @pytest.mark.mock_only("why").'
    return ""
