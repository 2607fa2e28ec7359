"""Vectors come back from a file as they were written: every key, every vector bit for bit, all metadata."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given

from mock_s3vectors import UsageError
from mock_s3vectors.transfer.batches import Batch, Settings
from mock_s3vectors.transfer.places import open_place
from tests.transfer.records import HAS_PYARROW, PARQUET, PLACES, batch, batches, by_key, read, write

EUCLIDEAN = "euclidean"
ALL = Settings(
    dimension=2,
    distance_metric="euclidean",
    non_filterable_keys=("text", "a"),
    text_search={"plot": "en", "title": None},
)


def round_trip(name: str, parts: list[Batch]) -> dict[str, tuple[bytes, dict[str, Any]]]:
    dimension = parts[0].data.shape[1] if parts else 2
    with TemporaryDirectory() as folder:
        write(Path(folder), name, *parts, settings=Settings(dimension=dimension, distance_metric=EUCLIDEAN))
        return by_key(read(Path(folder), name))


def exact(records: dict[str, tuple[bytes, dict[str, Any]]]) -> dict[str, tuple[bytes, str]]:
    """Metadata as texts, which tell 1 from 1.0 and from true, and have an order."""
    return {key: (vector, json.dumps(document)) for key, (vector, document) in records.items()}


@given(batches())
def test_json_lines_are_exact(parts: list[Batch]) -> None:
    assert exact(round_trip("films.jsonl", parts)) == exact(by_key(*parts))


@given(batches())
def test_npz_is_exact(parts: list[Batch]) -> None:
    assume(not any(key.endswith("\0") for part in parts for key in part.keys))
    assert exact(round_trip("films.npz", parts)) == exact(by_key(*parts))


@given(batches())
def test_state_files_are_exact(parts: list[Batch]) -> None:
    assert exact(round_trip("films.db::films/plots", parts)) == exact(by_key(*parts))


@pytest.mark.skipif(not HAS_PYARROW, reason="pyarrow is an extra")
@given(batches())
def test_parquet_keeps_all_values(parts: list[Batch]) -> None:
    """Only that a number was whole is lost, where others of its column are not, and the order of keys."""
    assert values(round_trip("films.parquet", parts)) == values(by_key(*parts))


def values(records: dict[str, tuple[bytes, dict[str, Any]]]) -> dict[str, Any]:
    return {
        key: (vector, {name: typed(value) for name, value in document.items()})
        for key, (vector, document) in records.items()
    }


def typed(value: Any) -> Any:
    """A value that is equal to another only if both are numbers, or both have the same type."""
    if isinstance(value, list):
        return [typed(item) for item in value]
    return ("boolean", value) if isinstance(value, bool) else value


@pytest.mark.parametrize("name", PLACES)
def test_an_empty_index(name: str, tmp_path: Path) -> None:
    write(tmp_path, name, settings=ALL)
    assert len(read(tmp_path, name)) == 0


@pytest.mark.parametrize("name", ["films.npz", PARQUET, "films.db::films/plots"])
@pytest.mark.parametrize("vectors", [0, 2])
def test_settings_travel(name: str, vectors: int, tmp_path: Path) -> None:
    write(tmp_path, name, *([batch("a", "b")] if vectors else []), settings=ALL)
    (source,) = open_place(f"{tmp_path}/{name}").sources()
    known = source.settings()
    assert (known.dimension, known.distance_metric) == (2, "euclidean")
    assert sorted(known.non_filterable_keys or ()) == ["a", "text"]
    assert known.text_search == {"plot": "en", "title": None}
    assert source.count() == vectors


def test_json_lines_know_the_dimension(tmp_path: Path) -> None:
    write(tmp_path, "films.jsonl", batch("a"), settings=ALL)
    (source,) = open_place(f"{tmp_path}/films.jsonl").sources()
    assert source.settings() == Settings(dimension=2)
    assert source.count() is None


@pytest.mark.parametrize("name", PLACES)
def test_many_batches(name: str, tmp_path: Path) -> None:
    data = np.random.default_rng(7).standard_normal((1_203, 2)).astype(np.float32)
    whole = Batch([f"k{row:04}" for row in range(1_203)], data, [{"row": row} for row in range(1_203)])
    write(tmp_path, name, *(whole.part(start, start + 500) for start in range(0, 1_203, 500)))
    found = read(tmp_path, name)
    assert by_key(found) == by_key(whole)
    assert found.keys == whole.keys
    (source,) = open_place(f"{tmp_path}/{name}").sources()
    assert [len(part) for part in source.batches()] == [500, 500, 203]


def test_npz_cannot_have_a_key_that_ends_with_nul(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        write(tmp_path, "films.npz", batch("a", "b\0"))
    assert str(caught.value) == (
        f"the vector 'b\\x00': the key 'b\\x00' ends with the character NUL, which NumPy cuts off: write a "
        f".jsonl file instead of {tmp_path}/films.npz."
    )
    assert list(tmp_path.iterdir()) == []
