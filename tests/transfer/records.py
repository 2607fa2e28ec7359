"""Batches of vectors for tests, and the places that they go through."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from mock_s3vectors.transfer.batches import Batch, Location, Settings
from mock_s3vectors.transfer.places import open_place

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HAS_PYARROW = find_spec("pyarrow") is not None
PARQUET = pytest.param(
    "films.parquet", marks=pytest.mark.skipif(not HAS_PYARROW, reason="pyarrow is an extra")
)
PLACES = ["films.jsonl", "films.npz", PARQUET, "films.db::films/plots"]
PLOTS = Location("films", "plots")
SETTINGS = Settings(dimension=2, distance_metric="euclidean")

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)
KEYS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
_INTEGERS = st.integers(-(2**63), 2**64 - 1)
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_NUMBERS = _INTEGERS | _FLOATS
# Values of every type that metadata can have.
VALUES = (
    _TEXTS
    | st.booleans()
    | _NUMBERS
    | st.lists(_TEXTS, min_size=1, max_size=3)
    | st.lists(_NUMBERS, min_size=1, max_size=3)
)
# Few names, so that values of several types meet under one; and names that columns have.
_NAMES = st.sampled_from(["a", "b", "key", "vector", "", "metadata.", "metadata.key", "\n"]) | _TEXTS
METADATA = st.dictionaries(_NAMES, VALUES, max_size=4)


@st.composite
def batches(draw: st.DrawFn) -> list[Batch]:
    """Some batches of vectors that an index with a Euclidean metric can have, with distinct keys."""
    keys = draw(st.lists(KEYS, max_size=6, unique=True))
    dimension = draw(st.integers(1, 3))
    floats = st.floats(width=32, allow_nan=False, allow_infinity=False)
    data = draw(arrays.arrays(np.float32, (len(keys), dimension), elements=floats))
    metadata = draw(st.lists(METADATA, min_size=len(keys), max_size=len(keys)))
    whole = Batch(keys, data, metadata)
    middle = draw(st.integers(0, len(keys)))
    parts = (whole.part(0, middle), whole.part(middle, len(keys)))
    return [part for part in parts if len(part)]


def batch(*keys: str, metadata: dict[str, Any] | None = None) -> Batch:
    """A batch of vectors of two dimensions, which have their numbers as both coordinates."""
    data = np.repeat(np.arange(1, len(keys) + 1, dtype=np.float32), 2).reshape(-1, 2)
    return Batch(list(keys), data, [metadata or {} for _ in keys])


def write(
    folder: Path, name: str, *given: Batch, settings: Settings = SETTINGS, resume: bool = False
) -> None:
    """Write batches to a place in a folder."""
    with open_place(f"{folder}/{name}").sink(PLOTS, resume=resume) as sink:
        sink.prepare(settings)
        for part in given:
            sink.write(part)


def read(folder: Path, name: str) -> Batch:
    """Return all vectors of a place in a folder."""
    (source,) = open_place(f"{folder}/{name}").sources()
    parts = list(source.batches())
    width = source.settings().dimension or 0
    return Batch(
        [key for part in parts for key in part.keys],
        np.concatenate([np.zeros((0, width), np.float32), *(part.data for part in parts)]),
        [document for part in parts for document in part.metadata],
    )


def by_key(*given: Batch) -> dict[str, tuple[bytes, dict[str, Any]]]:
    """Return vectors, bit for bit, and their metadata, by key."""
    return {
        key: (row.tobytes(), document)
        for part in given
        for key, row, document in zip(part.keys, _rows(part.data), part.metadata, strict=True)
    }


def _rows(data: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.ascontiguousarray(data, np.float32)
