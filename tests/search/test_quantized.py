"""The quantized engine follows all writes, and quantizes no row without need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors.search import Quantized
from mock_s3vectors.search.flat import load_faiss
from mock_s3vectors.search.quantized import Scale
from tests.support.quantized_oracle import held

from .owner import METRICS, Owner, owner_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

pytestmark = [pytest.mark.usefixtures("scanning"), pytest.mark.parametrize("metric", METRICS)]


def filled(metric: str, rows: Any) -> Owner:
    rows = np.asarray(rows, np.float32)
    return owner_of(rows, metric, Quantized().build(metric, rows.shape[1]))


def random_rows(count: int = 3000, dimension: int = 16) -> NDArray[np.float32]:
    return np.random.default_rng(count).standard_normal((count, dimension)).astype(np.float32)


def check(owner: Owner) -> None:
    """It answers as an engine that gets all rows at once."""
    fresh = Owner(Quantized().build(owner.metric, owner.matrix.shape[1]), owner.metric, owner.matrix.shape[1])
    fresh.put(owner.keys, owner.living)
    query = np.ones(owner.matrix.shape[1])
    assert owner.search(query, 10_000) == fresh.search(query, 10_000)
    assert owner.search(query, 3) == fresh.search(query, 3)


@pytest.fixture
def quantized(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """Tells how many rows were quantized since it was asked last."""
    counts: list[int] = []
    real = Scale.quantized

    def counted(scale: Scale, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        counts.append(len(rows))
        return real(scale, rows)

    def ask() -> int:
        total = sum(counts)
        counts.clear()
        return total

    monkeypatch.setattr(Scale, "quantized", counted)
    return ask


def test_rows_are_held_as_the_law_says(metric: str) -> None:
    owner = filled(metric, random_rows(300, 5))
    plan = owner.engine.plan(np.ones(5, np.float32), 3, owner.living, None)
    expected = held(dict(zip(owner.keys, owner.living.tolist(), strict=True)), metric)
    assert plan.matrix.dtype == np.float32
    assert plan.matrix.tolist() == list(expected.values())


def test_a_write_between_the_bounds_quantizes_its_rows_alone(
    metric: str, quantized: Callable[[], int]
) -> None:
    owner = filled(metric, random_rows())
    owner.search(np.ones(16), 3)
    assert quantized() == 3000
    owner.put(["new", "another"], np.full((2, 16), 0.25))
    owner.put(["new"], [np.full(16, 0.5)])
    owner.search(np.ones(16), 3)
    owner.delete(["new"])
    owner.search(np.ones(16), 3)
    assert quantized() == 3
    check(owner)


def test_a_write_that_moves_a_bound_quantizes_all_rows_once(
    metric: str, quantized: Callable[[], int]
) -> None:
    owner = filled(metric, random_rows())
    owner.search(np.ones(16), 3)
    quantized()
    for number in range(5):
        owner.put([f"far-{number}"], [np.full(16, 9.0 + number)])
        owner.put([f"near-{number}"], [np.full(16, 0.5)])
    assert quantized() == 0
    owner.search(np.ones(16), 3)
    assert quantized() == 3010
    check(owner)
    quantized()
    owner.delete(["far-4"])
    owner.search(np.ones(16), 3)
    assert quantized() == 3009
    check(owner)


def test_a_bound_that_two_rows_have_stays_when_one_goes(
    metric: str, quantized: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = filled(metric, random_rows())
    owner.put(["one", "two"], np.full((2, 16), 9.0))
    owner.search(np.ones(16), 3)
    quantized()
    owner.delete(["one"])
    owner.put(["between"], [np.full(16, 0.5)])
    owner.search(np.ones(16), 3)
    assert quantized() == 1
    check(owner)
    monkeypatch.delattr(Scale, "of")  # the bounds are known now
    owner.search(np.ones(16), 3)


def test_random_changes(metric: str) -> None:
    rng = np.random.default_rng(5)
    owner = filled(metric, rng.integers(1, 4, (6, 3)))
    for _ in range(300):
        keys = [f"{number}" for number in rng.choice(12, rng.integers(1, 4), replace=False)]
        if rng.random() < 0.5:
            owner.put(keys, rng.choice([1, 2, 3, 100, 0.125], (len(keys), 3)))
        else:
            owner.delete([key for key in keys if key in owner.row_of])
        if rng.random() < 0.6:
            check(owner)


def test_copies_change_apart(metric: str) -> None:
    owner = filled(metric, random_rows(50, 4))
    before = owner.search(np.ones(4), 50)
    copied = owner.copy()
    copied.put(["far"], [np.full(4, 9.0)])
    copied.put(["000001"], [np.full(4, 0.5)])
    check(copied)
    assert owner.search(np.ones(4), 50) == before
    owner.delete(["000002"])
    again = owner.copy()  # the bounds may have moved: each finds out for itself
    check(again)
    check(owner)
    check(copied)


def test_a_copy_writes_between_the_bounds(metric: str) -> None:
    owner = filled(metric, [*random_rows(50, 4), np.full(4, 9.0), np.full(4, -9.0)])
    before = owner.search(np.ones(4), 3)
    copied = owner.copy()
    copied.put([key for key, _ in before], np.full((3, 4), -8.0))
    check(copied)
    assert owner.search(np.ones(4), 3) == before


def test_a_copy_of_current_rows_quantizes_none(metric: str, quantized: Callable[[], int]) -> None:
    owner = filled(metric, random_rows())
    owner.search(np.ones(16), 3)
    quantized()
    copied = owner.copy()
    assert copied.search(np.ones(16), 3) == owner.search(np.ones(16), 3)
    assert quantized() == 0


def test_all_rows_go_and_others_come(metric: str) -> None:
    owner = filled(metric, random_rows(3, 4))
    owner.search(np.ones(4), 3)
    owner.delete(["000001", "000002", "000003"])
    assert owner.search(np.ones(4), 3) == []
    owner.put(["a", "b", "c"], random_rows(9, 4)[:3])
    check(owner)


def test_the_quantizer_of_faiss_holds_other_numbers(metric: str) -> None:  # noqa: ARG001 - any
    """So there is one of our own: that of faiss is half a step off."""
    rows = random_rows(500, 4)
    faiss = load_faiss()
    other = faiss.ScalarQuantizer(4, faiss.ScalarQuantizer.QT_8bit)
    other.train(rows)
    scale = Scale.of(rows)
    step = (scale.high - scale.low) / 255
    deviation = np.abs(other.decode(other.compute_codes(rows)) - scale.quantized(rows)) / step
    assert deviation.min() > 0.499
